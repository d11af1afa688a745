"""Production orders that are released and not done."""

from datetime import date

import pytest

from tests.conftest import Chatter
from tests.rows import at, counted, order

MO = "mrp.production"
RELEASED = at("2026-01-06 10:00")


@pytest.fixture(scope="module")
def built(build):
    chatter = Chatter()
    for id in (1, 2, 3, 4):
        chatter.say("2026-01-06 10:00", MO, id, state=("Draft", "Confirmed"))
    chatter.say("2026-01-08 09:00", MO, 2, state=("Confirmed", "In Progress"))
    chatter.say("2026-01-14 09:00", MO, 2, state=("In Progress", "Done"))
    chatter.say("2026-01-15 09:00", MO, 3, state=("Confirmed", "Cancelled"))
    return build(
        at("2026-01-18 12:00"),
        mrp_production=[
            order(1, state="confirmed"),
            order(2, state="done"),
            order(3, state="cancel"),
            order(4, state="done"),  # nobody knows when
            order(5),
            order(6, state="confirmed", backorder_sequence=2, created_at=at("2026-01-14 09:00")),
            order(7, state="progress"),  # nobody knows since when
        ],
        **chatter.records,
    )


def test_rows(built):
    kpi = counted(built, "work_in_process", "entered_at", "left_at")
    assert kpi == {1: [(RELEASED, None)], 6: [(at("2026-01-14 09:00"), None)]}


def test_at_the_end_of_each_week(built):
    weeks = built.kpi("work_in_process", date(2025, 12, 29), date(2026, 1, 19), every="week")
    assert [week["value"] for week in weeks] == [None, 3, 2]
    rows = built.kpi_rows("work_in_process", date(2026, 1, 5), date(2026, 1, 12))
    assert {row["record_id"] for row in rows} == {1, 2, 3}
