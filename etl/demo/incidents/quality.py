"""What quality and maintenance leave undone, and a machine that the configuration names in vain."""

from __future__ import annotations

from collections import defaultdict

from etl.demo.basics import CUSTOMERS, UNIT, quarantine_location_id
from etl.demo.clock import stamp
from etl.demo.document import Block, Move, Order
from etl.demo.incidents import Incident, add, add_like
from etl.demo.inspections import Inspection
from etl.demo.people import TEAMS
from etl.demo.plants import PLANTS, Plant
from etl.demo.products import CRATE
from etl.demo.quality import DRAFT, Action, deadline
from queries.config import Place

PLACE_THAT_IS_NOT_THERE = Place("Old saw", PLANTS[0].code)

_DAY = 86400
_LIMIT = 4 * _DAY
_MILWAUKEE, _, _, _TULSA = PLANTS


def plant(block: Block, found: dict[str, list[dict]]) -> list[Incident]:
    late = [action for action in block.actions if not action.closed and deadline(action) <= block.now]
    planted = [
        Incident("overdue_corrective_action", "mgmtsystem.action", id, action.plant.code)
        for action in block.actions[-1:]
        for id in [_forgotten(action, found)]
    ]
    for action in late[:1]:  # nearly the same, and not overdue: without a deadline, archived
        add_like(found, "mgmtsystem_action", action.id, date_deadline=False)
        add_like(found, "mgmtsystem_action", action.id, active=False)
    scrapped = {scrap.order: scrap.written for scrap in block.scraps if scrap.order and scrap.state == "done"}
    return [
        Incident("configured_place_without_match"),
        *(Incident("hold_past_limit", *_record(move), move.plant.code) for move in _held_too_long(block)),
        *(
            Incident("hold_past_limit", "qc.inspection", one.id, one.plant.code)
            for one in block.inspections
            if one.created + _LIMIT <= block.now and not _is_over(one, scrapped)
        ),
        *_sent_back(block, found),
        *(Incident("overdue_corrective_action", "mgmtsystem.action", a.id, a.plant.code) for a in late),
        *planted,
    ]


def _forgotten(action: Action, found: dict[str, list[dict]]) -> int:
    """Another action of a nonconformity, never begun, whose deadline was ten days ago."""
    day = stamp(action.block.now - 10 * _DAY)[:10]
    draft = {"stage_id": DRAFT, "date_open": False, "date_closed": False, "date_deadline": day}
    forgotten = add_like(found, "mgmtsystem_action", action.id, **draft)
    for nonconformity in found["mgmtsystem_nonconformity"]:
        if action.id in nonconformity["action_ids"]:
            nonconformity["action_ids"] = [*nonconformity["action_ids"], forgotten]
    return forgotten


def _sent_back(block: Block, found: dict[str, list[dict]]) -> list[Incident]:
    """Crates that customers sent back damaged lie in quarantine: in Milwaukee for ten days, in Tulsa for two."""
    forgotten = _into_quarantine(block, found, _MILWAUKEE, days=10)
    _into_quarantine(block, found, _TULSA, days=2)
    return [Incident("hold_past_limit", "stock.move", forgotten, _MILWAUKEE.code)]


def _into_quarantine(block: Block, found: dict[str, list[dict]], plant: Plant, days: int) -> int:
    """The move of crates that came into the plant's quarantine so many days ago, and are still there."""
    at = stamp(block.now - days * _DAY)
    common = {
        "state": "done",
        "product_id": CRATE.id,
        "quantity": 6.0,
        "picked": True,
        "location_id": CUSTOMERS,
        "location_dest_id": quarantine_location_id(plant),
        "company_id": plant.company.id,
        "date": at,
        "create_date": at,
        "write_date": at,
    }
    by = {"create_uid": TEAMS[plant.code].storekeepers[0]}
    move = add(found, "stock_move", reference="Returned crates", product_uom=UNIT, product_uom_qty=6.0, **by, **common)
    add(found, "stock_move_line", move_id=move, product_uom_id=UNIT, **common)
    return move


def _record(move: Move) -> tuple[str, int]:
    """What a hold is named by: the transfer, or where goods moved without one, their move."""
    return ("stock.picking", move.transfer.id) if move.transfer else ("stock.move", move.id)


def _is_over(one: Inspection, scrapped: dict[Order, int]) -> bool:
    """Whether an inspection has passed or its goods are gone, be it that some of its order was scrapped anyway."""
    return bool(one.ended) or scrapped.get(one.about, 0) >= one.created


def _held_too_long(block: Block) -> list[Move]:
    """The moves into quarantine of which something is still there: what came first leaves first."""
    entered, left, found = defaultdict(list), defaultdict(float), []
    for move in block.moves:
        if move.places and move.places[1] == "quarantine":
            entered[move.plant.code, move.product, move.lot].append(move)
        elif move.places and move.places[0] == "quarantine":
            left[move.plant.code, move.product, move.lot] += move.quantity
    for goods, moves in entered.items():
        gone = left[goods]
        for move in sorted(moves, key=lambda move: (move.at, move.id)):
            gone -= move.quantity
            if gone < 0 and move.at + _LIMIT <= block.now:
                found.append(move)
    return found
