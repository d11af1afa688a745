"""work.duckdb: landed pages become raw tables with validity intervals, and the runs are booked.

A raw row is open while `_valid_to` is null. It is closed when one of its declared fields changes or the record is
no longer there, and the changed version opens: that happened after `_seen_at`, when Odoo was asked and the row was
still like this, and not later than `_valid_to`. Newly declared fields, and fields that come from another Odoo field
than before, are filled into open rows and open no new version; what Odoo has no field for any more stays as it was.
Times are UTC without a zone.
"""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from etl import landing
from etl.plan import Known
from etl.source import Source, discover
from queries.trust import DEMO_INSTANCE

DUCKDB_TYPES = {
    pa.string(): "varchar",
    pa.int64(): "bigint",
    pa.float64(): "double",
    pa.bool_(): "boolean",
    pa.date32(): "date",
    pa.timestamp("us"): "timestamp",
    pa.list_(pa.int64()): "bigint[]",
}


# What a value can be in a plant. An earlier day stands for none (1970, 1899 and year 1 are what programs make of a
# missing one), a later one for a day that is far off, a larger number for one that nobody knows, and the part of one
# in so many for 0: what is divided by it would be larger than any.
FIRST_DAY, LAST_DAY, LARGEST = "1980-01-01", "2200-01-01", 1e15
POSSIBLE = {
    "timestamp": f"case when {{name}} >= '{FIRST_DAY}' then least({{name}}, '{LAST_DAY}') end",
    "date": f"case when {{name}} >= '{FIRST_DAY}' then least({{name}}, '{LAST_DAY}') end",
    "double": f"case when abs({{name}}) < {1 / LARGEST} then 0 when abs({{name}}) < {LARGEST:.0f} then {{name}} end",
}
SERIES = r"^(saas~)?\d+(\.\d+)?"  # of an Odoo: builds of a version are the same
SCHEMA = Path(__file__).parent / "schema"
WORK = "work.duckdb"
LOCK_SECONDS = 2  # `etl status` holds the work database for a moment, a refresh for its whole time


class WarehouseBusy(Exception):
    """Another refresh works in this warehouse folder."""


class WarehouseNewer(Exception):
    """The work database has a layout that this program does not know yet."""


@dataclass(frozen=True)
class Loaded:
    """What loading one source changed; `problem` says why it could not be read this time."""

    source: str
    instance: str
    absent: bool
    refused: bool
    missing: tuple[str, ...]
    row_count: int
    new: int
    changed: int
    closed: int
    read: int
    problem: str | None = None


def open_work(
    warehouse: Path, file: str = WORK, who: str = "refresh", patience: float = LOCK_SECONDS
) -> duckdb.DuckDBPyConnection:
    """The work database of a warehouse folder, made when absent and brought to today's layout when older; WarehouseBusy
    while another process has it, WarehouseNewer when a later program wrote it. There is another one, of the same shape,
    for samples. `patience`: seconds that another process is waited for."""
    warehouse.mkdir(parents=True, exist_ok=True, mode=0o700)
    until = time.monotonic() + patience
    while True:
        try:
            con = duckdb.connect(str(warehouse / file))
            break
        except duckdb.IOException as error:
            if not _is_locked(error):
                raise
            if time.monotonic() > until:
                raise WarehouseBusy(
                    f"another {who} is working in {warehouse}: wait until it ends, or stop it, then try again."
                ) from error
            time.sleep(0.1)
    con.execute("set global timezone = 'UTC'")
    try:
        migrate(con)
    except BaseException:
        con.close()
        raise
    return con


def migrate(con: duckdb.DuckDBPyConnection, steps: Path = SCHEMA) -> None:
    """Brings the books of a work database, a new one too, to the layout that this program knows: every file of `steps`
    that it has not seen, in the order of their numbers, each wholly or not at all. WarehouseNewer where a later program
    has been at it."""
    files = {int(path.stem): path for path in steps.glob("*.sql")}
    con.execute("create table if not exists schema_version (version integer primary key, since timestamp)")
    [(reached,)] = con.execute("select coalesce(max(version), 0) from schema_version").fetchall()
    if reached > max(files):
        raise WarehouseNewer(
            f"this warehouse was written by a later Plant Pulse (layout {reached}, and this one knows {max(files)}): "
            "install that one again, or restore the backup from before it (docs/operating.md, Upgrade)."
        )
    for number in sorted(number for number in files if number > reached):
        con.execute("begin")
        try:
            con.execute(files[number].read_text(encoding="utf-8"))
            con.execute("insert into schema_version values (?, current_timestamp::timestamp)", [number])
            con.execute("commit")
        except BaseException:
            with suppress(duckdb.Error):
                con.execute("rollback")
            raise


