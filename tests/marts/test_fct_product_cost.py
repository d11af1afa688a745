"""What a product cost from when on, in each company."""

from __future__ import annotations

from tests.rows import at

PRODUCT = {"id": 1, "product_tmpl_id": 1, "default_code": "T-1", "standard_cost": 7.0}


def costs(built) -> list[tuple]:
    rows = built.rows("select * from fct_product_cost order by company_id, held_from")
    return [(row["product_id"], row["company_id"], row["held_from"], row["unit_cost"]) for row in rows]


def noted(id: int, value: float, moment: str, **values) -> dict:
    return {"id": id, "product_id": 1, "company_id": 1, "value": value, "valid_from_at": at(moment)} | values


def test_each_noted_cost_holds_from_its_moment_on(build):
    values = [noted(1, 5.0, "2026-01-01"), noted(2, 6.0, "2026-02-01"), noted(3, 9.0, "2026-01-01", company_id=2)]
    assert costs(build(product_product=[PRODUCT], product_value=values)) == [
        (1, 1, at("2026-01-01"), 5.0),
        (1, 1, at("2026-02-01"), 6.0),
        (1, 2, at("2026-01-01"), 9.0),
    ]


def test_of_two_notes_of_one_moment_the_later_one_counts(build):
    built = build(product_value=[noted(1, 5.0, "2026-01-01"), noted(2, 6.0, "2026-01-01")])
    assert [cost for *_, cost in costs(built)] == [6.0]


def test_values_of_single_moves_and_lots_are_no_cost_of_the_product(build):
    values = [noted(1, 50.0, "2026-01-01", move_id=4), noted(2, 60.0, "2026-01-01", lot_id=4)]
    assert costs(build(product_value=values)) == []


def test_with_several_companies_the_products_own_cost_is_nobodys(build):
    assert costs(build(product_product=[PRODUCT])) == []


def test_with_one_company_it_is_that_ones_unless_a_cost_was_noted(build):
    one = {"res_company": [{"id": 1, "name": "Nord", "currency_id": 1, "resource_calendar_id": 1}]}
    assert costs(build(product_product=[PRODUCT], **one)) == [(1, 1, at("1970-01-01"), 7.0)]
    built = build(product_product=[PRODUCT], product_value=[noted(1, 5.0, "2026-01-01")], **one)
    assert [cost for *_, cost in costs(built)] == [5.0]


def test_a_cost_that_cannot_be_read_is_none(build):
    one = {"res_company": [{"id": 1, "name": "Nord", "currency_id": 1, "resource_calendar_id": 1}]}
    assert costs(build(product_product=[PRODUCT | {"standard_cost": None}], **one)) == []
