"""One KPI in full: headline, trend, spread, plants, the records behind it and its definition."""

import streamlit as st

from dashboard import budget_view, choices, components, data, kpi_view

TITLE = "KPI"
ICON = ":material/query_stats:"
LOADS = ("PlotlyChart",)
SECTION = "Look up"

chosen = st.session_state["filters"]
kpis = {kpi.name: kpi for of_domain in data.domains().values() for kpi in of_domain}  # the headlines first
kpi = kpis[choices.choice("kpi", list(kpis), "KPI", lambda name: kpis[name].title)]
reading = data.reading(kpi, chosen)

if data.unknown(kpi, chosen):
    with components.guard("Headline"):
        kpi_view.headline(reading, chosen)
    with components.guard("Definition"):
        kpi_view.definition(reading)
    components.end()

changes = []
with components.guard("What changed"):
    changes = data.changes(kpi, chosen)

with components.guard("Headline"):
    kpi_view.headline(reading, chosen)

if kpi_view.has_distribution(kpi):
    trend, spread = st.columns([3, 2], gap="small")
    with spread, components.guard("Spread"):
        kpi_view.distribution(kpi, chosen)
else:
    trend = st.container()
with trend, components.guard("Trend"):
    kpi_view.trend(reading, changes)

with components.guard("As known earlier"):
    kpi_view.as_known(kpi, chosen)

if kpi_view.has_changes(kpi):
    with components.guard("What changed"):
        kpi_view.changes(reading, changes)

with components.guard("Budget"):
    budget_view.panel(kpi, chosen)

plants, cut = st.columns(2, gap="small")
with plants, components.guard("By plant"):
    kpi_view.by_plant(reading, chosen)
with cut, components.guard("By dimension"):
    kpi_view.by_dimension(reading, chosen)

with components.guard("Records"):
    kpi_view.records(reading, chosen)
with components.guard("Definition"):
    kpi_view.definition(reading, chosen)
