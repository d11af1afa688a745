"""Quality inspections (OCA quality_control_oca): from creation until passed or failed.

`document` names what is inspected, as model,id.
"""

from etl.source import Source, column

SOURCE = Source(
    model="qc.inspection",
    without="no OCA quality module: inspections and how long they hold goods cannot be measured",
    tracked=("state",),
    open_domain=(("state", "not in", ("success", "failed", "canceled")),),
    fields={
        "name": column("char"),
        "state": column("selection"),
        "document": column("reference", "object_id"),
        "product_id": column("many2one"),
        "quantity": column("float", "qty"),
        "test_id": column("many2one", "test"),
        "user_id": column("many2one", "user"),
        "company_id": column("many2one"),
        "picking_id": column("many2one", only="quality_control_stock_oca"),
        "lot_id": column("many2one", only="quality_control_stock_oca"),
        "production_id": column("many2one", only="quality_control_mrp_oca"),
        "is_success": column("boolean", "success"),
        "is_automatic": column("boolean", "auto_generated"),
        "planned_at": column("datetime", "date"),
        "done_at": column("datetime", "date_done"),
        "created_at": column("datetime", "create_date"),
        "created_by_id": column("many2one", "create_uid"),
    },
)
