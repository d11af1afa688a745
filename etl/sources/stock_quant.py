"""Stock on hand by product, location, lot and owner; only places of one's own and goods in transit.

Odoo merges and deletes quants in SQL without a write date, so all are read each time; their history is the history of
the stock.
"""

from etl.source import Source, column

SOURCE = Source(
    model="stock.quant",
    without="stock on hand, its age and what is held in quarantine cannot be measured",
    kind="unstamped",
    cursor=None,
    domain=(("location_id.usage", "in", ("internal", "transit")),),
    fields={
        "product_id": column("many2one"),
        "location_id": column("many2one"),
        "lot_id": column("many2one"),
        "package_id": column("many2one"),
        "owner_id": column("many2one"),
        "company_id": column("many2one"),
        "quantity": column("float"),
        "reserved_quantity": column("float"),
        "entered_at": column("datetime", "in_date"),
        "count_on": column("date", "inventory_date", only="Odoo 15 and later"),
        "created_at": column("datetime", "create_date"),
    },
)
