"""What was known on a day, and what was restated since: over the published history of the scoreboard."""

from __future__ import annotations

import json
import shutil
from datetime import timedelta

import pytest
from typer.testing import CliRunner

from etl import load
from queries import __main__ as command_line
from queries import measure, warehouse
from queries.catalog import CatalogError
from tests.etl.test_publish import DEMO, republish

KPI = "release_lead_time"


@pytest.fixture
def folder(demo_warehouse, tmp_path):
    """A private copy of the published demo plants."""
    return shutil.copytree(demo_warehouse, tmp_path / "warehouse")


@pytest.fixture
def week(folder):
    """A final week of the demo plants whose orders a later refresh finds created two hours earlier."""
    opened = warehouse.open(warehouse=folder)
    weeks = measure.scoreboard(opened, KPI, period="week").to_pylist()
    found = next(row for row in weeks if row["plant"] is None and row["is_final"] and row["n"] > 50)
    con = load.open_work(folder)
    con.execute(
        """update raw.mrp_production set created_at = created_at - interval 2 hours
           where created_at >= $start and created_at < $end and created_at - interval 2 hours >= $start""",
        {"start": found["period_start"], "end": found["period_end"]},
    )
    con.close()
    republish(folder, as_of=opened.as_of + timedelta(days=1), config=DEMO)
    return found


def test_the_past_is_told_as_it_was_known_then(folder, week):
    opened = warehouse.open(warehouse=folder)

    def value(table) -> float:
        [row] = [r for r in table.to_pylist() if r["plant"] is None and r["period_start"] == week["period_start"]]
        return row["value"]

    then = measure.known(opened, opened.as_of - timedelta(hours=1), KPI, period="week")
    now = measure.known(opened, opened.as_of, KPI, period="week")
    assert value(then) == week["value"]
    assert value(now) == value(measure.scoreboard(opened, KPI, period="week")) != week["value"]
    assert measure.known(opened, opened.as_of - timedelta(days=9), KPI).num_rows == 0


def test_what_was_restated_is_listed_and_nothing_else(folder, week):
    opened = warehouse.open(warehouse=folder)
    found = measure.restated(opened, opened.as_of - timedelta(hours=1), KPI).to_pylist()
    changed = [row for row in found if row["plant"] is None and row["clock"] == "elapsed"]
    assert {row["period_start"] for row in changed} == {week["period_start"]}
    [row] = changed
    assert (row["value_then"], row["n_then"]) == (week["value"], week["n"])
    assert row["value_now"] > row["value_then"] and row["known_at"] == opened.as_of - timedelta(days=1)
    assert measure.restated(opened, opened.as_of, KPI).num_rows == 0
    plant = next(row["plant"] for row in found if row["plant"])
    assert {
        r["plant"] for r in measure.restated(opened, opened.as_of - timedelta(hours=1), plant=plant).to_pylist()
    } == {plant}


def test_weeks_that_are_gone_are_told(folder, week):
    opened = warehouse.open(warehouse=folder)
    opened.connection.execute(
        """create or replace view agg_kpi as select * from published.main.agg_kpi
            where not (kpi = 'release_lead_time' and plant is null and period = 'week')"""
    )
    found = measure.restated(opened, opened.as_of - timedelta(hours=1), KPI).to_pylist()
    gone = [row for row in found if row["plant"] is None and row["clock"] == "elapsed"]
    assert len(gone) > 10 and {row["reason_now"] for row in gone} == {"no longer in the data"}
    assert {(row["value_now"], row["n_now"]) for row in gone} == {(None, None)}


def test_readers_of_one_plant_see_its_history_alone(folder, week):
    every = warehouse.open(warehouse=folder)
    plant = measure.known(every, every.as_of, KPI)["plant"].to_pylist()[-1]
    scoped = warehouse.open(warehouse.Scope(plants=frozenset({plant})), warehouse=folder)
    few = "select count(*) from agg_kpi_history where plant is null and plant_count < 3"
    assert scoped.cursor().execute(few).fetchone() == (0,)
    assert set(measure.known(scoped, every.as_of, KPI)["plant"].to_pylist()) <= {plant, None}


def test_from_the_terminal(folder, week, monkeypatch):
    monkeypatch.setenv("OPS_WAREHOUSE", str(folder))
    as_of = warehouse.open(warehouse=folder).as_of

    def run(*arguments: str):
        return CliRunner().invoke(command_line.app, arguments)

    day = str((as_of - timedelta(days=1)).date())
    known = json.loads(run("kpi", KPI, "--as-known", day, "--json").stdout)
    now = json.loads(run("kpi", KPI, "--json").stdout)
    assert known[0]["as_of"] < now[0]["as_of"] and known[0]["to"] == day and known[0]["value"] is not None
    early = json.loads(run("kpi", KPI, "--as-known", "2001-01-01", "--json").stdout)
    assert [(line["value"], line["reason"]) for line in early] == [(None, "nothing known on 01 Jan 2001")]
    listed = json.loads(run("restated", KPI, "--since", day, "--json").stdout)
    assert [row for row in listed if row["plant"] is None and row["clock"] == "elapsed"]
    refused = run("kpi", KPI, "--as-known", day, "--from", day)
    assert refused.exit_code == 1 and "leave --from and --to out" in refused.output
    printed = run("restated", KPI, "--since", day).output
    assert "now" in printed and str(week["period_start"])[:7] in printed, printed


def test_a_version_from_before_says_what_to_do(folder):
    opened = warehouse.open(warehouse=folder)
    opened.connection.execute("drop view agg_kpi_history")
    with pytest.raises(CatalogError, match=r"was published before it held what was known earlier: refresh once\."):
        measure.restated(opened, opened.as_of)
