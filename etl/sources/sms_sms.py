"""Text messages that are still there: Odoo deletes those that were sent. Neither number nor text is read."""

from etl.source import Source, column

SOURCE = Source(
    model="sms.sms",
    without="text messages that could not be sent are not seen",
    fields={
        "message_id": column("many2one", "mail_message_id"),
        "state": column("selection"),
        "failure_type": column("selection", "failure_type", "error_code"),
        "created_at": column("datetime", "create_date"),
        "changed_at": column("datetime", "write_date"),
    },
)
