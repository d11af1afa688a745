"""Sources beside Odoo: they are known everywhere, and one that cannot be read costs no more than itself."""

from __future__ import annotations

from datetime import datetime

import pytest

from etl import landing, load, n8n, status, systems
from etl.source import discover
from etl.table import to_table
from queries import warehouse
from tests.etl.constructed_odoo import ConstructedOdoo, served
from tests.etl.constructed_run import run
from tests.etl.constructed_scene import Scene
from tests.etl.n8n_replay import Replay
from tests.etl.test_n8n import RECORDED

PROBLEM = "n8n at http://127.0.0.1:9 does not answer"


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(n8n, "WAITS", (0, 0))


def test_every_source_has_a_name_of_its_own():
    beside = [name for system in systems.SYSTEMS for name in system.SOURCES]
    assert len(systems.every()) == len(discover()) + len(beside)
    assert all(name == source.name for name, source in systems.every().items())


def test_odoo_is_published_when_n8n_is_down_and_data_health_says_so(tmp_path, monkeypatch, impatient):
    monkeypatch.setenv("N8N_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("N8N_API_KEY", "a-key-that-nobody-sees")
    scene = Scene(18)
    with served(ConstructedOdoo(scene.version, scene.rows)) as odoo:
        outcome, said = run(odoo, tmp_path)
    assert warehouse.current_version(tmp_path) == outcome.version
    assert any(text.startswith("n8n did not answer (") and text.endswith("(2 of 3).") for text in said)
    health = warehouse.read(warehouse.open(warehouse=tmp_path), "source_health").to_pylist()
    unread = {row["source"]: row for row in health if row["status"] == "not read"}
    assert set(unread) == set(n8n.SOURCES)
    assert all(
        row["problem"].startswith(PROBLEM) and row["cost"] and row["last_read_at"] is None for row in unread.values()
    )
    failures = warehouse.read(warehouse.open(warehouse=tmp_path), "check_failure", check="source_not_read").to_pylist()
    assert {row["name"] for row in failures} == set(n8n.SOURCES)
    assert f"Not read: {PROBLEM}" in status.read(tmp_path)["sentence"]
    assert "a-key-that-nobody-sees" not in str(health) + str(said)


def test_n8n_is_published_beside_odoo_and_can_be_read_alone(tmp_path, monkeypatch):
    replay, scene = Replay(RECORDED), Scene(18)
    monkeypatch.setenv("N8N_URL", replay.url)
    monkeypatch.setenv("N8N_API_KEY", replay.KEY)
    runs = "select status, count(*) from fct_integration_event where source = 'n8n' group by all"
    with served(ConstructedOdoo(scene.version, scene.rows)) as odoo:
        replay.begin("begun")
        run(odoo, tmp_path)
        first = dict(warehouse.open(warehouse=tmp_path).cursor().sql(runs).fetchall())
        replay.begin("cut")
        outcome, _ = run(odoo, tmp_path, only=("n8n_execution",))
        second = dict(warehouse.open(warehouse=tmp_path).cursor().sql(runs).fetchall())
    replay.close()
    assert first["waiting"] + first["running"] == 3 and first["success"] > 5 and first["failed"] > 5
    assert second.get("running", 0) == 0 and second["success"] > first["success"]
    assert [(item.source, item.instance) for item in outcome.loaded] == [("n8n_execution", "n8n")]


def test_rows_of_a_source_that_cannot_be_read_stay_as_they_were(tmp_path):
    con = load.open_work(tmp_path)
    source = n8n.WORKFLOW
    first, second = (tmp_path / "landing" / f"2026010{day}T000000Z" for day in (1, 2))
    row = dict.fromkeys(source.fields, False) | {"id": 1, "name": "Send order"}
    fields = {name: name for name in source.fields}
    landing.write_table(landing.page_path(first, source, "n8n", 0), to_table(source, fields, [row], "n8n"))
    landing.write_done(first, source, "n8n", {"absent": False, "fields": fields, "ids": 1, "swept": True})
    landing.write_done(second, source, "n8n", {"problem": PROBLEM})
    assert load.load_source(con, source, "n8n", first, datetime(2026, 1, 1)).new == 1
    loaded = load.load_source(con, source, "n8n", second, datetime(2026, 1, 2))
    assert (loaded.problem, loaded.row_count, loaded.closed) == (PROBLEM, 1, 0)
    state = con.execute("select read_at, row_count, problem from source_state").fetchall()
    assert state == [(datetime(2026, 1, 1), 1, PROBLEM)]
    load.load_source(con, source, "n8n", first, datetime(2026, 1, 3))
    assert con.execute("select read_at, problem from source_state").fetchall() == [(datetime(2026, 1, 3), None)]
    con.close()
