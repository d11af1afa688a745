"""Work calendars: which hours a plant works, in which time zone."""

from etl.source import Source, column

SOURCE = Source(
    model="resource.calendar",
    without="plants have no time zone (UTC is shown) and no working time",
    needed=True,
    fields={
        "name": column("char"),
        "tz": column("selection"),
        "company_id": column("many2one"),
        "active": column("boolean"),
        "is_two_weeks": column("boolean", "two_weeks_calendar"),
        "is_flexible": column("boolean", "flexible_hours", only="Odoo 18 and later"),
        "changed_at": column("datetime", "write_date", compared=False),
    },
)
