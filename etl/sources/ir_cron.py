"""Scheduled actions: when they ran last, when they run next, and whether they fail.

Odoo writes runs in SQL without a write date, so all active ones are read each time. A failure followed by a success
between two reads is not seen.
"""

from etl.source import Source, column

SOURCE = Source(
    model="ir.cron",
    without="scheduled actions, their delays and failures cannot be measured",
    kind="unstamped",
    cursor=None,
    open_domain=(("active", "=", True),),
    fields={
        "name": column("char", "cron_name"),
        "action_id": column("many2one", "ir_actions_server_id"),
        "user_id": column("many2one"),
        "interval_number": column("integer"),
        "interval_type": column("selection"),
        "priority": column("integer"),
        "last_run_at": column("datetime", "lastcall"),
        "next_run_at": column("datetime", "nextcall"),
        "failure_count": column("integer", only="Odoo 18 and later"),
        "failing_since_at": column("datetime", "first_failure_date", only="Odoo 18 and later"),
        "remaining_calls": column("integer", "numbercall", until=17),
        "active": column("boolean"),
        "created_at": column("datetime", "create_date"),
    },
)
