"""How interfaces are, and why; and what they did hour by hour."""

from datetime import timedelta

import pytest

from queries.config import Config, Interface
from queries.readable import duration
from tests.marts.test_dim_calendar import leave, week
from tests.rows import at, order
from tests.runs import AS_OF, each, integrated, retry, run

T = "2026-03-02"
KEY = "n8n:prod:wf1@Nord/WH"


def health(build, *events, **given) -> dict:
    rows = integrated(build, *events, **given).rows("from fct_interface_health")
    [row] = [row for row in rows if row["is_seen"]]
    return row


def said(row: dict) -> tuple[str, str]:
    return row["state"], row["reason"]


def hourly(hours: int = 21 * 24, until: int = 1, **values) -> list[dict]:
    """A run each hour, the last one so many hours before the moment of the data."""
    first = AS_OF - timedelta(hours=hours + until - 1)
    return each(str(first), hours, 1, **values)


def configured(**values) -> Config:
    return Config(interfaces=(Interface("Labels", "n8n", **values),))


def test_up(build):
    row = health(build, *hourly())
    assert said(row) == ("up", "last success 59 min ago")
    counts = ("day_run_count", "day_failure_count", "week_run_count", "failed_in_a_row", "waiting_count")
    assert [row[name] for name in counts] == [24, 0, 168, 0, 0]
    assert (row["p50_seconds"], row["p95_seconds"], row["queue_p95_seconds"], row["exec_p50_seconds"]) == (
        70,
        70,
        10,
        60,
    )
    assert (row["usual_gap_seconds"], row["is_silent"]) == (3600, False)


@pytest.mark.parametrize(
    ("failures", "state"), [(1, "up"), (2, "up"), (9, "degraded"), (3, "failing"), (20, "failing")]
)
def test_failing(build, failures, state):
    """One or two of 168 may fail; nine are more than one in twenty; three in a row are an outage."""
    good = [*hourly()]
    if state != "failing":  # scattered
        bad = {len(good) - 2 - n * 7 for n in range(failures)}
    else:
        bad = set(range(len(good) - failures, len(good)))
    events = [
        run(row["record_id"], row["created_at"], "failed", is_dead_letter=False, dead_at=None) if n in bad else row
        for n, row in enumerate(good)
    ]
    row = health(build, *events)
    assert row["state"] == state and row["week_failure_count"] == failures, row["reason"]
    if state == "failing":
        assert row["reason"].startswith(f"the last {failures} runs failed")
        assert row["failed_in_a_row"] == failures
    elif state == "degraded":
        assert row["reason"].startswith("9 of 168 runs in 7 days failed")


def test_how_many_may_fail_is_said_in_ops_toml(build):
    events = [*hourly(), *(run(n, f"{T} 10:0{n}", "failed", dead_at=None, is_dead_letter=False) for n in (1, 2))]
    strict = health(build, *[row | {"interface_number": 1} for row in events], config=configured(failure=0.01))
    assert said(strict)[0] == "degraded" and said(health(build, *events))[0] == "up"


def test_a_failure_that_was_mended_is_none_that_lasts(build):
    row = health(build, *hourly(until=3), run(1, f"{T} 10:30", "failed"), retry(2, 1, f"{T} 11:30"))
    assert (row["state"], row["failed_in_a_row"], row["week_failure_count"]) == ("up", 0, 1)
    assert row["dead_letter_count"] == 0


def test_the_only_runs_failed(build):
    row = health(build, run(1, f"{T} 08:00", "failed"))
    assert said(row) == ("failing", "the last run failed; 1 given up in 7 days; no success was ever seen")


def test_dead_letters_of_the_week_degrade_and_older_ones_are_counted(build):
    old = run(1, "2026-02-20 10:30", "failed")
    row = health(build, *hourly(), old)
    assert (row["state"], row["dead_letter_count"], row["oldest_dead_at"].day) == ("up", 1, 20)
    row = health(build, *hourly(), old, run(2, f"{T} 03:30", "failed"))
    assert said(row) == ("degraded", "1 given up in 7 days; last success 59 min ago")


def test_stuck(build):
    row = health(build, *hourly(), run(1, f"{T} 08:30", "running"), run(2, f"{T} 11:50", "running"))
    assert said(row) == ("degraded", "1 stuck or tried again; last success 59 min ago")
    assert (row["stuck_count"], row["waiting_count"]) == (1, 2)


def test_slower_than_ops_toml_says(build):
    events = [row | {"interface_number": 1} for row in hourly(seconds=1000)]
    row = health(build, *events, config=configured(latency=900.0))
    assert said(row) == ("degraded", "95 % are through in 17 min, which is more than 15 min; last success 43 min ago")
    assert health(build, *events, config=configured(latency=1200.0))["state"] == "up"


