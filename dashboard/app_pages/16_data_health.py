"""Whether the numbers can be trusted: runs, sources, what is missing and what it costs, checks."""

import streamlit as st

from dashboard import components, data, health_view

SECTION = "Systems"

with components.guard("Connect your Odoo"):
    health_view.connect()
with components.guard("Summary"):
    health_view.summary(data.rows("run_log"), data.rows("source_health"), data.rows("check_result"))
with components.guard("What is missing"):
    health_view.missing(data.rows("source_health"))

left, right = st.columns(2, gap="small")
with left:
    with components.guard("Runs"):
        health_view.runs(data.rows("run_log"))
    with components.guard("Runs against n8n"):
        health_view.coverage(data.rows("run_coverage"))
    with components.guard("Checks"):
        health_view.checks(data.rows("check_result"), st.session_state["filters"])
    with components.guard("Labels"):
        health_view.labels(data.rows("unmatched_label"))
with right, components.guard("Sources"):
    health_view.sources(data.rows("source_health"))
