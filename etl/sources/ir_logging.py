"""Log entries of Odoo's database: incoming webhooks, and warnings and errors where the server logs to it.

Texts lose payloads, addresses and keys before they are kept.
"""

from etl.source import Source, column

SOURCE = Source(
    model="ir.logging",
    without="incoming webhooks and failures that Odoo only logs cannot be measured",
    kind="append",
    sweep="never",
    domain=(("type", "=", "server"),),
    fields={
        "logger": column("char", "name"),
        "level": column("char"),
        "source": column("char", "path"),
        "function": column("char", "func"),
        "message": column("text", person=True, mask="text"),
        "logged_at": column("datetime", "create_date"),
    },
)
