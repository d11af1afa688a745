"""Background jobs and runs of scheduled actions, and what is left of their failures."""

import pytest

from tests.rows import at, order, purchase, versions

SUBTYPES = [{"id": 40, "name": "Job failed", "document_model": "queue.job"}, {"id": 2, "name": "Note"}]
USER_ERROR = {"exc_name": "odoo.exceptions.UserError", "exc_message": "no"}


def day(text: str):
    return at(f"2026-01-{text}")


def job(id: int, state: str, created: str = "05 08:00", started: str | None = None, done: str | None = None, **values):
    moments = {"created_at": day(created), "started_at": started and day(started), "done_at": done and day(done)}
    row = {"id": id, "uuid": f"u-{id}", "state": state, "document_model": "stock.picking", "method": "send"}
    return row | {"retry": 1 if started else 0, "max_retries": 5, "company_id": 2, **moments} | values


def failed(number: int, job_id: int, when: str, subtype: int = 40) -> dict:
    row = {"id": number, "document_model": "queue.job", "document_id": job_id, "message_type": "comment"}
    return row | {"subtype_id": subtype, "sent_at": day(when), "created_at": day(when), "created_by_id": 2}


@pytest.fixture(scope="module")
def jobs(build):
    rows = [
        job(1, "done", started="05 08:05", done="05 08:06"),
        job(2, "failed", started="05 09:00", **USER_ERROR),
        job(3, "done", started="07 09:00", done="07 09:01"),  # failed twice and was requeued
        job(4, "done", started="05 09:00", done="06 10:00"),  # failed, then done by hand
        job(5, "done", done="06 10:00"),  # failed, requeued, then done by hand before it ran
        job(6, "cancelled", cancelled_at=day("06 10:00"), started="05 09:00"),
        job(7, "cancelled", cancelled_at=day("06 10:00")),
        job(8, "pending"),
        job(9, "pending", retry=2, eligible_at=day("05 12:00")),
        job(10, "done", started="05 09:00", done="05 09:01", retry=3),  # tried again by itself
        job(11, "started", started="05 09:00"),
        job(12, "wait_dependencies"),
        job(13, "failed", started="05 09:00", exc_name="odoo.addons.queue_job.exception.JobFoundDead"),
        job(14, "failed", started="05 09:00", retry=5, exc_name="odoo.addons.queue_job.exception.FailedJobError"),
        job(15, "done", done="05 09:00", started="05 08:00", result="Manually set to done by Anna"),
    ]
    # 16: seen failed without a message, requeued and done; 17: seen failed without a message, done by hand;
    # 18: seen at its first try, and tried again; 19: seen failed, requeued and done within a second
    seen = [
        *versions(
            job(16, "failed", started="05 09:00", retry=2, seen="2026-01-05 12:00", **USER_ERROR),
            job(16, "pending", seen="2026-01-05 18:00"),
            job(16, "done", started="06 09:00", done="06 09:01", seen="2026-01-06 12:00"),
        ),
        *versions(
            job(17, "failed", started="05 09:00", seen="2026-01-05 12:00", **USER_ERROR),
            job(17, "done", started="05 09:00", done="06 09:00", seen="2026-01-06 12:00"),
        ),
        *versions(
            job(18, "started", started="05 09:00", retry=0, seen="2026-01-05 09:01"),
            job(18, "done", started="05 09:20", done="05 09:21", retry=2, seen="2026-01-06 12:00"),
        ),
        *versions(
            job(19, "failed", started="05 09:00", seen="2026-01-05 12:00:00.1", **USER_ERROR),
            job(19, "pending", seen="2026-01-05 12:00:00.2"),
            job(19, "done", started="05 12:00", done="05 12:00", seen="2026-01-05 12:00:00.3"),
        ),
    ]
    messages = [
        failed(1, 2, "05 09:01"), failed(2, 3, "05 09:01"), failed(3, 3, "06 09:01"), failed(4, 4, "05 09:01"),
        failed(5, 5, "05 09:01"), failed(6, 6, "05 09:01"), failed(7, 14, "05 09:01"), failed(8, 1, "05 08:06", 2),
    ]  # fmt: skip
    built = build(queue_job=[*rows, *seen], mail_message=messages, mail_message_subtype=SUBTYPES)
    return {row["record_id"]: row for row in built.rows("from fct_integration_event")}


