"""Warehouses: one warehouse is one plant unless ops.toml says otherwise."""

from etl.source import Source, column

SOURCE = Source(
    model="stock.warehouse",
    without="numbers cannot be told apart by plant",
    fields={
        "name": column("char"),
        "code": column("char"),
        "company_id": column("many2one"),
        "partner_id": column("many2one"),
        "active": column("boolean"),
    },
)
