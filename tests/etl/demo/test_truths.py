"""The planted truths hold when the KPIs are measured in the plainest way, straight from the records."""

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatch
from itertools import pairwise
from statistics import fmean, median
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import DAILY, rrule

from etl.demo import empty, mes
from etl.demo.basics import stock_location_id
from etl.demo.clock import whole_hour
from etl.demo.incidents import n8n
from etl.demo.interfaces import INTERFACES
from etl.demo.people import MACHINES
from etl.demo.plants import BY_CODE, FORGETFUL_WEEKS, LATELY_WEEKS, SCARCE, SHIFTS
from etl.demo.products import CARTON, CASTING, KIT, PRODUCT, PROTOTYPE, PROTOTYPES, SAMPLES
from etl.demo.truths import SCARCE_PRODUCTS, TRUTHS, TULSA, Cut

OPEN = float("inf")
SECOND = timedelta(seconds=1)
COUNTED = (
    "throughput",
    "work_in_process",
    "replan_count",
    "release_blocker_count",
    "manual_intervention_count",
    "reaction_count",
    "open_approval_count",
    "integration_dead_letter_count",
    "unbegun_order_count",
)
RATIOS = ("hold_rate", "flow_share", "replan_churn", "integration_attempt_failure_rate", "work_in_process_ratio")

P95 = ("integration_latency_p95", "integration_queue_time", "integration_execution_time", "integration_odoo_lag")
RATES = (
    "_share",
    "_adherence",
    "_failure_rate",
    "_loss_rate",
    "_attainment",
    "_compliance",
    "_recurrence",
    "_coverage",
    "rework_ratio",
)
# When an order or purchase is not one of the ordinary ones: its family, by product.
FAMILIES = {
    product.id: ("product_family", family)
    for family, products in ((SAMPLES, (KIT, CARTON)), (PROTOTYPES, (PROTOTYPE, CASTING)))
    for product in products
}
ORDINARY = ("product_family", "any other")


@dataclass(frozen=True)
class Case:
    """One observation behind a figure: so many seconds (or pieces) of so many; `tags` are its dimensions and values."""

    plant: str
    started: datetime
    seconds: float
    is_hit: bool = False
    scarce: bool = False
    ended: datetime | None = None
    of: float = 1.0
    tags: frozenset[tuple[str, str]] = frozenset()
    is_now: bool = False


@pytest.fixture(scope="module")
def value(demo, demo_now):
    return measured(demo, demo_now.replace(tzinfo=None))


def measured(demo, now: datetime) -> Callable[[str, Cut], float]:
    """What measures a KPI of truths.py for a cut, in the plants as they are now."""
    cases = _production(demo) | _approvals(demo, now) | _plans(demo, now) | _holds(demo) | _jobs(demo) | _touches(demo)
    cases |= _bills(demo) | _costs(demo)
    cases |= _maintenance(demo, now) | _nonconformities(demo) | _yields(demo)
    cases |= _work(demo) | _process(demo, now) | _by_hand(demo) | _reactions(demo, now)
    cases |= _deviations(demo)
    cases["harmonization_move"] = _sent(demo, now)
    cases |= _transfers(demo) | _promises(demo, now) | _components(demo) | _needs(demo)
    cases["manual_intervention_count"] += _jobs(demo)["manual_intervention_count"]
    cases["integration_failure_rate"] += _mails(demo)
    for kpi, found in [*_reports(demo, now).items(), *_dispatches(now).items()]:
        cases[kpi] += found

    def measure(kpi: str, cut: Cut) -> float:
        if "other" in dict(cut.where):
            shares = [
                [case.is_hit for case in cases[kpi] if case.plant == plant and case.tags <= {*cut.where}]
                for plant in (cut.plant, dict(cut.where)["other"])
            ]
            return fmean(shares[0]) - fmean(shares[1])
        lately = now - timedelta(weeks=LATELY_WEEKS)
        chosen = [
            case
            for case in cases[kpi]
            if case.plant == cut.plant
            and cut.period in ("all", "now", "lately" if case.started >= lately else "before")
            and cut.scarce in (None, case.scarce)
            and (not cut.weekdays or _weekday(case) in cut.weekdays)
            and case.tags >= {*cut.where}
            and (cut.period == "now") == case.is_now
        ]
        if cut.clock == "working":
            return median(_worked(case) for case in chosen)
        if kpi in RATIOS:
            return sum(case.seconds for case in chosen) / sum(case.of for case in chosen)
        if kpi in COUNTED:
            return sum(case.seconds for case in chosen)
        if kpi == "recording_lag":
            return sorted(case.seconds for case in chosen)[int(0.9 * len(chosen))]
        if kpi in P95:
            return sorted(case.seconds for case in chosen)[int(0.95 * len(chosen))]
        if kpi == "downtime":
            return sum(_worked(case) for case in chosen)
        if kpi in ("overdue_approval_count", "approval_delegation_count", "approval_escalation_count"):
            return len(chosen)
        if kpi == "scrapped_quantity":
            return sum(case.seconds for case in chosen)
        if kpi in ("first_pass_yield", "scrap_ratio"):
            return sum(part.seconds for part in chosen if part.is_hit) / sum(p.seconds for p in chosen if not p.is_hit)
        if kpi.endswith(RATES):
            return sum(case.is_hit for case in chosen) / len(chosen)
        if kpi == "production_variance":
            return sum(case.seconds for case in chosen) / sum(case.of for case in chosen) - 1
        if kpi in ("receipt_delay", "material_wait"):
            return sorted(case.seconds for case in chosen)[int(0.85 * len(chosen))]
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
    """How long what went into quarantine stayed there, and what was inspected until it passed or was gone; how much of
    each purchase order went into quarantine."""
    places = {place["id"]: place for place in demo["stock_location"]}
    moves = {move["id"]: move for move in demo["stock_move"]}
    open_holds, durations, counts, held_goods = defaultdict(list), [], defaultdict(int), set()
    for line in demo["stock_move_line"]:
        move, plant = moves[line["move_id"]], _plant(demo, moves[line["move_id"]])
        key = plant, move["origin"] or line["lot_id"], line["product_id"]
        if places[line["location_dest_id"]]["name"] == "Quarantine":
            counts[move["origin"]] += 1
            held_goods.add((move["origin"], line["product_id"]))
            open_holds[key].append(_moment(line["date"]))
        elif places[line["location_id"]]["name"] == "Quarantine":
            held = open_holds[key].pop(0)
            durations.append(Case(plant, held, (_moment(line["date"]) - held).total_seconds()))
    durations += [Case(key[0], held, OPEN) for key, entered in open_holds.items() for held in entered]
    tags = frozenset({("source", "inspection")})
    for plant, _, inspection, _, gone in _inspected(demo):
        held = _moment(inspection["create_date"])
        end = _moment(inspection["date_done"]) if inspection["state"] == "success" else gone
        durations.append(Case(plant, held, (end - held).total_seconds() if end else OPEN, tags=tags))
    orders = [
        Case(_plant(demo, order), _moment(order["create_date"]), counts[order["name"]])
        for order in demo["purchase_order"]
    ]
    purchases = {order["id"]: order for order in demo["purchase_order"]}
    lines = [
        Case(
            _plant(demo, purchases[line["order_id"]]),
            _moment(purchases[line["order_id"]]["create_date"]),
            0,
            (purchases[line["order_id"]]["name"], line["product_id"]) in held_goods,
        )
        for line in demo["purchase_order_line"]
        if line["qty_received"]
    ]
    return {"quality_hold_duration": durations, "hold_rate": orders, "inspected_receipt_share": lines}


