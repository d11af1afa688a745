"""Manufacturing orders.

On Odoo 17 and later `date_start` and `date_finished` hold the plan first and the actual afterwards; before,
they are the actual dates only. They are kept under neutral names, and marts decide by state what they mean.
"""

from etl.source import Source, column

SOURCE = Source(
    model="mrp.production",
    without="production order KPIs cannot be measured",
    tracked=("state", "reservation_state"),
    open_domain=(("state", "not in", ("done", "cancel")),),
    fields={
        "name": column("char"),
        "origin": column("char"),
        "state": column("selection"),
        "reservation_state": column("selection"),
        "product_id": column("many2one"),
        "product_qty": column("float"),
        "qty_producing": column("float"),
        "user_id": column("many2one"),
        "company_id": column("many2one"),
        "picking_type_id": column("many2one"),
        "priority": column("selection"),
        "backorder_sequence": column("integer"),
        "orderpoint_id": column("many2one"),
        "started_at": column("datetime", "date_start"),
        "finished_at": column("datetime", "date_finished"),
        "deadline_at": column("datetime", "date_deadline"),
        "created_at": column("datetime", "create_date"),
        "created_by_id": column("many2one", "create_uid"),
    },
)
