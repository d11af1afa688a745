"""Kinds of chatter messages, such as a failed job."""

from etl.source import Source, column

SOURCE = Source(
    model="mail.message.subtype",
    without="failures of queue jobs cannot be told from other messages",
    fields={
        "name": column("char"),
        "document_model": column("char", "res_model"),
    },
)
