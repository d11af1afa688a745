"""What is late or silent in supply, and stock below zero."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from etl.demo.basics import TRANSIT, stock_location_id
from etl.demo.clock import NEVER, seconds, stamp
from etl.demo.document import Block
from etl.demo.incidents import Incident, add
from etl.demo.plants import PLANTS, Plant
from etl.demo.products import COMPONENTS

_MILWAUKEE, _LYON, _SINGAPORE, _TULSA = PLANTS


def plant(block: Block, found: dict[str, list[dict]]) -> list[Incident]:
    late = {
        move.line.purchase
        for move in block.moves
        if move.line and move.state != "done" and _end_of_day(move.plant, move.line.planned) <= block.now
    }
    silent = [
        purchase
        for purchase in block.purchases
        if purchase.state == "purchase" and not purchase.acknowledged and purchase.received == NEVER
    ]
    return [
        *(Incident("late_receipt", "purchase.order", one.id, one.plant.code) for one in late),
        *(Incident("unconfirmed_purchase_order", "purchase.order", one.id, one.plant.code) for one in silent),
        *_below_zero(block, found),
    ]


def _end_of_day(plant: Plant, at: int) -> int:
    """When the day of a moment is over in the plant."""
    zone = ZoneInfo(plant.company.tz)
    day = datetime.fromtimestamp(at, UTC).astimezone(zone).date() + timedelta(days=1)
    return seconds(datetime.combine(day, time(), zone))


def _below_zero(block: Block, found: dict[str, list[dict]]) -> list[Incident]:
    """Some stock of each plant; that of one component is below zero in Tulsa. Goods on the road may be, and nothing
    left is no shortage."""
    for plant in PLANTS:
        for product in COMPONENTS[:4]:
            _quant(block, found, plant, product.id, stock_location_id(plant), 40.0)
    _quant(block, found, _LYON, COMPONENTS[5].id, stock_location_id(_LYON), 0.0)
    _quant(block, found, _MILWAUKEE, COMPONENTS[5].id, TRANSIT, -3.0)
    short = _quant(block, found, _TULSA, COMPONENTS[5].id, stock_location_id(_TULSA), -4.0)
    return [Incident("negative_stock", "stock.quant", short, _TULSA.code)]


def _quant(
    block: Block, found: dict[str, list[dict]], plant: Plant, product: int, location: int, quantity: float
) -> int:
    return add(
        found,
        "stock_quant",
        product_id=product,
        location_id=location,
        lot_id=False,
        package_id=False,
        owner_id=False,
        company_id=plant.company.id,
        quantity=quantity,
        reserved_quantity=0.0,
        in_date=stamp(block.start),
        inventory_date=False,
        create_date=stamp(block.start),
    )
