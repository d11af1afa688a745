"""Flows of manufacturing orders. Each function plays one case in one plant and returns its truth."""

import time
from datetime import UTC, datetime, timedelta

from tests.live.scene import flow
from tests.live.truth import clocks_changed, local


@flow(days_ago=78)
def short_then_done(p):
    """Confirmed short, stock arrives, started by hand, done."""
    created, released, ready = p.at(), p.at(hours=6, minutes=4, seconds=9), p.at(days=3, hours=1, seconds=33)
    started, done = p.at(days=3, hours=5, minutes=30), p.at(days=4, minutes=12, seconds=1)
    order = p.new_order(created)
    p.on_order(released, order, "action_confirm")
    p.stock_arrives(ready, 10)
    p.start(started, order)
    p.produce(p.at(days=3, hours=23), order, 5)
    p.finish(done, order)
    return [
        p.production(
            order,
            "short at release, ready when stock arrived, done",
            created=created,
            released=released,
            ready=ready,
            started=started,
            done=done,
            shortages=[(released, ready)],
        )
    ]


@flow(days_ago=74)
def short_then_work_order(p):
    """The same through a work order."""
    created, released, ready = p.at(), p.at(days=1, hours=2, seconds=5), p.at(days=2, hours=7, minutes=41)
    started, closed, done = p.at(days=3), p.at(days=3, hours=8, seconds=58), p.at(days=5, minutes=2)
    p.add_operation(p.at(hours=-1))
    order = p.new_order(created)
    p.on_order(released, order, "action_confirm")
    p.stock_arrives(ready, 10)
    p.on_work_order(started, order, "button_start")
    p.on_work_order(closed, order, "button_finish")
    p.finish(done, order)
    return [
        p.production(
            order,
            "short at release, worked through a work order, done",
            created=created,
            released=released,
            ready=ready,
            started=started,
            done=done,
            shortages=[(released, ready)],
        )
    ]


@flow(days_ago=72)
def over_the_change_of_clocks(p):
    """From the Friday before clocks were last changed to the Tuesday after: a weekend of an hour more or less,
    in another night in each of two time zones."""
    company = p.plant.company_name
    sunday = clocks_changed(company, p.scene.player.anchor)

    def at(days, hour, **more):
        return local(company, sunday + timedelta(days=days), hour) + timedelta(**more)

    created, released, done = at(-2, 15, minutes=10, seconds=3), at(1, 9, minutes=20), at(2, 11, seconds=41)
    p.stock_arrives(at(-2, 9), 10)
    order = p.new_order(created)
    p.on_order(released, order, "action_confirm")
    p.finish(done, order)
    return [
        p.production(
            order,
            "released after the clocks were changed",
            created=created,
            released=released,
            ready=released,
            done=done,
        )
    ]


@flow(days_ago=70)
def ready_at_once(p):
    """Stock is there before release; done without ever being in progress."""
    created, released, done = p.at(), p.at(hours=3, seconds=7), p.at(days=2, hours=4, minutes=20)
    p.stock_arrives(p.at(hours=-2), 10)
    order = p.new_order(created)
    p.on_order(released, order, "action_confirm")
    p.finish(done, order)
    return [
        p.production(
            order,
            "ready at release, closed in one step: Odoo keeps the planned start",
            created=created,
            released=released,
            ready=released,
            done=done,
        )
    ]


@flow(days_ago=9)
def ready_and_waiting(p):
    """Ready at release and not started yet."""
    created, released = p.at(), p.at(hours=9, minutes=5)
    p.stock_arrives(p.at(hours=-1), 20)
    order = p.new_order(created)
    p.on_order(released, order, "action_confirm")
    return [p.production(order, "ready at release, not started", created=created, released=released, ready=released)]


@flow(days_ago=12)
def still_draft(p):
    """Created and never released."""
    created = p.at()
    order = p.new_order(created)
    return [p.production(order, "still draft", created=created)]


@flow(days_ago=20)
def still_short(p):
    """Released short and still waiting."""
    created, released = p.at(), p.at(days=1, minutes=1, seconds=1)
    order = p.new_order(created)
    p.on_order(released, order, "action_confirm")
    return [
        p.production(
            order, "short at release and still short", created=created, released=released, shortages=[(released, None)]
        )
    ]


@flow(days_ago=60)
def ready_lost_ready(p):
    """Short, ready, reservation taken away, ready again, done."""
    created, released, ready = p.at(), p.at(hours=1), p.at(days=1, hours=6, seconds=45)
    lost, again = p.at(days=2, hours=2, seconds=2), p.at(days=6, hours=3, minutes=3, seconds=3)
    started, done = p.at(days=6, hours=4), p.at(days=7, hours=1, minutes=50)
    order = p.new_order(created)
    p.on_order(released, order, "action_confirm")
    p.stock_arrives(ready, 10)
    p.on_order(lost, order, "do_unreserve")
    p.on_order(again, order, "action_assign")
    p.start(started, order)
    p.finish(done, order)
    return [
        p.production(
            order,
            "two shortages: at release, and after the reservation was taken away",
            created=created,
            released=released,
            ready=ready,
            started=started,
            done=done,
            shortages=[(released, ready), (lost, again)],
        )
    ]