def facts(rows: dict[int, dict], *names: str) -> dict[int, tuple]:
    return {id: tuple(row[name] for name in names) for id, row in rows.items()}


def test_how_jobs_stand(jobs):
    assert facts(jobs, "status", "has_failed", "resolved_by") == {
        1: ("success", False, None),
        2: ("failed", True, None),
        3: ("success", True, "later success"),
        4: ("cancelled", True, "done by hand"),
        5: ("cancelled", True, "done by hand"),
        6: ("cancelled", True, "cancelled"),
        7: ("cancelled", False, None),
        8: ("pending", False, None),
        9: ("retrying", True, None),
        10: ("success", True, "later success"),
        11: ("running", False, None),
        12: ("waiting", False, None),
        13: ("failed", True, None),
        14: ("failed", True, None),
        15: ("cancelled", False, None),
        16: ("success", True, "later success"),
        17: ("cancelled", True, "done by hand"),
        18: ("success", True, "later success"),
        19: ("success", True, "later success"),
    }


def test_attempts_of_all_lives(jobs):
    found = facts(jobs, "attempts", "failed_attempts")
    assert {id: found[id] for id in (1, 2, 3, 4, 5, 9, 10, 11, 14, 16, 17)} == {
        1: (1, 0), 2: (1, 1), 3: (3, 2), 4: (1, 1), 5: (1, 1), 9: (2, 2), 10: (3, 2), 11: (1, 0), 14: (5, 5),
        16: (3, 2), 17: (1, 1),
    }  # fmt: skip


def test_when_it_failed_and_ended(jobs):
    found = facts(jobs, "first_failed_at", "ended_at", "ended_quality")
    assert found[2] == (day("05 09:01"), day("05 09:01"), "derived")
    assert found[3] == (day("05 09:01"), day("07 09:01"), "exact")
    assert found[4] == (day("05 09:01"), day("06 10:00"), "exact")
    assert found[6] == (day("05 09:01"), day("06 10:00"), "exact")
    assert found[8] == (None, None, "missing")
    assert found[13] == (day("01 00:00").replace(year=2000), day("01 00:00").replace(year=2000), "upper_bound")
    assert found[16] == (day("05 12:00"), day("06 09:01"), "exact")


def test_what_failed_and_for_how_long(jobs):
    classes = {id: row["failure_class"] for id, row in jobs.items() if row["failure_class"]}
    assert classes == dict.fromkeys((3, 4, 5, 6, 9, 10, 14, 18), "technical") | {2: "business", 13: "crash"} | {
        16: "business",
        17: "business",
        19: "business",
    }
    assert jobs[16]["error_text"] == "no" and jobs[2]["is_dead_letter"] and not jobs[16]["is_dead_letter"]
    assert (jobs[1]["queue_seconds"], jobs[1]["exec_seconds"], jobs[1]["e2e_seconds"]) == (300, 60, 360)
    assert (jobs[3]["started_at"], jobs[2]["e2e_seconds"]) == (day("05 09:01"), None)
    assert (jobs[1]["plant"], jobs[1]["company"], jobs[1]["flow_name"]) == ("South/WH", "South", "stock.picking.send")
    assert jobs[1]["event_key"] == jobs[1]["root_key"] == "queue_job:test:u-1"


def test_when_a_job_that_was_tried_again_first_began_is_known_if_it_was_seen(jobs):
    """Its row keeps the last start, which is no end of its waiting and no beginning of its run."""
    found = facts(jobs, "started_at", "queue_seconds", "exec_seconds")
    assert found[10] == found[14] == (None, None, None)
    assert found[18] == (day("05 09:00"), 3600, 21 * 60)
    assert (jobs[10]["e2e_seconds"], jobs[10]["first_failed_at"]) == (61 * 60, day("05 09:00"))
    assert jobs[18]["first_failed_at"] == day("05 09:00"), "not earlier"


