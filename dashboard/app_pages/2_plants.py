"""Plants side by side: each KPI against target and group, how alike they work, which inconsistency costs most.

Opened by executives and heads of operations before a review, who decide which plant takes over whose way of working,
and which inconsistency goes first. Then three clicks: the KPI in that plant, the cases behind it, one of them in Odoo.
"""

import streamlit as st

from dashboard import components, plants_view

TITLE = "Plants"

chosen = st.session_state["filters"]
with components.guard("KPIs by plant"):
    plants_view.kpis(chosen)
with components.guard("Who improves and who drifts"):
    plants_view.drift(chosen)
with components.guard("Harmonization"):
    plants_view.harmonization(chosen)
with components.guard("Exposure"):
    plants_view.exposure(chosen)
with components.guard("What changes did"):
    plants_view.changes(chosen)
