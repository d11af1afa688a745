"""One record from its first to its last event: who did what, when, and how long it lay in between."""

import streamlit as st

from dashboard import components, data, record_view, texts

TITLE = "Record timeline"
SECTION = "Look up"

chosen = st.session_state["filters"]
asked = data.record_asked(st.query_params)

if asked is None:
    with components.guard("Search"):
        record_view.search(chosen)
    components.end()

components.link("record", "Find another record", chosen)
with components.guard("Record"):
    header = next(iter(data.rows("record_header", **asked)), None)
    if header is None:
        st.html(f'<div class="pp-note">{texts.record_missing()}</div>')
        components.end()
    zone = data.zone(header["plant"])
    record_view.header(header, zone)

    events, linked = st.columns([2, 1], gap="small")
    with events, components.guard("Events"):
        record_view.timeline(data.rows("record_timeline", **asked), header, zone)
    with linked, components.guard("Linked records"):
        record_view.links(data.rows("record_link", **asked), header, chosen)
