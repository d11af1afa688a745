"""Builds the file that readers open, checks it, and points CURRENT at it.

Marts, exceptions, checks and the scoreboard are computed in a new file beside the published ones. Only when every
check that may fail the run has passed is it renamed to its version and CURRENT replaced; a failed night leaves
yesterday's numbers up.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections import Counter, deque
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from graphlib import TopologicalSorter
from pathlib import Path

import duckdb
import pyarrow as pa

from etl import landing, systems
from etl.load import FIRST_DAY, LARGEST, LAST_DAY, ensure_tables, migrate
from etl.source import Source
from queries import (
    answer,
    budget,
    catalog,
    decision,
    effect,
    measure,
    process_rules,
    readable,
    rules,
    scoreboard,
    secret,
)
from queries.config import Access, Config, ConfigError, Digest
from queries.warehouse import LIMIT_MACRO, MACROS, ODOO_URL_MACRO, current_version

FAILURES = 1000  # records that a check tells, however many it found
FAILURE = {
    "instance": "varchar",
    "record_model": "varchar",
    "record_id": "bigint",
    "name": "varchar",
    "plant": "varchar",
    "detail": "varchar",
}
CHECK_RESULT = ("name", "about", "severity", "title", "definition", "owner", "remedy", "status")
CHECK_COUNT = pa.schema(
    [
        ("run", pa.string()),
        ("as_of", pa.timestamp("us")),
        ("check_name", pa.string()),
        ("plant", pa.string()),
        ("judged_count", pa.int64()),
        ("failed_count", pa.int64()),
    ]
)
BOOKS = {"odoo_instance", "odoo_version", "source_state", "reconciliation"}  # of what was read, as of every run
KEEP_DAYS = 7
READERS = 0o640  # of what is published: the group of the warehouse folder may be let in, nobody else
KEEP_INTRADAY = 12
SCOREBOARD_WEEKS = 105
VALIDATED: set[str] = set()  # recipes that this process has seen fit


# What is kept of every run, where it says something else than the runs before: the key of a line, and what it says.
HISTORY = {
    "agg_kpi": (
        ("kpi", "plant", "period", "period_start", "clock"),
        ("value", "n", "n_open", "n_unmeasured", "is_final", "reason", "verdict", "shift_since"),
    ),
    "agg_budget": (
        ("kpi", "plant", "period_start"),
        ("clock", "objective", "limit_seconds", "n_due", "n_missed", "n_allowed", "n_corrected", "gone_on", "reason"),
    ),
    "check_count": (("check_name", "plant"), ("judged_count", "failed_count")),
}
HISTORY_OF = """
    create or replace table ops.main.{table}_history as
    with before as (
        select * from work.main.{table} where run <> $run
    ),
    newest as (
        select * from before
        qualify row_number() over (partition by {key} order by as_of desc, run desc) = 1
    )
    select * from before
    union all by name
    select * from ops.main.{table} as new
    where not exists (select 1 from newest as old where {same})"""


# agg_kpi, as it is before its weeks are judged.
BOARD = """
    select $run as run, $as_of::timestamp as as_of, kpi, nullif(cut, '') as plant,
        if(period_end - period_start = 7, 'week', '28 days') as period, period_start, period_end, clock,
        value, value_closed, low, high, n::bigint as n, n_open::bigint as n_open, plant_count::bigint as plant_count,
        is_final, null::double as baseline, null::varchar as verdict, reason::varchar as reason,
        n_unmeasured::bigint as n_unmeasured, covers_start::date as covers_start, covers_end::date as covers_end
    from measured_rows"""


EXCEPTION = """exception varchar, title varchar, severity varchar, owner varchar, fallback varchar, remedy varchar,
    limit_seconds double, instance varchar, record_model varchar, record_id bigint, name varchar, plant varchar,
    responsible varchar, detail varchar, since_at timestamp, age_seconds double, is_overdue boolean, amount double,
    currency varchar, waiting_count bigint, due_soon_count bigint, held_up_amount double, held_up_currency varchar,
    record_url varchar"""
# What a rule may leave out is empty; what applies in a plant is its own line, or that of all plants.
EXCEPTION_OF = """
    insert into {schema}.fct_exception by name
    with found as (
        (
            select null::varchar as responsible, null::varchar as detail, null::double as amount,
                null::varchar as currency
            limit 0
        )
        union all by name
        select * from (
            {sql}
        )
    ),
    applies as (
        select * from cfg_exception where exception = $name
    )
    select
        applies.* exclude (sla, is_off, plant),
        found.*,
        $title as title,
        $remedy as remedy,
        applies.sla as limit_seconds,
        epoch($as_of - found.since_at) as age_seconds,
        epoch($as_of - found.since_at) > applies.sla as is_overdue,
        held_up.waiting_count,
        held_up.due_soon_count,
        coalesce(held_up.amount, found.amount * exchange.rate) as held_up_amount,
        if(held_up_amount is null, null, coalesce(held_up.currency, exchange.reporting_currency)) as held_up_currency,
        odoo_url(odoo_instance.url, odoo_instance.version, found.record_model, found.record_id) as record_url,
    from found
    inner join applies
        on applies.plant = if(found.plant in (select plant from applies), found.plant, '')
    left join fct_held_up as held_up
        on held_up.instance = found.instance
        and held_up.record_model = found.record_model
        and held_up.record_id = found.record_id
    left join dim_exchange_rate as exchange
        on exchange.instance = found.instance
        and exchange.currency = found.currency
        and exchange.valid_from <= $as_of::date
        and coalesce($as_of::date < exchange.valid_to, true)
    left join odoo_instance on odoo_instance.instance = found.instance
    where not applies.is_off"""


class CheckFailed(Exception):
    """Checks found rows that must not exist; nothing was published."""


@dataclass(frozen=True)
class Part:
    """What a publish builds. `base` is the published file from which all else is taken as it is; None where everything
    is built."""

    marts: dict[str, catalog.Mart]
    kpis: dict[str, catalog.Kpi]
    exceptions: dict[str, catalog.ExceptionRule]
    checks: dict[str, catalog.Check]
    base: Path | None = None


def publish(
    con: duckdb.DuckDBPyConnection,
    warehouse: Path,
    run: str,
    as_of: datetime,
    sources: list[Source],
    config: Config,
    report: Callable[[str], None],
    only_integrations: bool = False,
) -> Path:
    """Builds and publishes `ops_<run>.duckdb` from the work database `con`, and books it; returns its path.

    only_integrations: what does not tell of integrations alone stays as it was published last, and as old; where that
    was by other rules than today's everything is built.
    """
    building = warehouse / f".build_ops_{run}.duckdb"
    _clear_builds(warehouse)
    ensure_tables(con, sources)
    recipe = _recipe(sources, config)
    part = Part(catalog.marts(), catalog.load(), catalog.exceptions(), catalog.checks())
    if only_integrations and (base := _base(warehouse, recipe)):
        part = of_integrations(part, sources, base)
    try:
        if part.base:
            shutil.copyfile(part.base, building)
        con.execute(f"attach '{_quoted(building)}' as ops")
        try:
            con.execute("set search_path = 'ops.main,work.main'")
            con.execute("set preserve_insertion_order = false")  # rows of a mart have no order: half the memory
            _build(con, warehouse, run, as_of, sources, config, report, part, recipe)
        finally:
            with suppress(duckdb.Error):  # what went wrong inside is what counts
                con.execute("reset preserve_insertion_order")
                con.execute("set search_path = 'work.main'")
                con.execute("detach ops")
        published = _release(warehouse, building, run)
    except BaseException:
        _clear_builds(warehouse)  # on a full disk it would only be in the way
        raise
    _book(con, published, run)
    return published


def of_integrations(whole: Part, sources: list[Source], base: Path) -> Part:
    """What is made of nothing but what integrations record, and of dimensions; other dimensions stay as they are."""
    current = {view for source in systems.recorded().values() for view in source.views} | BOOKS
    facts = {name for name in whole.marts if not name.startswith("dim_")}
    every = facts | {view for source in sources for view in source.views} | BOOKS | {"fct_exception"}

    def is_part(names: set[str]) -> bool:
        return bool(names) and names <= current

    def part_of(things: dict) -> dict:
        return {name: thing for name, thing in things.items() if is_part(catalog.depends_on(thing.sql, every))}

    marts = {}
    for name, mart in whole.marts.items():  # in dependency order
        if is_part(mart.made_from(every)):
            marts[name] = mart
            current.add(name)
    return Part(marts, part_of(whole.kpis), part_of(whole.exceptions), part_of(whole.checks), base)


def is_validated(warehouse: Path, sources: list[Source], config: Config) -> bool:
    """Whether what is published was built by these very rules, so that they are known to fit."""
    return _base(warehouse, _recipe(sources, config)) is not None


def _recipe(sources: list[Source], config: Config) -> str:
    """By what rules a file is built: the same only while the code, the SQL, ops.toml and DuckDB are, where rows come
    from, who may read them and who is told of them apart."""
    config = replace(config, instances=(), inboxes=(), access=Access(), digest=Digest())
    said = (duckdb.__version__, config, [(source.name, source.columns) for source in sources])
    digest = hashlib.sha256(repr(said).encode())
    files = [Path(__file__), *sorted(path for path in catalog.FOLDER.rglob("*") if path.suffix in (".sql", ".py"))]
    for path in files:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _base(warehouse: Path, recipe: str) -> Path | None:
    """The published file, where it was built by this recipe."""
    path = warehouse / (current_version(warehouse) or "")
    if not path.is_file():
        return None
    try:
        with duckdb.connect(str(path), read_only=True) as con:
            return path if con.execute("select recipe from version").fetchone()[0] == recipe else None
    except duckdb.Error:
        return None


def settle(con: duckdb.DuckDBPyConnection, warehouse: Path) -> None:
    """Brings the books in line with what is there, after a run that was killed at any moment."""
    _clear_builds(warehouse)
    con.execute(
        """update run set status = 'failed', message = 'it was cut off; the next refresh goes on from there'
            where status = 'running'"""
    )
    current = current_version(warehouse)
    run = (current or "").removeprefix("ops_").removesuffix(".duckdb")
    behind = con.execute("select 1 from run where run = ? and published_at is null", [run]).fetchone()
    if behind and (warehouse / current).exists():
        _book(con, warehouse / current, run)


def _clear_builds(warehouse: Path) -> None:
    for leftover in warehouse.glob(".build_ops_*"):
        leftover.unlink(missing_ok=True)


def validate(sources: list[Source], config: Config) -> None:
    """Runs every mart, KPI, check and exception on an empty warehouse; CatalogError names what does not fit.

    Done before anything is read, so that a mistyped file costs seconds and not a night; a process does it once.
    """
    recipe = _recipe(sources, config)
    if recipe in VALIDATED:
        return
    kpis = catalog.load()
    for section, named in (
        ("target", config.targets),
        ("baseline", config.baselines),
        ("budget", config.objectives),
    ):
        for one in named:
            if one.kpi not in kpis:
                raise ConfigError(f"ops.toml: [{section}] {one.kpi!r} is no KPI: use one of {', '.join(kpis)}.")
    compared = [name for name, kpi in kpis.items() if kpi.measure in scoreboard.JUDGED]
    for marker in config.markers:
        for name in marker.kpis:
            if name not in compared:
                what = "is no KPI"
                if name in kpis:
                    what = f"is {readable.a(kpis[name].measure)}, which has no before and after"
                raise ConfigError(
                    f"ops.toml: [[marker]] {marker.name!r}: {name!r} {what}: use one of {', '.join(compared)}."
                )
    con = duckdb.connect(":memory:")
    con.execute("set global timezone = 'UTC'")
    migrate(con)
    ensure_tables(con, sources)
    put_configuration(con, config, "main")
    _put_macros(con)
    build_marts(con, datetime(2000, 1, 1), lambda text: None, "main")
    build_exceptions(con, datetime(2000, 1, 1), "main")
    for kpi in kpis.values():
        measure.columns(con, kpi)
        budget.levels(kpi, config.objectives)
    for check in catalog.checks().values():
        _judged(con, check)
        _failures(con, check)
    con.close()
    VALIDATED.add(recipe)


def _build(
    con, warehouse: Path, run: str, as_of: datetime, sources, config: Config, report, part: Part, recipe: str
) -> None:
    if not part.base:
        put_configuration(con, config, "ops.main")
    for table in BOOKS:
        con.execute(f"create or replace table ops.main.{table} as select * from work.main.{table}")
    _put_macros(con)
    build_marts(con, as_of, report, "ops.main", part.marts)
    report("exceptions")
    build_exceptions(con, as_of, "ops.main", part.exceptions)
    report("scoreboard")
    levels = [level for kpi in part.kpis.values() for level in budget.levels(kpi, config.objectives)]
    measured, due = _scoreboard(con, part.kpis, levels, as_of, run)
    locked = con.sql("select * from work.main.kpi_baseline").to_arrow_table()
    board, baselines = scoreboard.judged(measured, part.kpis, config.baselines, locked)
    tables = {
        "agg_kpi": board,
        "kpi_baseline": baselines,
        "cfg_objective": budget.service_level_table(levels),
        "agg_due": due,
        "agg_change_effect": _effects(con, board, part.kpis, as_of),
        "agg_budget": _budgets(warehouse, levels, due, as_of, run, report),
    }
    for name, table in tables.items():
        _put(con, name, table, "kpi", list(part.kpis) if part.base else None)
    report("checks")
    failed = _checks(con, config, sources, part, run, as_of)
    for table, (key, said) in HISTORY.items():
        same = " and ".join(f"old.{column} is not distinct from new.{column}" for column in key + said)
        con.execute(HISTORY_OF.format(table=table, key=", ".join(key), same=same), {"run": run})
    _bookkeeping(con, run, as_of, sources, part, recipe)
    if failed:
        raise CheckFailed(
            "nothing was published: "
            + "; ".join(f"{check.title} ({count} rows): {check.remedy}" for check, count in failed)
        )


def _put(con, name: str, table: pa.Table, key: str, instead_of: list[str] | None) -> None:
    """A table of the file being built; or, of one that is there, the rows in place of those with these keys."""
    con.register("put_rows", table)
    if instead_of is None:
        con.execute(f"create table ops.main.{name} as select * from put_rows")
    else:
        con.execute(f"delete from ops.main.{name} where list_contains($keys::varchar[], {key})", {"keys": instead_of})
        con.execute(f"insert into ops.main.{name} by name select * from put_rows")
    con.unregister("put_rows")


def put_configuration(con, config: Config, schema: str) -> None:
    """The cfg_* tables."""
    applied = rules.tables(config, catalog.exceptions(), catalog.checks())
    for name, table in (config.tables() | applied | process_rules.tables(config)).items():
        con.register("configuration_rows", table)
        con.execute(f"create table {schema}.{name} as select * from configuration_rows")
        con.unregister("configuration_rows")


def _put_macros(con) -> None:
    for macro in (*MACROS, LIMIT_MACRO, ODOO_URL_MACRO):
        con.execute(macro)


def build_marts(con, as_of: datetime, report, schema: str, marts: dict[str, catalog.Mart] | None = None) -> None:
    """Every mart, or these."""
    chosen = catalog.marts() if marts is None else marts

    def build(own, mart: catalog.Mart) -> None:
        report(mart.name)
        build_mart(own, mart, as_of, schema)

    _two_at_a_time(con, build, chosen, lambda mart: mart.made_from(chosen))


def build_mart(con, mart: catalog.Mart, as_of: datetime, schema: str) -> None:
    """One mart; those it is made from must be there."""
    sql, parameters = mart.sql, {"as_of": as_of} if "$as_of" in mart.sql else {}
    try:
        if mart.build:
            con.register("mart_rows", mart.build(con, as_of))
            sql = "select * from mart_rows"
        con.execute(f"create or replace table {schema}.{mart.name} as {sql}", parameters)
        if mart.build:
            con.unregister("mart_rows")
    except duckdb.Error as error:
        raise catalog.CatalogError(f"{mart.file}: {str(error).splitlines()[0]}") from error


def build_exceptions(
    con, as_of: datetime, schema: str, exceptions: dict[str, catalog.ExceptionRule] | None = None
) -> None:
    """fct_exception: every record an exception rule (one of these) names, with its age against what applies in its
    plant."""
    con.execute(f"create table if not exists {schema}.fct_exception ({EXCEPTION})")
    for rule in (catalog.exceptions() if exceptions is None else exceptions).values():
        parameters = {"as_of": as_of} if "$as_of" in rule.sql else {}
        said = {name: getattr(rule, name) for name in ("name", "title", "remedy")}
        try:
            catalog.check_exception_columns(rule, con.sql(rule.sql, params=parameters).columns)
            con.execute(f"delete from {schema}.fct_exception where exception = $name", {"name": rule.name})
            con.execute(EXCEPTION_OF.format(schema=schema, sql=rule.sql), said | {"as_of": as_of})
        except duckdb.Error as error:
            raise catalog.CatalogError(f"{rule.file}: {str(error).splitlines()[0]}") from error


def _scoreboard(
    con, kpis: dict[str, catalog.Kpi], levels: list[budget.ServiceLevel], as_of: datetime, run: str
) -> tuple[pa.Table, pa.Table]:
    """agg_kpi of this run: every KPI, for all plants together (plant null) and each plant, by week and by 28 days; and
    agg_due: what fell due on each day under its service levels."""
    [(first,)] = con.execute("select min(created_at) from dim_document where created_at is not null").fetchall()
    first_day = max((first or as_of).date(), as_of.date() - timedelta(weeks=SCOREBOARD_WEEKS))
    periods = measure.weeks(first_day, as_of) + measure.tiles(first_day, as_of)
    without_rows: dict[tuple, pa.Table] = {}  # the same for all KPIs that are measured alike

    def measured(own, kpi: catalog.Kpi) -> tuple[list[pa.Table], list[pa.Table]]:
        kept = measure.with_rows_kept(own, kpi, as_of)
        reached = measure.within(periods, kpi, as_of)
        [(has_rows,)] = own.execute(f"select exists ({kept.sql})").fetchall()
        held = [level for level in levels if level.kpi == kpi.name] if has_rows else []
        lines = []
        for clock in kpi.clocks:
            alike = (kpi.measure, kpi.statistic, kpi.coverage, kpi.reach, clock)
            part = None if has_rows else without_rows.get(alike)
            if part is None:
                part = measure.compute(own, kept, reached, as_of, by="plant", clock=clock, total=True)
            if not has_rows:
                without_rows[alike] = part
            lines.append(_said(part, kpi=kpi.name, clock=clock))
        return lines, [budget.due(own, kept, held, as_of)] if held else []

    found = _two_at_a_time(con, measured, kpis)
    parts = pa.concat_tables([line for lines, _ in found for line in lines], promote_options="permissive")
    con.register("measured_rows", parts)
    board = answer.table(con, BOARD, {"run": run, "as_of": as_of})
    con.unregister("measured_rows")
    return board, pa.concat_tables([budget.DUE.empty_table(), *(rows for _, held in found for rows in held)])


def _said(rows: pa.Table, **columns: str) -> pa.Table:
    """The rows with these columns beside their own, the same in each row."""
    for name, value in columns.items():
        rows = rows.append_column(name, pa.repeat(pa.scalar(value), rows.num_rows))
    return rows


def _two_at_a_time(con, work: Callable, things: Mapping, made_from: Callable | None = None) -> list:
    """`work(cursor, thing)` of each thing, in their order: one plans while the other computes. What a thing is
    `made_from`, of the same names, is worked on before it."""
    [(path,)] = con.execute("select current_setting('search_path')").fetchall()
    free = deque(con.cursor() for _ in range(2))
    cursors = tuple(free)
    for cursor in cursors:
        cursor.execute(f"set search_path = '{path}'")
    graph = TopologicalSorter({name: made_from(thing) if made_from else () for name, thing in things.items()})
    graph.prepare()

    def worked(thing):
        own = free.popleft()
        try:
            return work(own, thing)
        finally:
            free.append(own)

    found, running = {}, {}
    with ThreadPoolExecutor(len(cursors)) as pool:
        try:
            while graph.is_active():
                running |= {pool.submit(worked, things[name]): name for name in graph.get_ready()}
                for ended in wait(running, return_when=FIRST_COMPLETED).done:
                    name = running.pop(ended)
                    found[name] = ended.result()
                    graph.done(name)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
        finally:
            for cursor in cursors:
                cursor.interrupt()  # where one failed, or somebody stopped it, the other need not end
    for cursor in cursors:
        cursor.close()
    return [found[name] for name in things]


def _effects(con, board: pa.Table, kpis: dict[str, catalog.Kpi], as_of: datetime) -> pa.Table:
    """agg_change_effect: what became of the KPIs that each change of fct_change_marker concerns."""
    markers = con.sql("select * from fct_change_marker where plant is not null").to_arrow_table().to_pylist()
    judged = {name: kpi for name, kpi in kpis.items() if kpi.measure in scoreboard.JUDGED}
    models = {}
    if any(marker["models"] and marker["kpis"] is None for marker in markers):
        models = measure.record_models(con, judged.values(), as_of)
    changes = effect.changes(markers, judged, models)
    return effect.effects(board, kpis, changes)


def _budgets(
    warehouse: Path, levels: list[budget.ServiceLevel], due: pa.Table, as_of: datetime, run: str, report
) -> pa.Table:
    """agg_budget. Where the decisions cannot be read there are no budgets, and all else is published."""
    try:
        return budget.table(budget.of_all(levels, due, decision.corrections(warehouse), as_of), run)
    except decision.DecisionError as error:
        report(f"budgets left out: {error}")
        return budget.table([], run)


def _book(con, published: Path, run: str) -> None:
    """Books a published run, and keeps its scoreboard: both or neither."""
    con.execute(f"attach '{_quoted(published)}' as ops (read_only)")
    try:
        con.execute("begin")
        for table in HISTORY:
            con.execute(f"delete from work.main.{table} where run = $run", {"run": run})
            con.execute(
                f"insert into work.main.{table} by name select * from ops.main.{table}_history where run = $run",
                {"run": run},
            )
        con.execute("delete from work.main.kpi_baseline")
        con.execute("insert into work.main.kpi_baseline by name select * from ops.main.kpi_baseline")
        con.execute(
            """update run set status = 'published', message = upgrade,
                    published_at = (select published_at from ops.main.run where run = $run)
                where run = $run""",
            {"run": run},
        )
        con.execute("commit")
    except BaseException:
        with suppress(duckdb.Error):
            con.execute("rollback")
        raise
    finally:
        with suppress(duckdb.Error):
            con.execute("detach ops")


def _count(con, check: catalog.Check) -> int:
    try:
        return con.execute(f"select count(*) from (\n{check.sql}\n)").fetchall()[0][0]
    except duckdb.Error as error:
        raise catalog.CatalogError(f"{check.file}: {str(error).splitlines()[0]}") from error


def _judged(con, check: catalog.Check) -> tuple[catalog.Check, int, list[dict]]:
    """A check, how many rows it found, and, of one about master data, how many it looked at in each plant (None: in
    none)."""
    if check.about != catalog.MASTER_DATA:
        return check, _count(con, check), []
    try:
        found = con.sql(check.sql)
        catalog.check_check_columns(check, found.columns)
        counts = found.aggregate(
            "plant, count(*) as judged_count, count(*) filter (where is_wrong) as failed_count", "plant"
        )
        rows = [{"check_name": check.name} | row for row in counts.to_arrow_table().to_pylist()]
    except duckdb.Error as error:
        raise catalog.CatalogError(f"{check.file}: {str(error).splitlines()[0]}") from error
    return check, sum(row["failed_count"] for row in rows), rows


def _failures(con, check: catalog.Check) -> pa.Table:
    """What a check found, at most FAILURES rows of it: records, or what it says of things that are none."""
    found = con.sql(check.sql)
    if check.about == catalog.MASTER_DATA:
        found = found.filter("is_wrong")
    told = {name: name if name in found.columns else f"null::{type}" for name, type in FAILURE.items()}
    listed = found.project(", ".join(f"{column} as {name}" for name, column in told.items()))
    return listed.order("instance, record_model, record_id, name, detail").limit(FAILURES).to_arrow_table()


def _version_check(sources: list[Source]) -> catalog.Check:
    """Whether the versions of each raw row end after they begin."""
    backwards = """select instance, '{name}' as name, count(*) || ' versions end before they begin' as detail
        from stg_{name}_history where valid_to < valid_from group by instance"""
    return catalog.Check(
        name="version_ends_before_it_begins",
        file="etl/publish.py",
        sql=" union all ".join(backwards.format(name=source.name) for source in sources),
        title="Versions of rows end after they begin",
        definition="No version of a row that was read ends before it was first seen.",
        severity="warn",
        owner="Operator",
        remedy="the clock of this machine went back between two refreshes: set it, and read the source with --full",
    )


def _possible_check(sources: list[Source], raw: str = "work.raw") -> catalog.Check:
    """Which raw rows hold what the staging views leave out."""
    parts = []
    for source in sources:
        odd = {
            name: f"abs({name}) >= {LARGEST:.0f}"
            if type == pa.float64()
            else f"({name} < '{FIRST_DAY}' or {name} > '{LAST_DAY}')"
            for name, type in source.columns.items()
            if type in (pa.float64(), pa.date32(), pa.timestamp("us"))
        }
        if odd:
            told = ", ".join(f"if({is_odd}, '{name} ' || {name}, null)" for name, is_odd in odd.items())
            parts.append(f"""select instance, '{source.model}' as record_model, id as record_id,
                concat_ws(', ', {told}) as detail
                from {raw}.{source.name} where _valid_to is null and ({" or ".join(odd.values())})""")
    return catalog.Check(
        name="value_impossible",
        file="etl/publish.py",
        sql=" union all ".join(parts),
        title="Days and numbers are possible",
        definition=f"No day lies before {FIRST_DAY[:4]} or after the year {LAST_DAY[:4]} begins, and no number has "
        "more than fifteen digits.",
        severity="warn",
        owner="Operator",
        remedy="correct the record in Odoo: an earlier day and a larger number count as empty, a later day as the "
        f"first of {LAST_DAY[:4]}",
    )


def _checks(
    con, config: Config, sources: list[Source], part: Part, run: str, as_of: datetime
) -> list[tuple[catalog.Check, int]]:
    """Runs the checks into the tables check_result, check_count and check_failure; returns those that must stop the
    run."""
    checks = rules.checks_in_force(part.checks, config)
    if not part.base:
        checks |= {check.name: check for check in (_version_check(sources), _possible_check(sources))}
    judged = _two_at_a_time(con, _judged, checks)
    counts = [(check, count) for check, count, _ in judged]
    rows = [{"run": run, "as_of": as_of} | row for _, _, counted in judged for row in counted]
    names = list(checks) if part.base else None
    _put(con, "check_count", pa.Table.from_pylist(rows, CHECK_COUNT), "check_name", names)
    columns = ", ".join(f"{name} {type}" for name, type in FAILURE.items())
    con.execute(f"create table if not exists ops.main.check_failure (check_name varchar, {columns})")
    for check, count in counts:
        con.execute("delete from ops.main.check_failure where check_name = $name", {"name": check.name})
        if count:
            con.register("failure_rows", _failures(con, check))
            con.execute("insert into ops.main.check_failure select $name, * from failure_rows", {"name": check.name})
            con.unregister("failure_rows")

    def doubled(own, mart: catalog.Mart) -> tuple[catalog.Check, int]:
        keys = ", ".join(mart.key)
        check = catalog.Check(
            name=f"{mart.name}_key",
            file=mart.file,
            sql=f"select {keys} from {mart.name} group by {keys} having count(*) > 1",
            title=f"{mart.name} has one row per {', '.join(mart.key)}",
            definition=f"The key of {mart.name} is unique: {mart.grain}.",
            severity="fail",
            owner="Operator",
            remedy="report the rows: the mart would count them twice",
        )
        # Only rows whose keys have the same hash can have the same key: numbers are compared in less memory than texts.
        suspect = replace(check, sql=f"select hash({keys}) from {mart.name} group by all having count(*) > 1")
        return check, _count(own, suspect) and _count(own, check)

    counts += _two_at_a_time(con, doubled, part.marts)
    schema = pa.schema([(name, pa.string()) for name in CHECK_RESULT] + [("failed_count", pa.int64())])
    rows = [
        {name: getattr(check, name) for name in schema.names if hasattr(check, name)}
        | {"failed_count": count, "status": check.severity if count else "pass"}
        for check, count in counts
    ]
    names = [check.name for check, _ in counts] if part.base else None
    _put(con, "check_result", pa.Table.from_pylist(rows, schema), "name", names)
    return [(check, count) for check, count in counts if count and check.severity == "fail"]


def _bookkeeping(con, run: str, as_of: datetime, sources: list[Source], part: Part, recipe: str) -> None:
    """Tables about the data itself: this version, the runs, the sources with what a gap costs, the marts' headers and
    the moments they are from. The version is as old as what was not built."""
    oldest = con.execute("select as_of from ops.main.version").fetchone()[0] if part.base else as_of
    con.execute(
        """create or replace table ops.main.version as
            select $run as run, $as_of::timestamp as as_of, $recipe as recipe""",
        {"run": run, "as_of": oldest, "recipe": recipe},
    )
    con.execute(
        """create or replace table ops.main.run as
            select * replace (
                if(run = $run, 'published', status) as status,
                if(run = $run, $now, published_at) as published_at,
                if(run = $run, upgrade, message) as message)
            from work.main.run order by started_at desc limit 400""",
        {"run": run, "now": datetime.now(UTC).replace(tzinfo=None, microsecond=0)},
    )
    marts = [{"mart": m.name, "grain": m.grain, "person": list(m.person), "as_of": as_of} for m in part.marts.values()]
    about = [("mart", pa.string()), ("grain", pa.string()), ("person", pa.list_(pa.string()))]
    schema = pa.schema([*about, ("as_of", pa.timestamp("us"))])
    if part.base:
        _put(con, "mart", pa.Table.from_pylist(marts, schema), "mart", list(part.marts))
        return
    exceptions = {"mart": "fct_exception", "grain": "one row per exception and record", "person": ["responsible"]}
    _put(con, "mart", pa.Table.from_pylist([*marts, exceptions | {"as_of": as_of}], schema), "mart", None)
    needs = kpis_of_sources(sources, part.kpis)
    rows = [{"source": s.name, "model": s.model, "without": s.without, "kpis": sorted(needs[s.name])} for s in sources]
    schema = pa.schema(
        [(name, pa.string()) for name in ("source", "model", "without")] + [("kpis", pa.list_(pa.string()))]
    )
    _put(con, "source", pa.Table.from_pylist(rows, schema), "source", None)


def kpis_of_sources(sources: list[Source], kpis: dict[str, catalog.Kpi]) -> dict[str, set[str]]:
    """Which KPIs read a source, through however many marts."""
    marts = catalog.marts()
    staging = {view: source.name for source in sources for view in source.views}
    reads: dict[str, set[str]] = {}
    for mart in marts.values():  # in dependency order
        names = mart.made_from([*staging, *marts])
        reads[mart.name] = {staging[n] for n in names if n in staging}.union(*(reads[n] for n in names if n in reads))
    found: dict[str, set[str]] = {source.name: set() for source in sources}
    for kpi in kpis.values():
        for mart in catalog.marts_of(kpi, marts):
            for source in reads[mart]:
                found[source].add(kpi.title)
    return found


def _release(warehouse: Path, building: Path, run: str) -> Path:
    """Makes the built file durable, gives it its name, points CURRENT at it, and retires old versions."""
    con = duckdb.connect(str(building))
    con.execute("checkpoint")
    con.close()
    if building.with_name(building.name + ".wal").exists():
        raise RuntimeError(f"{building.name} still has a write-ahead log after its checkpoint; it was not published")
    with building.open("rb") as handle:
        os.fsync(handle.fileno())
    building.chmod(READERS)
    secret.of(warehouse, secret.PSEUDONYMS)  # for readers who may not make it
    target = warehouse / f"ops_{run}.duckdb"
    building.replace(target)
    landing.write_text_atomically(warehouse / "CURRENT", target.name, mode=READERS)
    retire(warehouse, target.name)
    return target


def retire(warehouse: Path, current: str) -> None:
    """Keeps the newest versions of today and one for each of the last days; deletes the rest, never the current."""
    versions = sorted((path.name for path in warehouse.glob("ops_*.duckdb")), reverse=True)
    keep, days = {current, *versions[:KEEP_INTRADAY]}, Counter()
    for name in versions:
        day = name[4:12]
        if day not in days and len(days) < KEEP_DAYS:
            keep.add(name)
        days[day] += 1
    for name in versions:
        if name not in keep:
            (warehouse / name).unlink(missing_ok=True)


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
