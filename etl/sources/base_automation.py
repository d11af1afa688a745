"""Automation rules: what Odoo does by itself, and webhooks that others call."""

from etl.source import Source, column

SOURCE = Source(
    model="base.automation",
    without="automation rules and incoming webhooks have no names",
    fields={
        "name": column("char", only="Odoo 17 and later; before, it is its action's"),
        "model_id": column("many2one", only="Odoo 17 and later; before, it is its action's"),
        "trigger": column("selection"),
        "action_id": column("many2one", "action_server_id", until=16),
        "last_run_at": column("datetime", "last_run"),
        "is_logged": column("boolean", "log_webhook_calls", only="Odoo 17 and later"),
        "active": column("boolean"),
        "created_at": column("datetime", "create_date"),
        "created_by_id": column("many2one", "create_uid"),
    },
)
