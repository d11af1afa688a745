"""From the need of a reordering rule to an order."""

from tests.rows import PLACES, at, bought, counted, goods, purchase


def test_until_something_is_ordered(build):
    rule = {"product_id": 1, "location_id": 11, "company_id": 1, "trigger": "manual", "minimum_quantity": 5.0}
    built = build(
        stock_location=PLACES,
        stock_warehouse_orderpoint=[
            rule | {"id": 1, "name": "OP/1"},
            rule | {"id": 2, "name": "OP/2", "minimum_quantity": 2.0},  # there is enough for it
            rule | {"id": 3, "name": "OP/3", "location_id": 21, "company_id": 2},
        ],
        stock_quant=[
            {"id": 1, "product_id": 1, "location_id": 11, "quantity": 4.0},
            {"id": 3, "product_id": 1, "location_id": 21, "quantity": 0.0},
        ],
        stock_move=[
            goods(1, done="06 10:00", quantity=6.0, created_at=at("2026-01-06 08:00")),
            goods(2, 21, 2, done="07 10:00", quantity=6.0, created_at=at("2026-01-07 08:00")),
        ],
        purchase_order=[purchase(1)],
        purchase_order_line=[bought(1, 1, created_at=at("2026-01-08 08:00"))],
    )
    assert counted(built, "orderpoint_order_time") == {
        1: [(at("2026-01-06 08:00"), at("2026-01-08 08:00"))],
        3: [(at("2026-01-07 08:00"), None)],
    }
    assert set(counted(built, "orderpoint_order_time", filters={"answered_by": ["open"]})) == {3}
