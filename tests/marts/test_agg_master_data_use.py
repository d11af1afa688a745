"""What open orders need of master data, and what went wrong with it lately."""

from __future__ import annotations

import pytest

from tests.rows import at, bought, order, purchase, receipt, sold, work_order

FRAME, BOARD, BOLT = 1, 2, 3  # products: a table is made of boards, bolts are bought
NORD, SOUTH = "Nord/WH", "South/WH"


@pytest.fixture(scope="module")
def used(build):
    sale, line = sold(1)
    built = build(
        at("2026-03-02 12:00"),
        product_product=[{"id": id, "product_tmpl_id": 10 + id, "standard_cost": 5.0} for id in (FRAME, BOARD, BOLT)]
        + [{"id": 4, "product_tmpl_id": 10 + BOARD, "standard_cost": 5.0}],
        product_template=[{"id": 10 + id, "name": f"Product {id}"} for id in (FRAME, BOARD, BOLT)],
        product_supplierinfo=[
            {"id": 1, "product_tmpl_id": 10 + BOARD, "partner_id": 9},
            {"id": 2, "product_tmpl_id": 10 + BOARD, "product_id": 4, "partner_id": 9},
        ],
        mrp_bom=[{"id": 7, "product_tmpl_id": 10 + FRAME, "type": "normal"}, {"id": 8, "product_tmpl_id": 10 + FRAME}],
        mrp_bom_line=[
            {"id": 1, "bom_id": 7, "product_id": BOARD},
            {"id": 2, "bom_id": 7, "product_id": 4},
            {"id": 3, "bom_id": 8, "product_id": BOLT},
        ],
        mrp_production=[
            order(1, bom_id=7, product_qty=2.0),
            order(2, bom_id=7, product_qty=4.0, company_id=2, picking_type_id=2),
            order(3, bom_id=8, product_qty=9.0, state="done"),
        ],
        mrp_workorder=[work_order(1, workcenter_id=3), work_order(2, workcenter_id=4, state="done")],
        mrp_workcenter=[{"id": 3, "name": "Saw"}, {"id": 4, "name": "Paint"}],
        purchase_order=[
            purchase(1, state="purchase", approved_at=at("2026-01-05 09:00")),
            purchase(2, state="purchase", partner_id=30),
        ],
        purchase_order_line=[
            bought(1, 1, product_id=BOLT, subtotal_amount=30.0),
            bought(2, 2, product_id=BOLT, subtotal_amount=60.0, planned_at=at("2026-05-04 12:00")),
        ],
        stock_move=[receipt(1, "2026-01-12 12:00", state="assigned", product_id=BOLT)],
        res_partner=[
            {"id": 9, "name": "Steelworks", "is_company": True, "commercial_partner_id": 9},
            {"id": 30, "name": "Sales desk", "commercial_partner_id": 9},
        ],
        stock_warehouse_orderpoint=[{"id": 5, "product_id": BOLT, "warehouse_id": 1}],
        sale_order=[sale],
        sale_order_line=[line | {"subtotal_amount": 100.0}],
    )
    rows = built.rows("select * from agg_master_data_use")
    return {(row["record_model"], row["record_id"], row["plant"]): row for row in rows}


def counts(row: dict) -> tuple:
    return row["open_count"], row["amount"], row["currency"]


def test_a_bill_of_materials_is_needed_by_the_orders_that_follow_it(used):
    assert counts(used["mrp.bom", 7, NORD]) == (1, 10.0, "EUR")
    assert used["mrp.bom", 7, SOUTH]["open_count"] == 1
    assert not [key for key in used if key[:2] == ("mrp.bom", 8)]


def test_a_product_is_needed_by_what_makes_buys_sells_or_consumes_it(used):
    assert used["product.product", FRAME, NORD]["open_count"] == 2  # made once, sold once
    assert used["product.product", FRAME, NORD]["amount"] == 110.0
    assert counts(used["product.product", BOARD, NORD]) == (1, 10.0, "EUR")
    assert counts(used["product.product", BOLT, NORD]) == (2, 90.0, "EUR")


def test_an_order_that_needs_two_variants_counts_once(used):
    assert counts(used["product.template", 10 + BOARD, NORD]) == (1, 10.0, "EUR")
    assert used["product.supplierinfo", 1, NORD]["open_count"] == 1
    assert used["product.supplierinfo", 2, NORD]["open_count"] == 1


def test_a_vendor_is_needed_by_orders_of_its_contacts_too(used):
    assert counts(used["res.partner", 9, NORD]) == (2, 90.0, "EUR")
    assert not [key for key in used if key[:2] == ("res.partner", 30)]


def test_a_work_center_is_needed_by_work_that_is_not_done(used):
    assert used["mrp.workcenter", 3, NORD]["open_count"] == 1
    assert not [key for key in used if key[:2] == ("mrp.workcenter", 4)]


def test_lines_that_fell_due_are_late_or_not(used):
    """One fell due in January and did not come, the other is due in May."""
    for key in (("product.product", BOLT, NORD), ("stock.warehouse.orderpoint", 5, NORD), ("res.partner", 9, NORD)):
        assert (used[key]["due_count"], used[key]["late_count"]) == (1, 1)


def test_waits_for_a_component_count(put):
    wait = {"instance": "test", "plant": NORD, "component_id": BOARD, "record_model": "mrp.production"}
    built = put(
        at("2026-03-02 12:00"),
        fct_component_wait=[
            wait | {"record_id": 1, "short_at": at("2026-02-01 08:00")},
            wait | {"record_id": 2, "short_at": at("2026-02-02 08:00")},
            wait | {"record_id": 3, "short_at": at("2025-02-02 08:00")},  # long ago
            wait | {"record_id": 4, "short_at": at("2026-02-02 08:00"), "component_id": None},
        ],
    )
    built.connection.execute("insert into raw.product_product (instance, id, product_tmpl_id) values ('test', 2, 12)")
    built.connection.execute("delete from agg_master_data_use")
    found = built.again("agg_master_data_use").rows("select * from agg_master_data_use where record_id = 2")
    assert [(row["record_model"], row["short_count"], row["open_count"]) for row in found] == [
        ("product.product", 2, 0)
    ]
