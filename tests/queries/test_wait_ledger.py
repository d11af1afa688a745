"""Who has the hours of orders, as the wait ledger shows it: shares of open hours, and an order that adds up."""

from __future__ import annotations

import pytest

from queries import wait
from tests.rows import at

HOUR = 3600.0


def owned(owner: str, hours: float | None, plant: str | None = "X", **values) -> dict:
    row = {"plant": plant, "owner": owner, "seconds": None if hours is None else hours * HOUR, "share": None}
    return row | {"order_count": 9, "lead_p50": 5 * HOUR, "lead_p85": 9 * HOUR, "calendar_gap": None} | values


def held(start: str, end: str, owner: str, closed: float = 0.0, **values) -> dict:
    elapsed = (at(end) - at(start)).total_seconds()
    row = {"instance": "test", "record_id": 1, "name": "MO1", "from_at": at(start), "to_at": at(end), "owner": owner}
    row |= {"elapsed_seconds": elapsed, "closed_seconds": closed * HOUR, "open_seconds": elapsed - closed * HOUR}
    return row | values


def test_a_closed_plant_is_nobodys_wait():
    [found] = wait.ledgers([owned("closed", 50, share=0.5), owned("planner", 30), owned("approver", 20)])
    assert found.closed_share == 0.5
    assert [(line.row["owner"], line.share, line.up_to) for line in found.lines] == [
        ("planner", pytest.approx(0.6), pytest.approx(0.6)),
        ("approver", pytest.approx(0.4), pytest.approx(1.0)),
    ]


def test_who_only_holds_open_orders_has_no_hours():
    [found] = wait.ledgers([owned("planner", None, order_count=0, lead_p50=None)])
    assert (found.order_count, found.lines[0].share) == (0, 0.0)


def test_plants_are_apart_with_why_it_is_not_known_when_they_are_closed():
    found = wait.ledgers([owned("planner", 3), owned("planner", 1, plant=None, calendar_gap="no plant is known")])
    assert [(one.plant, one.gap, one.closed_share) for one in found] == [
        ("X", None, None),
        (None, "no plant is known", None),
    ]


def test_the_owners_of_an_order_add_up_to_its_lead_time_and_its_stretches_fill_it():
    rows = [
        held("2026-01-05 08:00", "2026-01-05 18:00", "planner"),
        held("2026-01-05 18:00", "2026-01-06 08:00", "work center", closed=12),
        held("2026-01-06 08:00", "2026-01-06 09:00", "planner"),
    ]
    [found] = wait.orders(rows)
    assert found.owners == (("closed", 12 * HOUR), ("planner", 11 * HOUR), ("work center", 2 * HOUR))
    assert sum(seconds for _, seconds in found.owners) == found.lead_seconds == 25 * HOUR
    places = [found.place(one) for one in found.stretches]
    assert places == [(0.0, 0.4), (0.4, 0.56), (0.96, 0.04)]


def test_two_orders_of_a_name_are_two_and_one_without_stretches_has_none():
    rows = [
        held("2026-01-05 08:00", "2026-01-05 18:00", "planner"),
        {"instance": "other", "record_id": 1, "from_at": None},
    ]
    one, other = wait.orders(rows)
    assert (len(one.stretches), one.lead_seconds) == (1, 10 * HOUR)
    assert (other.stretches, other.owners, other.lead_seconds) == ((), (), 0)
