"""Tracked field changes: the old and the new value beside a chatter message.

Selections arrive as labels in the language of whoever made the change; fct_event turns them back into keys.
Error texts and bank accounts are tracked too, so labels lose addresses, numbers and keys.

Rows are chosen by the model of the changed field, never by that of the message: to look at messages, Odoo checks who
may read each single one. A change of a field that was removed from Odoo since is left out: it has no name any more.
"""

from etl.source import Source, column

SOURCE = Source(
    model="mail.tracking.value",
    without="no state change is known: every lead time is lost",
    needed=True,
    kind="append",
    sweep="document",
    follows=("mail.message", "message_id"),
    domain=lambda tracked: (("field_id.model", "in", tracked),),
    fields={
        "message_id": column("many2one", "mail_message_id"),
        "field_id": column("many2one", "field_id", "field"),
        "old_label": column("char", "old_value_char", mask="text"),
        "new_label": column("char", "new_value_char", mask="text"),
        "old_integer": column("integer", "old_value_integer"),
        "new_integer": column("integer", "new_value_integer"),
        "old_float": column("float", "old_value_float"),
        "new_float": column("float", "new_value_float"),
        # Odoo 14 to 16 keep amounts of money in columns of their own.
        "old_amount": column("float", "old_value_monetary", "old_value_float"),
        "new_amount": column("float", "new_value_monetary", "new_value_float"),
        "old_at": column("datetime", "old_value_datetime"),
        "new_at": column("datetime", "new_value_datetime"),
    },
)
