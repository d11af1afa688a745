"""How grave nonconformities are (OCA mgmtsystem)."""

from etl.source import Source, column

SOURCE = Source(
    model="mgmtsystem.nonconformity.severity",
    without="nonconformities cannot be cut by severity",
    fields={
        "name": column("char"),
        "active": column("boolean"),
    },
)
