"""Stock counts that moved goods worth more than a limit."""

from __future__ import annotations

import pytest

from queries.config import Config, RuleSetting
from tests.rows import LOCATIONS, at, named

COST = [{"id": 1, "product_id": 1, "company_id": 1, "value": 100.0, "valid_from_at": at("2025-01-01")}]


def counted(id: int, **values) -> dict:
    """Twenty pieces that were found missing in Nord/WH, worth 2000."""
    row = {"id": id, "state": "done", "product_id": 1, "company_id": 1, "is_inventory": True, "reserved_quantity": 20.0}
    row |= {"source_location_id": 8, "destination_location_id": 5, "moved_at": at("2026-02-20 10:00")}
    return row | values


MOVES = [
    counted(1),
    counted(2, reserved_quantity=9.0),
    counted(3, source_location_id=5, destination_location_id=8),
    counted(4, value=-3000.0, reserved_quantity=1.0),
    counted(5, state="cancel"),
    counted(6, is_inventory=False),
    counted(7, scrap_id=1),
    counted(8, moved_at=at("2025-10-01 10:00")),
    counted(9, product_id=2),
    counted(10, is_inventory=None),  # Odoo 14
    counted(11, is_inventory=None, is_scrapped=True),
    counted(12, is_inventory=None, destination_location_id=15),
]


def test_what_is_worth_more_is_named_up_or_down(build):
    built = build(at("2026-03-02 12:00"), stock_move=MOVES, product_value=COST, stock_location=LOCATIONS)
    found = named(built, "adjustment_over_limit")
    assert set(found) == {1, 3, 4, 10}
    assert (found[1]["amount"], found[1]["currency"], found[1]["plant"]) == (2000.0, "EUR", "Nord/WH")
    assert found[1]["detail"] == "less than booked: 20" and found[3]["detail"] == "more than booked: 20"
    assert (found[1]["since_at"], found[1]["name"]) == (at("2026-02-20 10:00"), "[T-1] Table")
    assert found[4]["amount"] == 3000.0


@pytest.mark.parametrize(("plant", "expected"), [("Nord/WH", {1, 2, 3, 4, 10}), ("South/WH", {1, 3, 4, 10})])
def test_each_plant_may_have_a_limit_of_its_own(build, plant, expected):
    config = Config(exceptions=(RuleSetting("adjustment_over_limit", plant, limit=500.0),))
    tables = {"stock_move": MOVES, "product_value": COST, "stock_location": LOCATIONS}
    assert set(named(build(at("2026-03-02 12:00"), config, **tables), "adjustment_over_limit")) == expected
