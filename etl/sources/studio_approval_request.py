"""Approvals that Studio's rules wait for (Enterprise); Odoo deletes one when it is decided."""

from etl.source import Source, column

SOURCE = Source(
    model="studio.approval.request",
    without="waiting for an approval through Studio cannot be measured",
    fields={
        "rule_id": column("many2one"),
        "document_id": column("integer", "res_id"),
        "activity_id": column("many2one", "mail_activity_id"),
        "created_at": column("datetime", "create_date"),
        "created_by_id": column("many2one", "create_uid"),
    },
)
