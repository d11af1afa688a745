"""Metric dictionary: what every number, rule and term means, who owns it, what it is made from and what it says now.

Anybody opens it who asks what a number means before acting on it, and decides whether it is the right one. Three
clicks: a word; the number's entry; its page, with the cases behind it.
"""

import streamlit as st

from dashboard import components, data, metric_view

TITLE = "Metric dictionary"
SECTION = "Look up"

chosen = st.session_state["filters"]
asked = st.query_params.get("metric")
if asked in data.kpis():
    components.link("metrics", "The whole dictionary", chosen)
    with components.guard("Entry"):
        metric_view.entry(data.kpis()[asked], chosen)
    components.end()

words, domain = "", None
with components.guard("Search"):
    words, domain = metric_view.search(chosen)
with components.guard("KPIs"):
    metric_view.kpis(words, domain, chosen)
if domain is None:
    with components.guard("Exceptions"):
        metric_view.exceptions(words, chosen)
    with components.guard("Checks"):
        metric_view.checks(words, chosen)
    with components.guard("Terms"):
        metric_view.glossary(words)
