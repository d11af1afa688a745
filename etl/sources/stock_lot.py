"""Lots and serial numbers, with their expiry where it is kept."""

from etl.source import Source, column

SOURCE = Source(
    model="stock.lot",
    former_models=("stock.production.lot",),
    without="lots cannot be traced and expiry cannot be seen",
    fields={
        "name": column("char"),
        "product_id": column("many2one"),
        "company_id": column("many2one"),
        "location_id": column("many2one", only="Odoo 17 and later"),
        "expires_at": column("datetime", "expiration_date", only="product_expiry"),
        "best_before_at": column("datetime", "use_date", only="product_expiry"),
        "remove_at": column("datetime", "removal_date", only="product_expiry"),
        "alert_at": column("datetime", "alert_date", only="product_expiry"),
        "created_at": column("datetime", "create_date"),
        "created_by_id": column("many2one", "create_uid"),
    },
)