def test_which_records_a_job_is_for(build):
    """Of several records none is the one; a job of one plant's document is of that plant."""
    built = build(
        queue_job=[
            job(1, "pending", records="mrp.production(1)", document_model="mrp.production"),
            job(2, "pending", records="stock.picking(7,8)", company_id=3),
            job(3, "pending", document_model="res.company"),
            job(4, "pending", records="mrp.production(1) res.users(2)", document_model="mrp.production"),
            job(5, "pending", records="mrp.production(1,2)", document_model="mrp.production", company_id=3),
        ],
        mrp_production=[order(1), order(2, picking_type_id=2, company_id=2)],
    )
    rows = {row["record_id"]: row for row in built.rows("from fct_integration_event")}
    assert facts(rows, "odoo_model", "odoo_res_id", "plant") == {
        1: ("mrp.production", 1, "Nord/WH"),
        2: ("stock.picking", None, None),
        3: ("res.company", None, "South/WH"),
        4: ("mrp.production", None, "Nord/WH"),
        5: ("mrp.production", None, None),
    }
    named = built.rows("select event_key, odoo_model, odoo_res_id from fct_integration_record order by all")
    assert [(row["event_key"][-1], row["odoo_model"], row["odoo_res_id"]) for row in named] == [
        ("1", "mrp.production", 1), ("2", "stock.picking", 7), ("2", "stock.picking", 8), ("4", "mrp.production", 1),
        ("4", "res.users", 2), ("5", "mrp.production", 1), ("5", "mrp.production", 2),
    ]  # fmt: skip


def run(id: int, cron: int, when: str, ended: str | None = None, **values) -> dict:
    moments = {"started_at": day(f"07 {when}"), "changed_at": day(f"07 {ended or when}")}
    return {"id": id, "cron_id": cron, "timeout_count": 0, **moments} | values


def cron(id: int, seen: str, last_run: str, failures: int = 0, since: str | None = None) -> dict:
    row = {"id": id, "name": f"Action {id}", "active": True, "seen": f"2026-01-07 {seen}", "failure_count": failures}
    return row | {"last_run_at": day(f"07 {last_run}"), "failing_since_at": since and day(f"07 {since}")}


def test_runs_of_scheduled_actions(build):
    built = build(
        ir_cron=[
            # 1: fails at 02:00 and 03:00, and is seen between; runs well at 04:00; fails at 06:00, running at 07:00
            *versions(
                cron(1, "01:30", "01:00"),
                cron(1, "02:30", "02:00", 1, "02:00"),
                cron(1, "03:30", "03:00", 2, "02:00"),
                cron(1, "04:30", "04:00"),
                cron(1, "07:00:05", "06:00", 1, "06:00"),
            ),
            *versions(cron(2, "03:30", "02:00")),
        ],
        ir_cron_progress=[
            *(run(hour, 1, f"0{hour}:00", f"0{hour}:01") for hour in range(1, 8)),
            run(20, 2, "01:00", timeout_count=1),
            run(21, 2, "02:00", timeout_count=0),
        ],
    )
    rows = built.rows("from fct_integration_event order by event_key")
    found = {row["event_key"].removeprefix("cron:test:"): row for row in rows}
    assert {key for key, row in found.items() if row["status"] == "failed"} == {"2", "3", "6", "20"}
    assert (found["20"]["failure_class"], found["2"]["failure_class"]) == ("timeout", "technical")
    assert (found["1"]["flow_name"], found["1"]["exec_seconds"], found["1"]["plant"]) == ("Action 1", 60, None)
    assert {(row["record_model"], row["trigger"]) for row in rows} == {("ir.cron", "schedule")}


def entry(id: int, level: str, when: str, message: str = "", rule: int = 3, **values) -> dict:
    row = {"id": id, "logger": "Webhook Log", "level": level, "source": f"base_automation({rule})", "message": message}
    return row | {"logged_at": day(f"07 {when}")} | values


CALLED = "Webhook #3 triggered with payload {…}"
NO_RECORD = "Webhook #3 could not be triggered because no record to run it on was found."
GETTER = "Webhook #3 could not be triggered because the record_getter failed:\nKeyError: 'id'"


