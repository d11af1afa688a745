"""Tier reviews (OCA base_tier_validation): one row per approval step asked for."""

from etl.source import Source, column

SOURCE = Source(
    model="tier.review",
    without="approvals through OCA tiers are not seen (Odoo's own double validation is)",
    needed=True,
    open_domain=(("status", "in", ("waiting", "pending")),),
    fields={
        "document_model": column("char", "model"),
        "document_id": column("integer", "res_id"),
        "definition_id": column("many2one"),
        "sequence": column("integer"),
        "status": column("selection"),
        "requested_by_id": column("many2one", "requested_by"),
        "reviewer_ids": column("many2many"),
        "done_by_id": column("many2one", "done_by"),
        "reviewed_at": column("datetime", "reviewed_date"),
        "created_at": column("datetime", "create_date"),
    },
)
