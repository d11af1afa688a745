"""Work databases of earlier programs: each is brought to today's layout when it is opened, with all that is in it.

tests/etl/layouts/ holds what main wrote on these days: the books, and some of the raw tables, with a few rows each.
"""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from etl import load
from etl.source import discover

LAYOUTS = sorted((Path(__file__).parent / "layouts").glob("*.sql"))
LATEST = max(int(path.stem) for path in load.SCHEMA.glob("*.sql"))


def columns(con: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], dict[str, str]]:
    """(schema, table) -> column -> type; views, too."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    query = """select schema_name, table_name, column_name, data_type from duckdb_columns()
        where not internal and database_name = current_database()"""
    for schema, table, column, type in con.execute(query).fetchall():
        found.setdefault((schema, table), {})[column] = type
    return found


def rows(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    names = con.execute("select schema_name || '.' || table_name from duckdb_tables()").fetchall()
    return {name: con.execute(f"select count(*) from {name}").fetchone()[0] for (name,) in names}


def older(folder: Path, layout: Path) -> dict[str, int]:
    """Makes the work database of a layout; how many rows each of its tables has."""
    with duckdb.connect(str(folder / load.WORK)) as con:
        con.execute(layout.read_text(encoding="utf-8"))
        return rows(con)


@pytest.fixture(scope="module")
def today(tmp_path_factory):
    """The layout of a database that this program makes."""
    con = load.open_work(tmp_path_factory.mktemp("today"))
    load.ensure_tables(con, list(discover().values()))
    yield columns(con)
    con.close()


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda path: path.stem)
def test_an_older_database_gets_todays_layout_and_keeps_its_rows(tmp_path, layout, today):
    before = older(tmp_path, layout)
    assert before["raw.mrp_production"] and before["main.agg_kpi"]
    con = load.open_work(tmp_path)
    assert before.items() <= rows(con).items()
    assert con.execute("select version, seen_from is not null from odoo_version").fetchall() == [("19.0", True)]
    load.ensure_tables(con, list(discover().values()))
    assert columns(con) == today
    assert con.execute("select count(*) from stg_mrp_production_history").fetchone()[0] == before["raw.mrp_production"]
    con.close()
    again = load.open_work(tmp_path)
    assert {table: n for table, n in rows(again).items() if table in before and table != "main.source_shape"} == {
        table: n for table, n in before.items() if table != "main.source_shape"
    }
    assert again.execute("select max(version), count(*) from schema_version").fetchone() == (LATEST, LATEST)
    again.close()


def test_a_database_of_a_later_program_is_left_alone_with_a_sentence(tmp_path):
    con = load.open_work(tmp_path)
    con.execute("insert into schema_version values (?, now()::timestamp)", [LATEST + 1])
    con.close()
    with pytest.raises(load.WarehouseNewer, match=rf"layout {LATEST + 1}, and this one knows {LATEST}\): install"):
        load.open_work(tmp_path)
    with duckdb.connect(str(tmp_path / load.WORK), read_only=True) as con:  # and nobody holds it
        assert con.execute("select max(version) from schema_version").fetchone() == (LATEST + 1,)


def test_steps_are_taken_once_and_in_order_and_a_failing_one_not_at_all(tmp_path):
    steps = tmp_path / "steps"
    steps.mkdir()
    (steps / "1.sql").write_text("create table thing (a integer); insert into thing values (1)")
    (steps / "2.sql").write_text("alter table thing add column b integer; update thing set b = a + 1")
    (steps / "10.sql").write_text("insert into thing values (10, 10); select broken from nowhere")
    con = duckdb.connect()
    with pytest.raises(duckdb.CatalogException, match="nowhere"):
        load.migrate(con, steps)
    assert con.execute("from thing").fetchall() == [(1, 2)]
    assert con.execute("select max(version) from schema_version").fetchone() == (2,)
    (steps / "10.sql").write_text("insert into thing values (10, 10)")
    for _ in range(2):
        load.migrate(con, steps)
    assert con.execute("from thing order by a").fetchall() == [(1, 2), (10, 10)]
