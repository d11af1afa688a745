"""The number of a KPI: its rows, put into periods by one rule, then measured by one of measures/*.sql.

The rows a reader drills into are by construction those that make up the number: both come from `member`. A SELECT may
say of a row that it is not `is_measured`: it belongs to the period, but what is asked is not known of it. Such rows are
counted beside the number and make up no part of it; where they are the majority, there is no number. By the clock of
working time, rows of plants without working hours are such rows, too.
Periods are whole days in UTC, `period_end` exclusive. Ages count to the `as_of` of the published data, never to now.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa

from queries.catalog import CatalogError, Kpi, missing_columns

if TYPE_CHECKING:
    from queries.warehouse import Warehouse

MEASURES = {path.stem: path.read_text(encoding="utf-8") for path in (Path(__file__).parent / "measures").glob("*.sql")}

# Which rows belong to a period, and the column the measure works on.
MEMBER = {
    "duration": (
        "case_row.started_at >= period.period_start and case_row.started_at < period.period_end",
        "{clock}_seconds as seconds",
    ),
    "stock": (
        "case_row.entered_at < least(period.period_end, $as_of) "
        "and (case_row.left_at is null or case_row.left_at >= least(period.period_end, $as_of))",
        "epoch(least(period.period_end, $as_of) - case_row.entered_at) as seconds",
    ),
    "share": (
        "case_row.{at} >= period.period_start and case_row.{at} < period.period_end "
        "and (case_row.{hit} is not null or not {measured})",
        "{hit} as is_hit",
    ),
    "ratio": (
        "case_row.at >= period.period_start and case_row.at < period.period_end "
        "and case_row.numerator is not null and case_row.denominator is not null",
        None,
    ),
    "sum": (
        "case_row.at >= period.period_start and case_row.at < period.period_end and case_row.amount is not null",
        None,
    ),
}
# The same rows by the clock of working time, which is not known of every plant; ages grow to the end of the period.
WORKED = {
    "duration": "select * replace (seconds is not null as is_measured) from ({reached})",
    "stock": """select * exclude (started_at, ended_at, elapsed_seconds, working_seconds)
                replace (working_seconds as seconds, working_seconds is not null as is_measured)
            from (
                with aged as (
                    select *, entered_at as started_at, least(period_end, $as_of) as ended_at from ({reached}))
                select * from with_clocks('aged', 'dim_calendar', $as_of))""",
}
WHY = """string_agg(distinct case
    when reached.plant is null then 'no plant is known'
    else coalesce(plant_gap.gap, 'the work calendar was not known yet') end, '; ')"""
GAP = """left join (
        select instance, plant, max(gap) as gap from dim_plant_calendar group by instance, plant
    ) as plant_gap on plant_gap.instance = reached.instance and plant_gap.plant = reached.plant"""
QUANTILES = {"p50": 0.5, "p85": 0.85, "p90": 0.9, "p95": 0.95}
NONE = "(none)"
BIN_SECONDS = [60, 300, 600, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 259200, 604800, 1209600, 2592000]
BINS = 24
WORKING = "working time known"
LEAST_COVERAGE = 0.5  # of the cases of a period; those that can be measured may be unlike the others


def weeks(first: date, as_of: datetime) -> list[tuple[date, date]]:
    """Monday to Monday, from the week of `first` to the running one."""
    start = first - timedelta(days=first.weekday())
    found = []
    while start <= as_of.date():
        found.append((start, start + timedelta(days=7)))
        start += timedelta(days=7)
    return found


def tiles(first: date, as_of: datetime) -> list[tuple[date, date]]:
    """28 days up to and including the day of `as_of`, and the 28 days before, back to `first`; newest first."""
    end = as_of.date() + timedelta(days=1)
    found = []
    while end > first or not found:
        found.append((end - timedelta(days=28), end))
        end -= timedelta(days=28)
    return found


def columns(con: duckdb.DuckDBPyConnection, kpi: Kpi) -> list[str]:
    """Columns the SELECT of a KPI returns; CatalogError when it does not run or lacks one."""
    try:
        described = con.execute(f"describe {kpi.sql}", _used(kpi.sql, {"as_of": datetime(2000, 1, 1)})).fetchall()
    except duckdb.Error as error:
        raise CatalogError(f"{kpi.file}: the SELECT does not run: {str(error).splitlines()[0]}") from error
    found = [row[0] for row in described]
    if ("is_measured" in found) != bool(kpi.coverage):
        raise CatalogError(
            f"{kpi.file}: the column is_measured and the header key 'coverage', which says what is known of the cases "
            "that count, go together: add the one that is missing."
        )
    missing = missing_columns(kpi, found)
    if missing:
        raise CatalogError(
            f"{kpi.file}: column {', '.join(missing)} is not returned by the SELECT, but measure "
            f"{kpi.measure!r} and the header's dimensions need it: add it."
        )
    return found


def compute(
    con: duckdb.DuckDBPyConnection,
    kpi: Kpi,
    periods: Sequence[tuple[date, date]],
    as_of: datetime,
    *,
    by: str | None = None,
    filters: Mapping[str, Sequence[str]] | None = None,
    clock: str = "elapsed",
) -> pa.Table:
    """One row per period and value of the dimension `by`: period_start, period_end, cut, value, low, high, n,
    n_open, plant_count, is_final, reason, n_unmeasured (null where every case is measured). Without `by`, `cut`
    is '' and there is one row per period."""
    sql, parameters = _member(con, kpi, periods, as_of, by, filters, clock)
    count = "coalesce(unmeasured.n, 0)" if kpi.coverage else "unmeasured.n"
    too_few = f"unmeasured.n > 0 and measured.n < {LEAST_COVERAGE} * (measured.n + unmeasured.n)"
    sql += f"""
        select
            measured.* replace (
                case when {too_few} then null else value end as value,
                case when {too_few} then null else low end as low,
                case when {too_few} then null else high end as high,
                is_final and not coalesce({too_few}, false) as is_final,
                case when {too_few} then $coverage || ' for ' || if(measured.n = 0, 'none', 'only ' || measured.n)
                    || ' of ' || (measured.n + unmeasured.n) || if(measured.n + unmeasured.n = 1, ' case', ' cases')
                    || coalesce(': ' || unmeasured.why, '')
                    else reason end as reason),
            {count} as n_unmeasured,
        from ({_statement(MEASURES[kpi.measure])}) as measured
        left join (
            select period_start, cut, count(*) as n, {WHY if clock == "working" else "null"} as why
            from reached {GAP if clock == "working" else ""}
            where not is_measured group by period_start, cut
        ) as unmeasured
            on unmeasured.period_start = measured.period_start and unmeasured.cut = measured.cut
        order by measured.period_start, measured.cut"""
    return con.sql(sql, params=_used(sql, parameters)).to_arrow_table()


def with_rows_kept(con: duckdb.DuckDBPyConnection, kpi: Kpi, as_of: datetime) -> Kpi:
    """The KPI over its rows of this moment, kept in a temporary table for many calls of `compute`."""
    columns(con, kpi)
    con.execute(f"create or replace temp table kept_row as {kpi.sql}", _used(kpi.sql, {"as_of": as_of}))
    return replace(kpi, sql="select * from kept_row")


def coverage(n: int, n_unmeasured: int | None) -> float | None:
    """The share of cases that could be measured; None where a KPI measures every case, or there is none."""
    return n / (n + n_unmeasured) if n_unmeasured is not None and n + n_unmeasured else None


def scoreboard(
    warehouse: Warehouse,
    kpi: str | None = None,
    *,
    period: str = "28 days",
    plant: str | None = None,
    clock: str = "elapsed",
) -> pa.Table:
    """agg_kpi as published: one row per KPI, plant (null = all plants) and period; newest period first."""
    return (
        warehouse.cursor()
        .sql(
            """select * from agg_kpi
               where period = $period and clock = $clock and ($kpi is null or kpi = $kpi)
                   and ($plant is null or plant = $plant)
               order by kpi, plant nulls first, period_start desc""",
            params={"period": period, "clock": clock, "kpi": kpi, "plant": plant},
        )
        .to_arrow_table()
    )


def known(
    warehouse: Warehouse,
    at: datetime,
    kpi: str | None = None,
    *,
    period: str = "28 days",
    plant: str | None = None,
    clock: str = "elapsed",
) -> pa.Table:
    """The scoreboard as it was known at a moment (UTC): like `scoreboard`, from the newest run whose data are not from
    after it; empty before the first."""
    _needs_history(warehouse)
    return (
        warehouse.cursor()
        .sql(
            """select * from agg_kpi_history
               where period = $period and clock = $clock and as_of <= $at
                   and ($kpi is null or kpi = $kpi) and ($plant is null or plant = $plant)
               qualify row_number() over (partition by kpi, plant, period_start order by as_of desc, run desc) = 1
               order by kpi, plant nulls first, period_start desc""",
            params={"period": period, "clock": clock, "kpi": kpi, "plant": plant, "at": at},
        )
        .to_arrow_table()
    )


def restated(warehouse: Warehouse, since: datetime, kpi: str | None = None, *, plant: str | None = None) -> pa.Table:
    """Weeks that were final as known at `since` (UTC) and say something else now: kpi, plant, clock, period_start,
    period_end, value_then, value_now, n_then, n_now, known_at (the age of the data then), reason_now; the largest
    relative change first."""
    _needs_history(warehouse)
    return (
        warehouse.cursor()
        .sql(
            """with past as (
                   select * from agg_kpi_history
                   where period = 'week' and as_of <= $since
                   qualify row_number() over (
                       partition by kpi, plant, clock, period_start order by as_of desc, run desc) = 1
               )
               select past.kpi, past.plant, past.clock, past.period_start, past.period_end,
                   past.value as value_then, present.value as value_now, past.n as n_then, present.n as n_now,
                   past.as_of as known_at, present.reason as reason_now
               from past
               inner join agg_kpi as present
                   on present.kpi = past.kpi and present.plant is not distinct from past.plant
                   and present.clock = past.clock and present.period = past.period
                   and present.period_start = past.period_start
               where past.is_final and ($kpi is null or past.kpi = $kpi) and ($plant is null or past.plant = $plant)
                   and (present.n <> past.n
                       or abs(present.value - past.value) > 1e-9 * greatest(abs(past.value), 1)
                       or (present.value is null) <> (past.value is null))
               order by abs(value_now - value_then) / nullif(abs(value_then), 0) desc nulls first, past.kpi,
                   past.plant nulls first, past.clock, past.period_start""",
            params={"since": since, "kpi": kpi, "plant": plant},
        )
        .to_arrow_table()
    )


def _needs_history(warehouse: Warehouse) -> None:
    there = "select 1 from duckdb_views() where view_name = 'agg_kpi_history'"
    if warehouse.cursor().execute(there).fetchone() is None:
        raise CatalogError(f"{warehouse.version} was published before it held what was known earlier: refresh once.")


def values(
    warehouse: Warehouse,
    kpi: Kpi,
    start: date,
    end: date,
    *,
    by: str | None = None,
    every: str | None = None,
    filters: Mapping[str, Sequence[str]] | None = None,
    clock: str = "elapsed",
) -> pa.Table:
    """compute over [start, end): as one period, or week by week from Monday with every="week"."""
    periods = [(start, end)]
    if every == "week":
        periods = [week for week in weeks(start, warehouse.as_of) if week[0] < end]
    return compute(warehouse.cursor(), kpi, periods, warehouse.as_of, by=by, filters=filters, clock=clock)


def rows(
    warehouse: Warehouse,
    kpi: Kpi,
    start: date,
    end: date,
    *,
    filters: Mapping[str, Sequence[str]] | None = None,
    clock: str = "elapsed",
    limit: int | None = None,
) -> pa.Table:
    """The rows behind the number of [start, end), each with its record_url: the longest first where they have a length,
    the bad ones first where they are good or bad."""
    con = warehouse.cursor()
    sql, parameters = _member(con, kpi, [(start, end)], warehouse.as_of, None, filters, clock)
    order = "seconds desc nulls last, " if kpi.measure in ("duration", "stock") else ""
    if kpi.measure == "share":
        order = "is_bad desc, " if "is_bad" in columns(con, kpi) else "is_good, "
    age = ", seconds as age_seconds" if kpi.measure == "stock" else ""
    added = ", seconds" if kpi.measure in ("duration", "stock") else ", is_hit" if kpi.measure == "share" else ""
    sql += f""" select member.* exclude (period_start, period_end, cut{added}){age},
        odoo_url(odoo_instance.url, odoo_instance.version, record_model, record_id) as record_url
        from member left join odoo_instance using (instance)
        order by {order}instance, record_model, record_id {f"limit {int(limit)}" if limit is not None else ""}"""
    return con.sql(sql, params=_used(sql, parameters)).to_arrow_table()


def distribution(
    warehouse: Warehouse,
    kpi: Kpi,
    start: date,
    end: date,
    *,
    filters: Mapping[str, Sequence[str]] | None = None,
    clock: str = "elapsed",
) -> pa.Table:
    """Histogram of lengths (duration) or ages (stock) in seconds: bin_from_seconds, bin_to_seconds (null in the
    last, open-ended bin), n, n_open. Empty for other measures."""
    if kpi.measure not in ("duration", "stock"):
        return pa.table({name: [] for name in ("bin_from_seconds", "bin_to_seconds", "n", "n_open")})
    con = warehouse.cursor()
    sql, parameters = _member(con, kpi, [(start, end)], warehouse.as_of, None, filters, clock)
    is_open = "ended_at is null" if kpi.measure == "duration" else "true"
    statement = f"{sql} select quantile_disc(seconds, 0.95) from member"
    long = con.execute(statement, _used(statement, parameters)).fetchall()[0][0] or 0
    width = next((w for w in BIN_SECONDS if long / w <= BINS), None) or 86400 * math.ceil(long / (86400 * BINS))
    sql += f""", binned as (
            select least(greatest(floor(seconds / {width}), 0), {BINS})::bigint as bin, {is_open} as is_open
            from member)
        select bin.bin * {width} as bin_from_seconds,
            case when bin.bin < {BINS} then (bin.bin + 1) * {width} end as bin_to_seconds,
            count(binned.bin) as n, count(binned.bin) filter (where is_open) as n_open
        from (select unnest(range((select max(bin) + 1 from binned))) as bin) as bin
        left join binned using (bin) group by bin.bin order by bin.bin"""
    return con.sql(sql, params=_used(sql, parameters)).to_arrow_table()


def _member(con, kpi: Kpi, periods, as_of: datetime, by, filters, clock) -> tuple[str, dict]:
    """The `with` clause up to `member`, and its parameters; refuses dimensions the KPI does not have."""
    for dimension in [*(filters or {}), *([by] if by else [])]:
        if dimension not in kpi.dimensions:
            raise CatalogError(f"KPI {kpi.name} has no dimension {dimension!r}: use {', '.join(kpi.dimensions)}.")
    if clock not in kpi.clocks:
        raise CatalogError(f"KPI {kpi.name} has no {clock} clock: use {' or '.join(kpi.clocks)}.")
    returned = columns(con, kpi)
    words = {
        "clock": clock,
        "at": "due_at" if "due_at" in returned else "at",
        "hit": "is_bad" if "is_bad" in returned else "is_good",
        "measured": "case_row.is_measured" if kpi.coverage else "true",
    }
    rule, column = MEMBER[kpi.measure]
    kept = [
        f"coalesce({name}::varchar, '{NONE}') in (select unnest($filter_{name}::varchar[]))" for name in filters or {}
    ]
    cut = f"coalesce({by}::varchar, '{NONE}')" if by else "''"
    cuts = "select distinct cut from case_row" if by else "select '' as cut"
    flag = "" if kpi.coverage else ", true as is_measured"
    reached = f"""select period.*, case_row.*{flag} {", " + column.format(**words) if column else ""}
                from period join case_row on {rule.format(**words)}"""
    if clock == "working":
        reached = WORKED[kpi.measure].format(reached=reached)
    sql = f"""with case_row as (
            select *, {cut} as cut from (
                {kpi.sql}
            ) {"where " + " and ".join(kept) if kept else ""}),
        period as (select unnest($starts::date[]) as period_start, unnest($ends::date[]) as period_end),
        grid as (select * from period cross join ({cuts})),
        reached as (
                {reached}),
        member as (select * exclude (is_measured) from reached where is_measured)"""
    parameters = {
        "as_of": as_of,
        "starts": [start for start, _ in periods],
        "ends": [end for _, end in periods],
        "statistic": kpi.statistic,
        "quantile": QUANTILES.get(kpi.statistic, 0.5),
        "coverage": kpi.coverage or WORKING,
    } | {f"filter_{name}": list(chosen) for name, chosen in (filters or {}).items()}
    return sql, parameters


def _statement(text: str) -> str:
    return re.sub(r"--[^\n]*", "", text).strip().rstrip(";")


def _used(sql: str, parameters: dict) -> dict:
    """DuckDB refuses parameters a statement does not use."""
    names = set(re.findall(r"\$(\w+)", sql))
    return {name: value for name, value in parameters.items() if name in names}
