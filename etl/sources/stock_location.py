"""Locations: their usage tells stock from transit, production, scrap, vendors and customers.

Odoo 14 and 15 do not store the warehouse: it follows from the parents, up to a warehouse's `view_location_id`.
"""

from etl.source import Source, column

SOURCE = Source(
    model="stock.location",
    without="stock and moves cannot be assigned to a plant, and scrap, transit and quarantine cannot be told apart",
    fields={
        "name": column("char"),
        "complete_name": column("char"),
        "usage": column("selection"),
        "parent_id": column("many2one", "location_id"),
        "warehouse_id": column("many2one", only="Odoo 16 and later"),
        "company_id": column("many2one"),
        "is_scrap": column("boolean", "scrap_location", until=18),
        "is_subcontracting": column("boolean", "is_subcontracting_location", until=18, only="mrp_subcontracting"),
        "active": column("boolean"),
    },
)
