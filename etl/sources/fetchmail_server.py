"""Mail servers that Odoo fetches from: whether the last fetch went well. There is no history of them but ours."""

from etl.source import Source, column

SOURCE = Source(
    model="fetchmail.server",
    without="whether incoming e-mail is fetched is not known",
    fields={
        "name": column("char"),
        "state": column("selection"),
        "active": column("boolean"),
        "fetched_at": column("datetime", "date"),
        "failing_since_at": column("datetime", "error_date", only="Odoo 19 and later"),
        "error_message": column("text", person=True, mask="text", only="Odoo 19 and later"),
    },
)
