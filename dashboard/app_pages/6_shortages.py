"""Shortages: what is short now and what each order waits for, how long that takes, and what runs short again.

A material planner opens it each morning and decides which component, purchase or hold to chase first. Three clicks: a
component; an order that lacks it, or the purchase that is to bring it; its form in Odoo.
"""

import streamlit as st

from dashboard import components, data, panel, shortage_view

TITLE = "Shortages"
CHARTS = True
SECTION = "Operations"

chosen = st.session_state["filters"]
with components.guard("What is short now"):
    rows = data.short_components(chosen)
    shortage_view.summary(rows)
    shortage_view.lacking(rows, chosen)
    shortage_view.waiting(rows, chosen)
with components.guard("KPIs of shortages"):
    panel.kpis("How shortages develop", shortage_view.KPIS, chosen)
components.show({"How long shortages last": lambda: shortage_view.resolution(chosen)})
with components.guard("What runs short again"):
    shortage_view.again(data.short_again(chosen), data.trend_start(chosen))