def _inspected(demo):
    """Plant, order (None: goods of a vendor, or a lot), record, changes and end of goods of each inspection: scrapped
    for the order or the lot, or sent back to the vendor."""
    orders = {order["id"]: order for order in demo["mrp_production"]}
    pickings = {picking["id"]: picking for picking in demo["stock_picking"]}
    lots = {lot["id"]: lot for lot in demo["stock_lot"]}
    codes = {stock_location_id(plant): plant.code for plant in BY_CODE.values()}
    moves, gone = {move["id"]: move for move in demo["stock_move"]}, {}
    for scrap in demo["stock_scrap"]:
        about = ("stock.lot", scrap["lot_id"]) if scrap["lot_id"] else ("mrp.production", scrap["production_id"])
        gone.setdefault((*about, scrap["product_id"]), []).append(_moment(scrap["date_done"]))
    for move in demo["stock_move"]:
        if move["origin_returned_move_id"] and move["state"] == "done":
            receipt = moves[move["origin_returned_move_id"]]["picking_id"]
            gone.setdefault(("stock.picking", receipt, move["product_id"]), []).append(_moment(move["date"]))
    changes = _changes(demo, "qc.inspection")
    for inspection in demo["qc_inspection"]:
        model, id = inspection["object_id"].split(",")
        if model == "stock.lot":
            plant = codes[lots[int(id)]["location_id"]]
        else:
            plant = _plant(demo, (orders if model == "mrp.production" else pickings)[int(id)])
        order = orders[int(id)] if model == "mrp.production" else None
        since = _moment(inspection["create_date"])
        ends = [at for at in gone.get((model, int(id), inspection["product_id"]), []) if at >= since]
        yield plant, order, inspection, changes[inspection["id"]], min(ends, default=None)


def _transfers(demo) -> dict[str, list[Case]]:
    """Deliveries and transfers, and which transfers left a back-order; goods between plants by the plant they go to."""
    found, moves = defaultdict(list), {move["id"]: move for move in demo["stock_move"]}
    pickings = {picking["id"]: picking for picking in demo["stock_picking"]}
    places = {place["id"]: place["usage"] for place in demo["stock_location"]}
    split = {picking["backorder_id"] for picking in demo["stock_picking"]}
    ready = {}
    for picking, changes in _changes(demo, "stock.picking").items():
        ready[picking] = next((at for at, _, _, new in changes if new == "assigned"), None)
    for id, picking in pickings.items():
        plant, done = _plant(demo, picking), picking["date_done"] and _moment(picking["date_done"])
        if done:
            found["backorder_share"].append(Case(plant, done, 0, id in split))
        if picking["state"] != "cancel" and places[picking["location_id"]] != "supplier":
            created = _moment(picking["create_date"])
            for kpi, since in (("picking_lead_time", created), ("picking_handling_time", ready.get(id))):
                if since:
                    found[kpi].append(Case(plant, since, (done - since).total_seconds() if done else OPEN))
    for move in demo["stock_move"]:
        if move["picking_id"] and places[move["location_dest_id"]] == "transit":
            into = pickings[moves[move["move_dest_ids"][0]]["picking_id"]]
            asked, there = _moment(into["create_date"]), into["date_done"] and _moment(into["date_done"])
            seconds = (there - asked).total_seconds() if there else OPEN
            found["interplant_transfer_time"].append(Case(_plant(demo, into), asked, seconds))
    return found


def _promises(demo, now: datetime) -> dict[str, list[Case]]:
    """Lines of purchase and sales orders against the end of their promised day, and orders until they are confirmed."""
    moved, subcontracted, first = defaultdict(list), set(), {}
    for move in demo["stock_move"]:
        line = ("purchase", move["purchase_line_id"]) if move["purchase_line_id"] else ("sale", move["sale_line_id"])
        if line[1] and move["state"] == "done":
            moved[line].append((_moment(move["date"]), move["quantity"]))
        if line[1] and move["state"] not in ("done", "cancel"):
            moved[line].append((now + timedelta(days=1), 0.0))
        if move["is_subcontract"]:
            subcontracted.add(line)
    orders = {
        "purchase": {order["id"]: order for order in demo["purchase_order"]},
        "sale": {order["id"]: order for order in demo["sale_order"]},
    }
    codes, found = {plant.id: plant.code for plant in BY_CODE.values()}, defaultdict(list)
    for kind, source, quantity in (
        ("purchase", "purchase_order_line", "product_qty"),
        ("sale", "sale_order_line", "product_uom_qty"),
    ):
        for line in demo[source]:
            order, moves = orders[kind][line["order_id"]], moved[kind, line["id"]]
            if not moves or (kind == "sale" and order["state"] != "sale"):
                continue
            plant = _plant(demo, order) if kind == "purchase" else codes[order["warehouse_id"]]
            ended = max(at for at, _ in moves)
            ended = ended if ended <= now and sum(n for _, n in moves) >= line[quantity] else None
            ordered = _moment(order["date_order"])
            due = _end_of_day(plant, _moment(line["date_planned"] if kind == "purchase" else order["commitment_date"]))
            if kind == "purchase":
                first[order["id"]] = min(first.get(order["id"], moves[0][0]), *(at for at, _ in moves))
            if (kind, line["id"]) in subcontracted:
                seconds = (ended - ordered).total_seconds() if ended else OPEN
                found["subcontracted_order_lead_time"].append(Case(plant, ordered, seconds))
            if due <= now and kind == "sale":
                found["delivery_in_full_on_time_share"].append(Case(plant, due, 0, bool(ended and ended <= due)))
            elif due <= now:
                late = max(0.0, (ended - due).total_seconds()) if ended else OPEN
                found["receipt_delay"].append(Case(plant, due, late))
                found["late_receipt_share"].append(Case(plant, due, 0, late > 0))
    for order, at in _confirmed(demo).items():
        purchase = orders["purchase"][order]
        if purchase["date_approve"] and purchase["state"] != "cancel":
            ordered = _moment(purchase["date_approve"])
            end = min((moment for moment in (at, first.get(order)) if moment and moment <= now), default=None)
            seconds = (end - ordered).total_seconds() if end else OPEN
            found["vendor_confirmation_time"].append(Case(_plant(demo, purchase), ordered, seconds))
    return found


