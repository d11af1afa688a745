"""From the creation of a production order until it can start."""

import pytest

from tests.conftest import Chatter
from tests.rows import at, counted, order

MO = "mrp.production"
CREATED, READY = at("2026-01-05 08:00"), at("2026-01-07 10:00")


@pytest.fixture(scope="module")
def built(build):
    chatter = Chatter()
    say = chatter.say
    for id in (1, 2, 3, 5, 6):
        say("2026-01-06 10:00", MO, id, state=("Draft", "Confirmed"), reservation_state=("", "Waiting"))
    say("2026-01-07 10:00", MO, 1, reservation_state=("Waiting", "Ready"))
    say("2026-01-07 10:00", MO, 2, state=("Confirmed", "In Progress"))
    say("2026-01-07 10:00", MO, 5, state=("Confirmed", "Cancelled"))
    say("2026-01-06 10:00", MO, 7, state=("Draft", "Cancelled"))
    return build(
        mrp_production=[
            order(1, state="confirmed"),
            order(2, state="progress"),
            order(3, state="confirmed"),
            order(4),
            order(5, state="cancel"),
            order(6, state="done"),
            order(7, state="cancel"),
            order(8, state="confirmed"),
            order(9, state="confirmed", reservation_state="confirmed", backorder_sequence=2),
        ],
        **chatter.records,
    )


def test_what_counts(built):
    assert counted(built, "time_to_ready") == {
        1: [(CREATED, READY)],
        2: [(CREATED, READY)],  # begun without
        3: [(CREATED, None)],  # still short
        4: [(CREATED, None)],  # still a draft
        9: [(CREATED, None)],  # a back-order, since its split
    }  # 5 and 7 were cancelled before, 6 is done and nobody knows when, 8 has no recorded release
