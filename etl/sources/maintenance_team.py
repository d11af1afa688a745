"""Maintenance teams."""

from etl.source import Source, column

SOURCE = Source(
    model="maintenance.team",
    without="maintenance cannot be cut by team",
    fields={
        "name": column("char"),
        "company_id": column("many2one"),
        "active": column("boolean"),
    },
)
