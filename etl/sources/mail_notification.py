"""What became of the e-mails and text messages about the tracked documents, one row per recipient; who that is is not
read.

The model keeps no dates: its message has one. What failed may be sent again, so it counts as open. A mail that bounces
after it was read as sent is not seen.
"""

from etl.source import Source, column

SOURCE = Source(
    model="mail.notification",
    without="how many e-mails and text messages were sent at all is not known",
    kind="unstamped",
    cursor=None,
    sweep="open",
    created="mail_message_id.create_date",
    domain=lambda tracked: (
        ("notification_type", "in", ("email", "sms")),
        ("mail_message_id.model", "in", tracked),
        ("mail_message_id.message_type", "!=", "user_notification"),  # which Odoo shows to their addressees alone
    ),
    open_domain=(("notification_status", "not in", ("sent", "canceled")),),
    fields={
        "message_id": column("many2one", "mail_message_id"),
        "mail_id": column("many2one", "mail_mail_id", "mail_id"),
        "type": column("selection", "notification_type"),
        "status": column("selection", "notification_status"),
        "failure_type": column("selection"),
        "failure_reason": column("text", person=True, mask="text"),
    },
)
