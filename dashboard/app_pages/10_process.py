"""How cases go through a workflow, in two plants beside each other, and what breaks its rules.

A process owner or plant manager opens it and decides which plant should work like the other, and which deviations to
stop, to accept until a day, or to make the rule. Three clicks: a way or a rule; a case of it; its form in Odoo.
"""

import streamlit as st

from dashboard import components, process_view

TITLE = "Process"
SECTION = "Process"

chosen = st.session_state["filters"]
asked = {name: value for name in ("flow", "way", "rule", "at") if (value := st.query_params.get(name)) is not None}

if asked.get("way", "").isdecimal() or "rule" in asked:
    components.link("process", "The whole process", chosen, **{name: asked[name] for name in asked if name == "flow"})
    with components.guard("Cases"):
        if "rule" in asked:
            process_view.one_rule(asked["rule"], asked.get("at") or None, chosen)
        else:
            process_view.one_way(asked.get("flow", ""), asked.get("at", ""), int(asked["way"][:6]), chosen)
    components.end()

compared = None
with components.guard("What is compared"):
    compared = process_view.compared(chosen)
if compared:
    with components.guard("Plants side by side"):
        process_view.summary(compared, chosen)
    percent = process_view.coverage()
    with components.guard("Map"):
        process_view.flow_map(compared, percent, chosen)
    with components.guard("Ways"):
        process_view.ways(compared, percent, chosen)
    with components.guard("Deviations"):
        process_view.deviations(compared, chosen)
