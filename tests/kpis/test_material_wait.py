"""From the confirmation of a production order until its material is there, or work goes on without it."""

from datetime import date

import pytest

from tests.conftest import Chatter
from tests.rows import at, counted, order

MO = "mrp.production"
RELEASED, READY = at("2026-01-05 10:00"), at("2026-01-07 10:00")


@pytest.fixture(scope="module")
def built(build):
    chatter = Chatter()
    say = chatter.say
    for id in (1, 2, 3, 4, 5, 6, 7):
        say("2026-01-05 10:00", MO, id, state=("Draft", "Confirmed"), reservation_state=("", "Waiting"))
    say("2026-01-07 10:00", MO, 1, user=5, reservation_state=("En attente", "Prêt"))
    say("2026-01-07 10:00", MO, 2, state=("Confirmed", "In Progress"))
    say("2026-01-07 10:00", MO, 3, state=("Confirmed", "Done"), reservation_state=("Waiting", ""))
    say("2026-01-07 10:00", MO, 5, state=("Confirmed", "Cancelled"), reservation_state=("Waiting", ""))
    say("2026-01-07 10:00", MO, 6, reservation_state=("Waiting", "Ready"))
    say("2026-01-08 10:00", MO, 6, state=("Confirmed", "Cancelled"), reservation_state=("Ready", ""))
    say("2026-01-06 10:00", MO, 9, state=("Draft", "Cancelled"))
    say("2026-01-05 10:00", MO, 10, state=("Draft", "Confirmed"), reservation_state=("", "Ready"))
    return build(
        mrp_production=[
            order(1, state="confirmed"),
            order(2, state="progress"),
            order(3, state="done"),
            order(4, state="confirmed"),
            order(5, state="cancel"),
            order(6, state="cancel"),
            order(7, state="done"),
            order(8),
            order(9, state="cancel"),
            order(10, state="confirmed"),
            order(11, state="confirmed", reservation_state="confirmed", backorder_sequence=2),
        ],
        **chatter.records,
    )


def test_what_counts(built):
    assert counted(built, "material_wait") == {
        1: [(RELEASED, READY)],
        2: [(RELEASED, READY)],  # started without
        3: [(RELEASED, READY)],  # done without
        4: [(RELEASED, None)],
        6: [(RELEASED, READY)],  # cancelled after it was ready; 5 was cancelled before
        10: [(RELEASED, RELEASED)],  # there at once
        11: [(at("2026-01-05 08:00"), None)],  # a back-order, since its split
    }  # 7 is done, nobody knows when; 8 and 9 were never released


def test_order_that_is_ready_at_once_waits_no_time(built):
    [found] = built.kpi("material_wait", date(2026, 1, 5), date(2026, 1, 12), filters={"plant": ["Nord/WH"]})
    assert (found["n"], found["n_open"], found["value"]) == (7, 2, None)
    assert found["reason"] == "not reached yet: 2 of 7 are still open"
