"""From the request for approval of a purchase order to the final decision."""

from datetime import date

import pytest

from tests.conftest import Chatter
from tests.rows import at, counted, order, purchase, review

PO = "purchase.order"
EVER = (date(2000, 1, 1), date(2100, 1, 1))
NINE, TEN, ELEVEN = at("2026-01-05 09:00"), at("2026-01-05 10:00"), at("2026-01-05 11:00")
TIERS = [
    {"id": 1, "name": "Buyer", "approve_sequence": True},
    {"id": 3, "name": "Safety", "approve_sequence": False},
]


@pytest.fixture(scope="module")
def built(build):
    chatter = Chatter()
    say = chatter.say
    for id in (1, 2, 3, 4, 5, 7):
        say("2026-01-05 09:00", PO, id, state=("RFQ", "To Approve"))
    say("2026-01-05 10:00", PO, 1, user=5, state=("À approuver", "Bon de commande"))
    say("2026-01-05 10:00", PO, 2, state=("To Approve", "Cancelled"))
    say("2026-01-05 10:00", PO, 3, state=("To Approve", "RFQ"))
    say("2026-01-05 10:00", PO, 5, state=("To Approve", "RFQ"))
    say("2026-01-06 09:00", PO, 5, state=("RFQ", "To Approve"))
    say("2026-01-06 10:00", PO, 5, state=("To Approve", "Purchase Order"))
    say("2026-01-05 10:00", PO, 6, state=("RFQ", "Purchase Order"))
    # 13: the first tier approved, then the order was cancelled
    say("2026-01-05 11:00", PO, 13, state=("RFQ", "Cancelled"))
    say("2026-01-05 12:00", PO, 16, state=("RFQ", "Purchase Order"))
    approved = {"status": "approved", "reviewed_at": TEN, "done_by_id": 5}
    reviews = [
        review(101, 10, sequence=1, **approved),
        review(102, 10, sequence=2, **approved | {"reviewed_at": ELEVEN}),
        review(111, 11, sequence=1, **approved | {"status": "rejected"}),
        review(112, 11, sequence=2, status="waiting"),
        review(121, 12, sequence=1, **approved),
        review(122, 12, sequence=2),
        review(131, 13, sequence=1, **approved),
        review(132, 13, sequence=2),
        review(141, 14, sequence=1, **approved),
        review(142, 14, sequence=2, status="cancel"),
        review(151, 15, document_model="mrp.production", **approved),
        review(161, 16, sequence=1, definition_id=3, **approved),
        review(162, 16, sequence=2, definition_id=3),
    ]
    states = {2: "cancel", 3: "draft", 4: "to approve", 13: "cancel"} | dict.fromkeys((10, 11, 12, 14), "draft")
    return build(
        purchase_order=[purchase(id, state=states.get(id, "purchase")) for id in (*range(1, 8), *range(10, 15), 16)],
        mrp_production=[order(15)],
        tier_review=reviews,
        tier_definition=TIERS,
        **chatter.records,
    )


def test_first_decisions(built):
    assert counted(built, "purchase_first_decision_time") == {
        1: [(NINE, TEN)],
        4: [(NINE, None)],
        5: [(at("2026-01-06 09:00"), at("2026-01-06 10:00"))],
        10: [(NINE, TEN)],  # the first tier
        11: [(NINE, TEN)],
        12: [(NINE, TEN)],  # although the second has not decided yet
        13: [(NINE, TEN)],  # although the order was cancelled afterwards
        14: [(NINE, TEN)],
        16: [(NINE, TEN)],
    }  # 2 and 3 were cancelled and withdrawn before any decision


def test_each_tier(built):
    assert counted(built, "purchase_approval_step_time") == {
        1: [(NINE, TEN)],
        4: [(NINE, None)],
        5: [(at("2026-01-06 09:00"), at("2026-01-06 10:00"))],
        10: [(NINE, TEN), (TEN, ELEVEN)],
        11: [(NINE, TEN)],  # the second tier never had its turn
        12: [(NINE, TEN), (TEN, None)],
        13: [(NINE, TEN)],  # the second ended with the order
        14: [(NINE, TEN)],
        16: [(NINE, TEN)],
    }
    names = {row["step_name"] for row in built.kpi_rows("purchase_approval_step_time", *EVER)}
    assert names == {"Purchase manager", "Buyer", "Safety"}


def test_who_decided(built):
    rows = built.kpi_rows("purchase_approval_turnaround", *EVER)
    assert {row["record_id"]: row["decided_by"] for row in rows} == {4: "nobody yet"} | dict.fromkeys(
        (1, 5, 10, 11, 12, 16), "person"
    )


def test_machines_that_decide_are_told_apart(build):
    chatter = Chatter()
    chatter.say("2026-01-05 09:00", PO, 1, state=("RFQ", "To Approve"))
    chatter.say("2026-01-05 10:00", PO, 1, user=1, state=("To Approve", "Purchase Order"))
    chatter.say("2026-01-05 10:00", PO, 2, user=1, state=("RFQ", "Purchase Order"))
    built = build(purchase_order=[purchase(1, state="purchase"), purchase(2, state="purchase")], **chatter.records)
    for kpi in ("purchase_approval_turnaround", "purchase_first_decision_time", "purchase_approval_step_time"):
        assert [row["decided_by"] for row in built.kpi_rows(kpi, *EVER)] == ["machine"]
    rows = built.kpi_rows("purchase_auto_approval_share", *EVER)
    assert {row["record_id"]: (row["is_good"], row["ordered_by"]) for row in rows} == {
        1: (False, "machine"),
        2: (True, "machine"),
    }


def test_ordered_without_approval(built):
    rows = built.kpi_rows("purchase_auto_approval_share", *EVER)
    assert {row["record_id"]: (row["is_good"], row["at"], row["ordered_by"]) for row in rows} == {
        1: (False, TEN, "person"),
        5: (False, at("2026-01-06 10:00"), "person"),
        6: (True, TEN, "person"),
        16: (False, at("2026-01-05 12:00"), "person"),
    }  # of 7 it is not known when, 10 was approved and not ordered yet


def test_what_counts(built):
    assert counted(built, "purchase_approval_turnaround") == {
        1: [(NINE, TEN)],
        4: [(NINE, None)],
        5: [(at("2026-01-06 09:00"), at("2026-01-06 10:00"))],  # its first round was withdrawn
        10: [(NINE, ELEVEN)],  # all tiers together, to the last decision
        11: [(NINE, TEN)],  # a rejection decides
        12: [(NINE, None)],
        16: [(NINE, TEN)],  # confirmed before the second tier decided: the last decision there was
    }  # 2, 3, 13 and 14 were cancelled or withdrawn, 6 needed none, 7 left no trace, 15 is no purchase