@pytest.mark.parametrize(("until", "state"), [(3, "up"), (4, "silent")])
def test_what_runs_every_hour_is_silent_after_three_hours_without(build, until, state):
    row = health(build, *hourly(56 * 24, until))
    assert row["state"] == state
    if state == "silent":
        assert row["reason"] == "no run for 4 h, usual is one in 1 h"


def office_hours(last: str) -> list[dict]:
    """Two runs on each day from Monday to Friday, at eight and at three, for eight weeks up to a moment."""
    day, found = at("2026-01-05"), []
    while day < at(last):
        if day.weekday() < 5:
            found += [day + timedelta(hours=hour) for hour in (8, 15) if day + timedelta(hours=hour) < at(last)]
        day += timedelta(days=1)
    return [run(number, moment) for number, moment in enumerate(found, start=1)]


@pytest.mark.parametrize(
    ("last", "state"),
    [
        ("2026-02-28", "up"),  # until Friday: on Monday noon one was missed
        ("2026-02-27 09:00", "up"),  # two
        ("2026-02-26 09:00", "silent"),  # four
    ],
)
def test_a_weekend_is_no_silence(build, last, state):
    assert health(build, *office_hours(last))["state"] == state


def test_a_holiday_of_the_plant_is_no_silence(build):
    """The last run was on Wednesday; the plant is closed on Thursday and Friday, and works from eight to six."""
    events = office_hours("2026-02-26")
    open_hours = {
        "resource_calendar_attendance": week((8, 18)),
        "mrp_production": [order(1, created_at=at("2025-12-01"))],
    }
    assert health(build, *events, **open_hours)["state"] == "silent"
    closed = {"resource_calendar_leaves": [leave(1, "2026-02-25 23:00:00", "2026-02-27 22:59:59")]}
    assert health(build, *events, **open_hours, **closed)["state"] == "up"


def test_when_it_is_silent_is_said_in_ops_toml(build):
    events = [row | {"interface_number": 1} for row in hourly(until=6)]
    assert health(build, *events, config=configured(silent_after=12 * 3600.0))["state"] == "up"
    row = health(build, *events, config=configured(silent_after=2 * 3600.0))
    assert said(row) == ("silent", "no run for 6 h, expected every 2 h")


def test_without_two_weeks_of_history_nobody_knows_what_is_usual(build):
    row = health(build, *hourly(10 * 24, 30))
    assert (row["state"], row["is_silent"]) == ("up", None)


def test_a_source_that_was_not_read_tells_nothing_of_now(build):
    built = integrated(build, *hourly(until=30))
    built._connection.execute(
        "insert into source_state (instance, source, read_at) values ('prod', 'n8n_execution', $at)",
        {"at": AS_OF - timedelta(hours=29)},
    )
    [row] = built.rows("from fct_interface_health")
    assert said(row) == ("unknown", "it was last read 1.2 d before") and row["is_silent"] is False
    assert row["day_run_count"] == 24, "those of the day before it was read"


def test_an_interface_that_never_ran(build):
    [row] = integrated(build, config=configured(flow=("Label*",))).rows("from fct_interface_health")
    assert (row["state"], row["interface"], row["flow_name"]) == ("unknown", "Labels", "Label*")
    assert row["reason"].startswith("no run was ever seen")


def test_an_interface_of_which_no_run_came_to_an_end(build):
    row = health(build, run(1, f"{T} 11:50", "running"))
    assert said(row) == ("unknown", "no success was ever seen")


def test_hours(build):
    rows = integrated(
        build,
        run(1, f"{T} 08:10"),
        run(2, f"{T} 08:50", "failed"),
        run(3, f"{T} 09:00", "running"),
        run(4, "2026-02-23 10:00"),  # more than a week ago
        run(5, f"{T} 08:20", plant=None),
    ).rows("from agg_interface_hour order by interface_key, hour_at")
    names = ("interface_key", "hour_at", "run_count", "failure_count", "open_count")
    assert [tuple(row[name] for name in names) for row in rows] == [
        ("n8n:prod:wf1", at(f"{T} 08:00"), 1, 0, 0),
        (KEY, at(f"{T} 08:00"), 2, 1, 0),
        (KEY, at(f"{T} 09:00"), 1, 0, 1),
    ]


@pytest.mark.parametrize("seconds", [0, 45, 59.6, 60, 754, 3569, 3600, 20400, 86000, 86369, 86400, 280000, 864000, 9e6])
def test_sql_says_durations_as_python_does(build, seconds):
    [row] = build().rows("select in_words($seconds) as words", seconds=seconds)
    assert row["words"] == duration(seconds)
