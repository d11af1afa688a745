"""Bills and refunds of vendors; nothing else of accounting is read.

Odoo does not store when a bill was posted or paid: the chatter says it.
"""

from etl.source import Source, column

SOURCE = Source(
    model="account.move",
    without="bills of vendors, their approval and payment cannot be measured",
    tracked=("state", "payment_state"),
    domain=(("move_type", "in", ("in_invoice", "in_refund", "in_receipt")),),
    open_domain=("|", ("state", "=", "draft"), ("payment_state", "in", ("not_paid", "partial", "in_payment"))),
    fields={
        "name": column("char"),
        "move_type": column("selection"),
        "state": column("selection"),
        "payment_state": column("selection"),
        "origin": column("char", "invoice_origin"),
        "vendor_reference": column("char", "ref"),
        "partner_id": column("many2one"),
        "commercial_partner_id": column("many2one"),
        "partner_bank_id": column("many2one"),
        "company_id": column("many2one"),
        "currency_id": column("many2one"),
        "journal_id": column("many2one"),
        "user_id": column("many2one", "invoice_user_id"),
        "reversed_move_id": column("many2one", "reversed_entry_id"),
        "billed_on": column("date", "invoice_date"),
        "accounted_on": column("date", "date"),
        "due_on": column("date", "invoice_date_due"),
        "untaxed_amount": column("float", "amount_untaxed"),
        "tax_amount": column("float", "amount_tax"),
        "total_amount": column("float", "amount_total"),
        "residual_amount": column("float", "amount_residual"),
        "company_total_amount": column("float", "amount_total_signed"),
        "was_posted": column("boolean", "posted_before"),
        "created_at": column("datetime", "create_date"),
        "created_by_id": column("many2one", "create_uid"),
    },
)
