"""Quality of what the demo group makes: scrap, products that are taken apart again, and nonconformities (OCA
mgmtsystem) with the actions they lead to."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from etl.demo.basics import SCRAP, UNIT, stock_location_id
from etl.demo.clock import NEVER, seconds, stamp
from etl.demo.document import Block, Document, Lot, NotYet, Order
from etl.demo.people import TEAMS
from etl.demo.plants import Plant, Wait
from etl.demo.products import PRODUCT

DRAFT, ANALYSIS, PLAN, OPEN, DONE, CANCEL = range(1, 7)
NONCONFORMITY_STAGES = {
    DRAFT: ("Draft", "Brouillon"),
    ANALYSIS: ("Analysis", "Analyse"),
    PLAN: ("Action Plan", "Plan d'action"),
    OPEN: ("In Progress", "En cours"),
    DONE: ("Closed", "Fermée"),
    CANCEL: ("Cancelled", "Annulée"),
}
_STATES = ("draft", "analysis", "pending", "open", "done", "cancel")
BEGUN, CLOSED = 2, 3
ACTION_STAGES = {
    1: ("Draft", "Brouillon"),
    BEGUN: ("In Progress", "En cours"),
    CLOSED: ("Closed", "Fermée"),
    4: ("Cancelled", "Annulée"),
}
SCRAP_STATES = {"draft": ("Draft", "Brouillon"), "done": ("Done", "Terminé")}
_REASONS = ("Cracked", "Scratched", "Wrong dimension", "Dropped")
_SEVERITIES = ("Major", "Minor", "Unfounded")
_FAULTS = ("surface", "dimension", "leak", "noise", "mixed up", "marking")
# How each plant words a fault ("": all others); every wording of a fault is one theme of defects.
WORDINGS = {
    "surface": {"": ("surface scratched", "scratches on the surface"), "Lyon": ("scratched surface, visible",)},
    "dimension": {
        "": ("dimension out of tolerance", "out of tolerance: dimension"),
        "Lyon": ("dimension not in tolerance",),
    },
    "leak": {
        "": ("flange seal leaks", "seal leaks at the flange"),
        "Lyon": ("leak at flange seal",),
        "Singapore": ("leaking seal on flange", "flange leaks, seal worn"),
    },
    "noise": {"": ("bearing noise", "noise from the bearing"), "Singapore": ("noisy bearing",)},
    "mixed up": {"": ("parts mixed up", "mixed up parts"), "Lyon": ("two parts mixed up",)},
    "marking": {"": ("marking missing", "missing marking"), "Singapore": ("marking not legible, missing",)},
}
_REPORT, _THINK, _CLOSE = Wait(8.0, 0.8), Wait(10.0, 0.6), Wait(6.0, 0.6)
_FOUND = Wait(10.0, 0.9)
_DEADLINE = 25 * 86400


@dataclass(slots=True, eq=False, kw_only=True)
class Nonconformity(Document):
    """What was found wrong with an order that is done."""

    order: Order
    severity: int
    responsible: int
    stage_id: int = DRAFT
    closed: int | None = None
    actions: list[Action] = field(default_factory=list)


@dataclass(slots=True, eq=False, kw_only=True)
class Action(Document):
    """What is to be done about a nonconformity."""

    kind: str
    responsible: int
    due: int
    stage_id: int = 1
    opened: int | None = None
    closed: int | None = None


@dataclass(slots=True, eq=False, kw_only=True)
class Scrap(Document):
    """Some of what an order made, or of a lot, is thrown away."""

    product: int
    quantity: float
    reason: int
    order: Order | None = None
    lot: Lot | None = None
    state: str = "draft"


@dataclass(slots=True, eq=False, kw_only=True)
class Unbuild:
    """Some of what an order made is taken apart again."""

    order: Order
    quantity: float
    by: int
    created: int
    id: int = 0


def simulate(block: Block) -> None:
    """What is found wrong with each order that is done, up to now. Each order has its own random numbers."""
    for order in block.orders:
        if order.done != NEVER:
            dice = Random(f"{block.seed}/quality/{order.plant.code}/{order.created}/{order.product}")
            own, policy = Random(dice.getrandbits(64)), order.plant.policy.defects
            if dice.random() < policy.reported:
                _report(order, own)
            leak = Random(f"{block.seed}/leak/{order.plant.code}/{order.created}/{order.product}")
            if order.done >= block.lately and leak.random() < policy.leaking_lately:
                _report(order, leak, "leak")
            if dice.random() < policy.scrapped:
                _throw_away(order, dice)
            if dice.random() < policy.unbuilt:
                _take_apart(order, dice)


def _some(order: Order, dice: Random) -> float:
    """A part of what an order made."""
    return float(max(1, round(order.product_qty * dice.uniform(0.05, 0.3))))


def _throw_away(order: Order, dice: Random) -> None:
    block, at = order.block, order.shop.wait(dice, order.done, _FOUND)
    by, quantity, reason = dice.choice(TEAMS[order.plant.code].storekeepers), _some(order, dice), dice.randint(1, 4)
    if at + 40 < block.now:
        scrap = Scrap(
            block=block, plant=order.plant, created=at, created_by=by, order=order, product=order.product,
            quantity=quantity, reason=reason,
        )  # fmt: skip
        block.scraps.append(scrap)
        scrap.change(at + 40, by, state="done")


def _take_apart(order: Order, dice: Random) -> None:
    at = order.shop.wait(dice, order.done, _FOUND)
    if at < order.block.now:
        by = dice.choice(TEAMS[order.plant.code].supervisors)
        order.block.unbuilds.append(Unbuild(order=order, quantity=_some(order, dice), by=by, created=at))


def _worded(plant: Plant, fault: str, words: Random) -> str:
    """A fault as somebody of the plant writes it down."""
    return words.choice(WORDINGS[fault].get(plant.name) or WORDINGS[fault][""])


def _report(order: Order, dice: Random, fault: str | None = None) -> None:
    """A nonconformity is reported, thought about, and closed when its actions are."""
    block, team, policy = order.block, TEAMS[order.plant.code], order.plant.policy.defects
    created, by = order.office.wait(dice, order.done, _REPORT), dice.choice(team.supervisors)
    if created >= block.now:
        return
    words = Random(f"{block.seed}/words/{order.plant.code}/{order.created}/{order.product}")
    found = Nonconformity(
        block=block, plant=order.plant, created=created, created_by=by, order=order,
        severity=dice.choices((1, 2, 3), (3, 6, 1))[0], responsible=dice.choice(team.supervisors),
        name=dice.choice(_FAULTS),
    )  # fmt: skip
    found.name = f"{PRODUCT[order.product].code}: {_worded(order.plant, fault or found.name, words)}"
    block.nonconformities.append(found)
    try:
        at = order.office.wait(dice, created, _THINK)
        if dice.random() < 0.05:
            found.change(at, by, stage_id=CANCEL)
            return
        found.change(at, by, stage_id=ANALYSIS)
        at = order.office.wait(dice, at, _THINK)
        found.change(at, by, stage_id=PLAN)
        kinds = dice.choice(
            (("correction",), ("correction",), ("immediate", "correction"), ("correction", "prevention"))
        )
        for kind in kinds:
            found.actions.append(_action(found, kind, at))
        at += 1800
        found.change(at, by, stage_id=OPEN)
        ends = [_carry_out(action, at, dice, policy.action) for action in found.actions]
        at = order.office.wait(dice, max(ends), _CLOSE)
        found.change(at, by, stage_id=DONE)
        found.closed = at
    except NotYet:
        return


def _action(found: Nonconformity, kind: str, at: int) -> Action:
    action = Action(
        block=found.block, plant=found.plant, created=at, created_by=found.responsible, kind=kind,
        responsible=found.responsible, due=at + _DEADLINE, name=f"{kind.capitalize()} for {found.name}",
    )  # fmt: skip
    found.block.actions.append(action)
    return action


def _carry_out(action: Action, at: int, dice: Random, wait: Wait) -> int:
    """The action is opened with its nonconformity, and done; when, NEVER when that lies ahead."""
    done = action.office.wait(dice, at, wait)
    try:
        action.change(at, action.created_by, stage_id=BEGUN)
        action.opened = at
        action.change(done, action.responsible, stage_id=CLOSED)
        action.closed = done
    except NotYet:
        return NEVER
    return done


def deadline(action: Action) -> int:
    """When the day is over, in the plant's own time, by which an action is to be done."""
    zone = ZoneInfo(action.plant.company.tz)
    day = date.fromisoformat(stamp(action.due)[:10]) + timedelta(days=1)
    return seconds(datetime.combine(day, time(), zone))


