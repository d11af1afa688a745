"""Open production orders, what keeps them from beginning, and queues of work centers: what their lists count."""

from __future__ import annotations

from datetime import timedelta

import pytest

from queries import production
from tests.rows import at

AS_OF = at("2026-03-02 10:00")
DAY = timedelta(days=1)


def order(id: int, due: float | None, **values) -> dict:
    row = {"instance": "test", "record_model": "mrp.production", "record_id": id, "name": f"MO{id}", "plant": "Nord/WH"}
    return row | {"state": "confirmed", "released_at": AS_OF - 9 * DAY, "due": due} | values


def released(row: dict) -> dict:
    return {name: value for name, value in row.items() if name not in ("due", "amount")}


def worth(row: dict) -> dict:
    due = None if row["due"] is None else AS_OF + row["due"] * DAY
    known = {name: row[name] for name in ("instance", "record_model", "record_id", "name", "plant")}
    return known | {"due_at": due, "reporting_amount": row.get("amount", 100.0), "reporting_currency": "EUR"}


def milestone(id: int, name: str, planned: float, is_done: bool = False, **values) -> dict:
    row = {"instance": "test", "record_model": "mrp.production", "record_id": id, "milestone": name}
    row |= {"planned_at": AS_OF + planned * DAY, "due_at": AS_OF + (planned + 1 / 3) * DAY, "is_measured": True}
    return row | {"actual_at": AS_OF - 5 * DAY if is_done else None, "replan_count": 2} | values


def holds(holder: int, id: int) -> dict:
    return {"instance": "test", "holder_model": "purchase.order", "holder_id": holder, "record_model": "mrp.production",
            "record_id": id}  # fmt: skip


def standing(id: int, chance: float) -> dict:
    return {"kind": "approval", "name": f"P{id}", "about_instance": "test", "about_model": "purchase.order",
            "about_id": id, "chance": chance}  # fmt: skip


@pytest.fixture(scope="module")
def orders(put) -> dict[str, dict]:
    rows = [
        order(1, 2, amount=500.0), order(2, -1, amount=300.0), order(3, 20), order(4, 3), order(5, None),
        order(6, 1, state="done", done_at=AS_OF), order(7, 1, released_at=None), order(8, 1, cancelled_at=AS_OF),
    ]  # fmt: skip
    built = put(
        AS_OF,
        fct_production_order=[released(row) for row in rows],
        fct_open_order=[worth(row) for row in rows],
        fct_held_up_order=[holds(70, 1), holds(71, 1), holds(70, 3), *(holds(number, 4) for number in range(70, 75))],
        fct_standstill=[standing(70, 0.4), standing(71, 0.6), *(standing(number, 0.1) for number in range(72, 75))],
        fct_schedule=[
            milestone(1, "start", -2), milestone(1, "completion", 1),
            milestone(2, "start", -6, is_done=True), milestone(2, "completion", -1),
            milestone(3, "start", -0.2), milestone(3, "completion", 3),
            milestone(4, "start", -9, is_measured=False), milestone(4, "completion", -8, is_measured=False),
        ],
    ).again("fct_open_production")  # fmt: skip
    found = built.listing("open_production")
    assert [row["name"] for row in found] == ["MO2", "MO1", "MO4", "MO3", "MO5"]
    return {row["name"]: row for row in found}


def test_what_holds_an_order_most_tells_its_chance_and_one_that_is_late_has_none_to_lose(orders):
    assert (orders["MO1"]["chance"], orders["MO1"]["at_risk_amount"]) == (0.6, 300.0)
    assert orders["MO1"]["held_by"] == "approval P71, approval P70"
    assert (orders["MO2"]["chance"], orders["MO2"]["at_risk_amount"]) == (1, 300.0)
    assert orders["MO3"]["at_risk_amount"] is None  # due in twenty days
    assert orders["MO4"]["held_by"] == "approval P71, approval P70, approval P72 and 2 more"
    assert orders["MO4"]["chance"] == 0.6 and orders["MO4"]["amount"] == 100.0
    assert orders["MO5"]["chance"] is None and orders["MO5"]["due_at"] is None


def test_orders_at_risk_are_late_or_due_soon_and_held_up(orders):
    found = production.at_risk(orders.values())
    assert [[row["name"] for row in part] for part in (found.savable, found.late, found.long_late)] == [
        ["MO1", "MO4"], ["MO2"], [],
    ]  # fmt: skip


