"""The event log as a file: what pm4py reads back is what the warehouse says."""

from __future__ import annotations

import errno
import json
from collections import Counter
from datetime import datetime
from pathlib import Path

import duckdb
import pandas as pd
import pm4py
import pytest
from typer.testing import CliRunner

from queries import export, warehouse
from queries.__main__ import app
from queries.export import ExportError, Selection
from queries.warehouse import Scope

LYON = "Alder France/WH"
NAMES = ("case:concept:name", "concept:name", "time:timestamp")


@pytest.fixture(scope="module")
def opened(demo_warehouse):
    return warehouse.open(warehouse=demo_warehouse)


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("export")


@pytest.fixture(scope="module")
def ocel_file(opened, folder) -> Path:
    export.to_ocel(opened, folder / "log.json", Selection())
    return folder / "log.json"


@pytest.fixture(scope="module")
def csv_file(opened, folder) -> Path:
    export.to_csv(opened, folder / "log.csv", Selection())
    return folder / "log.csv"


@pytest.fixture(scope="module")
def log(csv_file) -> pd.DataFrame:
    return pm4py.format_dataframe(pd.read_csv(csv_file, low_memory=False), timest_format="ISO8601")


@pytest.fixture(scope="module")
def ocel(ocel_file):
    return pm4py.read_ocel2_json(str(ocel_file))


def said(opened, sql: str, **parameters) -> list[tuple]:
    return opened.cursor().execute(sql, parameters).fetchall()


def steps(opened, workflow: str, plant: str) -> dict[tuple, int]:
    sql = """select from_activity, to_activity, step_count from agg_dfg
        where workflow = $workflow and plant = $plant and from_activity <> 'start'
            and to_activity not in ('end', 'still open')"""
    return {row[:2]: row[2] for row in said(opened, sql, workflow=workflow, plant=plant)}


def variants(opened, workflow: str, plant: str) -> dict[str, int]:
    sql = "select variant, case_count from fct_variant where workflow = $workflow and plant = $plant"
    return dict(said(opened, sql, workflow=workflow, plant=plant))


def parts(opened) -> list[tuple[str, str]]:
    return said(opened, "select distinct workflow, plant from fct_variant where plant is not null order by all")


def test_pm4py_reads_the_csv_and_finds_the_same_cases_variants_steps_and_durations(opened, log):
    [(cases,)] = said(opened, "select count(*) from fct_case where variant is not null")
    assert log["case:concept:name"].nunique() == cases
    found = parts(opened)
    assert {workflow for workflow, _ in found} >= {"production", "purchase", "work order", "transfer", "maintenance"}
    for workflow, plant in found:
        part = log[(log["case:workflow"] == workflow) & (log["case:plant"] == plant)].reset_index(drop=True)
        counts, _, _ = pm4py.discover_dfg(part)
        assert counts == steps(opened, workflow, plant), (workflow, plant)
        read = {" > ".join(variant): n for variant, n in pm4py.get_variants(part).items()}
        assert read == variants(opened, workflow, plant)
    durations = dict(
        said(
            opened,
            """select instance || ':' || record_model || ':' || record_id, epoch(max(event_at) - min(event_at))
                from fct_event where rank < 90 group by all""",
        )
    )
    moments = log.groupby("case:concept:name")["time:timestamp"]
    spans = (moments.max() - moments.min()).dt.total_seconds()
    assert spans.round(6).to_dict() == pytest.approx(durations, abs=1e-5)


def test_the_columns_are_those_of_xes(csv_file, log):
    header = pd.read_csv(csv_file, nrows=0).columns.tolist()
    assert header[:5] == [*NAMES, "org:resource", "lifecycle:transition"]
    assert set(log["lifecycle:transition"]) == {"complete"}
    assert str(log["time:timestamp"].dt.tz) == "UTC"
    assert {"case:name", "case:plant", "case:workflow", "case:product", "case:amount"} <= set(header)


