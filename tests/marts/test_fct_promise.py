"""What was promised of orders' lines, and when all of it came."""

import pytest

from tests.conftest import Chatter
from tests.rows import PLACES, at, bought, goods, purchase, sold, versions

ORDERED = "2026-01-05 10:00"


@pytest.fixture(scope="module")
def built(build):
    chatter, orders, lines, moves = Chatter(), [], [], []

    def order(id, *received, line=None, **values):
        chatter.say(ORDERED, "purchase.order", id, state=("RFQ", "Purchase Order"))
        orders.append(purchase(id, **{"state": "purchase", **values}))
        lines.extend(line or [bought(id, id, received_quantity=sum(m["reserved_quantity"] for m in received
                                                                   if m["state"] == "done"))])  # fmt: skip
        moves.extend(move | {"purchase_line_id": id} for move in received)

    order(1, goods(1, 1, 11, "12 20:00"))
    order(2, goods(2, 1, 11, "11 08:00", 4.0), goods(3, 1, 11, "14 08:00", 6.0))
    order(3, goods(4, 1, 11, "11 08:00", 4.0), goods(5, 1, 11, quantity=6.0))
    order(4, goods(6, 1, 11, "11 08:00", 4.0), goods(7, 1, 11, quantity=6.0, state="cancel"))
    order(5, goods(8, 1, 11, state="cancel"), state="cancel")
    order(6)  # a service: no goods
    # 7: the vendor's date was moved after ordering, 8: before, and 9: seen for the first time long after
    later = {"planned_at": at("2026-01-20 12:00")}
    order(7, goods(9, 1, 11), line=versions(bought(7, 7, seen="2026-01-05 09:00"),
                                            bought(7, 7, seen="2026-01-08 09:00", **later)))  # fmt: skip
    order(8, goods(10, 1, 11), line=versions(bought(8, 8, seen="2026-01-04 09:00"),
                                             bought(8, 8, seen="2026-01-05 09:00", **later)))  # fmt: skip
    order(9, goods(11, 1, 11), line=versions(bought(9, 9, seen="2026-01-30 09:00", **later)))
    # 10: through a subcontractor, 11: ten pieces in two dozens' worth of another unit, 12: four went back
    order(10, goods(12, 4, 11, "12 08:00", is_subcontract=True))
    order(11, goods(13, 1, 11, "12 08:00", 60.0, product_uom_id=2), goods(14, 1, 11, "13 08:00", 60.0,
          product_uom_id=2), line=[bought(11, 11, received_quantity=10.0)])  # fmt: skip
    order(12, goods(15, 1, 11, "10 08:00", 8.0), goods(16, 11, 1, "11 08:00", 4.0), goods(17, 1, 11, quantity=6.0),
          line=[bought(12, 12, received_quantity=4.0)])  # fmt: skip
    # 13: received into an input place first: the way on counts once
    order(13, goods(18, 1, 12, "11 08:00"), goods(19, 12, 11, "13 08:00"))
    # an order that is not placed yet
    orders.append(purchase(20))
    lines.append(bought(20, 20))
    sales, sale_lines = zip(sold(1), sold(2, promised_at=None), sold(3, state="cancel"), strict=True)
    sale_lines[1]["lead_days"] = 3.5
    return build(
        as_of=at("2026-02-01"),
        stock_location=PLACES,
        purchase_order=orders,
        purchase_order_line=lines,
        sale_order=sales,
        sale_order_line=sale_lines,
        stock_move=[
            *moves,
            goods(31, 11, 12, "09 08:00", sale_line_id=101),  # picked first
            goods(32, 12, 2, "10 08:00", sale_line_id=101),
            goods(33, 11, 2, sale_line_id=102),
            goods(34, 11, 2, sale_line_id=103, state="cancel"),
        ],
        **chatter.records,
    )


@pytest.fixture(scope="module")
def found(built):
    rows = built.rows("select * from fct_promise")
    return {(row["record_model"].split(".")[0], row["record_id"]): row for row in rows}


def test_when_all_of_it_was_there(found):
    ends = {id: (row["outcome"], row["fulfilled_at"] and f"{row['fulfilled_at']:%d %H}")
            for (model, id), row in found.items() if model == "purchase"}  # fmt: skip
    assert ends == {
        1: ("in full", "12 20"),
        2: ("in full", "14 08"),
        3: ("open", None),
        4: ("in part", None),
        5: ("cancelled", None),
        7: ("open", None),
        8: ("open", None),
        9: ("open", None),
        10: ("in full", "12 08"),
        11: ("in full", "13 08"),
        12: ("open", None),
        13: ("in full", "11 08"),
    }
    assert (found["purchase", 3]["open_quantity"], found["purchase", 3]["open_amount"]) == (6.0, 18.0)
    assert [id for (_, id), row in found.items() if row["is_subcontracted"]] == [10]


def test_the_promise_is_that_of_the_day_of_ordering(found):
    promised = {id: f"{found['purchase', id]['promised_at']:%d}" for id in (1, 7, 8, 9)}
    assert promised == {1: "12", 7: "12", 8: "20", 9: "20"}
    assert found["purchase", 7]["planned_at"] == at("2026-01-20 12:00")


def test_it_holds_until_the_end_of_the_day_in_the_plant(found):
    assert found["purchase", 1]["due_at"] == at("2026-01-12 23:00")  # midnight in Paris


def test_sales(found):
    ends = {id: (row["outcome"], row["promise"], row["fulfilled_at"], row["promised_at"])
            for (model, id), row in found.items() if model == "sale"}  # fmt: skip
    assert ends == {
        1: ("in full", "delivery date", at("2026-01-10 08:00"), at("2026-01-12 12:00")),
        2: ("open", "lead time", None, at("2026-01-08 20:00")),
        3: ("cancelled", "delivery date", None, at("2026-01-12 12:00")),
    }
    row = found["sale", 1]
    assert (row["plant"], row["partner"], row["responsible"], row["currency"]) == (
        "Nord/WH", "Steelworks", "Anna", "EUR"
    )  # fmt: skip


def test_a_lead_time_of_more_than_a_century_promises_nothing(build):
    order_of, line = sold(1, promised_at=None)
    given = {"sale_order": [order_of], "stock_location": PLACES, "stock_move": [goods(1, 11, 2, sale_line_id=101)]}
    for days, planned in ((9.0, at("2026-01-14 08:00")), (1e14, None), (-1e14, None)):
        rows = build(sale_order_line=[line | {"lead_days": days}], **given).rows("select planned_at from fct_promise")
        assert {row["planned_at"] for row in rows} <= {planned} and (rows or planned is None)
