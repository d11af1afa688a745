"""Samples: what salesmen take along. Reordering rules keep it: kits are made when too few are left, cartons bought."""

from __future__ import annotations

from random import Random

from etl.demo import logistics, production, purchasing, rows
from etl.demo.document import Block, NotYet
from etl.demo.people import ODOOBOT, TEAMS
from etl.demo.plants import PLANTS, Plant, Wait
from etl.demo.products import CARTON, KIT, PRODUCT, Product, vendor_of
from etl.demo.purchasing import PRICE_LEVEL

# Minimum and maximum that each plant keeps.
LEVELS = {KIT: (20.0, 60.0), CARTON: (100.0, 300.0)}
_A_DAY, _TAKEN = 0.15, (0.3, 0.4, 0.5)
_ORDERED, _MADE, _CLOSED, _DELIVERED = Wait(2.0, 0.5), Wait(6.0, 0.5), Wait(4.0, 0.5), Wait(80.0, 0.3)


def simulate(block: Block) -> None:
    """Samples are taken along in each plant up to now, and made or bought anew."""
    for plant in PLANTS:
        for product in LEVELS:
            _use(block, plant, product)


def rule_id(plant: Plant, product: Product) -> int:
    """The reordering rule of a plant for a product; the first ones are those of crates."""
    return len(PLANTS) * (1 + list(LEVELS).index(product)) + plant.id


def _use(block: Block, plant: Plant, product: Product) -> None:
    """Some time after too few are left, as many as there may be are ordered; until they come, nobody takes any."""
    (least, most), by = LEVELS[product], TEAMS[plant.code].storekeepers[0]
    left, coming, there = most, 0, 0
    for day, opening in logistics.days(block, plant):
        dice = Random(f"{block.seed}/samples/{plant.code}/{product.code}/{day}")
        if coming and coming <= opening:
            order = _make if product.components else _buy
            there = order(block, plant, product, coming, most - left, dice)
            left, coming = most, 0
        at, quantity = opening + int(dice.uniform(600, 30000)), float(round(dice.choice(_TAKEN) * (most - least)))
        if dice.random() < _A_DAY and there <= at < block.now and not coming:
            logistics.carry(block, plant, dice, product, ("stock", "shop"), at, quantity, by)
            left -= quantity
            if left < least:
                coming = block.offices[plant.company.id].wait(dice, at, plant.policy.logistics.reorder)


def _origin(plant: Plant, product: Product) -> str:
    return f"OP/{rule_id(plant, product):05d}"


def _make(block: Block, plant: Plant, product: Product, at: int, quantity: float, dice: Random) -> int:
    """A production order by the reordering rule, which a planner confirms; when it is done."""
    shop, team = block.shops[plant.company.id], TEAMS[plant.code]
    started = shop.after(at, plant.policy.slack)
    order = production.draft(
        block, plant, at, ODOOBOT, product, quantity, _origin(plant, product), started=started,
        finished=shop.after(started, 8.0), orderpoint=rule_id(plant, product),
    )  # fmt: skip
    try:
        at = order.office.wait(dice, at, _ORDERED)
        order.change(at, dice.choice(team.planners), state="confirmed", reservation_state="assigned")
        order.reserve(at)
        at = shop.wait(dice, at, _MADE)
        order.change(at, dice.choice(team.supervisors), state="progress")
        order.plan(at, order.written_by, at, shop.after(at, 4.0))
        at = shop.wait(dice, at, _CLOSED)
        order.change(at, dice.choice(team.supervisors), state="done", reservation_state=False)
        order.complete(at)
    except NotYet:
        pass
    return order.done


def _buy(block: Block, plant: Plant, product: Product, at: int, quantity: float, dice: Random) -> int:
    """A purchase order by the reordering rule, too small for an approval; when its goods come."""
    price = round(product.price * PRICE_LEVEL[plant.company.currency], 2)
    buyer = dice.choice(TEAMS[plant.code].buyers)
    purchase = purchasing.draft(
        block, plant, at, ODOOBOT, vendor_of(plant, product), buyer, [(product.id, quantity, price)],
        _origin(plant, product),
    )  # fmt: skip
    try:
        at = purchase.office.wait(dice, at, _ORDERED)
        moves = purchasing.order(purchase, at, buyer)
        purchasing.receive(moves, purchase.shop.wait(dice, at, _DELIVERED))
    except NotYet:
        pass
    return purchase.received


def records(block: Block) -> dict[str, list[dict]]:
    """The reordering rules, and what each plant has of samples."""
    kept = [(plant, product) for product in LEVELS for plant in PLANTS]
    there = {(plant, product): LEVELS[product][1] for plant, product in kept}
    for move in block.moves:
        product = PRODUCT[move.product]
        if product in LEVELS and move.state == "done":
            there[move.plant, product] += move.quantity if move.made_by or move.line else -move.quantity
    return {
        "stock_warehouse_orderpoint": [
            rows.rule(block, rule_id(plant, product), plant, product, LEVELS[product], "auto")
            for plant, product in kept
        ],
        "stock_quant": [
            rows.on_hand(block, rule_id(plant, product), plant, product, there[plant, product])
            for plant, product in kept
        ],
    }
