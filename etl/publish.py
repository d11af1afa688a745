"""Builds the file that readers open, checks it, and points CURRENT at it.

Marts, exceptions, checks and the scoreboard are computed in a new file beside the published ones. Only when every
check that may fail the run has passed is it renamed to its version and CURRENT replaced; a failed night leaves
yesterday's numbers up.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa

from etl import landing
from etl.load import ensure_tables
from etl.source import Source
from queries import catalog, measure, scoreboard
from queries.config import Config, ConfigError
from queries.warehouse import CLOCK_MACRO, current_version

KEEP_DAYS = 7
KEEP_INTRADAY = 12
SCOREBOARD_WEEKS = 105


# Every scoreboard so far: of each run what it said differently from the runs before it.
SCOREBOARD_HISTORY = """
    create table ops.main.agg_kpi_history as
    with before as (
        select * from work.main.agg_kpi where run <> $run
    ),
    newest as (
        select * from before
        qualify row_number() over (
            partition by kpi, plant, period, period_start, clock order by as_of desc, run desc) = 1
    )
    select * from before
    union all by name
    select * from ops.main.agg_kpi as new
    where not exists (
        select 1 from newest as old
        where old.kpi = new.kpi and old.plant is not distinct from new.plant and old.period = new.period
            and old.period_start = new.period_start and old.clock = new.clock
            and old.value is not distinct from new.value and old.n = new.n and old.n_open = new.n_open
            and old.n_unmeasured is not distinct from new.n_unmeasured
            and old.is_final = new.is_final and old.reason is not distinct from new.reason
            and old.verdict is not distinct from new.verdict
            and old.shift_since is not distinct from new.shift_since)"""


class CheckFailed(Exception):
    """Checks found rows that must not exist; nothing was published."""


def publish(
    con: duckdb.DuckDBPyConnection,
    warehouse: Path,
    run: str,
    as_of: datetime,
    sources: list[Source],
    config: Config,
    report: Callable[[str], None],
) -> Path:
    """Builds and publishes `ops_<run>.duckdb` from the work database `con`, and books it; returns its path."""
    building = warehouse / f".build_ops_{run}.duckdb"
    _clear_builds(warehouse)
    ensure_tables(con, sources)
    try:
        con.execute(f"attach '{_quoted(building)}' as ops")
        try:
            con.execute("set search_path = 'ops.main,work.main'")
            _build(con, run, as_of, sources, config, report)
        finally:
            with suppress(duckdb.Error):  # what went wrong inside is what counts
                con.execute("set search_path = 'work.main'")
                con.execute("detach ops")
        published = _release(warehouse, building, run)
    except BaseException:
        _clear_builds(warehouse)  # on a full disk it would only be in the way
        raise
    _book(con, published, run)
    return published


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

    Done before anything is read, so that a mistyped file costs a second and not a night.
    """
    kpis = catalog.load()
    for section, named in (("target", config.targets), ("baseline", config.baselines)):
        for one in named:
            if one.kpi not in kpis:
                raise ConfigError(f"ops.toml: [{section}] {one.kpi!r} is no KPI: use one of {', '.join(kpis)}.")
    con = duckdb.connect(":memory:")
    con.execute("set timezone = 'UTC'")
    con.execute("create schema raw")
    con.execute("create table odoo_instance (instance varchar, url varchar, version varchar, transport varchar)")
    ensure_tables(con, sources)
    put_configuration(con, config, "main")
    build_marts(con, datetime(2000, 1, 1), lambda text: None, "main")
    build_exceptions(con, datetime(2000, 1, 1), "main")
    con.execute(CLOCK_MACRO)
    for kpi in kpis.values():
        measure.columns(con, kpi)
    for check in catalog.checks().values():
        _count(con, check)
    con.close()


