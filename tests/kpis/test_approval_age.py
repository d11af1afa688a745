"""How long the open approval steps wait already."""

from datetime import date

import pytest

from tests.conftest import Chatter
from tests.rows import at, counted, purchase, review

PO = "purchase.order"
WEEK = date(2026, 1, 5), date(2026, 1, 12)


@pytest.fixture(scope="module")
def built(build):
    """Asked for on the 6th, 7th and 8th; the 7th's was withdrawn, and one tier waits for another."""
    chatter = Chatter()
    for id, day in ((1, 6), (2, 7), (3, 8)):
        chatter.say(f"2026-01-{day:02d} 09:00", PO, id, state=("RFQ", "To Approve"))
    chatter.say("2026-01-06 09:00", PO, 5, state=("RFQ", "To Approve"))  # ordered by now, and nobody knows since when
    chatter.say("2026-01-09 09:00", PO, 2, state=("To Approve", "RFQ"))
    return build(
        as_of=at("2026-01-11 09:00"),
        purchase_order=[
            purchase(1, state="to approve"),
            purchase(2),
            purchase(3, state="to approve"),
            purchase(4),
            purchase(5, state="purchase"),
        ],
        tier_definition=[{"id": 1, "name": "Buyer", "approve_sequence": True}],
        tier_review=[review(1, 4, sequence=1, created_at=at("2026-01-10")), review(2, 4, sequence=2, status="waiting")],
        **chatter.records,
    )


def test_what_counts(built):
    assert counted(built, "approval_age", "entered_at", "left_at") == {
        1: [(at("2026-01-06 09:00"), None)],
        3: [(at("2026-01-08 09:00"), None)],
        4: [(at("2026-01-10"), None)],
    }


def test_age_counts_to_the_moment_of_the_data(built):
    [found] = built.kpi("approval_age", *WEEK)
    assert (found["value"], found["n"]) == (5 * 86400, 3)
    assert found["is_final"] is False


def test_age_of_one_mechanism(built):
    found = {row["cut"]: row["value"] for row in built.kpi("approval_age", *WEEK, by="mechanism")}
    assert found == {"double validation": 5 * 86400, "tier review": 33 * 3600}


def test_age_then_counts_to_the_end_of_the_period(built):
    [found] = built.kpi("approval_age", date(2026, 1, 5), date(2026, 1, 9))
    assert (found["value"], found["n"]) == ((at("2026-01-09") - at("2026-01-06 09:00")).total_seconds(), 3)


def test_nothing_open_is_no_age_of_zero(build):
    [found] = build().kpi("approval_age", *WEEK)
    assert (found["value"], found["n"]) == (None, 0)
    assert found["reason"]
