"""The audit log (OCA auditlog) of documents and what belongs to them: who changed which record when."""

from etl.source import Source, column

AUDITED = (
    "mail.activity",
    "stock.move",
    "mrp.workorder",
    "tier.review",
    "mrp.bom",
    "mrp.bom.line",
    "purchase.order.line",
)

SOURCE = Source(
    model="auditlog.log",
    without="no OCA audit log: changes of fields that Odoo does not track are not dated",
    kind="append",
    sweep="never",
    domain=lambda tracked: (("model_id.model", "in", [*tracked, *AUDITED]),),
    fields={
        "model_id": column("many2one"),
        "document_id": column("integer", "res_id"),
        "method": column("char"),
        "user_id": column("many2one"),
        "logged_at": column("datetime", "create_date"),
    },
)
