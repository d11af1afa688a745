"""Stock moves of production orders (components and products) and of purchase orders (receipts)."""

from etl.source import Source, column

SOURCE = Source(
    model="stock.move",
    without="components and receipts cannot be linked to their orders",
    domain=(
        "|",
        "|",
        ("raw_material_production_id", "!=", False),
        ("production_id", "!=", False),
        ("purchase_line_id", "!=", False),
    ),
    open_domain=(("state", "not in", ("done", "cancel")),),
    fields={
        "reference": column("char"),
        "origin": column("char"),
        "state": column("selection"),
        "product_id": column("many2one"),
        "demand_quantity": column("float", "product_uom_qty"),
        "reserved_quantity": column("float", "quantity", "reserved_availability"),
        "moved_at": column("datetime", "date"),
        "deadline_at": column("datetime", "date_deadline"),
        "raw_material_production_id": column("many2one"),
        "production_id": column("many2one"),
        "purchase_line_id": column("many2one"),
        "picking_id": column("many2one"),
        "picking_type_id": column("many2one"),
        "company_id": column("many2one"),
        "destination_move_ids": column("many2many", "move_dest_ids"),
        "created_at": column("datetime", "create_date"),
    },
)
