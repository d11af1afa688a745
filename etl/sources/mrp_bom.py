"""Bills of materials; their history is the history of changes to products.

A subcontracted product has one of type subcontract.
"""

from etl.source import Source, column

SOURCE = Source(
    model="mrp.bom",
    without="changes of bills of materials and subcontracted products are not known",
    fields={
        "code": column("char"),
        "type": column("selection"),
        "product_tmpl_id": column("many2one"),
        "product_id": column("many2one"),
        "quantity": column("float", "product_qty"),
        "product_uom_id": column("many2one"),
        "picking_type_id": column("many2one"),
        "ready_to_produce": column("selection"),
        "consumption": column("selection"),
        "lead_days": column("integer", "produce_delay", only="Odoo 17 and later"),
        "subcontractor_ids": column("many2many", only="mrp_subcontracting"),
        "version": column("integer", only="mrp_plm (Enterprise)"),
        "company_id": column("many2one"),
        "active": column("boolean"),
        "created_at": column("datetime", "create_date"),
        "created_by_id": column("many2one", "create_uid"),
    },
)
