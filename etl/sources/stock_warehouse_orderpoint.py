"""Reordering rules: minimum and maximum of a product in a place."""

from etl.source import Source, column

SOURCE = Source(
    model="stock.warehouse.orderpoint",
    without="stock below its minimum and the quality of reordering rules cannot be measured",
    fields={
        "name": column("char"),
        "product_id": column("many2one"),
        "warehouse_id": column("many2one"),
        "location_id": column("many2one"),
        "company_id": column("many2one"),
        "trigger": column("selection"),
        "minimum_quantity": column("float", "product_min_qty"),
        "maximum_quantity": column("float", "product_max_qty"),
        "to_order_quantity": column("float", "qty_to_order_computed", "qty_to_order", only="any Odoo but 18"),
        "snoozed_until_on": column("date", "snoozed_until"),
        "deadline_on": column("date", "deadline_date", only="Odoo 19 and later"),
        "route_id": column("many2one"),
        "active": column("boolean"),
        "created_at": column("datetime", "create_date"),
        "created_by_id": column("many2one", "create_uid"),
    },
)
