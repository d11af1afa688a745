"""Warehouses: one warehouse is one plant unless ops.toml says otherwise."""

from etl.source import Source, column

SOURCE = Source(
    model="stock.warehouse",
    without="numbers cannot be told apart by plant",
    needed=True,
    fields={
        "name": column("char"),
        "code": column("char"),
        "company_id": column("many2one"),
        "partner_id": column("many2one"),
        "view_location_id": column("many2one"),
        "stock_location_id": column("many2one", "lot_stock_id"),
        "active": column("boolean"),
    },
)
