"""Values in the audit log (OCA auditlog): old and new, as keys and not as labels."""

from etl.source import Source, column
from etl.sources.auditlog_log import AUDITED

SOURCE = Source(
    model="auditlog.log.line",
    without="no OCA audit log: earlier values of fields that Odoo does not track are not known",
    kind="append",
    sweep="never",
    domain=lambda tracked: (("log_id.model_id.model", "in", [*tracked, *AUDITED]),),
    fields={
        "log_id": column("many2one"),
        "field_name": column("char"),
        "old_value": column("text", person=True, mask="text"),
        "new_value": column("text", person=True, mask="text"),
        "logged_at": column("datetime", "create_date"),
    },
)
