"""Approval requests (Enterprise): from their submission until approved or refused.

Odoo keeps no date of the decision: the chatter and the approvers' rows say it.
"""

from etl.source import Source, column

SOURCE = Source(
    model="approval.request",
    without="no Enterprise approvals app: its requests are not seen",
    tracked=("request_status",),
    open_domain=(("request_status", "in", ("new", "pending")),),
    fields={
        "name": column("char"),
        "category_id": column("many2one"),
        "status": column("selection", "request_status"),
        "requested_by_id": column("many2one", "request_owner_id"),
        "company_id": column("many2one"),
        "partner_id": column("many2one"),
        "reference": column("char"),
        "amount": column("float"),
        "quantity": column("float"),
        "submitted_at": column("datetime", "date_confirmed"),
        "requested_for_at": column("datetime", "date"),
        "starts_at": column("datetime", "date_start"),
        "ends_at": column("datetime", "date_end"),
        "created_at": column("datetime", "create_date"),
        "created_by_id": column("many2one", "create_uid"),
    },
)
