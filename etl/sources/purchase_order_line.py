"""Purchase order lines."""

from etl.source import Source, column

SOURCE = Source(
    model="purchase.order.line",
    without="purchases cannot be cut by product or linked to production orders",
    needed=True,
    fields={
        "order_id": column("many2one"),
        "product_id": column("many2one"),
        "product_uom_id": column("many2one", "product_uom_id", "product_uom"),
        "quantity": column("float", "product_qty"),
        "received_quantity": column("float", "qty_received"),
        "invoiced_quantity": column("float", "qty_invoiced"),
        "unit_price": column("float", "price_unit"),
        "subtotal_amount": column("float", "price_subtotal"),
        "planned_at": column("datetime", "date_planned"),
        "company_id": column("many2one"),
        "created_at": column("datetime", "create_date"),
    },
)
