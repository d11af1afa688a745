"""How long a production order waits for material, each time it does."""

from datetime import date

import pytest

from tests.conftest import Chatter
from tests.rows import at, counted, order

MO = "mrp.production"


@pytest.fixture(scope="module")
def built(build):
    chatter = Chatter()
    say = chatter.say
    for id in (1, 2, 3, 4, 5):
        say("2026-01-05 10:00", MO, id, state=("Draft", "Confirmed"), reservation_state=("", "Waiting"))
    say("2026-01-06 10:00", MO, 1, reservation_state=("Waiting", "Ready"))
    say("2026-01-07 10:00", MO, 1, user=5, reservation_state=("Prêt", "En attente"))
    say("2026-01-09 10:00", MO, 1, reservation_state=("Waiting", "Ready"))
    say("2026-01-06 10:00", MO, 2, state=("Confirmed", "Done"), reservation_state=("Waiting", ""))
    say("2026-01-06 10:00", MO, 3, state=("Confirmed", "Cancelled"), reservation_state=("Waiting", ""))
    say("2026-01-05 10:00", MO, 6, state=("Draft", "Confirmed"), reservation_state=("", "Ready"))
    states = {2: "done", 3: "cancel", 5: "done"}
    return build(mrp_production=[order(id, state=states.get(id, "confirmed")) for id in range(1, 7)], **chatter.records)


def test_what_counts(built):
    assert counted(built, "shortage_resolution_time") == {
        1: [
            (at("2026-01-05 10:00"), at("2026-01-06 10:00")),
            (at("2026-01-07 10:00"), at("2026-01-09 10:00")),
        ],
        2: [(at("2026-01-05 10:00"), at("2026-01-06 10:00"))],  # done without
        4: [(at("2026-01-05 10:00"), None)],
    }  # 3 was cancelled, 5 is done and nobody knows when, 6 was never short


def test_each_interval_counts_in_the_period_in_which_it_begins(built):
    [found] = built.kpi("shortage_resolution_time", date(2026, 1, 7), date(2026, 1, 8))
    assert (found["value"], found["n"], found["n_open"]) == (2 * 86400, 1, 0)
