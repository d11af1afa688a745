"""Machines and their requests: what the lists of maintenance count."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from queries import maintenance
from tests.rows import at

AS_OF = at("2026-03-02 10:00")
DAY = timedelta(days=1)
PLANT = "Nord/WH"


def request(id: int, machine: str | None, ago: float, took: float | None = None, **values) -> dict:
    """A failure that was reported some days ago and took so long to mend."""
    row = {"instance": "test", "record_model": "maintenance.request", "record_id": id, "name": f"R{id}", "plant": PLANT}
    created = AS_OF - ago * DAY
    row |= {"maintenance_type": "corrective", "equipment": machine, "created_at": created}
    row |= {"status": "open" if took is None else "done", "done_at": None if took is None else created + took * DAY}
    return row | {"responded_at": row["done_at"]} | values


def stop(id: int, machine: str, ago: float, lasted: float | None, reason: str | None = "Broken") -> dict:
    began = AS_OF - ago * DAY
    row = {"instance": "test", "record_model": "mrp.workcenter.productivity", "record_id": id, "plant": PLANT}
    row |= {"name": machine, "workcenter": machine, "reason": reason, "started_at": began}
    return row | {"ended_at": None if lasted is None else began + lasted * DAY}


def work(id: int, machine: str, production: int, **values) -> dict:
    row = {"instance": "test", "record_model": "mrp.workorder", "record_id": id, "production_id": production}
    row |= {"plant": PLANT, "work_center": machine, "state": "ready", "production_state": "confirmed"}
    return row | {"is_running": False, "production": f"MO{production}"} | values


def worth(id: int, due: float) -> dict:
    row = {"instance": "test", "record_model": "mrp.production", "record_id": id, "due_at": AS_OF + due * DAY}
    return row | {"reporting_amount": 100.0, "reporting_currency": "EUR"}


@pytest.fixture(scope="module")
def built(put):
    return put(
        AS_OF,
        fct_maintenance_request=[
            # mended after a day each; the second and third came within 14 days of the repair before, the fourth did not
            *(request(id, "Press", ago, 1) for id, ago in enumerate((60, 50, 40, 20), start=1)),
            request(5, "Press", 3, responded_at=AS_OF), request(6, "Lathe", 2), request(7, "Old", 400, 1),
            request(8, "Press", 5, status="cancelled"), request(9, None, 6), request(12, "Mill", 200),
            request(10, "Lathe", 9, maintenance_type="preventive", scheduled_at=AS_OF - DAY, due_at=AS_OF - DAY / 2),
            request(11, "Lathe", 1, maintenance_type="preventive", scheduled_at=AS_OF + DAY, due_at=AS_OF + 2 * DAY),
        ],
        fct_maintenance_wait=[
            {"wait_id": "a", "instance": "test", "record_id": 9, "started_at": AS_OF - 4 * DAY, "outcome": "open"},
            {"wait_id": "b", "instance": "test", "record_id": 6, "started_at": AS_OF - 2 * DAY, "outcome": "went on"},
        ],
        fct_downtime=[
            stop(1, "Press", 10, 1), stop(2, "Press", 8, 2, None), stop(3, "Press", 1, None), stop(4, "Saw", 300, 1),
            stop(5, "Drill", 5, 4),
        ],
        fct_work_order=[
            work(1, "Press", 21), work(2, "Press", 21), work(3, "Press", 22), work(4, "Press", 23, state="done"),
            work(5, "Press", 24, production_state="cancel"), work(6, "Press", 25, state="pending"),
        ],
        fct_open_order=[worth(21, 3), worth(22, 30), worth(25, -1)],
    )  # fmt: skip


def test_open_requests_tell_how_they_stand(built):
    found = built.listing("open_maintenance")
    assert [(row["name"], maintenance.state(row)) for row in found] == [
        ("R5", "down"), ("R10", "overdue"), ("R9", "blocked"), ("R12", "new"), ("R6", "new"), ("R11", "planned"),
    ]  # fmt: skip
    by_name = {row["name"]: row for row in found}
    assert (by_name["R5"]["down_seconds"], by_name["R9"]["blocked_seconds"]) == (86400, 4 * 86400)
    assert by_name["R10"]["down_since_at"] is None and by_name["R6"]["blocked_since_at"] is None


@pytest.fixture(scope="module")
def machines(built):
    return {row["machine"]: row for row in built.listing("machine", from_on=date(2025, 12, 1))}


def test_machines_tell_how_often_they_failed_and_how_soon_again(machines):
    press = machines["Press"]
    assert (press["failure_count"], press["again_count"], press["open_count"]) == (5, 2, 1)
    assert press["restoration_seconds"] == 86400
    assert (machines["Lathe"]["failure_count"], machines["Lathe"]["restoration_seconds"]) == (1, None)
    assert set(machines) == {"Press", "Lathe", "Drill", "Mill"}  # what was long ago only where it lasts


def test_downtime_is_told_by_reason_and_with_the_orders_behind_it(machines):
    found = maintenance.stops(machines.values())
    assert [(row["machine"], row["reason"], row["stop_count"], row["seconds"] / 86400) for row in found] == [
        ("Press", "Broken", 2, 2), ("Press", "no reason recorded", 1, 2), ("Drill", "Broken", 1, 4),
    ]  # fmt: skip
    press = machines["Press"]
    assert press["down_since_at"] == AS_OF - DAY and machines["Drill"]["down_since_at"] is None
    assert (press["order_count"], press["due_soon_count"], press["due_soon_amount"]) == (3, 2, 200.0)


@pytest.mark.parametrize(("failures", "again", "found"), [(6, 5, True), (6, 4, False), (5, 5, False), (0, 0, False)])
def test_a_machine_that_fails_again_and_again(failures, again, found):
    assert maintenance.fails_again({"failure_count": failures, "again_count": again}) == found


def test_one_machine_with_its_requests_stops_and_orders(built):
    of = {"machine": "Press", "plant": PLANT}
    requests = built.listing("machine_request", **of)
    assert [(row["name"], row["length_seconds"] / 86400) for row in requests] == [
        ("R5", 3), ("R8", 5), ("R4", 1), ("R3", 1), ("R2", 1), ("R1", 1),
    ]  # fmt: skip
    assert [row["record_id"] for row in built.listing("machine_stop", **of)] == [3, 2, 1]
    orders = built.listing("machine_order", **of)
    assert [(row["name"], row["queue_state"], row["is_late"]) for row in orders] == [
        ("MO25", "kept back", True), ("MO21", "ready", False), ("MO21", "ready", False), ("MO22", "ready", False),
    ]  # fmt: skip
