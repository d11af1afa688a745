"""`refresh --only integrations`: read and published by itself, with the numbers a full refresh would have."""

from __future__ import annotations

import json
import os
import shutil
import time
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from etl import load, n8n, publish, status, systems
from etl.refresh import utc_now
from queries import budget, catalog, measure, warehouse
from queries.config import Config, Touch
from tests.etl.constructed_odoo import ConstructedOdoo, served
from tests.etl.constructed_run import run, work
from tests.etl.constructed_scene import Scene
from tests.etl.test_command_line import etl

VERSION = 19
SOURCES = list(systems.every().values())
WHOLE = publish.Part(catalog.marts(), catalog.load(), catalog.exceptions(), catalog.checks())
PART = publish.of_integrations(WHOLE, SOURCES, Path("base"))
KPIS, MARTS = set(PART.kpis), set(PART.marts)


def test_what_tells_of_integrations_and_of_nothing_else_is_found_by_itself():
    assert {"fct_cron_health", "fct_integration_event", "fct_automation", "dim_interface"} <= MARTS
    about = {name for name, kpi in WHOLE.kpis.items() if kpi.domain == "integration"}
    assert about - KPIS == {"integration_odoo_lag"}  # it reads what happened to documents
    assert about >= KPIS
    assert {"failing_scheduled_action", "dead_letter"} <= PART.exceptions.keys()
    assert not {"fct_wait", "fct_event", "dim_plant", "dim_document"} & MARTS
    assert not {"waiting_approval"} & PART.exceptions.keys()


def tables(folder, version: str | None = None) -> dict[str, list[tuple]]:
    """Every published table, its rows sorted, without what names the run."""
    version = version or warehouse.current_version(folder)
    with duckdb.connect(str(folder / version), read_only=True) as con:
        names = [name for (name,) in con.execute("select table_name from duckdb_tables() order by 1").fetchall()]
        return {name: sorted(con.execute(_select(con, name)).fetchall(), key=str) for name in names}


def _select(con, name: str) -> str:
    columns = [row[0] for row in con.execute(f"describe {name}").fetchall()]
    return f"select * {'exclude (run)' if 'run' in columns else ''} from {name}"


def lines(folder, of: set[str] | None = None, version: str | None = None) -> list[tuple]:
    """Lines of the scoreboard of these KPIs, or of all others."""
    with duckdb.connect(str(folder / (version or warehouse.current_version(folder))), read_only=True) as con:
        found = con.execute("select * exclude (run) from agg_kpi order by all").fetchall()
        place = [row[0] for row in con.execute("describe agg_kpi").fetchall() if row[0] != "run"].index("kpi")
    return [row for row in found if (row[place] in KPIS) == (of is not None)]


@pytest.fixture(scope="module")
def read(tmp_path_factory):
    """An Odoo that was read and published, an hour ago as it were; and what happened since, in it and in an inbox."""
    folder = tmp_path_factory.mktemp("integrations") / "warehouse"
    with served(ConstructedOdoo(VERSION, Scene(VERSION).rows)) as odoo:
        first, _ = run(odoo, folder)
        rows, moment = odoo.odoo.rows, str(utc_now() - timedelta(minutes=2))
        [cron], [job], order = rows["ir.cron"].values(), rows["queue.job"].values(), rows["mrp.production"][1]
        cron |= {"failure_count": 2, "first_failure_date": moment, "lastcall": moment}
        rows["queue.job"][2] = job | {"id": 2, "uuid": "two", "state": "failed", "exc_name": "Boom", "date_done": False}
        order |= {"name": "RENAMED", "write_date": str(utc_now())}
        log = folder / "inbox" / "log.jsonl"
        log.write_text(json.dumps({"run_id": "1", "flow": "label", "status": "error", "ended_at": moment}) + "\n")
        os.utime(log, (time.time() - 60,) * 2)
        beside = shutil.copytree(folder, folder.with_name("beside"))
        second, _ = run(odoo, folder, only=("integrations",))
        run(odoo, beside)
    return folder, first, second, beside


def test_what_tells_of_integrations_is_read_as_by_a_full_refresh_and_nothing_else(read):
    folder, _, second, full = read
    assert {item.source for item in second.loaded} == set(systems.recorded()) - n8n.SOURCES.keys()
    for name, source in systems.recorded().items():
        columns = ", ".join(source.columns)
        current = f"select {columns} from stg_{name} order by all"
        assert work(folder, current) == work(full, current), name
    assert work(folder, "select count(*) from stg_queue_job")[0][0] == 2
    assert work(folder, "select name from stg_mrp_production where id = 1") != [("RENAMED",)]
    assert work(full, "select name from stg_mrp_production where id = 1") == [("RENAMED",)]
    assert not list((folder / "inbox").glob("*.jsonl")) and list((folder / "inbox/done").rglob("log.jsonl"))


def test_its_numbers_are_exactly_those_of_a_full_publish_at_that_moment(read, tmp_path):
    folder, _, second, _ = read
    copy = shutil.copytree(folder, tmp_path / "copy")
    con = load.open_work(copy)
    publish.publish(con, copy, "20300101T000000Z", second.as_of, SOURCES, Config(), lambda what: None)
    con.close()
    apart, whole = tables(folder, second.version), tables(copy)
    for name in sorted(MARTS):
        assert apart[name] == whole[name], name
    assert any("inbox:inbox:1" in str(row) for row in apart["fct_integration_event"])
    assert lines(folder, KPIS) == lines(copy, KPIS) != lines(folder, KPIS, read[1].version)
    for told, of in ((folder, second.version), (copy, None)):
        opened = warehouse.open(warehouse=told, version=of)
        live = budget.table(budget.read(opened, []), "x").drop_columns(["run"]).to_pylist()
        published = opened.cursor().sql("select * exclude (run) from agg_budget").to_arrow_table().to_pylist()
        kept = [[row for row in rows if row["kpi"] in KPIS] for rows in (live, published)]
        assert sorted(kept[0], key=str) == sorted(kept[1], key=str) != []
    assert any("failing_scheduled_action" in str(row) for row in apart["fct_exception"])
    for name in ("fct_exception", "check_result"):
        told = [[row for row in found[name] if "failing_scheduled_action" in row or row[0] in
                 {f"{mart}_key" for mart in MARTS}] for found in (apart, whole)]  # fmt: skip
        assert told[0] == told[1] != [], name


