"""Orders that are not over, and what is still to come of them, in their own and in the reporting currency."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from queries.config import Config, Money
from tests.rows import at, order, purchase


def line(id: int, order_id: int, quantity: float = 10.0, done: float = 0.0, subtotal: float = 1000.0, **values) -> dict:
    return {
        "id": id,
        "order_id": order_id,
        "quantity": quantity,
        "subtotal_amount": subtotal,
        "received_quantity": done,
    } | values


def sale_line(id: int, order_id: int, delivered: float = 0.0, **values) -> dict:
    return {
        "id": id,
        "order_id": order_id,
        "quantity": 4.0,
        "delivered_quantity": delivered,
        "subtotal_amount": 400.0,
    } | values


def sale(id: int, **values) -> dict:
    row = {"id": id, "name": f"S{id:05d}", "state": "sale", "company_id": 1, "warehouse_id": 1, "currency_id": 1}
    return row | {"ordered_at": at("2026-02-01 08:00"), "created_at": at("2026-02-01 08:00")} | values


def open_orders(build, **records) -> dict[tuple, dict]:
    found = build(**records).rows("select * from fct_open_order")
    return {(row["record_model"], row["record_id"]): row for row in found}


COST = {"id": 1, "product_id": 1, "company_id": 1, "value": 7.0, "valid_from_at": at("2026-01-01 00:00")}


def test_production_orders_are_worth_their_quantity_at_cost(build):
    found = open_orders(
        build,
        mrp_production=[
            order(1, product_qty=3.0, deadline_at=at("2026-03-05 08:00")),
            order(2, product_qty=3.0, state="confirmed", finished_at=at("2026-03-06 08:00")),
            order(3, product_qty=3.0, state="done"),
            order(4, product_qty=3.0, state="cancel"),
            order(5, product_qty=3.0, company_id=2, picking_type_id=2),
        ],
        product_product=[{"id": 1, "product_tmpl_id": 1, "standard_cost": 5.0}],
        product_value=[
            COST,
            COST | {"id": 2, "value": 8.0, "valid_from_at": at("2026-01-02 00:00")},
            COST | {"id": 3, "value": 99.0, "lot_id": 4, "valid_from_at": at("2026-01-03 00:00")},
        ],
    )
    assert set(found) == {("mrp.production", id) for id in (1, 2, 5)}
    first, second, other = (found["mrp.production", id] for id in (1, 2, 5))
    assert (first["amount"], first["currency"], first["due_at"]) == (24.0, "EUR", at("2026-03-05 08:00"))
    assert second["due_at"] == at("2026-03-06 08:00")
    assert (other["amount"], other["currency"]) == (15.0, "USD")  # no cost of its company: the product's
    assert other["reporting_amount"] is None  # no rate between dollars and euros


def test_of_purchases_what_is_still_to_be_received_counts(build):
    found = open_orders(
        build,
        purchase_order=[
            purchase(1, state="purchase", planned_at=at("2026-03-03 08:00")),
            purchase(2, state="purchase"),
            purchase(3, state="cancel"),
            purchase(4, state="to approve"),
            purchase(5, state="done"),
        ],
        purchase_order_line=[
            line(1, 1, done=4.0),
            line(2, 1, subtotal=50.0, done=12.0),  # more than was ordered
            line(3, 2, done=10.0),
            line(4, 3),
            line(5, 5, done=10.0),
            line(6, 1, quantity=0.0, subtotal=0.0),
        ],
    )
    assert set(found) == {("purchase.order", 1), ("purchase.order", 4)}
    assert found["purchase.order", 1]["amount"] == pytest.approx(600.0)
    assert found["purchase.order", 4]["amount"] == 9000.0  # no lines: as the order says
    assert not found["purchase.order", 1]["is_demand"]


def test_of_sales_what_is_still_to_be_delivered_counts(build):
    found = open_orders(
        build,
        sale_order=[
            sale(1, promised_at=at("2026-03-04 08:00")),
            sale(2),
            sale(3),
            sale(4, state="draft"),
            sale(5, currency_id=2),
        ],
        sale_order_line=[
            sale_line(1, 1, delivered=1.0),
            sale_line(2, 2, lead_days=9.0),
            sale_line(3, 3, delivered=4.0),
            sale_line(4, 4),
            sale_line(5, 5),
        ],
        res_currency_rate=[
            {"id": 1, "currency_id": 2, "rate_on": date(2026, 1, 1), "rate": 1.25, "company_id": 1},
            {"id": 2, "currency_id": 2, "rate_on": date(2026, 3, 3), "rate": 5.0, "company_id": 1},  # tomorrow's
        ],
    )
    assert set(found) == {("sale.order", id) for id in (1, 2, 5)}
    assert (found["sale.order", 1]["amount"], found["sale.order", 1]["due_at"]) == (300.0, at("2026-03-04 08:00"))
    assert found["sale.order", 2]["due_at"] == at("2026-02-01 08:00") + timedelta(days=9)
    assert (found["sale.order", 5]["amount"], found["sale.order", 5]["reporting_amount"]) == (
        400.0,
        pytest.approx(320.0),
    )
    assert found["sale.order", 1]["plant"] == "Nord/WH"


def test_the_reporting_currency_is_that_of_ops_toml(build):
    found = open_orders(
        build,
        config=Config(money=Money("USD")),
        sale_order=[sale(1)],
        sale_order_line=[sale_line(1, 1)],
        res_currency_rate=[{"id": 1, "currency_id": 2, "rate_on": date(2026, 1, 1), "rate": 1.25, "company_id": 1}],
    )
    row = found["sale.order", 1]
    assert (row["reporting_amount"], row["reporting_currency"]) == (pytest.approx(500.0), "USD")


def test_a_lead_time_of_more_than_a_century_is_none(build):
    found = open_orders(build, sale_order=[sale(1)], sale_order_line=[sale_line(1, 1, lead_days=1e14)])
    assert found["sale.order", 1]["due_at"] == at("2026-02-01 08:00")
