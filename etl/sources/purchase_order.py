"""Purchase orders."""

from etl.source import Source, column

SOURCE = Source(
    model="purchase.order",
    without="purchase approval KPIs cannot be measured",
    needed=True,
    tracked=("state",),
    open_domain=(("state", "in", ("draft", "sent", "to approve")),),
    fields={
        "name": column("char"),
        "origin": column("char"),
        "state": column("selection"),
        "partner_id": column("many2one"),
        "user_id": column("many2one"),
        "company_id": column("many2one"),
        "currency_id": column("many2one"),
        "picking_type_id": column("many2one"),
        "untaxed_amount": column("float", "amount_untaxed"),
        "total_amount": column("float", "amount_total"),
        "invoice_status": column("selection"),
        "ordered_at": column("datetime", "date_order"),
        "approved_at": column("datetime", "date_approve"),
        "planned_at": column("datetime", "date_planned"),
        "received_at": column("datetime", "effective_date"),
        "is_acknowledged": column("boolean", "acknowledged", "mail_reception_confirmed"),
        "created_at": column("datetime", "create_date"),
        "created_by_id": column("many2one", "create_uid"),
    },
)
