"""Standard costs as they changed (Odoo 19 and later), per company."""

from etl.source import Source, column

SOURCE = Source(
    model="product.value",
    without="earlier costs of products are not known (Odoo keeps them from 19 on)",
    fields={
        "product_id": column("many2one"),
        "lot_id": column("many2one"),
        "move_id": column("many2one"),
        "company_id": column("many2one"),
        "value": column("float"),
        "valid_from_at": column("datetime", "date"),
        "user_id": column("many2one"),
        "created_at": column("datetime", "create_date"),
    },
)
