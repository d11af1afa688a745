"""Nonconformities (OCA mgmtsystem): from their report until they are closed."""

from etl.source import Source, column

SOURCE = Source(
    model="mgmtsystem.nonconformity",
    without="nonconformities and how long they take to close cannot be measured",
    tracked=("stage_id",),
    open_domain=(("state", "not in", ("done", "cancel")),),
    fields={
        "name": column("char"),
        "number": column("char", "ref"),
        "reference": column("char"),
        "state": column("selection"),
        "stage_id": column("many2one"),
        "kanban_state": column("selection"),
        "severity_id": column("many2one"),
        "document_model": column("char", "res_model", only="a branch that links documents"),
        "document_id": column("integer", "res_id", only="a branch that links documents"),
        "partner_id": column("many2one"),
        "responsible_id": column("many2one", "responsible_user_id"),
        "manager_id": column("many2one", "manager_user_id"),
        "user_id": column("many2one"),
        "action_ids": column("many2many"),
        "company_id": column("many2one"),
        "closed_at": column("datetime", "closing_date"),
        "created_at": column("datetime", "create_date"),
        "created_by_id": column("many2one", "create_uid"),
    },
)
