"""Flows of work orders and of what planners and supervisors do by hand. Each function plays one case in one plant."""

from datetime import timedelta

from tests.live.player import text
from tests.live.purchase_flows import HIGH, LOW
from tests.live.scene import flow
from tests.live.truth import absent, exception, local


class Facts:
    """Rows of truth of one flow."""

    def __init__(self, *rows):
        self.found = rows

    def rows(self):
        """The rows."""
        return list(self.found)


def fact(p, kpi, model, id, note, **expect):
    """One row of a KPI with what its columns must say."""
    return told(p, model, id, note) | {"kpi": kpi, "expect": expect}


def named(p, rule, model, id, note, since=None, **more):
    """A record that an exception names since then; without a moment, that it does not."""
    return exception(rule, model, id, p.plant.key, since, note, **more)


def told(p, model, id, note):
    """What every row says of its record."""
    record = {"record_model": model, "record_id": id}
    return record | {"plant": p.plant.key, "company": p.plant.company_name, "note": note}


@flow(days_ago=68)
def worked_in_two_goes(p):
    """One work order, timed in two goes with a night between them."""
    created, released, done = p.at(), p.at(hours=2, seconds=3), p.at(days=3, minutes=41, seconds=12)
    first, paused = p.at(days=1, hours=1), p.at(days=1, hours=4, seconds=20)
    again, closed = p.at(days=2, hours=1, minutes=7), p.at(days=2, hours=2, minutes=19, seconds=30)
    p.stock_arrives(p.at(hours=-2), 10)
    p.add_operation(p.at(hours=-1))
    order = p.new_order(created)
    p.on_order(released, order, "action_confirm")
    p.on_work_order(first, order, "button_start")
    p.on_work_order(paused, order, "button_pending")
    p.on_work_order(again, order, "button_start")
    p.on_work_order(closed, order, "button_finish")
    p.finish(done, order)
    worked = (paused - first + closed - again).total_seconds()
    note = "timed in two goes"
    return [
        p.production(
            order, note, created=created, released=released, ready=released, started=first, done=done
        ),
        Facts(
            fact(
                p, "flow_share", "mrp.production", order, note,
                at=text(done), numerator=worked, denominator=(done - first).total_seconds(),
            ),
            named(p, "overdue_work_order", "mrp.workorder", p.work_order(order), note),
        ),
    ]  # fmt: skip


@flow(days_ago=64)
def closed_without_timing(p):
    """Begun by hand and closed as a whole: Odoo writes the expected time into the work order's log."""
    created, released, started, done = p.at(), p.at(hours=1), p.at(days=1), p.at(days=1, hours=6, seconds=45)
    p.stock_arrives(p.at(hours=-2), 10)
    p.add_operation(p.at(hours=-1))
    order = p.new_order(created)
    p.on_order(released, order, "action_confirm")
    p.start(started, order)
    p.finish(done, order)
    note = "work order closed with its order, never timed"
    return [
        p.production(
            order, note, created=created, released=released, ready=released, started=started, done=done
        ),
        Facts(absent("flow_share", "mrp.production", order, note)),
    ]  # fmt: skip


@flow(days_ago=6)
def work_order_overdue(p):
    """Planned by hand for an hour that has passed, and not begun; another is planned for the week after."""
    created, released, planned = p.at(), p.at(hours=1, seconds=9), p.at(hours=2)
    due = p.at(days=2, hours=3, seconds=14)
    p.stock_arrives(p.at(hours=-2), 20)
    p.add_operation(p.at(hours=-1))
    found = []
    for note, is_due in (
        ("should be finished, and is not begun", True),
        ("is to be finished later", False),
    ):
        order = p.new_order(created)
        p.on_order(released, order, "action_confirm")
        work, finish = p.work_order(order), due if is_due else p.at(days=13)
        # Odoo works out the finish for a start, and the expected time for a finish
        for dates in ({"date_start": text(finish - timedelta(hours=2)), "date_finished": text(finish)},
                      {"date_finished": text(finish)}):  # fmt: skip
            p.step(planned, p.planner, "mrp.workorder", "write", [work], dates)
        found += [
            p.production(order, note, created=created, released=released, ready=released),
            Facts(named(p, "overdue_work_order", "mrp.workorder", work, note, finish if is_due else None)),
        ]
    return found


@flow(days_ago=5)
def work_order_begun(p):
    """Begun and not finished: no part of the flow share yet."""
    created, released, started = p.at(), p.at(hours=1, seconds=9), p.at(days=1, hours=1, seconds=2)
    p.stock_arrives(p.at(hours=-2), 10)
    p.add_operation(p.at(hours=-1))
    order = p.new_order(created)
    p.on_order(released, order, "action_confirm")
    p.on_work_order(started, order, "button_start")
    note = "work order begun and not finished"
    return [
        p.production(order, note, created=created, released=released, ready=released, started=started),
        Facts(absent("flow_share", "mrp.production", order, note)),
    ]