def close(con: duckdb.DuckDBPyConnection) -> None:
    """Closes the work database. A thread of a run that was stopped may be reading from it for a moment: that is waited
    for, and then left to the end of the process."""
    for _ in range(60):
        try:
            return con.close()
        except duckdb.Error:
            time.sleep(0.05)


def _is_locked(error: duckdb.IOException) -> bool:
    return "Conflicting lock" in str(error) or "Could not set lock" in str(error)


def known(con: duckdb.DuckDBPyConnection, source: Source, instance: str) -> Known:
    """What the warehouse already has of a source."""
    state = con.execute(
        "select watermark, full_at, fields, compared_at from source_state where instance = ? and source = ?",
        [instance, source.name],
    ).fetchone()
    if state is None or not _has_table(con, source):
        return Known()
    once = "distinct" if source.languages else ""
    current = f"select {once} id from raw.{source.name} where instance = $instance and _valid_to is null order by id"
    was_open = "select id from open_id where instance = $instance and source = $source order by id"
    return Known(
        ids=con.execute(current, {"instance": instance}).fetchnumpy()["id"].astype(np.int64),
        open_ids=con.execute(was_open, {"instance": instance, "source": source.name})
        .fetchnumpy()["id"]
        .astype(np.int64),
        watermark=state[0],
        full_at=state[1],
        fields=json.loads(state[2]),
        compared_at=state[3],
    )


def read_before(con: duckdb.DuckDBPyConnection, instance: str) -> dict[str, dict[str, str | None]]:
    """Source -> column -> Odoo field at its last load, nothing where the model was absent; without what was refused."""
    rows = con.execute("select source, fields from source_state where instance = ? and not refused", [instance])
    return {source: json.loads(fields) for source, fields in rows.fetchall()}


def row_counts(con: duckdb.DuckDBPyConnection, instance: str) -> dict[str, int]:
    """Source -> its rows at its last load."""
    return dict(con.execute("select source, row_count from source_state where instance = ?", [instance]).fetchall())


def current_rows(con: duckdb.DuckDBPyConnection, source: Source, instance: str) -> pa.Table:
    """The rows of a source as the warehouse has them."""
    ensure_tables(con, [source])
    columns = ", ".join(source.columns)
    rows = f"select {columns} from raw.{source.name} where instance = $instance and _valid_to is null order by id"
    return con.sql(rows, params={"instance": instance}).to_arrow_table()


def load_samples(con: duckdb.DuckDBPyConnection, taken: list[tuple[Path, datetime]], sources: list[Source]) -> None:
    """Loads samples, the oldest first, each as of its moment: all of them or none. What was read since then anyhow is
    newer than the sample and stays; only rows that are never changed are always new.

    A sample adds versions of rows and nothing else: what the next refresh is to look at is as the last one left it.
    """
    if not taken:
        return
    con.execute("begin")
    try:
        loaded = {name for (name,) in con.execute("select sample from loaded_sample").fetchall()}
        for folder, as_of in taken:
            for source in in_order(sources) if folder.name not in loaded else ():
                for instance in landing.instances(folder, source):
                    if source.kind == "append" or not _is_read_since(con, source, instance, as_of):
                        load_source(con, source, instance, folder, as_of, is_sample=True)
        con.execute("delete from loaded_sample")
        con.executemany("insert into loaded_sample values (?)", [[folder.name] for folder, _ in taken])
        con.execute("commit")
    except BaseException:
        with suppress(duckdb.Error):
            con.execute("rollback")
        raise


def _is_read_since(con: duckdb.DuckDBPyConnection, source: Source, instance: str, moment: datetime) -> bool:
    read = "select 1 from source_state where instance = ? and source = ? and read_at >= ?"
    return con.execute(read, [instance, source.name, moment]).fetchone() is not None


