"""Stages of maintenance requests."""

from etl.source import Source, column

SOURCE = Source(
    model="maintenance.stage",
    without="open maintenance requests cannot be told from finished ones",
    fields={
        "name": column("char"),
        "sequence": column("integer"),
        "is_done": column("boolean", "done"),
    },
)
