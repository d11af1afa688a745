"""Stages of corrective actions (OCA mgmtsystem)."""

from etl.source import Source, column

SOURCE = Source(
    model="mgmtsystem.action.stage",
    without="open actions cannot be told from finished ones by their stage",
    fields={
        "name": column("char"),
        "sequence": column("integer"),
        "is_starting": column("boolean"),
        "is_ending": column("boolean"),
    },
)
