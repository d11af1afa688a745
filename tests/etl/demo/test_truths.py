"""The planted truths hold when the KPIs are measured in the plainest way, straight from the records."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import median
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import DAILY, rrule

from etl.demo.people import MACHINES
from etl.demo.plants import BY_CODE, LATELY_WEEKS, SHIFTS
from etl.demo.products import PRODUCT
from etl.demo.truths import SCARCE_PRODUCTS, TRUTHS, Cut

OPEN = float("inf")


@dataclass(frozen=True)
class Case:
    """One observation behind a figure."""

    plant: str
    started: datetime
    seconds: float
    is_hit: bool = False
    scarce: bool = False
    ended: datetime | None = None


@pytest.fixture(scope="module")
def value(demo, demo_now):
    """Measures a KPI of truths.py for a cut."""
    now = demo_now.replace(tzinfo=None)
    cases = _production(demo) | _approvals(demo, now) | _plans(demo, now) | _holds(demo) | _jobs(demo) | _touches(demo)

    def measure(kpi: str, cut: Cut) -> float:
        lately = now - timedelta(weeks=LATELY_WEEKS)
        chosen = [
            case
            for case in cases[kpi]
            if case.plant == cut.plant
            and cut.period in ("all", "lately" if case.started >= lately else "before")
            and cut.scarce in (None, case.scarce)
            and (not cut.weekdays or _weekday(case) in cut.weekdays)
        ]
        if cut.clock == "working":
            return median(_worked(case) for case in chosen)
        if kpi.endswith(("_share", "_adherence", "_failure_rate")):
            return sum(case.is_hit for case in chosen) / len(chosen)
        if kpi == "hold_rate":
            return sum(case.seconds for case in chosen) / len(chosen)
        if kpi == "approval_age":
            return max((case.seconds for case in chosen), default=0.0)
        return median(case.seconds for case in chosen)

    return measure


def _weekday(case: Case) -> int:
    """The weekday on which a case starts in its plant's own time."""
    return case.started.replace(tzinfo=UTC).astimezone(ZoneInfo(BY_CODE[case.plant].company.tz)).weekday()


def _worked(case: Case) -> float:
    """Seconds of a case between opening and closing of the plant, day by day."""
    if case.ended is None:
        return OPEN
    company = BY_CODE[case.plant].company
    zone, total = ZoneInfo(company.tz), 0.0
    first, last = (moment.replace(tzinfo=UTC) for moment in (case.started, case.ended))
    for day in rrule(DAILY, first.date() - timedelta(days=1), until=last.date() + timedelta(days=1)):
        if company.is_working(day.date()):
            opens, closes = (day.replace(hour=hour, tzinfo=zone) for hour in (SHIFTS[0], SHIFTS[-1]))
            total += max(0.0, (min(last, closes) - max(first, opens)).total_seconds())
    return total


def _holds(demo) -> dict[str, list[Case]]:
    """How long what went into quarantine stayed there; how much of each purchase order did."""
    places = {place["id"]: place for place in demo["stock_location"]}
    moves = {move["id"]: move for move in demo["stock_move"]}
    open_holds, durations, counts = defaultdict(list), [], defaultdict(int)
    for line in demo["stock_move_line"]:
        move, plant = moves[line["move_id"]], _plant(demo, moves[line["move_id"]])
        key = plant, move["origin"], line["product_id"]
        if places[line["location_dest_id"]]["name"] == "Quarantine":
            counts[move["origin"]] += 1
            open_holds[key].append(_moment(line["date"]))
        else:
            held = open_holds[key].pop(0)
            durations.append(Case(plant, held, (_moment(line["date"]) - held).total_seconds()))
    durations += [Case(key[0], held, OPEN) for key, entered in open_holds.items() for held in entered]
    orders = [
        Case(_plant(demo, order), _moment(order["create_date"]), counts[order["name"]])
        for order in demo["purchase_order"]
    ]
    return {"quality_hold_duration": durations, "hold_rate": orders}


def _jobs(demo) -> dict[str, list[Case]]:
    """Jobs of the companies that have one plant: those a message says of that they failed."""
    failed = {message["res_id"] for message in demo["mail_message"] if message["model"] == "queue.job"}
    companies = [plant.company.id for plant in BY_CODE.values()]
    alone = {plant.company.id: plant.code for plant in BY_CODE.values() if companies.count(plant.company.id) == 1}
    return {
        "integration_failure_rate": [
            Case(alone[job["company_id"]], _moment(job["date_created"]), 0.0, job["id"] in failed)
            for job in demo["queue_job"]
            if job["company_id"] in alone
        ]
    }


def _touches(demo) -> dict[str, list[Case]]:
    """Completed orders that machines alone created, changed and reviewed."""
    tracked = {value["mail_message_id"] for value in demo["mail_tracking_value"]}
    by = defaultdict(set)
    for message in demo["mail_message"]:
        if message["id"] in tracked:
            by[message["model"], message["res_id"]].add(message["create_uid"])
    for review in demo["tier_review"]:
        by["purchase.order", review["res_id"]] |= {review["requested_by"], review["done_by"] or review["requested_by"]}
    return {
        "no_touch_share": [
            Case(
                _plant(demo, order),
                _moment(order[ended]),
                0.0,
                {order["create_uid"], *by[model, order["id"]]} <= {*MACHINES},
            )
            for name, model, ended in (
                ("purchase_order", "purchase.order", "date_approve"),
                ("mrp_production", "mrp.production", "date_finished"),
            )
            for order in demo[name]
            if order["state"] in ("purchase", "done")
        ]
    }


