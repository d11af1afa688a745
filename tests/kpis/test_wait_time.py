"""Hours that orders waited, by who had them."""

from datetime import date

import pytest

from tests.conftest import KPIS, Chatter
from tests.marts.test_dim_calendar import week
from tests.rows import at, order, time_log, work_order

MO = "mrp.production"
JANUARY = (date(2026, 1, 1), date(2026, 2, 1))


@pytest.fixture(scope="module")
def built(build):
    chatter = Chatter()
    for id in (1, 2, 3):
        chatter.say("2026-01-05 10:00", MO, id, state=("Draft", "Confirmed"), reservation_state=("", "Ready"))
    for id, done in ((1, "2026-01-06 12:00"), (3, "2026-01-06 12:00")):
        chatter.say("2026-01-06 09:00", MO, id, state=("Confirmed", "In Progress"))
        chatter.say(done, MO, id, state=("In Progress", "Done" if id == 1 else "Cancelled"))
    return build(
        at("2026-02-10"),
        mrp_production=[order(1, state="done"), order(2, state="confirmed"), order(3, state="cancel")],
        mrp_workorder=[work_order(1, 1, state="done", finished_at=at("2026-01-06 11:00"))],
        mrp_workcenter=[{"id": 1, "name": "Line"}],
        mrp_workcenter_productivity=[time_log(1, 1, "2026-01-06 09:00", "2026-01-06 11:00")],
        resource_calendar_attendance=week((8, 16)),  # 7 to 15 in UTC
        **chatter.records,
    )


def test_hours_of_completed_orders_by_owner_without_timed_work(built):
    values = {row["cut"]: row["value"] / 3600 for row in built.kpi("wait_time", *JANUARY, by="owner")}
    # created at 8, released at 10; open until 15 and from 7 to 9; timed work from 9 to 11, closed at 12
    assert values == {"planner": 2, "work center": 5 + 2, "closed": 16, "nobody": 1}
    [row] = built.kpi("wait_time", *JANUARY)
    assert row["value"] / 3600 == 28 - 2


def test_neither_open_nor_cancelled_orders_count(built):
    rows = built.kpi_rows("wait_time", *JANUARY)
    assert {row["record_id"] for row in rows} == {1} and {row["at"] for row in rows} == {at("2026-01-06 12:00")}


def test_it_says_how_far_back_it_reaches():
    assert KPIS["wait_time"].reach == 26 * 7 * 86400
