"""Components of bills of materials."""

from etl.source import Source, column

SOURCE = Source(
    model="mrp.bom.line",
    without="changed components cannot be told, and usage cannot be compared with the bill of materials",
    fields={
        "bom_id": column("many2one"),
        "product_id": column("many2one"),
        "quantity": column("float", "product_qty"),
        "product_uom_id": column("many2one"),
        "operation_id": column("many2one"),
        "created_at": column("datetime", "create_date"),
        "created_by_id": column("many2one", "create_uid"),
        "changed_at": column("datetime", "write_date", compared=False),
        "changed_by_id": column("many2one", "write_uid", compared=False),
    },
)