def raised(what: str) -> str:
    return f"Webhook #3 failed with error:\n{what}\n"


@pytest.fixture(scope="module")
def calls(build):
    built = build(
        ir_logging=[
            entry(1, "INFO", "08:00:00", CALLED),
            entry(2, "INFO", "08:00:01", CALLED),
            entry(3, "ERROR", "08:00:01", NO_RECORD),
            entry(4, "INFO", "08:00:02", CALLED),
            entry(5, "ERROR", "08:00:02", GETTER),
            # In one second: 6 fails, 8 goes well; then 9 and 10 at once, which both fail; and another rule's
            entry(6, "INFO", "08:00:03", CALLED),
            entry(7, "ERROR", "08:00:03", raised("odoo.exceptions.UserError: closed")),
            entry(8, "INFO", "08:00:03", CALLED),
            entry(9, "INFO", "08:00:04", CALLED),
            entry(10, "INFO", "08:00:04", CALLED),
            entry(11, "ERROR", "08:00:04", raised("ValueError: ten")),
            entry(12, "ERROR", "08:00:04", raised("ValueError: nine")),
            entry(13, "INFO", "08:00:04", CALLED, rule=4),
            entry(14, "ERROR", "08:00:05", NO_RECORD),  # its call was deleted from the log
            entry(15, "ERROR", "08:00:05", "other", source="/odoo/addons/x.py", logger="odoo.addons.x"),
        ],
        base_automation=[{"id": 3, "name": "Orders from the shop", "model_id": 8}],
        ir_model=[{"id": 8, "model": "sale.order"}],
    )
    return {int(row["event_key"].split(":")[-1]): row for row in built.rows("from fct_integration_event")}


def test_webhooks_that_others_called(calls):
    """A failure belongs to the call in whose transaction it was logged, as far as moments tell."""
    assert facts(calls, "status", "error_code", "failure_class") == {
        1: ("success", None, None),
        2: ("failed", "no record", "business"),
        4: ("failed", "record_getter", "business"),
        6: ("failed", "odoo.exceptions.UserError", "business"),
        8: ("success", None, None),
        9: ("failed", "ValueError", "technical"),
        10: ("failed", "ValueError", "technical"),
        13: ("success", None, None),
        14: ("failed", "no record", "business"),
    }
    assert (calls[9]["error_text"], calls[10]["error_text"]) == ("ValueError: nine", "ValueError: ten")
    assert facts(calls, "flow_name", "odoo_model", "record_id")[1] == ("Orders from the shop", "sale.order", 3)
    assert calls[13]["flow_name"] == "automation rule 4"
    assert {row["side_effects"] for row in calls.values() if row["has_failed"]} == {True}
    assert {(row["ended_quality"], row["exec_seconds"], row["e2e_seconds"]) for row in calls.values()} == {
        ("lower_bound", None, None)
    }
    assert calls[2]["first_failed_at"] == day("07 08:00:01") and calls[1]["ended_at"] == day("07 08:00")


LATE = "Webhook call timed out after 1s - it may or may not have failed. If this happens often, it may be slow."
REFUSED = "Webhook call failed: HTTPConnectionPool(host='hub.example', port=80): Max retries exceeded with url: /x \
(Caused by NewConnectionError('Connection refused'))"


def test_webhooks_to_others_that_failed_or_may_have(build):
    ours = {"logger": "odoo.addons.base.models.ir_actions", "source": "/odoo/ir_actions.py"}
    built = build(
        ir_logging=[
            entry(1, "WARNING", "08:00", LATE, **ours),
            entry(2, "WARNING", "08:01", REFUSED, **ours),
            entry(
                3, "WARNING", "08:02", "Webhook call failed: 404 Client Error: for url: https://hub.example/x", **ours
            ),
            entry(4, "WARNING", "08:03", "Webhook call to https://hub.example/x - cancelled due to a rollback", **ours),
            entry(5, "INFO", "08:04", "Webhook call to https://hub.example/x - succeeded", **ours),
            entry(6, "WARNING", "08:05", "Something else", **ours),
        ]
    )
    rows = {row["record_id"]: row for row in built.rows("from fct_integration_event")}
    assert facts(rows, "status", "failure_class", "error_code", "flow_key", "is_dead_letter") == {
        1: ("unknown", "delivery_unknown", "timeout", "unknown", True),
        2: ("failed", "technical", "NewConnectionError", "hub.example", True),
        3: ("failed", "technical", "404", "hub.example", True),
        4: ("cancelled", None, None, "hub.example", False),
    }
    assert {(row["is_kpi"], row["direction"]) for row in rows.values()} == {(False, "out")}


