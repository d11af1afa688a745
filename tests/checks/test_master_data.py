"""Master data that would mislead planning, buying and costing: what each check finds, and what it leaves alone."""

from __future__ import annotations

from datetime import date

import pytest

from queries.config import Config, RuleSetting
from tests.rows import at, order, sold

TODAY = "2026-01-05"  # the day the newest document was made on (see order)


def product(id: int, **template) -> tuple[dict, dict]:
    """A product and its template, of the same id."""
    return (
        {"id": id, "product_tmpl_id": id, "default_code": f"T-{id}", "standard_cost": 5.0, "active": True},
        {"id": id, "name": f"Product {id}", "categ_id": 1, "uom_id": 1, "type": "consu", "active": True}
        | {"is_purchased": True} | template,
    )  # fmt: skip


def price(id: int, template: int, partner: int = 9, **values) -> dict:
    row = {"id": id, "product_tmpl_id": template, "partner_id": partner, "price": 10.0, "lead_days": 5}
    return row | {"product_uom_id": 1} | values


def bom(id: int, template: int, **values) -> dict:
    return {"id": id, "product_tmpl_id": template, "type": "normal", "active": True} | values


def component(id: int, bom: int, product: int, unit: int = 1) -> dict:
    return {"id": id, "bom_id": bom, "product_id": product, "quantity": 1.0, "product_uom_id": unit}


def finds(built, name: str) -> dict[int, dict]:
    """The records a check names, by id."""
    return {row["record_id"]: row for row in built.check(name)}


PRODUCTS = {
    1: product(1),  # made
    2: product(2),  # bought from Steelworks
    3: product(3),  # bought, and no vendor
    4: product(4, is_purchased=False),
    5: product(5, type="service"),
    6: product(6),  # made, without routing
    7: product(7),  # its price expired
    8: product(8),  # one price expired, another holds
    9: product(9),  # free
    10: product(10, active=False),
    11: product(11),  # nobody buys it
}
UNITS = [
    {"id": 1, "name": "Units", "factor": 1.0},
    {"id": 2, "name": "Dozen", "factor": 12.0, "relative_uom_id": 1},
    {"id": 3, "name": "kg", "factor": 1.0},
    {"id": 4, "name": "g", "factor": 0.001, "relative_uom_id": 3},
]


def tables() -> dict:
    products = [row for row, _ in PRODUCTS.values()]
    products[3 - 1] = products[3 - 1] | {"standard_cost": 0.0}
    products[7 - 1] = products[7 - 1] | {"standard_cost": 0.0}
    components = [component(id, 1, id) for id in (2, 3, 4, 5, 7, 8, 9)]
    return {
        "product_product": products,
        "product_template": [row for _, row in PRODUCTS.values()],
        "product_supplierinfo": [
            price(1, 2),
            price(2, 2, lead_days=0),
            price(3, 2, lead_days=400),
            price(4, 10, lead_days=0),
            price(5, 7, valid_to_on=date(2025, 12, 31)),
            price(6, 8, valid_to_on=date(2025, 12, 31)),
            price(7, 8, valid_from_on=date(2026, 1, 1)),
            price(8, 9, price=0.0),
            price(9, 11, price=0.0),
            price(10, 2, lead_days=0, valid_to_on=date(2025, 1, 1)),
            price(11, 2, product_uom_id=4),
        ],
        # 7's cost is noted for another company
        "product_value": [{"id": 1, "product_id": 7, "company_id": 2, "value": 3.0}],
        "mrp_bom": [bom(1, 1), bom(2, 6, code="old"), bom(3, 6, active=False)],
        "mrp_bom_line": [*components, component(20, 2, 2, unit=2), component(21, 1, 4, unit=3)],
        "mrp_routing_workcenter": [
            {"id": 1, "bom_id": 1, "workcenter_id": 1, "active": True},
            {"id": 2, "bom_id": 2, "workcenter_id": 2, "active": False},
        ],
        "mrp_workcenter": [
            {"id": 1, "name": "Weld", "active": True, "resource_calendar_id": 1, "time_efficiency": 100.0},
            {"id": 2, "name": "Saw", "active": True, "capacity": 0.0, "time_efficiency": 100.0},
            {"id": 3, "name": "Unused", "active": True},
        ],
        "stock_warehouse_orderpoint": [
            {"id": 1, "name": "OP/1", "product_id": 2, "warehouse_id": 1, "active": True},
            {"id": 2, "name": "OP/2", "product_id": 3, "warehouse_id": 1, "active": True},
            {"id": 3, "name": "OP/3", "product_id": 3, "warehouse_id": 1, "active": True, "route_id": 5},
            {"id": 4, "name": "OP/4", "product_id": 6, "warehouse_id": 1, "active": True},
            {"id": 5, "name": "OP/5", "product_id": 3, "warehouse_id": 1, "active": False},
        ],
        "uom_uom": UNITS,
        "mrp_production": [order(1, bom_id=1), order(2, bom_id=2), order(3, bom_id=1)],
    }