def _build(con, run: str, as_of: datetime, sources, config: Config, report) -> None:
    put_configuration(con, config, "ops.main")
    con.execute("create table ops.main.odoo_instance as select * from work.main.odoo_instance")
    build_marts(con, as_of, report, "ops.main")
    build_exceptions(con, as_of, "ops.main")
    con.execute(CLOCK_MACRO)
    report("scoreboard")
    kpis = catalog.load()
    locked = con.sql("select * from work.main.kpi_baseline").to_arrow_table()
    board, baselines = scoreboard.judged(_scoreboard(con, kpis, as_of, run), kpis, config.baselines, locked)
    for name, table in (("agg_kpi", board), ("kpi_baseline", baselines)):
        con.register("scoreboard_rows", table)
        con.execute(f"create table ops.main.{name} as select * from scoreboard_rows")
        con.unregister("scoreboard_rows")
    con.execute(SCOREBOARD_HISTORY, {"run": run})
    report("checks")
    failed = _checks(con)
    _bookkeeping(con, run, as_of, sources, kpis)
    if failed:
        raise CheckFailed(
            "nothing was published: "
            + "; ".join(f"{check.title} ({count} rows): {check.remedy}" for check, count in failed)
        )


def put_configuration(con, config: Config, schema: str) -> None:
    for name, table in config.tables().items():
        con.register("configuration_rows", table)
        con.execute(f"create table {schema}.{name} as select * from configuration_rows")
        con.unregister("configuration_rows")


def build_marts(con, as_of: datetime, report, schema: str) -> None:
    for mart in catalog.marts().values():
        report(mart.name)
        parameters = {"as_of": as_of} if "$as_of" in mart.sql else {}
        try:
            con.execute(f"create table {schema}.{mart.name} as {mart.sql}", parameters)
        except duckdb.Error as error:
            raise catalog.CatalogError(f"{mart.file}: {str(error).splitlines()[0]}") from error


def build_exceptions(con, as_of: datetime, schema: str) -> None:
    """fct_exception: every record an exception rule names, with its age against the rule's limit."""
    con.execute(
        f"""create table {schema}.fct_exception (exception varchar, title varchar, severity varchar, owner varchar,
            remedy varchar, limit_seconds double, instance varchar, record_model varchar, record_id bigint,
            name varchar, plant varchar, since_at timestamp, age_seconds double, is_overdue boolean)"""
    )
    for rule in catalog.exceptions().values():
        try:
            con.execute(
                f"""insert into {schema}.fct_exception
                    select $name, $title, $severity, $owner, $remedy, $sla, instance, record_model, record_id, name,
                        plant, since_at, epoch($as_of - since_at), epoch($as_of - since_at) > $sla
                    from (
                        {rule.sql}
                    )""",
                {
                    "name": rule.name,
                    "title": rule.title,
                    "severity": rule.severity,
                    "owner": rule.owner,
                    "remedy": rule.remedy,
                    "sla": rule.sla,
                    "as_of": as_of,
                },
            )
        except duckdb.Error as error:
            raise catalog.CatalogError(f"{rule.file}: {str(error).splitlines()[0]}") from error


def _scoreboard(con, kpis: dict[str, catalog.Kpi], as_of: datetime, run: str) -> pa.Table:
    """agg_kpi of this run: every KPI, for all plants together (plant null) and each plant, by week and by 28 days."""
    first = con.execute("select min(created_at) from dim_document where created_at is not null").fetchone()[0]
    first_day = max((first or as_of).date(), as_of.date() - timedelta(weeks=SCOREBOARD_WEEKS))
    periods = {"week": measure.weeks(first_day, as_of), "28 days": measure.tiles(first_day, as_of)}
    parts = []
    for kpi in kpis.values():
        kept = measure.with_rows_kept(con, kpi, as_of)
        for clock in kpi.clocks:
            for period, bounds in periods.items():
                for by in (None, "plant"):
                    part = measure.compute(con, kept, bounds, as_of, by=by, clock=clock)
                    con.register("part", part)
                    parts.append(
                        con.sql(
                            """select $run as run, $as_of::timestamp as as_of, $kpi as kpi, nullif(cut, '') as plant,
                                $period as period, period_start, period_end, $clock as clock, value, low, high,
                                n::bigint as n, n_open::bigint as n_open, plant_count::bigint as plant_count,
                                is_final, null::double as baseline, null::varchar as verdict, reason::varchar as reason,
                                n_unmeasured::bigint as n_unmeasured
                            from part""",
                            params={"run": run, "as_of": as_of, "kpi": kpi.name, "period": period, "clock": clock},
                        ).to_arrow_table()
                    )
                    con.unregister("part")
    return pa.concat_tables(parts)