def _components(demo) -> dict[str, list[Case]]:
    """What orders consumed, and which component each wait was for: the one set aside when it ended."""
    plants = {order["id"]: _plant(demo, order) for order in demo["mrp_production"]}
    reserved = {line["move_id"]: _moment(line["create_date"]) for line in demo["stock_move_line"]}
    found, raws = defaultdict(list), defaultdict(list)
    for move in demo["stock_move"]:
        order = move["raw_material_production_id"]
        if order:
            raws[order].append(move)
        if order and move["state"] == "done" and move["quantity"]:
            plant = plants[order]
            found["substitution_share"].append(Case(plant, _moment(move["date"]), 0, not move["bom_line_id"]))
    waits, first = defaultdict(list), None
    for order, changes in _changes(demo, "mrp.production").items():
        since = None
        for at, _, field, new in changes:
            if field == "state" and new == "cancel":
                since = None
            if field == "reservation_state":
                if since:
                    first = min(first or since, since)
                    for move in raws[order]:
                        if move["id"] in reserved and since < reserved[move["id"]] <= at + timedelta(minutes=1):
                            waits[plants[order], move["product_id"]].append((since, at))
                since = at if new == "confirmed" else None
    for (plant, product), spans in waits.items():
        until = None
        for since, ended in sorted(spans):
            is_new = until is None or since > until
            if is_new and since >= first + timedelta(days=14):
                is_again = until is not None and since - until <= timedelta(days=14)
                found["shortage_recurrence"].append(Case(plant, since, 0, is_again, PRODUCT[product].code == SCARCE))
            until = ended if is_new else max(until, ended)
    return found


def _needs(demo) -> dict[str, list[Case]]:
    """When what was asked for left less than the minimum, until more was asked for: by a transfer, or by an order."""
    places = {place["id"]: place["name"] for place in demo["stock_location"]}
    rules = {rule["product_id"]: (rule["product_min_qty"], rule["product_max_qty"])
             for rule in demo["stock_warehouse_orderpoint"]}  # fmt: skip
    asked = {rule["name"]: [] for rule in demo["stock_warehouse_orderpoint"]}
    for order in (*demo["purchase_order"], *demo["mrp_production"]):
        if order["origin"] in asked:
            asked[order["origin"]].append(order)
    found, left, since = [], {}, {}
    steps = [
        (_moment(order["create_date"]), _plant(demo, order), rule["product_id"], None)
        for rule in demo["stock_warehouse_orderpoint"]
        for order in asked[rule["name"]]
    ] + [
        (_moment(move["create_date"]), _plant(demo, move), move["product_id"], move)
        for move in demo["stock_move"]
        if move["product_id"] in rules and move["picking_id"] and not move["purchase_line_id"]
    ]
    for at, plant, product, move in sorted(steps, key=lambda step: step[0]):
        minimum, maximum = rules[product]
        kept, tags = (plant, product), frozenset({FAMILIES.get(product, ORDINARY)})
        left.setdefault(kept, maximum)
        if move and places[move["location_id"]] == "Stock":
            left[kept] -= move["product_uom_qty"]
            if left[kept] < minimum:
                since.setdefault(kept, at)
        else:
            left[kept] += move["product_uom_qty"] if move else maximum - left[kept]
            found.append(Case(plant, since[kept], (at - since.pop(kept)).total_seconds(), tags=tags))
    found += [Case(plant, at, OPEN, tags=frozenset({FAMILIES.get(product, ORDINARY)}))
              for (plant, product), at in since.items()]  # fmt: skip
    return {"orderpoint_order_time": found}


def _confirmed(demo) -> dict[int, datetime | None]:
    """When the vendor of each purchase order confirmed it."""
    [field] = [field["id"] for field in demo["ir_model_fields"] if field["name"] == "acknowledged"]
    messages = {message["id"]: message for message in demo["mail_message"]}
    found = {order["id"]: None for order in demo["purchase_order"]}
    for value in demo["mail_tracking_value"]:
        if value["field_id"] == field:
            message = messages[value["mail_message_id"]]
            found[message["res_id"]] = _moment(message["date"])
    return found


def _end_of_day(plant: str, moment: datetime) -> datetime:
    """Midnight in the plant after a moment."""
    zone = ZoneInfo(BY_CODE[plant].company.tz)
    day = moment.replace(tzinfo=UTC).astimezone(zone).date() + timedelta(days=1)
    return datetime.combine(day, datetime.min.time(), zone).astimezone(UTC).replace(tzinfo=None)


def interface(job: dict, plant: str) -> set[tuple[str, str]]:
    """The interface of a job in one plant, if it has one."""
    own = [one for one in INTERFACES if one.plant == plant and fnmatch(f"{job['model_name']}.", one.flow[0])]
    return {("interface", one.name) for one in own}


def _jobs(demo) -> dict[str, list[Case]]:
    """Jobs of the companies that have one plant: those a message says of that they failed."""
    messages = [message for message in demo["mail_message"] if message["model"] == "queue.job"]
    failed = {message["res_id"]: _moment(message["date"]) for message in messages}
    uuids = Counter(job["uuid"] for job in demo["queue_job"])
    companies = [plant.company.id for plant in BY_CODE.values()]
    alone = {plant.company.id: plant.code for plant in BY_CODE.values() if companies.count(plant.company.id) == 1}
    found = defaultdict(list)
    for job in (job for job in demo["queue_job"] if job["company_id"] in alone):
        plant, at, has_failed = alone[job["company_id"]], _moment(job["date_created"]), job["id"] in failed
        by_hand = bool(job["result"])
        found["integration_failure_rate"].append(Case(plant, at, 0.0, has_failed))
        tags = frozenset({("source", "queue_job"), *interface(job, plant)})
        for kpi in ("integration_coverage", "integration_correlation_share"):
            found[kpi].append(Case(plant, at, 0.0, bool(job["uuid"] and job["state"]), tags=tags))
        found["integration_duplicate_share"].append(Case(plant, at, 0.0, uuids[job["uuid"]] > 1, tags=tags))
        if job["state"] == "failed":
            found["integration_dead_letter_count"].append(Case(plant, at, 1, tags=tags, is_now=True))
        if job["state"] in ("done", "failed") and not by_hand:
            done = _moment(job["date_done"]) if job["state"] == "done" else datetime.max
            begun = min(failed.get(job["id"], datetime.max), _moment(job["date_started"]))
            for kpi in ("integration_latency", "integration_latency_p95"):
                found[kpi].append(Case(plant, at, (done - at).total_seconds(), tags=tags))
            if job["state"] == "done":
                ran = (done - begun).total_seconds()
                found["integration_execution_time"].append(Case(plant, begun, ran, tags=tags))
            found["integration_queue_time"].append(Case(plant, at, (begun - at).total_seconds(), tags=tags))
            found["integration_first_try_failure_rate"].append(Case(plant, at, 0.0, has_failed, tags=tags))
            on_time = done - at <= timedelta(minutes=15)
            found["integration_on_time_share"].append(Case(plant, at, 0.0, on_time, tags=tags))
            if has_failed:
                mended = (done - failed[job["id"]]).total_seconds()
                found["integration_recovery_time"].append(Case(plant, failed[job["id"]], mended, tags=tags))
        if job["state"] in ("done", "failed"):
            found["integration_loss_rate"].append(Case(plant, at, 0.0, job["state"] == "failed" or by_hand))
            attempts = 1 + (has_failed and job["state"] == "done" and not by_hand)
            found["integration_attempt_failure_rate"].append(Case(plant, at, has_failed, of=attempts))
        if by_hand:
            tags = frozenset({("kind", "job done by hand")})
            found["manual_intervention_count"].append(Case(plant, at, 1, tags=tags))
    return found


