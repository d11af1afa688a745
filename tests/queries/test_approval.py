"""What approvals say: ages, holders, the week, persons and what-if, against values by hand; and the lists behind."""

from __future__ import annotations

from datetime import timedelta

import pytest

from queries import approval
from queries.approval import Step
from tests.rows import at

AS_OF = at("2026-03-02 12:00")
HOUR, DAY = 3600.0, 86400.0
BASE = Step(1, "A", "Finance", "Anna", "approved", 100.0, "EUR", HOUR, 3 * DAY, 1, 9)


def step(number: int, **values) -> Step:
    return BASE._replace(document=number, **values)


PAST = (
    step(1, amount=100.0, seconds=2 * HOUR),
    step(1, amount=100.0, seconds=30 * HOUR, step="Manager"),  # the second step of the same document
    step(2, amount=400.0, seconds=100 * HOUR),
    step(3, amount=450.0, seconds=5 * HOUR, outcome="rejected"),
    step(4, amount=900.0, seconds=80 * HOUR, outcome="open", approver=None),
    step(5, amount=950.0, seconds=10 * HOUR, outcome="open", approver=None),
    step(6, amount=None, seconds=4 * HOUR),
)


def test_as_it_was_nothing_is_saved_and_each_is_judged_by_its_limit():
    """Past three days are 2 and 4; 5 is open and can still be in time."""
    was = approval.what_if(PAST)
    assert (was.asked_count, was.saved_count, was.exposed_count, was.exposed_amount) == (7, 0, 0, 0)
    assert (was.due_count, was.late_count, was.unvalued_count) == (6, 2, 1)
    assert was.late_share == pytest.approx(1 / 3)


def test_a_threshold_saves_approvals_and_exposes_each_document_once():
    """Below 500 are documents 1 (two steps), 2 and 3, which was rejected."""
    found = approval.what_if(PAST, 500.0)
    assert (found.asked_count, found.saved_count) == (3, 4)
    assert found.saved_seconds == (2 + 30 + 100 + 5) * HOUR
    assert (found.exposed_count, found.exposed_amount) == (3, 950.0)
    assert (found.rejected_count, found.rejected_amount) == (1, 450.0)
    assert (found.due_count, found.late_count) == (2, 1)


def test_the_threshold_itself_is_still_asked():
    assert approval.what_if(PAST, 400.0).saved_count == 2


def test_a_shorter_limit_has_more_breaches():
    """Within four hours came 1 and 6; of the others the first step of none, and both open ones are past it."""
    found = approval.what_if(PAST, 0.0, 4 * HOUR)
    assert (found.due_count, found.late_count) == (7, 5)
    assert [approval.what_if(PAST, 0, hours * HOUR).late_count for hours in (1, 4, 24, 72, 1000)] == [7, 5, 3, 2, 0]


def test_of_nothing_there_is_no_share():
    assert approval.what_if(()).late_share is None
    assert approval.thresholds(()) == (0.0, 0.0) and approval.usual_limit(()) is None


def test_what_waits_costs_no_waiting_that_a_threshold_would_have_saved():
    assert approval.what_if(PAST, 1000.0).saved_seconds == (2 + 30 + 100 + 5) * HOUR


@pytest.mark.parametrize("top", [3.0, 88.0, 4321.0, 1_250_000.0])
def test_thresholds_are_round_and_reach_nine_of_ten(top):
    found = [step(number, amount=top * number / 100) for number in range(1, 101)]
    end, size = approval.thresholds(found)
    assert end >= 0.9 * top and end <= 1.1 * top
    assert f"{size:e}"[0] in "125" and approval.STEPS / 2.6 <= end / size <= approval.STEPS + 1
    assert end == pytest.approx(size * round(end / size))


def test_the_usual_limit_is_that_of_most():
    assert approval.usual_limit([step(1), step(2), step(3, limit=DAY), step(4, limit=None)]) == 3 * DAY


def test_a_median_counts_open_steps_as_not_reached():
    waits = [step(number, seconds=number * HOUR) for number in (1, 2, 3)]
    opened = [step(number, seconds=DAY, outcome="open") for number in (4, 5, 6, 7)]
    assert approval.median(waits) == 2 * HOUR
    assert approval.median([*waits, *opened[:2]]) == 3 * HOUR
    assert approval.median([*waits, *opened]) is None and approval.median([]) is None


