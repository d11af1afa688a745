"""Production orders and purchase orders as one kind of thing."""

from tests.conftest import PLANTS
from tests.rows import order, purchase


def documents(built) -> dict[tuple, dict]:
    return {(row["record_model"], row["record_id"]): row for row in built.rows("select * from dim_document")}


def test_production_order(build):
    found = documents(build(mrp_production=[order(1, origin="S00001")]))["mrp.production", 1]
    assert found["workflow"] == "production"
    assert (found["plant"], found["company"], found["origin"]) == ("Nord/WH", "Nord", "S00001")
    assert (found["product"], found["product_family"], found["responsible"]) == ("[T-1] Table", "Frames", "Anna")
    assert (found["vendor"], found["amount"], found["currency"]) == (None, None, None)


def test_purchase_order_shows_the_product_of_its_largest_line(build):
    lines = [
        {"id": 1, "order_id": 1, "product_id": 2, "subtotal_amount": 10.0},
        {"id": 2, "order_id": 1, "product_id": 1, "subtotal_amount": 90.0},
        {"id": 3, "order_id": 1, "product_id": None, "subtotal_amount": 500.0},  # a note
    ]
    found = documents(build(purchase_order=[purchase(1)], purchase_order_line=lines))["purchase.order", 1]
    assert found["product"] == "[T-1] Table"
    assert (found["vendor"], found["amount"], found["currency"]) == ("Steelworks", 9000.0, "EUR")


def test_of_equal_lines_the_first_gives_the_product(build):
    products = [{"id": i, "product_tmpl_id": 1, "default_code": f"T-{i}"} for i in (1, 2)]
    lines = [
        {"id": 8, "order_id": 1, "product_id": 2, "subtotal_amount": None},
        {"id": 5, "order_id": 1, "product_id": 1, "subtotal_amount": 0.0},
    ]
    built = build(purchase_order=[purchase(1)], purchase_order_line=lines, product_product=products)
    assert documents(built)["purchase.order", 1]["product"] == "[T-1] Table"


def test_order_without_lines(build):
    assert documents(build(purchase_order=[purchase(1)]))["purchase.order", 1]["product"] is None


def test_two_plants_with_one_warehouse_code_stay_apart(build):
    built = build(
        mrp_production=[order(1), order(2, company_id=2, picking_type_id=2)],
        purchase_order=[purchase(1, company_id=2, picking_type_id=4)],
    )
    assert {key: row["plant"] for key, row in documents(built).items()} == {
        ("mrp.production", 1): "Nord/WH",
        ("mrp.production", 2): "South/WH",
        ("purchase.order", 1): "South/WH",
    }


def test_plant_is_that_of_the_warehouse_of_the_operation_type(build):
    warehouses = [{"id": 7, "code": "TUL", "name": "Tulle", "company_id": 1}]
    types = [{"id": 1, "code": "mrp_operation", "warehouse_id": 7, "company_id": 1}]
    built = build(
        mrp_production=[order(1)],
        stock_warehouse=PLANTS["stock_warehouse"] + warehouses,
        stock_picking_type=PLANTS["stock_picking_type"][1:] + types,
    )
    assert documents(built)["mrp.production", 1]["plant"] == "Nord/TUL"


def test_documents_stay_when_all_they_point_to_is_gone(build):
    gone = {"picking_type_id": 99, "company_id": 99, "user_id": 99}
    built = build(
        mrp_production=[order(1, product_id=99, **gone)],
        purchase_order=[purchase(1, partner_id=99, currency_id=99, **gone)],
    )
    found = documents(built)
    assert len(found) == 2
    for row in found.values():
        assert (row["plant"], row["company"], row["product"], row["responsible"]) == (None, None, None, None)


def test_private_vendor_is_not_named(build):
    zoe = {"id": 9, "name": "Zoe Smith", "is_company": False, "commercial_partner_id": 9}
    found = documents(build(purchase_order=[purchase(1)], res_partner=[zoe]))["purchase.order", 1]
    assert found["vendor"] == "private vendor 9"


def test_order_without_vendor_has_none(build):
    found = documents(build(purchase_order=[purchase(1, partner_id=None)]))["purchase.order", 1]
    assert found["vendor"] is None


def test_order_and_purchase_with_one_id_are_two_documents(build):
    assert len(documents(build(mrp_production=[order(7)], purchase_order=[purchase(7)]))) == 2
