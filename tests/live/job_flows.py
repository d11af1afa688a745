"""Flows of background jobs (OCA queue_job), run by the real job runner, and of a scheduled action, run by Odoo's own
scheduler code. Each function plays one case in one plant.

Some jobs hang one contact below another, and fail as long as that one hangs below the first. Others post on a purchase
order, by which their plant is known, and fail in the name of a contact that is not there. A job whose worker dies is no
flow: the runner starts it again within seconds.
"""

from datetime import timedelta

from tests.live.scene import flow
from tests.live.truth import Exceptional

NOBODY = 10**8
POSTED_WITHIN = timedelta(hours=1)  # the objective of the interface in ops.toml
LONG = timedelta(hours=1)  # from then on it is stuck


@flow(days_ago=40)
def job_done(p):
    """Two jobs that succeed after the usual wait, and one of the same interface that takes hours."""
    created, begun, done = p.at(hours=1), p.at(hours=1, seconds=43), p.at(hours=1, minutes=2, seconds=5)
    asked, ended = p.at(hours=2), p.at(hours=2, seconds=58)
    order = p.new_purchase(p.at(), 100)
    job = p.post(created, order, begun, done)
    another = p.post(asked, order, asked, ended)
    later, slow, slower = p.at(hours=4), p.at(hours=4, seconds=9), p.at(hours=6, minutes=20)
    long = p.post(later, order, slow, slower)
    told = {"limit": POSTED_WITHIN}
    return [
        p.job_for(job, "done at once", "success", created, begun=begun, ended=done, **told),
        p.job_for(another, "begun at once", "success", asked, begun=asked, ended=ended, **told),
        p.job_for(long, "ran long", "success", later, begun=slow, ended=slower, stuck=slow + LONG, **told),
        Exceptional("silent_interface", "queue.job", long, p.plant.key, "ran again since"),
    ]


@flow(days_ago=39)
def job_put_off_then_done(p):
    """Is to run two hours later, and does; nothing of its interface has run since."""
    created, due = p.at(hours=1), p.at(hours=3)
    begun, done = p.at(hours=3, seconds=31), p.at(hours=3, seconds=50)
    order = p.new_purchase(p.at(), 100)
    call = "write({'origin': 'Forecast'})"
    job = p.in_background(created, "purchase.order", f"browse({order})", call, when="eta=86400 * 20")
    p.run_put_off(due, begun, done, job)
    return [
        p.job_for(job, "put off, then done", "success", created, due=due, begun=begun, ended=done),
        p.exception("silent_interface", "queue.job", job, "nothing of its kind has run since", begun),
    ]


@flow(days_ago=38)
def job_failed_twice_then_done(p):
    """Fails, is requeued and fails again, is mended, requeued and succeeds: its row tells of no failure any more, and
    of its first run no more than its failure is known."""
    created, failed, again = p.at(hours=1), p.at(hours=1, seconds=6), p.at(days=1, hours=2)
    done = p.at(days=2, hours=3, minutes=4, seconds=5)
    first, second = p.contacts(p.at(), in_a_circle=True)
    job = p.hang(created, first, second, created, failed)
    p.on_job(again, job, "requeue")
    p.mend(done, second)
    p.on_job(done, job, "requeue")
    facts = {"begun": failed, "failed": 2, "failed_at": failed, "ended": done}
    return [p.job(job, "failed twice, requeued, done", "success", created, **facts)]


@flow(days_ago=36)
def job_done_by_hand(p):
    """Fails, and somebody says that it is done."""
    created, begun = p.at(hours=1), p.at(hours=1, seconds=2)
    failed, closed = p.at(hours=1, seconds=7), p.at(days=1, hours=5, seconds=9)
    first, second = p.contacts(p.at(), in_a_circle=True)
    job = p.hang(created, first, second, begun, failed)
    p.on_job(closed, job, "button_done")
    facts = {"begun": begun, "failed": 1, "failed_at": failed, "ended": closed}
    return [p.job(job, "failed, done by hand", "cancelled", created, **facts)]


