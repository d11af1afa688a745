"""How the plants do: a card for each headline KPI, a line for every other, and what waits for somebody now."""

import streamlit as st

from dashboard import cards, components, data, texts

TITLE = "Overview"
ICON = ":material/space_dashboard:"

chosen = st.session_state["filters"]
numbers, waiting = st.columns([3, 1], gap="medium")

with numbers:
    for domain, kpis in data.domains().items():
        components.heading(texts.domain(domain))
        if domain == data.HEADLINE:
            with st.grid(3, min_column_width=230, gap="small"):
                for kpi in kpis:
                    with components.guard(kpi.title):
                        cards.card(data.reading(kpi, chosen), chosen)
        else:
            readings = []
            for kpi in kpis:
                with components.guard(kpi.title):
                    readings.append(data.reading(kpi, chosen))
            cards.lines(texts.domain(domain), readings, chosen)

with waiting:
    components.heading(texts.WAITING)
    with components.guard(texts.APPROVALS):
        cards.waiting(texts.APPROVALS, data.rows("open_approval"), chosen, cards.approval_words)
    with components.guard(texts.SHORTAGES):
        cards.waiting(texts.SHORTAGES, data.rows("short_order"), chosen, cards.shortage_words)
