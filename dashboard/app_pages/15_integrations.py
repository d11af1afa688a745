"""Whether connections work: each interface and why, hour by hour, what keeps failing, the path of one transaction."""

from functools import cache

import streamlit as st

from dashboard import components, data, integration_view

TITLE = "Integrations"
CHARTS = True
SECTION = "Systems"

chosen = st.session_state["filters"]
asked = {name: st.query_params.get(name) for name in ("interface", "issue", "trace")}
wanted = next((name for name, value in asked.items() if value), None)

if wanted:
    components.link("integrations", "All interfaces", chosen)
if wanted == "interface":
    with components.guard("Interface"):
        integration_view.interface(asked["interface"], chosen)
elif wanted == "issue":
    with components.guard("Error issue"):
        integration_view.error_issue(asked["issue"], chosen)
elif wanted == "trace":
    with components.guard("Trace"):
        integration_view.trace(asked["trace"], chosen)
else:
    failing = cache(lambda: data.error_issues(chosen))  # two parts show them; where they fail, both say so
    with components.guard("Summary"):
        integration_view.summary(chosen, failing)
    with components.guard("Interfaces"):
        integration_view.interfaces(chosen)
    with components.guard("By the hour"):
        integration_view.hours(chosen)
    with components.guard("Error issues"):
        integration_view.issues(chosen, failing)
    with components.guard("Automation"):
        integration_view.automation()
    with components.guard("What sources cannot tell"):
        integration_view.blind_spots()
