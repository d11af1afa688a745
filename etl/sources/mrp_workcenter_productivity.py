"""Time logs of work centers: work, and downtime with its reason; an open one has no end.

From Odoo 19 on the kind of loss is not stored here: it follows from the loss.
"""

from etl.source import Source, column

SOURCE = Source(
    model="mrp.workcenter.productivity",
    without="downtime, its reasons and the effectiveness of work centers cannot be measured",
    open_domain=(("date_end", "=", False),),
    fields={
        "workcenter_id": column("many2one"),
        "workorder_id": column("many2one"),
        "loss_id": column("many2one"),
        "loss_type": column("selection", until=18),
        "user_id": column("many2one"),
        "employee_id": column("many2one", only="mrp_workorder (Enterprise)"),
        "company_id": column("many2one"),
        "started_at": column("datetime", "date_start"),
        "ended_at": column("datetime", "date_end"),
        "minutes": column("float", "duration"),
        "created_at": column("datetime", "create_date"),
        "created_by_id": column("many2one", "create_uid"),
    },
)
