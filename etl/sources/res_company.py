"""Companies: the legal entities plants belong to."""

from etl.source import Source, column

SOURCE = Source(
    model="res.company",
    without="no plant can be named",
    needed=True,
    fields={
        "name": column("char"),
        "currency_id": column("many2one"),
        "resource_calendar_id": column("many2one"),
        "partner_id": column("many2one"),
        "created_at": column("datetime", "create_date"),
    },
)