@pytest.fixture(scope="module")
def built(build):
    return build(**tables())


def test_vendors_that_deliver_at_once_or_in_a_year(built):
    found = finds(built, "vendor_lead_time_implausible")
    assert {id: row["detail"] for id, row in found.items()} == {
        2: "delivers after 0 days",
        3: "delivers after 400 days",
    }
    assert found[2]["name"] == "Steelworks: Product 2"


@pytest.mark.parametrize("until_16", [False, True])
def test_orders_that_take_no_time_or_a_year(build, until_16):
    """The lead time is that of the bill of materials, until Odoo 16 of the product."""
    days = {1: 2, 2: 0, 3: 181, 4: 180, 5: -1, 6: None, 7: 0, 8: 0, 9: 0}
    bills = [bom(id, id, type={7: "phantom", 8: "subcontract"}.get(id, "normal"), active=id != 9) for id in days]
    templates = [product(id)[1] | {"production_lead_days": days[id] if until_16 else None} for id in days]
    if not until_16:
        bills = [row | {"lead_days": days[row["id"]]} for row in bills]
    found = finds(build(product_template=templates, mrp_bom=bills), "production_lead_time_implausible")
    assert {id: row["detail"] for id, row in found.items()} == {
        2: "takes 0 days", 3: "takes 181 days", 5: "takes -1 days"
    }  # fmt: skip
    assert found[2]["name"] == "Product 2"


def test_where_lead_times_are_not_kept_zero_is_none(build):
    bills = [bom(id, id, lead_days=1 if id == 1 else 0) for id in (1, 2, 3)]
    built = build(product_template=[product(id)[1] for id in (1, 2, 3)], mrp_bom=bills)
    assert finds(built, "production_lead_time_implausible") == {}


def test_what_is_sold_is_not_promised_for_today_nor_for_next_year(build):
    days = {1: 5, 2: 0, 3: 181, 4: 180, 5: 0, 6: 400, 7: 400}
    sales, lines = zip(*(sold(id) for id in days), strict=True)
    lines = [row | {"product_id": id, "state": "sale", "created_at": at("2026-01-04 08:00")}
             for id, row in zip(days, lines, strict=True)]  # fmt: skip
    lines[4] |= {"state": "draft"}
    lines[6] |= {"created_at": at("2024-12-01 08:00")}
    built = build(
        product_product=[product(id)[0] for id in days],
        product_template=[
            product(id, type="service" if id == 6 else "consu")[1] | {"customer_lead_days": lead}
            for id, lead in days.items()
        ],
        mrp_production=[order(1)],
        sale_order=list(sales),
        sale_order_line=lines,
    )
    found = finds(built, "customer_lead_time_implausible")
    assert {id: row["detail"] for id, row in found.items()} == {
        2: "promised 0 days after the order", 3: "promised 181 days after the order"
    }  # fmt: skip
    seldom = build(
        product_product=[product(id)[0] for id in (2, 5)],
        product_template=[product(id)[1] | {"customer_lead_days": 0} for id in (2, 5)],
        mrp_production=[order(1)],
        sale_order=list(sales),
        sale_order_line=[row | {"state": "sale"} for row in lines if row["product_id"] in (2, 5)],
    )
    assert finds(seldom, "customer_lead_time_implausible") == {}


def test_prices_that_are_missing_or_expired(built):
    found = finds(built, "supplier_price_missing")
    assert {id: row["detail"] for id, row in found.items()} == {5: "expired on 2025-12-31", 8: "no price"}


