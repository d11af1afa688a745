"""Where people still touch orders, which step to automate next, and whether the automation in place works.

An executive or plant manager opens it and decides what a rule, a machine or nobody should do from now on. Three clicks:
a step in a plant, or a kind of intervention; an order in which people did that; its timeline, or its form in Odoo.
"""

import streamlit as st

from dashboard import components, panel, touch_view

TITLE = "Automation"
SECTION = "Process"

chosen = st.session_state["filters"]
asked = {name: value for name in ("flow", "step", "touched", "at", "by_hand") if (value := st.query_params.get(name))}

if asked.get("by_hand") or {"step", "touched"} <= set(asked):
    components.link("touch_map", "All touches", chosen, **{name: asked[name] for name in asked if name == "flow"})
    with components.guard("Cases"):
        if "by_hand" in asked:
            touch_view.by_hand(asked["by_hand"], chosen)
        else:
            touch_view.position(asked.get("flow"), asked["step"], asked["touched"], asked.get("at"), chosen)
    components.end()

with components.guard("Summary"):
    touch_view.summary(chosen)
with components.guard("Orders without a person"):
    touch_view.untouched(chosen)
with components.guard("What to automate next"):
    touch_view.candidates(chosen)
with components.guard("Touch map"):
    touch_view.touch_map(chosen)
with components.guard("Touches that changed nothing"):
    touch_view.empty(chosen)
with components.guard("Manual interventions"):
    touch_view.interventions(chosen)
with components.guard("Automation in place"):
    touch_view.in_place(chosen)
with components.guard("KPIs of automation"):
    panel.kpis("How automation develops", touch_view.KPIS, chosen)
