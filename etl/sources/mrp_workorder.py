"""Work orders: one operation of a production order at a work center.

On Odoo 17 and later the start and finish hold the plan first and the actual afterwards, as in mrp_production.
Durations are minutes, as Odoo keeps them.
"""

from etl.source import Source, column

SOURCE = Source(
    model="mrp.workorder",
    without="cycle times by operation and the load of work centers cannot be measured",
    open_domain=(("state", "not in", ("done", "cancel")),),
    fields={
        "name": column("char"),
        "state": column("selection"),
        "production_id": column("many2one"),
        "workcenter_id": column("many2one"),
        "operation_id": column("many2one"),
        "started_at": column("datetime", "date_start"),
        "finished_at": column("datetime", "date_finished"),
        "planned_start_at": column("datetime", "date_planned_start", until=16),
        "planned_finish_at": column("datetime", "date_planned_finished", until=16),
        "expected_minutes": column("float", "duration_expected"),
        "actual_minutes": column("float", "duration"),
        "produced_quantity": column("float", "qty_produced"),
        "blocked_by_ids": column("many2many", "blocked_by_workorder_ids", only="Odoo 16 and later"),
        "created_at": column("datetime", "create_date"),
        "created_by_id": column("many2one", "create_uid"),
    },
)
