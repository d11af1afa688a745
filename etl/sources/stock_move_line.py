"""Move lines: what is reserved or done, by lot, package and location.

`created_at` of an open line is when it was reserved. From Odoo 17 on `quantity` is what is reserved until the move is
done; before, it is what was done, and `reserved_quantity` what is reserved. Odoo deletes lines when it unreserves.
"""

from etl.source import Source, column

SOURCE = Source(
    model="stock.move.line",
    without="reservations, lots and packages cannot be dated or traced",
    open_domain=(("state", "not in", ("done", "cancel")),),
    fields={
        "move_id": column("many2one"),
        "picking_id": column("many2one"),
        "state": column("selection"),
        "product_id": column("many2one"),
        "product_uom_id": column("many2one"),
        "quantity": column("float", "quantity", "qty_done"),
        "reserved_quantity": column("float", "reserved_uom_qty", "product_uom_qty", until=16),
        "is_picked": column("boolean", "picked", only="Odoo 17 and later"),
        "lot_id": column("many2one"),
        "package_id": column("many2one"),
        "result_package_id": column("many2one"),
        "source_location_id": column("many2one", "location_id"),
        "destination_location_id": column("many2one", "location_dest_id"),
        "company_id": column("many2one"),
        "moved_at": column("datetime", "date"),
        "created_at": column("datetime", "create_date"),
    },
)
