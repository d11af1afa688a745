"""Operations of bills of materials: at which work center, and how long they should take."""

from etl.source import Source, column

SOURCE = Source(
    model="mrp.routing.workcenter",
    without="expected and real times of operations cannot be compared",
    fields={
        "name": column("char"),
        "bom_id": column("many2one"),
        "workcenter_id": column("many2one"),
        "sequence": column("integer"),
        "time_mode": column("selection"),
        "cycle_minutes": column("float", "time_cycle_manual"),
        "active": column("boolean", only="Odoo 15 and later"),
        "created_at": column("datetime", "create_date"),
        "created_by_id": column("many2one", "create_uid"),
        "changed_at": column("datetime", "write_date", compared=False),
        "changed_by_id": column("many2one", "write_uid", compared=False),
    },
)
