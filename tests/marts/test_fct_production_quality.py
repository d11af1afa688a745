"""What came out of production orders, and what of that was not right the first time; what was scrapped."""

from datetime import date

import pytest

from tests import machines
from tests.conftest import Chatter
from tests.rows import at, order

MASTER = {
    "stock_warehouse": machines.MASTER["stock_warehouse"],
    "uom_uom": [{"id": 1, "name": "Units", "factor": 1.0}, {"id": 2, "name": "Dozens", "factor": 12.0}],
    "product_template": [{"id": n, "name": f"P{n}", "categ_id": 1, "uom_id": 1} for n in (1, 2, 3)],
    "product_product": [{"id": n, "product_tmpl_id": n} for n in (1, 2, 3)],
    "stock_location": [{"id": 11, "name": "Stock", "usage": "internal", "warehouse_id": 3}],
    "stock_scrap_reason_tag": [{"id": 1, "name": "Scratch"}, {"id": 2, "name": "Crack"}],
}
DONE = at("2026-01-06 09:00")
MONTH = date(2026, 1, 1), date(2026, 2, 1)


def made(id: int, production: int, quantity: float = 10.0, product: int = 1, **values) -> dict:
    row = {"id": id, "production_id": production, "product_id": product, "state": "done", "reserved_quantity": quantity}
    return row | {"product_uom_id": 1, "company_id": 1, "moved_at": DONE} | values


def scrap(id: int, quantity: float, production: int | None = None, product: int = 1, **values) -> dict:
    row = {"id": id, "name": f"SP/{id}", "state": "done", "quantity": quantity, "product_id": product, "company_id": 1}
    row |= {"product_uom_id": 1, "production_id": production, "source_location_id": 11}
    return row | {"done_at": at("2026-01-07 09:00"), "created_at": at("2026-01-07 08:00")} | values


def inspection(id: int, production: int, state: str, quantity: float | None) -> dict:
    row = {"id": id, "name": f"QC/{id}", "state": state, "quantity": quantity, "company_id": 1, "product_id": 1}
    return row | {"document": f"mrp.production,{production}", "created_at": DONE, "done_at": at("2026-01-07 09:00")}


@pytest.fixture(scope="module")
def built(build):
    chatter = Chatter()
    for id in range(1, 13):
        chatter.say("2026-01-06 09:00", "mrp.production", id, state=("In Progress", "Done"))
    states = {11: "progress"}
    unbuild = {"state": "done", "product_id": 1, "product_uom_id": 1}
    return build(
        mrp_production=[order(id, state=states.get(id, "done")) for id in range(1, 13)],
        stock_move=[
            *(made(id, id) for id in (1, 2, 3, 4, 5, 6, 7, 8)),
            made(9, 9, 5.0),
            made(19, 9, 2.0, product_uom_id=2),  # five pieces and two dozen
            made(29, 9, 3.0, product=2),  # a by-product
            made(39, 9, 7.0, state="cancel"),
            made(10, 10, 0.0),
            made(11, 11),
        ],
        stock_scrap=[
            scrap(1, 2.0, 2, reason_ids=[1, 2]),
            scrap(2, 5.0, 2, product=3, picking_id=None),  # a component
            scrap(3, 1.0, 3, state="draft"),
            scrap(4, 1.0, 4, product_uom_id=2),  # a dozen, of ten
            scrap(5, 3.0),  # found in stock
            scrap(6, 2.0, 6),
        ],
        mrp_unbuild=[
            {"id": 1, "production_id": 5, "quantity": 4.0} | unbuild,
            {"id": 2, "production_id": 1, "quantity": 4.0} | unbuild | {"state": "draft"},
        ],
        qc_inspection=[
            inspection(1, 6, "failed", 3.0),
            inspection(2, 7, "failed", None),
            inspection(3, 8, "success", 4.0),
            inspection(4, 3, "canceled", 4.0),
        ],
        **MASTER,
        **chatter.records,
    )


