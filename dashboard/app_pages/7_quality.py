"""Quality: goods held now and what they are worth, how long holds last and how they end, defects and nonconformities.

A head of quality or plant manager opens it and decides which goods to release, rework or send back first. Three clicks:
a hold, product or theme; its inspection, receipt or record; its form in Odoo.
"""

import streamlit as st

from dashboard import components, data, panel, quality_view

TITLE = "Quality"
SECTION = "Operations"

chosen = st.session_state["filters"]
asked = st.query_params.get("theme")
if asked:
    components.link("quality", "All of quality", chosen)
    with components.guard("Records of the theme"):
        quality_view.theme(asked, chosen)
    components.end()

with components.guard("Goods held"):
    holds, told = data.open_holds(chosen), data.open_nonconformities(chosen)
    quality_view.summary(holds, told)
    quality_view.held(holds, chosen)
with components.guard("How long goods are held"):
    quality_view.times(chosen, data.trend_start(chosen))
with components.guard("Themes of defects"):
    quality_view.themes(chosen)
with components.guard("Nonconformities"):
    quality_view.nonconformities(data.open_nonconformities(chosen), chosen)
with components.guard("KPIs of quality"):
    panel.kpis("How quality develops", quality_view.KPIS, chosen)
