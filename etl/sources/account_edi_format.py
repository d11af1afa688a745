"""Formats of electronic invoices (account_edi)."""

from etl.source import Source, column

SOURCE = Source(
    model="account.edi.format",
    without="formats of electronic invoices have no names",
    fields={
        "name": column("char"),
        "code": column("char"),
    },
)
