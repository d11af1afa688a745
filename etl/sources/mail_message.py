"""Chatter messages of the tracked documents: when something changed and who did it.

The text of a message is never read: it may hold personal data and says nothing a tracking value does not.
Messages to one user ("You have been assigned") record no change, and Odoo shows them to nobody else: left out, the
rows do not depend on who reads.
"""

from etl.source import Source, column

SOURCE = Source(
    model="mail.message",
    without="no state change can be dated: every lead time is lost",
    needed=True,
    kind="append",
    sweep="document",
    follows=("document_model", "document_id"),
    domain=lambda tracked: (("model", "in", tracked), ("message_type", "!=", "user_notification")),
    fields={
        "document_model": column("char", "model"),
        "document_id": column("integer", "res_id"),
        "message_type": column("selection"),
        "subtype_id": column("many2one"),
        "activity_type_id": column("many2one", "mail_activity_type_id"),
        "sent_at": column("datetime", "date"),
        "author_id": column("many2one"),
        "created_by_id": column("many2one", "create_uid"),
        "created_at": column("datetime", "create_date"),
    },
)
