"""Currency rates by date and company: units of the currency for one unit of the company's currency."""

from etl.source import Source, column

SOURCE = Source(
    model="res.currency.rate",
    without="amounts in several currencies cannot be added up",
    needed=True,
    fields={
        "rate_on": column("date", "name"),
        "rate": column("float"),
        "currency_id": column("many2one"),
        "company_id": column("many2one"),
    },
)
