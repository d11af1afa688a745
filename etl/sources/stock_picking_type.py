"""Operation types: the way from an order or a transfer to its warehouse."""

from etl.source import Source, column

SOURCE = Source(
    model="stock.picking.type",
    without="orders cannot be assigned to a plant",
    fields={
        "name": column("char"),
        "code": column("selection"),
        "warehouse_id": column("many2one"),
        "company_id": column("many2one"),
        "active": column("boolean"),
    },
)