@flow(days_ago=40)
def planned_anew(p):
    """With an audit log: planned for a Wednesday, moved twice after the release, and done in another week; beside it
    one that keeps its week."""
    [(model,)] = p.scene.player.sql("select id from ir_model where model = 'mrp.production'")
    values = {"name": "plans", "model_id": model, "log_create": True, "log_write": True}
    rule = p.step(p.at(hours=-3), "admin", "auditlog.rule", "create", values)
    p.step(p.at(hours=-3), "admin", "auditlog.rule", "set_to_confirmed", [rule])
    p.stock_arrives(p.at(hours=-2), 20)
    company, monday = p.plant.company_name, p.at(days=14).date()
    monday -= timedelta(days=monday.weekday())

    def at(days, hour):
        return local(company, monday + timedelta(days=days), hour)

    found = []
    for note, moves, started, done in (
        ("planned anew twice", [(p.at(hours=5), 1), (p.at(days=1, seconds=8), 2)], at(7, 9), at(8, 10)),
        ("never planned anew", [], at(2, 9), at(3, 10)),
    ):
        created, released = p.at(), p.at(hours=2, seconds=7)
        order = p.new_order(created)
        p.step(p.at(hours=1), p.planner, "mrp.production", "write", [order], start_at(at(2, 8)))
        p.on_order(released, order, "action_confirm")
        rows = []
        for moved, days in moves:
            p.step(moved, "pierre", "mrp.production", "write", [order], start_at(at(2 + days, 8)))
            rows.append(fact(
                p, "replan_count", "mrp.production", order, note,
                at=text(moved), amount=1, moved="later", changed_by="Pierre Dubois",
                planned_start_at=text(at(2 + days, 8)), planned_finish_at=text(at(2 + days, 9)),
            ))  # fmt: skip
        p.start(started, order)
        p.finish(done, order)
        rows += [
            fact(
                p, "replan_churn", "mrp.production", order, note,
                at=text(started), numerator=len(moves), denominator=1,
            ),
            fact(
                p, "mps_attainment", "mrp.production", order, note,
                at=text(at(2 + len(moves), 9)), is_good=not moves,
            ),
        ]  # fmt: skip
        if moves:  # late by its last plan
            late = {
                "trigger": "delay",
                "triggered_at": text(at(2 + len(moves), 8)),
                "at": text(started),
                "is_bad": True,
            }
            rows.append(fact(p, "no_reaction_share", "mrp.production", order, note, **late))
        else:
            rows += [
                absent(kpi, "mrp.production", order, note)
                for kpi in ("replan_count", "reaction_time", "no_reaction_share")
            ]
        found += [
            p.production(order, note, created=created, released=released, ready=released, started=started, done=done),
            Facts(*rows),
        ]
    p.step(at(8, 11), "admin", "auditlog.rule", "set_to_draft", [rule])
    p.step(at(8, 11), "admin", "auditlog.rule", "unlink", [rule])
    return found


def start_at(start):
    """A plan, as it is written; Odoo plans an hour for an order without work orders."""
    return {"date_start": text(start)}


def blocker(p, order, note, kind, entered, left=None, **more):
    """A span in which something kept an order from beginning."""
    row = told(p, "mrp.production", order, note) | {"kpi": "release_blocker_count", "started_at": text(entered)}
    row |= {"ended_at": text(left), "expect": {"blocker": kind, "entered_at": text(entered), **more}}
    return row if left is None else {key: value for key, value in row.items() if key != "expect"}


@flow(days_ago=11)
def blocked(p):
    """One order waits for material, one for the work center, and one has no work orders and waits for the approval of a
    purchase that names it."""
    created, released = p.at(), p.at(hours=2, seconds=19)
    asked, decided = p.at(hours=6, seconds=3), p.at(days=2, hours=1, seconds=5)
    bare = p.new_order(created)
    p.add_operation(p.at(minutes=10))
    at_work, waits = p.new_order(p.at(minutes=20)), p.new_order(p.at(minutes=30))
    p.stock_arrives(p.at(hours=1), 20)
    for order in (at_work, waits):
        p.on_order(released, order, "action_confirm")
    p.on_work_order(p.at(days=1), at_work, "button_start")
    short = p.new_order(p.at(hours=3))
    p.on_order(p.at(hours=4), short, "action_confirm")
    [(name,)] = p.scene.player.sql("select name from mrp_production where id = %s", bare)
    for_it = [p.new_purchase(p.at(hours=5), HIGH) for _ in range(2)]
    for purchase in for_it:
        p.step(p.at(hours=5), "buyer", "purchase.order", "write", [purchase], {"origin": name})
        p.on_purchase(asked, purchase, "button_confirm", "buyer")
    p.on_purchase(decided, for_it[0], "button_approve", p.approver)
    due = p.planned(p.at(minutes=30))
    return [
        Facts(
            blocker(p, bare, "no work orders", "routing", created),
            blocker(p, bare, "two purchases wait for approval, one to this day", "approval", asked),
            blocker(p, waits, "the work center is taken", "capacity", due, detail="Assembly was taken"),
            blocker(p, short, "short", "material", p.at(hours=4)),
            absent("release_blocker_count", "mrp.production", at_work, "begun"),
        ),
    ]


