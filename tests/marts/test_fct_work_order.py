"""Work orders: their plan, and what was recorded of the work."""

import pytest

from tests.conftest import Chatter
from tests.rows import at, order, time_log, versions, work_order

MO = "mrp.production"
PLAN = {"started_at": at("2026-01-12 08:00"), "finished_at": at("2026-01-12 09:00")}


@pytest.fixture(scope="module")
def works(build):
    chatter = Chatter()
    for id in range(1, 8):
        chatter.say("2026-01-06 10:00", MO, id, state=("Draft", "Confirmed"))
    chatter.say("2026-01-07 10:00", MO, 7, state=("Confirmed", "Cancelled"))
    built = build(
        at("2026-01-18 12:00"),
        mrp_workcenter=[{"id": 1, "name": "Line 1"}],
        mrp_production=[order(id, state="confirmed") for id in range(1, 7)] + [order(7, state="cancel")],
        mrp_workorder=[
            work_order(1, 1, **PLAN),
            # timed: planned for the 12th as a refresh saw, done on the 13th
            *versions(
                work_order(2, 2, seen="2026-01-06 12:00", **PLAN),
                work_order(
                    2, 2, seen="2026-01-14 05:00", state="done", actual_minutes=90.0,
                    started_at=at("2026-01-13 08:00"), finished_at=at("2026-01-13 10:00"),
                ),
            ),
            # closed with its order: Odoo wrote the expected hour into its log, and left the start as planned
            work_order(3, 3, state="done", actual_minutes=60.0, started_at=at("2026-01-12 08:00"),
                       finished_at=at("2026-01-13 11:00")),
            # the same, but somebody entered what it took
            work_order(4, 4, state="done", actual_minutes=75.0, started_at=at("2026-01-13 11:00"),
                       finished_at=at("2026-01-13 11:00")),
            # running, expected until ten
            work_order(5, 5, state="progress", started_at=at("2026-01-16 09:00"), finished_at=at("2026-01-16 10:00")),
            # Odoo 16: plan and actual in fields of their own, nothing timed
            work_order(6, 6, state="done", planned_start_at=at("2026-01-12 08:00"),
                       planned_finish_at=at("2026-01-12 09:00"), started_at=at("2026-01-12 08:30"),
                       finished_at=at("2026-01-12 09:30")),
            work_order(7, 7, state="ready", **PLAN),
            work_order(8, 99),
        ],
        mrp_workcenter_productivity=[
            time_log(1, 2, "2026-01-13 08:00", "2026-01-13 09:00"),
            time_log(2, 2, "2026-01-13 09:30", "2026-01-13 10:00"),
            time_log(3, 3, "2026-01-13 10:00", "2026-01-13 11:00", created="2026-01-13 11:00"),
            time_log(4, 4, "2026-01-13 09:45", "2026-01-13 11:00", created="2026-01-13 11:00"),
            time_log(5, 5, "2026-01-16 09:00"),
            time_log(6, None, "2026-01-16 09:00", "2026-01-16 12:00"),
        ],
        **chatter.records,
    )  # fmt: skip
    return {row["record_id"]: row for row in built.rows("select * from fct_work_order")}


def test_a_work_order_belongs_to_the_plant_of_its_order(works):
    row = works[1]
    assert (row["name"], row["plant"], row["work_center"]) == ("WH/MO/00001 - Assemble", "Nord/WH", "Line 1")
    assert 8 not in works, "its order was never read"


def test_before_work_begins_odoo_keeps_the_plan(works):
    assert (works[1]["planned_start_at"], works[1]["planned_finish_at"]) == tuple(PLAN.values())
    assert (works[1]["started_at"], works[1]["finished_at"], works[1]["is_time_recorded"]) == (None, None, False)


def test_afterwards_the_plan_is_what_was_seen_before(works):
    row = works[2]
    assert (row["planned_start_at"], row["started_at"]) == (at("2026-01-12 08:00"), at("2026-01-13 08:00"))
    assert (row["finished_at"], row["actual_minutes"], row["is_time_recorded"]) == (at("2026-01-13 10:00"), 90.0, True)


def test_time_that_odoo_wrote_itself_was_recorded_by_nobody(works):
    assert (works[3]["is_time_recorded"], works[3]["started_at"]) == (False, None)
    assert (works[4]["is_time_recorded"], works[4]["started_at"]) == (True, at("2026-01-13 09:45"))


def test_while_work_goes_on(works):
    row = works[5]
    assert (row["started_at"], row["finished_at"], row["forecast_at"]) == (
        at("2026-01-16 09:00"), None, at("2026-01-16 10:00"),
    )  # fmt: skip
    assert row["is_running"] and row["is_time_recorded"]
    assert row["worked_by"] == "Anna" and works[2]["worked_by"] is None


def test_up_to_odoo_16_plan_and_actual_have_fields_of_their_own(works):
    row = works[6]
    assert (row["planned_start_at"], row["started_at"]) == (at("2026-01-12 08:00"), at("2026-01-12 08:30"))
    assert not row["is_time_recorded"]


def test_with_its_order_a_work_order_is_cancelled(works):
    assert works[7]["state"] == "cancel"
