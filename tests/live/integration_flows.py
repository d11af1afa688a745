"""Flows of integrations that Odoo itself tells of: a background job for a real order, calls of a webhook, and e-mails;
and of a supplier portal, which leaves a log of what it did in an inbox.

No mail server listens where the real Odoo of these tests looks for one: every e-mail fails.
"""

from tests.live.scene import flow
from tests.live.truth import Held


@flow(days_ago=35)
def job_for_an_order_failed_then_done(p):
    """A job posts on an order in the name of a contact that is not there yet, fails, and is requeued once it is."""
    created, failed, done = p.at(), p.at(hours=3, seconds=4), p.at(days=2, hours=1, seconds=41)
    order = p.new_order(created)
    contact = p.next_contact()
    post = f"message_post(body='Sent to the machine', author_id={contact})"
    job = p.in_background(created, "mrp.production", f"browse({order})", post, failed, failed)
    assert p.step(done, "admin", "res.partner", "create", {"name": f"{p.code} machine"}) == contact
    p.on_job(done, job, "requeue")
    facts = {"begun": failed, "failed": 1, "failed_at": failed, "ended": done}
    return [
        p.production(order, "a job for it failed, and was requeued", created=created),
        Held(p.job_for(job, "failed for an order, requeued, done", "success", created, **facts), order),
    ]


@flow(days_ago=32)
def webhook_called(p):
    """A good call, one for a contact that is not there, one that is refused, and one without a payload."""
    contact = p.step(p.at(hours=-1), "admin", "res.partner", "create", {"name": f"{p.code} called"})
    rule, address = p.webhook("model.browse(int(payload['id']))", "if payload.get('refuse'): raise UserError('no')")
    good, lost, refused, empty = (p.at(hours=hour, seconds=hour) for hour in (1, 2, 3, 4))
    assert p.hook(good, address, {"id": contact}) == 200
    assert p.hook(lost, address, {"id": 10**8}) == 500
    assert p.hook(refused, address, {"id": contact, "refuse": True}) == 500
    assert p.hook(empty, address, {}) == 500
    return [
        p.call(rule, "went well", good),
        p.call(rule, "for nothing", lost, "no record"),
        p.call(rule, "refused", refused, "odoo.exceptions.UserError"),
        p.call(rule, "without a payload", empty, "record_getter"),
    ]


@flow(days_ago=31)
def mail_not_sent(p):
    """An e-mail to somebody who is no contact."""
    failed = p.at(hours=1, seconds=3)
    values = {"subject": "Forecast", "email_to": "jane.doe@plant.example.com", "body_html": "Dear Jane Doe"}
    mail = p.step(p.at(), "admin", "mail.mail", "create", values | {"auto_delete": False})
    p.step(failed, "admin", "mail.mail", "send", [mail])
    return [p.mail("mail.mail", mail, "could not be sent", p.at(), failed, plant=None)]


@flow(days_ago=30)
def purchase_not_mailed(p):
    """A purchase order is written about to its vendor, and the e-mail cannot be sent."""
    failed = p.at(hours=1, seconds=6)
    order = p.new_purchase(p.at(), 100)
    notification = p.write_to_vendor(failed, order)
    told = {"plant": p.plant.key, "error": "mail_smtp"}
    return [p.mail("mail.notification", notification, "could not be sent to the vendor", failed, failed, **told)]


@flow(days_ago=29)
def portal_reports(p):
    """The portal takes a vendor's answer over for a purchase order, which its buyer then confirms; and takes it over
    once more. One run fails, and of one it does not know what became."""
    order = p.new_purchase(p.at(), 100)
    once, shown, again, lost, gone = (p.at(hours=hour, seconds=hour) for hour in (1, 3, 5, 6, 7))
    p.on_purchase(shown, order, "button_confirm", "buyer")
    return [
        p.reported("taken over", "success", once, order),
        p.span("integration_odoo_lag", "purchase.order", order, "confirmed after the report", once, shown),
        p.reported("taken over again", "success", again, order, processed=once),
        p.span("integration_odoo_lag", "purchase.order", order, "nothing came of the second report", again, None),
        p.reported("lost", "failed", lost),
        p.reported("not known", "unknown", gone),
    ]
