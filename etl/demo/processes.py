"""The process rules of the demo group, beside those that hold for every Odoo."""

from __future__ import annotations

from queries.config import Process, ProcessRule

# One approval is enough for the group; Singapore asks for two.
ONE_APPROVAL = ProcessRule(
    name="approved more than once",
    workflow="purchase",
    kind="too often",
    activity=("approved", "review approved"),
    at_most=1,
    weight=2.0,
    owner="Head of purchasing",
    note="One approval is enough, whatever the amount.",
)
# Whoever closes an order in one step records no work on it.
BEGUN = ProcessRule(
    name="closed without being begun",
    workflow="production",
    kind="missing",
    activity=("started",),
    owner="Head of production",
    note="All of the order was booked at once.",
)
PROCESSES = (Process("purchase", rules=(ONE_APPROVAL,)), Process("production", rules=(BEGUN,)))
