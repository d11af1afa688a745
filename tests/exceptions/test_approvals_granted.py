"""Approvals that one person should not have given: who asked, who made the document, who lacks the role."""

from __future__ import annotations

import pytest

from tests.conftest import PLANTS, Chatter
from tests.rows import at, named, purchase, review, versions

PO = "purchase.order"
ASK, GRANT = ("RFQ", "To Approve"), ("To Approve", "Purchase Order")
ANNA, PIERRE, VERA = 2, 5, 6
MANAGER, FINANCE = 72, 80  # groups; who is in finance is a purchase manager as well


def users() -> list[dict]:
    """Anna was no manager until February; Vera is one through another group, and Pierre is none."""
    others = [row for row in PLANTS["res_users"] if row["id"] not in (ANNA, PIERRE)]
    anna = {"id": ANNA, "login": "anna", "partner_id": 2}
    return [
        *others,
        *versions(
            anna | {"group_ids": [1], "seen": "2026-01-01 02:00"},
            anna | {"group_ids": [1, MANAGER], "seen": "2026-02-01 02:00"},
        ),
        {"id": PIERRE, "login": "pierre", "partner_id": 3, "group_ids": [1]},
        {"id": VERA, "login": "vera", "partner_id": None, "group_ids": [FINANCE]},
    ]


RIGHTS = {
    "res_groups": [{"id": FINANCE, "implied_ids": [81]}, {"id": 81, "implied_ids": [MANAGER]}, {"id": 1}],
    "ir_model_data": [{"id": 1, "module": "purchase", "name": "group_purchase_manager", "res_id": MANAGER}],
}


def approvals(chatter: Chatter, id: int, asked_by: int, approved_by: int, on: str = "2026-02-10") -> None:
    chatter.say(f"{on} 09:00", PO, id, user=asked_by, state=ASK)
    chatter.say(f"{on} 10:00", PO, id, user=approved_by, state=GRANT)


@pytest.fixture(scope="module")
def built(build):
    chatter = Chatter()
    approvals(chatter, 1, ANNA, ANNA)
    approvals(chatter, 2, ANNA, VERA)
    approvals(chatter, 3, PIERRE, ANNA)  # made by Anna
    approvals(chatter, 4, PIERRE, ANNA)  # made by Pierre
    approvals(chatter, 5, ANNA, PIERRE)
    approvals(chatter, 6, VERA, ANNA, on="2026-01-12")  # Anna was no manager then
    approvals(chatter, 7, ANNA, ANNA, on="2025-11-01")  # long ago
    approvals(chatter, 8, ANNA, ANNA)  # cancelled since
    chatter.say("2026-02-11 10:00", PO, 8, state=("Purchase Order", "Cancelled"))
    approvals(chatter, 9, ANNA, 1)  # by Odoo itself
    chatter.say("2026-02-10 09:00", PO, 10, user=ANNA, state=ASK)  # not decided
    chatter.say("2026-02-10 10:00", PO, 16, user=PIERRE, state=("RFQ", "Purchase Order"))  # nobody was asked
    decided = {"status": "approved", "reviewed_at": at("2026-02-10 10:00"), "created_at": at("2026-02-10 09:00")}
    reviews = [
        review(11, 11, **decided, done_by_id=PIERRE, reviewer_ids=[PIERRE]),
        review(12, 12, **decided, done_by_id=ANNA, reviewer_ids=[PIERRE]),
        review(13, 13, **decided | {"status": "rejected"}, done_by_id=ANNA, reviewer_ids=[ANNA]),
        # Pierre was a reviewer when he decided; who reviews changed later
        *versions(
            review(14, 14, **decided, done_by_id=PIERRE, reviewer_ids=[PIERRE]) | {"seen": "2026-02-10 12:00"},
            review(14, 14, **decided, done_by_id=PIERRE, reviewer_ids=[VERA]) | {"seen": "2026-02-20 12:00"},
        ),
        review(15, 15, **decided, done_by_id=PIERRE),  # who was to review cannot be read
    ]
    makers = {1: VERA, 2: PIERRE, 4: PIERRE, 5: VERA, 6: VERA, 11: PIERRE, 12: PIERRE}
    states = {8: "cancel", 10: "to approve"} | dict.fromkeys((11, 12, 13, 14, 15), "draft")
    orders = [purchase(id, state=states.get(id, "purchase"), created_by_id=makers.get(id, ANNA)) for id in range(1, 17)]
    tables = {"purchase_order": orders, "tier_review": reviews, "res_users": users()} | RIGHTS
    return build(at("2026-03-02 12:00"), **tables, **chatter.records)


def test_who_asks_does_not_approve(built):
    found = named(built, "approved_by_requester")
    assert set(found) == {1, 12}
    assert found[1]["since_at"] == at("2026-02-10 10:00")
    assert (found[1]["plant"], found[1]["responsible"]) == ("Nord/WH", "Anna")
    assert found[1]["detail"] == "Purchase manager: asked for and approved by the same user"


def test_who_creates_does_not_approve_though_somebody_else_asked(built):
    found = named(built, "approved_by_creator")
    assert set(found) == {3, 11}
    assert found[3]["detail"] == "Purchase manager: created and approved by the same user"


def test_who_lacks_the_role_then_does_not_approve(built):
    found = named(built, "approved_without_role")
    assert set(found) == {5, 6, 12}
    assert (found[5]["responsible"], found[5]["since_at"]) == ("Pierre", at("2026-02-10 10:00"))


@pytest.mark.parametrize("rule", ["approved_by_requester", "approved_by_creator", "approved_without_role"])
def test_each_holds_up_what_was_ordered(built, rule):
    """The orders came long ago, and nothing waits for them: their own amount."""
    found = named(built, rule)
    assert {(row["amount"], row["currency"]) for row in found.values()} == {(9000.0, "EUR")}
    assert {row["held_up_amount"] for row in found.values()} == {9000.0}


def test_where_groups_cannot_be_read_double_validation_is_not_judged(build):
    chatter = Chatter()
    approvals(chatter, 5, ANNA, PIERRE)
    order = [purchase(5, state="purchase")]
    assert named(build(purchase_order=order, res_users=users(), **chatter.records), "approved_without_role") == {}
    unread = [{"id": PIERRE, "login": "pierre", "partner_id": 3}, *users()[:-2]]
    built = build(purchase_order=order, res_users=unread, **RIGHTS, **chatter.records)
    assert named(built, "approved_without_role") == {}
