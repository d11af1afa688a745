"""Machines and tools that are maintained."""

from etl.source import Source, column

SOURCE = Source(
    model="maintenance.equipment",
    without="maintenance cannot be cut by machine",
    fields={
        "name": column("char"),
        "serial_number": column("char", "serial_no"),
        "category_id": column("many2one"),
        "team_id": column("many2one", "maintenance_team_id"),
        "technician_id": column("many2one", "technician_user_id"),
        "owner_id": column("many2one", "owner_user_id"),
        "location_id": column("many2one", only="stock_maintenance"),
        "workcenter_id": column("many2one", only="mrp_maintenance (Enterprise)"),
        "company_id": column("many2one"),
        "in_use_since_on": column("date", "effective_date"),
        "scrapped_on": column("date", "scrap_date"),
        "active": column("boolean"),
    },
)
