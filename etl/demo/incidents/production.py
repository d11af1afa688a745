"""Shop floor: work orders that should be finished, orders that nobody closes, and orders that were closed without
consuming anything."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from etl.demo import prototypes, shopfloor
from etl.demo.clock import stamp
from etl.demo.document import Block, Order
from etl.demo.incidents import Incident, add_change, add_like
from etl.demo.people import TEAMS
from etl.demo.plants import PLANTS, Plant

_DAY = 86400
_MILWAUKEE, _, _SINGAPORE, _TULSA = PLANTS
_STATES = (("Draft", "Confirmed"), ("Confirmed", "In Progress"), ("In Progress", "Done"))


def plant(block: Block, found: dict[str, list[dict]]) -> list[Incident]:
    return [
        *(
            Incident("overdue_work_order", "mrp.workorder", work.id, work.order.plant.code)
            for work in shopfloor.works(block)
            if work.state in shopfloor.OPEN
            and work.finish < block.now
            and work.order.state in ("confirmed", "progress", "to_close")
        ),
        *_nothing_consumed(block, found),
        *(
            Incident("work_in_process_not_leaving", "stock.warehouse", plant.id, plant.code)
            for plant in PLANTS
            if plant.name == prototypes.LEFT[0]
        ),
    ]


def _nothing_consumed(block: Block, found: dict[str, list[dict]]) -> Iterator[Incident]:
    """In each plant but Lyon an order of last month that consumed nothing; beside it one that consumed a part, one
    without components, and one of half a year ago."""
    for where in (_MILWAUKEE, _SINGAPORE, _TULSA):
        for order in islice(_done(block, where, 40 * _DAY), 1):
            id = _again(found, order, "EMPTY", order.raws)
            yield Incident("order_done_without_consumption", "mrp.production", id, where.code)
            _again(found, order, "PART", order.raws[:-1])
            _again(found, order, "NONE", ())
        for order in islice(_done(block, where, 180 * _DAY), 1):
            _again(found, order, "OLD", order.raws)


def _done(block: Block, where: Plant, age: int) -> Iterator[Order]:
    """Orders that were done, whole, so long ago; of products without work orders."""
    for order in block.orders:
        is_whole = order.plant is where and order.state == "done" and not order.split and len(order.raws) > 1
        if is_whole and block.now - age <= order.done < block.now - age + 15 * _DAY and not shopfloor.routing(order):
            yield order


def _again(found: dict[str, list[dict]], order: Order, name: str, unused) -> int:
    """The order once more, with its history, and `unused` of its components; with an empty list, without any."""
    copy = f"{order.plant.warehouse}/MO/{name}/{order.id}"
    by = TEAMS[order.plant.code].supervisors[0]
    id = add_like(found, "mrp_production", order.id, name=copy, origin=False)
    for at, (old, new) in zip((order.created + 60, order.started, order.done), _STATES, strict=True):
        add_change(found, at, by, "mrp.production", id, "state", old, new)
    for move in order.raws if unused else ():
        nothing = {"quantity": 0.0, "product_uom_qty": 0.0, "picked": False} if move in unused else {}
        add_like(
            found, "stock_move", move.id, raw_material_production_id=id, origin=copy, reference=copy,
            date=stamp(order.done), move_dest_ids=[], **nothing,
        )  # fmt: skip
    return id
