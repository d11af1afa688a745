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

show = components.show
if data.unknown(kpi, chosen):
    show("Headline", lambda: kpi_view.headline(reading, chosen))
    show("Definition", lambda: kpi_view.definition(reading, chosen))
    components.end()

changes = []
with components.guard("What changed"):
    changes = data.changes(kpi, chosen)

show("Headline", lambda: kpi_view.headline(reading, chosen))
spread = [lambda: kpi_view.distribution(kpi, chosen)] if kpi_view.has_distribution(kpi) else []
show("Week by week", lambda: kpi_view.trend(reading, changes), *spread)
show("As known earlier", lambda: kpi_view.as_known(kpi, chosen))
if kpi_view.has_changes(kpi):
    show("What changed", lambda: kpi_view.changes(reading, changes))
with components.guard("Budget"):
    budget_view.panel(kpi, chosen)
show("By plant", lambda: kpi_view.by_plant(reading, chosen), lambda: kpi_view.by_dimension(reading, chosen))
show("Records", lambda: kpi_view.records(reading, chosen))
show("Definition", lambda: kpi_view.definition(reading, chosen))