@flow(days_ago=33)
def job_tried_again(p):
    """The number it draws is locked by somebody else: it is put off by itself, and succeeds at its second try. When it
    first began is known no more."""
    created, due = p.at(hours=1), p.at(hours=1, minutes=10)
    begun, done = p.at(hours=1, minutes=10, seconds=4), p.at(hours=1, minutes=10, seconds=9)
    numbers = p.numbers(p.at())
    with p.scene.player.locked("ir_sequence", numbers):
        job = p.in_background(created, "ir.sequence", f"browse({numbers})", "next_by_id()", created, created)
        p.put_off(created, job, p.in_weeks())
    p.run_put_off(due, begun, done, job)
    facts = {"due": due, "failed": 1, "failed_at": begun, "ended": done, "is_given_up": False}
    return [p.job(job, "put off by itself, then done", "success", created, stuck=begun, **facts)]


@flow(days_ago=4)
def job_given_up(p):
    """Puts itself off, and fails at the last try it has."""
    created, due, begun = p.at(hours=1), p.at(hours=2), p.at(hours=2, seconds=3)
    failed = p.at(hours=2, seconds=6)
    call = "_test_job(failure_rate=1, failure_retry_seconds=86400 * 20)"
    job = p.in_background(created, "queue.job", "browse()", call, created, created, when="max_retries=2")
    p.run_put_off(due, begun, failed, job)
    facts = {"due": due, "failed": 2, "failed_at": failed, "ended": failed}
    return [p.job(job, "no try left", "failed", created, **facts)]


@flow(days_ago=3)
def job_failed(p):
    """Fails, and nobody has looked yet."""
    created, begun, failed = p.at(hours=1), p.at(hours=1, seconds=2), p.at(hours=1, seconds=8)
    job = p.post(created, p.new_purchase(p.at(), 100), begun, failed, author=NOBODY)
    facts = {"begun": begun, "failed": 1, "failed_at": failed, "ended": failed, "limit": POSTED_WITHIN}
    return [p.job_for(job, "failed", "failed", created, **facts)]


@flow(days_ago=3)
def job_waits_for_another(p):
    """Is to run once another one has succeeded, which has failed."""
    created, begun, failed = p.at(hours=2), p.at(hours=2, seconds=4), p.at(hours=2, seconds=7)
    order = p.new_purchase(p.at(hours=1), 100)
    posts = [f"model.browse({order}).delayable().message_post(body='Sent', author_id={NOBODY})"] * 2
    p.enqueue(created, "purchase.order", "first = {}\nfirst.on_done({})\nfirst.delay()".format(*posts), begun, failed)
    first, second = p.newest_chain()
    facts = {"begun": begun, "failed": 1, "failed_at": failed, "ended": failed, "limit": POSTED_WITHIN}
    return [
        p.job_for(first, "failed before another", "failed", created, **facts),
        p.job_for(second, "waits for another", "waiting", created, stuck=created + LONG, limit=POSTED_WITHIN),
    ]


@flow(days_ago=3)
def job_still_tried_again(p):
    """Has put itself off, for weeks: when it failed is not known."""
    created = p.at(hours=3)
    call = "_test_job(failure_rate=1, failure_retry_seconds=86400 * 20)"
    job = p.in_background(created, "queue.job", "browse()", call, created, created)
    return [p.job(job, "put off by itself", "retrying", created, due=p.in_weeks(), failed=1, stuck=created)]


@flow(days_ago=34)
def job_cancelled(p):
    """Waits for its hour and is cancelled before; another one waits on."""
    cancelled, waiting = p.at(hours=1), p.at(hours=3)
    first, second = p.contacts(p.at())
    jobs = [p.hang(created, first, second, when="eta=86400 * 20") for created in (cancelled, waiting)]
    p.on_job(p.at(hours=2), jobs[0], "button_cancelled")
    due = p.in_weeks()
    return [
        p.job(jobs[0], "cancelled before it ran", "cancelled", cancelled, due=due, ended=p.at(hours=2)),
        p.job(jobs[1], "waits for its hour", "waiting", waiting, due=due),
    ]


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
        p.cron_run(cron, "ran well", done),
        p.cron_run(cron, "failed", failed, failed=True),
        p.cron_run(cron, "failed again", again, failed=True, is_next_failure=True),
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
