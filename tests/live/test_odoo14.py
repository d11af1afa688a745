"""The whole way from a real Odoo 14: refresh, rows against flows of known times, and what is called otherwise there."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import duckdb
import pytest

from etl.odoo import ModelAbsent, Odoo, OdooError, connect
from etl.refresh import logins
from etl.resolve import resolve
from etl.source import Source, column, discover, tracked_models
from queries import catalog, config, measure, warehouse
from tests.conftest import skip_or_fail
from tests.etl import constructed_fields
from tests.live.conftest import Login, at_rest, environment
from tests.live.test_truth import check_rows, check_working_time, expected

pytestmark = pytest.mark.live

SERVER = Path(__file__).parent / "odoo14_server.py"
KPIS = catalog.load()
EVER = (date(2020, 1, 1), date(2030, 1, 1))
COVERED = [  # the KPIs that the flows tell the truth about
    "release_lead_time",
    "material_wait",
    "time_to_ready",
    "shortage_resolution_time",
    "production_cycle_time",
    "purchase_approval_turnaround",
    "purchase_first_decision_time",
    "purchase_approval_step_time",
    "quality_hold_duration",
]
STOCKS = ["approval_age", "open_approval_count"]


def server(command: str) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, str(SERVER), command], capture_output=True, text=True)


@pytest.fixture(scope="module")
def odoo14() -> dict[str, str]:
    """Environment of the running Odoo 14."""
    if server("status").returncode != 0:
        skip_or_fail("needs a real Odoo 14: bring one up with `make odoo14`.")
    return json.loads(server("env").stdout)


@pytest.fixture(scope="module")
def truth14(odoo14) -> list[dict]:
    """What the flows played into a fresh database must show."""
    from tests.live import flows14

    reset = server("reset")
    assert reset.returncode == 0, reset.stderr
    return flows14.play(odoo14)


@pytest.fixture(scope="module")
def login14(odoo14) -> Login:
    """The administrator with a password."""
    return Login({name: odoo14[name] for name in ("ODOO_URL", "ODOO_DB", "ODOO_USER", "ODOO_PASSWORD")})


@pytest.fixture(scope="module")
def client(login14) -> Odoo:
    with environment(login14.environment | {"ODOO_API_KEY": ""}):
        return connect(logins(config.load())[0])


@pytest.fixture(scope="module")
def folder(truth14, login14, tmp_path_factory) -> Path:
    """The warehouse after `.venv/bin/python -m etl refresh`."""
    made = tmp_path_factory.mktemp("odoo14")
    said = login14.run(made, "etl", "refresh")
    assert said.returncode == 0, said.stderr
    assert "Odoo 14.0 at" in said.stderr and "over JSON-RPC" in said.stderr
    return made


@pytest.fixture(scope="module")
def published(folder) -> warehouse.Warehouse:
    return warehouse.open(warehouse=folder)


def raw(folder: Path, statement: str) -> list[tuple]:
    with duckdb.connect(str(folder / "work.duckdb"), read_only=True) as con:
        return con.execute(statement).fetchall()


@pytest.mark.parametrize("kpi", COVERED)
def test_rows_equal_the_truth(kpi, published, truth14):
    assert len(expected(truth14, kpi)) >= 3
    found = measure.rows(published, KPIS[kpi], *EVER).to_pylist()
    check_rows(found, truth14, kpi, "started_at", "ended_at")


@pytest.mark.parametrize("kpi", COVERED)
def test_working_time_equals_the_truth(kpi, published, truth14):
    found = measure.rows(published, KPIS[kpi], *EVER, clock="working").to_pylist()
    check_working_time(found, truth14, kpi, published.as_of)


@pytest.mark.parametrize("kpi", STOCKS)
def test_steps_equal_the_truth_open_or_closed(kpi, published, truth14):
    found = published.cursor().sql(KPIS[kpi].sql).to_arrow_table().to_pylist()
    check_rows(found, truth14, kpi, "entered_at", "left_at")
    for row in truth14:
        if row.get("kpi") == kpi and row.get("absent") and "step" in row:
            assert not [f for f in found if f["record_id"] == row["record_id"] and f["step"] == row["step"]]


def test_plants_are_told_apart(published, truth14):
    plants = {row["plant"] for row in truth14 if row.get("plant")}
    assert len(plants) == 3 and len([plant for plant in plants if plant.endswith("/WH")]) == 2
    assert plants <= {row["plant"] for row in measure.scoreboard(published).to_pylist()}


def test_french_labels_are_understood(published):
    [(count,)] = (
        published.cursor()
        .sql("select count(*) from fct_event where new_label in ('Confirmé', 'Prêt') and new_value is not null")
        .fetchall()
    )
    assert count > 0
    assert warehouse.read(published, "unmatched_label").num_rows == 0


def test_a_locked_order_counts_as_approved(published):
    found = published.cursor().sql(
        "select outcome, count(*) from fct_approval inner join dim_document using (instance, record_model, record_id) "
        "where state = 'done' group by outcome"
    )
    assert found.fetchall() == [("approved", 3)]


def test_amounts_of_money_are_read_where_odoo_14_keeps_them(published, truth14):
    dearer = {row["record_id"] for row in truth14 if row["flow"] == "dearer_then_approved"}
    found = published.cursor().sql(
        "select record_id, old_value, new_value from fct_event where field = 'amount_untaxed'"
    )
    changes = {record: (float(old), float(new)) for record, old, new in found.fetchall() if record in dearer}
    assert changes == dict.fromkeys(dearer, (800.0, 9000.0))


def test_a_second_refresh_changes_nothing(login14, folder):
    with environment({"ODOO_API_KEY": ""}):
        second = login14.refresh(folder)
    moved = {item.source: (item.new, item.changed, item.closed) for item in second.loaded}
    assert {name: counts for name, counts in moved.items() if any(counts)} == {}
    assert raw(folder, "select count(*) from raw.mrp_production where _valid_to is not null") == [(0,)]


def test_rows_in_the_warehouse_equal_odoos_count(folder, client):
    for name in ("mrp_production", "purchase_order", "tier_review", "res_partner", "product_product", "res_users"):
        [(count,)] = raw(folder, f"select count(*) from stg_{name}")
        assert count == client.count(discover()[name].model, []) > 0, name


def test_the_api_key_serves_as_a_password(odoo14):
    names = ("ODOO_URL", "ODOO_DB", "ODOO_USER", "ODOO_API_KEY")
    with environment({name: odoo14[name] for name in names}):
        odoo = connect(logins(config.load())[0])
    assert (odoo.transport.name, odoo.major) == ("json-rpc", 14)
    assert odoo.count("res.users", []) > 0


def test_links_come_as_plain_ids_because_search_read_is_not_used(client, truth14):
    with pytest.raises(OdooError, match="unexpected keyword argument 'load'"):
        client.call("mrp.production", "search_read", domain=[], fields=["name"], load=None)
    rows = client.rows("mrp.production", [("state", "=", "done")], ["product_id", "orderpoint_id"])
    assert rows and all(type(row["product_id"]) is int and row["orderpoint_id"] is False for row in rows)
    assert [row["id"] for row in rows] == sorted(row["id"] for row in rows)


FORMER = {  # column: the field that Odoo 14 has for it
    ("mail_tracking_value", "field_id"): "field",
    ("mail_tracking_value", "old_amount"): "old_value_monetary",
    ("mail_tracking_value", "new_float"): "new_value_float",
    ("mrp_production", "started_at"): "date_start",
    ("stock_move", "demand_quantity"): "product_uom_qty",
    ("purchase_order", "approved_at"): "date_approve",
    ("ir_model_fields_selection", "label"): "name",
}


@pytest.mark.parametrize(("name", "stable"), FORMER)
def test_fields_are_found_under_their_former_names(name, stable, client):
    [resolved] = resolve(client, [discover()[name]], tracked_models(discover().values()))
    assert resolved.fields[stable] == FORMER[name, stable]


def test_every_field_is_there_or_said_not_to_be(client):
    sources = discover()
    resolved = resolve(client, list(sources.values()), tracked_models(sources.values()))
    there = {item.source.name: item for item in resolved if not item.absent}
    assert len(there) > 45
    assert there["stock_lot"].model == "stock.production.lot"
    assert {name: item.missing for name, item in there.items() if item.missing} == {}
    for name, item in there.items():
        for stable, field in item.source.fields.items():
            assert item.fields[stable] or not field.until or field.only, f"{name}.{stable} is gone before its time"


def test_the_constructed_versions_begin_as_odoo_14_is(client):
    assert constructed_fields.differences(client, list(discover().values())) == []


def test_what_odoo_14_lacks_is_absent_and_no_error(client):
    with pytest.raises(ModelAbsent):
        client.fields("quality.check")
    newer = Source(model="ir.cron.progress", without="", fields={"done": column("integer")})
    [resolved] = resolve(client, [newer], [])
    assert resolved.absent
    # Odoo 14 computes reserved quantities when asked and does not store them.
    [moves] = resolve(client, [discover()["stock_move"]], [])
    assert moves.fields["reserved_quantity"] is None


def test_only_a_work_order_fills_the_start_date(folder, truth14):
    started = raw(folder, "select id, started_at, finished_at from stg_mrp_production where started_at is not null")
    work_orders = {row["record_id"] for row in truth14 if row["flow"] == "work_order_done"}
    assert work_orders <= {id for id, *_ in started}
    played = {row["record_id"] for row in truth14 if row["record_model"] == "mrp.production"}
    assert {id for id, *_ in started} & played == work_orders
    assert all(begun <= ended for _, begun, ended in started if ended)


def test_an_odoo_19_in_its_place_is_no_upgrade_of_it(folder, odoo, tmp_path):
    """Newer and under the same name, but another database: its companies were created at other times."""
    copy = shutil.copytree(folder, tmp_path / "copy")
    other = Login({name: odoo[name] for name in ("ODOO_URL", "ODOO_DB", "ODOO_USER", "ODOO_API_KEY")})
    with at_rest():
        said = other.run(copy, "etl", "refresh")
    assert said.returncode == 1 and said.stderr.count("Failed:") == 1
    assert "is not the database this warehouse was read from" in said.stderr and "res.company" in said.stderr
    assert raw(copy, "select version from odoo_instance") == [("14.0",)]


TROUBLES = {
    "wrong password": ({"ODOO_PASSWORD": "wrong"}, "the password is wrong"),
    "wrong database": ({"ODOO_DB": "nowhere"}, "has no database 'nowhere': set ODOO_DB"),
    "no rights": ({"ODOO_USER": "etl_norights", "ODOO_PASSWORD": "etl_norights"}, "may not read"),
}


@pytest.mark.parametrize("trouble", TROUBLES)
def test_trouble_is_one_sentence(trouble, login14, tmp_path):
    changed, sentence = TROUBLES[trouble]
    said = Login(login14.environment | changed).run(tmp_path, "etl", "refresh")
    assert said.returncode == 1
    assert sentence in said.stderr
    assert said.stderr.count("Failed:") == 1 and "Traceback" not in said.stderr
