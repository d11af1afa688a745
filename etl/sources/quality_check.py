"""Quality checks (Enterprise): from creation until the result.

Several apps of third parties have a model of this name with other fields: what does not fit stays empty.
"""

from etl.source import Source, column

SOURCE = Source(
    model="quality.check",
    without="no Enterprise quality module: quality checks and how long they hold goods cannot be measured",
    tracked=("quality_state",),
    open_domain=(("quality_state", "=", "none"),),
    fields={
        "name": column("char"),
        "title": column("char"),
        "result": column("selection", "quality_state"),
        "point_id": column("many2one"),
        "test_type": column("char"),
        "product_id": column("many2one"),
        "lot_ids": column("many2many", "lot_ids", "lot_id"),
        "tested_quantity": column("float", "qty_tested", only="Odoo 17 and later"),
        "picking_id": column("many2one", only="quality_control"),
        "production_id": column("many2one", only="quality_mrp"),
        "workorder_id": column("many2one", only="quality_mrp_workorder"),
        "workcenter_id": column("many2one", only="quality_mrp_workorder"),
        "user_id": column("many2one"),
        "team_id": column("many2one"),
        "company_id": column("many2one"),
        "measure_on": column("selection"),
        "checked_at": column("datetime", "control_date"),
        "created_at": column("datetime", "create_date"),
        "created_by_id": column("many2one", "create_uid"),
    },
)