def _mails(demo) -> list[Case]:
    """E-mails about purchase orders, and whether they could be sent."""
    messages = {message["id"]: message for message in demo["mail_message"]}
    plants, found = {order["id"]: _plant(demo, order) for order in demo["purchase_order"]}, []
    for notification in demo["mail_notification"]:
        message = messages[notification["mail_message_id"]]
        has_failed = notification["notification_status"] == "exception"
        tags = frozenset({("source", "mail")})
        found.append(Case(plants[message["res_id"]], _moment(message["create_date"]), 0.0, has_failed, tags=tags))
    return found


def _dispatches(now: datetime) -> dict[str, list[Case]]:
    """Runs of an n8n workflow, which is beside the plants; whoever repeated one that failed made it succeed."""
    beside, found = {}, defaultdict(list)
    until = whole_hour(now)
    n8n.plant(empty(1, until, until, 730), beside)
    runs = beside["n8n_execution"]
    repeated, tags = {run["retry_of_id"] for run in runs}, frozenset({("flow_name", n8n.DISPATCH)})
    for run in runs:
        if run["workflow_id"] == n8n.CODES[n8n.DISPATCH] and run["mode"] != "retry":
            at, failed = _moment(run["created_at"]), run["status"] == "error"
            found["integration_failure_rate"].append(Case(TULSA, at, 0.0, failed, tags=tags))
            if failed and run["id"] not in repeated:
                found["integration_dead_letter_count"].append(Case(TULSA, at, 1, tags=tags, is_now=True))
    return found


def _reports(demo, now: datetime) -> dict[str, list[Case]]:
    """What the MES reported, run by run: whether its first try failed, and whether any succeeded."""
    runs, found = defaultdict(list), defaultdict(list)
    closed = {
        order["id"]: _moment(order["date_finished"]) for order in demo["mrp_production"] if order["date_finished"]
    }
    for line in mes.log(1, demo["mrp_production"], now):
        runs[line["run_id"]].append(line)
    for lines in runs.values():
        at, tags = _moment(lines[0]["created_at"]), frozenset({("source", "inbox")})
        failed, is_open = lines[0]["status"] != "OK", lines[-1]["status"] == "RETRY"
        found["integration_failure_rate"].append(Case(mes.MES.plant.code, at, 0.0, failed, tags=tags))
        lag = (closed[lines[0]["odoo_res_id"]] - at).total_seconds()
        found["integration_odoo_lag"].append(Case(mes.MES.plant.code, at, lag, tags=tags))
        tries = len(lines)
        case = Case(mes.MES.plant.code, at, tries - (lines[-1]["status"] == "OK"), of=tries, tags=tags)
        found["integration_attempt_failure_rate"].append(case)
        if not is_open:
            lost = lines[-1]["status"] != "OK"
            found["integration_loss_rate"].append(Case(mes.MES.plant.code, at, 0.0, lost, tags=tags))
    return found


def _bills(demo) -> dict[str, list[Case]]:
    """Posted bills, and whether a line bills more than has ever come or at another price than was ordered."""
    purchases = {purchase["id"]: purchase for purchase in demo["purchase_order"]}
    ordered = {line["id"]: line for line in demo["purchase_order_line"]}
    lines = defaultdict(list)
    for line in demo["account_move_line"]:
        if line["purchase_line_id"]:
            lines[line["move_id"]].append((line, ordered[line["purchase_line_id"]]))
    return {
        "bill_match_exception_share": [
            Case(
                _plant(demo, purchases[lines[bill["id"]][0][1]["order_id"]]),
                _moment(bill["create_date"]),
                0.0,
                any(
                    line["quantity"] > order["qty_received"] or abs(line["price_unit"] / order["price_unit"] - 1) > 0.01
                    for line, order in lines[bill["id"]]
                ),
            )
            for bill in demo["account_move"]
            if bill["state"] == "posted"
        ]
    }


def _costs(demo) -> dict[str, list[Case]]:
    """What orders that are done took, and what their product is worth."""
    orders = {order["id"]: order for order in demo["mrp_production"] if order["state"] == "done"}
    took, worth = defaultdict(float), defaultdict(float)
    for move in demo["stock_move"]:
        if move["state"] == "done":
            took[move["raw_material_production_id"]] += move["value"]
            worth[move["production_id"]] += move["value"]
    return {
        "production_variance": [
            Case(_plant(demo, order), _moment(order["date_finished"]), took[id], of=worth[id])
            for id, order in orders.items()
        ]
    }


def _touches(demo) -> dict[str, list[Case]]:
    """Completed orders that machines alone created, changed and reviewed."""
    tracked = {value["mail_message_id"] for value in demo["mail_tracking_value"]}
    by = defaultdict(set)
    orders = {
        (model, order["id"]): _plant(demo, order)
        for name, model in (("purchase_order", "purchase.order"), ("mrp_production", "mrp.production"))
        for order in demo[name]
    }
    for message in demo["mail_message"]:
        if message["id"] in tracked:
            by[message["model"], message["res_id"]].add(message["create_uid"])
    for review in demo["tier_review"]:
        by["purchase.order", review["res_id"]] |= {review["requested_by"], review["done_by"] or review["requested_by"]}
    tracked_by = [
        (orders[message["model"], message["res_id"]], message)
        for message in demo["mail_message"]
        if message["id"] in tracked and (message["model"], message["res_id"]) in orders
    ]
    return {
        "automated_event_share": [
            Case(plant, _moment(message["date"]), 0.0, message["create_uid"] in MACHINES)
            for plant, message in tracked_by
        ],
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
        ],
    }


