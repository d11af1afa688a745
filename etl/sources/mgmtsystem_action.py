"""Corrective and preventive actions (OCA mgmtsystem)."""

from etl.source import Source, column

SOURCE = Source(
    model="mgmtsystem.action",
    without="corrective actions and whether they are late cannot be measured",
    tracked=("stage_id",),
    open_domain=(("date_closed", "=", False),),
    fields={
        "name": column("char"),
        "reference": column("char"),
        "type": column("selection", "type_action"),
        "stage_id": column("many2one"),
        "priority": column("selection"),
        "user_id": column("many2one"),
        "company_id": column("many2one"),
        "due_on": column("date", "date_deadline"),
        "opened_at": column("datetime", "date_open"),
        "closed_at": column("datetime", "date_closed"),
        "active": column("boolean"),
        "created_at": column("datetime", "create_date"),
        "created_by_id": column("many2one", "create_uid"),
    },
)
