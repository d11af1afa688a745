"""Approvals: what waits and with whom, when it stalls, whether decisions are looked at, and what another rule would do.

A plant manager or head of purchasing opens it and decides whom to remind or to relieve, and where threshold or limit
should lie. Three clicks: the document longest past its limit; its timeline; its form in Odoo.
"""

import streamlit as st

from dashboard import approval_view, components, data, texts

TITLE = "Approvals"
SECTION = "Operations"
READERS = ("executive", "plant manager")

chosen = st.session_state["filters"]
queue, steps = [], []
with components.guard("Open approvals"):
    queue = data.approval_queue(chosen)
    approval_view.summary(queue, chosen)
with components.guard("Past approvals"):
    steps = data.approval_steps(chosen)

by_person = data.sees_names() and st.toggle(texts.APPROVAL_PEOPLE, key="people", bind="query-params")

ages, holders = st.columns([2, 3], gap="small")
with ages, components.guard("Aging"):
    approval_view.aging(queue)
with holders, components.guard("Who holds what"):
    approval_view.holders(queue, by_person)
with components.guard("What waits"):
    approval_view.queue(queue, chosen)
with components.guard("When it stalls"):
    approval_view.week(steps, chosen)
with components.guard("How groups decide"):
    approval_view.check(data.approver_groups(chosen))
if by_person:
    with components.guard("How people decide"):
        approval_view.people(steps)
with components.guard("What if"):
    approval_view.what_if(steps, chosen)