def _maintenance(demo, now: datetime) -> dict[str, list[Case]]:
    """Failures from their report on, by the changes of stage; services by their day; and machines that are down."""
    plants = {plant.id: plant.code for plant in BY_CODE.values()}
    fields = {field["id"]: field["name"] for field in demo["ir_model_fields"]}
    messages = {message["id"]: message for message in demo["mail_message"]}
    moved, found = defaultdict(list), defaultdict(list)
    for value in demo["mail_tracking_value"]:
        message = messages[value["mail_message_id"]]
        if message["model"] == "maintenance.request":
            moved[message["res_id"], fields[value["field_id"]]].append((_moment(message["date"]), value))
    for request in demo["maintenance_request"]:
        plant, created = plants[request["maintenance_team_id"]], _moment(request["create_date"])
        stages = [(at, value["new_value_integer"]) for at, value in moved[request["id"], "stage_id"]]
        ends = {"maintenance_response_time": stages[:1], "time_to_restoration": [s for s in stages if s[1] == 3]}
        if request["maintenance_type"] == "preventive":
            zone, planned = ZoneInfo(BY_CODE[plant].company.tz), _moment(request["schedule_date"])
            local = [at.replace(tzinfo=UTC).astimezone(zone).date() for at in (planned, *(s[0] for s in stages[1:]))]
            if local[0] < now.replace(tzinfo=UTC).astimezone(zone).date():
                found["preventive_compliance"].append(Case(plant, planned, 0, len(local) > 1 and local[1] <= local[0]))
        elif not request["archive"]:
            for kpi, reached in ends.items():
                end = reached[-1][0] if reached else None
                found[kpi].append(Case(plant, created, (end - created).total_seconds() if end else OPEN))
            marks = [at for at, _ in moved[request["id"], "kanban_state"]]
            for start, end in zip(marks[::2], [*marks[1::2], None], strict=False):
                found["maintenance_wait"].append(Case(plant, start, (end - start).total_seconds() if end else OPEN))
    centers = {center["id"]: center["name"].rsplit(" ", 1)[-1] for center in demo["mrp_workcenter"]}
    codes = {plant.name: plant.code for plant in BY_CODE.values()}
    for stop in (log for log in demo["mrp_workcenter_productivity"] if not log["workorder_id"]):
        start, end = _moment(stop["date_start"]), _moment(stop["date_end"]) if stop["date_end"] else now
        found["downtime"].append(Case(codes[centers[stop["workcenter_id"]]], start, 0, ended=end))
    return found


def _nonconformities(demo) -> dict[str, list[Case]]:
    """Nonconformities and their actions until they are closed, by the order that they are about."""
    orders = {order["id"]: order for order in demo["mrp_production"]}
    actions = {action["id"]: action for action in demo["mgmtsystem_action"]}
    found = defaultdict(list)
    for row in demo["mgmtsystem_nonconformity"]:
        plant = _plant(demo, orders[row["res_id"]])
        of = [("nonconformity_age", row, row["closing_date"])] if row["state"] != "cancel" else []
        of += [("corrective_action_age", actions[id], actions[id]["date_closed"]) for id in row["action_ids"]]
        for kpi, record, end in of:
            since = _moment(record["create_date"])
            found[kpi].append(Case(plant, since, (_moment(end) - since).total_seconds() if end else OPEN))
    return found


def _yields(demo) -> dict[str, list[Case]]:
    """Pieces in `seconds`: those of orders that are done, and what of them was scrapped or taken apart again (hits)."""
    done = {order["id"]: order for order in demo["mrp_production"] if order["state"] == "done"}
    bad, found = defaultdict(float), defaultdict(list)
    codes = {stock_location_id(plant): plant.code for plant in BY_CODE.values()}
    for scrap in demo["stock_scrap"]:
        at, lot = _moment(scrap["date_done"]), scrap["lot_id"]
        plant = codes[scrap["location_id"]]
        if not lot:
            bad[scrap["production_id"]] += scrap["scrap_qty"]
        case = Case(plant, at, scrap["scrap_qty"], True)
        found["scrap_ratio"].append(case)
        found["scrapped_quantity"].append(case)
    for unbuild in demo["mrp_unbuild"]:
        bad[unbuild["mo_id"]] += unbuild["product_qty"]
    rebuilt = {unbuild["mo_id"] for unbuild in demo["mrp_unbuild"]}
    for _, order, inspection, changes, _ in _inspected(demo):
        if order and any(new == "waiting" for _, _, _, new in changes):
            bad[order["id"]] = max(bad[order["id"]], inspection["qty"])
            rebuilt |= {order["id"]} if inspection["state"] == "success" else set()
    for order in done.values():
        plant, at, pieces = _plant(demo, order), _moment(order["date_finished"]), order["product_qty"]
        made = Case(plant, at, pieces)
        right = Case(plant, at, max(0.0, pieces - bad[order["id"]]), True)
        found["scrap_ratio"].append(made)
        found["first_pass_yield"] += [made, right]
        found["rework_ratio"].append(Case(plant, at, 0, order["id"] in rebuilt))
    return found


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
        states = {new: at for at, _, field, new in reversed(changes) if field == "state"}
        released, begun = states.get("confirmed"), states.get("progress", states.get("done"))
        ready = [at for at, _, field, new in changes if (field, new) == ("reservation_state", "assigned")]
        ready += [begun] if begun else []
        if released and (ready or "cancel" not in states):
            end = min(ready, default=None)
            for kpi, start in (("material_wait", released), ("time_to_ready", created)):
                found[kpi].append(Case(plant, start, (end - start).total_seconds() if end else OPEN))
        reached = {(field, new) for _, _, field, new in changes}
        if ("state", "confirmed") in reached:
            is_short = ("reservation_state", "confirmed") in reached
            found["short_order_share"].append(Case(plant, created, 0, is_short, scarce))
    return found


def _work(demo) -> dict[str, list[Case]]:
    """The time logged on the orders whose work was timed, out of the time from their start to their end."""
    logs, works = defaultdict(list), defaultdict(list)
    for log in demo["mrp_workcenter_productivity"]:
        logs[log["workorder_id"]].append(log)
    for work in demo["mrp_workorder"]:
        works[work["production_id"]].append(logs[work["id"]])
    found = []
    for order in demo["mrp_production"]:
        own = works[order["id"]]
        is_timed = all(any(log["create_date"] != log["date_end"] for log in work) for work in own)
        if own and is_timed and order["state"] == "done":
            started, ended = _moment(order["date_start"]), _moment(order["date_finished"])
            seconds = sum(60 * log["duration"] for work in own for log in work)
            found.append(Case(_plant(demo, order), ended, seconds, of=(ended - started).total_seconds()))
    return {"flow_share": found}


