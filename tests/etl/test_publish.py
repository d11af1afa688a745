"""Publishing: readers see the old version or the new one, never anything between."""

from __future__ import annotations

import shutil
import stat
from datetime import date, datetime

import duckdb
import pytest

from etl import load, outbox, publish
from etl.demo.fill import configured
from etl.refresh import utc_now
from etl.systems import every
from queries import budget, catalog, decision, measure, warehouse
from queries.config import Config, ConfigError, Marker, Objective, Target
from tests.etl.constructed_odoo import ConstructedOdoo, served
from tests.etl.constructed_run import run
from tests.etl.constructed_scene import Scene

SOURCES = list(every().values())
DEMO = configured(Config())  # as the demo plants were filled


@pytest.fixture
def demo(demo_warehouse, tmp_path):
    """A private copy of the published demo plants."""
    return shutil.copytree(demo_warehouse, tmp_path / "warehouse")


@pytest.fixture(scope="module")
def read(tmp_path_factory):
    """A small Odoo that was read and published."""
    folder = tmp_path_factory.mktemp("published")
    with served(ConstructedOdoo(18, Scene(18).rows)) as odoo:
        run(odoo, folder)
    return folder


@pytest.fixture
def folder(read, tmp_path):
    """A private copy of it."""
    return shutil.copytree(read, tmp_path / "warehouse")


def test_what_was_decided_and_told_about_the_demo_plants_is_put_aside(tmp_path):
    con = load.open_work(tmp_path)
    con.execute("insert into odoo_instance values (?, 'http://demo', '18.0', 'demo')", [load.DEMO_INSTANCE])
    load.close(con)
    decision.decide("Ann", decision.ACKNOWLEDGEMENT, "record:demo:sale.order,7", warehouse=tmp_path)
    with outbox.opened(tmp_path):
        pass
    with served(ConstructedOdoo(18, Scene(18).rows)) as odoo:
        _, said = run(odoo, tmp_path)
        assert decision.decisions(warehouse=tmp_path) == []
        assert "What was decided about them is in demo_decisions.sqlite." in said
        assert {path.name for path in tmp_path.glob("*.sqlite")} == {"demo_decisions.sqlite", "demo_digest.sqlite"}
        decision.decide("Ann", decision.ACKNOWLEDGEMENT, "record:odoo:sale.order,7", warehouse=tmp_path)
        run(odoo, tmp_path)
        assert len(decision.decisions(warehouse=tmp_path)) == 1  # those about this Odoo stay


def republish(folder, run="20300101T000000Z", as_of=None, config=Config()):
    con = load.open_work(folder)
    try:
        load.book_run(con, run, datetime(2030, 1, 1))
        return publish.publish(con, folder, run, as_of or utc_now(), SOURCES, config, lambda what: None)
    finally:
        con.close()


def test_current_names_a_closed_readable_file(demo_warehouse):
    folder = demo_warehouse
    version = warehouse.current_version(folder)
    assert (folder / version).exists() and not list(folder.glob("*.wal")) and not list(folder.glob(".build*"))
    con = duckdb.connect(str(folder / version), read_only=True)
    assert con.execute("select count(*) from main.fct_event").fetchall()[0][0] > 10_000


def test_the_group_may_be_let_in_to_what_is_published_and_nobody_else(folder):
    republish(folder)
    mode = stat.S_IMODE((folder / warehouse.current_version(folder)).stat().st_mode)
    assert mode & 0o077 == 0o040


def test_a_reader_that_holds_the_old_version_neither_blocks_nor_changes(folder):
    opened = warehouse.open(warehouse=folder)
    before = opened.cursor().sql("select count(*) from fct_event").fetchall()
    path = republish(folder)
    assert warehouse.current_version(folder) == path.name != opened.version
    assert opened.cursor().sql("select count(*) from fct_event").fetchall() == before
    assert warehouse.open(warehouse=folder).version == path.name


def test_a_failing_check_publishes_nothing(folder):
    before = warehouse.current_version(folder), sorted(path.name for path in folder.glob("ops_*"))
    con = load.open_work(folder)
    con.execute("insert into raw.mrp_production select * from raw.mrp_production where _valid_to is null limit 1")
    con.close()
    with pytest.raises(publish.CheckFailed, match=r"nothing was published: .*one row per instance, "):
        republish(folder)
    assert (warehouse.current_version(folder), sorted(path.name for path in folder.glob("ops_*"))) == before
    con = load.open_work(folder)  # and the work database is free and usable again
    con.close()


def test_a_leftover_of_a_killed_build_is_cleared(folder):
    (folder / ".build_ops_20200101T000000Z.duckdb").write_bytes(b"half")
    republish(folder)
    assert not list(folder.glob(".build*"))


