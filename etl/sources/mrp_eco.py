"""Engineering change orders (Enterprise): from their opening until they are applied."""

from etl.source import Source, column

SOURCE = Source(
    model="mrp.eco",
    without="no Enterprise PLM: engineering changes and their approval cannot be measured",
    tracked=("stage_id",),
    open_domain=(("state", "!=", "done"),),
    fields={
        "name": column("char"),
        "state": column("selection"),
        "stage_id": column("many2one"),
        "type_id": column("many2one"),
        "kanban_state": column("selection"),
        "product_tmpl_id": column("many2one"),
        "bom_id": column("many2one"),
        "new_bom_id": column("many2one"),
        "production_id": column("many2one"),
        "user_id": column("many2one"),
        "company_id": column("many2one"),
        "effectivity": column("selection"),
        "effective_at": column("datetime", "effectivity_date"),
        "created_at": column("datetime", "create_date"),
        "created_by_id": column("many2one", "create_uid"),
    },
)
