"""Decisions under Studio's approval rules (Enterprise); Odoo deletes one when it is revoked."""

from etl.source import Source, column

SOURCE = Source(
    model="studio.approval.entry",
    without="approvals through Studio are not seen",
    fields={
        "rule_id": column("many2one"),
        "user_id": column("many2one"),
        "document_model": column("char", "model"),
        "document_id": column("integer", "res_id"),
        "is_approved": column("boolean", "approved"),
        "created_at": column("datetime", "create_date"),
        "created_by_id": column("many2one", "create_uid"),
    },
)
