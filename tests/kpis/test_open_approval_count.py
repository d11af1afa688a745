"""How many approval steps wait for a decision."""

from datetime import date

import pytest

from tests.conftest import Chatter
from tests.rows import at, counted, purchase, review

PO = "purchase.order"
NINE, TEN = at("2026-01-05 09:00"), at("2026-01-05 10:00")


@pytest.fixture(scope="module")
def built(build):
    chatter = Chatter()
    say = chatter.say
    for id in (1, 2, 3):
        say("2026-01-05 09:00", PO, id, state=("RFQ", "To Approve"))
    say("2026-01-08 09:00", PO, 1, state=("To Approve", "Purchase Order"))
    return build(
        as_of=at("2026-01-12 09:00"),
        purchase_order=[
            purchase(1, state="purchase"),
            purchase(2, state="to approve"),
            purchase(3, state="purchase"),
            purchase(4),
            purchase(5),
        ],
        tier_definition=[{"id": 1, "name": "Buyer", "approve_sequence": True}],
        tier_review=[
            review(1, 4, sequence=1, status="approved", reviewed_at=TEN, done_by_id=5),
            review(2, 4, sequence=2),
            review(3, 5, sequence=1),
            review(4, 5, sequence=2, status="waiting"),
        ],
        **chatter.records,
    )


def test_what_is_open_now(built):
    assert counted(built, "open_approval_count", "entered_at", "left_at") == {
        2: [(NINE, None)],
        4: [(TEN, None)],  # since the step before was decided
        5: [(NINE, None)],  # its second step waits its turn
    }  # 1 was decided; 3 is ordered, and nobody knows since when


def test_what_was_open_then(built):
    rows = built.kpi_rows("open_approval_count", date(2026, 1, 5), date(2026, 1, 6))
    assert {row["record_id"] for row in rows} == {1, 2, 4, 5}


def test_value(built):
    [found] = built.kpi("open_approval_count", date(2026, 1, 5), date(2026, 1, 12))
    assert (found["value"], found["n"], found["is_final"]) == (3, 3, True)


def test_before_the_first_request_there_is_no_number(built):
    [found] = built.kpi("open_approval_count", date(2025, 12, 1), date(2025, 12, 8))
    assert (found["value"], found["reason"]) == (None, "nothing was ever recorded up to then")


def test_once_all_are_decided_the_number_is_zero(build, chatter):
    chatter.say("2026-01-05 09:00", PO, 1, state=("RFQ", "To Approve"))
    chatter.say("2026-01-06 09:00", PO, 1, state=("To Approve", "Purchase Order"))
    decided = build(purchase_order=[purchase(1, state="purchase")], **chatter.records)
    [found] = decided.kpi("open_approval_count", date(2026, 1, 12), date(2026, 1, 19))
    assert (found["value"], found["reason"]) == (0, None)