def test_a_failed_run_that_the_log_tells_is_seen_though_a_success_followed(build):
    text = "Job 'Action 1' (1) server action #9 failed\nodoo.exceptions.UserError: not yet\n"
    ours = {"logger": "odoo.addons.base.models.ir_cron", "source": "/odoo/ir_cron.py"}
    built = build(
        ir_cron=versions(cron(1, "07:00", "06:00")),
        ir_cron_progress=[run(hour, 1, f"0{hour}:00", f"0{hour}:01") for hour in (1, 2, 3)],
        ir_logging=[
            entry(1, "ERROR", "02:00:30", text, **ours),
            entry(2, "ERROR", "02:30", "Job 'Action 2' (2) timed out", **ours),
        ],
    )
    rows = {int(row["event_key"].split(":")[-1]): row for row in built.rows("from fct_integration_event")}
    assert facts(rows, "status", "error_code", "error_text", "failure_class") == {
        1: ("success", None, None, None),
        2: ("failed", "odoo.exceptions.UserError", "odoo.exceptions.UserError: not yet", "business"),
        3: ("success", None, None, None),
    }


def about(id: int, model: str = "purchase.order", document: int = 1, when: str = "05 08:00") -> dict:
    row = {"id": id, "document_model": model, "document_id": document, "message_type": "email"}
    return row | {"sent_at": day(when), "created_at": day(when), "created_by_id": 2}


def notified(id: int, status: str, type: str = "email", **values) -> dict:
    return {"id": id, "message_id": id, "type": type, "status": status} | values


def mail(id: int, state: str, created: str = "05 08:00", changed: str | None = None, **values) -> dict:
    row = {"id": id, "message_id": 100 + id, "state": state, "is_deleted_when_sent": False}
    return row | {"created_at": day(created), "changed_at": day(changed or created)} | values


def gone(row: dict, when: str, why: str = "deleted") -> dict:
    return row | {"_valid_to": day(when), "_closed_by": why}


@pytest.fixture(scope="module")
def sent(build):
    built = build(
        mail_message=[*(about(id) for id in (1, 2, 4, 5, 6, 7, 8)), about(3, when="05 07:00")],
        mail_notification=[
            notified(1, "sent"),
            notified(2, "exception", failure_type="mail_smtp", failure_reason="[e-mail] refused", mail_id=2),
            *versions(
                notified(3, "ready", mail_id=3) | {"seen": "2026-01-05 07:30"},
                notified(3, "exception", mail_id=3, failure_type="mail_smtp") | {"seen": "2026-01-05 08:30"},
                notified(3, "sent") | {"seen": "2026-01-05 09:30"},
            ),
            notified(4, "bounce", failure_type="mail_bounce"),
            notified(5, "canceled"),
            notified(6, "ready"),
            gone(notified(7, "ready"), "05 12:00"),
            notified(8, "pending", type="sms"),
        ],
        mail_mail=[
            mail(2, "exception", changed="05 08:10"),
            gone(mail(3, "exception", changed="05 08:15"), "05 09:30"),
            mail(11, "sent", changed="05 08:20"),
            mail(12, "exception", changed="05 08:20", failure_type="mail_email_invalid"),
            gone(mail(13, "outgoing", is_deleted_when_sent=True), "05 09:00"),
            gone(mail(14, "outgoing"), "05 09:00"),
            mail(15, "cancel"),
            mail(16, "outgoing", eligible_at=day("09 08:00")),
            mail(17, "received"),
        ],
        sms_sms=[
            {"id": 1, "message_id": 8, "state": "sent"},
            {"id": 2, "message_id": 9, "state": "error", "failure_type": "sms_credit", "changed_at": day("05 08:00")},
        ],
        purchase_order=[purchase(1)],
    )
    rows = built.rows("from fct_integration_event")
    return {row["event_key"].removeprefix(f"{row['source']}:test:"): row for row in rows}


