"""Runs of scheduled actions (Odoo 18 and later), kept here after Odoo clears them away.

A failed run looks like a good one: failures are in ir_cron. The run lasts from its creation to its last change.
"""

from etl.source import Source, column

SOURCE = Source(
    model="ir.cron.progress",
    without="single runs of scheduled actions are not seen (Odoo keeps them from 18 on)",
    sweep="never",
    fields={
        "cron_id": column("many2one"),
        "done_count": column("integer", "done"),
        "remaining_count": column("integer", "remaining"),
        "timeout_count": column("integer", "timed_out_counter"),
        "is_deactivated": column("boolean", "deactivate"),
        "started_at": column("datetime", "create_date"),
        "changed_at": column("datetime", "write_date"),
    },
)
