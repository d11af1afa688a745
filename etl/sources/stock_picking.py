"""Transfers: receipts, deliveries, internal transfers, transfers between warehouses and to subcontractors.

The operation type says which; a transfer between warehouses goes through a location of usage transit.
"""

from etl.source import Source, column

SOURCE = Source(
    model="stock.picking",
    without="deliveries, receipts and transfers cannot be timed",
    tracked=("state",),
    open_domain=(("state", "not in", ("done", "cancel")),),
    fields={
        "name": column("char"),
        "origin": column("char"),
        "state": column("selection"),
        "picking_type_id": column("many2one"),
        "partner_id": column("many2one"),
        "user_id": column("many2one"),
        "company_id": column("many2one"),
        "priority": column("selection"),
        "move_type": column("selection"),
        "source_location_id": column("many2one", "location_id"),
        "destination_location_id": column("many2one", "location_dest_id"),
        "backorder_id": column("many2one"),
        "return_id": column("many2one", only="Odoo 17 and later"),
        "sale_id": column("many2one", only="sale_stock"),
        "batch_id": column("many2one", only="stock_picking_batch"),
        "has_deadline_issue": column("boolean"),
        "scheduled_at": column("datetime", "scheduled_date"),
        "deadline_at": column("datetime", "date_deadline"),
        "done_at": column("datetime", "date_done"),
        "created_at": column("datetime", "create_date"),
        "created_by_id": column("many2one", "create_uid"),
    },
)
