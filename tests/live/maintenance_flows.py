"""Flows of machines that fail, are mended and kept. Each function plays one case in one plant and returns its truth."""

from datetime import timedelta

from tests.live.player import text
from tests.live.scene import flow
from tests.live.truth import Expected, local

NEW, BUSY, REPAIRED = range(1, 4)  # Odoo's own stages
FAILURE, SLOW = "block_reason1", "block_reason4"  # lost availability, lost speed
LOG = "mrp.workcenter.productivity"


@flow(days_ago=41)
def mended(p):
    """Taken up, blocked twice, mended."""
    created, taken, done = p.at(), p.at(hours=3, minutes=4, seconds=5), p.at(days=3, hours=6, minutes=7, seconds=8)
    waits = [(p.at(hours=9, seconds=1), p.at(days=1, seconds=2)), (p.at(days=2, seconds=3), p.at(days=3, seconds=4))]
    request = p.new_request(created)
    p.on_request(taken, request, stage_id=BUSY)
    for began, ended in waits:
        p.on_request(began, request, kanban_state="blocked")
        p.on_request(ended, request, kanban_state="normal")
    p.on_request(done, request, stage_id=REPAIRED)
    return [p.maintenance(request, "mended", created, responded=taken, done=done, waits=waits)]


@flow(days_ago=36)
def mended_in_one_step(p):
    """Mended at once while it was blocked: the change of stage ends the mark, too."""
    created, blocked, done = p.at(), p.at(hours=2, seconds=12), p.at(days=1, hours=7, minutes=17, seconds=18)
    request = p.new_request(created)
    p.on_request(blocked, request, kanban_state="blocked")
    p.on_request(done, request, stage_id=REPAIRED)
    return [p.maintenance(request, "in one step", created, responded=done, done=done, waits=[(blocked, done)])]


@flow(days_ago=26)
def mended_again(p):
    """Mended, taken up again, mended: the last end counts."""
    created, taken, done = p.at(), p.at(hours=1, seconds=21), p.at(days=4, hours=2, seconds=22)
    request = p.new_request(created)
    p.on_request(taken, request, stage_id=BUSY)
    p.on_request(p.at(days=1), request, stage_id=REPAIRED)
    p.on_request(p.at(days=2), request, stage_id=BUSY)
    p.on_request(done, request, stage_id=REPAIRED)
    return [p.maintenance(request, "mended twice", created, responded=taken, done=done)]


@flow(days_ago=9)
def not_mended(p):
    """One that nobody took up, one that waits for a part, and one that was cancelled."""
    taken, blocked = p.at(days=1, seconds=31), p.at(days=1, hours=2, seconds=32)
    one, two, three = (p.new_request(p.at()) for _ in range(3))
    p.on_request(taken, two, stage_id=BUSY)
    p.on_request(blocked, two, kanban_state="blocked")
    p.on_request(p.at(hours=4), three, kanban_state="blocked")
    p.step(p.at(days=2), "admin", "maintenance.request", "archive_equipment_request", [three])
    return [
        p.maintenance(one, "nobody took it up", p.at()),
        p.maintenance(two, "blocked", p.at(), responded=taken, waits=[(blocked, None)]),
        p.maintenance(three, "cancelled", p.at(), kind=None),
    ]


@flow(days_ago=38)
def kept(p):
    """Services: done in the last minutes of its day, and Odoo plans the next one; done the day after; not done."""
    day = local(p.plant.company_name, p.at(days=3).date(), 9)
    last = local(p.plant.company_name, p.at(days=3).date(), 24) - timedelta(minutes=3)
    planned = {"maintenance_type": "preventive", "schedule_date": text(day)}
    again = {"recurring_maintenance": True, "repeat_interval": 90, "repeat_unit": "day", "repeat_type": "forever"}
    one = p.new_request(p.at(), **planned, **again)
    late, never = p.new_request(p.at(), **planned), p.new_request(p.at(), **planned)
    anytime = p.new_request(p.at(), maintenance_type="preventive")
    p.on_request(p.at(hours=2), anytime, stage_id=REPAIRED)
    p.on_request(last, one, stage_id=REPAIRED)
    [(following,)] = p.scene.player.sql("select max(id) from maintenance_request")
    p.on_request(last + timedelta(minutes=6), late, stage_id=REPAIRED)
    due = last + timedelta(minutes=3)
    return [
        p.maintenance(one, "on its day", p.at(), kind="preventive", due=due, is_good=True),
        p.maintenance(late, "minutes after its day", p.at(), kind="preventive", due=due, is_good=False),
        p.maintenance(never, "not done", p.at(), kind="preventive", due=due, is_good=False),
        p.maintenance(anytime, "planned for no day", p.at(), kind="preventive"),
        p.maintenance(following, "not yet due", p.at(), kind="preventive"),
    ]


@flow(days_ago=35)
def machine_down(p):
    """Down over a night, slow for a while, and down since some days."""
    began, ended = p.at(hours=5, seconds=41), p.at(days=1, hours=9, minutes=42, seconds=43)
    slow, since = p.at(days=2), p.at(days=31, hours=3, seconds=44)
    one = p.block(began, FAILURE)
    p.step(ended, "admin", "mrp.workcenter", "unblock", [p.machine])
    two = p.block(slow, SLOW, date_start=text(p.at(days=1, hours=20)), date_end=text(slow))
    three = p.block(since, FAILURE)
    return [
        p.expected("downtime", LOG, one, "over a night", at=text(began), amount=p.worked(began, ended)),
        Expected("downtime", LOG, two, p.plant.key, "slow, not down"),
        p.expected("downtime", LOG, three, "still down", at=text(since)),
    ]
