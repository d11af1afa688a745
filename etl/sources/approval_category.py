"""Kinds of approval requests (Enterprise)."""

from etl.source import Source, column

SOURCE = Source(
    model="approval.category",
    without="approval requests cannot be cut by kind",
    fields={
        "name": column("char"),
        "minimum_approvals": column("integer", "approval_minimum"),
        "is_in_sequence": column("boolean", "approver_sequence"),
        "company_id": column("many2one"),
        "active": column("boolean"),
    },
)