def load_source(
    con: duckdb.DuckDBPyConnection,
    source: Source,
    instance: str,
    run: Path,
    as_of: datetime,
    is_sample: bool = False,
) -> Loaded | None:
    """Moves the landed pages of one source into its raw table; call inside a transaction. Of a sample nothing but when
    it was taken is booked."""
    facts = landing.read_done(run, source, instance)
    ensure_tables(con, [source])
    if facts.get("problem"):
        return None if is_sample else _book_problem(con, source, instance, facts["problem"])
    pages = [str(path) for path in landing.page_paths(run, source, instance)]
    con.execute("drop table if exists temp.page")
    con.execute(f"create temp table page as {_page_select(source, pages)}")
    filled = _fill_new_columns(con, source, instance, facts["fields"])
    there = facts["fields"]
    compared = [name for name, f in source.fields.items() if f.compared and name not in filled and there.get(name)]
    same_key = " and ".join(f"raw.{key} = page.{key}" for key in source.key)
    changed = 0
    if source.kind != "append":
        differs = " or ".join(f"raw.{name} is distinct from page.{name}" for name in compared) or "false"
        changed = con.execute(
            f"""update raw.{source.name} as raw set _valid_to = $as_of, _closed_by = 'change', _seen_at = (
                    select asked_at from source_state where instance = $instance and source = $source)
                from page where raw._valid_to is null and {same_key} and ({differs})""",
            {"as_of": as_of, "instance": instance, "source": source.name},
        ).fetchone()[0]
    columns = ", ".join(source.columns)
    inserted = con.execute(
        f"""insert into raw.{source.name} ({columns}, _run, _valid_from)
            select {columns}, ?, ? from page
            where not exists (select 1 from raw.{source.name} as raw where raw._valid_to is null and {same_key})""",
        [run.name, as_of],
    ).fetchone()[0]
    closed = _close_gone(con, source, instance, run, as_of) + _close_followers(con, source, instance, as_of)
    if is_sample:
        con.execute(
            "update source_state set asked_at = greatest(asked_at, ?) where instance = ? and source = ?",
            [facts.get("asked_at", as_of), instance, source.name],
        )
        return None
    if not (facts["absent"] or facts.get("refused")):
        _note_open(con, source, instance, run)
    read = con.execute("select count(*) from page").fetchone()[0]
    loaded = Loaded(
        source=source.name,
        instance=instance,
        absent=facts["absent"],
        refused=facts.get("refused", False),
        missing=tuple(
            name for name, field in facts["fields"].items() if field is None and source.fields[name].is_everywhere
        ),
        row_count=_count_open(con, source, instance),
        new=inserted - changed,
        changed=changed,
        closed=closed,
        read=read,
    )
    _book_source(con, source, loaded, facts, run.name, as_of)
    _reconcile(con, source, instance, facts, as_of)
    return loaded


def _book_problem(con: duckdb.DuckDBPyConnection, source: Source, instance: str, problem: str) -> Loaded:
    """Notes why a source could not be read; its rows stay as they were, and so does the moment they are from."""
    con.execute(
        """insert into source_state (instance, source, absent, refused, fields, row_count, missing_fields, problem)
            values ($instance, $source, false, false, '{}', 0, [], $problem)
            on conflict do update set problem = excluded.problem""",
        {"instance": instance, "source": source.name, "problem": problem},
    )
    rows = _count_open(con, source, instance)
    return Loaded(source.name, instance, False, False, (), rows, 0, 0, 0, 0, problem)


def _page_select(source: Source, pages: list[str]) -> str:
    if not pages:
        columns = [f"null::{DUCKDB_TYPES[type]} as {name}" for name, type in source.columns.items()]
        columns += ["null::timestamp as _cursor"] if source.has_cursor else []
        return f"select {', '.join(columns)} where false"
    names = ", ".join([*source.columns, *(["_cursor"] if source.has_cursor else [])])
    files = ", ".join("'" + page.replace("'", "''") + "'" for page in pages)
    order = "_cursor desc nulls last" if source.has_cursor else "id"
    return (
        f"select distinct on ({', '.join(source.key)}) {names} from read_parquet([{files}]) "
        f"order by {', '.join(source.key)}, {order}"
    )


def _has_table(con: duckdb.DuckDBPyConnection, source: Source) -> bool:
    found = "select 1 from duckdb_tables() where schema_name = 'raw' and table_name = ?"
    return con.execute(found, [source.name]).fetchone() is not None


