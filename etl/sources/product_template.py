"""Product templates: names and categories of products."""

from etl.source import Source, column

SOURCE = Source(
    model="product.template",
    without="products have no names",
    needed=True,
    fields={
        "name": column("char"),
        "categ_id": column("many2one"),
        "uom_id": column("many2one"),
        "type": column("selection"),
        "is_purchased": column("boolean", "purchase_ok"),
        "production_lead_days": column("float", "produce_delay", until=16),
        "customer_lead_days": column("float", "sale_delay"),
        "active": column("boolean"),
    },
)