def _process(demo, now: datetime) -> dict[str, list[Case]]:
    """Orders completed; those in process, and those that wait for material, on every Monday."""
    orders = {order["id"]: order for order in demo["mrp_production"]}
    first = _moment(min(order["create_date"] for order in orders.values())).replace(hour=0, minute=0, second=0)
    quarter = now - timedelta(days=84)
    mondays = [day for day in rrule(DAILY, first, until=now) if day.weekday() == 0]
    found = defaultdict(list)

    def on_mondays(kpi: str, plant: str, since: datetime, until: datetime | None, *tags: tuple[str, str]) -> None:
        days = [day for day in mondays if since < day and (until is None or until >= day)]
        found[kpi] += [Case(plant, day, 1, tags=frozenset(tags)) for day in days]
        found[kpi] += [Case(plant, now, 1, tags=frozenset(tags), is_now=True)] if until is None else []

    for order_id, changes in _changes(demo, "mrp.production").items():
        plant, short = _plant(demo, orders[order_id]), None
        family = FAMILIES.get(orders[order_id]["product_id"], ORDINARY)
        reached = {new: at for at, _, field, new in reversed(changes) if field == "state"}
        ended = reached.get("done", reached.get("cancel"))
        if "confirmed" in reached:
            on_mondays("work_in_process", plant, reached["confirmed"], ended)
            here = max(0.0, ((ended or now) - max(reached["confirmed"], quarter)).total_seconds())
            # Little's law: what is there on average, over what leaves times how long that was there
            has_left = ended is not None and ended >= quarter
            stay = (ended - reached["confirmed"]).total_seconds() if has_left else 0.0
            found["work_in_process_ratio"].append(Case(plant, now, here, of=stay))
        if "done" in reached:
            found["throughput"].append(Case(plant, reached["done"], 1))
        for at, _, field, new in changes:
            if field == "reservation_state":
                if short:
                    on_mondays("release_blocker_count", plant, short, at, ("blocker", "material"), family)
                short = at if new in ("confirmed", "waiting") else None
        if short:
            on_mondays("release_blocker_count", plant, short, ended, ("blocker", "material"), family)
    for order, blocker in _blocked(demo, now):
        tags = frozenset({("blocker", blocker), FAMILIES.get(order["product_id"], ORDINARY)})
        found["release_blocker_count"].append(Case(_plant(demo, order), now, 1, tags=tags, is_now=True))
    return found


def _blocked(demo, now: datetime):
    """Orders that have not begun, and what but material keeps them from it: they lack their work orders, the machine
    was down when they were to begin, or a purchase for them is not approved."""
    works, down, asked = {}, defaultdict(list), set()
    for work in reversed(demo["mrp_workorder"]):
        works[work["production_id"]] = work["workcenter_id"]
    routed = {(_plant(demo, o), o["product_id"]) for o in demo["mrp_production"] if o["id"] in works}
    for log in (log for log in demo["mrp_workcenter_productivity"] if not log["workorder_id"]):
        down[log["workcenter_id"]].append((_moment(log["date_start"]), log["date_end"] and _moment(log["date_end"])))
    pending = {review["res_id"] for review in demo["tier_review"] if review["status"] == "pending"}
    for purchase in demo["purchase_order"]:
        if purchase["state"] == "to approve" or purchase["id"] in pending:
            asked.add((purchase["company_id"], purchase["origin"]))
    for order in (order for order in demo["mrp_production"] if order["state"] in ("draft", "confirmed")):
        if order["id"] not in works and (_plant(demo, order), order["product_id"]) in routed:
            yield order, "routing"
        due = _moment(order["date_start"])
        is_due = order["reservation_state"] == "assigned" and order["id"] in works and due < now
        if is_due and any(start <= due and not (end and end <= due) for start, end in down[works[order["id"]]]):
            yield order, "capacity"
        if (order["company_id"], order["name"]) in asked:
            yield order, "approval"


def _by_hand(demo) -> dict[str, list[Case]]:
    """What people did to orders, and when they entered the work that was timed by hand."""
    orders = {order["id"]: order for order in demo["mrp_production"]}
    works = {work["id"]: work for work in demo["mrp_workorder"]}
    made = defaultdict(list)
    for order in orders.values():
        made[_plant(demo, order), order["product_id"]].append(order)
    found, touched = defaultdict(list), set()

    def act(plant: str, at: datetime, kind: str, product: int, number: int = 1) -> None:
        tags = frozenset({("kind", kind), FAMILIES.get(product, ORDINARY)})
        found["manual_intervention_count"].append(Case(plant, at, number, tags=tags))

    for log in (log for log in demo["mrp_workcenter_productivity"] if log["workorder_id"]):
        work = works[log["workorder_id"]]
        is_written_by_odoo = log["create_date"] == log["date_end"] and log["duration"] == work["duration_expected"]
        if log["date_end"] and not is_written_by_odoo:
            plant, entered = _plant(demo, orders[work["production_id"]]), _moment(log["create_date"])
            lag = max(0.0, (entered - _moment(log["date_end"])).total_seconds())
            found["recording_lag"].append(Case(plant, _moment(log["date_end"]), lag))
            if lag > 3600:
                act(plant, entered, "back-dated entry", orders[work["production_id"]]["product_id"])
                touched.add(work["production_id"])
    for order_id, changes in _changes(demo, "mrp.production").items():
        plant, reservation = _plant(demo, orders[order_id]), False
        moments = Counter(at for at, *_ in changes)
        for at, by, field, new in changes:
            # what another operation made comes in at that moment
            is_alone = (
                field == "reservation_state" and moments[at] == 1 and reservation not in (False, "waiting") and new
            )
            if field == "reservation_state":
                reservation = new
            if by not in MACHINES and (is_alone or (new == "confirmed" and field == "state")):
                kind = "reserved by hand" if new == "assigned" else "reservation taken away"
                act(plant, at, kind if is_alone else "confirmed by hand", orders[order_id]["product_id"])
                touched |= {order_id} if is_alone else set()
            if by not in MACHINES and (field, new) == ("state", "cancel"):
                again = [
                    one
                    for one in made[plant, orders[order_id]["product_id"]]
                    if one["create_uid"] == by
                    and one["product_qty"] == orders[order_id]["product_qty"]
                    and one["backorder_sequence"] < 2
                    and timedelta(0) < _moment(one["create_date"]) - at <= timedelta(days=1)
                ]
                act(plant, at, "cancelled and made again", orders[order_id]["product_id"], int(bool(again)))
                touched |= {order_id} if again else set()
    logs = {log["id"]: log for log in demo["auditlog_log"]}
    for line in demo["auditlog_log_line"]:
        if (line["field_name"], line["old_value"]) == ("is_locked", "True"):
            order = orders[logs[line["log_id"]]["res_id"]]
            act(_plant(demo, order), _moment(line["create_date"]), "unlocked", order["product_id"])
            touched.add(order["id"])
    [locked] = [field["id"] for field in demo["ir_model_fields"] if field["name"] == "locked"]
    purchases = {purchase["id"]: purchase for purchase in demo["purchase_order"]}
    products = {line["order_id"]: line["product_id"] for line in reversed(demo["purchase_order_line"])}
    messages = {message["id"]: message for message in demo["mail_message"]}
    for tracked in demo["mail_tracking_value"]:
        if tracked["field_id"] == locked and tracked["old_value_integer"]:
            message = messages[tracked["mail_message_id"]]
            purchase = purchases[message["res_id"]]
            act(_plant(demo, purchase), _moment(message["date"]), "unlocked", products[purchase["id"]])
    codes = {stock_location_id(plant): plant.code for plant in BY_CODE.values()}
    for move in (move for move in demo["stock_move"] if move["is_inventory"]):
        act(codes[move["location_dest_id"]], _moment(move["date"]), "stock adjusted", move["product_id"])
    for order_id, order in orders.items():
        if order["state"] == "done":
            ended = _moment(order["date_finished"])
            found["manual_intervention_share"].append(Case(_plant(demo, order), ended, 0, order_id in touched))
    return found


