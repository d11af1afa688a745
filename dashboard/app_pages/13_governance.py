"""Governance: who did what two should have, what was changed when it mattered, and what was decided against a rule.

Executives, controllers and auditors open it before a review and decide what is looked into, and which right or rule is
to change. Three clicks: a rule in a plant; the record that breaks it; its form in Odoo.
"""

import streamlit as st

from dashboard import components, data, governance_view

TITLE = "Governance"
SECTION = "Control"
READERS = ("executive", "plant manager")

chosen = st.session_state["filters"]
asked = st.query_params.get("way")
if asked in governance_view.KINDS:
    components.link("governance", "All of governance", chosen)
    with components.guard("Cases"):
        governance_view.way(asked, chosen)
    components.end()

with components.guard("Summary"):
    governance_view.summary(data.control_findings(chosen), chosen)
with components.guard("Findings"):
    governance_view.findings(data.control_findings(chosen), chosen)
with components.guard("Ways round controls"):
    governance_view.ways(data.ways_round(chosen), chosen)
with components.guard("Decisions that hold"):
    governance_view.decisions(data.held_decisions(chosen))
with components.guard("Automation that was switched"):
    governance_view.automation(data.switched_automation(chosen))
with components.guard("Who may approve"):
    governance_view.roles(data.rows("role_holder"))
with components.guard("What cannot be seen"):
    governance_view.blind(data.source_states())
