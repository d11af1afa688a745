"""Orders completed in the week they were scheduled for, by the schedule as it stood when the week began."""

from datetime import date

import pytest

from tests.conftest import Chatter
from tests.rows import at, order, versions

MO = "mrp.production"
EVER = (date(2000, 1, 1), date(2100, 1, 1))


def finishing(id: int, finish: str, seen: str, state: str = "confirmed", **values) -> dict:
    """A version of an order, as a refresh saw it in January, planned to finish then."""
    finish_at = at(f"2026-01-{finish}")
    dates = {"started_at": finish_at.replace(hour=finish_at.hour - 2), "finished_at": finish_at}
    return order(id, state=state, seen=f"2026-01-{seen}") | dates | values


@pytest.fixture(scope="module")
def built(build):
    """Lille's week from the 12th begins on Sunday at 23:00 UTC, and ends a week later."""
    chatter, rows = Chatter(), []

    def made(id: int, done: str | None, *seen: dict, released: str = "06 10:00", end: str = "Done") -> None:
        chatter.say(f"2026-01-{released}", MO, id, state=("Draft", "Confirmed"))
        state = {"Done": "done", "Cancelled": "cancel"}[end]
        last = [{**seen[-1], "state": state, "seen": "2026-01-25 05:00"}] if done else []
        rows.extend(versions(*seen, *last))
        if done:
            chatter.say(f"2026-01-{done}", MO, id, state=("Confirmed", end))

    # done in its week, in its last second, a second later, not yet, and before the week began
    made(1, "13 10:00", finishing(1, "14 10:00", "06 12:00"))
    made(2, "18 22:59:59", finishing(2, "14 10:00", "06 12:00"))
    made(3, "18 23:00:00", finishing(3, "14 10:00", "06 12:00"))
    made(4, None, finishing(4, "14 10:00", "06 12:00"))
    made(5, "11 22:00", finishing(5, "14 10:00", "06 12:00"))
    # moved out of the week before it began; moved within it, which does not help
    made(6, "20 10:00", finishing(6, "14 10:00", "06 12:00"), finishing(6, "21 10:00", "09 05:00"))
    made(7, "21 10:00", finishing(7, "14 10:00", "06 12:00"), finishing(7, "21 10:00", "14 05:00"))
    # released within the week; cancelled; a back-order; seen too late; of a plan nobody saw, done that week
    made(8, "14 10:00", finishing(8, "14 10:00", "12 12:00"), released="12 10:00")
    made(9, "13 10:00", finishing(9, "14 10:00", "06 12:00"), end="Cancelled")
    made(10, "13 10:00", finishing(10, "14 10:00", "06 12:00", backorder_sequence=2))
    made(11, "13 10:00", finishing(11, "14 10:00", "08 12:00"))
    made(12, "13 10:00", finishing(12, "14 10:00", "09 12:00", state="progress"))
    # planned for a week that has not ended
    made(13, "20 10:00", finishing(13, "28 10:00", "06 12:00"))
    return build(at("2026-01-26 12:00"), mrp_production=rows, **chatter.records)


def test_who_is_in_the_schedule_of_which_week_and_kept_it(built):
    rows = built.kpi_rows("mps_attainment", *EVER)
    assert sorted((row["record_id"], str(row["week_on"]), row["is_good"]) for row in rows) == [
        (1, "2026-01-12", True),
        (2, "2026-01-12", True),
        (3, "2026-01-12", False),
        (4, "2026-01-12", False),
        (6, "2026-01-19", True),
        (7, "2026-01-12", False),
        (7, "2026-01-19", True),
    ]


def test_value_by_week_with_its_coverage(built):
    found = built.kpi("mps_attainment", date(2025, 12, 29), date(2026, 2, 2), every="week")
    weeks = {row["period_start"]: row for row in found if row["n"]}
    assert {week.day: (row["value"], row["n"], row["n_unmeasured"]) for week, row in weeks.items()} == {
        12: (2 / 5, 5, 2),
        19: (1.0, 2, 0),
    }