def test_pm4py_reads_the_ocel_and_finds_the_same_cases_variants_and_steps(opened, ocel):
    of_type = dict(ocel.objects.groupby("ocel:type").size())
    sql = "select workflow, count(*) from fct_case where variant is not null group by workflow"
    assert of_type == dict(said(opened, sql))
    [(events,)] = said(opened, "select count(*) from fct_event where rank < 90")
    assert len(ocel.events) == events == ocel.events["ocel:eid"].nunique()
    for workflow in of_type:
        flat = pm4py.ocel_flattening(ocel, workflow)
        flat = flat.sort_values(["case:concept:name", "time:timestamp"], kind="stable").reset_index(drop=True)
        sql = """select from_activity, to_activity, sum(step_count)::int from agg_dfg
            where workflow = $workflow and from_activity <> 'start' and to_activity not in ('end', 'still open')
            group by all"""
        counts, _, _ = pm4py.discover_dfg(flat)
        assert counts == {row[:2]: row[2] for row in said(opened, sql, workflow=workflow)}, workflow
        sql = "select variant, sum(case_count)::int from fct_variant where workflow = $workflow group by variant"
        read = {" > ".join(variant): n for variant, n in pm4py.get_variants(flat).items()}
        assert read == dict(said(opened, sql, workflow=workflow)), workflow


def test_the_ocel_tells_what_led_to_what(opened, ocel):
    sql = """select link.kind, count(*) from fct_link as link
        inner join fct_case as source on source.instance = link.instance
            and source.record_model = link.from_model and source.record_id = link.from_id
        inner join fct_case as target on target.instance = link.instance
            and target.record_model = link.to_model and target.record_id = link.to_id
        where source.variant is not null and target.variant is not null group by all"""
    kinds = dict(said(opened, sql))
    assert dict(ocel.o2o.groupby("ocel:qualifier").size()) == kinds
    assert {"has operation", "is received by", "is reported in", "supplies"} <= set(kinds)
    assert set(ocel.relations["ocel:qualifier"]) == {"happened to"}


def test_the_ocel_keeps_to_its_schema(ocel_file):
    found = json.loads(ocel_file.read_text(encoding="utf-8"))
    assert set(found) == {"eventTypes", "objectTypes", "events", "objects"}
    types = {kind: {one["name"]: one["attributes"] for one in found[kind]} for kind in ("eventTypes", "objectTypes")}
    ids = {one["id"] for one in found["objects"]}
    assert len(ids) == len(found["objects"]) and {one["type"] for one in found["objects"]} == set(types["objectTypes"])
    assert {one["type"] for one in found["events"]} == set(types["eventTypes"])
    for kind, rows in (("objectTypes", found["objects"]), ("eventTypes", found["events"])):
        for row in rows:
            declared = {one["name"]: one["type"] for one in types[kind][row["type"]]}
            for attribute in row["attributes"]:
                wanted = float if declared[attribute["name"]] == "float" else str
                assert isinstance(attribute["value"], wanted)
                assert ("time" in attribute) == (kind == "objectTypes")
            assert all(one["objectId"] in ids and one["qualifier"] for one in row["relationships"])
    assert all(datetime.fromisoformat(one["time"]).utcoffset().total_seconds() == 0 for one in found["events"])


def test_a_selection_holds_whole_cases(opened, folder):
    day, next_day = datetime(2026, 6, 1), datetime(2026, 7, 1)
    for write, name in ((export.to_csv, "june.csv"), (export.to_ocel, "june.json")):
        written = write(opened, folder / name, Selection(LYON, "purchase", day, next_day))
        sql = """select count(distinct (instance, record_id)), count(*) from fct_event
            where rank < 90 and (instance, record_model, record_id) in (
                select (instance, record_model, record_id) from fct_case
                where workflow = 'purchase' and plant = $plant and started_at >= $day and started_at < $next_day)"""
        [(cases, events)] = said(opened, sql, plant=LYON, day=day, next_day=next_day)
        assert cases > 0 and (written.cases, written.events) == (cases, events)
    rows = pd.read_csv(folder / "june.csv")
    assert set(rows["case:plant"]) == {LYON} and set(rows["case:workflow"]) == {"purchase"}
    found = json.loads((folder / "june.json").read_text(encoding="utf-8"))
    ids = {one["id"] for one in found["objects"]}
    assert all(link["objectId"] in ids for one in found["objects"] for link in one["relationships"])


