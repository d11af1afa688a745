"""Sales lines that leave too little over the cost of the product."""

from __future__ import annotations

from tests.rows import at, named

COSTS = [{"id": 1, "product_id": 1, "company_id": 1, "value": 100.0, "valid_from_at": at("2025-01-01")}]
RATES = [{"id": 1, "company_id": 1, "currency_id": 2, "rate_on": at("2026-01-01").date(), "rate": 2.0}]


def sale(id: int, price: float = 150.0, line: dict | None = None, **values) -> tuple[dict, dict]:
    """An order of ten pieces at a price each, and its line."""
    order = {"id": id, "name": f"S{id}", "state": "sale", "company_id": 1, "warehouse_id": 1, "currency_id": 1}
    order |= {"user_id": 2, "untaxed_amount": 10 * price, "ordered_at": at("2026-02-01 08:00")}
    row = {"id": id * 10, "order_id": id, "product_id": 1, "quantity": 10.0, "delivered_quantity": 0.0}
    row |= {"subtotal_amount": 10 * price, "created_at": at("2026-02-01 07:00"), "company_id": 1}
    return order | values, row | (line or {})


def test_lines_below_the_limit_of_orders_that_are_open(build):
    pairs = {
        1: sale(1),
        2: sale(2, 105.0),
        3: sale(3, 105.0, state="cancel"),
        4: sale(4, 105.0, {"delivered_quantity": 10.0}),
        5: sale(5, 105.0, {"product_id": 2}),  # no cost is known
        6: sale(6, 0.0),
        7: sale(7, 210.0, currency_id=2),  # 105 in the company's own currency
        8: sale(8, 250.0, currency_id=2),
        9: sale(9, 150.0, {"unit_cost": 140.0}),  # the line knows better
        10: sale(10, 105.0, {"quantity": -10.0}),
        11: sale(11, 105.0, {"display_type": "line_note"}),
        12: sale(12, 90.0, state="draft"),
        13: sale(13, 105.0, {"created_at": at("2024-02-01 08:00")}),
    }
    second = sale(2, 90.0)[1] | {"id": 21}
    built = build(
        at("2026-03-02 12:00"),
        sale_order=[order for order, _ in pairs.values()],
        sale_order_line=[*(line for _, line in pairs.values()), second],
        product_value=COSTS,
        res_currency_rate=RATES,
    )
    found = named(built, "margin_below_limit")
    assert {id: row["detail"] for id, row in found.items()} == {
        2: "[T-1] Table: -11 % margin",
        6: "[T-1] Table: free of charge",
        7: "[T-1] Table: 5 % margin",
        9: "[T-1] Table: 7 % margin",
        12: "[T-1] Table: -11 % margin",
    }
    row = found[2]
    assert (row["since_at"], row["plant"], row["responsible"]) == (at("2026-02-01 07:00"), "Nord/WH", "Anna")
    assert (row["amount"], row["currency"], row["record_model"]) == (1050.0, "EUR", "sale.order")