def test_what_became_of_messages(sent):
    assert facts(sent, "status", "has_failed", "is_kpi") == {
        "mail.notification,1": ("success", False, True),
        "mail.notification,2": ("failed", True, True),
        "mail.notification,3": ("success", True, True),
        "mail.notification,4": ("failed", True, True),
        "mail.notification,5": ("cancelled", False, True),
        "mail.notification,6": ("pending", False, True),
        "mail.notification,7": ("unknown", False, True),
        "mail.notification,8": ("success", False, True),
        # E-mails without a recipient among the contacts: those that vanish once they are sent give no rate.
        "mail.mail,11": ("success", False, True),
        "mail.mail,12": ("failed", True, True),
        "mail.mail,13": ("success", False, False),
        "mail.mail,14": ("unknown", False, True),
        "mail.mail,15": ("cancelled", False, True),
        "mail.mail,16": ("pending", False, True),
        "sms.sms,2": ("failed", True, False),
    }


def test_when_messages_failed_or_arrived_as_far_as_it_is_known(sent):
    rows = facts(sent, "first_failed_at", "ended_at", "ended_quality", "failure_class", "resolved_by")
    assert {key: rows[f"mail.notification,{key}"] for key in (1, 2, 3)} == {
        1: (None, day("05 08:00"), "lower_bound", None, None),
        2: (day("05 08:10"), day("05 08:10"), "upper_bound", "technical", None),
        3: (day("05 08:15"), day("05 09:30"), "upper_bound", "technical", "later success"),
    }
    assert rows["mail.mail,12"][3] == rows["mail.notification,4"][3] == "business"
    assert sent["mail.notification,4"]["error_code"] == "bounce" and sent["mail.notification,2"]["is_dead_letter"]
    assert facts(sent, "source", "flow_name", "plant")["mail.notification,8"] == (
        "sms", "text message about purchase.order", "Nord/WH",
    )  # fmt: skip
    assert sent["mail.mail,16"]["eligible_at"] == day("09 08:00")


def server(seen: str, fetched: str, **values) -> dict:
    row = {"id": 1, "name": "Orders", "state": "done", "active": True, "seen": f"2026-01-05 {seen}"}
    return row | {"fetched_at": day(f"05 {fetched}")} | values


def test_fetches_of_incoming_mail_as_the_refreshes_found_them(build):
    failing = {"failing_since_at": day("05 08:20"), "error_message": "timed out"}
    built = build(
        fetchmail_server=versions(
            server("08:00", "07:55"),
            server("09:00", "08:55", **failing),
            server("10:00", "09:55", **failing | {"state": "draft"}),
            server("10:30", "09:55", **failing | {"state": "done"}),
            server("11:00", "10:55"),
        )
    )
    rows = {f"{row['ended_at']:%H:%M}": row for row in built.rows("from fct_integration_event")}
    assert facts(rows, "status", "error_text", "is_dead_letter", "flow_name", "direction") == {
        "07:55": ("success", None, False, "Orders", "in"),
        "08:55": ("failed", "timed out", False, "Orders", "in"),
        "09:55": ("failed", "timed out", False, "Orders", "in"),
        "10:55": ("success", None, False, "Orders", "in"),
    }


def invoice(id: int, state: str, **values) -> dict:
    row = {"id": id, "move_id": 10 + id, "format_id": 1, "state": state, "created_at": day("05 08:00")}
    return row | {"changed_at": day("05 09:00")} | values


