"""Rows in the models that no flow touches, so that every source of a community Odoo has something to read.

They are made once the flows have been played, with the real clock: no KPI of the flows may depend on them.
"""

from __future__ import annotations

from datetime import UTC, datetime

from tests.live.player import Player

JOB = "insert into queue_job (uuid, graph_uuid, name, state, model_name, method_name, channel, user_id, company_id, \
priority, retry, max_retries, exc_name, exc_message, result, func_string, date_created, date_enqueued, date_started, \
date_done) values (%s, null, %s, %s, 'res.partner', 'send', 'root', 2, 1, 10, 1, 5, %s, %s, %s, \
'res.partner(1, 2).send(''Jane Doe'')', now() at time zone 'utc', \
now() at time zone 'utc', now() at time zone 'utc', %s) returning id"
SECRET = "jane.doe@plant.example.com refused by +49 30 901820 {'name': 'Jane Doe'}"
ACCOUNT = "DE89370400440532013000"


def create(env: dict[str, str]) -> None:
    """Makes the rows in the database that `env` leads to."""
    player = Player(env, datetime.now(UTC).replace(tzinfo=None))
    try:
        _audit(player)
        _goods(player)
        _quality(player)
        _machinery(player)
    finally:
        player.close()


def _new(player: Player, model: str, **values) -> int:
    return player.call("admin", model, "create", [values])[0]


def _first(player: Player, model: str, *domain) -> int:
    return player.call("admin", model, "search", list(domain), limit=1)[0]


def _audit(player: Player) -> None:
    model = _first(player, "ir.model", ("model", "=", "stock.move"))
    rule = _new(player, "auditlog.rule", name="moves", model_id=model, log_create=True, log_write=True)
    player.call("admin", "auditlog.rule", "set_to_confirmed", [rule])


def _goods(player: Player) -> None:
    product = _first(player, "product.product", ("is_storable", "=", True), ("tracking", "=", "none"))
    reason = _new(player, "stock.scrap.reason.tag", name="Broken")
    scrap = {"product_id": product, "scrap_qty": 1, "scrap_reason_tag_ids": [[6, 0, [reason]]]}
    scrap = _new(player, "stock.scrap", **scrap)
    player.call("admin", "stock.scrap", "do_scrap", [scrap])
    _new(player, "stock.scrap", product_id=product, scrap_qty=2)
    _new(player, "stock.landed.cost", date="2026-01-05")
    partner = _new(player, "res.partner", name="Steel and Sons")
    _new(player, "res.partner.bank", partner_id=partner, acc_number=ACCOUNT)
    center = _first(player, "mrp.workcenter")
    resource = player.call("admin", "mrp.workcenter", "read", [center], ["resource_id"])[0]["resource_id"][0]
    night = {"date_from": "2026-12-24 00:00:00", "date_to": "2026-12-24 23:00:00"}
    _new(player, "resource.calendar.leaves", name="Overhaul", resource_id=resource, **night)
    _new(player, "resource.calendar.leaves", name="Christmas", **night)
    person = _new(player, "resource.resource", name="Jane Doe", resource_type="user")
    _new(player, "resource.calendar.leaves", name="Ill", resource_id=person, **night)


def _quality(player: Player) -> None:
    product = _first(player, "product.product")
    test = _new(player, "qc.test", name="Look")
    _new(player, "qc.inspection", test=test, object_id=f"product.product,{product}")


def _machinery(player: Player) -> None:
    """Rows that only Odoo's own machinery writes: over SQL, as it does."""
    model = _first(player, "ir.model", ("model", "=", "res.partner"))
    rule = _new(player, "base.automation", name="Partner webhook", model_id=model, trigger="on_webhook")
    action = {"name": "Do", "model_id": model, "state": "code", "code": "pass", "usage": "base_automation"}
    _new(player, "ir.actions.server", base_automation_id=rule, **action)
    server = _new(player, "fetchmail.server", name="Answers of vendors", server_type="imap")
    player.pg.execute(
        "update fetchmail_server set state = 'done', date = now() at time zone 'utc', error_date = now() at time zone "
        "'utc', error_message = %s where id = %s",
        [SECRET, server],
    )
    sms = {"number": "+49 30 901820", "body": "Dear Jane Doe", "state": "error", "failure_type": "sms_credit"}
    _new(player, "sms.sms", **sms)
    cron = _first(player, "ir.cron")
    player.pg.execute(
        "insert into ir_cron_progress (cron_id, done, remaining, timed_out_counter, deactivate, create_date, "
        "write_date) values (%s, 3, 0, 0, false, now() at time zone 'utc', now() at time zone 'utc')",
        [cron],
    )
    player.pg.execute(
        "insert into ir_logging (name, type, level, dbname, path, func, line, message, create_date) values "
        "('Webhook Log', 'server', 'ERROR', current_database(), %s, 'run', '1', %s, now() at time zone 'utc')",
        [f"base_automation({rule})", f"Webhook #{rule} failed: {SECRET}"],
    )
    for uuid, state, name, message, done in (
        ("live-1", "failed", "odoo.exceptions.UserError", SECRET, None),
        ("live-2", "wait_dependencies", None, None, None),  # the runner leaves it alone
        ("live-3", "done", None, None, datetime(2026, 1, 1)),
    ):
        result = "Manually set to done by Jane Doe" if state == "done" else None
        player.pg.execute(JOB, [uuid, "Send to Jane Doe", state, name, message, result, done])
