"""Reasons for scrap (Odoo 18 and later)."""

from etl.source import Source, column

SOURCE = Source(
    model="stock.scrap.reason.tag",
    without="scrap has no reasons",
    fields={
        "name": column("char"),
        "sequence": column("integer"),
    },
)
