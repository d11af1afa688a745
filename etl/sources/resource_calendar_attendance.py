"""Working hours of calendars: day of the week, from and to in the calendar's time zone."""

from etl.source import Source, column

SOURCE = Source(
    model="resource.calendar.attendance",
    without="durations in working time cannot be measured",
    fields={
        "calendar_id": column("many2one"),
        "weekday": column("selection", "dayofweek"),
        "week_type": column("selection"),
        "hour_from": column("float"),
        "hour_to": column("float"),
        "day_period": column("selection"),
        "resource_id": column("many2one", until=18),
        "valid_from_on": column("date", "date_from", until=18),
        "valid_to_on": column("date", "date_to", until=18),
        "changed_at": column("datetime", "write_date", compared=False),
    },
)
