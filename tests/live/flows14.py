"""Plays flows into the running Odoo 14 and returns the truth: those of Odoo 19 that go alike there, and its own.

On Odoo 14 nobody reserves by himself: a confirmed order is short until someone checks its availability (or the
scheduler does), even where the stock is there.
"""

from datetime import UTC, datetime

from tests.live import production_flows, purchase_flows, quality_flows  # noqa: F401 (they fill FLOWS)
from tests.live.player import Player, hour_of
from tests.live.purchase_flows import HIGH, LOW, approval
from tests.live.scene import FLOWS, flow
from tests.live.scene14 import Scene14

ALIKE = [
    "short_then_done",
    "still_draft",
    "still_short",
    "ready_lost_ready",
    "cancelled_in_draft",
    "cancelled_while_short",
    "cancelled_when_ready",
    "started_while_short",
    "approved",
    "waiting_for_approval",
    "cancelled_in_approval",
    "second_round_approved",
    "under_the_limit",
    "confirmed_by_manager",
    "tiers_approved",
    "second_tier_open",
    "first_tier_rejected",
    "both_tiers_open",
    "parallel_tiers_approved",
    "parallel_tier_rejected",
    "parallel_tiers_open",
    "released_from_quarantine",
    "released_in_part",
    "still_in_quarantine",
]
FLOWS_14 = [(days_ago, function) for days_ago, function in FLOWS if function.__name__ in ALIKE]


@flow(days_ago=71, flows=FLOWS_14)
def ready_when_checked(p):
    """Stock is there before release, but the order waits until its availability is checked."""
    created, released, ready = p.at(), p.at(hours=3, seconds=7), p.at(hours=20, minutes=5)
    done = p.at(days=2, hours=4, minutes=20)
    p.stock_arrives(p.at(hours=-2), 10)
    order = p.new_order(created)
    p.on_order(released, order, "action_confirm")
    p.check_availability(ready, order)
    p.finish(done, order)
    return [
        p.production(
            order,
            "ready when checked, closed in one step without a start",
            created=created,
            released=released,
            ready=ready,
            done=done,
            shortages=[(released, ready)],
        )
    ]


@flow(days_ago=63, flows=FLOWS_14)
def work_order_done(p):
    """Worked through a work order: the only thing that fills ``date_start`` on Odoo 14."""
    created, released, ready = p.at(), p.at(days=1, hours=2, seconds=5), p.at(days=2, hours=7, minutes=41)
    started, closed, done = p.at(days=3), p.at(days=3, hours=8, seconds=58), p.at(days=5, minutes=2)
    order = p.new_order(created)
    p.add_work_order(created, order)
    p.on_order(released, order, "action_confirm")
    p.stock_arrives(ready, 10)
    p.on_work_order(started, order, "button_start")
    p.on_work_order(closed, order, "button_finish")
    p.finish(done, order)
    return [
        p.production(
            order,
            "worked through a work order, done",
            created=created,
            released=released,
            ready=ready,
            started=started,
            done=done,
            shortages=[(released, ready)],
        )
    ]


@flow(days_ago=8, flows=FLOWS_14)
def in_progress_when_ready(p):
    """Ready, started and not finished."""
    created, released, ready = p.at(), p.at(hours=7, seconds=16), p.at(days=1, seconds=3)
    started = p.at(days=2, hours=1, minutes=2, seconds=3)
    order = p.new_order(created)
    p.on_order(released, order, "action_confirm")
    p.stock_arrives(ready, 10)
    p.start(started, order)
    times = {"created": created, "released": released, "ready": ready, "started": started}
    return [p.production(order, "in progress", **times, shortages=[(released, ready)])]


@flow(days_ago=34, flows=FLOWS_14)
def done_in_part(p):
    """Three of five made and closed; the backorder finds no stock and stays open."""
    created, released, ready = p.at(), p.at(hours=1, minutes=1, seconds=1), p.at(hours=9, seconds=50)
    started, done = p.at(days=1, hours=2), p.at(days=2, hours=9, minutes=9, seconds=9)
    order = p.new_order(created)
    p.on_order(released, order, "action_confirm")
    p.stock_arrives(ready, 10)
    p.start(started, order)
    p.produce(p.at(days=1, hours=22), order, 3)
    rest = p.finish_part(done, order)
    return [
        p.production(
            order,
            "done in part, the rest in a backorder",
            created=created,
            released=released,
            ready=ready,
            started=started,
            done=done,
            shortages=[(released, ready)],
        ),
        p.backorder(rest, "backorder, ready when split off", done, ready=done),
    ]


@flow(days_ago=57, flows=FLOWS_14)
def approved_and_locked(p):
    """Approved while the company locks what is approved: Odoo 14 goes from 'to approve' to 'done' in one step."""
    asked, decided = p.at(hours=2, seconds=18), p.at(days=3, hours=5, minutes=6, seconds=17)
    order = p.new_purchase(p.at(), HIGH)
    p.on_purchase(asked, order, "button_confirm", "buyer")
    p.scene.lock_approved_orders(p.at(days=3), p.plant.company, True)
    p.on_purchase(decided, order, "button_approve", p.approver)
    p.scene.lock_approved_orders(p.at(days=4), p.plant.company, False)
    return [
        p.purchase(
            order,
            "double validation, approved and locked in one step",
            rounds=[(asked, decided)],
            steps=[approval(asked, decided, p.approver)],
        )
    ]


@flow(days_ago=52, flows=FLOWS_14)
def dearer_then_approved(p):
    """The price rises above the limit before approval is asked for: a tracked amount of money."""
    asked, decided = p.at(hours=4, seconds=38), p.at(days=1, hours=6, seconds=47)
    order = p.new_purchase(p.at(), LOW)
    [(line,)] = p.scene.player.sql("select id from purchase_order_line where order_id = %s", order)
    dearer = {"order_line": [(1, line, {"price_unit": HIGH / 10})]}
    p.step(p.at(hours=2), "buyer", "purchase.order", "write", [order], dearer)
    p.on_purchase(asked, order, "button_confirm", "buyer")
    p.on_purchase(decided, order, "button_approve", p.approver)
    return [
        p.purchase(
            order,
            "dearer before it was asked for, approved",
            rounds=[(asked, decided)],
            steps=[approval(asked, decided, p.approver)],
        )
    ]


def play(env, anchor=None):
    """Play all flows and return the truth, one dict per expected (or forbidden) KPI row."""
    player = Player(env, anchor or hour_of(datetime.now(UTC).replace(tzinfo=None)))
    try:
        return list(Scene14(player, FLOWS_14).play(FLOWS_14))
    finally:
        player.close()