def test_the_scoreboard_history_grows_only_by_what_is_new(folder):
    def history():
        con = load.open_work(folder)
        try:
            return [con.execute(f"select count(*) from {name}").fetchall()[0][0] for name in ("agg_kpi", "check_count")]
        finally:
            con.close()

    before = history()
    as_of = warehouse.open(warehouse=folder).as_of
    republish(folder, as_of=as_of)
    assert history() == before and before[1] > 0
    republish(folder, run="20300102T000000Z", as_of=as_of.replace(year=as_of.year + 1))
    assert history()[0] > before[0]


def test_the_scoreboard_says_what_the_measure_says(demo_warehouse):
    opened = warehouse.open(warehouse=demo_warehouse)
    for name, kpi in catalog.load().items():
        for period in ("week", "28 days"):
            board = measure.scoreboard(opened, name, period=period).to_pylist()
            assert board, name
            sample = [row for row in board if row["plant"] is None][:5]
            for row in sample:
                bounds = row["period_start"], row["period_end"]
                [again] = measure.values(opened, kpi, *bounds).to_pylist()
                assert (row["value"], row["n"], row["n_open"]) == (again["value"], again["n"], again["n_open"])
            parts = [row for row in board if row["plant"] and row["period_start"] == sample[0]["period_start"]]
            assert sum(row["n"] for row in parts) == sample[0]["n"]


def test_kpis_without_rows_have_the_lines_that_each_would_be_measured_to(folder):
    """One of those that are measured alike is measured, for all of them."""
    opened = warehouse.open(warehouse=folder)
    kpis, columns = catalog.load(), ["value", "n", "n_open", "is_final", "reason", "n_unmeasured"]
    found = measure.scoreboard(opened).to_pylist()
    empty = {name for name in kpis if not any(row["n"] or row["n_unmeasured"] for row in found if row["kpi"] == name)}
    assert len(empty) > 20
    for name in empty:
        lines = [row for row in found if row["kpi"] == name and row["plant"] is None]
        periods = [(row["period_start"], row["period_end"]) for row in lines]
        measured = measure.compute(opened.cursor(), kpis[name], periods, opened.as_of).to_pylist()
        told = sorted(([row[c] for c in ("period_start", *columns)] for row in lines), key=str)
        assert told == sorted(([row[c] for c in ("period_start", *columns)] for row in measured), key=str), name


def test_budgets_are_published_and_kept_of_every_run(demo):
    """What the published table says is what readers count, with the corrections of that moment, and what was published
    before stays known."""
    folder = demo
    opened = warehouse.open(warehouse=folder)

    def published(table="agg_budget") -> list[dict]:
        found = warehouse.open(warehouse=folder).cursor().sql(f"select * exclude (run, as_of) from {table}")
        return sorted(found.to_arrow_table().to_pylist(), key=str)

    before = published()
    live = budget.table(budget.read(opened, []), "x").drop_columns(["run", "as_of"]).to_pylist()
    assert sorted(live, key=str) == before and len({row["kpi"] for row in before}) >= 5
    month = opened.as_of.date().replace(day=1)
    decision.correct("Ann", "shutdown", "closed", month, opened.as_of.date(), warehouse=folder)
    republish(folder, as_of=opened.as_of, config=DEMO)
    after = published()
    assert after != before
    assert {row["n_due"] for row in after if row["period_start"] == month} == {0}
    assert [row for row in after if row["period_start"] < month] == [
        row for row in before if row["period_start"] < month
    ]
    known = budget.known(warehouse.open(warehouse=folder), opened.as_of)
    assert {one.n_due for one in known if one.start == month} == {0}
    history = published("agg_budget_history")
    assert all(row in history for row in before)
    said = [{name: row[name] for key in publish.HISTORY["agg_budget"] for name in key} for row in before + after]
    assert len(history) == len(before) + len([row for row in said[len(before) :] if row not in said[: len(before)]])


def test_decisions_that_cannot_be_read_cost_the_budgets_and_not_the_night(folder):
    opened = warehouse.open(warehouse=folder)
    assert opened.cursor().sql("select count(*) > 0 from agg_budget").fetchall() == [(True,)]
    (folder / "decisions.sqlite").write_bytes(b"half a file" * 100)
    said = []
    con = load.open_work(folder)
    load.book_run(con, "20300101T000000Z", datetime(2030, 1, 1))
    publish.publish(con, folder, "20300101T000000Z", utc_now(), SOURCES, Config(), said.append)
    con.close()
    assert any("budgets left out: " in words and "restore it from a backup" in words for words in said)
    opened = warehouse.open(warehouse=folder)
    assert opened.version == "ops_20300101T000000Z.duckdb"
    assert opened.cursor().sql("select count(*) from agg_budget").fetchall() == [(0,)]


