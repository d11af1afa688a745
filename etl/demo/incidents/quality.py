"""What quality and maintenance leave undone, and a machine that the configuration names in vain."""

from __future__ import annotations

from collections import defaultdict

from etl.demo.clock import stamp
from etl.demo.document import Block, Move
from etl.demo.incidents import Incident, add_like
from etl.demo.plants import PLANTS
from etl.demo.quality import DRAFT, Action, deadline
from queries.config import Place

PLACE_THAT_IS_NOT_THERE = Place("Old saw", PLANTS[0].code)


_LIMIT = 4 * 86400


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
    return [
        Incident("configured_place_without_match"),
        *(Incident("hold_past_limit", "stock.move", move.id, move.plant.code) for move in _held_too_long(block)),
        *(Incident("overdue_corrective_action", "mgmtsystem.action", a.id, a.plant.code) for a in late),
        *planted,
    ]


def _forgotten(action: Action, found: dict[str, list[dict]]) -> int:
    """Another action of a nonconformity, never begun, whose deadline was ten days ago."""
    day = stamp(action.block.now - 10 * 86400)[:10]
    draft = {"stage_id": DRAFT, "date_open": False, "date_closed": False, "date_deadline": day}
    forgotten = add_like(found, "mgmtsystem_action", action.id, **draft)
    for nonconformity in found["mgmtsystem_nonconformity"]:
        if action.id in nonconformity["action_ids"]:
            nonconformity["action_ids"] = [*nonconformity["action_ids"], forgotten]
    return forgotten


def _held_too_long(block: Block) -> list[Move]:
    """The moves into quarantine of which something is still there: what came first leaves first."""
    entered, left, found = defaultdict(list), defaultdict(float), []
    for move in block.moves:
        if move.places and move.places[1] == "quarantine":
            entered[move.plant.code, move.product].append(move)
        elif move.places and move.places[0] == "quarantine":
            left[move.plant.code, move.product] += move.quantity
    for goods, moves in entered.items():
        gone = left[goods]
        for move in sorted(moves, key=lambda move: (move.at, move.id)):
            gone -= move.quantity
            if gone < 0 and move.at + _LIMIT <= block.now:
                found.append(move)
    return found
