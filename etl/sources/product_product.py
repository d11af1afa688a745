"""Products: what is made, consumed and bought; the standard cost is that of the reading user's own company."""

from etl.source import Source, column

SOURCE = Source(
    model="product.product",
    without="numbers cannot be cut by product",
    needed=True,
    fields={
        "product_tmpl_id": column("many2one"),
        "default_code": column("char"),
        "standard_cost": column("float", "standard_price", only="Odoo 18 and later"),
        "active": column("boolean"),
    },
)
