"""Closures: holidays of a whole calendar, and times when a machine is blocked or planned.

Absences of people are not read.
"""

from etl.source import Source, column

SOURCE = Source(
    model="resource.calendar.leaves",
    without="holidays and closures count as working time",
    domain=("|", ("resource_id", "=", False), ("resource_id.resource_type", "=", "material")),
    fields={
        "name": column("char"),
        "calendar_id": column("many2one"),
        "resource_id": column("many2one"),
        "company_id": column("many2one"),
        "kind": column("selection", "time_type"),
        "closed_from_at": column("datetime", "date_from"),
        "closed_to_at": column("datetime", "date_to"),
        "changed_at": column("datetime", "write_date", compared=False),
    },
)
