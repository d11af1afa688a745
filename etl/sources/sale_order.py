"""Sales orders: what production and purchasing work for."""

from etl.source import Source, column

SOURCE = Source(
    model="sale.order",
    without="customer promises cannot be compared with what was delivered",
    tracked=("state",),
    open_domain=(("state", "in", ("draft", "sent")),),
    fields={
        "name": column("char"),
        "origin": column("char"),
        "customer_reference": column("char", "client_order_ref"),
        "state": column("selection"),
        "partner_id": column("many2one"),
        "user_id": column("many2one"),
        "company_id": column("many2one"),
        "warehouse_id": column("many2one", only="sale_stock"),
        "currency_id": column("many2one"),
        "untaxed_amount": column("float", "amount_untaxed"),
        "total_amount": column("float", "amount_total"),
        "shipping_policy": column("selection", "picking_policy", only="sale_stock"),
        "invoice_status": column("selection"),
        "delivery_status": column("selection", only="sale_stock"),
        "ordered_at": column("datetime", "date_order"),
        "promised_at": column("datetime", "commitment_date"),
        "delivered_at": column("datetime", "effective_date", only="sale_stock"),
        "procurement_ids": column("many2many", "stock_reference_ids", "procurement_group_id", only="sale_stock"),
        "created_at": column("datetime", "create_date"),
        "created_by_id": column("many2one", "create_uid"),
    },
)