def ensure_tables(con: duckdb.DuckDBPyConnection, sources: list[Source]) -> None:
    """Raw tables and staging views of sources, so that marts find every one even when it was never read. What is there
    already in this shape costs nothing."""
    made = dict(con.execute("select source, shape from source_shape").fetchall())
    needed = {source.name: _shape(source) for source in sources}
    if all(made.get(name) == shape for name, shape in needed.items()):
        return
    there: dict[str, set[str]] = {}
    query = "select table_name, column_name from duckdb_columns() where schema_name = 'raw'"
    for table, column in con.execute(query).fetchall():
        there.setdefault(table, set()).add(column)
    for source in sources:
        if made.get(source.name) != needed[source.name]:
            _make_table(con, source, there.get(source.name))
            con.execute("insert or replace into source_shape values (?, ?)", [source.name, needed[source.name]])


def _shape(source: Source) -> str:
    """What the table and the views of a source look like."""
    return hashlib.sha256(repr((_columns(source), _views(source))).encode()).hexdigest()


def _make_table(con: duckdb.DuckDBPyConnection, source: Source, there: set[str] | None) -> None:
    """The raw table of a source with all its columns, those already `there` kept, and the staging views over it."""
    columns = [f"{name} {type}" for name, type in _columns(source).items() if not there or name not in there]
    if there is None:
        con.execute(f"create table raw.{source.name} ({', '.join(columns)})")
    else:
        for column in columns:
            con.execute(f"alter table raw.{source.name} add column {column}")
    for view in _views(source):
        con.execute(view)


def _columns(source: Source) -> dict[str, str]:
    """The columns of a raw table with their types: those declared, then the bookkeeping of a version."""
    declared = {name: DUCKDB_TYPES[type] for name, type in source.columns.items()}
    booked = {"_run": "varchar", "_valid_from": "timestamp", "_valid_to": "timestamp"}
    return declared | booked | {"_closed_by": "varchar", "_seen_at": "timestamp"}


def _views(source: Source) -> list[str]:
    """Statements that make the staging views: current rows, current and vanished rows, every version. Values that
    cannot be are left out of them; the raw table has them as they were read."""
    types = {name: DUCKDB_TYPES[type] for name, type in source.columns.items()}
    said = {name: POSSIBLE.get(type, "{name}").format(name=name) for name, type in types.items()}
    names = ", ".join(name if name == value else f"{value} as {name}" for name, value in said.items())
    last = f"{names}, _valid_to as gone_at, _closed_by as gone_by, _seen_at as seen_at"
    same_key = " and ".join(f"later.{key} = raw.{key}" for key in source.key)
    return [
        f"create or replace view stg_{source.name} as select {names} from raw.{source.name} where _valid_to is null",
        f"""create or replace view stg_{source.name}_last as
            select {last} from raw.{source.name} where _valid_to is null
            union all
            select {last} from raw.{source.name} as raw
            where _closed_by <> 'change' and not exists (
                select 1 from raw.{source.name} as later where {same_key} and later._valid_from >= raw._valid_to)""",
        f"""create or replace view stg_{source.name}_history as
            select {names}, _valid_from as valid_from, _valid_to as valid_to, _closed_by as closed_by,
                _seen_at as seen_at
            from raw.{source.name}""",
    ]


def _fill_new_columns(
    con: duckdb.DuckDBPyConnection, source: Source, instance: str, fields: dict[str, str | None]
) -> set[str]:
    """Fills columns that are new, or come from another Odoo field than before, into open rows; returns them.

    Rows that are written once lose nothing by it: where Odoo has forgotten a value, as in an upgrade, ours stays.
    """
    state = con.execute(
        "select fields from source_state where instance = ? and source = ?", [instance, source.name]
    ).fetchone()
    before = json.loads(state[0]) if state else None
    if not before:
        return set()
    moved = {name for name in source.fields if fields.get(name) and before.get(name) != fields[name]}
    if moved:
        same_key = " and ".join(f"raw.{key} = page.{key}" for key in source.key)
        value = "coalesce(page.{0}, raw.{0})" if source.kind == "append" else "page.{0}"
        values = ", ".join(f"{name} = {value.format(name)}" for name in sorted(moved))
        con.execute(
            f"update raw.{source.name} as raw set {values} from page where raw._valid_to is null and {same_key}"
        )
    return moved


