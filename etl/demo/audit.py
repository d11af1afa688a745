"""The audit log (OCA auditlog) of the demo plants: plans, locks and empty saves of production orders, and who is to do
an activity.

Of plans it goes back half a year, as the module clears away what is older; of activities it was told to keep all.
"""

from __future__ import annotations

from random import Random

from etl.demo.clock import stamp
from etl.demo.document import Block
from etl.demo.people import TEAMS
from etl.demo.plants import Wait

MODEL_ID, ACTIVITY_MODEL_ID = 512, 218
_KEPT = 180 * 86400
_LOOK = Wait(12.0, 0.8)


def records(block: Block) -> dict[str, list[dict]]:
    """`ir_model`, `auditlog_log` and `auditlog_log_line` records; documents must have their ids."""
    logs, lines = [], []
    for number, (at, model, document, by, changes) in enumerate(
        sorted([*_plans(block), *_unlocked(block), *_saves(block), *_activities(block)], key=lambda entry: entry[0]),
        start=1,
    ):
        created = {"create_date": stamp(at)}
        head = {"id": number, "model_id": model, "res_id": document, "method": "write", "user_id": by}
        logs.append(head | created)
        for field, old, new in changes:
            line = {"id": len(lines) + 1, "log_id": number, "field_name": field}
            lines.append(line | {"old_value": old, "new_value": new} | created)
    names = {ACTIVITY_MODEL_ID: ("mail.activity", "Activity"), MODEL_ID: ("mrp.production", "Manufacturing Order")}
    models = [
        {"id": id, "model": model, "name": name, "write_date": stamp(block.start)}
        for id, (model, name) in names.items()
    ]
    return {"ir_model": models, "auditlog_log": logs, "auditlog_log_line": lines}


def _plans(block: Block):
    """When, of which model and document, by whom, and which fields: (name, before, after)."""
    for order in block.orders:
        for before, plan in zip(order.plans, order.plans[1:], strict=False):
            if plan.at >= block.anchor - _KEPT:
                dates = (("date_start", before.start, plan.start), ("date_finished", before.finish, plan.finish))
                changes = [(field, stamp(old), stamp(new)) for field, old, new in dates]
                yield plan.at, MODEL_ID, order.id, plan.by, changes


def _unlocked(block: Block):
    """The same of orders that were unlocked."""
    for order in block.orders:
        if order.unlocked:
            at, by = order.unlocked
            yield at, MODEL_ID, order.id, by, [("is_locked", "True", "False")]


def _saves(block: Block):
    """The same of saves that changed nothing: the log has no line for them."""
    for order in block.orders:
        dice = Random(f"{block.seed}/save/{order.plant.code}/{order.created}/{order.product}")
        if dice.random() < order.plant.policy.shop.saved:
            at = order.office.wait(dice, order.created, _LOOK)
            if block.anchor - _KEPT <= at < min(order.done, block.now):
                yield at, MODEL_ID, order.id, dice.choice(TEAMS[order.plant.code].planners), []


def _activities(block: Block):
    """The same of activities that were given to somebody else."""
    for activity in block.activities:
        if activity.handed_at:
            manager = TEAMS[activity.purchase.plant.code].manager
            changes = [("user_id", str(manager), str(activity.user))]
            yield activity.handed_at, ACTIVITY_MODEL_ID, activity.id, manager, changes
