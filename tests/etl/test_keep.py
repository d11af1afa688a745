"""Versions, roll-back, backup and restore, and copies for further nodes, over the published demo plants."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from prometheus_client.parser import text_string_to_metric_families

from etl import keep, load, metrics
from queries import decision, readiness, warehouse
from queries.config import ConfigError

EARLIER = "ops_20200101T000000Z.duckdb"


@pytest.fixture
def two(own):
    """A warehouse folder with an older version beside the published one; the name of that."""
    current = warehouse.current_version(own)
    shutil.copy(own / current, own / EARLIER)
    return own, current


def accepted(folder: Path) -> list[str]:
    return [one.rule for one in decision.acceptances(folder)]


def accept(folder: Path, rule: str = "approved twice") -> None:
    until = datetime.now(UTC).date() + timedelta(days=9)
    decision.accept("Ada", "Ada", "agreed", rule, until, warehouse=folder)


def test_versions_are_listed_newest_first_and_one_that_cannot_be_read_says_so(two):
    folder, current = two
    (folder / "ops_20190101T000000Z.duckdb").write_bytes(b"half a file")
    found = keep.versions(folder)
    assert [one.name for one in found] == [current, EARLIER, "ops_20190101T000000Z.duckdb"]
    assert [one.is_published for one in found] == [True, False, False]
    assert found[0].as_of == warehouse.as_of(folder) and found[0].byte_count > 1_000_000
    assert found[2].as_of is None and "cannot be read" in found[2].problem


def test_a_roll_back_holds_at_once_and_leads_forward_again(two):
    folder, current = two
    assert keep.roll_back(folder).name == EARLIER == warehouse.current_version(folder)
    assert warehouse.open(warehouse=folder).version == EARLIER
    with pytest.raises(ConfigError, match="nothing older than ops_2020"):
        keep.roll_back(folder)
    assert keep.roll_back(folder, current.removesuffix(".duckdb")).name == current == warehouse.current_version(folder)
    with pytest.raises(ConfigError, match=f"ops_1 is not kept: there is {current}, {EARLIER}."):
        keep.roll_back(folder, "ops_1")


def test_what_cannot_be_read_is_never_rolled_back_to(two):
    folder, current = two
    (folder / EARLIER).write_bytes(b"half a file")
    with pytest.raises(ConfigError, match="nothing older"):
        keep.roll_back(folder)
    with pytest.raises(ConfigError, match=r"cannot be read .*choose another one"):
        keep.roll_back(folder, EARLIER)
    assert warehouse.current_version(folder) == current


@pytest.fixture
def whole(two):
    """A warehouse folder as refreshes leave it: the work database, a salt, a sample, an inbox, something decided."""
    folder, _ = two
    con = load.open_work(folder)
    load.book_run(con, "20260102T030405Z", datetime(2026, 1, 2, 3, 4, 5), status="published")
    con.close()
    (folder / "salt").write_bytes(b"s" * 32)
    (folder / "pseudonym.key").write_bytes(b"p" * 32)
    for path, text in {
        "inbox/mes.csv": "a,b",
        "landing/20260102T030405Z/x/1.parquet": "p",
        "sample/1/taken": "",
    }.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    accept(folder)
    return folder


def test_a_backup_is_a_warehouse_folder_with_all_that_cannot_be_had_again(whole, tmp_path):
    (tmp_path / "ops.toml").write_text("[users]\n")
    made = keep.back_up(whole, tmp_path.parent / "safe", tmp_path / "ops.toml", datetime(2026, 3, 2, 4, 30))
    assert made.name == "plant-pulse-20260302T043000Z"
    current = warehouse.current_version(whole)
    kept = {path.relative_to(made).as_posix() for path in made.rglob("*") if path.is_file()}
    assert kept == {
        *("CURRENT", current, "decisions.sqlite", "inbox/mes.csv", "ops.toml", "pseudonym.key", "salt"),
        *("sample.duckdb", "sample/1/taken", "work.duckdb"),
    }
    assert stat.S_IMODE(made.stat().st_mode) == 0o700
    # Restored: it takes the place of the folder that was lost.
    restored = tmp_path.parent / "restored"
    shutil.copytree(made, restored)
    assert warehouse.open(warehouse=restored).version == current and accepted(restored) == ["approved twice"]
    assert load.last_run(restored)["run"] == "20260102T030405Z"
    accept(restored, "another rule")  # and goes on
    load.open_work(restored).close()


def test_a_backup_waits_for_a_refresh_and_leaves_nothing_behind_when_it_does_not_end(whole, tmp_path):
    code = (
        f"import pathlib, etl.load; con = etl.load.open_work(pathlib.Path({str(whole)!r})); print(flush=True); input()"
    )
    at_work = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    at_work.stdout.readline()
    safe = tmp_path.parent / "never"
    with pytest.raises(load.WarehouseBusy):
        keep.back_up(whole, safe, patience=0.2)
    assert list(safe.iterdir()) == []
    at_work.communicate(b"\n")
    assert keep.back_up(whole, safe, patience=60).is_dir()


def test_nothing_is_backed_up_into_itself_or_from_nowhere(whole, tmp_path):
    with pytest.raises(ConfigError, match="lies in the warehouse folder"):
        keep.back_up(whole, whole / "backup")
    with pytest.raises(ConfigError, match=r"there is no work.duckdb in .*: set OPS_WAREHOUSE"):
        keep.back_up(tmp_path / "nowhere", tmp_path)


def test_two_nodes_have_what_is_published_and_cannot_decide(whole, tmp_path):
    current = warehouse.current_version(whole)
    nodes = [tmp_path.parent / name for name in ("node 1", "node 2")]
    for node in nodes:
        assert keep.copy(whole, node) == current
        assert {path.name for path in node.iterdir()} == {"CURRENT", current, "decisions.sqlite", "pseudonym.key"}
        assert stat.S_IMODE((node / "pseudonym.key").stat().st_mode) == 0o600
        assert warehouse.open(warehouse=node).version == current and accepted(node) == ["approved twice"]
        with pytest.raises(decision.DecisionError, match="holds a copy of what was decided"):
            accept(node, "another rule")
    # What comes after is brought by the next copy, to each by itself; an older version stays for who reads it.
    later = "ops_20990101T000000Z.duckdb"
    shutil.copy(whole / current, whole / later)
    (whole / "CURRENT").write_text(later)
    accept(whole, "another rule")
    assert keep.copy(whole, nodes[0]) == later
    assert warehouse.current_version(nodes[0]) == later and (nodes[0] / current).exists()
    assert accepted(nodes[0]) == ["another rule", "approved twice"] and accepted(nodes[1]) == ["approved twice"]
    assert warehouse.current_version(nodes[1]) == current


def test_a_person_has_one_pseudonym_on_all_nodes_and_in_what_was_decided(whole, tmp_path):
    node, hidden = tmp_path.parent / "hiding node", warehouse.Scope(sees_names=False)
    node.mkdir()
    (node / "pseudonym.key").write_bytes(b"made before the first copy")
    keep.copy(whole, node)
    [person] = {one.who for folder in (whole, node) for one in decision.acceptances(folder, hidden)}
    assert person == warehouse.pseudonym("Ada", warehouse.pseudonym_key(node))
    with duckdb.connect(node / warehouse.current_version(node)) as con:
        con.execute("update cfg_user set login = 'Ada'")
        assert con.execute("select count(*) from cfg_user").fetchone()[0] > 0
    rows = warehouse.open(hidden, node).cursor().execute("select distinct login from cfg_user").fetchall()
    assert rows == [(person,)]


def test_a_copy_that_is_cut_off_leaves_the_node_as_it_was(whole, tmp_path, monkeypatch):
    node = tmp_path.parent / "cut"
    keep.copy(whole, node)
    before = {path.name: path.stat().st_mtime_ns for path in node.glob("ops_*")}
    later = "ops_20990101T000000Z.duckdb"
    shutil.copy(whole / warehouse.current_version(whole), whole / later)
    (whole / "CURRENT").write_text(later)

    def cut(source, to):
        Path(to).write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(keep.shutil, "copyfile", cut)
    with pytest.raises(OSError, match="No space"):
        keep.copy(whole, node)
    monkeypatch.undo()
    assert readiness.of(node).is_readable and warehouse.current_version(node) != later
    assert before.items() <= {path.name: path.stat().st_mtime_ns for path in node.glob("ops_*")}.items()
    assert keep.copy(whole, node) == later
    assert not list(node.glob(".copy_*"))


def test_a_copy_never_goes_into_a_warehouse_of_its_own(whole, two):
    with pytest.raises(ConfigError, match="is the warehouse folder itself"):
        keep.copy(whole, whole)
    other = whole.parent / "other warehouse"
    load.open_work(other).close()
    with pytest.raises(ConfigError, match=r"holds a work\.duckdb"):
        keep.copy(whole, other)


def test_ready_means_readable_and_not_stale(two, tmp_path):
    folder, current = two
    as_of = warehouse.as_of(folder)
    found = readiness.of(folder, as_of + timedelta(hours=25))
    assert found.is_ready and "25.0 h old." in found.sentence and found.age_seconds(as_of) == 0
    assert not readiness.of(folder, as_of + timedelta(hours=26)).is_ready
    assert "stale, run" in readiness.of(folder, as_of + timedelta(hours=26)).sentence
    (folder / current).unlink()
    assert not readiness.of(folder).is_readable and "cannot be read" in readiness.of(folder).sentence
    nothing = readiness.of(tmp_path / "nowhere")
    assert not nothing.is_ready and nothing.age_seconds() is None and "nothing is published" in nothing.sentence


def test_the_commands(whole, tmp_path):
    def etl(*arguments: str, folder: Path = whole) -> subprocess.CompletedProcess:
        variables = os.environ | {"OPS_WAREHOUSE": str(folder)}
        return subprocess.run([sys.executable, "-m", "etl", *arguments], env=variables, capture_output=True, text=True)

    current = warehouse.current_version(whole)
    listed = etl("versions")
    assert listed.returncode == 0 and current in listed.stdout and EARLIER in listed.stdout
    empty = etl("versions", folder=tmp_path / "nowhere")
    assert empty.returncode == 1 and "nothing is published in" in empty.stderr
    rolled = etl("rollback")
    assert rolled.returncode == 0 and f"{EARLIER} is published again: data as of" in rolled.stderr
    assert etl("status", "--ready").returncode == 0
    made = etl("backup", str(tmp_path.parent / "by command"))
    assert made.returncode == 0 and "put it where OPS_WAREHOUSE points" in made.stderr
    [kept] = (tmp_path.parent / "by command").iterdir()
    assert (kept / EARLIER).exists() and not (kept / current).exists()
    copied = etl("copy", str(tmp_path.parent / "node"))
    assert copied.returncode == 0 and copied.stderr.strip().endswith(f"has {EARLIER}.")


def test_figures_for_prometheus_are_what_its_own_parser_reads(whole, tmp_path):
    file = tmp_path.parent / "figures" / "plant_pulse.prom"
    metrics.write(file, whole)
    assert stat.S_IMODE(file.stat().st_mode) == 0o644  # another user's exporter reads it
    found: dict[str, list] = {}
    for family in text_string_to_metric_families(file.read_text()):
        found[family.name] = family.samples
        assert family.documentation
    as_of = warehouse.as_of(whole).replace(tzinfo=UTC)
    assert [sample.value for sample in found["plant_pulse_data_timestamp_seconds"]] == [as_of.timestamp()]
    assert [sample.value for sample in found["plant_pulse_ready"]] == [1]
    state = {sample.labels["status"]: sample.value for sample in found["plant_pulse_last_run_status"]}
    assert state == {"published": 1, "loaded": 0, "failed": 0, "running": 0}
    began = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC).timestamp()
    assert [sample.value for sample in found["plant_pulse_last_run_timestamp_seconds"]] == [began]
    rows = {s.labels["source"]: s.value for s in found["plant_pulse_source_rows"] if s.labels["instance"] == "demo"}
    assert rows["mrp_production"] > 1000 and len(rows) == len(found["plant_pulse_source_ok"])
    assert any(sample.labels["severity"] == "warn" for sample in found["plant_pulse_check_found_rows"])


def test_figures_are_told_where_nothing_is_published(tmp_path):
    told = metrics.text(tmp_path)
    assert "plant_pulse_ready 0.0" in told and "timestamp" not in told


def test_who_finds_another_one_at_work_may_try_later(tmp_path):
    con = load.open_work(tmp_path)
    variables = os.environ | {"OPS_WAREHOUSE": str(tmp_path)}
    command = [sys.executable, "-m", "etl", "backup", str(tmp_path.parent / "later"), "--wait", "0"]
    said = subprocess.run(command, env=variables, capture_output=True, text=True)
    con.close()
    assert said.returncode == 75 and "another refresh is working" in said.stderr
