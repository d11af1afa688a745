"""One KPI in full: headline, trend, spread, plants, the records behind it and its definition."""

import streamlit as st

from dashboard import budget_view, choices, components, data, kpi_view

TITLE = "KPI"
CHARTS = True
SECTION = "Look up"

chosen = st.session_state["filters"]
kpis = {kpi.name: kpi for of_domain in data.domains().values() for kpi in of_domain}  # the headlines first
kpi = kpis[choices.choice("kpi", list(kpis), "KPI", lambda name: kpis[name].title)]
reading = data.reading(kpi, chosen)

headline = {"Headline": lambda: kpi_view.headline(reading, chosen)}
definition = {"Definition": lambda: kpi_view.definition(reading, chosen)}
if data.unknown(kpi, chosen):
    components.show(headline, definition)
    components.end()

changes = []
with components.guard("What changed"):
    changes = data.changes(kpi, chosen)

charts = {"Week by week": lambda: kpi_view.trend(reading, changes)}
if kpi_view.has_distribution(kpi):
    charts["How they spread"] = lambda: kpi_view.distribution(kpi, chosen)
known = {"As known earlier": lambda: kpi_view.as_known(kpi, chosen)}
changed = {"What changed": lambda: kpi_view.changes(reading, changes)} if kpi_view.has_changes(kpi) else {}
components.show(headline, charts, known, changed)
with components.guard("Budget"):
    budget_view.panel(kpi, chosen)
cuts = {
    "By plant": lambda: kpi_view.by_plant(reading, chosen),
    "By dimension": lambda: kpi_view.by_dimension(reading, chosen),
}
components.show(cuts, {"Records": lambda: kpi_view.records(reading, chosen)}, definition)