def _close_gone(con: duckdb.DuckDBPyConnection, source: Source, instance: str, run: Path, as_of: datetime) -> int:
    """Closes the rows that are no longer found, each with the reason: deleted, hidden or left. They were last seen when
    all ids were compared, if they were there by then, or at the last run where they were open."""
    gone = landing.gone_path(run, source, instance)
    if not gone.exists():
        return 0
    return con.execute(
        f"""update raw.{source.name} as raw set _valid_to = $as_of, _closed_by = gone.reason, _seen_at = case
                when open_id.id is not null then state.asked_at else greatest(state.swept_at, raw._valid_from) end
            from read_parquet($gone) as gone
            left join source_state as state on state.instance = $instance and state.source = $source
            left join open_id on open_id.instance = $instance and open_id.source = $source and open_id.id = gone.id
            where raw._valid_to is null and raw.instance = $instance and raw.id = gone.id""",
        {"as_of": as_of, "gone": str(gone), "instance": instance, "source": source.name},
    ).fetchone()[0]


def in_order(sources: Iterable[Source]) -> list[Source]:
    """Sources as they are loaded: after the documents their rows vanish with, directly or at second hand."""

    def distance(source: Source) -> int:
        return bool(source.follows) + (bool(source.follows) and source.follows[0] not in source.fields)

    return sorted(sources, key=distance)


def _close_followers(con: duckdb.DuckDBPyConnection, source: Source, instance: str, as_of: datetime) -> int:
    """Closes rows whose document was deleted in this very run: Odoo deletes them with it, and this run may not have
    looked for them."""
    if not source.follows:
        return 0
    model, id = source.follows
    by_column = model in source.fields
    documents = [
        d for d in discover().values() if (d.tracked if by_column else d.model == model) and _has_table(con, d)
    ]
    if not documents:
        return 0
    deleted = " union all ".join(
        f"""select unnest({list(document.models)}) as model, id, _seen_at from raw.{document.name}
            where instance = $instance and _valid_to = $as_of and _closed_by = 'deleted'"""
        for document in documents
    )
    return con.execute(
        f"""update raw.{source.name} as raw set _valid_to = $as_of, _closed_by = 'deleted', _seen_at = document.seen_at
            from (select model, id, max(_seen_at) as seen_at from ({deleted}) group by all) as document
            where raw._valid_to is null and raw.instance = $instance and raw.{id} = document.id
                and {f"raw.{model} = document.model" if by_column else "true"}""",
        {"as_of": as_of, "instance": instance},
    ).fetchone()[0]


def _note_open(con: duckdb.DuckDBPyConnection, source: Source, instance: str, run: Path) -> None:
    """Remembers which rows were open, so that the next run reads them again even if nothing says they changed. Where
    no plan was needed, all rows were looked at and will be."""
    plan = landing.plan_path(run, source, instance)
    if source.open_domain is None:
        return
    con.execute("delete from open_id where instance = ? and source = ?", [instance, source.name])
    where = "read_parquet($plan) where is_open" if plan.exists() else "page"
    con.execute(
        f"insert into open_id select distinct $instance, $source, id from {where}",
        {"instance": instance, "source": source.name} | ({"plan": str(plan)} if plan.exists() else {}),
    )


def _count_open(con: duckdb.DuckDBPyConnection, source: Source, instance: str) -> int:
    return con.execute(
        f"select count(*) from raw.{source.name} where instance = ? and _valid_to is null", [instance]
    ).fetchone()[0]