def _reactions(demo, now: datetime) -> dict[str, list[Case]]:
    """Delays, shortages and changes of quantity; answered by a new plan, or by what was made for the order."""
    orders = {order["id"]: order for order in demo["mrp_production"]}
    answers, plans = defaultdict(list), _written_plans(demo)
    for made in (*demo["purchase_order"], *demo["mrp_production"]):
        if made["origin"]:
            answers[made["company_id"], made["origin"]].append(_moment(made["create_date"]))
    quantities = {field["id"] for field in demo["ir_model_fields"] if field["name"] == "product_qty"}
    messages, changed = {message["id"]: message for message in demo["mail_message"]}, defaultdict(list)
    for tracked in demo["mail_tracking_value"]:
        if tracked["field_id"] in quantities:
            message = messages[tracked["mail_message_id"]]
            changed[message["res_id"]].append(_moment(message["date"]))
    found, kept = defaultdict(list), defaultdict(list)
    quarantine = {place["id"] for place in demo["stock_location"] if place["name"] == "Quarantine"}
    for line in demo["stock_move_line"]:
        if line["lot_id"] and line["location_dest_id"] in quarantine and line["state"] == "done":
            kept[f"stock.lot,{line['lot_id']}"].append(_moment(line["date"]))
    for order_id, changes in _changes(demo, "mrp.production").items():
        order, disturbed, short = orders[order_id], [], None
        family = FAMILIES.get(order["product_id"], ORDINARY)
        reached = {new: at for at, _, field, new in reversed(changes) if field == "state"}
        released = reached.get("confirmed")
        begun = min((reached[state] for state in ("progress", "done", "cancel") if state in reached), default=None)
        ended = reached.get("done", reached.get("cancel"))
        for at, _, field, new in changes:
            if field == "reservation_state":
                disturbed += [("shortage", short, at)] if short else []
                short = at if new in ("confirmed", "waiting") else None
        disturbed += [("shortage", short, ended)] if short else []
        # Odoo stamps a message up to a second after the audit log.
        written = [(at, plan) for at, plan in sorted(plans[order_id].items()) if released and at >= released - SECOND]
        written = [(at, plan) for at, plan in written if begun is None or at < begun - SECOND]
        for (_, plan), (replaced, _) in zip(written, [*written[1:], (datetime.max, None)], strict=False):
            start = plan["date_start"]
            if start < replaced and start + timedelta(hours=8) < (begun or now) and order["backorder_sequence"] < 2:
                disturbed.append(("delay", start, begun))
        if released:
            disturbed += [
                ("demand change", at, ended)
                for at in changed[order_id]
                if at > released and (ended is None or at < ended)
            ]
        own = [(at, "procurement") for at in answers[order["company_id"], order["name"].removesuffix("-001")]]
        own += [(at, "re-plan") for at, _ in written[1:]]
        for trigger, since, until in disturbed:
            done = [(at, what) for at, what in own if since - timedelta(seconds=5) <= at <= (until or now)]
            reacted, reaction = min(done, default=(None, "none"))
            tags = frozenset({("trigger", trigger), ("reaction", reaction), family})
            _react(found, _plant(demo, order), since, reacted, until, tags)
    for plant, _, inspection, changes, gone in _inspected(demo):
        failed = [at for at, _, _, new in changes if new == "waiting"]
        if failed:
            again = [(at, "rework") for at, _, _, new in changes if new == "draft" and at > failed[0]]
            again += [(gone, "containment")] if gone else []
            again += [(at, "containment") for at in kept[inspection["object_id"]]]
            reacted, reaction = min(again, default=(None, "none"))
            tags = frozenset({("trigger", "failed check"), ("reaction", reaction)})
            _react(found, plant, failed[0], reacted, None, tags)
            if now - timedelta(weeks=FORGETFUL_WEEKS) <= failed[0] <= now - timedelta(weeks=3):
                found["unanswered_check_share"].append(Case(plant, failed[0], 0, not again))
    return found


def _react(found, plant: str, since: datetime, reacted: datetime | None, until: datetime | None, tags) -> None:
    """One disturbance: answered, ended without an answer, or open."""
    seconds = max(0.0, (reacted - since).total_seconds()) if reacted else OPEN
    if reacted or until is None:
        found["reaction_time"].append(Case(plant, since, seconds, tags=tags))
    if reacted or until:
        found["no_reaction_share"].append(Case(plant, since, 0, not reacted, tags=tags))
    found["reaction_count"].append(Case(plant, since, 1, tags=tags))


def _written_plans(demo) -> dict[int, dict[datetime, dict[str, datetime]]]:
    """What the audit log says was written over the plan of an order: when, and the new dates by their field."""
    logs, planned = {log["id"]: log for log in demo["auditlog_log"]}, defaultdict(dict)
    for line in demo["auditlog_log_line"]:
        if line["field_name"] not in ("date_start", "date_finished"):
            continue
        log = logs[line["log_id"]]
        written = planned[log["res_id"]].setdefault(_moment(log["create_date"]), {})
        written[line["field_name"]] = _moment(line["new_value"])
    return planned


def _plans(demo, now: datetime) -> dict[str, list[Case]]:
    """Orders by the plans written from their release to their start, as the audit log has them: whether they start by
    the first of them, with eight hours' grace; how many followed; whether they end in the week planned as it began."""
    planned = _written_plans(demo)
    orders = {order["id"]: order for order in demo["mrp_production"]}
    found = defaultdict(list)
    for order_id, changes in _changes(demo, "mrp.production").items():
        order, plant = orders[order_id], _plant(demo, orders[order_id])
        reached = {new: at for at, _, field, new in reversed(changes) if field == "state"}
        released, started = reached.get("confirmed"), reached.get("progress")
        # Odoo stamps a message up to a second after the audit log.
        is_known = {released, released and released - SECOND} & planned[order_id].keys()
        if not is_known or "cancel" in reached or order["backorder_sequence"] > 1:
            continue
        plans = sorted(planned[order_id].items())
        plans = [(at, plan) for at, plan in plans if started is None or at < started - SECOND]
        due = plans[0][1]["date_start"] + timedelta(hours=8)
        if due <= now:
            found["start_adherence"].append(Case(plant, due, 0, started is not None and started <= due))
        done = reached.get("done")
        finish = plans[0][1]["date_finished"] + timedelta(hours=8)
        if finish <= now:
            found["completion_adherence"].append(Case(plant, finish, 0, done is not None and done <= finish))
        if started:
            found["replan_churn"].append(Case(plant, started, len(plans) - 1))
        found["replan_count"] += [Case(plant, at, 1) for at, _ in plans[1:]]
        zone = ZoneInfo(BY_CODE[plant].company.tz)
        for (at, plan), (replaced, _) in zip(plans, [*plans[1:], (datetime.max, None)], strict=True):
            finish = plan["date_finished"]
            day = finish.replace(tzinfo=UTC).astimezone(zone)
            monday = (day - timedelta(days=day.weekday())).replace(hour=0, minute=0, second=0)
            locked, ended = (
                moment.astimezone(UTC).replace(tzinfo=None) for moment in (monday, monday + timedelta(days=7))
            )
            if at <= locked < replaced and ended <= now and (done is None or done > locked):
                found["mps_attainment"].append(Case(plant, finish, 0, done is not None and done < ended))
    return found


