"""Stock moves: components, products, receipts, deliveries, transfers, scrap and counts.

Odoo 16 and earlier do not store what is reserved for a move: add up its move lines. Once a move is done, `moved_at` is
when it was done; before, it is when it is planned. What Odoo forecasts is asked for components that are short.
"""

from etl.source import Source, column

SOURCE = Source(
    model="stock.move",
    without="components, receipts, deliveries and transfers cannot be linked to their orders",
    open_domain=(("state", "not in", ("done", "cancel")),),
    computed_domain=(
        ("raw_material_production_id", "!=", False),
        ("state", "in", ("confirmed", "waiting", "partially_available")),
    ),
    fields={
        "reference": column("char"),
        "origin": column("char"),
        "state": column("selection"),
        "product_id": column("many2one"),
        "product_uom_id": column("many2one", "product_uom", "product_uom_id"),
        "demand_quantity": column("float", "product_uom_qty"),
        "reserved_quantity": column("float", "quantity", only="Odoo 17 and later"),
        "done_quantity": column("float", "quantity_done", until=16, only="Odoo 16"),
        "is_picked": column("boolean", "picked", only="Odoo 17 and later"),
        "moved_at": column("datetime", "date"),
        "deadline_at": column("datetime", "date_deadline"),
        "reserve_on": column("date", "reservation_date", only="Odoo 15 and later"),
        "delay_alert_at": column("datetime", "delay_alert_date"),
        "source_location_id": column("many2one", "location_id"),
        "destination_location_id": column("many2one", "location_dest_id"),
        "raw_material_production_id": column("many2one"),
        "production_id": column("many2one"),
        "bom_line_id": column("many2one", only="mrp"),
        "workorder_id": column("many2one"),
        "purchase_line_id": column("many2one"),
        "sale_line_id": column("many2one", only="sale_stock"),
        "orderpoint_id": column("many2one"),
        "picking_id": column("many2one"),
        "picking_type_id": column("many2one"),
        "partner_id": column("many2one"),
        "company_id": column("many2one"),
        "scrap_id": column("many2one", only="Odoo 17 and later"),
        "returned_move_id": column("many2one", "origin_returned_move_id"),
        "is_inventory": column("boolean", only="Odoo 15 and later"),
        "is_scrapped": column("boolean", "scrapped", until=18),
        "is_subcontract": column("boolean", only="mrp_subcontracting"),
        "unit_price": column("float", "price_unit"),
        "value": column("float", only="Odoo 19 and later"),
        "procurement_ids": column("many2many", "reference_ids", "group_id"),
        "destination_move_ids": column("many2many", "move_dest_ids"),
        "created_at": column("datetime", "create_date"),
        "created_by_id": column("many2one", "create_uid"),
        "forecast_quantity": column("float", "forecast_availability", computed=True),
        "forecast_at": column("datetime", "forecast_expected_date", computed=True),
    },
)
