"""The shop floor of the demo plants: the work orders of production orders, and the times logged on them.

Pumps are assembled and tested, prototypes are tried out on a test bench; all else is made without work orders. The dice
are its own: what happens here moves nothing that happens to the orders.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from random import Random

from etl.demo.clock import Clock, stamp
from etl.demo.document import Block, Order
from etl.demo.maintenance import BENCH, machine_id
from etl.demo.people import TEAMS
from etl.demo.plants import PLANTS, Plant
from etl.demo.products import PRODUCT

ASSEMBLY, TEST, TRIAL = "Assembly", "Test bench", "Trial"
# What is special of the work orders of some orders: nobody made them, or their time was written down in the evening.
FORGOTTEN, LATE = "forgotten", "late"
# How long prototypes are tried out, and how much later that is written down.
_TRIAL_TIME, _EVENING = 3600, 5 * 3600
# Operations of a product by the first letters of its code: name, and share of the work.
ROUTINGS = {
    "P1": ((ASSEMBLY, 0.7), (TEST, 0.3)),
    "P2": ((ASSEMBLY, 0.7), (TEST, 0.3)),
    "T1": ((TRIAL, 1.0),),
}
_CENTERS = (ASSEMBLY, TEST)
_USUAL_QUANTITY = 20
PRODUCTIVE = 1
OPEN = ("ready", "blocked", "progress")


@dataclass
class Log:
    """A time log: from, to (None while it runs), by whom, and when it was written."""

    start: int
    end: int | None
    by: int
    created: int


@dataclass
class Work:
    """One work order."""

    order: Order
    center: str
    expected: float
    start: int
    finish: int
    state: str
    logs: list[Log] = field(default_factory=list)
    id: int = 0


def center_id(plant: Plant, name: str) -> int:
    """A work center of the plant."""
    if name == TRIAL:
        return machine_id(plant, BENCH)
    return (plant.id - 1) * len(_CENTERS) + _CENTERS.index(name) + 1


def routing(order: Order) -> tuple[tuple[str, float], ...]:
    """The operations of an order."""
    return () if order.work == FORGOTTEN else ROUTINGS.get(PRODUCT[order.product].code[:2], ())


def records(block: Block) -> dict[str, list[dict]]:
    """Work centers, work orders, time logs and their kinds; documents must have their ids."""
    every = works(block)
    logs = sorted(((log, work) for work in every for log in work.logs), key=lambda pair: (pair[0].created, pair[1].id))
    written = stamp(block.start - 200 * 86400)
    return {
        "mrp_workcenter": [_center(plant, name, written) for plant in PLANTS for name in _CENTERS],
        "mrp_workorder": [_work(work) for work in every],
        "mrp_workcenter_productivity_loss_type": [{"id": 1, "loss_type": "productive", "write_date": written}],
        "mrp_workcenter_productivity_loss": [
            {"id": PRODUCTIVE, "name": "Fully Productive Time", "loss_id": 1, "manual": False, "write_date": written}
        ],
        "mrp_workcenter_productivity": [_log(number, log, work) for number, (log, work) in enumerate(logs, start=1)],
    }


def works(block: Block) -> list[Work]:
    """The work orders of all orders; documents must have their ids."""
    reached = _reached(block)
    found = [work for order in block.orders for work in _works(order, reached.get(order, {}), block.now)]
    for number, work in enumerate(found, start=1):  # in the order in which their orders were created
        work.id = number
        if work.state in OPEN and work.finish >= block.now:
            # Work due in a moment is planned anew: what is overdue does not hang on the minute the data are read in.
            work.finish = max(work.finish, block.now + 7200)
    return found


def _reached(block: Block) -> dict[Order, dict[str, int]]:
    """When each order came into each state; one that was complete before it began was not."""
    found: dict[Order, dict[str, int]] = {}
    for event in block.events:
        for name, _, new in event.changes:
            if name == "state" and isinstance(event.document, Order):
                reached = found.setdefault(event.document, {})
                reached[new] = event.at
                if new == "progress":
                    reached.pop("to_close", None)
    return found


def _works(order: Order, reached: dict[str, int], now: int) -> list[Work]:
    """The work orders of an order, as far as work has come by now."""
    operations, policy = routing(order), order.plant.policy.shop
    if not operations:
        return []
    if operations[0][0] == TRIAL:
        return [_trial(order, reached)]
    dice = Random(f"{order.block.seed}/shop/{order.plant.code}/{order.created}/{order.product}")
    usual = policy.hours * (0.5 + 0.5 * order.product_qty / _USUAL_QUANTITY)
    is_timed, is_late = dice.random() < policy.timed, dice.random() < policy.late
    by = dice.choice(TEAMS[order.plant.code].supervisors)
    began = order.split_from.done if order.split_from else reached.get("progress")
    ended = reached.get("to_close", reached.get("done"))
    found, at = [], began
    for name, share in operations:
        expected = round(60 * usual * share, 2)
        hours = usual * share * dice.lognormvariate(0.0, 0.35)
        pause = dice.uniform(0.1, 2.0)
        if began is None or order.state == "cancel":
            state = "cancel" if order.state == "cancel" else "blocked" if found else "ready"
            start = order.shop.after(order.started, sum(work.expected for work in found) / 60)
            found.append(Work(order, name, expected, start, order.shop.after(start, expected / 60), state))
            continue
        spans = _spans(order.shop, at, hours, ended)
        work = Work(order, name, expected, at, spans[-1][1] if spans else at, "done")
        if ended is None and (not spans or at >= now):
            work.state = "ready"
            work.finish = order.shop.after(at, expected / 60)
        elif ended is None and spans[-1][1] >= now:
            work.state, work.finish = "progress", order.shop.after(at, expected / 60)
        if is_timed and work.state != "ready":
            for start, end in spans:
                written = order.office.wait(dice, end, policy.entry) if is_late else start
                if written < now:
                    work.logs.append(Log(start, end if end < now else None, by, written))
        found.append(work)
        at = order.shop.after(work.finish, pause)
        if ended is not None:
            at = min(at, ended)
    if "done" in reached and not is_timed:
        for work in found:
            work.start = work.finish = reached["done"]
            work.logs = [Log(work.finish - round(60 * work.expected), work.finish, by, work.finish)]
    return found


def _trial(order: Order, reached: dict[str, int]) -> Work:
    """The one work order of a prototype, begun with the order and done with it."""
    began, ended, expected = reached.get("progress"), reached.get("done"), _TRIAL_TIME / 60
    if began is None:
        state = "cancel" if order.state == "cancel" else "ready"
        return Work(order, TRIAL, expected, order.started, order.started + _TRIAL_TIME, state)
    work = Work(order, TRIAL, expected, began, ended or began + _TRIAL_TIME, "done" if ended else "progress")
    if ended:
        # A minute longer than planned: else it would be the time that Odoo writes by itself.
        until, by = began + _TRIAL_TIME + 60, TEAMS[order.plant.code].supervisors[0]
        work.logs.append(Log(began, until, by, until + _EVENING if order.work == LATE else began))
    return work


def _spans(shop: Clock, at: int, hours: float, until: int | None) -> list[tuple[int, int]]:
    """Work of so many hours from `at` on, cut where the shop closes and at `until`."""
    left, found = int(hours * 3600), []
    index = bisect_right(shop.opens, at) - 1
    if at >= shop.opens[index] + shop.length:  # begun outside the hours: overtime
        found.append((at, at + min(left, 7200)))
    else:
        while left > 0 and index < len(shop.opens):
            start = max(at, shop.opens[index])
            end = min(start + left, shop.opens[index] + shop.length)
            found.append((start, end))
            left -= end - start
            index += 1
    return [(start, min(end, until or end)) for start, end in found if until is None or start < until]


def _center(plant: Plant, name: str, written: str) -> dict:
    return {
        "id": center_id(plant, name),
        "name": name,
        "code": f"{plant.warehouse}-{name[:4].upper()}",
        "company_id": plant.company.id,
        "resource_id": 100 + center_id(plant, name),
        "resource_calendar_id": plant.company.id,
        "time_efficiency": 100.0,
        "oee_target": 85.0,
        "costs_hour": 0.0,  # standard costs of the demo plants are those of material
        "active": True,
        "write_date": written,
    }


def _work(work: Work) -> dict:
    order = work.order
    minutes = [(log.end - log.start) / 60 for log in work.logs if log.end is not None]
    return {
        "id": work.id,
        "name": work.center,
        "state": work.state,
        "production_id": order.id,
        "workcenter_id": center_id(order.plant, work.center),
        "operation_id": False,
        "date_start": stamp(work.start),
        "date_finished": stamp(work.finish),
        "duration_expected": work.expected,
        "duration": round(sum(minutes, 0.0), 4),
        "qty_produced": order.product_qty if work.state == "done" else 0.0,
        "blocked_by_workorder_ids": [work.id - 1] if work.state == "blocked" else [],
        "create_date": stamp(order.created),
        "create_uid": order.created_by,
        "write_date": stamp(max([order.written, *(log.created for log in work.logs)])),
    }


def _log(number: int, log: Log, work: Work) -> dict:
    return {
        "id": number,
        "workcenter_id": center_id(work.order.plant, work.center),
        "workorder_id": work.id,
        "loss_id": PRODUCTIVE,
        "user_id": log.by,
        "company_id": work.order.plant.company.id,
        "date_start": stamp(log.start),
        "date_end": stamp(log.end) if log.end is not None else False,
        "duration": round((log.end - log.start) / 60, 4) if log.end is not None else 0.0,
        "create_date": stamp(log.created),
        "create_uid": log.by,
        "write_date": stamp(max(log.created, log.end or 0)),
    }
