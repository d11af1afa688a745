"""Models: their technical names, which automation rules and the audit log refer to."""

from etl.source import Source, column

SOURCE = Source(
    model="ir.model",
    without="models that automation rules and the audit log name cannot be told",
    fields={
        "model": column("char"),
        "name": column("char"),
    },
)