def test_what_has_long_been_late_is_apart_and_what_can_be_saved_comes_first(orders):
    late = orders["MO2"] | {"name": "old", "past_due_seconds": 14 * 86400 + 1, "at_risk_amount": 9999.0}
    edge = orders["MO2"] | {"name": "edge", "past_due_seconds": 14 * 86400, "at_risk_amount": 400.0}
    found = production.at_risk([late, edge, *orders.values()])
    assert [row["name"] for row in found.pressing] == ["MO1", "MO4", "edge", "MO2"]
    assert [row["name"] for row in found.long_late] == ["old"]


def test_orders_off_their_plan_are_past_the_tolerance_where_the_plan_is_known(orders):
    found = production.off_plan(orders.values())
    assert [(row["name"], row["milestone"]) for row in found] == [("MO1", "start"), ("MO2", "completion")]
    assert [row["late_seconds"] for row in found] == [2 * 86400, 86400]
    assert orders["MO1"]["replan_count"] == 2 and not orders["MO4"]["is_plan_known"]


def test_blockers_are_listed_while_they_last_and_counted_by_plant(put):
    def kept(id: int, blocker: str, days: float, **values) -> dict:
        row = released(order(id, None)) | {"blocker": blocker, "entered_at": AS_OF - days * DAY}
        return {name: value for name, value in row.items() if name != "released_at"} | values

    rows = put(
        AS_OF,
        fct_production_order=[
            released(order(id, None, deadline_at=AS_OF + due * DAY)) for id, due in ((1, 5), (2, -1), (3, 9))
        ],
        fct_release_blocker=[
            kept(1, "material", 3), kept(1, "approval", 1), kept(2, "material", 2),
            kept(3, "material", 8, left_at=AS_OF),
        ],
    ).listing("release_blocker")  # fmt: skip
    assert [(row["name"], row["blocker"]) for row in rows] == [
        ("MO2", "material"), ("MO1", "material"), ("MO1", "approval")
    ]  # fmt: skip
    material, approval = production.blockers(rows)
    assert (material["order_count"], material["late_count"], material["age_seconds"]) == (2, 1, 3 * 86400)
    assert (approval["blocker"], approval["late_count"]) == ("approval", 0)


def work(id: int, center: int, state: str, **values) -> dict:
    row = {"instance": "test", "record_id": id, "plant": "Nord/WH", "work_center_id": center, "state": state}
    row |= {"work_center": f"W{center}", "production_state": "confirmed", "expected_minutes": 60.0}
    return row | {"is_running": state == "progress"} | values


OPEN = {"instance": "test", "plant": "Nord/WH", "open_from": AS_OF - DAY / 8, "open_to": AS_OF + DAY / 8}


@pytest.mark.parametrize(("is_open", "expected"), [(True, "idle"), (False, "fed")])
def test_state_of_a_work_center(put, is_open, expected):
    done = [work(100 + n, 3, "done", finished_at=AS_OF - DAY, actual_minutes=28.0) for n in range(20)]
    built = put(
        AS_OF,
        fct_work_order=[
            work(1, 1, "pending"), work(2, 1, "ready", production_state="done"),
            work(3, 2, "ready", planned_start_at=AS_OF - DAY), work(4, 2, "ready"),
            work(5, 3, "progress"), work(6, 3, "ready"), work(7, 3, "blocked"),
            work(8, 4, "progress"), work(9, 4, "waiting"), work(10, 4, "pending"), *done,
        ],
        fct_downtime=[
            {"instance": "test", "plant": "Nord/WH", "workcenter": center, "started_at": AS_OF - DAY, "ended_at": end}
            for center, end in (("W5", None), ("W3", AS_OF))
        ],
        dim_calendar=[OPEN if is_open else OPEN | {"open_to": AS_OF - DAY / 24}],
    )  # fmt: skip
    found = {row["work_center"]: row for row in built.listing("work_center_queue")}
    states = {name: row["state"] for name, row in found.items()}
    assert states == {"W5": "down", "W1": "starved", "W2": expected, "W4": "blocked", "W3": "fed"}
    assert (found["W2"]["ready_count"], found["W2"]["overdue_count"]) == (2, 1)
    assert found["W3"]["queue_seconds"] == 2 * 3600 and found["W3"]["queue_days"] == pytest.approx(6)
    assert found["W2"]["queue_days"] is None and found["W2"]["is_open"] is is_open
