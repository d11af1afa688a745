"""Unpaid bills that do not match what was ordered and received; how lines are compared: test_fct_bill."""

from __future__ import annotations

from tests.rows import LOCATIONS, at, bill, named, ordered, purchase, receipt


def test_what_does_not_match_is_named_until_it_is_paid(build):
    numbers = range(1, 9)
    changes = {
        2: {"quantity": 12.0, "subtotal_amount": 1200.0},
        3: {"subtotal_amount": 1020.0},
        4: {"subtotal_amount": 1005.0},
        5: {"quantity": 12.0, "subtotal_amount": 1200.0},
        7: {"quantity": 12.0, "subtotal_amount": 1200.0},
        8: {"purchase_line_id": None},
    }
    pairs = [bill(id, {"purchase_line_id": id} | changes.get(id, {})) for id in numbers]
    states = {5: {"payment_state": "paid"}, 7: {"move_type": "in_refund"}}
    loose = {"id": 61, "move_id": 6, "display_type": "product", "product_id": 1, "quantity": 1.0, "company_id": 1}
    built = build(
        purchase_order=[purchase(id, state="purchase") for id in numbers],
        purchase_order_line=[ordered(id) for id in numbers],
        stock_location=LOCATIONS,
        stock_move=[receipt(id, "2026-01-15 08:00", line=id) for id in numbers],
        account_move=[row | states.get(row["id"], {}) for row, _ in pairs],
        account_move_line=[*(line for _, line in pairs), loose],
    )
    found = named(built, "bill_receipt_mismatch")
    assert {id: row["detail"] for id, row in found.items()} == {
        2: "P00002: more billed than received",
        3: "P00003: price off by 2.0 %",
        6: "P00006: not ordered",
    }
    row = found[2]
    assert (row["record_model"], row["since_at"], row["plant"]) == ("account.move", at("2026-01-20 08:00"), "Nord/WH")
    assert (row["amount"], row["currency"]) == (1000.0, "EUR")
