"""Stages of nonconformities (OCA mgmtsystem)."""

from etl.source import Source, column

SOURCE = Source(
    model="mgmtsystem.nonconformity.stage",
    without="stages of nonconformities have no names",
    fields={
        "name": column("char"),
        "sequence": column("integer"),
        "state": column("selection"),
    },
)
