"""When the forecast of a reordering rule fell below its minimum, and what was done about it."""

import pytest

from tests.conftest import Chatter
from tests.rows import PLACES, at, bought, goods, order, purchase

RULE = {"product_id": 1, "location_id": 11, "warehouse_id": 1, "company_id": 1, "trigger": "manual", "active": True}


def rule(id: int, product: int, minimum: float = 5.0, **values) -> dict:
    return RULE | {"id": id, "name": f"OP/{id}", "product_id": product, "minimum_quantity": minimum} | values


def asked(moment: str) -> dict:
    return {"created_at": at(f"2026-01-{moment}")}


@pytest.fixture(scope="module")
def built(build):
    chatter = Chatter()
    chatter.say("2026-01-08 09:00", "mrp.production", 1, state=("Draft", "Confirmed"))
    chatter.say("2026-01-14 12:00", "purchase.order", 2, state=("RFQ", "Purchase Order"))
    chatter.say("2026-01-05 12:00", "purchase.order", 4, state=("RFQ", "Purchase Order"))
    shelf = {"id": 13, "name": "Shelf", "complete_name": "Stock/Shelf", "usage": "internal", "warehouse_id": 1}
    products = range(1, 8)
    return build(
        at("2026-01-30"),
        stock_location=[*PLACES, shelf],
        product_template=[{"id": id, "name": f"Part {id}", "categ_id": 1} for id in products],
        product_product=[{"id": id, "product_tmpl_id": id} for id in products],
        stock_warehouse_orderpoint=[
            *(rule(id, id) for id in products if id != 6),
            rule(6, 6, active=False),
            rule(16, 6, minimum=0.0),
        ],
        stock_quant=[
            # 1: twelve at first; 2: twelve that lie on a shelf within the place; 3, 4: nothing is left
            {"id": 1, "product_id": 1, "location_id": 11, "quantity": 2.0},
            {"id": 2, "product_id": 2, "location_id": 13, "quantity": 12.0},
            {"id": 5, "product_id": 5, "location_id": 11, "quantity": 4.0},
            {"id": 7, "product_id": 7, "location_id": 11, "quantity": 4.0},
        ],
        stock_move=[
            # 1: ten are asked for on the 6th, of which six are sent at once and four, a rest of the line, later
            goods(1, done="06 10:00", quantity=6.0, product_id=1, sale_line_id=1, **asked("06 08:00")),
            goods(2, done="09 10:00", quantity=4.0, product_id=1, sale_line_id=1, **asked("06 10:00")),
            # 2: eight of twelve for an order that is released on the 8th; within the place nothing changes
            goods(3, 11, 15, quantity=8.0, product_id=2, raw_material_production_id=1, **asked("07 08:00")),
            goods(4, 11, 13, quantity=8.0, product_id=2, **asked("06 08:00")),
            # 3: cancelled, and not confirmed yet
            goods(5, quantity=8.0, product_id=3, state="cancel", **asked("06 08:00")),
            goods(6, quantity=8.0, product_id=3, state="draft", **asked("06 08:00")),
            # 4: below on the 6th and again on the 20th
            goods(7, 1, 11, "05 10:00", 10.0, product_id=4, **asked("05 08:00")),
            goods(8, done="06 10:00", quantity=8.0, product_id=4, **asked("06 08:00")),
            goods(9, 3, 11, "10 10:00", 8.0, product_id=4, **asked("09 08:00")),
            goods(10, done="20 10:00", quantity=10.0, product_id=4, **asked("20 08:00")),
            # 5, 7: six of ten
            goods(11, done="12 10:00", quantity=6.0, product_id=5, **asked("12 08:00")),
            goods(12, done="12 10:00", quantity=6.0, product_id=7, **asked("12 08:00")),
            goods(13, done="12 10:00", quantity=6.0, product_id=6, **asked("12 08:00")),
        ],
        mrp_production=[order(1, state="confirmed", product_id=3), order(2, product_id=2, **asked("09 08:00"))],
        purchase_order=[
            purchase(1), purchase(2, state="purchase"), purchase(3, state="cancel"), purchase(4, state="purchase")
        ],
        purchase_order_line=[
            bought(1, 1, product_id=1, **asked("07 08:00")),
            bought(2, 2, product_id=5, **asked("11 08:00")),  # a draft then
            bought(3, 3, product_id=7, **asked("11 08:00")),  # was cancelled
            bought(4, 4, product_id=7, **asked("05 08:00")),  # ordered, and there, long before
            bought(5, 1, product_id=7, **asked("15 08:00")),
        ],
        **chatter.records,
    )  # fmt: skip


def test_from_too_little_to_more(built):
    rows = built.rows("select * from fct_replenishment_need order by record_id, needed_at")
    needs = [
        (row["record_id"], f"{row['needed_at']:%d %H}", row["answered_at"] and f"{row['answered_at']:%d %H}",
         row["answered_by"], row["answer"])
        for row in rows
    ]  # fmt: skip
    assert needs == [
        (1, "06 08", "07 08", "order", "P00001"),
        (2, "08 09", "09 08", "order", "WH/MO/00002"),
        (4, "06 08", "09 08", "transfer or count", None),
        (4, "20 08", None, "open", None),
        (5, "12 08", None, "open", None),
        (7, "12 08", "15 08", "order", "P00001"),
    ]
    levels = {row["record_id"]: row["forecast_quantity"] for row in rows}
    assert levels == {1: 2.0, 2: 4.0, 4: 0.0, 5: 4.0, 7: 4.0}


def test_a_draft_that_was_there_is_no_need(built):
    [asked_before] = built.rows("select record_id from fct_replenishment_need where is_asked_before")
    assert asked_before["record_id"] == 5
