"""Landed costs: freight, duty and the like, put on receipts or production orders."""

from etl.source import Source, column

SOURCE = Source(
    model="stock.landed.cost",
    without="landed costs and how late they come cannot be measured",
    open_domain=(("state", "=", "draft"),),
    fields={
        "name": column("char"),
        "state": column("selection"),
        "target": column("selection", "target_model"),
        "picking_ids": column("many2many"),
        "production_ids": column("many2many", "mrp_production_ids", only="mrp_landed_costs"),
        "bill_id": column("many2one", "vendor_bill_id"),
        "entry_id": column("many2one", "account_move_id"),
        "company_id": column("many2one"),
        "total_amount": column("float", "amount_total"),
        "cost_on": column("date", "date"),
        "created_at": column("datetime", "create_date"),
        "created_by_id": column("many2one", "create_uid"),
    },
)
