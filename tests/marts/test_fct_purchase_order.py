"""When a purchase order was first ordered, by whom, and whether anybody had been asked."""

import pytest

from queries.config import Config, Users
from tests.conftest import Chatter
from tests.rows import at, order, purchase, review

PO = "purchase.order"


@pytest.fixture(scope="module")
def orders(build):
    chatter = Chatter()
    # 1: asked and approved; 2: below the limit; 3: by a machine, cancelled and ordered again; 4: not yet; 5: reviewed
    chatter.say("2026-01-06 10:00", PO, 1, state=("RFQ", "To Approve"))
    chatter.say("2026-01-07 10:00", PO, 1, state=("To Approve", "Purchase Order"))
    chatter.say("2026-01-06 11:00", PO, 2, state=("RFQ", "Purchase Order"))
    chatter.say("2026-01-06 12:00", PO, 3, user=5, state=("Demande de prix", "Bon de commande"))
    chatter.say("2026-01-07 12:00", PO, 3, state=("Purchase Order", "Cancelled"))
    chatter.say("2026-01-08 12:00", PO, 3, state=("Cancelled", "RFQ"))
    chatter.say("2026-01-09 12:00", PO, 3, state=("RFQ", "Purchase Order"))
    chatter.say("2026-01-09 13:00", PO, 5, state=("RFQ", "Purchase Order"))
    built = build(
        config=Config(users=Users(integration=("pierre",))),
        mrp_production=[order(1)],
        purchase_order=[purchase(number, state="purchase") for number in (1, 2, 3, 5)] + [purchase(4)],
        tier_review=[review(1, 5, status="approved", reviewed_at=at("2026-01-05 10:00"), done_by_id=2)],
        **chatter.records,
    )
    return {row["record_id"]: row for row in built.rows("select * from fct_purchase_order")}


def test_every_purchase_order_has_a_row(orders):
    assert sorted(orders) == [1, 2, 3, 4, 5]
    assert {row["record_model"] for row in orders.values()} == {PO}


def test_the_first_order_counts_with_who_made_it(orders):
    assert {number: (row["ordered_at"], row["ordered_by"]) for number, row in orders.items()} == {
        1: (at("2026-01-07 10:00"), "person"),
        2: (at("2026-01-06 11:00"), "person"),
        3: (at("2026-01-06 12:00"), "machine"),
        4: (None, None),
        5: (at("2026-01-09 13:00"), "person"),
    }


def test_asking_is_by_double_validation_or_by_review(orders):
    assert {number for number, row in orders.items() if row["is_approval_asked"]} == {1, 5}
