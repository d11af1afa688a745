"""Flows of goods that are held. Each function plays one case in one plant and returns its truth."""

from tests.live.scene import flow


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
    cancelled = p.new_inspection(created, 1.5)
    p.on_inspection(p.at(days=2), cancelled, "action_cancel")
    return [
        p.inspection(waiting, "waits for the supervisor", created, None, "open"),
        p.inspection(begun, "planned first: begins when it is ready", ready, None, "open"),
        p.inspection(planned, "only planned: no hold"),
        p.inspection(cancelled, "cancelled: no hold"),
    ]
