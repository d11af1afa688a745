"""Outgoing e-mails that are still there: Odoo deletes most of them once they are sent.

Neither whom they go to nor what they say is read, only what became of them.
"""

from etl.source import Source, column

SOURCE = Source(
    model="mail.mail",
    without="e-mails that could not be sent are not seen",
    fields={
        "message_id": column("many2one", "mail_message_id"),
        "state": column("selection"),
        "failure_type": column("selection", only="Odoo 15 and later"),
        "failure_reason": column("text", person=True, mask="text"),
        "is_notification": column("boolean", "is_notification", "notification"),
        "is_deleted_when_sent": column("boolean", "auto_delete"),
        "eligible_at": column("datetime", "scheduled_date", only="Odoo 16 and later"),
        "created_at": column("datetime", "create_date"),
        "changed_at": column("datetime", "write_date"),
    },
)