def _production(demo) -> dict[str, list[Case]]:
    """Releases and shortages from the tracked changes, in English and French."""
    orders = {order["id"]: order for order in demo["mrp_production"]}
    found = defaultdict(list)
    for order_id, changes in _changes(demo, "mrp.production").items():
        order = orders[order_id]
        plant, created = _plant(demo, order), _moment(order["create_date"])
        scarce = PRODUCT[order["product_id"]].name in SCARCE_PRODUCTS
        since = begun = None
        for at, by, field, new in changes:
            if (field, new) == ("state", "confirmed"):
                seconds = (at - created).total_seconds()
                found["release_lead_time"].append(Case(plant, created, seconds))
                found["automated_release_share"].append(Case(plant, created, 0, by in MACHINES))
            if field == "reservation_state":
                if since:
                    seconds = (at - since).total_seconds()
                    found["shortage_resolution_time"].append(Case(plant, since, seconds, scarce=scarce))
                since = at if new in ("confirmed", "waiting") else None
            if (field, new) in (("state", "progress"), ("state", "to_close")) and begun is None:
                begun = at
            if (field, new) == ("state", "done") and begun:
                found["production_cycle_time"].append(Case(plant, begun, (at - begun).total_seconds(), ended=at))
        if since:
            found["shortage_resolution_time"].append(Case(plant, since, OPEN, scarce=scarce))
        reached = {(field, new) for _, _, field, new in changes}
        if ("state", "confirmed") in reached:
            is_short = ("reservation_state", "confirmed") in reached
            found["shortage_share"].append(Case(plant, created, 0, is_short, scarce))
    return found


def _plans(demo, now: datetime) -> dict[str, list[Case]]:
    """Orders due to start by the plan written at their release, as the audit log has it, with eight hours' grace."""
    logs = {(log["res_id"], _moment(log["create_date"])): log["id"] for log in demo["auditlog_log"]}
    planned = {
        line["log_id"]: _moment(line["new_value"])
        for line in demo["auditlog_log_line"]
        if line["field_name"] == "date_start"
    }
    orders = {order["id"]: order for order in demo["mrp_production"]}
    found = []
    for order_id, changes in _changes(demo, "mrp.production").items():
        order = orders[order_id]
        reached = {new: at for at, _, field, new in reversed(changes) if field == "state"}
        log = logs.get((order_id, reached.get("confirmed")))
        if log is None or "cancel" in reached or order["backorder_sequence"] > 1:
            continue
        due = planned[log] + timedelta(hours=8)
        started = reached.get("progress")
        if due <= now:
            found.append(Case(_plant(demo, order), due, 0, started is not None and started <= due))
    return {"start_adherence": found}


def _approvals(demo, now: datetime) -> dict[str, list[Case]]:
    """Approvals of either kind: asked for, decided or open."""
    purchases = {purchase["id"]: purchase for purchase in demo["purchase_order"]}
    asked = []
    for purchase_id, changes in _changes(demo, "purchase.order").items():
        since = next((at for at, _, _, new in changes if new == "to approve"), None)
        if since:
            ends = [at for at, _, field, _ in changes if field == "state" and at > since]
            asked.append((purchases[purchase_id], since, ends[0] if ends else None))
    reviews = defaultdict(list)
    for review in demo["tier_review"]:
        reviews[review["res_id"]].append(review)
    for purchase_id, tiers in reviews.items():
        is_open = any(tier["status"] in ("pending", "waiting") for tier in tiers)
        end = None if is_open else max(_moment(t["reviewed_date"]) for t in tiers if t["reviewed_date"])
        asked.append((purchases[purchase_id], _moment(tiers[0]["create_date"]), end))
    found = defaultdict(list)
    for purchase, since, end in asked:
        plant = _plant(demo, purchase)
        seconds = (end - since).total_seconds() if end else OPEN
        found["purchase_approval_turnaround"].append(Case(plant, since, seconds))
        if end:
            local = end.replace(tzinfo=ZoneInfo("UTC")).astimezone(ZoneInfo(BY_CODE[plant].company.tz))
            found["weekend_approval_share"].append(Case(plant, since, 0, local.weekday() >= 5))
        else:
            found["approval_age"].append(Case(plant, since, (now - since).total_seconds()))
    return found


def _changes(demo, model: str) -> dict[int, list[tuple]]:
    """Per document the tracked changes (when, by whom, field, new key) of selection fields, in order."""
    fields = {field["id"]: field for field in demo["ir_model_fields"] if field["model"] == model}
    keys = {(s["field_id"], s["name"]): s["value"] for s in demo["ir_model_fields_selection"]}
    messages = {message["id"]: message for message in demo["mail_message"]}
    found = defaultdict(list)
    for value in demo["mail_tracking_value"]:
        field = fields.get(value["field_id"])
        if field and field["ttype"] == "selection":
            message = messages[value["mail_message_id"]]
            new = keys.get((value["field_id"], value["new_value_char"]), False)
            found[message["res_id"]].append((_moment(message["date"]), message["create_uid"], field["name"], new))
    return found


def _plant(demo, record) -> str:
    warehouse = next(t for t in demo["stock_picking_type"] if t["id"] == record["picking_type_id"])
    plants = {plant.id: plant.code for plant in BY_CODE.values()}
    return plants[warehouse["warehouse_id"]]


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize("truth", TRUTHS, ids=lambda truth: f"{truth.kpi}: {truth.statement}")
def test_truth_is_seen(truth, value):
    figures = truth.figures(lambda cut: value(truth.kpi, cut))
    assert truth.holds(lambda cut: value(truth.kpi, cut)), (truth.statement, figures)


def test_every_policy_that_differs_is_a_truth():
    assert {truth.plant for truth in TRUTHS} == set(BY_CODE)
