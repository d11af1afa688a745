"""Stages of quality alerts (Enterprise)."""

from etl.source import Source, column

SOURCE = Source(
    model="quality.alert.stage",
    without="open quality alerts cannot be told from closed ones by their stage",
    fields={
        "name": column("char"),
        "sequence": column("integer"),
        "is_done": column("boolean", "done"),
    },
)