def test_retire_keeps_a_week_and_the_last_versions(tmp_path):
    names = [f"ops_202601{day:02d}T{hour:02d}0000Z.duckdb" for day in range(1, 21) for hour in range(0, 24, 4)]
    for name in names:
        (tmp_path / name).touch()
    oldest = names[0]
    publish.retire(tmp_path, oldest)
    kept = sorted(path.name for path in tmp_path.iterdir())
    assert oldest in kept
    assert names[-publish.KEEP_INTRADAY :] == kept[-publish.KEEP_INTRADAY :]
    assert len({name[4:12] for name in kept if name != oldest}) == publish.KEEP_DAYS


def test_a_target_for_an_unknown_kpi_is_refused():
    with pytest.raises(ConfigError, match=r"\[target\] 'release_time' is no KPI: use one of"):
        publish.validate(SOURCES, Config(targets=(Target("release_time", "", 1.0),)))


@pytest.mark.parametrize(
    ("kpi", "sentence"),
    [
        ("release_time", r"\[\[marker\]\] 'Tablets': 'release_time' is no KPI: use one of"),
        ("open_approval_count", r"'open_approval_count' is a stock, which has no before and after: use one of"),
        ("harmonization_index", r"'harmonization_index' is an index, which has no before and after: use one of"),
    ],
)
def test_a_change_of_an_unknown_kpi_is_refused(kpi, sentence):
    with pytest.raises(ConfigError, match=sentence):
        publish.validate(SOURCES, Config(markers=(Marker("Tablets", date(2026, 3, 2), kpis=(kpi,)),)))


def test_a_budget_for_an_unknown_kpi_or_without_a_limit_is_refused():
    with pytest.raises(ConfigError, match=r"\[budget\] 'release_time' is no KPI: use one of"):
        publish.validate(SOURCES, Config(objectives=(Objective("release_time", "", 0.9),)))
    with pytest.raises(ConfigError, match=r"\[budget.time_to_ready\]: an objective for durations needs the limit"):
        publish.validate(SOURCES, Config(objectives=(Objective("time_to_ready", "", 0.9),)))


def test_costs_of_a_missing_source_are_found_through_the_marts():
    needs = publish.kpis_of_sources(SOURCES, catalog.load())
    assert "Release lead time" in needs["mail_tracking_value"]
    assert "Purchase approval turnaround" in needs["tier_review"]
    assert {"Production variance", "Overdue approvals"} <= needs["res_currency_rate"]
    assert needs["product_supplierinfo"] == set()  # only checks read it


def booked(folder, run) -> tuple:
    con = load.open_work(folder)
    try:
        publish.settle(con, folder)
        status = con.execute("select status, published_at is not null from run where run = ?", [run]).fetchone()
        return *status, con.execute("select count(*) from agg_kpi where run = ?", [run]).fetchone()[0]
    finally:
        con.close()


def killed(*arguments, **named):
    raise SystemExit("killed")


AFTER_A_KILL = {
    "while it is built": ("_build", ("failed", False, 0)),
    "before it is renamed": ("_release", ("failed", False, 0)),
    "before CURRENT is replaced": ("landing.write_text_atomically", ("failed", False, 0)),
    "before it is booked": ("_book", ("published", True, 1)),
    "before old ones are retired": ("retire", ("published", True, 1)),
}


@pytest.mark.parametrize("moment", AFTER_A_KILL)
def test_the_books_agree_with_what_is_published_after_a_kill(moment, folder, monkeypatch):
    where, (status, is_published, has_scoreboard) = AFTER_A_KILL[moment]
    before = warehouse.current_version(folder)
    later = warehouse.open(warehouse=folder).as_of.replace(year=2028)
    with monkeypatch.context() as patched:
        patched.setattr(f"etl.publish.{where}", killed)
        with pytest.raises(SystemExit):
            republish(folder, as_of=later)
    assert (warehouse.current_version(folder) != before) == is_published
    found = booked(folder, "20300101T000000Z")
    assert found[:2] == (status, is_published) and bool(found[2]) == bool(has_scoreboard)
    assert booked(folder, "20300101T000000Z") == found, "settling twice must change nothing"
    assert not list(folder.glob(".build*"))
    version = warehouse.open(warehouse=folder)
    [told] = (
        version.cursor().sql("select status, published_at from run where run = (select run from version)").fetchall()
    )
    assert told[0] == "published" and told[1] is not None


def test_status_does_not_take_a_killed_run_for_one_at_work(folder):
    con = load.open_work(folder)
    load.book_run(con, "20300101T000000Z", datetime(2030, 1, 1), status="running")
    con.close()
    assert load.last_run(folder)["status"] == "failed" and "cut off" in load.last_run(folder)["message"]
    con = load.open_work(folder)
    publish.settle(con, folder)
    con.close()
    assert load.last_run(folder)["message"] == "it was cut off; the next refresh goes on from there"
