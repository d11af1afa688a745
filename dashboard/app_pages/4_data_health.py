"""Whether the numbers can be trusted: runs, sources, what is missing and what it costs, checks."""

import streamlit as st

from dashboard import components, data, health_view

ICON = ":material/monitor_heart:"

runs, sources, checks = data.rows("run_log"), data.rows("source_health"), data.rows("check_result")

with components.guard("Summary"):
    health_view.summary(runs, sources, checks)
with components.guard("What is missing"):
    health_view.missing(sources)

left, right = st.columns(2, gap="small")
with left:
    with components.guard("Runs"):
        health_view.runs(runs)
    with components.guard("Checks"):
        health_view.checks(checks)
    with components.guard("Labels"):
        health_view.labels(data.rows("unmatched_label"))
with right, components.guard("Sources"):
    health_view.sources(sources)