@flow(days_ago=37)
def by_hand(p):
    """What a planner does by hand: takes a reservation away and makes it again, cancels an order and makes it again,
    unlocks a purchase, corrects the stock, and ends a job."""
    created, released = p.at(), p.at(hours=2, seconds=3)
    lost, again = p.at(hours=5, seconds=4), p.at(days=1, hours=1, seconds=5)
    cancelled, made = p.at(days=1, hours=3, seconds=6), p.at(days=1, hours=4)
    counted, unlocked, ended = p.at(hours=-2), p.at(days=2, seconds=9), p.at(days=3, hours=2, seconds=8)
    p.stock_arrives(counted, 10)
    [(move,)] = p.scene.player.sql("select max(id) from stock_move where product_id = %s and is_inventory", p.component)
    order = p.new_order(created)
    p.on_order(released, order, "action_confirm")
    p.on_order(lost, order, "do_unreserve")
    p.on_order(again, order, "action_assign")
    wrong = p.new_order(p.at(days=1), quantity=3)
    p.on_order(cancelled, wrong, "action_cancel")
    right = p.new_order(made, quantity=3)
    purchase = p.new_purchase(p.at(hours=1), LOW)
    p.on_purchase(p.at(hours=2), purchase, "button_confirm", "buyer")
    p.on_purchase(p.at(hours=3), purchase, "button_lock", "admin")
    p.on_purchase(unlocked, purchase, "button_unlock", "pierre")
    first, second = p.contacts(p.at(hours=1), in_a_circle=True)
    failed = p.at(hours=2)
    job = p.hang(failed, first, second)
    p.on_job(ended, job, "button_done")
    facts = {"begun": failed, "failed": 1, "failed_at": failed, "ended": ended}

    def did(model, id, kind, at, **more):
        row = fact(p, "manual_intervention_count", model, id, kind, kind=kind, at=text(at), amount=1, **more)
        return row | {"plant": p.only_plant()} if model == "queue.job" else row

    mo = "mrp.production"
    names = {"planner": "Paul Planner", "pierre": "Pierre Dubois"}
    return [
        Facts(
            did(mo, order, "confirmed by hand", released, intervened_by=names[p.planner]),
            did(mo, order, "reservation taken away", lost),
            did(mo, order, "reserved by hand", again),
            did(mo, wrong, "cancelled and made again", cancelled),
            did("purchase.order", purchase, "unlocked", unlocked, intervened_by="Pierre Dubois"),
            did("stock.move", move, "stock adjusted", counted, intervened_by="Mitchell Admin"),
            did("queue.job", job, "job done by hand", ended),
            absent("manual_intervention_count", mo, right, "only made"),
        ),
        p.job(job, "failed, done by hand", "cancelled", failed, **facts),
    ]


