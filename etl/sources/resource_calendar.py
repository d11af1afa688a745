"""Work calendars: the time zone of a company's plants."""

from etl.source import Source, column

SOURCE = Source(
    model="resource.calendar",
    without="plants have no time zone (UTC is shown)",
    needed=True,
    fields={
        "name": column("char"),
        "tz": column("selection"),
        "company_id": column("many2one"),
        "active": column("boolean"),
    },
)
