"""Which document led to which."""

import pytest

from tests.rows import at, order, purchase

FIELDS = ("from_model", "from_id", "to_model", "to_id", "kind", "confidence", "plant")


def links(built) -> list[tuple]:
    return [tuple(row[name] for name in FIELDS) for row in built.rows("select * from fct_link order by all")]


def move(id: int, **values) -> dict:
    return {"id": id, "destination_move_ids": []} | values


@pytest.fixture(scope="module")
def found(build):
    built = build(
        mrp_production=[
            order(1, origin="P00001"),  # names a purchase
            order(2, origin="WH/MO/00001, WH/MO/00003 ,WH/MO/00001"),  # two, one of them twice
            order(3, origin="WH/MO/00003"),  # itself
            order(4, origin="P00001", company_id=2, picking_type_id=2),  # another company's purchase
            order(5, origin="OP/00005"),  # no document
            order(6),
            order(7, origin="", company_id=None),
        ],
        purchase_order=[purchase(1), purchase(2)],
        purchase_order_line=[{"id": 20, "order_id": 2}, {"id": 21, "order_id": 2}],
        stock_move=[
            # the sub-assembly 5 and two lines of the purchase 2 feed components of 6
            move(1, production_id=5, destination_move_ids=[10, 11]),
            move(2, purchase_line_id=20, destination_move_ids=[12]),
            move(3, purchase_line_id=21, destination_move_ids=[13]),
            move(4, purchase_line_id=99, destination_move_ids=[13]),  # a line nobody knows
            move(5, purchase_line_id=20, destination_move_ids=[14]),  # into a stock move, not into an order
            move(6, production_id=6, destination_move_ids=[10]),  # into itself
            *(move(i, raw_material_production_id=6) for i in (10, 11, 12, 13)),
            move(14),
        ],
    )
    return links(built)


def test_all_links(found):
    assert found == [
        ("mrp.production", 1, "mrp.production", 2, "names as origin", "B", "Nord/WH"),
        ("mrp.production", 3, "mrp.production", 2, "names as origin", "B", "Nord/WH"),
        ("mrp.production", 5, "mrp.production", 6, "supplies", "A", "Nord/WH"),
        ("purchase.order", 1, "mrp.production", 1, "names as origin", "B", "Nord/WH"),
        ("purchase.order", 2, "mrp.production", 6, "supplies", "A", "Nord/WH"),
    ]


def test_same_names_in_two_companies_are_not_linked(build):
    built = build(
        mrp_production=[
            order(1, name="WH/MO/00001"),
            order(2, name="WH/MO/00001", company_id=2, picking_type_id=2),
            order(3, origin="WH/MO/00001", company_id=2, picking_type_id=2),
        ]
    )
    assert [row[1:4] for row in links(built)] == [(2, "mrp.production", 3)]


def test_other_instances_are_not_linked(build):
    built = build(mrp_production=[order(1), order(2, origin="WH/MO/00001", instance="other")])
    assert links(built) == []


def test_checks_are_linked_to_what_was_made_or_received(build):
    built = build(
        mrp_production=[order(1)],
        purchase_order=[purchase(1)],
        purchase_order_line=[{"id": 20, "order_id": 1}],
        stock_picking=[{"id": 5, "picking_type_id": 3}, {"id": 6, "picking_type_id": 3}],
        stock_move=[move(1, purchase_line_id=20, picking_id=5), move(2, picking_id=6)],
        qc_inspection=[
            {"id": 1, "state": "ready", "production_id": 1, "created_at": at("2026-01-07 08:00")},
            {"id": 2, "state": "ready", "picking_id": 5, "created_at": at("2026-01-07 08:00")},
            {"id": 3, "state": "ready", "picking_id": 6, "created_at": at("2026-01-07 08:00")},  # of no purchase
            {"id": 4, "state": "ready", "production_id": 99, "created_at": at("2026-01-07 08:00")},  # nobody knows it
        ],
        quality_alert=[{"id": 1, "production_id": 1, "created_at": at("2026-01-07 08:00")}],
    )
    assert links(built) == [
        ("mrp.production", 1, "qc.inspection", 1, "checked by", "A", "Nord/WH"),
        ("mrp.production", 1, "quality.alert", 1, "checked by", "A", "Nord/WH"),
        ("purchase.order", 1, "qc.inspection", 2, "checked by", "A", "Nord/WH"),
    ]
