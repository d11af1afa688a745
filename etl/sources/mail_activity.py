"""Activities on the tracked documents: who shall do what until when.

Odoo 16 and earlier delete an activity that is done; later ones keep it archived with its date.
"""

from etl.source import Source, column

SOURCE = Source(
    model="mail.activity",
    without="tasks and approvals asked for by an activity cannot be measured",
    domain=lambda tracked: (("res_model", "in", tracked),),
    open_domain=(("date_done", "=", False),),
    fields={
        "document_model": column("char", "res_model"),
        "document_id": column("integer", "res_id"),
        "activity_type_id": column("many2one"),
        "summary": column("char", person=True, mask="text"),
        "user_id": column("many2one"),
        "due_on": column("date", "date_deadline"),
        "done_on": column("date", "date_done", only="Odoo 17 and later"),
        "is_automatic": column("boolean", "automated"),
        "active": column("boolean", only="Odoo 17 and later"),
        "created_at": column("datetime", "create_date"),
        "created_by_id": column("many2one", "create_uid"),
    },
)
