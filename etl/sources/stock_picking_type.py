"""Operation types: the way from an order or a transfer to its warehouse."""

from etl.source import Source, column

SOURCE = Source(
    model="stock.picking.type",
    without="orders cannot be assigned to a plant",
    needed=True,
    fields={
        "name": column("char"),
        "code": column("selection"),
        "warehouse_id": column("many2one"),
        "source_location_id": column("many2one", "default_location_src_id"),
        "destination_location_id": column("many2one", "default_location_dest_id"),
        "company_id": column("many2one"),
        "active": column("boolean"),
    },
)