def _book(con, published: Path, run: str) -> None:
    """Books a published run, and keeps its scoreboard: both or neither."""
    con.execute(f"attach '{_quoted(published)}' as ops (read_only)")
    try:
        con.execute("begin")
        con.execute("delete from work.main.agg_kpi where run = $run", {"run": run})
        con.execute(
            "insert into work.main.agg_kpi by name select * from ops.main.agg_kpi_history where run = $run",
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


def _checks(con) -> list[tuple[catalog.Check, int]]:
    """Runs every check into the table check_result; returns those that must stop the run."""
    checks = list(catalog.checks().values())
    for mart in catalog.marts().values():
        keys = ", ".join(mart.key)
        checks.append(
            catalog.Check(
                name=f"{mart.name}_key",
                file=mart.file,
                sql=f"select {keys} from {mart.name} group by {keys} having count(*) > 1",
                title=f"{mart.name} has one row per {', '.join(mart.key)}",
                definition=f"The key of {mart.name} is unique: {mart.grain}.",
                severity="fail",
                owner="Operator",
                remedy="report the rows: the mart would count them twice",
            )
        )
    counts = [(check, _count(con, check)) for check in checks]
    schema = pa.schema(
        [(name, pa.string()) for name in ("name", "severity", "title", "definition", "owner", "remedy", "status")]
        + [("failed_count", pa.int64())]
    )
    rows = [
        {name: getattr(check, name) for name in schema.names if hasattr(check, name)}
        | {"failed_count": count, "status": check.severity if count else "pass"}
        for check, count in counts
    ]
    con.register("check_rows", pa.Table.from_pylist(rows, schema))
    con.execute("create table ops.main.check_result as select * from check_rows")
    con.unregister("check_rows")
    return [(check, count) for check, count in counts if count and check.severity == "fail"]


def _bookkeeping(con, run: str, as_of: datetime, sources: list[Source], kpis) -> None:
    """Tables about the data itself: this version, the runs, the sources with what a gap costs, the marts' headers."""
    con.execute(
        "create table ops.main.version as select $run as run, $as_of::timestamp as as_of", {"run": run, "as_of": as_of}
    )
    con.execute(
        """create table ops.main.run as
            select * replace (
                if(run = $run, 'published', status) as status,
                if(run = $run, $now, published_at) as published_at,
                if(run = $run, upgrade, message) as message)
            from work.main.run order by started_at desc limit 400""",
        {"run": run, "now": datetime.now(UTC).replace(tzinfo=None, microsecond=0)},
    )
    for table in ("source_state", "reconciliation"):
        con.execute(f"create table ops.main.{table} as select * from work.main.{table}")
    needs = kpis_of_sources(sources, kpis)
    rows = [{"source": s.name, "model": s.model, "without": s.without, "kpis": sorted(needs[s.name])} for s in sources]
    con.register(
        "source_rows",
        pa.Table.from_pylist(
            rows,
            pa.schema(
                [
                    ("source", pa.string()),
                    ("model", pa.string()),
                    ("without", pa.string()),
                    ("kpis", pa.list_(pa.string())),
                ]
            ),
        ),
    )
    con.execute("create table ops.main.source as select * from source_rows")
    con.unregister("source_rows")
    marts = [{"mart": m.name, "grain": m.grain, "person": list(m.person)} for m in catalog.marts().values()]
    con.register(
        "mart_rows",
        pa.Table.from_pylist(
            marts, pa.schema([("mart", pa.string()), ("grain", pa.string()), ("person", pa.list_(pa.string()))])
        ),
    )
    con.execute("create table ops.main.mart as select * from mart_rows")
    con.unregister("mart_rows")


def kpis_of_sources(sources: list[Source], kpis: dict[str, catalog.Kpi]) -> dict[str, set[str]]:
    """Which KPIs read a source, through however many marts."""
    marts = catalog.marts()
    views = ("", "_last", "_history")
    staging = {f"stg_{source.name}{view}": source.name for source in sources for view in views}
    reads: dict[str, set[str]] = {}
    for mart in marts.values():  # in dependency order
        names = catalog.depends_on(mart.sql, [*staging, *marts]) - {mart.name}
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
    building.chmod(0o644)
    target = warehouse / f"ops_{run}.duckdb"
    building.replace(target)
    landing.write_text_atomically(warehouse / "CURRENT", target.name, mode=0o644)
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