@flow(days_ago=24)
def entered_afterwards(p):
    """Work that is entered a day and a transfer that is entered a week after it was done, and one that is entered at
    once."""
    created, released, started = p.at(), p.at(hours=2), p.at(days=1)
    begun, ended, entered = p.at(days=1, hours=1), p.at(days=1, hours=3, seconds=20), p.at(days=2, hours=4, seconds=40)
    soon, done = p.at(days=2, hours=5), p.at(days=3, seconds=11)
    moved, validated = p.at(days=1, hours=2), p.at(days=8, hours=7, seconds=50)
    p.stock_arrives(p.at(hours=-2), 14)
    p.add_operation(p.at(hours=-1))
    order = p.new_order(created)
    p.on_order(released, order, "action_confirm")
    p.start(started, order)
    logs = [p.log_work(entered, order, begun, ended), p.log_work(soon, order, soon - timedelta(minutes=40), soon)]
    p.produce(p.at(days=2, hours=6), order, 5)
    p.finish(done, order)
    picking = p.transfer(validated, p.plant.stock, p.plant.quarantine, 4)
    p.step(p.at(days=9), "pierre", "stock.picking", "write", [picking], {"date_done": text(moved)})
    at_once = p.transfer(p.at(days=9, hours=1), p.plant.quarantine, p.plant.stock, 4)

    def lag(model, id, said, at):
        row = told(p, model, id, "entered afterwards") | {"kpi": "recording_lag"}
        return row | {"started_at": text(said), "ended_at": text(at)}

    def late(model, id, at):
        return fact(
            p, "manual_intervention_count", model, id, "entered afterwards",
            kind="back-dated entry", at=text(at), amount=1,
        )  # fmt: skip

    log, note = "mrp.workcenter.productivity", "work entered by hand, the next day"
    worked = (ended - begun).total_seconds() + 2400
    return [
        p.production(order, note, created=created, released=released, ready=released, started=started, done=done),
        Facts(
            lag(log, logs[0], ended, entered),
            lag(log, logs[1], soon, soon),
            lag("stock.picking", picking, moved, validated),
            lag("stock.picking", at_once, p.at(days=9, hours=1), p.at(days=9, hours=1)),
            late(log, logs[0], entered),
            late("stock.picking", picking, validated),
            absent("manual_intervention_count", log, logs[1], "entered at once"),
            absent("manual_intervention_count", "stock.picking", at_once, "entered at once"),
            fact(p, "manual_intervention_share", "mrp.production", order, note, at=text(done), is_bad=True),
            fact(
                p, "flow_share", "mrp.production", order, note,
                at=text(done), numerator=worked, denominator=(done - started).total_seconds(),
            ),
            named(p, "order_done_without_consumption", "mrp.production", order, note),
        ),
    ]  # fmt: skip


@flow(days_ago=21)
def nothing_consumed(p):
    """A quantity is entered over RPC without its components: Odoo closes the order and consumes nothing."""
    created, released, done = p.at(), p.at(hours=2), p.at(days=2, hours=1, seconds=31)
    p.stock_arrives(p.at(hours=-2), 10)
    order = p.new_order(created)
    p.on_order(released, order, "action_confirm")
    p.step(p.at(days=1), p.planner, "mrp.production", "write", [order], {"qty_producing": 5})
    p.finish(done, order)
    note = "done without consumption"
    detail = "1 component planned, none consumed"
    return [Facts(named(p, "order_done_without_consumption", "mrp.production", order, note, done, detail=detail))]


@flow(days_ago=27)
def answered(p):
    """Shortages that are bought for, that end by themselves, and that last, of orders that nobody begins; inspections
    that fail and are taken up again, or wait."""
    created, released = p.at(), p.at(hours=2, seconds=5)
    bought, arrived = p.at(days=1, hours=3, minutes=4, seconds=6), p.at(days=5, hours=1, seconds=7)
    orders = []
    for number in range(3):
        order = p.new_order(created, quantity=5 if number < 2 else 50)
        p.on_order(released, order, "action_confirm")
        orders.append(order)
    [(name,)] = p.scene.player.sql("select name from mrp_production where id = %s", orders[0])
    purchase = p.new_purchase(bought, LOW)
    p.step(bought, "buyer", "purchase.order", "write", [purchase], {"origin": name})
    p.stock_arrives(arrived, 20)
    failed, again = p.at(days=2, seconds=8), p.at(days=4, hours=2, seconds=9)
    inspections = []
    for _ in range(2):
        inspection = p.new_inspection(p.at(days=1), 9.0)
        p.on_inspection(p.at(days=1, hours=1), inspection, "action_todo")
        p.on_inspection(failed, inspection, "action_confirm")
        inspections.append(inspection)
    p.on_inspection(p.at(days=3), inspections[0], "action_approve")
    p.on_inspection(again, inspections[0], "action_draft")

    def reaction(model, id, note, since, until):
        row = told(p, model, id, note) | {"kpi": "reaction_time", "started_at": text(since), "ended_at": text(until)}
        return row | {"plant": p.only_plant()} if model == "qc.inspection" else row

    mo, qc, short = "mrp.production", "qc.inspection", {"trigger": "shortage", "triggered_at": text(released)}
    return [
        Facts(
            reaction(mo, orders[0], "bought for", released, bought),
            reaction(mo, orders[2], "still short", released, None),
            *(reaction(mo, order, "not begun when it was to", p.planned(created), None) for order in orders),
            reaction(qc, inspections[0], "taken up again", failed, again),
            reaction(qc, inspections[1], "waits for the supervisor", failed, None),
            fact(p, "no_reaction_share", mo, orders[0], "bought for", **short, at=text(bought), is_bad=False),
            fact(p, "no_reaction_share", mo, orders[1], "ended by itself", **short, at=text(arrived), is_bad=True),
            absent("no_reaction_share", mo, orders[2], "still short"),
            absent("no_reaction_share", qc, inspections[1], "waits for the supervisor"),
            named(p, "stalled_draft_purchase", "purchase.order", purchase, "bought for, and never ordered", bought),
        ),
    ]
