"""The published warehouse, opened for one reader: only the plants and names that reader may see.

`open` gives an in-memory DuckDB with the published file attached read-only and one view per table, filtered and
masked as the scope demands. Everything else in queries/ and dashboard/ reads these views and nothing else.
One Warehouse may serve many threads: every read takes a cursor of its own.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb
import pyarrow as pa

from queries import answer, catalog, narrow, secret

ODOO_URL_MACRO = """
    create or replace macro odoo_url(url, version, model, id) as case
        when coalesce(url, '') = '' then null
        when try_cast(regexp_extract(version, '[0-9]+') as integer) >= 18
            then rtrim(url, '/') || '/odoo/' || model || '/' || id
        else rtrim(url, '/') || '/web#id=' || id || '&model=' || model || '&view_type=form' end"""
# In which order states of automation are listed: what is most wrong first.
RANK_MACRO = """
    create or replace macro automation_rank(state) as list_position(
        [
            'failing', 'silent', 'late', 'deactivated by Odoo', 'degraded', 'never ran', 'unknown', 'works',
            'switched off'
        ], state)"""
# How long each case took by both clocks, so far if it is open. One that a wrong clock ended before it began took 0, one
# that it ends after the data were read what it took until then. An ASOF join over few rows, as DuckDB estimates them,
# would look at every interval of the calendar.
CLOCK_MACRO = """
    set global asof_loop_join_threshold = 0;
    create or replace macro with_clocks(cases, calendar, as_of) as table
    with bounded as (
        select *, greatest(least(coalesce(ended_at, as_of), as_of), started_at) as until_at from query_table(cases))
    select
        bounded.* exclude (until_at),
        epoch(until_at - started_at) as elapsed_seconds,
        last.open_seconds_before + epoch(least(until_at, last.open_to) - last.open_from)
            - first.open_seconds_before - epoch(least(started_at, first.open_to) - first.open_from)
            as working_seconds
    from bounded
    asof left join query_table(calendar) as first
        on first.instance = bounded.instance and first.plant = bounded.plant and first.open_from <= bounded.started_at
    asof left join query_table(calendar) as last
        on last.instance = bounded.instance and last.plant = bounded.plant and last.open_from <= bounded.until_at;
    create or replace macro with_elapsed(cases, calendar, as_of) as table
    select *, epoch(greatest(least(coalesce(ended_at, as_of), as_of), started_at) - started_at) as elapsed_seconds,
        null::double as working_seconds
    from query_table(cases)"""
# due_at: when a case has used up its limit_seconds of working time; null where no working hours are known so far
DUE_MACRO = """
    create or replace macro with_due(cases, calendar) as table
    with begun as (
        select
            opened.*,
            first.open_seconds_before + epoch(least(started_at, first.open_to) - first.open_from) + limit_seconds
                as open_seconds_due
        from query_table(cases) as opened
        asof left join query_table(calendar) as first
            on first.instance = opened.instance and first.plant = opened.plant and first.open_from <= opened.started_at)
    select
        begun.* exclude (open_seconds_due),
        case when open_seconds_due < last.open_seconds_before + epoch(last.open_to - last.open_from) then
            last.open_from + to_microseconds(round((open_seconds_due - last.open_seconds_before) * 1e6)::bigint)
        end as due_at
    from begun
    asof left join query_table(calendar) as last
        on last.instance = begun.instance and last.plant = begun.plant
        and last.open_seconds_before <= begun.open_seconds_due"""
# From one moment to another, 0 where a wrong clock exchanged them; null where one is not known, which greatest() skips.
SECONDS_MACRO = """
    create or replace macro seconds_from(earlier, later) as if(later < earlier, 0, epoch(later - earlier))"""
# The limit of an exception or a check in a plant, null where it is off; only beside a table cfg_limit. Its columns are
# renamed: what is given as of_plant may be called plant, and is meant.
LIMIT_MACRO = """
    create or replace macro limit_of(of_rule, of_plant) as (
        select arg_max_null(its_value, its_plant <> '')
        from (select rule as its_rule, plant as its_plant, value as its_value from cfg_limit)
        where its_rule = of_rule and its_plant in ('', of_plant))"""
# The ends of Wilson's score interval (1927) at 95 % of a share of n; null where there is nothing.
WILSON_MACRO = """
    create or replace macro wilson_reach(share, n) as
        1.959964 * sqrt((share * (1 - share) + 0.9603647 / n) / n);
    create or replace macro wilson_low(share, n) as
        if(share is null, null, greatest(0, (share + 1.9207294 / n - wilson_reach(share, n)) / (1 + 3.8414588 / n)));
    create or replace macro wilson_high(share, n) as
        if(share is null, null, least(1, (share + 1.9207294 / n + wilson_reach(share, n)) / (1 + 3.8414588 / n)))"""
# A duration as readable.duration says it, for what marts say in words.
WORDS_MACRO = """
    create or replace macro in_words(seconds) as case
        when seconds < 60 then round(seconds)::bigint || ' s'
        when seconds < 3570 then round(seconds / 60)::bigint || ' min'
        when seconds < 86370 then (round(seconds / 60)::bigint // 60) || ' h'
            || if(round(seconds / 60)::bigint % 60 > 0, ' ' || (round(seconds / 60)::bigint % 60) || ' min', '')
        when seconds >= 8635680 then round(seconds / 86400)::bigint || ' d'
        else replace(printf('%.1f d', seconds / 86400), '.0 d', ' d') end"""
# What marts, KPIs and measures need in any database they run in.
MACROS = (CLOCK_MACRO, DUE_MACRO, SECONDS_MACRO, WILSON_MACRO, WORDS_MACRO, RANK_MACRO)
GROUP_OF_PLANTS = 3  # a reader of some plants sees totals only over at least this many
PSEUDONYM_KEY_BYTES = 16  # in hexadecimal it and a name are one block of the hash: twice as fast
PSEUDONYM_DIGITS = 10  # two of 10 000 people have the same in one of 20 000 warehouses
BOARDS = ("agg_kpi", "agg_kpi_history", "agg_budget", "agg_budget_history")  # with lines over several plants
OF_ALL_PLANTS = (
    "cfg_target",
    "cfg_tolerance",
    "cfg_objective",
    "cfg_exception",
    "cfg_limit",
    "cfg_process_rule",
)  # an empty plant stands for all others
PERSON = {"cfg_user": ["login"]}  # columns that name people, besides those the marts declare
# Columns that compare a plant with `untouched_count` others: with few, they tell what those others are like.
COMPARED = {"agg_change_effect": ("effect", "effect_low", "effect_high", "verdict")}
# Tables that compare a plant with `other` or, where that is null, with `other_count` others together.
PAIRED = ("agg_harmonization", "agg_harmonization_move")
# Facts that name no plant and are about an Odoo as a whole; others of none are for readers of all plants.
OF_AN_ODOO = ("fct_automation", "fct_cron_health", "fct_run_coverage")
PLANT = {"cfg_plant": "code"}  # columns that name the plant of a row, where it is not "plant"


class WarehouseMissing(Exception):
    """Nothing was published yet, or the published file cannot be read; the message says what to run."""


def nothing_in(warehouse: Path) -> WarehouseMissing:
    """What is said of a folder in which nothing is published."""
    return WarehouseMissing(
        f"nothing is published in {warehouse}: run `.venv/bin/python -m etl refresh` for your Odoo or "
        "`.venv/bin/python -m etl demo` for the demo plants."
    )


@dataclass(frozen=True)
class Scope:
    """What a reader may see: some plants or (None) all, and whether with the names of people."""

    plants: frozenset[str] | None = None
    sees_names: bool = True


@dataclass(frozen=True)
class Warehouse:
    """An opened version; `as_of` is the moment its data are from, UTC without a zone, and `newer` says of which tables
    they are from a later one."""

    version: str
    as_of: datetime
    scope: Scope
    connection: duckdb.DuckDBPyConnection
    newer: Mapping[str, datetime]

    def cursor(self) -> duckdb.DuckDBPyConnection:
        return self.connection.cursor()

    def moment(self, sql: str) -> datetime:
        """The moment that the rows of a query are from: the earliest of the facts it reads."""
        moments = [self.newer.get(table, self.as_of) for table in catalog.facts_of(sql)]
        return min(moments, default=self.as_of)


def folder() -> Path:
    """The warehouse folder: OPS_WAREHOUSE, or data/."""
    return Path(os.environ.get("OPS_WAREHOUSE") or "data")


def current_version(warehouse: Path | None = None) -> str | None:
    """Name of the published file, or None when nothing was published yet."""
    path = (warehouse or folder()) / "CURRENT"
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip() or None
    except FileNotFoundError:
        return None


def earlier_version(version: str, seconds: float, warehouse: Path | None = None) -> str | None:
    """Name of the newest published file that is older than `version` by so many seconds, or None where none is kept."""
    moments = {path.name: _moment(path.name) for path in (warehouse or folder()).glob("ops_*.duckdb")}
    now = moments.get(version)
    older = [name for name, at in moments.items() if at and now and (now - at).total_seconds() >= seconds]
    return max(older, key=moments.get, default=None)


def _moment(version: str) -> datetime | None:
    """When the run of a published file began, by its name."""
    try:
        return datetime.strptime(version, "ops_%Y%m%dT%H%M%SZ.duckdb")
    except ValueError:
        return None


def open(scope: Scope | None = None, warehouse: Path | None = None, version: str | None = None) -> Warehouse:
    """The published version (or the one named), seen through `scope`. WarehouseMissing says what to do."""
    scope = scope or Scope()
    warehouse = warehouse or folder()
    version = version or current_version(warehouse)
    if version is None:
        raise nothing_in(warehouse)
    con = duckdb.connect(":memory:")
    con.execute("set global timezone = 'UTC'")
    con.execute("set enable_progress_bar = false")
    try:
        con.execute(f"attach '{str(warehouse / version).replace(chr(39), chr(39) * 2)}' as published (read_only)")
        _views(con, scope, "" if scope.sees_names else pseudonym_key(warehouse))
        as_of = con.execute("select as_of from version").fetchone()[0]
        newer = _newer(con, as_of)
    except secret.SecretMissing as error:
        con.close()
        raise WarehouseMissing(f"names of people cannot be hidden: {error}") from error
    except duckdb.Error as error:
        con.close()
        raise WarehouseMissing(
            f"{warehouse / version} cannot be read ({str(error).splitlines()[0]}): "
            "run `.venv/bin/python -m etl refresh`, or name an older version in CURRENT."
        ) from error
    return Warehouse(version, as_of, scope, con, newer)


def as_of(warehouse: Path, version: str | None = None) -> datetime:
    """The moment that the data of a version, or of the published one, are from (UTC); WarehouseMissing when it cannot
    be read."""
    opened = open(warehouse=warehouse, version=version)
    opened.connection.close()
    return opened.as_of


def tables(warehouse: Warehouse) -> list[str]:
    """The names of what is published, by name."""
    found = warehouse.cursor().execute("select view_name from duckdb_views() where not internal order by view_name")
    return [name for (name,) in found.fetchall()]


def _newer(con: duckdb.DuckDBPyConnection, as_of: datetime) -> dict[str, datetime]:
    """The tables that were built from later data than the others; none in files from before that was possible."""
    if "as_of" not in [row[0] for row in con.execute("describe mart").fetchall()]:
        return {}
    return dict(con.execute("select mart, as_of from mart where as_of > $as_of", {"as_of": as_of}).fetchall())


def _views(con: duckdb.DuckDBPyConnection, scope: Scope, key: str) -> None:
    """One view per published table; rows without a plant are only for readers of all plants. key: of pseudonyms."""
    tables: dict[str, list[str]] = {}
    for table, column in con.execute(
        """select table_name, column_name from duckdb_columns()
           where database_name = 'published' and schema_name = 'main' order by table_name, column_index"""
    ).fetchall():
        tables.setdefault(table, []).append(column)
    person = PERSON | dict(con.execute("select mart, person from published.main.mart").fetchall())
    con.execute("create table allowed_plant (plant varchar)")
    if scope.plants:
        con.execute("insert into allowed_plant select unnest($plants::varchar[])", {"plants": sorted(scope.plants)})
    for table, columns in tables.items():
        shown = [
            _masked(name, key) if name in person.get(table, ()) and not scope.sees_names else f'"{name}"'
            for name in columns
        ]
        if scope.plants is not None:
            shown = [
                _compared(column) if name in COMPARED.get(table, ()) else column
                for name, column in zip(columns, shown, strict=True)
            ]
        where, plant = "", PLANT.get(table, "plant")
        if scope.plants is not None and plant in columns:
            where = f"where {plant} in (select plant from allowed_plant)"
            if (
                table in BOARDS
            ):  # a line of one plant that rests on others, too, as an index does, counts them and itself
                where += f" and (plant_count <= 1 or plant_count > {GROUP_OF_PLANTS})"
                where += f" or (plant is null and plant_count >= {GROUP_OF_PLANTS})"
            if table in PAIRED:
                where += f""" and (other in (select plant from allowed_plant)
                    or (other is null and other_count >= {GROUP_OF_PLANTS}))"""
            if table in OF_ALL_PLANTS:
                where += " or plant = ''"
        elif scope.plants is not None and table.startswith("fct_") and table not in OF_AN_ODOO:
            where = "where false"
        con.execute(f'create view "{table}" as select {", ".join(shown)} from published.main."{table}" {where}')
    con.execute(ODOO_URL_MACRO)
    for macro in (*MACROS, LIMIT_MACRO) if "cfg_limit" in tables else MACROS:
        con.execute(macro)


def _masked(name: str, key: str) -> str:
    """A pseudonym that is the same wherever the same name stands, as `pseudonym` makes it."""
    return f"""case when "{name}" is not null
        then 'person ' || left(sha256('{key}' || "{name}"), {PSEUDONYM_DIGITS}) end as "{name}\""""


def _compared(column: str) -> str:
    """A comparison with other plants, where there are enough of them."""
    return f"case when untouched_count >= {GROUP_OF_PLANTS} then {column} end as {column}"


def pseudonym(name: str | None, key: str) -> str | None:
    """The same for a name that is no column."""
    return name and f"person {hashlib.sha256((key + name).encode()).hexdigest()[:PSEUDONYM_DIGITS]}"


def pseudonym_key(warehouse: Path | None = None) -> str:
    """What makes pseudonyms of a warehouse folder and of its copies: who does not have it cannot compute them.
    SecretMissing where there is none and none can be made."""
    return secret.of(warehouse or folder(), secret.PSEUDONYMS)[:PSEUDONYM_KEY_BYTES].hex()


def read(warehouse: Warehouse, name: str, cases: Mapping[str, Sequence[str]] | None = None, **parameters) -> pa.Table:
    """The rows of queries/lists/<name>.sql, where `cases` says so of the cases of some product families or people alone
    (queries/narrow.py); WarehouseMissing where the published file is older than the list or lacks a column of it."""
    listing, cases = catalog.lists()[name], cases or {}
    sql = narrow.narrowed(listing.sql, cases)
    given = {"as_of": warehouse.moment(sql)} | narrow.parameters(cases) | parameters
    with _told_if_older(warehouse, listing):
        return answer.table(warehouse.cursor(), sql, given)


def batches(warehouse: Warehouse, name: str, rows: int, **parameters) -> Iterator[pa.RecordBatch]:
    """The rows of queries/exports/<name>.sql, so many at a time: they need not fit into memory together."""
    listing = catalog.exports()[name]
    given = {"as_of": warehouse.moment(listing.sql)} | parameters
    with _told_if_older(warehouse, listing):
        found = warehouse.cursor().sql(listing.sql, params=answer.used(listing.sql, given))
    yield from found.to_arrow_reader(rows)


@contextmanager
def _told_if_older(warehouse: Warehouse, listing: catalog.Listing) -> Iterator[None]:
    """WarehouseMissing where the published file lacks what a list or an export reads."""
    try:
        yield
    except (duckdb.CatalogException, duckdb.BinderException) as error:
        raise WarehouseMissing(
            f"{warehouse.version} was published before it held the list {listing.name}: "
            "run `.venv/bin/python -m etl refresh`."
        ) from error
