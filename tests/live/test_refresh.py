"""The refresh against a real Odoo: both transports alike, idempotent, resumable, and a sentence for every trouble."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from datetime import datetime

import duckdb
import pyarrow.parquet as pq
import pytest

from etl import inbox, landing, load
from etl.odoo import READ_METHODS, Odoo, OdooError, connect
from etl.refresh import logins
from etl.resolve import domain_of
from etl.source import discover, tracked_models
from queries import config, warehouse
from tests.live import more_rows
from tests.live.conftest import ABSENT, SALT, Login, environment

pytestmark = pytest.mark.live

RAW = [source.name for source in discover().values()]


def raw_rows(folder, name) -> list:
    con = duckdb.connect(str(folder / "work.duckdb"), read_only=True)
    try:
        columns = ", ".join(discover()[name].columns)
        return con.execute(f"select {columns} from stg_{name} order by all").fetchall()
    finally:
        con.close()


@pytest.mark.parametrize("name", RAW)
def test_both_transports_give_identical_rows(name, warehouses):
    over_json2, over_jsonrpc = (raw_rows(warehouses[transport], name) for transport in ("json-2", "json-rpc"))
    assert over_json2 == over_jsonrpc
    assert over_json2 or name in ABSENT, f"{name} is empty: the comparison says nothing"


def test_reading_as_odoo_14_gives_the_same_rows(login, truth):
    with environment(login.environment):
        odoo = connect(logins(config.load())[0], "json-rpc")
    fields = ["name", "state", "product_id", "create_date", "user_id"]
    modern = odoo.rows("mrp.production", [], fields)
    odoo.major = 14
    assert odoo.rows("mrp.production", [], fields) == modern != []


@pytest.mark.parametrize("name", sorted(set(RAW) - ABSENT))
def test_rows_in_the_warehouse_equal_odoos_count(name, login, warehouses):
    with environment(login.environment):
        odoo = connect(logins(config.load())[0])
    source = discover()[name]
    count = odoo.count(source.model, domain_of(source, tracked_models(discover().values())))
    languages = len(odoo.languages()) if source.languages else 1
    assert len(raw_rows(warehouses["json-2"], name)) == count * languages


def test_secrets_never_reach_the_disk(warehouses):
    for folder in warehouses.values():
        for path in sorted(folder.rglob("*")):
            if path.suffix == ".parquet":
                found = pq.read_table(path)
                text = "\n".join(
                    str(value) for name in found.column_names for value in found[name].to_pylist() if value
                )
                for secret in (more_rows.ACCOUNT, "jane.doe@", "901820", "{'name'"):
                    assert secret not in text, (path.name, secret)
        [failed] = [row for row in raw_rows(folder, "queue_job") if "live-1" in row]
        assert "[e-mail] refused by [phone] {…}" in failed and "res.partner(1,2)" in failed
        entries = [value for row in raw_rows(folder, "ir_logging") for value in row]
        assert any("failed: [e-mail] refused by [phone] {…}" in str(value) for value in entries)
        [server] = raw_rows(folder, "fetchmail_server")
        assert "[e-mail] refused by [phone] {…}" in server


def test_absences_of_people_are_not_read(warehouses):
    names = {value for row in raw_rows(warehouses["json-2"], "resource_calendar_leaves") for value in row}
    assert {"Overhaul", "Christmas"} <= names and "Ill" not in names


def test_a_second_refresh_changes_nothing_but_the_run_log(login, truth, tmp_path):
    login.refresh(tmp_path)
    before = {name: everything(tmp_path, f"raw.{name}") for name in RAW}
    second = login.refresh(tmp_path)
    assert {name: everything(tmp_path, f"raw.{name}") for name in RAW} == before
    moved = {item.source: (item.new, item.changed, item.closed) for item in second.loaded}
    assert moved == dict.fromkeys([*RAW, *inbox.SOURCES], (0, 0, 0))
    full = login.refresh(tmp_path, full=True)
    assert {name: everything(tmp_path, f"raw.{name}") for name in RAW} == before
    assert sum(item.read for item in full.loaded) > sum(item.read for item in second.loaded)
    assert len(everything(tmp_path, "run")) == 3


def everything(folder, table) -> list:
    con = duckdb.connect(str(folder / "work.duckdb"), read_only=True)
    try:
        return con.execute(f"select * from {table} order by all").fetchall()
    finally:
        con.close()


def test_a_first_look_at_some_days_is_completed_by_the_next_refresh(login, truth, tmp_path):
    first = login.refresh(tmp_path, days=20)
    part = len(raw_rows(tmp_path, "mrp_production"))
    login.refresh(tmp_path)
    whole = len(raw_rows(tmp_path, "mrp_production"))
    assert 0 < part < whole
    assert first.version.startswith("ops_")
    assert everything(tmp_path, "raw.mail_message") and not [
        row for row in everything(tmp_path, "raw.mrp_production") if row[-1] not in (None, "change")
    ]


def test_only_reading_methods_are_called(login):
    with environment(login.environment):
        odoo = connect(logins(config.load())[0])
    for method in ("write", "create", "unlink", "action_confirm"):
        with pytest.raises(OdooError, match="only reads"):
            odoo.call("mrp.production", method)
    assert "write" not in READ_METHODS


def test_the_api_key_chooses_json2_and_a_password_json_rpc(login, password_login):
    for one, transport in ((login, "json-2"), (password_login, "json-rpc")):
        with environment(one.environment):
            without_key = {"ODOO_API_KEY": ""} if "ODOO_API_KEY" not in one.environment else {}
            with environment(without_key):
                assert connect(logins(config.load())[0]).transport.name == transport


TROUBLES = {
    "wrong password": ({"ODOO_PASSWORD": "wrong", "ODOO_API_KEY": ""}, "the password is wrong"),
    "wrong key": ({"ODOO_API_KEY": "0123456789"}, "the API key is wrong or has expired"),
    "wrong database": ({"ODOO_DB": "nowhere"}, "has no database 'nowhere': set ODOO_DB"),
    "wrong database, password": ({"ODOO_DB": "nowhere", "ODOO_API_KEY": "", "ODOO_PASSWORD": "admin"}, "set ODOO_DB"),
    "no address": ({"ODOO_URL": "odoo.example.com"}, "begins with http:// or https://"),
    "no secret": ({"ODOO_API_KEY": "", "ODOO_PASSWORD": ""}, "set the environment variable ODOO_API_KEY"),
    "no rights": (
        {"ODOO_USER": "etl_norights", "ODOO_PASSWORD": "etl_norights", "ODOO_API_KEY": ""},
        "User 'etl_norights' may not read",
    ),
}


@pytest.mark.parametrize("trouble", TROUBLES)
def test_trouble_is_one_sentence_and_readers_keep_what_they_have(trouble, login, warehouses, odoo):
    changed, sentence = TROUBLES[trouble]
    folder = warehouses["json-2"]
    before = warehouse.current_version(folder), sorted(path.name for path in folder.glob("ops_*"))
    environment_of = {key: value for key, value in (login.environment | changed).items() if value}
    said = Login(environment_of).run(folder, "etl", "refresh")
    assert said.returncode == 1
    assert sentence in said.stderr
    assert "Traceback" not in said.stderr
    assert said.stderr.count("Failed:") == 1
    for name in ("ODOO_API_KEY", "ODOO_PASSWORD"):
        if len(environment_of.get(name, "")) > 5:
            assert environment_of[name] not in said.stderr.replace("etl_norights", "")
    assert (warehouse.current_version(folder), sorted(path.name for path in folder.glob("ops_*"))) == before
    status = login.run(folder, "etl", "status")
    assert "failed: " in status.stderr and sentence in status.stderr


def test_a_typo_in_the_configuration_stops_before_anything_is_read(login, warehouses, tmp_path):
    bad = tmp_path / "ops.toml"
    bad.write_text('[plants.LYO]\ncompany = "x"\n')
    said = login.run(warehouses["json-2"], "etl", "refresh", OPS_CONFIG=str(bad))
    assert said.returncode == 1
    assert "unknown section 'plants': did you mean 'plant'?" in said.stderr


def test_a_killed_run_resumes_and_loses_nothing(login, truth, tmp_path, tmp_path_factory):
    whole = tmp_path_factory.mktemp("undisturbed")
    for folder in (tmp_path, whole):
        (folder / "salt").write_bytes(SALT)
    login.refresh(whole)
    process = subprocess.Popen(
        [sys.executable, "-m", "etl", "refresh"],
        env={"PATH": "/usr/bin:/bin", "OPS_WAREHOUSE": str(tmp_path)} | login.environment,
        stderr=subprocess.PIPE,
    )
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not list(tmp_path.glob("landing/*/mail_message/*.page-*")):
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    [run] = [folder for folder in (tmp_path / "landing").iterdir() if folder.is_dir()]
    landed = {path.name for path in run.glob("*/*.done.json")}
    assert landed
    assert warehouse.current_version(tmp_path) is None
    said = login.run(tmp_path, "etl", "refresh")
    assert said.returncode == 0, said.stderr
    assert "what it had read is kept" in said.stderr
    for name in RAW:
        assert raw_rows(tmp_path, name) == raw_rows(whole, name)
    assert not list(tmp_path.glob(".build_*"))


def test_a_deleted_order_is_closed_not_dropped(login, odoo, truth, tmp_path):
    from tests.live.player import Player, hour_of

    login.refresh(tmp_path)
    player = Player(odoo, hour_of(datetime(2026, 11, 1)))
    with environment(login.environment):
        reader = connect(logins(config.load())[0])
    [source] = reader.rows("mrp.production", [("state", "=", "draft")], ["product_id", "company_id"])[:1]
    try:
        made = player.call("admin", "mrp.production", "create", {"product_id": source["product_id"], "product_qty": 1})
        made = made[0] if isinstance(made, list) else made
        login.refresh(tmp_path)
        player.call("admin", "mrp.production", "unlink", [made])
    finally:
        player.close()
    outcome = login.refresh(tmp_path)
    assert {item.source: item.closed for item in outcome.loaded}["mrp_production"] == 1
    [row] = [row for row in everything(tmp_path, "stg_mrp_production_history") if row[1] == made]
    assert row[-2] == "deleted"  # the last says when it was seen


def test_a_second_refresh_at_the_same_time_is_refused(login, tmp_path):
    held = load.open_work(tmp_path)
    try:
        said = login.run(tmp_path, "etl", "refresh")
    finally:
        held.close()
    assert said.returncode == 75
    assert "another refresh is working" in said.stderr


def test_landing_of_a_finished_run_is_kept_for_a_while(warehouses):
    runs = [folder for folder in (warehouses["json-2"] / "landing").iterdir() if folder.is_dir()]
    assert all((folder / "loaded").exists() for folder in runs)
    assert 1 <= len(runs) <= landing.KEEP_RUNS


def test_the_client_never_shows_its_secret(login):
    with environment(login.environment):
        [found] = logins(config.load())
    assert login.environment["ODOO_API_KEY"] not in repr(found)
    assert isinstance(connect(found), Odoo)
