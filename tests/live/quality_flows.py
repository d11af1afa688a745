"""Flows of goods that are held. Each function plays one case in one plant and returns its truth."""

from dataclasses import replace
from datetime import timedelta

from tests.live.player import text
from tests.live.scene import flow
from tests.live.truth import Expected

BEGUN, CLOSED = 2, 3  # of actions
HELD = timedelta(days=4)  # the limit of the exception hold_past_limit


@flow(days_ago=61)
def released_from_quarantine(p):
    """Into quarantine and back into stock."""
    held, released = p.at(hours=2, seconds=3), p.at(days=2, hours=5, minutes=6, seconds=7)
    p.stock_arrives(p.at(), 10)
    entry = p.transfer(held, p.plant.stock, p.plant.quarantine, 10)
    p.transfer(released, p.plant.quarantine, p.plant.stock, 10)
    return [p.hold(entry, "released", held, [(released, "released", 10)])]


@flow(days_ago=58)
def released_in_part(p):
    """Six of ten released, three scrapped, one returned to its supplier."""
    held, released = p.at(hours=1, seconds=13), p.at(days=1, minutes=16, seconds=17)
    scrapped, returned = p.at(days=3, hours=2, seconds=27), p.at(days=4, hours=3, seconds=37)
    p.stock_arrives(p.at(), 10)
    entry = p.transfer(held, p.plant.stock, p.plant.quarantine, 10)
    p.transfer(released, p.plant.quarantine, p.plant.stock, 6)
    p.scrap(scrapped, p.plant.quarantine, 3)
    p.transfer(returned, p.plant.quarantine, p.scene.vendor_location, 1)
    ends = [(released, "released", 6), (scrapped, "scrapped", 3), (returned, "returned", 1)]
    return [p.hold(entry, "released, scrapped and returned in part", held, ends)]


@flow(days_ago=13)
def still_in_quarantine(p):
    """Two deliveries, the first one leaves: first in, first out."""
    first, second, released = p.at(hours=1), p.at(days=1, hours=3, seconds=41), p.at(days=4, seconds=51)
    p.stock_arrives(p.at(), 12)
    one = p.transfer(first, p.plant.stock, p.plant.quarantine, 5)
    two = p.transfer(second, p.plant.stock, p.plant.quarantine, 7)
    p.transfer(released, p.plant.quarantine, p.plant.stock, 5)
    return [
        p.hold(one, "the first to come in", first, [(released, "released", 5)]),
        p.hold(two, "the second is still held", second, [(None, "open", 7)]),
        p.exception("hold_past_limit", "stock.picking", one, "the first left"),
        p.exception("hold_past_limit", "stock.picking", two, "the second stays", second + HELD),
    ]


@flow(days_ago=53)
def inspection_passed(p):
    """An inspection that passes."""
    created, passed = p.at(), p.at(days=1, hours=4, minutes=5, seconds=6)
    inspection = p.new_inspection(created, 1.5)
    p.on_inspection(p.at(hours=1), inspection, "action_todo")
    p.on_inspection(passed, inspection, "action_confirm")
    return [p.inspection(inspection, "passed", created, passed, "released")]


@flow(days_ago=50)
def inspection_failed(p):
    """An inspection that fails, with the supervisor's word on it; of goods that are not named."""
    created, failed = p.at(), p.at(days=2, hours=6, seconds=26)
    inspection = p.new_inspection(created, 9.0)
    p.on_inspection(p.at(hours=1), inspection, "action_todo")
    p.on_inspection(p.at(days=1), inspection, "action_confirm")
    p.on_inspection(failed, inspection, "action_approve")
    return [p.inspection(inspection, "failed", created, failed, "rejected")]


@flow(days_ago=45)
def inspection_passed_after_rework(p):
    """An inspection that fails, is taken up again and passes."""
    created, passed = p.at(), p.at(days=3, hours=7, seconds=36)
    inspection = p.new_inspection(created, 9.0)
    p.on_inspection(p.at(hours=1), inspection, "action_todo")
    p.on_inspection(p.at(hours=2), inspection, "action_confirm")
    p.on_inspection(p.at(hours=8), inspection, "action_approve")
    p.on_inspection(p.at(days=2), inspection, "action_draft")
    p.measured(p.at(days=3), inspection, 1.5)
    p.on_inspection(p.at(days=3, hours=1), inspection, "action_todo")
    p.on_inspection(passed, inspection, "action_confirm")
    return [p.inspection(inspection, "failed, then passed", created, passed, "rework")]