def test_nothing_selected_is_an_empty_log(opened, folder):
    long_ago = Selection(first=datetime(1990, 1, 1), before=datetime(1990, 2, 1))
    assert export.to_csv(opened, folder / "none.csv", long_ago) == export.Written(0, 0)
    assert len(pd.read_csv(folder / "none.csv")) == 0
    assert export.to_ocel(opened, folder / "none.json", long_ago) == export.Written(0, 0)
    found = json.loads((folder / "none.json").read_text(encoding="utf-8"))
    assert found == {"objects": [], "events": [], "eventTypes": [], "objectTypes": []}


def test_names_of_people_are_masked_and_other_plants_left_out_as_the_scope_demands(demo_warehouse, folder):
    narrow = warehouse.open(Scope(frozenset({LYON}), sees_names=False), demo_warehouse)
    export.to_csv(narrow, folder / "narrow.csv", Selection())
    export.to_ocel(narrow, folder / "narrow.json", Selection())
    rows = pd.read_csv(folder / "narrow.csv", low_memory=False)
    assert set(rows["case:plant"]) == {LYON}
    assert rows["org:resource"].dropna().str.fullmatch(r"person [0-9a-f]{10}").all()
    objects = json.loads((folder / "narrow.json").read_text(encoding="utf-8"))["objects"]
    told = [attribute for one in objects for attribute in one["attributes"]]
    assert {one["value"] for one in told if one["name"] == "plant"} == {LYON}
    people = {one["value"] for one in told if one["name"] == "responsible"}
    assert people and all(name.startswith("person ") for name in people)


def test_the_same_log_is_the_same_file(opened, csv_file, ocel_file, folder):
    export.to_csv(opened, folder / "again.csv", Selection())
    assert (folder / "again.csv").read_bytes() == csv_file.read_bytes()
    export.to_ocel(opened, folder / "again.json", Selection())
    assert (folder / "again.json").read_bytes() == ocel_file.read_bytes()


def test_progress_is_told_up_to_the_end(opened, folder):
    for write in (export.to_csv, export.to_ocel):
        told = []
        write(opened, folder / "told", Selection(LYON), lambda done, total, told=told: told.append((done, total)))
        assert [done for done, _ in told] == sorted(done for done, _ in told)
        assert told[-1][0] == told[-1][1]


# When the file cannot be written


class Full:
    """A file on a disk that is full after some bytes."""

    def __init__(self, file, room: int):
        self.file, self.room = file, room

    def write(self, data) -> int:
        self.room -= len(data)
        if self.room < 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        return self.file.write(data)

    def __getattr__(self, name):
        return getattr(self.file, name)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.file.close()


@pytest.mark.parametrize("write", [export.to_csv, export.to_ocel])
def test_a_full_disk_is_a_sentence_and_what_was_there_stays(opened, tmp_path, monkeypatch, write):
    before = tmp_path / "log"
    before.write_text("what was there")
    real = Path.open

    def opened_part(path: Path, *mode, **more):
        return Full(real(path, *mode, **more), 2000) if path.suffix == ".part" else real(path, *mode, **more)

    monkeypatch.setattr(Path, "open", opened_part)
    with pytest.raises(ExportError, match=r"the disk of .* is full: free some space.*log is as it was\."):
        write(opened, before, Selection(LYON, "purchase"))
    assert before.read_text() == "what was there" and list(tmp_path.iterdir()) == [before]


