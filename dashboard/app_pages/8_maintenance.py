"""Maintenance: open requests, machines that fail again and again, where time is lost and which orders wait for it.

A head of maintenance or plant manager opens it and decides which machine to mend first, which part to chase and which
service to do before it is overdue. Three clicks: a machine; its request or the order behind it; its form in Odoo.
"""

import streamlit as st

from dashboard import components, data, maintenance_view, panel

TITLE = "Maintenance"
CHARTS = True
SECTION = "Operations"

chosen = st.session_state["filters"]
asked = st.query_params.get("machine")
if asked:
    at = st.query_params.get("at") or None
    components.link("maintenance", "All of maintenance", chosen)
    with components.guard("The machine"):
        maintenance_view.machine(asked, at, chosen)
    components.end()

with components.guard("What is not known"):
    maintenance_view.unread()
with components.guard("Open requests"):
    requests, machines = data.open_maintenance(chosen), data.machines(chosen)
    maintenance_view.summary(requests, machines)
    maintenance_view.requests(requests, chosen)
with components.guard("Machines"):
    maintenance_view.machines(data.machines(chosen), chosen, data.trend_start(chosen))
with components.guard("Where time is lost"):
    maintenance_view.stops(data.machines(chosen), chosen, data.trend_start(chosen))
with components.guard("KPIs of maintenance"):
    panel.kpis("How maintenance develops", maintenance_view.KPIS, chosen)
components.show({"How long repairs take": lambda: maintenance_view.restoration(chosen)})
