"""A shift: what came against the plan, what stood still, what is in work and what the next one gets."""

from __future__ import annotations

from datetime import timedelta

import pytest

from queries import shift
from tests.rows import at

FROM, TO, AS_OF = at("2026-03-02 05:00"), at("2026-03-02 13:00"), at("2026-03-02 11:00")
HOUR = timedelta(hours=1)
PLANT = "Ost/WH"  # no plant has rows of its own there
SPAN = {"plant": PLANT, "from_at": FROM, "to_at": TO}
ONE = {"shift_from": FROM, "shift_to": TO}


def of(id: int, name: str = "MO", **values) -> dict:
    row = {"instance": "test", "record_model": "mrp.production", "record_id": id, "name": f"{name}{id}", "plant": PLANT}
    return row | values


def milestone(id: int, planned: float | None, came: float | None, **values) -> dict:
    row = of(
        id, milestone="start", is_measured=planned is not None, actual_at=None if came is None else FROM + came * HOUR
    )
    planned_at = FROM + (planned or 0) * HOUR
    return row | {"planned_at": planned_at, "due_at": planned_at + 2 * HOUR} | values


def work(id: int, production: int, center: str, state: str, begins: float = 1, **values) -> dict:
    row = of(id, "WO", record_model="mrp.workorder", production_id=production, work_center=center, state=state)
    row |= {"operation": "Assembly", "production_state": "confirmed", "planned_start_at": FROM + begins * HOUR}
    return row | {"is_running": False} | values


@pytest.fixture(scope="module")
def built(put):
    return put(
        AS_OF,
        dim_shift=[
            {"instance": "test", "plant": PLANT, "shift_from": FROM + day * 24 * HOUR, "shift_to": TO + day * 24 * HOUR,
             "local_from": FROM + HOUR + day * 24 * HOUR, "local_to": TO + HOUR + day * 24 * HOUR,
             "timezone": "Europe/Paris", "is_known": True}
            for day in (-3, 0, 1)
        ],
        fct_schedule=[
            milestone(1, 1, 1), milestone(2, 1, 4), milestone(3, 1, None), milestone(4, 7, None), milestone(5, 30, 2),
            milestone(6, 3, -5), milestone(7, None, 3), milestone(8, 30, None), milestone(9, -30, 5),
            milestone(1, 2, 2, plant="South/WH"),
        ],
        fct_production_order=[
            of(20, is_backorder=True, started_at=FROM - HOUR, done_at=FROM + HOUR),
            of(21, is_backorder=False, started_at=FROM + HOUR, done_at=FROM + HOUR),
        ],
        fct_downtime=[
            of(1, "press", workcenter="Press", reason="Broken", started_at=FROM - HOUR, ended_at=FROM + HOUR),
            of(2, "lathe", workcenter="Lathe", started_at=FROM + 4 * HOUR),
            of(3, "old", workcenter="Press", started_at=FROM - 9 * HOUR, ended_at=FROM - HOUR),
            of(4, "later", workcenter="Press", started_at=TO),
        ],
        fct_stuck=[
            of(1, kind="shortage", stuck_id="a", stuck_at=FROM + HOUR, timeline_model="mrp.production", timeline_id=1),
            of(2, kind="shortage", stuck_id="b", stuck_at=FROM - HOUR),
            of(3, kind="approval", stuck_id="c", stuck_at=FROM + HOUR),
        ],
        fct_work_order=[
            work(1, 31, "Press", "progress", -40, started_at=FROM + HOUR, worked_by="Ana"),
            work(2, 31, "Lathe", "pending"),
            work(3, 32, "Press", "ready"), work(4, 33, "Press", "ready", 400), work(5, 34, "Press", "ready"),
            work(6, 31, "Press", "done"),
        ],
        fct_open_production=[
            *(of(id, released_at=FROM, responsible="Bo") for id in (31, 32, 33, 34)),
            of(35, released_at=FROM, started_at=FROM), of(39, released_at=FROM, started_at=FROM - 90 * 24 * HOUR),
            of(36, released_at=FROM, planned_start_at=FROM + HOUR),
            of(37, released_at=FROM), of(38, planned_start_at=FROM + HOUR),
        ],
        fct_release_blocker=[of(34, blocker="material", entered_at=FROM)],
    )  # fmt: skip


def test_the_newest_shift_is_the_running_one_and_knows_the_next(built):
    found = built.listing("shift", plant=PLANT)
    assert [(row["shift_from"], row["is_running"]) for row in found] == [(FROM, True), (FROM - 72 * HOUR, False)]
    assert found[0]["next_local_from"] == FROM + 25 * HOUR and shift.key(found[0]) == "2026-03-02T06:00"


def test_what_was_planned_for_a_shift_or_came_in_it_stands_to_its_plan(built):
    rows = shift.against_plan(built.listing("shift_order", **SPAN), ONE, AS_OF)
    assert {row["name"]: row["standing"] for row in rows} == {
        "MO1": "on time", "MO2": "late", "MO3": "missed", "MO4": "to come", "MO5": "early", "MO6": "on time",
        "MO7": "no plan", "MO9": "late", "MO20": "no plan",
    }  # fmt: skip
    assert [row["name"] for row in rows[:3]] == ["MO3", "MO9", "MO2"]
    assert shift.counts(rows, ONE, "start") == {"planned": 5, "kept": 3, "came": 5, "late": 2}
    assert shift.counts(rows, ONE, "completion") == {"planned": 0, "kept": 0, "came": 1, "late": 0}


def test_what_stood_still_counts_with_its_part_of_the_shift(built):
    found = built.listing("shift_stop", **SPAN)
    assert [(row["name"], row["seconds"] / 3600) for row in found] == [("lathe2", 2), ("press1", 1), ("MO1", 5)]


def test_work_is_running_ready_or_kept_back(built):
    found = shift.handed_over(built.listing("shift_work", plant=PLANT, until_at=TO))
    assert [(row["name"], row["work_center"], row["queue_state"], row["kept_by"]) for row in found] == [
        ("MO31", "Lathe", "kept back", "an operation before it"), ("MO34", "Press", "kept back", "material"),
        ("MO31", "Press", "running", None), ("MO35", None, "running", None),
        ("MO39", None, "running", None),
        ("MO32", "Press", "ready", None), ("MO36", None, "ready", None),
    ]  # fmt: skip


def test_each_work_center_says_what_runs_there_and_what_is_next(built):
    centers = shift.by_work_center(built.listing("shift_work", plant=PLANT, until_at=TO))
    assert [row["work_center"] for row in centers] == ["Press", "Lathe", None]
    press = centers[0]
    assert [row["worked_by"] for row in press["running"]] == ["Ana"] and press["next"]["name"] == "MO32"
    assert (press["ready_count"], press["kept_back_count"]) == (1, 1)