def test_yield(built):
    found = {
        row["record_id"]: (row["quantity"], row["first_pass_quantity"], row["is_reworked"])
        for row in built.rows("from fct_production_quality")
    }
    assert found == {
        1: (10.0, 10.0, False),
        2: (10.0, 8.0, False),
        3: (10.0, 10.0, False),
        4: (10.0, 0.0, False),
        5: (10.0, 6.0, True),
        6: (10.0, 7.0, False),  # three failed, two of them were scrapped
        7: (10.0, 0.0, False),
        8: (10.0, 10.0, False),
        9: (29.0, 29.0, False),
    }  # 10 made nothing, 11 is not done, and nobody knows what 12 made


def test_an_inspection_that_failed_and_passed_is_rework(build):
    """Its first verdict stands in the chatter."""
    chatter = Chatter().say("2026-01-06 09:00", "mrp.production", 1, state=("In Progress", "Done"))
    message = {"id": 9, "document_model": "qc.inspection", "document_id": 1, "sent_at": DONE, "created_at": DONE}
    chatter.records["mail_message"].append(message | {"message_type": "notification", "created_by_id": 2})
    chatter.records["mail_tracking_value"].append(
        {"id": 9, "message_id": 9, "field_id": 51, "old_label": "Ready", "new_label": "Quality failed"}
    )
    base = machines.PLANTS
    field = {"id": 51, "document_model": "qc.inspection", "field_name": "state", "field_type": "selection"}
    label = {"id": 951, "lang": "en_US", "field_id": 51, "value": "failed", "label": "Quality failed"}
    built = build(
        mrp_production=[order(1, state="done")],
        stock_move=[made(1, 1)],
        qc_inspection=[inspection(1, 1, "success", 3.0)],
        ir_model_fields=[*base["ir_model_fields"], field],
        ir_model_fields_selection=[*base["ir_model_fields_selection"], label],
        **MASTER,
        **chatter.records,
    )
    [row] = built.rows("from fct_production_quality")
    assert (row["first_pass_quantity"], row["failed_quantity"], row["is_reworked"]) == (7.0, 3.0, True)
    [found] = built.kpi("rework_ratio", *MONTH)
    assert (found["value"], found["n"]) == (1.0, 1)


def test_scrap(built):
    rows = {row["record_id"]: row for row in built.rows("from fct_scrap")}
    told = {id: (row["plant"], row["kind"], row["quantity"], row["reason"]) for id, row in rows.items()}
    assert told == {
        1: ("Nord/WH", "manufactured", 2.0, "Crack, Scratch"),
        2: ("Nord/WH", "bought", 5.0, None),
        4: ("Nord/WH", "manufactured", 12.0, None),
        5: ("Nord/LYO", "manufactured", 3.0, None),
        6: ("Nord/WH", "manufactured", 2.0, None),
    }  # 3 is a draft; 5 is where it lay
    assert rows[1]["origin"] == "WH/MO/00002"


def test_first_pass_yield(built):
    [found] = built.kpi("first_pass_yield", *MONTH)
    assert (found["value"], found["n"]) == (pytest.approx(80 / 109), 9)
    [found] = built.kpi("first_pass_yield", *MONTH, filters={"plant": ["Nord/LYO"]})
    assert found["value"] is None and found["reason"]


def test_scrap_ratio(built):
    [found] = built.kpi("scrap_ratio", *MONTH)
    assert found["value"] == pytest.approx(19 / 109)
    [found] = built.kpi("scrap_ratio", *MONTH, filters={"plant": ["Nord/LYO"]})
    assert (found["value"], found["reason"]) == (None, "the denominator is zero")


def test_rework_ratio(built):
    [found] = built.kpi("rework_ratio", *MONTH)
    assert (found["value"], found["n"]) == (pytest.approx(1 / 9), 9)


def test_scrapped_quantity(built):
    found = {row["cut"]: row["value"] for row in built.kpi("scrapped_quantity", *MONTH, by="kind")}
    assert found == {"bought": 5.0, "manufactured": 19.0}
    by_reason = {row["cut"]: row["value"] for row in built.kpi("scrapped_quantity", *MONTH, by="reason")}
    assert by_reason == {"Crack, Scratch": 2.0, "(none)": 22.0}
