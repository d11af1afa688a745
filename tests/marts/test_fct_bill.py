"""Bills of vendors: posted and paid when, and whether they match order and receipt."""

from __future__ import annotations

import pytest

from tests.conftest import Chatter
from tests.rows import LOCATIONS, at, bill, ordered, purchase, receipt

PO = [purchase(1, state="purchase")]
POSTED = ("Draft", "Posted")


@pytest.fixture
def bills(build):
    """bills(*pairs of bill and line, **tables) -> rows of fct_bill by bill."""

    def make(*pairs, **tables):
        tables = {
            "purchase_order": PO,
            "purchase_order_line": [ordered()],
            "stock_location": LOCATIONS,
            "stock_move": [receipt(1, "2026-01-15 08:00")],
            "account_move": [row for row, _ in pairs],
            "account_move_line": [line for _, line in pairs],
        } | tables
        return {row["record_id"]: row for row in build(**tables).rows("select * from fct_bill")}

    return make


def matches(row) -> tuple:
    return row["was_over_received"], row["is_over_received"], row["unordered_line_count"]


def test_what_was_ordered_and_received_matches(bills):
    row = bills(bill(1))[1]
    assert matches(row) == (False, False, 0) and row["price_deviation"] == pytest.approx(0)
    assert (row["plant"], row["company"], row["vendor"], row["order_name"]) == (
        "Nord/WH", "Nord", "Steelworks", "P00001"
    )  # fmt: skip
    assert (row["amount"], row["currency"], row["ordered_line_count"]) == (1000.0, "EUR", 1)


def test_billed_before_it_came_and_then_it_came(bills):
    row = bills(bill(1), stock_move=[receipt(1, "2026-01-21 08:00")])[1]
    assert matches(row) == (True, False, 0)


def test_more_billed_than_ever_came(bills):
    row = bills(bill(1), stock_move=[receipt(1, "2026-01-15 08:00", reserved_quantity=8.0)])[1]
    assert matches(row) == (True, True, 0)


def test_what_went_back_to_the_vendor_was_not_received(bills):
    back = receipt(2, "2026-01-16 08:00", reserved_quantity=3.0, source_location_id=8, destination_location_id=4)
    row = bills(bill(1), stock_move=[receipt(1, "2026-01-15 08:00"), back])[1]
    assert matches(row) == (True, True, 0)


def test_what_a_subcontractor_made_was_received(bills):
    row = bills(bill(1), stock_move=[receipt(1, "2026-01-15 08:00", source_location_id=7)])[1]
    assert matches(row) == (False, False, 0)


def test_the_second_bill_for_the_same_goods_does_not_match(bills):
    second = bill(2, created_at=at("2026-01-22 08:00"))
    found = bills(bill(1), second)
    assert matches(found[1])[0] is False and matches(found[2])[0] is True
    assert matches(found[1])[1] is True and matches(found[2])[1] is True


def test_a_credit_note_settles_what_was_billed_twice(bills):
    second = bill(2, created_at=at("2026-01-22 08:00"))
    credit = bill(3, move_type="in_refund", created_at=at("2026-01-23 08:00"))
    found = bills(bill(1), second, credit)
    assert [matches(found[id])[1] for id in (1, 2, 3)] == [False, False, False]
    assert found[3]["is_refund"] and not found[1]["is_refund"]


def test_a_dozen_ordered_and_twelve_billed_are_the_same(bills):
    units = [{"id": 1, "name": "Units", "factor": 1.0}, {"id": 2, "name": "Dozen", "factor": 12.0}]
    line = ordered(quantity=1.0, product_uom_id=2, received_quantity=1.0)
    twelve = bill(1, {"quantity": 12.0, "product_uom_id": 1})
    moved = receipt(1, "2026-01-15 08:00", reserved_quantity=12.0, product_uom_id=1)
    row = bills(twelve, purchase_order_line=[line], stock_move=[moved], uom_uom=units)[1]
    assert matches(row) == (False, False, 0) and row["price_deviation"] == pytest.approx(0)


def test_a_price_is_compared_less_its_discount_and_in_one_currency(bills):
    assert bills(bill(1, {"subtotal_amount": 1050.0}))[1]["price_deviation"] == pytest.approx(0.05)
    assert bills(bill(1, {"subtotal_amount": 500.0}))[1]["price_deviation"] == pytest.approx(0.5)
    assert bills(bill(1, {"subtotal_amount": 1050.0}, currency_id=2))[1]["price_deviation"] is None


def test_an_ordered_price_of_nothing_is_not_divided_by(bills):
    assert bills(bill(1), purchase_order_line=[ordered(subtotal_amount=0.0)])[1]["price_deviation"] is None


def test_services_have_no_receipt(bills):
    template = [{"id": 1, "name": "Transport", "categ_id": 1, "type": "service"}]
    row = bills(bill(1), product_template=template, stock_move=[], purchase_order_line=[ordered(received_quantity=0.0)])
    assert matches(row[1]) == (False, False, 0)


def test_where_moves_cannot_be_read_the_order_says_what_came(bills):
    assert matches(bills(bill(1), stock_move=[])[1]) == (False, False, 0)
    few = [ordered(received_quantity=4.0)]
    assert matches(bills(bill(1), stock_move=[], purchase_order_line=few)[1]) == (True, True, 0)


def test_goods_beside_the_order_are_counted_and_freight_is_not(bills):
    row, line = bill(1)
    other = {"id": 11, "purchase_line_id": None}
    freight = {"id": 12, "purchase_line_id": None, "is_landed_cost": True}
    total = {"id": 13, "purchase_line_id": None, "display_type": "payment_term", "product_id": None}
    found = bills((row, line), account_move_line=[line, line | other, line | freight, line | total])
    assert matches(found[1]) == (False, False, 1)


@pytest.mark.parametrize("values", [{"state": "draft"}, {"state": "cancel"}, {"move_type": "entry"}])
def test_what_is_not_posted_or_no_bill_is_left_out(bills, values):
    assert bills(bill(1, **values)) == {}


def test_when_it_was_posted_and_paid_is_what_the_chatter_says(bills):
    chatter = Chatter()
    chatter.say("2026-01-21 09:00", "account.move", 1, state=POSTED)
    chatter.say("2026-02-03 10:00", "account.move", 1, payment_state=("Not Paid", "In Payment"))
    chatter.say("2026-02-04 10:00", "account.move", 1, payment_state=("In Payment", "Paid"))
    row = bills(bill(1, payment_state="paid"), **chatter.records)[1]
    assert (row["posted_at"], row["paid_at"]) == (at("2026-01-21 09:00"), at("2026-02-03 10:00"))
    # back to unpaid: no payment
    assert bills(bill(1), **chatter.records)[1]["paid_at"] is None
    # posted without a tracked change, as an import does
    assert bills(bill(1))[1]["posted_at"] == at("2026-01-20 08:00")