@flow(days_ago=16)
def ready_then_short(p):
    """Ready once, reservation taken away, short since."""
    created, released, lost = p.at(), p.at(hours=2, seconds=30), p.at(days=3, minutes=9, seconds=9)
    p.stock_arrives(p.at(hours=-3), 10)
    order = p.new_order(created)
    p.on_order(released, order, "action_confirm")
    p.on_order(lost, order, "do_unreserve")
    return [
        p.production(
            order,
            "ready at release, lost the reservation, short since",
            created=created,
            released=released,
            ready=released,
            shortages=[(lost, None)],
        )
    ]


@flow(days_ago=50)
def cancelled_in_draft(p):
    """Cancelled before release."""
    created, cancelled = p.at(), p.at(days=2, hours=3)
    order = p.new_order(created)
    p.on_order(cancelled, order, "action_cancel")
    return [p.production(order, "cancelled while draft", created=created, cancelled=cancelled)]


@flow(days_ago=45)
def cancelled_while_short(p):
    """Released short, then cancelled."""
    created, released, cancelled = p.at(), p.at(hours=4, seconds=44), p.at(days=5, hours=6)
    order = p.new_order(created)
    p.on_order(released, order, "action_confirm")
    p.on_order(cancelled, order, "action_cancel")
    return [p.production(order, "cancelled while short", created=created, released=released, cancelled=cancelled)]


@flow(days_ago=40)
def cancelled_when_ready(p):
    """Short, ready, then cancelled: the waits count, the cycle does not."""
    created, released = p.at(), p.at(hours=5, minutes=5, seconds=5)
    ready, cancelled = p.at(days=2, hours=2), p.at(days=4)
    order = p.new_order(created)
    p.on_order(released, order, "action_confirm")
    p.stock_arrives(ready, 10)
    p.on_order(cancelled, order, "action_cancel")
    return [
        p.production(
            order,
            "cancelled after it was ready",
            created=created,
            released=released,
            ready=ready,
            cancelled=cancelled,
            shortages=[(released, ready)],
        )
    ]


@flow(days_ago=8)
def in_progress(p):
    """Started and not finished."""
    created, released, started = p.at(), p.at(hours=7, seconds=16), p.at(days=2, hours=1, minutes=2, seconds=3)
    p.stock_arrives(p.at(hours=-4), 10)
    order = p.new_order(created)
    p.on_order(released, order, "action_confirm")
    p.start(started, order)
    return [p.production(order, "in progress", created=created, released=released, ready=released, started=started)]


@flow(days_ago=7)
def to_close(p):
    """Everything produced, not closed yet."""
    created, released = p.at(), p.at(hours=2, minutes=22, seconds=22)
    started, produced = p.at(days=1, hours=3), p.at(days=3, hours=8)
    p.stock_arrives(p.at(hours=-1), 10)
    order = p.new_order(created)
    p.on_order(released, order, "action_confirm")
    p.start(started, order)
    p.produce(produced, order, 5)
    return [p.production(order, "to close", created=created, released=released, ready=released, started=started)]


@flow(days_ago=35)
def done_with_backorder(p):
    """Three of five made and closed; the backorder stays open, ready from its first moment."""
    created, released, started = p.at(), p.at(hours=1, minutes=1, seconds=1), p.at(days=1, hours=2)
    done = p.at(days=2, hours=9, minutes=9, seconds=9)
    p.stock_arrives(p.at(hours=-1), 10)
    order = p.new_order(created)
    p.on_order(released, order, "action_confirm")
    p.start(started, order)
    p.produce(p.at(days=1, hours=22), order, 3)
    rest = p.finish_part(done, order)
    return [
        p.production(
            order,
            "done in part, the rest in a backorder",
            created=created,
            released=released,
            ready=released,
            started=started,
            done=done,
        ),
        p.backorder(rest, "backorder, ready when split off; Odoo tracks nothing of that", done, ready=done),
    ]


@flow(days_ago=33)
def backorder_short(p):
    """Stock for three of five; the backorder is short from its first moment and ready later."""
    done, ready, first, rest = short_split(p)
    p.stock_arrives(ready, 10)
    return [
        first,
        p.backorder(rest, "backorder, short when split off, ready later", done, ready=ready, shortages=[(done, ready)]),
    ]


