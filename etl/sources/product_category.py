"""Product categories: the product family of a product."""

from etl.source import Source, column

SOURCE = Source(
    model="product.category",
    without="numbers cannot be cut by product family",
    needed=True,
    fields={
        "name": column("char"),
        "complete_name": column("char"),
        "parent_id": column("many2one"),
    },
)
