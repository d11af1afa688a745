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
PROCESSES = (Process("purchase", rules=(ONE_APPROVAL,)),)
