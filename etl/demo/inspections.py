"""Inspections (OCA quality_control_oca) of the demo plants: of what is made, of what vendors deliver, and of lots in
stock; and what becomes of what fails: rework, scrap, a return to the vendor, quarantine, or nothing. All dice are its
own."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from etl.demo import logistics
from etl.demo.basics import stock_location_id
from etl.demo.clock import NEVER, stamp
from etl.demo.document import Block, Document, Lot, Move, NotYet, Order
from etl.demo.people import ODOOBOT, TEAMS
from etl.demo.plants import PLANTS, Plant, Wait
from etl.demo.products import COMPONENTS, MADE_IN
from etl.demo.quality import Scrap

STATES = {
    "draft": ("Draft", "Brouillon"),
    "ready": ("Ready", "Prêt"),
    "waiting": ("Waiting supervisor approval", "En attente de l'approbation du superviseur"),
    "success": ("Quality success", "Qualité conforme"),
    "failed": ("Quality failed", "Qualité non conforme"),
}
_OF_ORDERS, _OF_RECEIPTS, _OF_LOTS = 1, 2, 3
_LOOK, _JUDGE, _ANSWER = Wait(1.0, 0.5), Wait(2.0, 0.6), Wait(6.0, 0.6)
_LOTS_A_DAY, _RECEIPTS, _MENDED = 0.06, 0.06, 0.5


@dataclass(slots=True, eq=False, kw_only=True)
class Inspection(Document):
    """An inspection of an order, of the goods of a receipt, or of a lot; `failed` and `ended` (passed, or the goods are
    gone) are moments."""

    test: int
    product: int
    quantity: float
    about: Order | Move | Lot
    inspector: int
    state: str = "draft"
    done: int | None = None
    failed: int | None = None
    ended: int | None = None


def simulate(block: Block) -> None:
    """What is inspected in each plant up to now, and what is done about what fails. Nobody inspects samples or
    prototypes."""
    thrown_away = {scrap.order: scrap.created for scrap in block.scraps}
    for order in block.orders:
        dice = Random(f"{block.seed}/final/{order.plant.code}/{order.created}/{order.product}/{order.split}")
        is_own = order.product in {product.id for product in MADE_IN[order.plant.code]}
        if order.done < block.now - 60 and dice.random() < order.plant.policy.testing.share and is_own:
            _inspect(
                block, order.plant, _OF_ORDERS, order, order.product, order.product_qty, order.done + 60, dice,
                thrown_away.get(order, NEVER),
            )  # fmt: skip
    parts = {component.id for component in COMPONENTS}
    for move in [move for move in block.moves if move.line and move.state == "done" and move.product in parts]:
        dice = Random(f"{block.seed}/delivered/{move.plant.code}/{move.line.created}/{move.product}/{move.at}")
        if dice.random() < _RECEIPTS and move.at + 600 < block.now and not move.destinations:
            _inspect(block, move.plant, _OF_RECEIPTS, move, move.product, move.quantity, move.at + 600, dice)
    for plant in PLANTS:
        for day, opening in logistics.days(block, plant):
            dice = Random(f"{block.seed}/lots/{plant.code}/{day}")
            at = opening + int(dice.uniform(0, 30000))
            if dice.random() < _LOTS_A_DAY and at < block.now:
                product, quantity = dice.choice(MADE_IN[plant.code]).id, float(dice.choice((4, 6, 10)))
                lot = Lot(plant=plant, product=product, created=at - 60, by=TEAMS[plant.code].storekeepers[0])
                block.lots.append(lot)
                _inspect(block, plant, _OF_LOTS, lot, product, quantity, at, dice)


def _inspect(
    block: Block, plant: Plant, test: int, about: Order | Move | Lot, product: int, quantity: float, at: int,
    dice: Random, thrown_away: int = NEVER,
) -> None:  # fmt: skip
    """One inspection: looked at, judged, and answered when it failed."""
    team, policy = TEAMS[plant.code], plant.policy
    part = quantity if test != _OF_ORDERS else float(max(1, round(quantity * dice.uniform(0.1, 0.3))))
    found = Inspection(
        block=block, plant=plant, created=at, created_by=ODOOBOT, test=test, product=product, quantity=part,
        about=about, inspector=dice.choice(team.supervisors),
    )  # fmt: skip
    block.inspections.append(found)
    fails, answer = dice.random() < policy.testing.fails, dice.random()
    try:
        at = found.office.wait(dice, at, policy.inspection.wait)
        found.change(at, found.inspector, state="ready")
        at = found.office.wait(dice, at, _LOOK)
        # What was wrong may have been thrown away before anybody looked.
        if not fails or found.created <= thrown_away < at:
            _pass(found, at)
            return
        found.change(at, found.inspector, state="waiting")
        found.failed = at
        at = found.office.wait(dice, at, _JUDGE)
        found.change(at, team.manager, state="failed")
        found.done = at
        if answer >= policy.testing.ignored or found.created < block.forgetful:
            _answer(found, found.office.wait(dice, at, _ANSWER), dice)
    except NotYet:
        return


def _pass(found: Inspection, at: int) -> None:
    found.change(at, found.inspector, state="success")
    found.done = found.ended = at


def _answer(found: Inspection, at: int, dice: Random) -> None:
    """What becomes of what failed: deliveries go back, lots into quarantine, and products are mended or scrapped."""
    if at >= found.block.now:
        raise NotYet
    block, plant, by = found.block, found.plant, TEAMS[found.plant.code].storekeepers[0]
    if found.test == _OF_RECEIPTS:
        logistics.put(block, plant, found.product, ("stock", "vendors"), at, found.quantity, by, returned=found.about)
        found.ended = at + 60
    elif found.test == _OF_LOTS:
        lot = found.about
        logistics.put(block, plant, found.product, ("stock", "quarantine"), at, found.quantity, by, lot=lot)
        at = found.office.wait(dice, at, plant.policy.inspection.wait)
        if at + 100 >= block.now:
            raise NotYet
        _scrap(found, at, by, dice, lot=lot)
        logistics.put(block, plant, found.product, ("quarantine", "scrap"), at, found.quantity, by, lot=lot)
    elif dice.random() < _MENDED:
        found.change(at, found.inspector, state="draft")
        found.done = None
        at = found.office.wait(dice, at, _ANSWER)
        found.change(at, found.inspector, state="ready")
        _pass(found, found.office.wait(dice, at, _LOOK))
    else:
        _scrap(found, at, by, dice, order=found.about)


def _scrap(found: Inspection, at: int, by: int, dice: Random, **about: Order | Lot) -> None:
    """What failed is thrown away."""
    scrap = Scrap(
        block=found.block, plant=found.plant, created=at, created_by=by, product=found.product,
        quantity=found.quantity, reason=dice.randint(1, 4), **about,
    )  # fmt: skip
    found.block.scraps.append(scrap)
    scrap.change(at + 40, by, state="done")
    found.ended = at + 40


def records(block: Block) -> dict[str, list[dict]]:
    """Records of inspections and of lots; both must have their ids."""
    return {
        "qc_inspection": [_record(found) for found in block.inspections],
        "stock_lot": [_lot(lot) for lot in block.lots],
    }


def _record(found: Inspection) -> dict:
    about = {_OF_ORDERS: "mrp.production", _OF_RECEIPTS: "stock.picking", _OF_LOTS: "stock.lot"}[found.test]
    id = found.about.transfer.id if found.test == _OF_RECEIPTS else found.about.id
    return {
        "id": found.id,
        "name": f"QC/{found.id:05d}",
        "state": found.state,
        "object_id": f"{about},{id}",
        "product_id": found.product,
        "qty": found.quantity,
        "test": found.test,
        "user": found.inspector,
        "company_id": found.plant.company.id,
        "success": found.state == "success",
        "auto_generated": True,
        "date": stamp(found.created),
        "date_done": stamp(found.done) if found.done else False,
        "create_date": stamp(found.created),
        "create_uid": found.created_by,
        "write_date": stamp(found.written),
    }


def _lot(lot: Lot) -> dict:
    return {
        "id": lot.id,
        "name": f"LOT/{lot.id:05d}",
        "product_id": lot.product,
        "company_id": lot.plant.company.id,
        "location_id": stock_location_id(lot.plant),
        "create_date": stamp(lot.created),
        "create_uid": lot.by,
        "write_date": stamp(lot.created),
    }