def _book_source(
    con: duckdb.DuckDBPyConnection, source: Source, loaded: Loaded, facts: dict, run: str, as_of: datetime
) -> None:
    """Notes how far a source was read. The watermark is the newest cursor less the time the reading took: what
    changed behind the reader's back is read again next time. It never lies after the moment the ids were asked for, by
    Odoo's clock: a date in the future would hide every change before it."""
    newest = "null::timestamp"
    if source.has_cursor:
        newest = "(select max(_cursor) from page) - to_seconds($seconds)"
    con.execute(
        f"""insert or replace into source_state by name
            select $instance as instance, $source as source, $absent as absent, $fields as fields,
                least($made_at::timestamp, greatest({newest}, before.watermark)) as watermark,
                $as_of::timestamp as read_at, $run as run,
                $row_count as row_count, $read as read_rows, $new as new_rows, $changed as changed_rows,
                $closed as closed_rows, $missing as missing_fields, $refused as refused,
                null as problem,
                case when $full then $as_of::timestamp else before.full_at end as full_at,
                $asked_at::timestamp as asked_at,
                case when $swept then $asked_at::timestamp else before.swept_at end as swept_at,
                case when $all_ids then $as_of::timestamp else before.compared_at end as compared_at
            from (select 1) left join (
                select watermark, full_at, swept_at, compared_at from source_state
                where instance = $instance and source = $source
            ) as before on true""",
        {
            "instance": loaded.instance,
            "source": source.name,
            "absent": loaded.absent,
            "fields": json.dumps(facts["fields"], sort_keys=True),
            "made_at": facts.get("made_at"),
            "as_of": as_of,
            "run": run,
            "row_count": loaded.row_count,
            "read": loaded.read,
            "new": loaded.new,
            "changed": loaded.changed,
            "closed": loaded.closed,
            "missing": list(loaded.missing),
            "refused": loaded.refused,
            "full": facts.get("full", False),
            "swept": facts["swept"],
            "all_ids": facts.get("all_ids", False),
            "asked_at": facts.get("asked_at", as_of),
        }
        | ({"seconds": facts.get("seconds", 0.0)} if "$seconds" in newest else {}),
    )


def _reconcile(con: duckdb.DuckDBPyConnection, source: Source, instance: str, facts: dict, as_of: datetime) -> None:
    """Books our rows beside what Odoo counted right after the reading, by company where rows have one, and how many
    rows came and went meanwhile."""
    if facts.get("counts") is None:
        return
    con.execute("delete from reconciliation where instance = ? and source = ?", [instance, source.name])
    company = "company_id" if "company_id" in source.fields else "null"
    ours = dict(
        con.execute(
            f"""select {company} as company_id, count(distinct id) from raw.{source.name}
                where instance = ? and _valid_to is null group by all""",
            [instance],
        ).fetchall()
    )
    counted = dict(facts["counts"])
    for company_id in counted.keys() | ours.keys():
        con.execute(
            """insert into reconciliation
                (instance, source, company_id, odoo_count, warehouse_count, counted_at, came, went)
                values (?, ?, ?, ?, ?, ?, ?, ?)""",
            [
                *(instance, source.name, company_id, counted.get(company_id, 0), ours.get(company_id, 0), as_of),
                *(facts.get("came", 0), facts.get("went", 0)),
            ],
        )


def drop_old_versions(con: duckdb.DuckDBPyConnection, sources: list[Source], before: datetime) -> int:
    """Drops what rows were before they changed, where that ended before `before`; returns how many. What was deleted
    or hidden in Odoo is no such version and stays."""
    return sum(
        con.execute(
            f"delete from raw.{source.name} where _closed_by = 'change' and _valid_to < ?", [before]
        ).fetchone()[0]
        for source in sources
        if _has_table(con, source)
    )


def forget_settled(con: duckdb.DuckDBPyConnection, sources: Iterable[Source], keep: int) -> None:
    """Of the database for samples: drops what no later sample needs to know, so that it does not grow.

    That is what rows were before they changed or vanished, and rows that are neither open nor among the `keep` newest
    ids of their place."""
    con.execute("begin")
    for source in sources:
        if not _has_table(con, source):
            continue
        is_settled = " or ".join(source.settled) or "true"
        con.execute(f"delete from raw.{source.name} where _valid_to is not null")
        con.execute(
            f"""delete from raw.{source.name} as raw using (
                    select instance, id from (select distinct instance, id from raw.{source.name})
                    qualify row_number() over (partition by instance order by id desc) = $keep
                ) as last
                where raw.instance = last.instance and raw.id < last.id and ({is_settled})
                    and not exists (
                        select 1 from open_id
                        where open_id.instance = raw.instance and open_id.source = $source and open_id.id = raw.id)""",
            {"keep": keep, "source": source.name},
        )
    con.execute("commit")


def book_instance(con: duckdb.DuckDBPyConnection, instance: str, url: str, version: str, transport: str) -> None:
    """Notes where an instance is and how it was read."""
    con.execute("insert or replace into odoo_instance values (?, ?, ?, ?)", [instance, url, version, transport])


