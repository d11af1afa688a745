"""Stock below zero, and since when."""

import pytest

from tests.rows import PLACES, at, versions


def quant(id: int, quantity: float, location: int = 11, **values) -> dict:
    row = {"id": id, "product_id": 1, "location_id": location, "company_id": 1, "quantity": quantity}
    return row | {"created_at": at("2026-01-02 08:00")} | values


def line(id: int, moved: str, source: int, target: int, quantity: float, **values) -> dict:
    row = {"id": id, "state": "done", "product_id": 1, "moved_at": at(f"2026-01-{moved}"), "quantity": quantity}
    return row | {"source_location_id": source, "destination_location_id": target} | values


@pytest.fixture(scope="module")
def found(build):
    built = build(
        at("2026-01-18 12:00"),
        stock_location=PLACES,
        product_product=[{"id": 1, "product_tmpl_id": 1, "default_code": "T-1", "standard_cost": 5.0}],
        stock_quant=[
            quant(1, -3.0),
            quant(2, 0.0, 12),
            quant(3, 7.0, 21),
            quant(4, -2.0, 3),  # goods in transit are none of one's own places
            *versions(
                quant(5, -1.0, 21, lot_id=7, seen="2026-01-06 05:00"),
                quant(5, 2.0, 21, lot_id=7, seen="2026-01-08 05:00"),
                quant(5, -4.0, 21, lot_id=7, seen="2026-01-09 05:00"),
                quant(5, -6.0, 21, lot_id=7, seen="2026-01-12 05:00"),
            ),
        ],
        stock_move_line=[
            # at the start 5, then -1, back to 1, then -2 and -3
            line(1, "05 08:00", 11, 2, 6.0),
            line(2, "06 08:00", 1, 11, 2.0),
            line(3, "07 08:00", 11, 2, 3.0),
            line(4, "08 08:00", 11, 2, 1.0),
            line(5, "09 08:00", 11, 2, 9.0, state="assigned"),
            line(6, "10 08:00", 11, 2, 1.0, lot_id=9),  # of a lot that has stock of its own
        ],
    )
    return {
        row["record_id"]: row for row in built.rows("select * from fct_exception where exception = 'negative_stock'")
    }


def test_only_places_of_ones_own_below_zero(found):
    assert set(found) == {1, 5}


def test_since_the_move_that_took_it_below_zero(found):
    row = found[1]
    assert (row["since_at"], row["plant"], row["record_model"]) == (at("2026-01-07 08:00"), "Nord/WH", "stock.quant")
    assert (row["name"], row["detail"], row["amount"], row["currency"]) == (
        "[T-1] Table in Stock", "-3 pieces", 15.0, "EUR"
    )  # fmt: skip


def test_where_no_move_tells_since_a_refresh_first_saw_it(found):
    assert (found[5]["since_at"], found[5]["plant"]) == (at("2026-01-09 05:00"), "South/WH")
