"""Whose waiting makes production orders late: the hours of lead time by who had them, and each order in stretches.

A plant manager opens it and decides whom to help first, and what that would give. Three clicks: an owner, with the
orders held longest; an order as a waterfall; its timeline, or its form in Odoo.
"""

import streamlit as st

from dashboard import components, wait_view

TITLE = "Wait ledger"
SECTION = "Process"

chosen = st.session_state["filters"]
asked = {name: value for name in ("order", "owner", "at") if (value := st.query_params.get(name)) is not None}

if asked.get("order") or asked.get("owner"):
    components.link("wait_ledger", "The whole ledger", chosen)
    if asked.get("order"):
        with components.guard("Order"):
            wait_view.order(asked["order"], asked.get("at"), chosen)
    else:
        with components.guard("Orders"):
            wait_view.owner(asked["owner"], asked.get("at"), chosen)
    components.end()

with components.guard("Order"):
    wait_view.search(chosen)
with components.guard("Owners"):
    wait_view.pareto(chosen)
