"""What is out of the ordinary, and how the headline KPIs stand in each plant.

Opened each morning by executives and plant managers, who decide which plant and which number to ask about today.
Then three clicks: the KPI behind a sentence, the slow cases among its records, the one of them in Odoo.
"""

import streamlit as st

from dashboard import brief_view, components

TITLE = "Morning brief"

chosen = st.session_state["filters"]
components.show(
    {"The brief": lambda: brief_view.sentences(chosen)},
    {"What was decided": lambda: brief_view.decided(chosen)},
    {"Headline KPIs": lambda: brief_view.headlines(chosen)},
    {"Other KPIs": lambda: brief_view.others(chosen)},
)
