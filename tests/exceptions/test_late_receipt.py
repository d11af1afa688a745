"""Purchase orders with goods that should be there, and those their vendor keeps silent about."""

import pytest

from tests.conftest import Chatter
from tests.rows import PLACES, at, bought, goods, purchase


@pytest.fixture(scope="module")
def found(build):
    chatter = Chatter()
    for id in range(1, 6):
        chatter.say("2026-01-05 10:00", "purchase.order", id, state=("RFQ", "Purchase Order"))
    chatter.say("2026-01-06 10:00", "purchase.order", 3, acknowledged=(False, True))
    built = build(
        at("2026-01-18 12:00"),
        stock_location=PLACES,
        purchase_order=[
            purchase(1, state="purchase"),
            purchase(2, state="purchase"),
            purchase(3, state="purchase", is_acknowledged=True),
            purchase(4, state="cancel"),
            purchase(5, state="purchase", company_id=2, picking_type_id=4),
            purchase(6),
        ],
        purchase_order_line=[
            bought(1, 1, received_quantity=4.0),
            bought(2, 1, planned_at=at("2026-01-10 12:00")),
            bought(3, 1, planned_at=at("2026-01-19 12:00")),
            bought(4, 2, received_quantity=10.0),
            bought(5, 3, planned_at=at("2026-01-19 12:00")),
            bought(6, 4),
        ],
        stock_move=[
            goods(1, 1, 11, "09 08:00", 4.0, purchase_line_id=1),
            goods(2, 1, 11, quantity=6.0, purchase_line_id=1),
            goods(3, 1, 11, purchase_line_id=2),
            goods(4, 1, 11, purchase_line_id=3),
            goods(5, 1, 11, "16 08:00", purchase_line_id=4),
            goods(6, 1, 11, purchase_line_id=5),
            goods(7, 1, 11, state="cancel", purchase_line_id=6),
        ],
        **chatter.records,
    )
    return lambda rule: built.rows(f"select * from fct_exception where exception = '{rule}' order by record_id")


def test_late_receipts(found):
    [row] = found("late_receipt")
    assert (row["record_id"], row["plant"], row["since_at"]) == (1, "Nord/WH", at("2026-01-10 23:00"))
    assert row["detail"] == "missing: 10 of 10 [T-1] Table, 6 of 10 [T-1] Table"
    assert (row["amount"], row["currency"], row["responsible"]) == (48.0, "EUR", "Anna")


def test_orders_that_wait_for_a_word(found):
    """1 and 2 have their goods, at least in part; 3 is confirmed, 4 cancelled; in South nobody ever confirms; 6 is not
    ordered."""
    assert found("unconfirmed_purchase_order") == []


def test_an_order_nobody_answers(build):
    chatter = Chatter()
    for id in (1, 2):
        chatter.say("2026-01-05 10:00", "purchase.order", id, state=("RFQ", "Purchase Order"))
    chatter.say("2026-01-06 10:00", "purchase.order", 2, acknowledged=(False, True))
    orders = [purchase(1, state="purchase"), purchase(2, state="purchase", is_acknowledged=True)]
    built = build(at("2026-01-18 12:00"), purchase_order=orders, **chatter.records)
    [row] = built.rows("select * from fct_exception where exception = 'unconfirmed_purchase_order'")
    assert (row["record_id"], row["since_at"], row["detail"]) == (1, at("2026-01-05 10:00"), "waits for Steelworks")