def _deviations(demo) -> dict[str, list[Case]]:
    """Purchase orders approved more than once, in Odoo or by reviews; production orders complete before they began, or
    done without a beginning."""
    found, approvals = defaultdict(list), Counter()
    for id, changes in _changes(demo, "purchase.order").items():
        states = [new for _, _, field, new in changes if field == "state"]
        approvals[id] += list(pairwise(states)).count(("to approve", "purchase"))
    approvals.update(review["res_id"] for review in demo["tier_review"] if review["status"] == "approved")
    for purchase in demo["purchase_order"]:
        case = Case(_plant(demo, purchase), _moment(purchase["create_date"]), 0, approvals[purchase["id"]] > 1)
        found["double_approval_share"].append(case)
    changed = _changes(demo, "mrp.production")
    for order in demo["mrp_production"]:
        states = [new for _, _, field, new in changed.get(order["id"], ()) if field == "state"]
        is_early = ("to_close", "progress") in pairwise(states)
        case = Case(_plant(demo, order), _moment(order["create_date"]), 0, is_early)
        found["early_report_share"].append(case)
        if order["state"] == "done" and not {"progress", "to_close"} & {*states}:
            tags = frozenset({FAMILIES.get(order["product_id"], ORDINARY)})
            found["unbegun_order_count"].append(Case(case.plant, case.started, 1, tags=tags))
    return found


def _sent(demo, now: datetime) -> list[Case]:
    """Purchases of the last 26 weeks that were ordered or cancelled, and whether the request was sent before."""
    changed, tags = (
        _changes(demo, "purchase.order"),
        frozenset({("workflow", "purchase"), ("activity", "request sent")}),
    )
    return [
        Case(
            _plant(demo, purchase),
            _moment(purchase["create_date"]),
            0,
            any((field, new) == ("state", "sent") for _, _, field, new in changed.get(purchase["id"], ())),
            tags=tags,
        )
        for purchase in demo["purchase_order"]
        if purchase["state"] in ("purchase", "cancel") and _moment(purchase["create_date"]) > now - timedelta(weeks=26)
    ]


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
        decided = [_moment(t["reviewed_date"]) for t in reviews[purchase["id"]] if t["reviewed_date"]]
        first = min(decided, default=None) if reviews[purchase["id"]] else end
        seconds = (first - since).total_seconds() if first else OPEN
        found["purchase_first_decision_time"].append(Case(_plant(demo, purchase), since, seconds))
    with_approval = {purchase["id"] for purchase, _, _ in asked}
    for purchase in (purchase for purchase in purchases.values() if purchase["date_approve"]):
        at = _moment(purchase["date_approve"])
        found["purchase_auto_approval_share"].append(
            Case(_plant(demo, purchase), at, 0, purchase["id"] not in with_approval)
        )
    for purchase, since, end in asked:
        plant = _plant(demo, purchase)
        seconds = (end - since).total_seconds() if end else OPEN
        found["purchase_approval_turnaround"].append(Case(plant, since, seconds))
        if end:
            local = end.replace(tzinfo=ZoneInfo("UTC")).astimezone(ZoneInfo(BY_CODE[plant].company.tz))
            found["weekend_approval_share"].append(Case(plant, since, 0, local.weekday() >= 5))
        else:
            found["approval_age"].append(Case(plant, since, (now - since).total_seconds()))
    activities = {activity["id"]: activity for activity in demo["mail_activity"]}
    models = {model["id"]: model["model"] for model in demo["ir_model"]}
    for log in demo["auditlog_log"]:
        if models[log["model_id"]] == "mail.activity":
            activity, at = activities[log["res_id"]], _moment(log["create_date"])
            late = at > _moment(activity["create_date"]) + timedelta(days=3)
            kpi = "approval_escalation_count" if late else "approval_delegation_count"
            found[kpi].append(Case(_plant(demo, purchases[activity["res_id"]]), at, 0))
    products = {line["order_id"]: line["product_id"] for line in reversed(demo["purchase_order_line"])}
    for purchase, since, end in _steps(demo, purchases):
        plant, amount = _plant(demo, purchase), purchase["amount_untaxed"]
        risk = "low" if amount < 1000 else "medium" if amount < 10000 else "high"
        product = PRODUCT[products[purchase["id"]]]
        tags = frozenset({("risk_class", risk), ("product", f"[{product.code}] {product.name}")})
        found["purchase_approval_step_time"].append(
            Case(plant, since, (end - since).total_seconds() if end else OPEN, tags=tags)
        )
        if end is None:
            found["open_approval_count"].append(Case(plant, since, 1, tags=tags))
        due = since + timedelta(days=3)
        if due <= now:
            found["approval_sla_breach_share"].append(Case(plant, due, 0, end is None or end > due))
        if end:
            found["rubber_stamp_share"].append(Case(plant, end, 0, end - since <= timedelta(seconds=10)))
        if end is None and due <= now:
            found["overdue_approval_count"].append(Case(plant, due, 0))
    return found


def _steps(demo, purchases):
    """Purchase, begin and end of each step that was decided or is open: a tier's turn comes with the one before."""
    for purchase_id, changes in _changes(demo, "purchase.order").items():
        states = [(at, new) for at, _, field, new in changes if field == "state"]
        for (since, state), (end, became) in zip(states, [*states[1:], (None, None)], strict=True):
            if state == "to approve" and became in (None, "purchase"):
                yield purchases[purchase_id], since, end
    turn = {}
    for review in demo["tier_review"]:
        since = turn.get(review["res_id"], _moment(review["create_date"]))
        end = _moment(review["reviewed_date"]) if review["reviewed_date"] else None
        turn[review["res_id"]] = end
        if review["status"] in ("approved", "rejected", "pending"):
            yield purchases[review["res_id"]], since, end


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