@flow(days_ago=14)
def backorder_still_short(p):
    """The same, but no more stock arrives."""
    done, _, first, rest = short_split(p)
    return [
        first,
        p.backorder(
            rest, "backorder, short since it was split off; Odoo tracks nothing of that", done, shortages=[(done, None)]
        ),
    ]


@flow(days_ago=30)
def started_while_short(p):
    """Started without stock and closed later: the shortage lasts until the end."""
    created, released, started = p.at(), p.at(hours=6), p.at(days=1, hours=3, seconds=13)
    done = p.at(days=4, hours=2, minutes=45)
    order = p.new_order(created)
    p.on_order(released, order, "action_confirm")
    p.start(started, order)
    p.finish(done, order)
    return [
        p.production(
            order,
            "started while short and closed so",
            created=created,
            released=released,
            started=started,
            done=done,
            shortages=[(released, done)],
        )
    ]


@flow(days_ago=26)
def produced_while_short(p):
    """Quantities entered without stock: Odoo calls the order ready in the same moment."""
    created, released, started = p.at(), p.at(hours=6, minutes=16), p.at(days=2, hours=3, seconds=26)
    done = p.at(days=2, hours=9, minutes=45)
    order = p.new_order(created)
    p.on_order(released, order, "action_confirm")
    p.produce(started, order, 2)
    p.produce(p.at(days=2, hours=8), order, 5)
    p.finish(done, order)
    return [
        p.production(
            order,
            "started by entering a quantity while short",
            created=created,
            released=released,
            started=started,
            done=done,
            shortages=[(released, started)],
        )
    ]


@flow(days_ago=22)
def work_order_while_short(p):
    """Work order started without stock: Odoo calls the order ready in the same moment."""
    created, released, started = p.at(), p.at(hours=6, minutes=36), p.at(days=2, hours=3, seconds=36)
    closed, done = p.at(days=2, hours=8), p.at(days=2, hours=9, minutes=55)
    p.add_operation(p.at(hours=-1))
    order = p.new_order(created)
    p.on_order(released, order, "action_confirm")
    p.on_work_order(started, order, "button_start")
    p.on_work_order(closed, order, "button_finish")
    p.finish(done, order)
    return [
        p.production(
            order,
            "work order started while short",
            created=created,
            released=released,
            started=started,
            done=done,
            shortages=[(released, started)],
        )
    ]


@flow(days_ago=19)
def closed_before_plan(p):
    """Closed in one step a day before its planned start."""
    created, released, done = p.at(), p.at(hours=2, seconds=17), p.at(days=1, hours=1, minutes=20)
    p.stock_arrives(p.at(hours=-2), 10)
    order = p.new_order(created)
    p.on_order(released, order, "action_confirm")
    p.finish(done, order)
    return [
        p.production(
            order,
            "closed in one step before its planned start: Odoo keeps that start, so none is known",
            created=created,
            released=released,
            ready=released,
            done=done,
        )
    ]


def in_real_time(scene):
    """An order created and released by the real clock; its times are the client's, off by a second at most
    (more when a call itself took longer)."""
    p = scene.part(scene.plants[0], in_real_time, 0, 0)
    player, options = scene.player, {"company": p.plant.company}
    values = {
        "product_id": p.finished,
        "bom_id": p.bom,
        "product_qty": 5,
        "company_id": p.plant.company,
        "picking_type_id": p.plant.manufacture,
    }
    p.stock_arrives(p.at(hours=-1), 10)
    created = datetime.now(UTC).replace(tzinfo=None)
    order = player.call(p.planner, "mrp.production", "create", values, **options)
    slowest = datetime.now(UTC).replace(tzinfo=None) - created
    time.sleep(2)
    released = datetime.now(UTC).replace(tzinfo=None)
    player.call(p.planner, "mrp.production", "action_confirm", [order], **options)
    slowest = max(slowest, datetime.now(UTC).replace(tzinfo=None) - released)
    return [
        p.production(
            order,
            "played by the real clock",
            created=created,
            released=released,
            ready=released,
            tolerance=1 + int(slowest.total_seconds()),
        )
    ]


def short_split(p):
    """An order with stock for three of five, closed in part."""
    created, released, started = p.at(), p.at(hours=1, minutes=11, seconds=11), p.at(days=1, hours=2)
    produced = p.at(days=1, hours=22, seconds=50)
    done, ready = p.at(days=2, hours=9, minutes=19, seconds=19), p.at(days=6, hours=3, seconds=27)
    p.stock_arrives(p.at(hours=-1), 6)
    order = p.new_order(created)
    p.on_order(released, order, "action_confirm")
    p.start(started, order)
    p.produce(produced, order, 3)
    rest = p.finish_part(done, order)
    first = p.production(
        order,
        "stock for a part only: short until its quantity was entered, done in part",
        created=created,
        released=released,
        started=started,
        ready=produced,
        done=done,
        shortages=[(released, produced)],
    )
    return done, ready, first, rest