def test_electronic_invoices(build):
    rejected = {"error": "VAT number is wrong", "blocking_level": "error"}
    built = build(
        account_edi_document=[
            invoice(1, "sent"),
            invoice(2, "to_send", **rejected),
            invoice(3, "to_send", error="busy", blocking_level="warning"),
            invoice(4, "to_send"),
            invoice(5, "cancelled"),
            gone(invoice(6, "to_send"), "06 08:00"),
            *versions(
                invoice(7, "to_send", **rejected) | {"seen": "2026-01-05 10:00"},
                invoice(7, "sent", changed_at=day("06 09:00")) | {"seen": "2026-01-06 10:00"},
            ),
        ],
        account_edi_format=[{"id": 1, "name": "Factur-X"}],
        account_move=[{"id": 12, "company_id": 2, "move_type": "out_invoice"}],
    )
    rows = {row["record_id"]: row for row in built.rows("from fct_integration_event")}
    assert facts(rows, "status", "has_failed", "first_failed_at", "is_dead_letter") == {
        1: ("success", False, None, False),
        2: ("failed", True, day("05 09:00"), True),
        3: ("retrying", False, None, False),
        4: ("pending", False, None, False),
        5: ("cancelled", False, None, False),
        6: ("unknown", False, None, False),
        7: ("success", True, day("05 09:00"), False),
    }
    assert facts(rows, "flow_name", "plant", "odoo_model", "odoo_res_id")[2] == (
        "Factur-X", "South/WH", "account.move", 12,
    )  # fmt: skip


def exchange(id: int, state: str, kind: int = 1, **values) -> dict:
    row = {"id": id, "identifier": f"EDI/{id}", "type_id": kind, "state": state, "company_id": 2, "active": True}
    return row | {"created_at": day("05 08:00"), "changed_at": day("05 09:00")} | values


def test_exchanges_of_documents(build):
    built = build(
        edi_exchange_record=[
            exchange(1, "output_sent", exchanged_at=day("05 08:30")),
            exchange(2, "output_sent", kind=2),
            exchange(3, "output_sent_and_processed", kind=2, answer_id=4),
            exchange(4, "input_processed", kind=3, parent_id=3),
            exchange(5, "output_error_on_send", error="refused"),
            exchange(6, "output_sent_and_error", kind=2, document_model="purchase.order", document_id=7),
            exchange(7, "validate_error"),
            exchange(8, "input_received", kind=3),
            *versions(
                exchange(9, "output_error_on_send") | {"seen": "2026-01-05 10:00"},
                exchange(9, "output_pending") | {"seen": "2026-01-05 11:00"},
            ),
            gone(exchange(10, "new"), "06 08:00"),
        ],
        edi_exchange_type=[
            {"id": 1, "name": "Forecasts", "code": "forecast", "direction": "output"},
            {"id": 2, "name": "Orders", "code": "order", "direction": "output", "answer_type_id": 3},
            {"id": 3, "name": "Answers", "code": "answer", "direction": "input"},
        ],
    )
    rows = {row["record_id"]: row for row in built.rows("from fct_integration_event")}
    assert facts(rows, "status", "is_kpi", "failure_class", "is_dead_letter") == {
        1: ("success", True, None, False),
        2: ("waiting", True, None, False),
        3: ("success", True, None, False),
        4: ("success", False, None, False),
        5: ("failed", True, "technical", True),
        6: ("failed", True, "business", True),
        7: ("failed", True, "business", True),
        8: ("running", True, None, False),
        9: ("retrying", True, "technical", False),
        10: ("unknown", True, None, False),
    }
    assert facts(rows, "ended_at", "ended_quality")[1] == (day("05 08:30"), "derived")
    assert facts(rows, "flow_name", "direction", "parent_key")[4] == ("Answers", "in", "edi:test:3")
    assert facts(rows, "odoo_model", "odoo_res_id", "plant")[6] == ("purchase.order", 7, "South/WH")


def test_jobs_that_share_a_uuid_are_two(build):
    rows = [{"id": id, "uuid": "u", "state": "done", "created_at": at("2026-01-05 08:00")} for id in (7, 8)]
    found = build(queue_job=rows).rows("select record_id, event_key from fct_integration_event order by record_id")
    assert [row["event_key"] for row in found] == ["queue_job:test:u", "queue_job:test:u#8"]