def test_all_else_stays_as_it_was_published_and_as_old(read):
    folder, first, second, _ = read
    then, now = tables(folder, first.version), tables(folder, second.version)
    books = {"version", "run", "source_state", "odoo_version", "odoo_instance", "reconciliation", "mart"}
    partly = {"agg_kpi", "agg_kpi_history", "kpi_baseline", "agg_due", "agg_budget", "agg_budget_history"}
    partly |= {"agg_change_effect", "fct_exception", "check_result", "check_failure"}
    assert then.keys() == now.keys()
    for name in then.keys() - MARTS - books - partly:
        assert now[name] == then[name], name
    assert lines(folder, version=second.version) == lines(folder, version=first.version) != []
    opened = warehouse.open(warehouse=folder)
    assert opened.as_of == first.as_of < second.as_of
    assert opened.newer == dict.fromkeys(MARTS, second.as_of)
    kpis = catalog.load()
    assert {name for name, kpi in kpis.items() if opened.moment(kpi.sql) == second.as_of} == KPIS
    board = measure.scoreboard(opened).to_pylist()
    assert {row["kpi"] for row in board if row["as_of"] == second.as_of} == KPIS
    assert {row["as_of"] for row in board} == {first.as_of, second.as_of}


def test_people_are_told_how_old_what_is(read):
    folder, first, second, _ = read
    facts = status.read(folder)
    assert facts["as_of"] == first.as_of
    assert f"Integrations are as of {second.as_of:%Y-%m-%d %H:%M:%S} UTC." in facts["sentence"]
    read_at = {row["source"]: row["last_read_at"] for row in facts["sources"]}
    assert (read_at["queue_job"], read_at["mrp_production"]) == (second.as_of, first.as_of)


def again(folder, config=Config(), only_integrations=True, run="20300101T000000Z", as_of=None):
    con = load.open_work(folder)
    try:
        load.book_run(con, run, datetime(2030, 1, 1))
        return publish.publish(
            con, folder, run, as_of or utc_now(), SOURCES, config, lambda what: None, only_integrations
        )
    finally:
        con.close()


@pytest.fixture
def folder(read, tmp_path):
    return shutil.copytree(read[0], tmp_path / "warehouse")


def test_another_configuration_and_a_missing_file_make_everything_anew(folder):
    again(folder, as_of=datetime(2030, 1, 1))
    assert warehouse.open(warehouse=folder).newer
    again(folder, Config(touch=Touch(batch=99)), run="20300102T000000Z", as_of=datetime(2030, 1, 2))
    opened = warehouse.open(warehouse=folder)
    assert (opened.as_of, opened.newer) == (datetime(2030, 1, 2), {})
    assert opened.cursor().sql("select batch from cfg_touch").fetchall() == [(99,)]
    (folder / warehouse.current_version(folder)).unlink()
    again(folder, Config(touch=Touch(batch=99)), run="20300103T000000Z", as_of=datetime(2030, 1, 3))
    assert warehouse.open(warehouse=folder).as_of == datetime(2030, 1, 3)


def test_one_after_the_other_the_file_does_not_grow_and_the_history_keeps_what_is_new(folder):
    sizes = []
    for number in range(1, 7):
        path = again(folder, run=f"2030010{number}T000000Z", as_of=utc_now())
        sizes.append(path.stat().st_size)
    assert max(sizes[3:]) <= max(sizes[:3]) * 1.05  # room that one leaves is filled by the next
    kept = work(folder, "select distinct kpi from agg_kpi where run like '2030%'")
    assert {kpi for (kpi,) in kept} <= KPIS


def test_a_full_publish_afterwards_is_of_one_moment(folder):
    again(folder, run="20300101T000000Z")
    moment = utc_now()
    again(folder, only_integrations=False, run="20300102T000000Z", as_of=moment)
    opened = warehouse.open(warehouse=folder)
    assert (opened.as_of, opened.newer) == (moment, {})


def test_a_failing_check_or_a_kill_leaves_the_last_version_up(folder, monkeypatch):
    before = warehouse.current_version(folder)
    con = load.open_work(folder)
    con.execute("insert into raw.ir_cron select * from raw.ir_cron where _valid_to is null limit 1")
    con.close()
    with pytest.raises(publish.CheckFailed, match="fct_cron_health has one row per instance, record_id"):
        again(folder)
    assert warehouse.current_version(folder) == before and not list(folder.glob(".build*"))


def test_a_file_published_by_an_older_program_is_built_anew_and_still_read(folder):
    version = folder / warehouse.current_version(folder)
    version.chmod(0o644)
    with duckdb.connect(str(version)) as con:
        con.execute("alter table version drop column recipe")
        con.execute("alter table mart drop column as_of")
    assert warehouse.open(warehouse=folder).newer == {}
    moment = utc_now()
    again(folder, as_of=moment)
    assert warehouse.open(warehouse=folder).as_of == moment


def test_only_one_of_two_at_a_time(folder):
    con = load.open_work(folder)
    try:
        said = etl(folder, "refresh", "--only", "integrations")
        assert said.returncode == 75 and "another refresh is working" in said.stderr
    finally:
        con.close()