@flow(days_ago=7)
def inspection_waits(p):
    """An inspection that failed and waits for the supervisor, one that is planned, one that was cancelled."""
    created, ready = p.at(), p.at(hours=20, seconds=9)
    waiting = p.new_inspection(created, 9.0)
    p.on_inspection(p.at(hours=1), waiting, "action_todo")
    p.on_inspection(p.at(days=1), waiting, "action_confirm")
    begun = p.new_inspection(created, 1.5, state="plan")
    p.on_inspection(ready, begun, "action_todo")
    planned = p.new_inspection(created, 1.5, state="plan")
    cancelled, model = p.new_inspection(created, 1.5), "qc.inspection"
    p.on_inspection(p.at(days=2), cancelled, "action_cancel")
    return [
        p.inspection(waiting, "waits for the supervisor", created, None, "open"),
        p.inspection(begun, "planned first: begins when it is ready", ready, None, "open"),
        p.inspection(planned, "only planned: no hold"),
        replace(p.exception("hold_past_limit", model, waiting, "waits", created + HELD), plant=p.only_plant()),
        p.exception("hold_past_limit", model, planned, "only planned"),
        p.exception("hold_past_limit", model, cancelled, "cancelled"),
        p.inspection(cancelled, "cancelled: no hold"),
    ]


@flow(days_ago=52)
def all_right(p):
    """Ten made, and nothing wrong."""
    done = p.at(days=1, hours=3, seconds=5)
    order = p.made(done, 10)
    return list(p.quality(order, "all right", done, numerator=10.0, denominator=10.0))


@flow(days_ago=51)
def scrapped_and_unbuilt(p):
    """Of ten two are scrapped for a reason and one is taken apart; a component is scrapped, too."""
    done, scrapped, unbuilt = p.at(days=1, hours=4, seconds=6), p.at(days=2, seconds=7), p.at(days=3, seconds=8)
    order = p.made(done, 10)
    tag = p.step(p.at(), "admin", "stock.scrap.reason.tag", "create", {"name": f"Cracked {p.code}"})
    reason = {"scrap_reason_tag_ids": [(6, 0, [tag])]}
    scrap = p.scrap(scrapped, p.plant.stock, 2, product_id=p.finished, production_id=order, **reason)
    p.unbuild(unbuilt, order, 1)
    part = p.scrap(unbuilt + timedelta(hours=1), p.plant.stock, 1)
    model, facts = "stock.scrap", {"at": text(scrapped), "reason": f"Cracked {p.code}"}
    return [
        *p.quality(order, "two scrapped, one unbuilt", done, numerator=7.0, denominator=10.0, is_reworked=True),
        p.expected("scrap_ratio", "mrp.production", order, "made", at=text(done), numerator=0.0, denominator=10.0),
        p.expected("scrap_ratio", model, scrap, "scrapped", numerator=2.0, denominator=0.0, **facts),
        Expected("scrap_ratio", model, part, p.plant.key, "a component"),
        p.expected("scrapped_quantity", model, scrap, "scrapped", amount=2.0, kind="manufactured", **facts),
        p.expected("scrapped_quantity", model, part, "a component", amount=1.0, kind="bought", reason=None),
    ]


@flow(days_ago=20)
def nonconformity_closed(p):
    """Reported on an order, one action in time, closed."""
    created, planned, acted = p.at(), p.at(days=2, seconds=1), p.at(days=5, hours=1, seconds=2)
    closed = p.at(days=6, hours=2, seconds=3)
    found = p.nonconformity(created)
    action = p.new_action(p.at(days=1), found, p.at(days=8))
    p.on_nonconformity(planned, found, "open")
    p.step(acted, "admin", "mgmtsystem.action", "write", [action], {"stage_id": CLOSED})
    p.on_nonconformity(closed, found, "closed")
    return [
        p.span("nonconformity_age", "mgmtsystem.nonconformity", found, "closed", created, closed),
        p.span("corrective_action_age", "mgmtsystem.action", action, "closed", p.at(days=1), acted),
        p.exception("overdue_corrective_action", "mgmtsystem.action", action, "closed"),
    ]


@flow(days_ago=19)
def nonconformity_open(p):
    """One whose actions are late, not yet late, and closed but taken up again; and one that was cancelled."""
    created, late, since = p.at(), p.at(days=4), p.at(days=1)
    found, dropped = p.nonconformity(created), p.nonconformity(created)
    one = p.new_action(since, found, late)
    two = p.new_action(since, found, p.at(days=40))
    three = p.new_action(since, found, None)
    p.on_nonconformity(p.at(days=2), found, "open")
    p.step(p.at(days=3), "admin", "mgmtsystem.action", "write", [three], {"stage_id": CLOSED})
    p.step(p.at(days=4), "admin", "mgmtsystem.action", "write", [three], {"stage_id": BEGUN})
    p.on_nonconformity(p.at(days=1), dropped, "cancelled")
    model, kpi = "mgmtsystem.action", "corrective_action_age"
    return [
        p.span("nonconformity_age", "mgmtsystem.nonconformity", found, "open", created, None),
        Expected("nonconformity_age", "mgmtsystem.nonconformity", dropped, p.plant.key, "cancelled"),
        *(p.span(kpi, model, id, "open", since, None) for id in (one, two, three)),
        p.exception("overdue_corrective_action", model, one, "late", p.end_of_day(late)),
        p.exception("overdue_corrective_action", model, two, "not yet due"),
        p.exception("overdue_corrective_action", model, three, "of no deadline"),
    ]
