"""Receipts without the landed costs that receipts of that vendor have."""

from __future__ import annotations

import pytest

from tests.rows import LOCATIONS, at, ordered, purchase, receipt

AS_OF = at("2026-03-02 12:00")


@pytest.fixture(scope="module")
def found(build):
    # vendor 9: receipts 1 to 5 of January, all but the fourth with landed costs, and a young one
    moves = [receipt(id, f"2026-01-{10 + id} 08:00") for id in range(1, 6)]
    moves += [receipt(6, "2026-02-27 08:00")]
    # vendor 10: one of two only has them; vendor 11: seldom; vendor 12: three had, and the last is too old
    moves += [receipt(id, "2026-01-15 08:00", line=10) for id in (11, 12)]
    moves += [receipt(id, "2026-01-15 08:00", line=11) for id in (21, 22, 23, 24)]
    moves += [receipt(id, "2026-01-15 08:00", line=12) for id in (31, 32, 33)]
    moves += [receipt(34, "2025-08-01 08:00", line=12)]
    # not received yet, and a return
    moves += [receipt(7, "2026-01-15 08:00", state="assigned")]
    moves += [receipt(8, "2026-01-15 08:00", picking_type_id=1)]
    old = at("2026-02-01 08:00")
    costs = [
        {"id": 1, "state": "done", "picking_ids": [1, 2]},
        {"id": 2, "state": "done", "picking_ids": [3, 5, 11, 21, 31, 32, 33]},
        {"id": 3, "state": "draft", "picking_ids": [22], "created_at": old, "total_amount": 300.0, "name": "LC/3"},
        {"id": 4, "state": "draft", "picking_ids": [], "created_at": at("2026-02-25 08:00"), "name": "LC/4"},
        {"id": 5, "state": "cancel", "picking_ids": [4], "created_at": old, "name": "LC/5"},
    ]
    vendors = {1: 9, 10: 10, 11: 11, 12: 12}
    built = build(
        AS_OF,
        purchase_order=[purchase(id, state="purchase", partner_id=vendor) for id, vendor in vendors.items()],
        purchase_order_line=[ordered(id) for id in vendors],
        stock_location=LOCATIONS,
        stock_move=moves,
        stock_landed_cost=[{"company_id": 1, "created_at": old} | cost for cost in costs],
    )
    return built.rows("select * from fct_exception where exception = 'landed_cost_missing'")


def test_only_the_one_of_a_vendor_whose_others_have_them(found):
    [row] = [row for row in found if row["record_model"] == "stock.picking"]
    assert (row["record_id"], row["name"], row["plant"]) == (4, "WH/IN/00004", "Nord/WH")
    assert row["since_at"] == at("2026-01-14 08:00")
    assert row["detail"] == "no landed costs, as 4 of 4 others of the vendor have"
    assert (row["amount"], row["currency"]) == (1000.0, "EUR"), "ten pieces of a line of ten for 1000"


def test_landed_costs_that_were_not_validated_in_time(found):
    [row] = [row for row in found if row["record_model"] == "stock.landed.cost"]
    assert (row["record_id"], row["name"], row["amount"], row["currency"]) == (3, "LC/3", 300.0, "EUR")
    assert (row["plant"], row["since_at"]) == ("Nord/WH", at("2026-02-01 08:00"))
