"""Kinds of activities."""

from etl.source import Source, column

SOURCE = Source(
    model="mail.activity.type",
    without="activities cannot be cut by kind",
    fields={
        "name": column("char"),
        "category": column("selection"),
        "document_model": column("char", "res_model", only="Odoo 15 and later"),
        "keeps_done": column("boolean", "keep_done", until=18, only="Odoo 17 and later"),
        "active": column("boolean"),
    },
)
