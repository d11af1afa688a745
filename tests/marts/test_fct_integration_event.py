"""Background jobs and runs of scheduled actions, and what is left of their failures."""

import pytest

from tests.rows import at, versions

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
    # 16: seen failed without a message, requeued and done; 17: seen failed without a message, done by hand
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
    assert classes == dict.fromkeys((3, 4, 5, 6, 9, 10, 14), "technical") | {2: "business", 13: "crash"} | {
        16: "business",
        17: "business",
    }
    assert jobs[16]["error_text"] == "no" and jobs[2]["is_dead_letter"] and not jobs[16]["is_dead_letter"]
    assert (jobs[1]["queue_seconds"], jobs[1]["exec_seconds"], jobs[1]["e2e_seconds"]) == (300, 60, 360)
    assert (jobs[3]["started_at"], jobs[2]["e2e_seconds"]) == (day("05 09:01"), None)
    assert (jobs[1]["plant"], jobs[1]["company"], jobs[1]["flow_name"]) == ("South/WH", "South", "stock.picking.send")
    assert jobs[1]["event_key"] == jobs[1]["root_key"] == "queue_job:test:u-1"


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
