"""Units of measure.

From Odoo 19 on `factor` is how many reference units one unit is; before, how many units one reference unit is, and a
category holds the units that convert into each other.
"""

from etl.source import Source, column

SOURCE = Source(
    model="uom.uom",
    without="quantities in different units cannot be compared",
    fields={
        "name": column("char"),
        "factor": column("float"),
        "category_id": column("many2one", until=18),
        "relative_uom_id": column("many2one", only="Odoo 19 and later"),
        "active": column("boolean"),
    },
)
