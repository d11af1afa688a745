"""Approval rules of Studio (Enterprise): which button of which document waits for whom."""

from etl.source import Source, column

SOURCE = Source(
    model="studio.approval.rule",
    without="approvals through Studio have no names",
    fields={
        "name": column("char"),
        "document_model": column("char", "model_name"),
        "method": column("char"),
        "action_id": column("many2one"),
        "group_id": column("many2one", "approval_group_id", "group_id"),
        "responsible_id": column("many2one"),
        "approver_ids": column("many2many"),
        "is_exclusive": column("boolean", "exclusive_user"),
        "notification_order": column("selection"),
        "active": column("boolean"),
    },
)
