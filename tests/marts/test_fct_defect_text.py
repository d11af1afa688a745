"""Texts that tell what was wrong: which records have one, and what is none."""

import pytest

from tests.rows import LOCATIONS, at, order

NONCONFORMITY, REQUEST, SCRAP = "mgmtsystem.nonconformity", "maintenance.request", "stock.scrap"
CREATED = {"company_id": 1, "created_at": at("2026-01-10 08:00")}


@pytest.fixture(scope="module")
def rows(build):
    reported = {"document_model": "mrp.production", "document_id": 1, "state": "draft"} | CREATED
    repair = {"maintenance_type": "corrective", "equipment_id": 1, "stage_id": 1} | CREATED
    thrown = {"state": "done", "product_id": 1, "product_uom_id": 1, "quantity": 1.0, "production_id": 1} | CREATED
    built = build(
        mrp_production=[order(1, state="done")],
        stock_location=LOCATIONS,
        mgmtsystem_nonconformity=[
            {"id": 1, "name": " T-1: seal leaks ", "number": "NC/1"} | reported,
            {"id": 2, "name": "no defect after all", "number": "NC/2"} | reported | {"state": "cancel"},
            {"id": 3, "name": " ", "number": "NC/3"} | reported,
        ],
        maintenance_stage=[{"id": 1, "name": "New", "sequence": 1, "is_done": False}],
        maintenance_equipment=[{"id": 1, "name": "Press", "company_id": 1}],
        maintenance_request=[
            {"id": 1, "name": "Press leaks oil"} | repair,
            {"id": 2, "name": "Press: monthly service"} | repair | {"maintenance_type": "preventive"},
        ],
        stock_scrap_reason_tag=[{"id": 1, "name": "Cracked"}, {"id": 2, "name": "Bent"}],
        stock_scrap=[
            {"id": 1, "name": "SP/1", "reason_ids": [1, 2]} | thrown,
            {"id": 2, "name": "SP/2", "reason_ids": []} | thrown,
        ],
        quality_alert=[
            {"id": 1, "name": "QA1", "title": "Wrong colour", "product_id": 1} | CREATED,
            {"id": 2, "name": "QA2", "title": None} | CREATED,
        ],
        quality_check=[
            {"id": 1, "name": "QC1", "title": "Measure the bore", "result": "fail", "product_id": 1,
             "checked_at": at("2026-01-11 08:00")} | CREATED,
            {"id": 2, "name": "QC2", "title": "Measure the bore", "result": "pass", "product_id": 1,
             "checked_at": at("2026-01-11 08:00")} | CREATED,
        ],
        qc_inspection=[
            {"id": 1, "name": "Incoming goods", "state": "failed", "product_id": 1,
             "done_at": at("2026-01-11 08:00")} | CREATED,
            {"id": 2, "name": "QC/00012", "state": "failed", "product_id": 1,
             "done_at": at("2026-01-11 08:00")} | CREATED,
        ],
    )  # fmt: skip
    return {(row["record_model"], row["record_id"]): row for row in built.rows("select * from fct_defect_text")}


def test_records_with_a_text(rows):
    assert {key: row["text"] for key, row in rows.items()} == {
        (NONCONFORMITY, 1): "T-1: seal leaks",
        (REQUEST, 1): "Press leaks oil",
        (SCRAP, 1): "Bent, Cracked",
        ("quality.alert", 1): "Wrong colour",
        ("quality.check", 1): "Measure the bore",
        ("qc.inspection", 1): "Incoming goods",
    }


def test_with_what_the_record_names_besides(rows):
    assert rows[NONCONFORMITY, 1]["about"] == "[T-1] Table"
    assert rows[REQUEST, 1]["about"] == "Press"
    assert rows[NONCONFORMITY, 1]["plant"] == "Nord/WH"
    assert rows["quality.alert", 1]["source"] == "quality alert"
