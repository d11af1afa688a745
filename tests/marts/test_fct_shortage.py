"""Intervals in which production orders wait for material."""

import pytest

from tests.conftest import Chatter
from tests.rows import at, order

MO = "mrp.production"
WAITING, ANOTHER = "Waiting", "Waiting Another Operation"


@pytest.fixture(scope="module")
def intervals(build):
    """(short_at, ended_at, outcome) of each interval, by order: one order per question."""
    chatter = Chatter()
    say = chatter.say
    short = {"state": ("Draft", "Confirmed"), "reservation_state": ("", WAITING)}
    for id in (1, 3, 4, 5, 6, 7, 8, 9, 12, 13, 14):
        say("2026-01-05 10:00", MO, id, **short)
    # 1: two intervals
    say("2026-01-06 10:00", MO, 1, reservation_state=(WAITING, "Ready"))
    say("2026-01-07 10:00", MO, 1, reservation_state=("Ready", WAITING))
    say("2026-01-08 10:00", MO, 1, reservation_state=(WAITING, "Ready"))
    # 2: one kind of waiting after the other, there and back
    say("2026-01-05 10:00", MO, 2, state=("Draft", "Confirmed"), reservation_state=("", ANOTHER))
    say("2026-01-06 10:00", MO, 2, reservation_state=(ANOTHER, WAITING))
    say("2026-01-07 10:00", MO, 2, reservation_state=(WAITING, ANOTHER))
    say("2026-01-08 10:00", MO, 2, user=5, reservation_state=("En attente d'une autre opération", "Prêt"))
    # 3: the start takes the material; 4: cancelled; 5: still short; 6: done without ever being ready
    say("2026-01-06 10:00", MO, 3, state=("Confirmed", "In Progress"), reservation_state=(WAITING, "Ready"))
    say("2026-01-06 10:00", MO, 4, state=("Confirmed", "Cancelled"), reservation_state=(WAITING, ""))
    say("2026-01-06 10:00", MO, 6, state=("Confirmed", "Done"), reservation_state=(WAITING, ""))
    # 7: done, and the reservation never changed again; 8: cancelled in the same way
    say("2026-01-06 10:00", MO, 7, state=("Confirmed", "Done"))
    say("2026-01-06 10:00", MO, 8, state=("Confirmed", "Cancelled"))
    # 9: done or cancelled by something that leaves no trace (13: cancelled)
    # 10: never short; 11: no reservation at all
    say("2026-01-05 10:00", MO, 10, state=("Draft", "Confirmed"), reservation_state=("", "Ready"))
    say("2026-01-05 10:00", MO, 11, state=("Draft", "Confirmed"))
    # 12: resolved within one second
    say("2026-01-05 10:00", MO, 12, reservation_state=(WAITING, "Ready"))
    # 14: the end is a label nobody knows
    say("2026-01-06 10:00", MO, 14, reservation_state=(WAITING, "Bereit"))
    # 15: the split that closes it takes its material away for a moment
    say("2026-01-05 10:00", MO, 15, **short)
    say("2026-01-06 10:00", MO, 15, reservation_state=(WAITING, "Ready"))
    say("2026-01-07 10:00", MO, 15, user=5, reservation_state=("Prêt", "En attente"))
    say("2026-01-07 10:00", MO, 15, user=5, state=("Confirmé", "Terminé"), reservation_state=("En attente", ""))
    states = {15: "done", 3: "progress", 4: "cancel", 6: "done", 7: "done", 8: "cancel", 9: "done", 13: "cancel"}
    built = build(
        mrp_production=[order(id, state=states.get(id, "confirmed")) for id in range(1, 16)], **chatter.records
    )
    found = {}
    for row in built.rows("select * from fct_shortage order by record_id, interval_number"):
        found.setdefault(row["record_id"], []).append(row)
    return found


def spans(rows: list[dict]) -> list[tuple]:
    return [(row["short_at"], row["ended_at"], row["outcome"]) for row in rows]


def test_material_moved_on_at_the_end_is_no_shortage(intervals):
    assert spans(intervals[15]) == [(at("2026-01-05 10:00"), at("2026-01-06 10:00"), "resolved")]


def test_reservation_lost_again_is_a_second_interval(intervals):
    assert spans(intervals[1]) == [
        (at("2026-01-05 10:00"), at("2026-01-06 10:00"), "resolved"),
        (at("2026-01-07 10:00"), at("2026-01-08 10:00"), "resolved"),
    ]
    assert [row["interval_number"] for row in intervals[1]] == [1, 2]


def test_waiting_for_stock_and_for_another_operation_is_one_interval(intervals):
    assert spans(intervals[2]) == [(at("2026-01-05 10:00"), at("2026-01-08 10:00"), "resolved")]


@pytest.mark.parametrize(
    ("id", "ended_at", "outcome"),
    [
        (3, "2026-01-06 10:00", "started short"),
        (4, "2026-01-06 10:00", "cancelled"),
        (5, None, "open"),
        (6, "2026-01-06 10:00", "started short"),
        (7, "2026-01-06 10:00", "started short"),
        (8, "2026-01-06 10:00", "cancelled"),
        (12, "2026-01-05 10:00", "resolved"),
        (13, None, "cancelled"),
    ],
)
def test_how_an_interval_ends(intervals, id, ended_at, outcome):
    assert spans(intervals[id]) == [(at("2026-01-05 10:00"), ended_at and at(ended_at), outcome)]


def test_interval_of_an_order_that_ended_untracked_is_not_open(intervals):
    assert spans(intervals[9]) == [(at("2026-01-05 10:00"), None, "end not recorded")]


def test_unknown_label_does_not_count_as_resolved(intervals):
    assert spans(intervals[14]) == [(at("2026-01-05 10:00"), at("2026-01-06 10:00"), "end not recorded")]


def test_orders_that_were_never_short_have_no_interval(intervals):
    assert not {10, 11} & intervals.keys()


def test_nothing_happened(build):
    assert build().rows("select * from fct_shortage") == []
