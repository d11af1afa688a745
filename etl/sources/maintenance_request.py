"""Maintenance requests, corrective and preventive.

Request and close are kept by the day; the chatter tells the hour. Cancelled requests are archived.
"""

from etl.source import Source, column

SOURCE = Source(
    model="maintenance.request",
    without="repairs, their duration and planned maintenance cannot be measured",
    tracked=("stage_id", "kanban_state"),
    open_domain=(("stage_id.done", "=", False), ("archive", "=", False)),
    fields={
        "name": column("char"),
        "stage_id": column("many2one"),
        "kanban_state": column("selection"),
        "maintenance_type": column("selection"),
        "priority": column("selection"),
        "equipment_id": column("many2one"),
        "category_id": column("many2one"),
        "team_id": column("many2one", "maintenance_team_id"),
        "requested_by_id": column("many2one", "owner_user_id"),
        "user_id": column("many2one"),
        "company_id": column("many2one"),
        "production_id": column("many2one", only="mrp_maintenance (Enterprise)"),
        "workorder_id": column("many2one", only="mrp_maintenance (Enterprise)"),
        "workcenter_id": column("many2one", only="mrp_maintenance (Enterprise)"),
        "requested_on": column("date", "request_date"),
        "scheduled_at": column("datetime", "schedule_date"),
        "closed_on": column("date", "close_date"),
        "duration_hours": column("float", "duration"),
        "is_archived": column("boolean", "archive"),
        "created_at": column("datetime", "create_date"),
        "created_by_id": column("many2one", "create_uid"),
    },
)
