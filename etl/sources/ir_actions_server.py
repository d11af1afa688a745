"""Server actions that scheduled actions and automation rules run, and those that call another system."""

from etl.source import Source, column

SOURCE = Source(
    model="ir.actions.server",
    without="what a scheduled action or an automation rule does is not known",
    domain=("|", ("usage", "in", ("ir_cron", "base_automation")), ("state", "=", "webhook")),
    fields={
        "name": column("char"),
        "state": column("selection"),
        "usage": column("selection"),
        "model_id": column("many2one"),
        "automation_id": column("many2one", "base_automation_id", only="Odoo 17 and later"),
        "created_at": column("datetime", "create_date"),
        "created_by_id": column("many2one", "create_uid"),
    },
)