def records(block: Block) -> dict[str, list[dict]]:
    """Records of nonconformities, actions and their stages; they must have their ids."""
    written = stamp(block.start - 200 * 86400)
    stages = [
        {"id": id, "name": name, "sequence": 50 * (id - 1), "state": state, "write_date": written}
        for (id, (name, _)), state in zip(NONCONFORMITY_STAGES.items(), _STATES, strict=True)
    ]
    action_stages = [
        {
            "id": id,
            "name": name,
            "sequence": 250 * (id - 1),
            "is_starting": id == 1,
            "is_ending": id >= CLOSED,
            "write_date": written,
        }
        for id, (name, _) in ACTION_STAGES.items()
    ]
    severities = [
        {"id": id, "name": name, "active": True, "write_date": written} for id, name in enumerate(_SEVERITIES, start=1)
    ]
    return {
        "mgmtsystem_nonconformity_stage": stages,
        "mgmtsystem_nonconformity_severity": severities,
        "mgmtsystem_nonconformity": [_nonconformity(found) for found in block.nonconformities],
        "mgmtsystem_action_stage": action_stages,
        "mgmtsystem_action": [_action_record(action) for action in block.actions],
        "stock_scrap_reason_tag": [
            {"id": id, "name": name, "sequence": id, "write_date": written} for id, name in enumerate(_REASONS, start=1)
        ],
        "stock_scrap": [_scrap(scrap) for scrap in block.scraps],
        "mrp_unbuild": [_unbuild(unbuild) for unbuild in block.unbuilds],
    }


