"""How often plans were moved after the release, and by whom."""

from datetime import date

import pytest

from tests.conftest import Chatter
from tests.rows import at, order, versions

MO = "mrp.production"
EVER = (date(2000, 1, 1), date(2100, 1, 1))
ANNA, PIERRE = 2, 5


def planned(id: int, start: str, seen: str, state: str = "confirmed", hours: int = 2, **values) -> dict:
    """A version of an order, as a refresh saw it in January."""
    start_at = at(f"2026-01-{start}")
    dates = {"started_at": start_at, "finished_at": start_at.replace(hour=start_at.hour + hours)}
    return order(id, state=state, seen=f"2026-01-{seen}") | dates | values


@pytest.fixture(scope="module")
def built(build):
    chatter, rows = Chatter(), []
    for id in range(1, 8):
        chatter.say("2026-01-06 10:00", MO, id, state=("Draft", "Confirmed"))
    for id, state in ((1, "In Progress"), (2, "In Progress"), (3, "In Progress"), (4, "Cancelled"), (5, "In Progress")):
        chatter.say("2026-01-14 08:00", MO, id, state=("Confirmed", state))
    chatter.say("2026-01-14 08:00", MO, 7, state=("Confirmed", "In Progress"))
    # 1: moved later by Pierre, then earlier and only its finish by Anna; 2: never
    rows += versions(
        planned(1, "12 08:00", "06 12:00"),
        planned(1, "14 08:00", "07 05:00", last_writer_id=PIERRE),
        planned(1, "13 08:00", "08 05:00", last_writer_id=ANNA),
        planned(1, "13 08:00", "09 05:00", hours=3, last_writer_id=ANNA),
        planned(1, "14 08:00", "15 05:00", state="progress"),
    )
    rows += versions(planned(2, "14 08:00", "06 12:00"), planned(2, "14 08:00", "15 05:00", state="progress"))
    # 3: its plan was first seen after two days; 4: moved, then cancelled; 5: a back-order; 6: moved, not begun yet
    rows += versions(planned(3, "14 08:00", "08 12:00"), planned(3, "14 08:00", "15 05:00", state="progress"))
    rows += versions(
        planned(4, "12 08:00", "06 12:00"),
        planned(4, "13 08:00", "07 05:00", last_writer_id=PIERRE),
        planned(4, "13 08:00", "15 05:00", state="cancel"),
    )
    rows += versions(
        planned(5, "12 08:00", "06 12:00", backorder_sequence=2),
        planned(5, "13 08:00", "07 05:00", backorder_sequence=2, last_writer_id=PIERRE),
    )
    rows += versions(planned(6, "20 08:00", "06 12:00"), planned(6, "21 08:00", "16 05:00", last_writer_id=PIERRE))
    # 7: the same plan again is no move
    rows += versions(
        planned(7, "14 08:00", "06 12:00"),
        planned(7, "14 08:00", "07 05:00", product_qty=9.0, last_writer_id=PIERRE),
        planned(7, "14 08:00", "15 05:00", state="progress"),
    )
    return build(at("2026-01-18 12:00"), mrp_production=rows, **chatter.records)


def test_moves_per_order_begun(built):
    rows = {row["record_id"]: row["numerator"] for row in built.kpi_rows("replan_churn", *EVER)}
    assert rows == {1: 3, 2: 0, 7: 0}
    [value] = built.kpi("replan_churn", *EVER)
    assert (value["value"], value["n"], value["n_unmeasured"]) == (1.0, 3, 1)


def test_each_move_with_who_made_it(built):
    rows = sorted(built.kpi_rows("replan_count", *EVER), key=lambda row: (row["record_id"], row["at"]))
    assert [(row["record_id"], str(row["at"]), row["changed_by"], row["moved"]) for row in rows] == [
        (1, "2026-01-07 05:00:00", "Pierre", "later"),
        (1, "2026-01-08 05:00:00", "Anna", "earlier"),
        (1, "2026-01-09 05:00:00", "Anna", "finish only"),
        (4, "2026-01-07 05:00:00", "Pierre", "later"),
        (6, "2026-01-16 05:00:00", "Pierre", "later"),
    ]
    assert (rows[0]["earlier_start_at"], rows[0]["planned_start_at"]) == (
        at("2026-01-12 08:00"),
        at("2026-01-14 08:00"),
    )
    assert rows[0]["changed_after_at"] == at("2026-01-07 04:00")


def test_before_the_first_move_and_after_today_there_is_no_number(built):
    def told(first: date, last: date) -> tuple:
        [value] = built.kpi("replan_count", first, last)
        return value["value"], value["reason"]

    assert told(date(2025, 12, 1), date(2025, 12, 8)) == (None, "nothing was ever recorded up to then")
    assert told(date(2026, 1, 26), date(2026, 2, 2)) == (None, "the period has not begun")
