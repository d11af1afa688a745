"""Quality alerts (Enterprise): a defect from its report until it is closed."""

from etl.source import Source, column

SOURCE = Source(
    model="quality.alert",
    without="no Enterprise quality module: quality alerts cannot be measured",
    tracked=("stage_id",),
    open_domain=(("date_close", "=", False),),
    fields={
        "name": column("char"),
        "title": column("char"),
        "stage_id": column("many2one"),
        "priority": column("selection"),
        "reason_id": column("many2one"),
        "product_id": column("many2one"),
        "product_tmpl_id": column("many2one"),
        "lot_ids": column("many2many", "lot_ids", "lot_id"),
        "picking_id": column("many2one"),
        "check_id": column("many2one"),
        "production_id": column("many2one", only="quality_mrp"),
        "workorder_id": column("many2one", only="quality_mrp_workorder"),
        "workcenter_id": column("many2one", only="quality_mrp_workorder"),
        "partner_id": column("many2one"),
        "user_id": column("many2one"),
        "team_id": column("many2one"),
        "company_id": column("many2one"),
        "assigned_at": column("datetime", "date_assign"),
        "closed_at": column("datetime", "date_close"),
        "created_at": column("datetime", "create_date"),
        "created_by_id": column("many2one", "create_uid"),
    },
)
