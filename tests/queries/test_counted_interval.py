"""Which hours of a case count as working time, and what is left out."""

from __future__ import annotations

import pytest

from queries import warehouse
from tests.marts.test_dim_calendar import AS_OF, leave, week
from tests.rows import at, order


@pytest.fixture(scope="module")
def built(build):
    return build(
        as_of=AS_OF,
        mrp_production=[order(1)],
        resource_calendar_attendance=week((8, 12), (13, 17)),
        resource_calendar_leaves=[leave(1, "2026-01-13 23:00:00", "2026-01-14 22:59:59", name="Stocktaking")],
    )


def listed(built, start: str, end: str | None, plant: str = "Nord/WH") -> list[dict]:
    given = {"plant": plant, "started_at": at(start), "ended_at": end and at(end)}
    return warehouse.read(built, "counted_interval", **given).to_pylist()


def said(rows) -> list[tuple]:
    return [(f"{row['local_from']:%d %H:%M}", f"{row['local_to']:%d %H:%M}", row["reason"]) for row in rows]


def test_intervals_and_what_lies_between_them(built):
    rows = listed(built, "2026-01-09 15:30", "2026-01-15 08:00")
    assert said(rows) == [
        ("09 16:30", "09 17:00", None),
        ("09 17:00", "12 08:00", "weekend"),
        ("12 08:00", "12 12:00", None),
        ("12 12:00", "12 13:00", "break"),
        ("12 13:00", "12 17:00", None),
        ("12 17:00", "13 08:00", "night"),
        ("13 08:00", "13 12:00", None),
        ("13 12:00", "13 13:00", "break"),
        ("13 13:00", "13 17:00", None),
        ("13 17:00", "15 08:00", "Stocktaking"),
        ("15 08:00", "15 09:00", None),
    ]
    assert sum(row["seconds"] for row in rows if row["is_counted"]) == 17.5 * 3600
    assert {row["is_counted"] for row in rows if row["reason"]} == {False}


def test_an_open_case_counts_to_the_moment_of_the_data(built):
    rows = listed(built, "2026-02-27 15:00", None)
    assert said(rows) == [
        ("27 16:00", "27 17:00", None),
        ("27 17:00", "02 08:00", "weekend"),
        ("02 08:00", "02 09:00", None),
    ]


def test_what_lies_in_closed_time_alone_is_one_row(built):
    assert said(listed(built, "2026-01-10 10:00", "2026-01-10 11:00")) == [("10 11:00", "10 12:00", "weekend")]


def test_of_a_case_that_ended_before_it_began_nothing_counts(built):
    assert listed(built, "2026-01-14 15:00", "2026-01-12 09:00") == []


def test_days_without_hours_that_are_no_weekend(build):
    built = build(as_of=AS_OF, mrp_production=[order(1)], resource_calendar_attendance=week((8, 16), days=[0, 3]))
    [row] = listed(built, "2026-01-06 10:00", "2026-01-06 11:00")
    assert row["reason"] == "days without working hours"


@pytest.mark.parametrize(
    ("plant", "start", "reason"),
    [
        ("South/WH", "2026-01-05 10:00", "South has no work calendar in Odoo"),
        ("Nord/WH", "2000-01-05 10:00", "the work calendar was not known yet"),
    ],
)
def test_why_nothing_is_known(built, plant, start, reason):
    [row] = listed(built, start, "2026-01-06 10:00", plant)
    assert (row["is_counted"], row["seconds"], row["reason"]) == (None, None, reason)


def test_what_is_counted_is_the_working_time_of_the_row(demo_warehouse):
    from datetime import timedelta

    from queries import catalog, measure

    opened = warehouse.open(warehouse=demo_warehouse)
    first = opened.as_of.date() - timedelta(days=400)
    for kpi in ("release_lead_time", "purchase_approval_turnaround"):
        rows = measure.rows(opened, catalog.load()[kpi], first, opened.as_of.date(), clock="working").to_pylist()
        for row in rows[::40]:
            given = {name: row[name] for name in ("plant", "started_at", "ended_at")}
            found = warehouse.read(opened, "counted_interval", **given).to_pylist()
            assert sum(one["seconds"] for one in found if one["is_counted"]) == row["working_seconds"]
            assert sum(one["seconds"] for one in found) == row["elapsed_seconds"]
