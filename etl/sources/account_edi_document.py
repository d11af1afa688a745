"""Electronic invoices (account_edi): what is to be sent to an authority or a network, and what came of it."""

from etl.source import Source, column

SOURCE = Source(
    model="account.edi.document",
    without="no electronic invoicing (account_edi): its failures cannot be measured",
    fields={
        "move_id": column("many2one"),
        "format_id": column("many2one", "edi_format_id"),
        "state": column("selection"),
        "error": column("text", person=True, mask="text"),
        "blocking_level": column("selection", only="Odoo 15 and later"),
        "created_at": column("datetime", "create_date"),
        "changed_at": column("datetime", "write_date"),
    },
)
