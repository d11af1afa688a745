"""Scheduled actions: how they are, and what was seen of their runs."""

import pytest

from tests.rows import at, versions


def cron(id: int, seen: str, last_run: str | None = None, **values) -> dict:
    row = {
        "id": id,
        "name": f"Action {id}",
        "user_id": 2,
        "active": True,
        "interval_number": 1,
        "interval_type": "hours",
    }
    run = last_run and at(f"2026-01-07 {last_run}")
    return row | {"seen": f"2026-01-07 {seen}", "last_run_at": run, "failure_count": 0} | values


@pytest.fixture(scope="module")
def built(build):
    failing = {"failing_since_at": at("2026-01-07 05:30")}
    return build(
        ir_cron=[
            # 1: runs, fails twice unseen and once seen, recovers
            *versions(
                cron(1, "05:00", "04:30"),
                cron(1, "06:00", "05:30", failure_count=2, **failing),
                cron(1, "07:00", "06:30", failure_count=3, **failing),
                cron(1, "08:00", "07:30"),
            ),
            # 2: fails now; 3: switched off after failing; 4: switched off; 5: ran for the first time; 6: back on
            *versions(cron(2, "05:00", "04:30"), cron(2, "06:00", "05:30", failure_count=1, **failing)),
            *versions(cron(3, "05:00", "04:30", failure_count=5, **failing), cron(3, "06:00", "05:30", failure_count=6),
                      cron(3, "07:00", "05:30", active=False)),
            *versions(cron(4, "05:00", "04:30"), cron(4, "06:00", "04:30", active=False)),
            *versions(cron(5, "05:00"), cron(5, "06:00", "05:10")),
            *versions(cron(6, "05:00", active=False), cron(6, "06:00")),
        ]
    )  # fmt: skip


def test_runs_and_failures_that_were_seen(built):
    rows = built.rows(
        "select record_id, seen_run_count, seen_failure_count, failure_count from fct_cron_health order by 1"
    )
    assert [tuple(row.values()) for row in rows] == [
        (1, 3, 3, 0),
        (2, 1, 1, 1),
        (3, 1, 1, 0),
        (4, 0, 0, 0),
        (5, 1, 0, 0),
        (6, 0, 0, 0),
    ]


def test_when_an_action_was_switched_off(built):
    rows = built.rows(
        "select record_id, is_active, deactivated_after_at, deactivated_at from fct_cron_health order by 1"
    )
    off = {
        row["record_id"]: (row["deactivated_after_at"], row["deactivated_at"]) for row in rows if not row["is_active"]
    }
    assert off == {
        3: (at("2026-01-07 06:00"), at("2026-01-07 07:00")),
        4: (at("2026-01-07 05:00"), at("2026-01-07 06:00")),
    }


def test_what_fails_or_was_switched_off_for_failing_is_an_exception(built):
    rows = built.rows("select * from fct_exception where exception = 'failing_scheduled_action' order by record_id")
    assert [(row["record_id"], row["since_at"], row["plant"]) for row in rows] == [
        (2, at("2026-01-07 05:30"), None),
        (3, at("2026-01-07 07:00"), None),
    ]
