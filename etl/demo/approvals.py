"""Activities that ask for approvals in the demo plants, and those that were given to somebody else."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from etl.demo.clock import stamp
from etl.demo.document import Block, Purchase
from etl.demo.people import TEAMS
from etl.demo.plants import Wait

_TO_DO = 4
_PATIENCE, _PATIENCE_WITH_TIERS = Wait(18.0, 0.8), Wait(45.0, 0.3)


@dataclass(slots=True, eq=False, kw_only=True)
class Activity:
    """Who is to approve a purchase order; handed_at: when it was given to somebody else."""

    purchase: Purchase
    user: int
    by: int
    created: int
    done: int | None = None
    handed_at: int | None = None
    id: int = 0


def simulate(block: Block) -> None:
    """An activity for each approval asked for; some managers give it to somebody else while it waits."""
    reviews = (review for review in block.reviews if review.sequence == 1)
    asked = {review.purchase: _ask(review.purchase, review.created, review.requested_by) for review in reviews}
    for event in sorted(block.events, key=lambda event: event.at):
        for name, _, new in event.changes:
            if isinstance(event.document, Purchase) and name == "state":
                activity = asked.get(event.document)
                if activity and event.at > activity.created:
                    activity.done = event.at
                elif not activity and new == "to approve":
                    asked[event.document] = _ask(event.document, event.at, event.by)
    for purchase, activity in asked.items():
        dice = Random(f"{block.seed}/activity/{purchase.plant.code}/{purchase.created}/{purchase.vendor}")
        approval = purchase.plant.policy.approval
        patience = _PATIENCE_WITH_TIERS if approval.tiers else _PATIENCE
        at = purchase.office.wait(dice, activity.created, patience)
        if dice.random() < approval.handed and at < min(block.now, activity.done or block.now):
            activity.handed_at, activity.user = at, TEAMS[purchase.plant.code].supervisors[0]
    block.activities.extend(asked.values())


def _ask(purchase: Purchase, at: int, by: int) -> Activity:
    return Activity(purchase=purchase, user=TEAMS[purchase.plant.code].manager, by=by, created=at)


def records(block: Block) -> dict[str, list[dict]]:
    """`mail_activity` and `mail_activity_type` records; activities must have their ids."""
    written = stamp(block.start - 200 * 86400)
    kind = {"id": _TO_DO, "name": "To-Do", "category": "default", "res_model": False, "active": True}
    return {
        "mail_activity_type": [kind | {"write_date": written}],
        "mail_activity": [_record(activity) for activity in block.activities],
    }


def _record(activity: Activity) -> dict:
    return {
        "id": activity.id,
        "res_model": "purchase.order",
        "res_id": activity.purchase.id,
        "activity_type_id": _TO_DO,
        "summary": "Please approve",
        "user_id": activity.user,
        "date_deadline": stamp(activity.created + 86400)[:10],
        "date_done": stamp(activity.done)[:10] if activity.done else False,
        "automated": False,
        "active": not activity.done,
        "create_date": stamp(activity.created),
        "create_uid": activity.by,
        "write_date": stamp(activity.done or activity.handed_at or activity.created),
    }
