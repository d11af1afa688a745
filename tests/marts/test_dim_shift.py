"""Shifts of plants, in UTC and in plant time."""

from __future__ import annotations

import pytest

from tests.rows import at

AS_OF = at("2026-03-02 08:00")  # a Monday


def line(id: int, weekday: int, hour_from: float, hour_to: float) -> dict:
    return {"id": id, "calendar_id": 1, "weekday": str(weekday), "hour_from": hour_from, "hour_to": hour_to}


@pytest.fixture(scope="module")
def shifts(build):
    """Shifts of both plants by the day they begin on, in their own time. In Lille Monday has two shifts and Tuesday a
    lunch, and in the night to Thursday it works through midnight."""
    lines = [(0, 6, 14), (0, 14, 22), (1, 8, 12), (1, 13, 17), (2, 22, 24), (3, 0, 6), (4, 8, 10), (4, 14, 18)]
    built = build(
        AS_OF, resource_calendar_attendance=[line(id, *hours) for id, hours in enumerate(lines, start=1)]
    )  # fmt: skip
    found: dict[tuple, list[dict]] = {}
    for row in built.rows("select * from dim_shift order by shift_from"):
        found.setdefault((row["plant"], f"{row['local_from']:%m-%d}"), []).append(row)
    return found


def hours(rows: list[dict]) -> list[str]:
    return [f"{row['local_from']:%H:%M}-{row['local_to']:%H:%M}" for row in rows]


def test_lines_that_meet_are_two_shifts_and_a_lunch_parts_none(shifts):
    assert hours(shifts["Nord/WH", "03-02"]) == ["06:00-14:00", "14:00-22:00"]
    assert hours(shifts["Nord/WH", "03-03"]) == ["08:00-17:00"]
    assert hours(shifts["Nord/WH", "03-06"]) == ["08:00-10:00", "14:00-18:00"]


def test_a_night_is_one_shift_and_times_are_the_plants(shifts):
    [night] = shifts["Nord/WH", "03-04"]
    assert (night["local_to"], night["shift_from"], night["timezone"]) == (
        at("2026-03-05 06:00"), at("2026-03-04 21:00"), "Europe/Paris",
    )  # fmt: skip
    assert ("Nord/WH", "03-05") not in shifts and night["is_known"]


def test_without_working_hours_a_day_is_a_shift(shifts):
    [day] = shifts["South/WH", "03-02"]
    assert hours([day]) == ["00:00-00:00"] and not day["is_known"]
    assert {len(rows) for (plant, _), rows in shifts.items() if plant == "South/WH"} == {1}


def test_four_weeks_are_kept_and_one_lies_ahead(shifts):
    days = sorted(day for plant, day in shifts if plant == "Nord/WH")
    assert (days[0], days[-1]) == ("02-02", "03-09")
