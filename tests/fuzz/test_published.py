"""10 warehouses of two Odoos, one as it should be and one in which every third row is odd: they publish, the good one's
numbers are those it has alone, cases beside odd rows keep theirs, and pages, files and reports run nothing."""

from __future__ import annotations

import csv
import io
import json
import math
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from dashboard import texts
from etl import landing, load, publish, refresh
from etl.source import Source, discover
from etl.systems import every
from etl.table import to_table
from queries import catalog, measure, warehouse
from queries.__main__ import app
from queries.cell import FORMULA
from queries.config import Config
from tests.conftest import FAST, SILENT
from tests.dashboard.conftest import APP, open_page  # noqa: F401
from tests.fuzz import nasty

GOOD, ODD, ALONE, BOTH = "demo", "odd", "ops_20000101T000000Z.duckdb", "ops_20000102T000000Z.duckdb"
ODOO = "https://{}.example.com"
ROWS = 80  # of a source, or its last hundredth
WEEKS = 8  # of the scoreboard
# What Odoo itself says of its models is as it is; in what the others say any field may be odd.
PLAIN = {"ir_model", "ir_model_fields", "ir_model_fields_selection", "mail_message_subtype"}
ORDERS = {"mrp_production": "mrp.production", "purchase_order": "purchase.order"}
SHELTERED = 3  # of so many orders one, with its chatter, is as it should be
# What rests on an order and its chatter alone.
OF_ORDERS = ("release_lead_time", "purchase_approval_turnaround", "purchase_first_decision_time")
LENGTHS = ("elapsed_seconds", "working_seconds", "age_seconds")
COLUMNS = "value, value_closed, low, high, n, n_open, n_unmeasured, is_final, reason"


