"""The audit log (OCA auditlog) of the demo plants: what was written over the plans of production orders.

It goes back half a year, as the module clears away what is older.
"""

from __future__ import annotations

from etl.demo.clock import stamp
from etl.demo.document import Block

MODEL_ID = 512
_KEPT = 180 * 86400


def records(block: Block) -> dict[str, list[dict]]:
    """`ir_model`, `auditlog_log` and `auditlog_log_line` records; documents must have their ids."""
    written = [
        (order, before, plan)
        for order in block.orders
        for before, plan in zip(order.plans, order.plans[1:], strict=False)
        if plan.at >= block.anchor - _KEPT
    ]
    logs, lines = [], []
    for number, (order, before, plan) in enumerate(sorted(written, key=lambda entry: entry[2].at), start=1):
        created = stamp(plan.at)
        logs.append(
            {
                "id": number,
                "model_id": MODEL_ID,
                "res_id": order.id,
                "method": "write",
                "user_id": plan.by,
                "create_date": created,
            }
        )
        for field, old, new in (
            ("date_start", before.start, plan.start),
            ("date_finished", before.finish, plan.finish),
        ):
            value = {"old_value": stamp(old), "new_value": stamp(new)}
            head = {"id": len(lines) + 1, "log_id": number, "field_name": field}
            lines.append(head | value | {"create_date": created})
    model = {"id": MODEL_ID, "model": "mrp.production", "name": "Manufacturing Order", "write_date": stamp(block.start)}
    return {"ir_model": [model], "auditlog_log": logs, "auditlog_log_line": lines}
