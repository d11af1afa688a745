"""Lines of the vendors' bills and refunds: what was billed for which purchase line, and when it falls due."""

from etl.source import Source, column

SOURCE = Source(
    model="account.move.line",
    without="bills cannot be matched with orders and receipts",
    domain=(("move_id.move_type", "in", ("in_invoice", "in_refund", "in_receipt")),),
    open_domain=(("parent_state", "=", "draft"),),
    fields={
        "move_id": column("many2one"),
        "move_state": column("selection", "parent_state"),
        "display_type": column("selection"),
        "product_id": column("many2one"),
        "product_uom_id": column("many2one"),
        "purchase_line_id": column("many2one", only="purchase"),
        "account_id": column("many2one"),
        "company_id": column("many2one"),
        "currency_id": column("many2one"),
        "quantity": column("float"),
        "unit_price": column("float", "price_unit"),
        "subtotal_amount": column("float", "price_subtotal"),
        "balance_amount": column("float", "balance"),
        "is_landed_cost": column("boolean", "is_landed_costs_line", only="stock_landed_costs"),
        "is_reconciled": column("boolean", "reconciled"),
        "accounted_on": column("date", "date"),
        "due_on": column("date", "date_maturity"),
        "created_at": column("datetime", "create_date"),
    },
)
