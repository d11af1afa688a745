"""Scrap orders: what was thrown away, where and for which order."""

from etl.source import Source, column

SOURCE = Source(
    model="stock.scrap",
    without="scrap and its reasons cannot be measured",
    tracked=("state",),
    open_domain=(("state", "=", "draft"),),
    fields={
        "name": column("char"),
        "origin": column("char"),
        "state": column("selection"),
        "product_id": column("many2one"),
        "quantity": column("float", "scrap_qty"),
        "product_uom_id": column("many2one"),
        "lot_id": column("many2one"),
        "source_location_id": column("many2one", "location_id"),
        "scrap_location_id": column("many2one"),
        "picking_id": column("many2one"),
        "production_id": column("many2one", only="mrp"),
        "workorder_id": column("many2one", only="mrp"),
        "reason_ids": column("many2many", "scrap_reason_tag_ids", only="Odoo 18 and later"),
        "company_id": column("many2one"),
        "done_at": column("datetime", "date_done"),
        "created_at": column("datetime", "create_date"),
        "created_by_id": column("many2one", "create_uid"),
    },
)
