"""Unbuild orders: products that are taken apart again."""

from etl.source import Source, column

SOURCE = Source(
    model="mrp.unbuild",
    without="products that were taken apart again are not seen: they count as right first time",
    open_domain=(("state", "=", "draft"),),
    fields={
        "name": column("char"),
        "state": column("selection"),
        "production_id": column("many2one", "mo_id"),
        "product_id": column("many2one"),
        "product_uom_id": column("many2one"),
        "quantity": column("float", "product_qty"),
        "lot_id": column("many2one"),
        "company_id": column("many2one"),
        "created_at": column("datetime", "create_date"),
        "created_by_id": column("many2one", "create_uid"),
    },
)