def _nonconformity(found: Nonconformity) -> dict:
    return {
        "id": found.id,
        "name": found.name,
        "ref": f"NC/{found.id:05d}",
        "reference": found.order.name,
        "state": _STATES[found.stage_id - 1],
        "stage_id": found.stage_id,
        "kanban_state": "normal",
        "severity_id": found.severity,
        "res_model": "mrp.production",
        "res_id": found.order.id,
        "partner_id": False,
        "responsible_user_id": found.responsible,
        "manager_user_id": TEAMS[found.plant.code].manager,
        "user_id": found.created_by,
        "action_ids": [action.id for action in found.actions],
        "company_id": found.plant.company.id,
        "closing_date": stamp(found.closed) if found.closed else False,
        "create_date": stamp(found.created),
        "create_uid": found.created_by,
        "write_date": stamp(found.written),
    }


def _action_record(action: Action) -> dict:
    return {
        "id": action.id,
        "name": action.name,
        "reference": f"ACT/{action.id:05d}",
        "type_action": action.kind,
        "stage_id": action.stage_id,
        "priority": "1",
        "user_id": action.responsible,
        "company_id": action.plant.company.id,
        "date_deadline": stamp(action.due)[:10],
        "date_open": stamp(action.opened) if action.opened else False,
        "date_closed": stamp(action.closed) if action.closed else False,
        "active": True,
        "create_date": stamp(action.created),
        "create_uid": action.created_by,
        "write_date": stamp(action.written),
    }


def _scrap(scrap: Scrap) -> dict:
    order = scrap.order
    return {
        "id": scrap.id,
        "name": f"SP/{scrap.id:05d}",
        "origin": order.name if order else False,
        "state": scrap.state,
        "product_id": scrap.product,
        "scrap_qty": scrap.quantity,
        "product_uom_id": UNIT,
        "lot_id": scrap.lot.id if scrap.lot else False,
        "location_id": stock_location_id(scrap.plant),
        "scrap_location_id": SCRAP,
        "picking_id": False,
        "production_id": order.id if order else False,
        "workorder_id": False,
        "scrap_reason_tag_ids": [scrap.reason],
        "company_id": scrap.plant.company.id,
        "date_done": stamp(scrap.written),
        "create_date": stamp(scrap.created),
        "create_uid": scrap.created_by,
        "write_date": stamp(scrap.written),
    }


def _unbuild(unbuild: Unbuild) -> dict:
    return {
        "id": unbuild.id,
        "name": f"UB/{unbuild.id:05d}",
        "state": "done",
        "mo_id": unbuild.order.id,
        "product_id": unbuild.order.product,
        "product_uom_id": UNIT,
        "product_qty": unbuild.quantity,
        "lot_id": False,
        "company_id": unbuild.order.plant.company.id,
        "create_date": stamp(unbuild.created),
        "create_uid": unbuild.by,
        "write_date": stamp(unbuild.created),
    }
