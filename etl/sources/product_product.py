"""Products: what is made, consumed and bought."""

from etl.source import Source, column

SOURCE = Source(
    model="product.product",
    without="numbers cannot be cut by product",
    fields={
        "product_tmpl_id": column("many2one"),
        "default_code": column("char"),
        "active": column("boolean"),
    },
)
