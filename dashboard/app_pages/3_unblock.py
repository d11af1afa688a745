"""What stands still now, what puts most at risk first: with whom, for how long, and which orders wait for it.

A plant manager opens it in the morning and decides whom to call, and what to push, first. Three clicks: a kind, person
or work center of the list; a record, with the orders it holds up; its form in Odoo, or a decision about it.
"""

import streamlit as st

from dashboard import components, data, filters, unblock_view

TITLE = "Unblock list"

chosen = st.session_state["filters"]
asked = st.query_params.get("stuck")

if asked:
    components.link("unblock", "The whole list", chosen)
    with components.guard("Record"):
        unblock_view.record(asked, data.stuck(filters.Filters()), chosen)
    components.end()

rows = moved = []
with components.guard("Moved on today"):
    moved = data.unblocked(chosen)
with components.guard("What stands still"):
    rows = data.stuck(chosen)
    unblock_view.summary(rows, moved, chosen)
    unblock_view.queue(rows, chosen)
with components.guard("Moved on today"):
    unblock_view.moved_on(moved, chosen)
