"""Manufacturing orders.

On Odoo 17 and later `date_start` and `date_finished` hold the plan first and the actual afterwards; before,
they are the actual dates only. They are kept under neutral names, and marts decide by state what they mean. Whether the
components will be there in time is asked for orders that are short.
"""

from etl.source import Source, column

SOURCE = Source(
    model="mrp.production",
    without="production order KPIs cannot be measured",
    needed=True,
    tracked=("state", "reservation_state"),
    open_domain=(("state", "not in", ("done", "cancel")),),
    computed_domain=(("state", "in", ("confirmed", "progress")), ("reservation_state", "!=", "assigned")),
    fields={
        "name": column("char"),
        "origin": column("char"),
        "state": column("selection"),
        "reservation_state": column("selection"),
        "product_id": column("many2one"),
        "product_qty": column("float"),
        "product_uom_id": column("many2one"),
        "bom_id": column("many2one"),
        "is_bom_outdated": column("boolean", "is_outdated_bom", only="Odoo 17 and later"),
        "lot_ids": column("many2many", "lot_producing_ids", "lot_producing_id"),
        "qty_producing": column("float"),
        "user_id": column("many2one"),
        "company_id": column("many2one"),
        "picking_type_id": column("many2one"),
        "source_location_id": column("many2one", "location_src_id"),
        "destination_location_id": column("many2one", "location_dest_id"),
        "group_id": column("many2one", "production_group_id", "procurement_group_id"),
        "procurement_ids": column("many2many", "reference_ids", "procurement_group_id"),
        "priority": column("selection"),
        "backorder_sequence": column("integer"),
        "orderpoint_id": column("many2one"),
        "started_at": column("datetime", "date_start"),
        "finished_at": column("datetime", "date_finished"),
        "planned_start_at": column("datetime", "date_planned_start", until=16),
        "planned_finish_at": column("datetime", "date_planned_finished", until=16),
        "deadline_at": column("datetime", "date_deadline"),
        "created_at": column("datetime", "create_date"),
        "created_by_id": column("many2one", "create_uid"),
        "last_writer_id": column("many2one", "write_uid", compared=False),
        "components_availability": column("selection", "components_availability_state", computed=True),
    },
)
