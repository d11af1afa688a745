"""Rounds of approval: their first and their final decision."""

import pytest

from tests.rows import at, purchase, review

TEN, ELEVEN = at("2026-01-05 10:00"), at("2026-01-05 11:00")


@pytest.fixture(scope="module")
def rounds(build):
    approved = {"status": "approved", "reviewed_at": TEN, "done_by_id": 5}
    reviews = [
        review(1, 1, sequence=1, **approved),
        review(2, 1, sequence=2, **approved | {"reviewed_at": ELEVEN}),
        review(3, 2, sequence=1, **approved),
        review(4, 2, sequence=2),
        review(5, 3, sequence=1, **approved | {"done_by_id": 1}),
        review(6, 4, sequence=1, **approved | {"done_by_id": None}),
        review(7, 5, sequence=1),
    ]
    built = build(
        purchase_order=[purchase(id) for id in range(1, 6)],
        tier_definition=[{"id": 1, "name": "Buyer", "approve_sequence": True}],
        tier_review=reviews,
    )
    return {row["record_id"]: row for row in built.rows("from fct_approval_round")}


def test_first_and_final_decision(rounds):
    found = {id: (row["first_decided_at"], row["decided_at"], row["is_open"]) for id, row in rounds.items()}
    assert found == {
        1: (TEN, ELEVEN, False),
        2: (TEN, None, True),
        3: (TEN, TEN, False),
        4: (TEN, TEN, False),
        5: (None, None, True),
    }
    assert {row["step_count"] for id, row in rounds.items() if id < 3} == {2}


def test_who_decided(rounds):
    assert {id: row["decided_by"] for id, row in rounds.items()} == {
        1: "person", 2: "person", 3: "machine", 4: "unknown", 5: "nobody yet",
    }  # fmt: skip
