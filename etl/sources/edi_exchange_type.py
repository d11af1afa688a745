"""Kinds of exchanges (OCA edi): which way they go, and whether an answer is expected."""

from etl.source import Source, column

SOURCE = Source(
    model="edi.exchange.type",
    without="exchanges with other systems have no names, and it is not known which await an answer",
    fields={
        "name": column("char"),
        "code": column("char"),
        "direction": column("selection"),
        "answer_type_id": column("many2one", "ack_type_id"),
    },
)
