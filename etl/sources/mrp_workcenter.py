"""Work centers: machines and lines, their calendars and targets."""

from etl.source import Source, column

SOURCE = Source(
    model="mrp.workcenter",
    without="work orders and downtime cannot be cut by work center",
    fields={
        "name": column("char"),
        "code": column("char"),
        "company_id": column("many2one"),
        "resource_id": column("many2one"),
        "resource_calendar_id": column("many2one"),
        "capacity": column("float", "default_capacity", "capacity", until=18),
        "time_efficiency": column("float"),
        "oee_target": column("float"),
        "hourly_cost": column("float", "costs_hour"),
        "active": column("boolean"),
    },
)
