"""Vendor price lists: price, minimum quantity and promised lead time."""

from etl.source import Source, column

SOURCE = Source(
    model="product.supplierinfo",
    without="agreed prices and lead times of vendors are not known",
    fields={
        "partner_id": column("many2one", "partner_id", "name"),
        "product_tmpl_id": column("many2one"),
        "product_id": column("many2one"),
        "product_uom_id": column("many2one", "product_uom_id", "product_uom", only="Odoo 19 and later"),
        "company_id": column("many2one"),
        "currency_id": column("many2one"),
        "minimum_quantity": column("float", "min_qty"),
        "price": column("float"),
        "discount": column("float", only="Odoo 17 and later"),
        "lead_days": column("integer", "delay"),
        "valid_from_on": column("date", "date_start"),
        "valid_to_on": column("date", "date_end"),
        "sequence": column("integer"),
        "created_at": column("datetime", "create_date"),
        "created_by_id": column("many2one", "create_uid"),
    },
)
