"""Sales order lines."""

from etl.source import Source, column

SOURCE = Source(
    model="sale.order.line",
    without="sales cannot be cut by product or linked to production and deliveries",
    open_domain=(("state", "in", ("draft", "sent")),),
    fields={
        "order_id": column("many2one"),
        "state": column("selection"),
        "display_type": column("selection"),
        "product_id": column("many2one"),
        "product_uom_id": column("many2one", "product_uom_id", "product_uom"),
        "company_id": column("many2one"),
        "quantity": column("float", "product_uom_qty"),
        "delivered_quantity": column("float", "qty_delivered"),
        "invoiced_quantity": column("float", "qty_invoiced"),
        "unit_price": column("float", "price_unit"),
        "discount": column("float"),
        "subtotal_amount": column("float", "price_subtotal"),
        "unit_cost": column("float", "purchase_price", only="sale_margin"),
        "lead_days": column("float", "customer_lead"),
        "created_at": column("datetime", "create_date"),
    },
)
