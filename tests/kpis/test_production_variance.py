"""What orders cost beyond their standard; how amounts are found: test_fct_production_cost."""

from __future__ import annotations

from datetime import date

import pytest

from tests.conftest import Chatter
from tests.rows import at, order

KPI = "production_variance"
EVER = (date(2000, 1, 1), date(2100, 1, 1))
COSTS = [
    {"id": 1, "product_id": 1, "company_id": 1, "value": 40.0, "valid_from_at": at("2025-01-01")},
    {"id": 2, "product_id": 2, "company_id": 1, "value": 4.0, "valid_from_at": at("2025-01-01")},
]


@pytest.fixture(scope="module")
def built(build):
    """Order 1 took thirteen components for ten, 2 took eight; 3 is not done, 4 took what has no cost, 5 made none."""
    chatter, moves = Chatter(), []
    consumed = {1: 13.0, 2: 8.0, 3: 13.0, 4: 13.0, 5: 10.0}
    for id, quantity in consumed.items():
        chatter.say("2026-02-01 08:00", "mrp.production", id, state=("Draft", "Confirmed"))
        if id != 3:
            chatter.say("2026-02-10 08:00", "mrp.production", id, state=("Confirmed", "Done"))
        move = {"state": "done", "company_id": 1, "moved_at": at("2026-02-10 08:00")}
        component = 3 if id == 4 else 2
        moves.append(
            move | {"id": 10 * id, "product_id": component, "raw_material_production_id": id}
            | {"reserved_quantity": quantity}
        )  # fmt: skip
        made = 0.0 if id == 5 else 1.0
        moves.append(move | {"id": 10 * id + 1, "product_id": 1, "production_id": id, "reserved_quantity": made})
    return build(
        mrp_production=[order(id, state="progress" if id == 3 else "done") for id in consumed],
        product_product=[{"id": id, "product_tmpl_id": 1, "default_code": f"T-{id}"} for id in (1, 2, 3)],
        product_value=COSTS,
        stock_move=moves,
        **chatter.records,
    )


def test_which_orders_count_and_with_what(built):
    found = {row["record_id"]: row for row in built.kpi_rows(KPI, *EVER)}
    assert {id: (row["numerator"], row["denominator"]) for id, row in found.items()} == {
        1: (12.0, 40.0),
        2: (-8.0, 40.0),
    }
    row = found[1]
    assert (row["at"], row["plant"], row["currency"], row["product"]) == (
        at("2026-02-10 08:00"), "Nord/WH", "EUR", "[T-1] Table"
    )  # fmt: skip
    assert (row["name"], row["material_amount"], row["work_amount"]) == ("WH/MO/00001", 52.0, 0.0)


def test_its_value_is_that_of_the_totals(built):
    [value] = built.kpi(KPI, *EVER)
    assert (value["n"], value["value"]) == (2, pytest.approx(0.05))


def test_without_costs_there_is_no_number(build):
    [value] = build().kpi(KPI, *EVER)
    assert value["n"] == 0 and value["value"] is None