def test_rules_that_cannot_be_followed(built):
    [(id, row)] = finds(built, "orderpoint_without_supply").items()
    assert (id, row["plant"], row["name"]) == (2, "Nord/WH", "OP/2: [T-3] Product 3")


def test_components_without_a_vendor(built):
    assert set(finds(built, "product_without_vendor")) == {3}


def test_where_no_price_can_be_read_no_component_lacks_a_vendor(build):
    assert finds(build(**tables() | {"product_supplierinfo": []}), "product_without_vendor") == {}


def test_work_centers_without_hours_or_capacity(built):
    [(id, row)] = finds(built, "workcenter_without_hours").items()
    assert (id, row["detail"]) == (2, "no calendar, no capacity")


def test_products_without_a_cost(built):
    assert set(finds(built, "product_without_cost")) == {3}


def test_where_costs_cannot_be_read_none_is_missing(build):
    unread = [row | {"standard_cost": None} for row, _ in PRODUCTS.values()]
    assert finds(build(**tables() | {"product_product": unread}), "product_without_cost") == {}


def test_units_that_cannot_be_turned_into_each_other(built):
    found = built.check("unit_mismatch")
    assert {(row["record_model"], row["record_id"], row["detail"]) for row in found} == {
        ("mrp.bom", 1, "kg for a product in Units"),
        ("product.supplierinfo", 11, "g for a product in Units"),
    }


def test_until_18_units_are_of_a_category(build):
    units = [unit | {"category_id": 1 if unit["id"] < 3 else 2, "relative_uom_id": None} for unit in UNITS]
    found = build(**tables() | {"uom_uom": units}).check("unit_mismatch")
    assert {(row["record_model"], row["record_id"]) for row in found} == {("mrp.bom", 1), ("product.supplierinfo", 11)}


@pytest.mark.parametrize(
    ("limit", "expected"), [(None, set()), (0.4, {2}), (0.0, {2}), (1.0, set())]
)  # fmt: skip
def test_one_of_two_bills_of_materials_has_no_routing(build, limit, expected):
    setting = () if limit is None else (RuleSetting("bom_without_routing", "Nord/WH", limit=limit),)
    found = finds(build(config=Config(checks=setting), **tables()), "bom_without_routing")
    assert set(found) == expected
    if expected:
        assert (found[2]["name"], found[2]["plant"]) == ("old: [T-1] Product 1", "Nord/WH")


def test_two_of_three_have_a_routing_so_the_third_needs_one(build):
    more = tables()
    more["mrp_bom"] = [*more["mrp_bom"], bom(5, 1), bom(6, 1, type="phantom"), bom(7, 1)]
    more["mrp_routing_workcenter"] = [*more["mrp_routing_workcenter"], {"id": 3, "bom_id": 5, "active": True}]
    more["mrp_production"] = [*more["mrp_production"], order(4, bom_id=5), order(5, bom_id=6)]
    assert set(finds(build(**more), "bom_without_routing")) == {2}


def test_the_same_vendor_twice(build):
    names = {
        1: "Acier Rhône SAS", 2: "acier rhone", 3: "Acier Rhin", 4: "Bolts & Co", 5: "Bolts", 6: "Other", 7: "New",
        8: "Bolts Inc", 9: "GmbH", 10: "Ltd.",
    }  # fmt: skip
    tax = {6: "h…1", 7: "h…1"}
    partners = [
        {"id": id, "name": name, "is_company": True, "commercial_partner_id": id, "tax_number": tax.get(id)}
        for id, name in names.items()
    ]
    partners[8 - 1] = partners[8 - 1] | {"active": False}
    # a contact of a vendor, and two people of one name
    partners += [{"id": 20, "name": "Other", "is_company": False, "commercial_partner_id": 6}]
    partners += [{"id": id, "name": "Jane Doe", "is_company": False, "commercial_partner_id": id} for id in (21, 22)]
    built = build(
        res_partner=partners,
        product_template=[PRODUCTS[1][1]],
        product_supplierinfo=[price(row["id"], 1, partner=row["id"]) for row in partners],
    )
    found = finds(built, "duplicate_vendor")
    assert {id: row["detail"] for id, row in found.items()} == {
        2: "same name as vendor 1",
        5: "same name as vendor 4",
        7: "same tax number as vendor 6",
    }