@cache
def rows(demo: Path) -> dict[str, pa.Table]:
    """The newest rows of the demo plants, by source."""
    [landed] = [path for path in (demo / "landing").iterdir() if path.is_dir()]
    found = {}
    for name, source in discover().items():
        if pages := landing.page_paths(landed, source, GOOD):
            table = pa.concat_tables([pq.read_table(page) for page in pages])
            first = sorted(table["id"].to_pylist())[-max(ROWS, table.num_rows // 100) :][0]
            found[name] = table.filter(pc.greater_equal(table["id"], first))
    return found


def odd(type: str, chance) -> object:
    """An odd value of a type, None for an empty one."""
    if type != "boolean" and chance.random() < 0.25:
        return None
    day = chance.choice(nasty.DAYS)
    return {
        "boolean": chance.choice([True, False]),
        "integer": chance.choice([0, -1, 2**31 - 1, -(2**31)]),
        "many2one": chance.choice([0, 2**31 - 1]),
        "many2many": chance.choice([[], [2**31 - 1], [3, 1, 2]]),
        "float": chance.choice([*nasty.FLOATS, -5.0, 1e14, 1e15]),
        "date": day,
        "datetime": datetime(day.year, day.month, day.day, 23, 59, 59),
    }.get(type) if type in ("boolean", "integer", "many2one", "many2many", "float", "date", "datetime") else nasty.text(
        chance, surrogates=True
    )  # fmt: skip


def poisoned(name: str, source: Source, table: pa.Table, number: int, kept: set[int]) -> list[dict]:
    """The rows, one in three with up to four odd fields; `kept` are ids of rows that stay as they are."""
    chance, found = nasty.seeded(f"published {name}", number), table.to_pylist()
    for row in found:
        row["instance"] = ODD
        if name == "res_company":  # every company has a name of its own
            row["name"] = f"Odd {row['name']} {nasty.text(chance)[:500]}"
        elif name not in PLAIN and row["id"] not in kept and chance.random() < 1 / 3:
            for field in chance.sample(sorted(source.fields), min(len(source.fields), chance.choice([1, 1, 2, 4]))):
                row[field] = odd(source.fields[field].type, chance)
    return found


def kept(demo: Path, name: str) -> set[int]:
    """Rows of a source that belong to sheltered orders."""
    tables = rows(demo)
    if name in ORDERS:
        return {id for id in tables[name]["id"].to_pylist() if id % SHELTERED == 0}
    if name == "mail_message":
        told = zip(
            *(tables[name][column].to_pylist() for column in ("id", "document_model", "document_id")), strict=True
        )
        return {id for id, model, document in told if model in ORDERS.values() and document % SHELTERED == 0}
    if name == "mail_tracking_value":
        messages = kept(demo, "mail_message")
        return {
            row["id"] for row in tables[name].select(["id", "message_id"]).to_pylist() if row["message_id"] in messages
        }
    return set()


def over_the_wire(source: Source, row: dict) -> dict:
    """A row as Odoo answers it: False where it is empty, moments as text."""
    found = {source.cursor: False} if source.has_cursor else {}
    for name, value in row.items():
        if isinstance(value, datetime):
            value = f"{value.year:04d}-{value:%m-%d %H:%M:%S}"
        elif isinstance(value, date):
            value = f"{value.year:04d}-{value:%m-%d}"
        found[name] = False if value is None and name in source.fields else value
    return found


def land(folder: Path, demo: Path, instance: str, number: int) -> int:
    """Lands a small Odoo; how many of its rows are odd."""
    count = 0
    for name, source in discover().items():
        table, fields = rows(demo).get(name), {field: field for field in source.fields}
        if table is None:
            facts = {"absent": True, "fields": dict.fromkeys(source.fields), "ids": 0, "swept": True}
            landing.write_done(folder, source, instance, facts)
            continue
        if instance == ODD:
            before = table.to_pylist()
            given = poisoned(name, source, table, number, kept(demo, name))
            count += sum({**a, "instance": ODD} != b for a, b in zip(before, given, strict=True))
            given = [over_the_wire(source, row) for row in given]
            languages = sorted({row["lang"] for row in given}) if source.languages else [None]
            table = pa.concat_tables(
                to_table(
                    source, fields, [row for row in given if row.get("lang") == language], ODD, language, b"s" * 32
                )
                for language in languages
            )
        landing.write_table(landing.page_path(folder, source, instance, 0), table)
        ids = table["id"].unique()
        plan = pa.table({"id": ids, "is_open": pa.repeat(False, len(ids))})
        landing.write_table(landing.plan_path(folder, source, instance), plan)
        facts = {"absent": False, "fields": fields, "ids": len(ids), "swept": True}
        landing.write_done(folder, source, instance, facts)
    return count


def fill(folder: Path, demo: Path, instance: str, version: str, as_of: datetime, number: int = 0) -> int:
    """Lands, loads and publishes a small Odoo beside what the folder holds; how many of its rows are odd."""
    run = folder / "landing" / version.removeprefix("ops_").removesuffix(".duckdb")
    count = land(run, demo, instance, number)
    con = load.open_work(folder)
    try:
        load.book_run(con, run.name, as_of, status="running", message=None)
        refresh.load_pages(con, run, every(), [(instance, ODOO.format(instance), "19.0", "json-2")], as_of)
        publish.publish(con, folder, run.name, as_of, list(every().values()), Config(), SILENT.building)
    finally:
        con.close()
    return count


@pytest.fixture(scope="module")
def good(demo_warehouse, demo_moment) -> Iterator[Path]:
    """A folder with the good Odoo alone."""
    with TemporaryDirectory(dir=FAST) as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(publish, "SCOREBOARD_WEEKS", WEEKS)
        fill(Path(folder), demo_warehouse, GOOD, ALONE, demo_moment)
        yield Path(folder)


@dataclass(frozen=True)
class Pair:
    """A warehouse with both Odoos, and the version before the odd one came."""

    folder: Path
    odd_count: int
    alone: warehouse.Warehouse
    both: warehouse.Warehouse


@pytest.fixture(scope="module", params=nasty.cases(10))
def pair(request, good, demo_warehouse, demo_moment) -> Iterator[Pair]:
    with TemporaryDirectory(dir=FAST) as folder:
        shutil.copytree(good, folder, dirs_exist_ok=True)
        count = fill(Path(folder), demo_warehouse, ODD, BOTH, demo_moment, request.param)
        opened = [warehouse.open(warehouse=Path(folder), version=version) for version in (ALONE, BOTH)]
        yield Pair(Path(folder), count, *opened)
        for one in opened:
            one.connection.close()


def same(found: tuple, wanted: tuple) -> bool:
    """Whether numbers are the same, up to the order in which they were added."""
    return all(
        one == other or (isinstance(one, float) and isinstance(other, float) and math.isclose(one, other, rel_tol=1e-9))
        for one, other in zip(found, wanted, strict=True)
    )


def test_the_numbers_of_the_good_odoo_are_those_it_has_alone(pair):
    assert pair.odd_count > 500
    sql = f"""select kpi, plant, period, period_start, clock, {COLUMNS} from agg_kpi
        where plant in (select plant from dim_plant where instance = '{GOOD}') and kpi <> 'harmonization_index'"""
    alone, both = ({row[:5]: row[5:] for row in w.cursor().execute(sql).fetchall()} for w in (pair.alone, pair.both))
    assert len(alone) > 1_000 and any(line[4] for line in alone.values())
    assert [key for key in alone if key not in both or not same(both[key], alone[key])] == []


def all_rows(opened: warehouse.Warehouse, kpi: catalog.Kpi, instance: str) -> list[dict]:
    found = measure.rows(opened, kpi, date(1, 1, 1), date(2300, 1, 1)).to_pylist()
    return [row for row in found if row["instance"] == instance]


def test_the_rows_behind_a_number_are_the_same_and_those_of_odd_ones_are_possible(pair):
    named = pair.both.cursor().execute("select record_model, record_id from check_failure").fetchall()
    for name, kpi in catalog.load().items():
        if name == "harmonization_index":  # compares plants, and there are more of them
            continue
        alone, both = (sorted(map(repr, all_rows(opened, kpi, GOOD))) for opened in (pair.alone, pair.both))
        assert both == alone, name
        for row in all_rows(pair.both, kpi, ODD):
            numbers = {key: value for key, value in row.items() if isinstance(value, float)}
            assert all(map(math.isfinite, numbers.values())), (name, row)
            lengths = [value for key, value in numbers.items() if key in LENGTHS]
            assert all(value >= 0 for value in lengths), (name, row)
            is_possible = all(pair.both.as_of - timedelta(seconds=value) >= datetime(1980, 1, 1) for value in lengths)
            assert is_possible or (row["record_model"], row["record_id"]) in named, (name, row)


def test_an_order_beside_odd_rows_keeps_its_number(pair):
    count = 0
    for name in OF_ORDERS:
        good, odd_ones = (
            {
                (row["record_model"], row["record_id"]): (row["started_at"], row["ended_at"], row["elapsed_seconds"])
                for row in all_rows(pair.both, catalog.load()[name], instance)
                if row["record_id"] % SHELTERED == 0
            }
            for instance in (GOOD, ODD)
        )
        assert odd_ones == good
        count += len(good)
    assert count > 50


def texts_of(app) -> Iterator[str]:
    """What an app page hands to Markdown."""
    for block in [*app.markdown, *app.caption, *app.subheader, *app.title, *app.header, *app.info, *app.warning]:
        yield str(block.value)
    for block in [*app.page_link, *app.button, *app.expander, *app.metric, *app.selectbox, *app.tabs]:
        yield str(block.proto.label if hasattr(block, "proto") else block.label)


def assert_harmless(html: str) -> None:
    """It holds no element of the data, and leads to this app and to Odoo alone."""
    assert nasty.hostile(html) == set()
    for target in re.findall(r"""<(?:a|img|link)\b[^>]*?\b(?:href|src)\s*=\s*["']([^"']*)""", html):
        allowed = (ODOO.format(GOOD) + "/", ODOO.format(ODD) + "/", "?", "#", "/", "./", "data:image/")
        assert target.startswith(allowed) or re.match(r"[\w-]+(\?|$)", target), target


PAGES = sorted(re.sub(r"^\d+_", "", path.stem) for path in (APP.parent / "app_pages").glob("*.py"))


@pytest.mark.parametrize("name", PAGES)
def test_a_page_shows_odd_records_as_text(name, pair, open_page):  # noqa: F811
    for query in ({}, *asked(pair.both, name)):
        page = open_page(name, warehouse=pair.folder, **query)
        assert texts.NOT_LOADED not in page.text, (name, query)
        for block in page.app.html:
            assert_harmless(block.value)
        for text in texts_of(page.app):
            assert not re.search(r"(?<!\\)\]\((http://192|javascript:)", text), text


def asked(opened: warehouse.Warehouse, name: str) -> list[dict]:
    """Odd records that a page can be asked for, where it shows one at a time."""
    if name == "record":
        sql = f"""select instance, record_model as model, record_id::varchar as id from fct_case
            where instance = '{ODD}' and coalesce(not regexp_matches(name, '^[A-Z]'), true)
            order by workflow, record_id limit 6"""
        return opened.cursor().execute(sql).to_arrow_table().to_pylist()
    if name == "kpi":
        return [{"kpi": kpi} for kpi in ("approval_age", "corrective_action_age", "late_receipt_share")]
    return []


COMMANDS = (
    "kpi --csv",
    "exceptions --csv",
    "issues --json",
    "checks --csv",
    "checks value_impossible --csv",
    "unblock --csv",
    "export csv {folder}/log.csv",
    "export ocel {folder}/log.json",
    "export parquet {folder}",
    "report executive --to {folder}",
    "report automation --to {folder}",
)


def test_commands_files_and_reports_run_nothing(pair, monkeypatch, tmp_path):
    monkeypatch.setenv("OPS_WAREHOUSE", str(pair.folder))
    for command in COMMANDS:
        done = CliRunner().invoke(app, command.format(folder=tmp_path).split())
        assert done.exit_code == 0, (command, done.output, done.exception)
        if "--csv" in command:
            assert_text(list(csv.DictReader(io.StringIO(done.stdout, newline=""))))
    assert_text(list(csv.DictReader((tmp_path / "log.csv").open(encoding="utf-8", newline=""))))
    assert len(json.loads((tmp_path / "log.json").read_text(encoding="utf-8"))["events"]) > 1_000
    pages = list(tmp_path.glob("*.html"))
    assert len(pages) == len(list(tmp_path.glob("*.pdf"))) == 2
    for page in pages:
        assert nasty.hostile(page.read_text(encoding="utf-8")) == set()


def assert_text(found: list[dict]) -> None:
    """A spreadsheet runs no cell; a number may begin with its sign."""
    assert found
    for cell in (cell for row in found for cell in row.values()):
        is_number = re.fullmatch(r"-?\d[\d.]*(e[+-]?\d+)?", cell)
        assert is_number or not (cell[:1] in ("\t", "\r", "\n") or cell.lstrip().startswith(FORMULA)), cell