def book_version(con: duckdb.DuckDBPyConnection, instance: str, version: str, as_of: datetime) -> None:
    """Notes which version an instance has at a load (UTC), so that an upgrade lies between two of them."""
    series = re.search(SERIES, version)
    version = series[0] if series else version
    [before] = con.execute(
        "select max_by(version, seen_from) from odoo_version where instance = ?", [instance]
    ).fetchone()
    if before == version:
        con.execute(
            """update odoo_version set seen_to = $as_of
                where instance = $instance and seen_from = (
                    select max(seen_from) from odoo_version where instance = $instance)""",
            {"instance": instance, "as_of": as_of},
        )
    else:
        con.execute("insert into odoo_version values (?, ?, ?, ?)", [instance, version, as_of, as_of])


def version_before(con: duckdb.DuckDBPyConnection, instance: str) -> str | None:
    """The version an Odoo had when it was loaded last; None before its first load."""
    found = con.execute("select version from odoo_instance where instance = ?", [instance]).fetchone()
    return found[0] if found else None


def newest_rows(con: duckdb.DuckDBPyConnection, source: Source, instance: str, count: int) -> dict[int, datetime]:
    """Id -> creation (UTC) of the newest current rows of a source that has `created_at`."""
    try:
        rows = con.execute(
            f"""select id, created_at from raw.{source.name}
                where instance = ? and _valid_to is null and created_at is not null order by id desc limit ?""",
            [instance, count],
        )
    except (duckdb.CatalogException, duckdb.BinderException):  # never loaded, or before it had this column
        return {}
    return dict(rows.fetchall())


def book_run(con: duckdb.DuckDBPyConnection, run: str, started_at: datetime, **facts) -> None:
    """Opens or updates the booking of a run; `facts` are columns of the table run."""
    con.execute("insert or ignore into run (run, started_at, status) values (?, ?, 'running')", [run, started_at])
    if facts:
        values = ", ".join(f"{name} = ${name}" for name in facts)
        con.execute(f"update run set {values} where run = $run", {"run": run} | facts)


def book_loaded(con: duckdb.DuckDBPyConnection, run: str, as_of: datetime, loaded: list[Loaded]) -> None:
    """Adds up what a run read and changed."""
    con.execute(
        """update run set as_of = ?, status = 'loaded', instance_count = ?, read_rows = ?, new_rows = ?,
               changed_rows = ?, closed_rows = ? where run = ?""",
        [
            as_of,
            len({item.instance for item in loaded}),
            sum(item.read for item in loaded),
            sum(item.new for item in loaded),
            sum(item.changed for item in loaded),
            sum(item.closed for item in loaded),
            run,
        ],
    )


def instances(con: duckdb.DuckDBPyConnection) -> list[str]:
    """The Odoos whose rows are in the work database."""
    return [row[0] for row in con.execute("select instance from odoo_instance order by instance").fetchall()]


def forget_demo(con: duckdb.DuckDBPyConnection) -> bool:
    """Removes the demo plants, which can be simulated again, and their scoreboard; True when there were any."""
    if DEMO_INSTANCE not in instances(con):
        return False
    con.execute("begin")
    for (table,) in con.execute("select table_name from duckdb_tables() where schema_name = 'raw'").fetchall():
        con.execute(f"delete from raw.{table} where instance = ?", [DEMO_INSTANCE])
    for table in ("source_state", "open_id", "reconciliation", "odoo_instance", "odoo_version"):
        con.execute(f"delete from {table} where instance = ?", [DEMO_INSTANCE])
    for table in ("agg_kpi", "agg_budget", "kpi_baseline", "run"):
        con.execute(f"delete from {table}")
    con.execute("commit")
    return True


def last_run(warehouse: Path) -> dict | None:
    """The newest run, published or not: run, started_at, status, message; status "running" while one works."""
    if not (warehouse / WORK).exists():
        return None
    try:
        con = duckdb.connect(str(warehouse / WORK), read_only=True)
    except duckdb.IOException as error:
        if not _is_locked(error):
            raise
        return {"run": None, "started_at": None, "status": "running", "message": "a refresh is at work"}
    rows = con.sql("select run, started_at, status, message from run order by started_at desc limit 1")
    found = rows.to_arrow_table().to_pylist()
    con.close()
    if found and found[0]["status"] == "running":  # nobody holds the file: that run was killed
        found[0] |= {"status": "failed", "message": "it was cut off; the next refresh goes on from there"}
    return found[0] if found else None
