"""Currencies."""

from etl.source import Source, column

SOURCE = Source(
    model="res.currency",
    without="amounts have no currency",
    needed=True,
    fields={
        "name": column("char"),
        "symbol": column("char"),
        "active": column("boolean"),
    },
)
