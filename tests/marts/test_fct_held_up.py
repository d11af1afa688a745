"""What waits for an open order, however far down, and what that is worth: no order counts twice."""

from __future__ import annotations

import pytest

from tests.marts.test_fct_open_order import sale, sale_line
from tests.rows import at, bought, order, purchase


def made(id: int, quantity: float = 1.0, **values) -> dict:
    """A production order worth ten euros a piece, due in a month."""
    return order(id, product_qty=quantity, state="confirmed", deadline_at=at("2026-04-01 08:00")) | values


def chain(supplier: int, *moves: int, **owner) -> dict:
    return {"id": supplier, "destination_move_ids": list(moves)} | owner


def held_up(build, **records) -> dict[tuple, dict]:
    built = build(product_product=[{"id": 1, "product_tmpl_id": 1, "standard_cost": 10.0}], **records)
    return {(row["record_model"], row["record_id"]): row for row in built.rows("select * from fct_held_up")}


def test_a_purchase_holds_up_the_orders_down_to_the_sale(build):
    """Purchase 1 feeds order 1, which feeds order 2, which the sale waits for; order 3 was made by hand."""
    found = held_up(
        build,
        purchase_order=[purchase(1, state="purchase")],
        purchase_order_line=[{"id": 1, "order_id": 1, "quantity": 5.0, "subtotal_amount": 80.0}],
        mrp_production=[made(1), made(2, 3.0), made(3, 7.0, deadline_at=at("2026-03-05 08:00"))],
        sale_order=[sale(1, promised_at=at("2026-03-08 08:00"))],
        sale_order_line=[sale_line(1, 1)],
        stock_move=[
            chain(1, 11, purchase_line_id=1),
            {"id": 11, "raw_material_production_id": 1},
            chain(2, 12, production_id=1),
            {"id": 12, "raw_material_production_id": 2},
            chain(3, 13, production_id=2),
            {"id": 13, "sale_line_id": 1},
        ],
    )
    said = {key: (row["waiting_count"], row["due_soon_count"], row["amount"]) for key, row in found.items()}
    assert said == {
        ("purchase.order", 1): (3, 1, 400.0),
        ("mrp.production", 1): (2, 1, 400.0),
        ("mrp.production", 2): (1, 1, 400.0),
        ("mrp.production", 3): (0, 1, 70.0),
        ("sale.order", 1): (0, 1, 400.0),
    }
    assert found["purchase.order", 1]["first_due_at"] == at("2026-03-08 08:00")
    assert found["purchase.order", 1]["currency"] == "EUR"


def test_what_was_made_for_an_order_holds_it_up(build):
    found = held_up(
        build,
        mrp_production=[made(1, 2.0), made(2, 5.0, origin="WH/MO/00001"), made(3, origin="WH/MO/00009")],
        purchase_order=[purchase(1, origin="WH/MO/00002")],
    )
    assert found["mrp.production", 2]["waiting_count"] == 1 and found["mrp.production", 2]["amount"] == 20.0
    assert found["purchase.order", 1]["waiting_count"] == 2 and found["purchase.order", 1]["amount"] == 20.0
    assert found["mrp.production", 3]["waiting_count"] == 0


def test_what_is_over_waits_for_nothing(build):
    found = held_up(
        build,
        mrp_production=[made(1, state="done"), made(2, origin="WH/MO/00001")],
        purchase_order=[purchase(1, origin="WH/MO/00001")],
    )
    assert set(found) == {("mrp.production", 2), ("purchase.order", 1)}
    assert {row["waiting_count"] for row in found.values()} == {0}
    assert found["purchase.order", 1]["amount"] == 9000.0


def test_an_order_reached_on_two_ways_counts_once(build):
    found = held_up(
        build,
        mrp_production=[
            made(1),
            made(2, 2.0, origin="WH/MO/00001"),
            made(3, 3.0, origin="WH/MO/00001"),
            made(4, 4.0, origin="WH/MO/00002, WH/MO/00003"),
        ],
    )
    assert (found["mrp.production", 4]["waiting_count"], found["mrp.production", 4]["amount"]) == (3, 10.0)


def test_orders_that_wait_for_each_other_are_worth_their_own(build):
    found = held_up(build, mrp_production=[made(1, origin="WH/MO/00002"), made(2, 2.0, origin="WH/MO/00001")])
    assert {key[1]: (row["waiting_count"], row["amount"]) for key, row in found.items()} == {1: (1, 10.0), 2: (1, 20.0)}


