"""What an order cost, and what it should have cost."""

from __future__ import annotations

import pytest

from tests.conftest import Chatter
from tests.rows import at, order

MO = "mrp.production"
COSTS = [
    {"id": 1, "product_id": 1, "company_id": 1, "value": 50.0, "valid_from_at": at("2025-01-01")},
    {"id": 2, "product_id": 2, "company_id": 1, "value": 4.0, "valid_from_at": at("2025-01-01")},
]
PRODUCTS = [{"id": id, "product_tmpl_id": 1, "default_code": f"T-{id}"} for id in (1, 2)]


def move(id: int, **values) -> dict:
    """Ten components of product 2, consumed by order 1 on the 8th."""
    row = {"id": id, "state": "done", "product_id": 2, "reserved_quantity": 10.0, "company_id": 1}
    return row | {"raw_material_production_id": 1, "moved_at": at("2026-01-08 08:00")} | values


def made(id: int = 9, **values) -> dict:
    return move(id, raw_material_production_id=None, production_id=1, product_id=1, reserved_quantity=1.0) | values


@pytest.fixture
def cost(build):
    """cost(moves, **tables) -> the order's row, or None."""

    def make(*moves, state="done", **tables):
        chatter = Chatter()
        chatter.say("2026-01-06 08:00", MO, 1, state=("Draft", "Confirmed"))
        chatter.say("2026-01-08 08:00", MO, 1, state=("Confirmed", "Done"))
        tables = {"product_value": COSTS, "product_product": PRODUCTS} | tables
        records = {"mrp_production": [order(1, state=state)], "stock_move": list(moves)} | tables | chatter.records
        rows = build(**records).rows("select * from fct_production_cost")
        return rows[0] if rows else None

    return make


def amounts(row) -> tuple:
    return row["material_amount"], row["work_amount"], row["actual_amount"], row["standard_amount"]


def test_components_at_their_cost_against_the_product_at_its_own(cost):
    row = cost(move(1), made())
    assert amounts(row) == (40.0, 0.0, 40.0, 50.0)
    assert (row["currency"], row["done_at"]) == ("EUR", at("2026-01-08 08:00"))


def test_what_odoo_valued_the_move_at_goes_before(cost):
    assert amounts(cost(move(1, value=45.0), made()))[0] == 45.0


def test_work_is_its_minutes_at_the_hourly_cost_of_the_work_center(cost):
    work = [
        {"id": 1, "production_id": 1, "workcenter_id": 1, "state": "done", "actual_minutes": 90.0},
        {"id": 2, "production_id": 1, "workcenter_id": 1, "state": "cancel", "actual_minutes": 60.0},
        {"id": 3, "production_id": 1, "workcenter_id": 2, "state": "done", "actual_minutes": None},
    ]
    centers = [{"id": 1, "name": "Weld", "hourly_cost": 20.0}, {"id": 2, "name": "Look", "hourly_cost": None}]
    assert amounts(cost(move(1), made(), mrp_workorder=work, mrp_workcenter=centers)) == (40.0, 30.0, 70.0, 50.0)


def test_the_cost_of_the_day_counts(cost):
    dearer = [*COSTS, {"id": 3, "product_id": 2, "company_id": 1, "value": 5.0, "valid_from_at": at("2026-01-07")}]
    later = [*COSTS, {"id": 3, "product_id": 2, "company_id": 1, "value": 5.0, "valid_from_at": at("2026-01-09")}]
    assert amounts(cost(move(1), made(), product_value=dearer))[0] == 50.0
    assert amounts(cost(move(1), made(), product_value=later))[0] == 40.0


def test_another_unit_than_the_products_own(cost):
    units = [{"id": 1, "name": "Units", "factor": 1.0}, {"id": 2, "name": "Dozen", "factor": 12.0}]
    template = [{"id": 1, "name": "Table", "categ_id": 1, "uom_id": 1}]
    row = cost(move(1, reserved_quantity=1.0, product_uom_id=2), made(), uom_uom=units, product_template=template)
    assert row["material_amount"] == 48.0


def test_one_component_without_a_cost_leaves_the_order_unknown(cost):
    row = cost(move(1), move(2, product_id=1, company_id=2), made())
    assert amounts(row) == (None, 0.0, None, 50.0)


def test_without_a_standard_there_is_no_variance(cost):
    nothing = [COSTS[1], {**COSTS[0], "value": 0.0}]
    assert amounts(cost(move(1), made(), product_value=nothing)) == (40.0, 0.0, None, 0.0)
    assert amounts(cost(move(1), made(), product_value=[COSTS[1]])) == (40.0, 0.0, None, None)


def test_scrap_and_what_did_not_happen_are_left_out(cost):
    row = cost(move(1), move(2, scrap_id=3), move(3, state="cancel"), move(4, state="assigned"), made())
    assert row["material_amount"] == 40.0


def test_only_orders_that_are_done(cost):
    assert cost(move(1), made(), state="progress") is None
