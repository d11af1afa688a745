"""Machines of the demo group: they fail and are mended, they are kept, and they stand still meanwhile.

Each machine is a work center and a piece of equipment of one name. Odoo knows their company only: `places` says in
which plant they stand, as ops.toml does.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from etl.demo.clock import stamp
from etl.demo.document import Block, Document, NotYet
from etl.demo.people import TEAMS
from etl.demo.plants import PLANTS, Plant, Wait
from queries.config import Place

NEW, BUSY, REPAIRED = 1, 2, 3
STAGES = {
    NEW: ("New Request", "Nouvelle demande"),
    BUSY: ("In Progress", "En cours"),
    REPAIRED: ("Repaired", "Réparé"),
    4: ("Scrap", "Rebut"),
}
MARKS = {
    "normal": ("In Progress", "En cours"),
    "blocked": ("Blocked", "Bloqué"),
    "done": ("Ready for next stage", "Prêt pour la prochaine étape"),
}
# The machine on which prototypes are tried out: the test bench.
BENCH = 4
_MACHINES = ("CNC lathe", "Milling center", "Hydraulic press", "Assembly line", "Test bench", "Paint booth")
_FAULTS = ("does not start", "leaks oil", "overheats", "stops during work", "makes noise", "is out of tolerance")
# Kinds of lost time, and reasons with their kinds, by id.
_KINDS = {1: "productive", 2: "availability", 3: "performance"}
_LOSSES = {
    1: ("Fully Productive Time", 1),
    2: ("Equipment Failure", 2),
    3: ("Material Availability", 2),
    4: ("Reduced Speed", 3),
}
_FAILURE = 2
_MEND, _FIT, _GIVEN_UP = Wait(3.0, 0.7), Wait(1.5, 0.6), Wait(30.0)
_LATE = Wait(45.0, 0.5)
_SHIFTS_A_DAY = 16.0


@dataclass(slots=True, eq=False, kw_only=True)
class Request(Document):
    """A maintenance request for a machine (its number in the plant)."""

    kind: str
    machine: int
    technician: int
    scheduled: int | None = None
    stage_id: int = NEW
    kanban_state: str = "normal"
    closed: int | None = None
    archived: bool = False


@dataclass(slots=True, eq=False, kw_only=True)
class Stop:
    """A span in which a machine is down."""

    plant: Plant
    machine: int
    by: int
    created: int
    ended: int | None = None
    id: int = 0


def places() -> tuple[Place, ...]:
    """Where machines and mechanics are, of the plants that share a company."""
    companies = [plant.company.id for plant in PLANTS]
    return tuple(
        Place(name, plant.code)
        for plant in PLANTS
        if companies.count(plant.company.id) > 1
        for name in (_team(plant), *(_machine(plant, number) for number in range(len(_MACHINES))))
    )


def simulate(block: Block) -> None:
    """What breaks in each plant up to now, and what is planned."""
    for plant in PLANTS:
        shop, policy = block.shops[plant.company.id], plant.policy.maintenance
        for day, opening in zip(shop.days, shop.opens, strict=True):
            if block.start <= opening < block.now:
                dice = Random(f"{block.seed}/maintenance/{plant.code}/{day}")
                if dice.random() < policy.failures:
                    _fail(block, plant, opening + int(dice.uniform(0, shop.length)), Random(dice.getrandbits(64)))
                if dice.random() < policy.planned:
                    _keep(block, plant, opening + 3600, Random(dice.getrandbits(64)))


def _request(block: Block, plant: Plant, dice: Random, created: int, kind: str, **values: object) -> Request:
    team = TEAMS[plant.code]
    asks = team.supervisors + team.storekeepers if kind == "corrective" else team.supervisors
    request = Request(
        block=block, plant=plant, created=created, created_by=dice.choice(asks), kind=kind,
        machine=dice.randrange(len(_MACHINES)), technician=dice.choice(team.supervisors), **values,
    )  # fmt: skip
    what = dice.choice(_FAULTS) if kind == "corrective" else "monthly service"
    request.name = (
        f"{_MACHINES[request.machine]} {what}" if kind == "corrective" else f"{_MACHINES[request.machine]}: {what}"
    )
    block.requests.append(request)
    return request


def _fail(block: Block, plant: Plant, created: int, dice: Random) -> None:
    """A machine fails and is mended, now and then with a part that has to come first."""
    if created >= block.now:
        return
    policy = plant.policy.maintenance
    request = _request(block, plant, dice, created, "corrective")
    shop, by = request.shop, request.technician
    stop = Stop(plant=plant, machine=request.machine, by=request.created_by, created=created)
    if dice.random() < 0.6:
        block.stops.append(stop)
    try:
        if dice.random() < 0.03:
            at = shop.wait(dice, created, _GIVEN_UP)
            if at < block.now:
                request.archived, request.written, stop.ended = True, at, at
            return
        at = shop.wait(dice, created, policy.response)
        request.change(at, by, stage_id=BUSY)
        at = shop.wait(dice, at, _MEND)
        if dice.random() < policy.lacks:
            request.change(at, by, kanban_state="blocked")
            at = shop.wait(dice, at, policy.parts)
            request.change(at, by, kanban_state="normal")
            at = shop.wait(dice, at, _FIT)
        request.change(at, by, stage_id=REPAIRED)
        request.closed = stop.ended = at
    except NotYet:
        return


def _keep(block: Block, plant: Plant, created: int, dice: Random) -> None:
    """A service that is planned for a day, and done on it or later."""
    if created >= block.now:
        return
    shop = block.shops[plant.company.id]
    scheduled = shop.after(created, dice.randrange(5, 15) * _SHIFTS_A_DAY)
    request = _request(block, plant, dice, created, "preventive", scheduled=scheduled)
    is_kept = dice.random() < plant.policy.maintenance.keeps
    done = scheduled + int(dice.uniform(3600, 6 * 3600)) if is_kept else shop.wait(dice, scheduled, _LATE)
    try:
        request.change(done - 1800, request.technician, stage_id=BUSY)
        request.change(done, request.technician, stage_id=REPAIRED)
        request.closed = done
    except NotYet:
        return


def _team(plant: Plant) -> str:
    return f"Maintenance {plant.name}"


def _machine(plant: Plant, number: int) -> str:
    return f"{_MACHINES[number]} {plant.name}"


def machine_id(plant: Plant, number: int) -> int:
    """The id of a machine, as a work center and as equipment."""
    return 100 * plant.id + number + 1


def records(block: Block) -> dict[str, list[dict]]:
    """Records of machines, teams, requests and downtime; requests and stops must have their ids."""
    written = stamp(block.start - 200 * 86400)
    machines = [(plant, number) for plant in PLANTS for number in range(len(_MACHINES))]
    stages = [
        {"id": id, "name": name, "sequence": id, "done": id >= REPAIRED, "write_date": written}
        for id, (name, _) in STAGES.items()
    ]
    teams = [
        {"id": plant.id, "name": _team(plant), "company_id": plant.company.id, "active": True, "write_date": written}
        for plant in PLANTS
    ]
    kinds = [{"id": id, "loss_type": kind, "write_date": written} for id, kind in _KINDS.items()]
    losses = [
        {"id": id, "name": name, "loss_id": kind, "manual": kind == 2, "write_date": written}
        for id, (name, kind) in _LOSSES.items()
    ]
    return {
        "maintenance_stage": stages,
        "maintenance_team": teams,
        "maintenance_equipment": [_equipment(plant, number, written) for plant, number in machines],
        "maintenance_request": [_request_record(request) for request in block.requests],
        "mrp_workcenter": [_workcenter(plant, number, written) for plant, number in machines],
        "mrp_workcenter_productivity_loss_type": kinds,
        "mrp_workcenter_productivity_loss": losses,
        "mrp_workcenter_productivity": [_stop_record(stop) for stop in block.stops],
    }


def _equipment(plant: Plant, number: int, written: str) -> dict:
    return {
        "id": machine_id(plant, number),
        "name": _machine(plant, number),
        "serial_no": f"{plant.warehouse}-{2000 + 7 * number}",
        "category_id": number + 1,
        "maintenance_team_id": plant.id,
        "technician_user_id": TEAMS[plant.code].supervisors[0],
        "owner_user_id": False,
        "location_id": False,
        "company_id": plant.company.id,
        "effective_date": written[:10],
        "scrap_date": False,
        "active": True,
        "write_date": written,
    }


def _workcenter(plant: Plant, number: int, written: str) -> dict:
    return {
        "id": machine_id(plant, number),
        "name": _machine(plant, number),
        "code": False,
        "company_id": plant.company.id,
        "resource_id": machine_id(plant, number),
        "resource_calendar_id": plant.company.id,
        "time_efficiency": 100.0,
        "oee_target": 85.0,
        "costs_hour": 0.0 if number == BENCH else 60.0,  # standard costs of what is made are those of material
        "active": True,
        "write_date": written,
    }


def _request_record(request: Request) -> dict:
    return {
        "id": request.id,
        "name": request.name,
        "stage_id": request.stage_id,
        "kanban_state": request.kanban_state,
        "maintenance_type": request.kind,
        "priority": "2" if request.kind == "corrective" else "1",
        "equipment_id": machine_id(request.plant, request.machine),
        "category_id": request.machine + 1,
        "maintenance_team_id": request.plant.id,
        "owner_user_id": request.created_by,
        "user_id": request.technician,
        "company_id": request.plant.company.id,
        "request_date": stamp(request.created)[:10],
        "schedule_date": stamp(request.scheduled) if request.scheduled else False,
        "close_date": stamp(request.closed)[:10] if request.closed else False,
        "duration": 1.0,
        "archive": request.archived,
        "create_date": stamp(request.created),
        "create_uid": request.created_by,
        "write_date": stamp(request.written),
    }


def _stop_record(stop: Stop) -> dict:
    return {
        "id": stop.id,
        "workcenter_id": machine_id(stop.plant, stop.machine),
        "workorder_id": False,
        "loss_id": _FAILURE,
        "user_id": stop.by,
        "company_id": stop.plant.company.id,
        "date_start": stamp(stop.created),
        "date_end": stamp(stop.ended) if stop.ended else False,
        "duration": round((stop.ended - stop.created) / 60, 2) if stop.ended else 0.0,
        "create_date": stamp(stop.created),
        "create_uid": stop.by,
        "write_date": stamp(stop.ended or stop.created),
    }