def test_work_orders_transfers_and_held_goods_hold_up_what_waits_for_them(build):
    """Order 1 is short of what lies in quarantine and has a work order; a receipt is for a purchase it waits for; the
    delivery is for the sale that waits for order 1. What is done holds up nothing, nor what another plant holds."""
    found = held_up(
        build,
        mrp_production=[made(1, 2.0), made(2, 5.0)],
        mrp_workorder=[
            {"id": 5, "production_id": 1, "state": "ready"},
            {"id": 6, "production_id": 1, "state": "done"},
        ],
        purchase_order=[purchase(1, state="purchase")],
        purchase_order_line=[{"id": 1, "order_id": 1, "quantity": 5.0, "subtotal_amount": 80.0}],
        sale_order=[sale(1)],
        sale_order_line=[sale_line(1, 1)],
        stock_move=[
            chain(1, 11, purchase_line_id=1, picking_id=31, state="assigned"),
            {"id": 11, "raw_material_production_id": 1, "product_id": 1, "state": "confirmed"},
            chain(2, 12, production_id=1),
            {"id": 12, "sale_line_id": 1, "picking_id": 32, "state": "waiting"},
            {"id": 13, "sale_line_id": 1, "picking_id": 33, "state": "done"},
            {"id": 14, "raw_material_production_id": 2, "product_id": 1, "state": "assigned"},
        ],
        quality_alert=[
            {"id": 7, "product_id": 1, "picking_id": 41, "created_at": at("2026-02-20 08:00")},
            {"id": 8, "product_id": 1, "picking_id": 42, "created_at": at("2026-02-20 08:00")},
        ],
        stock_picking=[
            {"id": 41, "picking_type_id": 3, "company_id": 1},
            {"id": 42, "picking_type_id": 4, "company_id": 2},
        ],
    )
    said = {key: (row["waiting_count"], row["amount"]) for key, row in found.items()}
    assert said["mrp.workorder", 5] == (2, 400.0)
    assert said["stock.picking", 31] == (2, 400.0)
    assert said["stock.picking", 32] == (1, 400.0)
    assert said["quality.alert", 7] == (2, 400.0)
    assert not {("mrp.workorder", 6), ("stock.picking", 33), ("quality.alert", 8)} & set(said)
    assert {row["plant"] for row in found.values()} == {"Nord/WH"}


def test_a_purchase_for_the_stock_holds_up_the_orders_of_the_plant_that_are_short_of_it(build):
    """Orders 1 and 2 are short of product 1 in Nord, which purchase 1 brings with receipt 31. Purchase 2 brings another
    product, 3 brings it to South, 4 has brought it, 5 is bought for order 3; order 4 has all it needs."""
    lines = [bought(id, id, product_id=2 if id == 2 else 1) for id in range(1, 6)]
    lines[3] |= {"received_quantity": 10.0}
    found = held_up(
        build,
        mrp_production=[made(1, 2.0, deadline_at=at("2026-03-05 08:00")), made(2, 3.0), made(3, 4.0), made(4, 5.0)],
        purchase_order=[
            purchase(id, state="draft" if id == 1 else "purchase", picking_type_id=4 if id == 3 else 3,
                     origin="WH/MO/00003" if id == 5 else None)
            for id in range(1, 6)
        ],
        purchase_order_line=[row | {"subtotal_amount": 30.0} for row in lines],
        stock_move=[
            {"id": 11, "raw_material_production_id": 1, "product_id": 1, "state": "confirmed"},
            {"id": 12, "raw_material_production_id": 2, "product_id": 1, "state": "partially_available"},
            {"id": 14, "raw_material_production_id": 4, "product_id": 1, "state": "assigned"},
            chain(31, purchase_line_id=1, picking_id=31, product_id=1, state="assigned"),
        ],
    )  # fmt: skip
    said = {key: (row["waiting_count"], row["due_soon_count"], row["amount"]) for key, row in found.items()}
    assert said["purchase.order", 1] == said["stock.picking", 31] == (2, 1, 50.0)
    assert [said["purchase.order", id] for id in (2, 3)] == [(0, 0, 30.0)] * 2
    assert ("purchase.order", 4) not in said
    assert said["purchase.order", 5] == (1, 0, 40.0)


def test_a_value_that_is_not_known_is_told(build):
    found = build(mrp_production=[made(1)]).rows("select * from fct_held_up")
    assert [(row["amount"], row["unvalued_count"]) for row in found] == [(None, 1)]


@pytest.mark.parametrize("state", ["draft", "confirmed"])
def test_exceptions_say_what_they_hold_up(build, state):
    """Of the order itself, and of what a rule knows the price of."""
    built = build(
        product_product=[{"id": 1, "product_tmpl_id": 1, "standard_cost": 10.0}],
        mrp_production=[made(1, 2.0, state="draft"), made(2, 5.0, origin="WH/MO/00003"), made(3, 4.0, state=state)],
        purchase_order=[purchase(1, origin="WH/MO/00001", state="to approve")],
    )
    rows = built.rows("select * from fct_exception where exception = 'stalled_draft_order' order by record_id")
    first = rows[0]
    assert (first["record_id"], first["waiting_count"], first["held_up_amount"], first["held_up_currency"]) == (
        1, 0, 20.0, "EUR"
    )  # fmt: skip
    assert len(rows) == (2 if state == "draft" else 1)