def test_what_is_interrupted_leaves_nothing(opened, tmp_path):
    def stop(done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        export.to_csv(opened, tmp_path / "log.csv", Selection(LYON), stop)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("place", "sentence"),
    [
        ("nowhere/log.csv", "there is no folder .*nowhere: make it, or name a file elsewhere"),
        ("", "is a folder: name a file in it"),
        ("file/log.csv", "there is no folder .*file: make it"),
    ],
)
def test_a_place_that_cannot_be_written_is_a_sentence(opened, tmp_path, place, sentence):
    (tmp_path / "file").write_text("x")
    with pytest.raises(ExportError, match=sentence):
        export.to_csv(opened, tmp_path / place, Selection(LYON, "purchase"))


def test_a_folder_that_may_not_be_written_to_is_a_sentence(opened, tmp_path, monkeypatch):
    """Root may write anywhere: so the system's refusal is put in its place."""
    real = Path.open

    def refused(path: Path, *mode, **more):
        if path.suffix == ".part":
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return real(path, *mode, **more)

    monkeypatch.setattr(Path, "open", refused)
    with pytest.raises(ExportError, match="may not be written to: name a file elsewhere"):
        export.to_csv(opened, tmp_path / "log.csv", Selection(LYON, "purchase"))


# The command


def run(folder: Path, *arguments: str):
    return CliRunner().invoke(app, ["export", *arguments], env={"OPS_WAREHOUSE": str(folder), "COLUMNS": "200"})


def test_the_command_says_what_it_wrote(demo_warehouse, tmp_path):
    file = tmp_path / "lyon.csv"
    arguments = ("--plant", LYON, "--workflow", "purchase", "--from", "2026-06-01", "--to", "2026-06-30")
    result = run(demo_warehouse, "csv", str(file), *arguments, "--without-names")
    assert result.exit_code == 0, result.stderr
    rows = pd.read_csv(file)
    cases = rows["case:concept:name"].nunique()
    assert result.stdout.startswith(f"Wrote {cases} cases with {len(rows)} events to {file} (")
    assert rows["org:resource"].dropna().str.startswith("person ").all()
    assert run(demo_warehouse, "ocel", str(tmp_path / "lyon.json"), *arguments).exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--workflow", "sales"), "there is no workflow 'sales': use one of "),
        (("--plant", "Mars"), "there is no plant 'Mars'"),
        (("--from", "2026-02-01", "--to", "2026-01-01"), "--from 2026-02-01 lies after --to 2026-01-01"),
    ],
)
def test_a_wrong_selection_is_a_sentence(demo_warehouse, tmp_path, arguments, sentence):
    result = run(demo_warehouse, "csv", str(tmp_path / "log.csv"), *arguments)
    assert result.exit_code == 1 and sentence in result.stderr and "\n" not in result.stderr.strip()
    assert list(tmp_path.iterdir()) == []


def test_cases_of_two_plants_with_one_name_stay_apart(log):
    names = log.groupby("case:concept:name")["case:name"].first()
    shared = [name for name, count in Counter(names).items() if count > 1]
    assert shared, "the demo has plants that share a warehouse code"


def test_parquet_holds_every_published_table_with_the_rows_that_the_scope_shows(demo_warehouse, tmp_path):
    masked = warehouse.open(Scope(frozenset({LYON}), sees_names=False), demo_warehouse)
    done = []
    written = export.to_parquet(masked, tmp_path, lambda number, total: done.append((number, total)))
    assert set(written) == {path.stem for path in tmp_path.iterdir()} >= {"fct_case", "fct_event", "agg_kpi", "version"}
    assert done[-1] == (len(written), len(written))
    for table in ("fct_case", "fct_event", "fct_exception"):
        file = duckdb.read_parquet(str(tmp_path / f"{table}.parquet"))
        assert file.types == masked.cursor().view(table).types
        assert said(masked, f"select count(*) from {table}") == file.aggregate("count(*)").fetchall()
        assert file.aggregate("count(*)").fetchall() == [(written[table],)]
        assert written[table] and file.project("plant").distinct().fetchall() == [(LYON,)]
    people = duckdb.read_parquet(str(tmp_path / "fct_event.parquet")).filter("actor is not null").project("actor")
    assert {name[:7] for (name,) in people.distinct().fetchall()} == {"person "}