def test_the_week_is_cut_into_slots_of_two_hours():
    found = approval.week(
        [step(1, hour=9), step(2, hour=8, seconds=9 * DAY), step(3, hour=10), step(4, weekday=7, hour=23)]
    )
    assert set(found) == {(1, 8), (1, 10), (7, 22)}
    assert (found[1, 8].count, found[1, 8].median_seconds, found[1, 8].late_count) == (2, HOUR, 1)


def test_people_are_those_who_decided():
    pierre = step(1, approver="Pierre", seconds=4.0)
    found = approval.people([pierre, pierre, step(2, seconds=9 * DAY, outcome="rejected"), PAST[4]])
    assert [(one.name, one.count, one.quick_count, one.late_count, one.rejected_count) for one in found] == [
        ("Pierre", 2, 2, 0, 0),
        ("Anna", 1, 0, 1, 1),
    ]


def waiting(days: float, amount: float | None = 10.0, **values) -> dict:
    row = {"age_seconds": days * DAY, "reporting_amount": amount, "is_late": days > 3, "due_soon_count": None}
    return row | {"awaited": None, "step_name": "Finance", "plant": "A"} | values


def test_ages_hold_every_step_once():
    found = approval.ages([waiting(0), waiting(0.99), waiting(1), waiting(3.5), waiting(14), waiting(400, None)])
    assert [(one.words, one.count, one.late_count, one.amount) for one in found] == [
        ("under 1 d", 2, 0, 20),
        ("1 to 3 d", 1, 0, 10),
        ("3 to 7 d", 1, 1, 10),
        ("7 to 14 d", 0, 0, 0),
        ("over 14 d", 2, 2, 10),
    ]


def test_holders_are_groups_and_persons_only_where_asked_for():
    queue = [waiting(1, awaited="Anna"), waiting(9, awaited="Anna", due_soon_count=2), waiting(2)]
    [group] = approval.holders(queue)
    assert (group.name, group.count, group.late_count, group.holding_count, group.amount) == ("Finance", 3, 1, 1, 30)
    assert [(one.name, one.count) for one in approval.holders(queue, by_person=True)] == [("Anna", 2), ("Finance", 1)]


def asked(number: int, **values) -> dict:
    row = {"approval_id": f"a{number}", "instance": "test", "record_model": "purchase.order", "record_id": number}
    row |= {"name": f"P{number}", "plant": "Nord/WH", "step_name": "Finance", "amount": 100.0, "currency": "EUR"}
    row |= {"pending_at": at("2026-02-27 16:30"), "due_at": at("2026-03-02 16:30"), "outcome": "open"}
    return row | values


def test_steps_tell_when_in_the_time_of_the_plant_and_how_long(put):
    rows = [
        asked(1), asked(2, outcome="approved", closed_at=at("2026-02-28 16:30"), approver="Anna"),
        asked(3, outcome="cancelled", closed_at=at("2026-02-28 16:30")), asked(4, pending_at=None),
        asked(5, pending_at=at("2025-06-01")),
    ]  # fmt: skip
    found = put(AS_OF, fct_approval=rows).listing("approval_step")
    first, second = approval.steps({name: [row[name] for row in found] for name in found[0]})
    assert (first.weekday, first.hour, first.seconds) == (5, 17, (AS_OF - at("2026-02-27 16:30")).total_seconds())
    assert (second.seconds, second.limit, second.approver, second.is_open) == (DAY, 3 * DAY, "Anna", False)


def test_queue_tells_age_limit_and_what_it_holds_up(put):
    held = {"kind": "approval", "instance": "test", "record_model": "purchase.order", "record_id": 2}
    built = put(
        AS_OF,
        fct_approval=[
            asked(1),
            asked(2, due_at=AS_OF - timedelta(days=1)),
            asked(3, outcome="approved"),
            asked(4, pending_at=None),
        ],
        fct_standstill=[held | {"due_soon_count": 3, "at_risk_amount": 7.0, "usual_seconds": DAY}],
    )
    late, other = built.listing("approval_queue")
    assert (late["name"], late["is_late"], late["due_soon_count"], late["at_risk_amount"]) == ("P2", True, 3, 7.0)
    assert late["age_ratio"] == pytest.approx(late["age_seconds"] / DAY)
    assert (other["name"], other["is_late"], other["limit_seconds"], other["age_ratio"]) == ("P1", False, 3 * DAY, None)
