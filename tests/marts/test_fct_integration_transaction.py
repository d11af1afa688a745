"""What became of a run in the end, with those that tried it again."""

import pytest

from tests.rows import at
from tests.runs import AS_OF, each, integrated, retry, run

T, ALL = "2026-03-02", "from fct_integration_transaction"


@pytest.fixture(scope="module")
def found(build):
    built = integrated(
        build,
        run(1, f"{T} 08:00"),
        run(2, f"{T} 08:00", "failed"),  # tried again twice: failed, then through
        retry(3, 2, f"{T} 08:10", "failed", error_code="timeout"),
        retry(4, 2, f"{T} 08:20"),
        run(5, f"{T} 08:00", "failed"),  # tried again, and not through yet
        retry(6, 5, f"{T} 11:59", "running"),
        run(7, f"{T} 08:00", "failed", correlation_id="c-7"),  # sent again by who called
        run(8, f"{T} 09:00", correlation_id="c-7"),
        run(9, f"{T} 08:00", "failed", correlation_id="c-9"),
        run(10, f"{T} 08:00", is_kpi=False, trigger="manual"),
        run(11, f"{T} 08:00", parent_key="n8n:prod:1", root_key="n8n:prod:1", trigger="sub", is_kpi=False),
        run(12, f"{T} 08:00", "unknown"),
        run(13, f"{T} 08:00", "cancelled", seconds=3600, resolved_by="done by hand", has_failed=True, failed_attempts=1,
            first_failed_at=at(f"{T} 08:01:10"), dead_at=at(f"{T} 08:01:10")),
        run(14, f"{T} 08:00", ended_quality="lower_bound"),
    )  # fmt: skip
    return {row["record_id"]: row for row in built.rows(ALL)}


def test_runs_that_count_are_there_once(found):
    assert set(found) == {1, 2, 5, 7, 8, 9, 12, 13, 14}


def test_how_they_came_out(found):
    names = ("status", "has_failed", "attempts", "failed_attempts", "resolved_by", "is_dead_letter")
    assert {id: tuple(row[name] for name in names) for id, row in found.items()} == {
        1: ("success", False, 1, 0, None, False),
        2: ("success", True, 3, 2, "later success", False),
        5: ("running", True, 2, 1, None, False),
        7: ("success", True, 1, 1, "sent again", False),
        8: ("success", False, 1, 0, None, False),
        9: ("failed", True, 1, 1, None, True),
        12: ("unknown", False, None, 0, None, False),
        13: ("cancelled", True, 1, 1, "done by hand", False),
        14: ("success", False, 1, 0, None, False),
    }


def test_what_is_not_known_of_a_run_takes_no_time_that_is_told(build):
    names = ("queue_seconds", "exec_seconds", "e2e_seconds")
    built = integrated(build, run(1, f"{T} 08:00", started_at=None), run(2, f"{T} 08:00", created_at=None))
    rows = {row["record_id"]: tuple(row[name] for name in names) for row in built.rows(ALL)}
    assert rows == {1: (None, None, 70), 2: (None, 60, None)}


def test_from_end_to_end_is_to_the_success(found):
    assert found[1]["e2e_seconds"] == 70 and found[2]["e2e_seconds"] == 20 * 60 + 70
    assert found[7]["succeeded_at"] == at(f"{T} 09:01:10") and found[9]["succeeded_at"] is None
    assert (found[1]["queue_seconds"], found[1]["exec_seconds"]) == (10, 60)
    assert (found[14]["e2e_seconds"], found[14]["is_end_known"]) == (None, False), "its end is dated by its beginning"
    assert found[2]["error_code"] == "timeout", "its newest"


def test_a_dead_letter_is_one_until_something_becomes_of_it(found):
    until = {id: (row["dead_at"], row["dead_until"]) for id, row in found.items() if row["dead_at"]}
    died = at(f"{T} 08:01:10")
    assert until == {
        2: (died, at(f"{T} 08:21:10")),
        5: (died, died),
        7: (died, at(f"{T} 09:01:10")),
        9: (died, None),
        13: (died, at(f"{T} 09:00:10")),
    }


def test_the_next_run_of_a_schedule_makes_up_for_one_that_failed(build):
    nightly = {"trigger": "schedule"}
    built = integrated(
        build,
        run(1, f"{T} 05:00", "failed", **nightly),
        run(2, f"{T} 06:00", **nightly),
        run(3, f"{T} 07:00", "failed", **nightly),
        run(4, f"{T} 05:00", "failed"),  # by a document
        run(5, f"{T} 06:00"),
    )
    names = ("status", "is_dead_letter", "resolved_by", "dead_until")
    found = {row["record_id"]: tuple(row[name] for name in names) for row in built.rows(ALL) if row["dead_at"]}
    assert found == {
        1: ("failed", False, "next run", at(f"{T} 06:01:10")),
        3: ("failed", True, None, None),
        4: ("failed", True, None, None),
    }


def test_what_is_stuck(build):
    """Runs take a minute: after more than an hour they are stuck. Those of another workflow take half an hour."""
    slow = {"flow_key": "wf2", "flow_name": "Nightly export"}
    built = integrated(
        build,
        *each("2026-02-20", 5, 24),
        *each("2026-02-20", 5, 24, 2000, seconds=1800, **slow),
        run(1, f"{T} 10:00", "running"),
        run(2, f"{T} 11:30", "running"),
        run(3, f"{T} 10:00", "pending"),
        run(4, f"{T} 08:00", "pending", eligible_at=at(f"{T} 11:50")),
        run(5, f"{T} 09:00", "running", **slow),
        run(6, f"{T} 06:00", "running", **slow),
        run(7, f"{T} 11:00", "retrying", has_failed=True, first_failed_at=at(f"{T} 11:05"), attempts=2),
        run(8, f"{T} 08:00", seconds=7200),  # was, and came through
    )
    stuck = {
        row["record_id"]: (row["stuck_at"], row["stuck_by"], row["is_open"])
        for row in built.rows("from fct_integration_transaction where stuck_at is not null")
    }
    assert stuck == {
        1: (at(f"{T} 11:00:10"), "runs for longer than usual", True),
        3: (at(f"{T} 11:00"), "does not begin", True),
        6: (at(f"{T} 11:00:10"), "runs for longer than usual", True),
        7: (at(f"{T} 11:05"), "tried again", True),
        8: (at(f"{T} 09:00:10"), "runs for longer than usual", False),
    }
    assert at(f"{T} 12:00") == AS_OF
