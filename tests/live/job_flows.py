"""Flows of background jobs (OCA queue_job), run by the real job runner, and of a scheduled action, run by Odoo's own
scheduler code. Each function plays one case in one plant.

The job hangs one contact below another. It fails as long as that one hangs below the first.
"""

from tests.live.scene import flow
from tests.live.truth import Exceptional


@flow(days_ago=40)
def job_done(p):
    """A job that succeeds at once."""
    at = p.at(seconds=5)
    first, second = p.contacts(p.at())
    return [p.job(p.enqueue(at, first, second), "done at once", at, failed=0, status="success")]


@flow(days_ago=38)
def job_failed_twice_then_done(p):
    """Fails, is requeued and fails again, is mended, requeued and succeeds: its row tells of no failure any more."""
    failed, again, done = p.at(hours=1, seconds=6), p.at(days=1, hours=2), p.at(days=2, hours=3, minutes=4, seconds=5)
    first, second = p.contacts(p.at(), in_a_circle=True)
    job = p.enqueue(failed, first, second)
    p.on_job(again, job, "requeue")
    p.mend(done, second)
    p.on_job(done, job, "requeue")
    return [p.job(job, "failed twice, requeued, done", failed, failed=2, status="success", ended=done)]


@flow(days_ago=36)
def job_done_by_hand(p):
    """Fails, and somebody says that it is done."""
    failed, closed = p.at(hours=1, seconds=7), p.at(days=1, hours=5, seconds=9)
    first, second = p.contacts(p.at(), in_a_circle=True)
    job = p.enqueue(failed, first, second)
    p.on_job(closed, job, "button_done")
    return [p.job(job, "failed, done by hand", failed, failed=1, status="cancelled", ended=closed)]


@flow(days_ago=3)
def job_failed(p):
    """Fails, and nobody has looked yet."""
    failed = p.at(hours=1, seconds=8)
    first, second = p.contacts(p.at(), in_a_circle=True)
    return [p.job(p.enqueue(failed, first, second), "failed", failed, failed=1, status="failed")]


@flow(days_ago=34)
def job_cancelled(p):
    """Waits for its hour and is cancelled before; another one waits on."""
    first, second = p.contacts(p.at())
    cancelled = p.enqueue(p.at(hours=1), first, second, later=True)
    p.on_job(p.at(hours=2), cancelled, "button_cancelled")
    waiting = p.enqueue(p.at(hours=3), first, second, later=True)
    return [p.job(cancelled, "cancelled before it ran"), p.job(waiting, "waits for its hour")]


@flow(days_ago=2)
def scheduled_action_fails(p):
    """Runs well once, then fails twice in a row."""
    done, failed, again = p.at(seconds=9), p.at(hours=8, seconds=10), p.at(hours=16, seconds=11)
    name = f"{p.code} may run"
    contact = p.step(p.at(hours=-1), "admin", "res.partner", "create", {"name": name})
    code = f"if not model.search_count([('name', '=', '{name}')]): raise UserError('not yet')"
    cron = p.scheduled(done, "res.partner", code)
    p.step(p.at(hours=1), "admin", "res.partner", "write", [contact], {"name": f"{p.code} may not"})
    p.run_again(failed, cron)
    p.run_again(again, cron)
    return [
        p.cron_run(cron, "ran well", done, failed=0),
        p.cron_run(cron, "failed", failed, failed=1),
        p.cron_run(cron, "failed again", again, failed=1),
        Exceptional("failing_scheduled_action", "ir.cron", cron, None, "failed twice in a row", failed),
    ]


@flow(days_ago=1)
def scheduled_action_recovers(p):
    """Fails once, then runs well."""
    failed, done = p.at(seconds=12), p.at(hours=8, seconds=13)
    name = f"{p.code} may run again"
    cron = p.scheduled(
        failed, "res.partner", f"if not model.search_count([('name', '=', '{name}')]): raise UserError('not yet')"
    )
    p.step(p.at(hours=1), "admin", "res.partner", "create", {"name": name})
    p.run_again(done, cron)
    return [
        # No run is told: that the first one failed is not to be seen in Odoo any more.
        Exceptional("failing_scheduled_action", "ir.cron", cron, None, "runs well again"),
    ]
