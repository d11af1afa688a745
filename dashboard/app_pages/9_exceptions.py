"""Everything that needs somebody, in one queue: overdue and severe first, with whom, and what it holds up.

Whoever runs a plant, its purchasing, quality, books or interfaces opens it and decides who deals with what today. Three
clicks: a kind, severity or person; an exception, with what is to be done and what waits for it; its form in Odoo, or a
decision about it.
"""

import streamlit as st

from dashboard import choices, components, data, exception_view, filters

TITLE = "Exceptions"
SECTION = "Operations"

chosen = st.session_state["filters"]
asked = st.query_params.get("exception")
if asked:
    components.link("exceptions", "The queue", chosen, **choices.in_link("severity", "is", "kind", "who", "page_queue"))
    with components.guard("Exception"):
        exception_view.one(asked, data.exceptions(filters.Filters()), chosen)
    components.end()

with components.guard("Queue"):
    rows = data.exceptions(chosen)
    exception_view.summary(rows, chosen)
    exception_view.queue(rows, chosen)
with components.guard("Kinds"):
    exception_view.kinds(chosen)
with components.guard("No longer found"):
    exception_view.gone(chosen)
