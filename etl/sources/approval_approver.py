"""Approvers of a request (Enterprise), one row each.

The status is not tracked: `changed_at` is when the row last changed.
"""

from etl.source import Source, column

SOURCE = Source(
    model="approval.approver",
    without="no Enterprise approvals app: who decided, and who is awaited, is not known",
    open_domain=(("status", "in", ("new", "pending", "waiting")),),
    fields={
        "request_id": column("many2one"),
        "user_id": column("many2one"),
        "status": column("selection"),
        "sequence": column("integer"),
        "is_required": column("boolean", "required"),
        "company_id": column("many2one"),
        "changed_at": column("datetime", "write_date"),
        "created_at": column("datetime", "create_date"),
    },
)
