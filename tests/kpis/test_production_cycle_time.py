"""From the start of work on a production order to its completion."""

import pytest

from tests.conftest import Chatter
from tests.rows import at, counted, order

MO = "mrp.production"
STARTED, DONE = at("2026-01-07 10:00"), at("2026-01-09 10:00")


@pytest.fixture(scope="module")
def built(build):
    chatter = Chatter()
    say = chatter.say
    for id in (1, 2, 3, 6):
        say("2026-01-07 10:00", MO, id, state=("Confirmed", "In Progress"))
    say("2026-01-07 10:00", MO, 4, user=5, state=("Confirmé", "À clôturer"))
    for id in (1, 4, 5):
        say("2026-01-09 10:00", MO, id, state=("To Close", "Done"))
    say("2026-01-08 10:00", MO, 3, state=("In Progress", "Cancelled"))
    return build(
        mrp_production=[
            order(1, state="done"),
            order(2, state="progress"),
            order(3, state="cancel"),
            order(4, state="done"),
            order(5, state="done", started_at=at("2026-01-08 10:00")),
            order(6, state="done"),
            order(7, state="confirmed", started_at=at("2026-01-08 10:00")),
        ],
        **chatter.records,
    )


def test_what_counts(built):
    assert counted(built, "production_cycle_time") == {
        1: [(STARTED, DONE)],
        2: [(STARTED, None)],  # in progress
        4: [(STARTED, DONE)],  # all produced at once
    }  # 3 was cancelled, 5 and 7 have no recorded start, 6 no recorded end


def test_the_weekday_is_that_of_the_plant(build):
    """Sunday night in UTC is Monday in Paris."""
    chatter = Chatter()
    for id, started in ((1, "2026-01-11 23:30"), (2, "2026-01-11 22:30")):
        chatter.say(started, MO, id, state=("Confirmed", "In Progress"))
    built = build(mrp_production=[order(1, state="progress"), order(2, state="progress")], **chatter.records)
    rows = built.kpi_rows("production_cycle_time", at("2026-01-01").date(), at("2026-02-01").date())
    assert {row["record_id"]: row["weekday"] for row in rows} == {1: "Monday", 2: "Sunday"}
