"""Exceptions and checks in the terminal, also where there is nothing to print or no record to name."""

import json

import pytest
from typer.testing import CliRunner

from queries import catalog, warehouse
from queries.__main__ import app
from tests.rows import order, purchase

TOML = """
    [place]
    "Press 9" = "Nord/WH"
    [plant."OLD"]
    company = "Nord"
    warehouse = "GONE"
"""


@pytest.fixture(scope="module")
def folder(publish):
    return publish(TOML, mrp_production=[order(1)], purchase_order=[purchase(1, picking_type_id=None)])


@pytest.fixture(scope="module")
def call(folder):
    def run(*arguments: str) -> str:
        done = CliRunner().invoke(app, list(arguments), env={"OPS_WAREHOUSE": str(folder), "COLUMNS": "200"})
        assert done.exit_code == 0, done.output
        return done.output

    return run


def test_a_check_names_what_is_no_record(call):
    lines = call("checks", "configured_place_without_match").splitlines()
    assert lines[0].split()[:3] == ["check_name", "name", "plant"]
    assert "Press 9" in lines[1] and "Nord/WH" in lines[1]
    [row] = json.loads(call("checks", "configured_plant_without_warehouse", "--json"))
    assert (row["name"], row["detail"], row["record_id"]) == ("OLD", "company Nord, warehouse GONE", None)


def test_a_check_names_its_records(call):
    out = call("checks", "order_without_plant")
    assert "purchase.order" in out and "P00001" in out and "no operation type" in out


def test_a_check_that_passes_says_so(call):
    assert call("checks", "row_count_differs") == "row_count_differs: passes, nothing found.\n"
    assert json.loads(call("checks", "row_count_differs", "--json")) == []


def test_keys_that_are_unique_are_one_line(call):
    first = [line.split()[0] for line in call("checks").splitlines()]
    assert not [name for name in first if name.removesuffix("_key") in catalog.marts()]
    assert first.count("*_key") == 1 and f"{len(catalog.marts())} marts have one row per key" in call("checks")
    named = {row["name"] for row in json.loads(call("checks", "--json"))}
    assert {f"{mart}_key" for mart in catalog.marts()} <= named


def test_no_exception_is_a_sentence(call):
    assert call("exceptions", "hold_past_limit") == "no record is one of hold_past_limit.\n"
    assert call("exceptions", "stalled_draft_order", "--plant", "South/WH") == (
        "no record is one of stalled_draft_order in South/WH.\n"
    )
    assert json.loads(call("exceptions", "hold_past_limit", "--json")) == []
    assert call("exceptions", "stalled_draft_purchase").split()[:2] == ["exception", "severity"]


def test_the_published_table_leads_into_odoo(folder):
    found = warehouse.open(warehouse=folder).cursor().sql("select record_model, record_url from fct_exception")
    assert ("mrp.production", "https://odoo.test/odoo/mrp.production/1") in found.fetchall()
