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
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa

from queries import answer
from queries.catalog import RECORD_COLUMNS, CatalogError, Kpi, measured_columns, missing_columns

if TYPE_CHECKING:
    from queries.warehouse import Warehouse

MEASURES = {path.stem: path.read_text(encoding="utf-8") for path in (Path(__file__).parent / "measures").glob("*.sql")}

# What a sum can hold; a larger number, or one that is none, comes of a rate or a quantity that cannot be.
COUNTABLE = "1e20"
# The moment by which a row belongs to a period, which rows count at all, and the column the measure works on.
MEMBER = {
    "duration": ("started_at", "true", "{clock}_seconds as seconds"),
    "share": ("{at}", "({hit} is not null or not {measured})", "{hit} as is_hit"),
    "ratio": ("at", f"abs(numerator) < {COUNTABLE} and abs(denominator) < {COUNTABLE}", None),
    "sum": ("at", f"abs(amount) < {COUNTABLE}", None),
    "index": ("at", "weight > 0", None),
}
# Each row finds its periods by the day of its moment; what is in stock, by what entered before and left after.
REACHED = """
                select period_day.* exclude (day), case_row.*{added}
                from case_row inner join period_day on period_day.day = case_row.{at}::date
                where case_row.{at} >= $first and case_row.{at} < $last and {counts}"""
IN_STOCK = """
                select period.*, case_row.*{added}, epoch(least(period_end, $as_of) - entered_at) as seconds
                from case_row inner join period
                    on entered_at < least(period_end, $as_of)
                    and coalesce(left_at, 'infinity') >= least(period_end, $as_of)"""
# Where rows are only added up, those of a day are so first: few are left to go into weeks and 28 days.
OF_A_DAY = {
    "share": ("{hit}, count(*) as n", ", {hit}"),
    "ratio": ("{numerator}, {denominator}, count(*) filter (where {counts}) as n", ""),
    "sum": ("{amount}, count(*) filter (where {counts}) as n", ""),
}
# Of an index the newest rows of each plant.
NEWEST = """select * from ({reached}) as own
                qualify own.at = max(own.at) over (partition by period_start, period_end, cut, plant)"""
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
# When a case falls due under a limit, and whether it was in good order by then.
DUE = {
    "duration elapsed": "select *, started_at + to_microseconds((limit_seconds * 1e6)::bigint) as due_at from limited",
    "duration working": "select * from with_due('limited', 'dim_calendar')",
    "share elapsed": "select * {replaced} from limited where {hit} is not null or not is_measured",
}
MISSED = {
    "duration": ("coalesce(ended_at, $as_of) > due_at", "{clock}_seconds is not null", "started_at"),
    "share": ("{miss}", "true", "due_at"),
}
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


def within(periods: Sequence[tuple[date, date]], kpi: Kpi, as_of: datetime) -> list[tuple[date, date]]:
    """The periods that begin where the rows of a KPI reach back to, or later: earlier ones would lack some."""
    if kpi.reach is None:
        return list(periods)
    return [period for period in periods if datetime.combine(period[0], time()) >= as_of - timedelta(seconds=kpi.reach)]


def columns(con: duckdb.DuckDBPyConnection, kpi: Kpi) -> list[str]:
    """Columns the SELECT of a KPI returns; CatalogError when it does not run or lacks one."""
    try:
        described = con.execute(f"describe {kpi.sql}", answer.used(kpi.sql, {"as_of": datetime(2000, 1, 1)})).fetchall()
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
    if kpi.measure == "duration" and "due_at" in found:
        raise CatalogError(
            f"{kpi.file}: column due_at is that of the service level, which says when a duration falls due: call the "
            "SELECT's own otherwise, as promised_at."
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
    total: bool = False,
) -> pa.Table:
    """One row per period and value of the dimension `by`: period_start, period_end, cut, value, value_closed (of a
    duration: of ended cases alone), low, high, n, n_open, plant_count, is_final, reason, covers_start and
    covers_end (of an index: the days it is of; null: those of the period), n_unmeasured (null where every case is
    measured). Without `by`, `cut` is '' and there is one row per period; with `total`, beside the others."""
    sql, parameters = _member(con, kpi, periods, as_of, by, filters, clock, total, of_a_day=kpi.measure in OF_A_DAY)
    measured = _statement(MEASURES[kpi.measure])
    if kpi.measure != "index":
        measured = f"select *, null::date as covers_start, null::date as covers_end from ({measured})"
    if not kpi.coverage and clock != "working":
        sql += f" select *, null::bigint as n_unmeasured from ({measured})"
    else:
        n = "sum(n)" if kpi.measure in OF_A_DAY else "count(*)"
        count = "coalesce(unmeasured.n, 0)" if kpi.coverage else "unmeasured.n"
        too_few = f"unmeasured.n > 0 and measured.n < {LEAST_COVERAGE} * (measured.n + unmeasured.n)"
        sql += f"""
            select
                measured.* replace (
                    case when {too_few} then null else value end as value,
                    case when {too_few} then null else value_closed end as value_closed,
                    case when {too_few} then null else low end as low,
                    case when {too_few} then null else high end as high,
                    is_final and not coalesce({too_few}, false) as is_final,
                    case when {too_few} then $coverage || ' for ' || if(measured.n = 0, 'none', 'only ' || measured.n)
                        || ' of ' || (measured.n + unmeasured.n) || if(measured.n + unmeasured.n = 1, ' case', ' cases')
                        || coalesce(': ' || unmeasured.why, '')
                        else reason end as reason),
                {count} as n_unmeasured,
            from ({measured}) as measured
            left join (
                select period_start, period_end, cut, {n}::bigint as n, {WHY if clock == "working" else "null"} as why
                from reached {GAP if clock == "working" else ""}
                where not is_measured group by period_start, period_end, cut
            ) as unmeasured using (period_start, period_end, cut)"""
    sql += " order by period_start, period_end, cut"
    return answer.table(con, sql, parameters)


def with_rows_kept(con: duckdb.DuckDBPyConnection, kpi: Kpi, as_of: datetime) -> Kpi:
    """The KPI over its rows of this moment, kept in a temporary table for many calls of `compute` by plant; of each row
    only what those need."""
    needed = {"plant", "is_measured", *measured_columns(kpi)} | ({"instance"} if "working" in kpi.clocks else set())
    kept = [name for name in columns(con, kpi) if name in needed]
    names = ", ".join(f'"{name}"' for name in kept)
    con.execute(
        f"create or replace temp table kept_row as select {names} from (\n{kpi.sql}\n)",
        answer.used(kpi.sql, {"as_of": as_of}),
    )
    left_out = "".join(f", null as {name}" for name in RECORD_COLUMNS if name not in kept)
    return replace(kpi, sql=f"select *{left_out} from kept_row", dimensions=("plant",))


def record_models(con: duckdb.DuckDBPyConnection, kpis: Iterable[Kpi], as_of: datetime) -> dict[str, set[str]]:
    """The Odoo models whose records make up each KPI."""
    found = {}
    for kpi in kpis:
        sql = f"select distinct record_model from ({_select(kpi, 'elapsed')})"
        found[kpi.name] = {model for (model,) in con.execute(sql, answer.used(sql, {"as_of": as_of})).fetchall()}
    return found


def covered(row: Mapping) -> tuple[date, date]:
    """The days [start, end) that the number of a row is of: those it covers, or those of the period."""
    return row.get("covers_start") or row["period_start"], row.get("covers_end") or row["period_end"]


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
    relative change first. Weeks that the scoreboard lacks now, though it goes back as far, are told as such."""
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
                   past.as_of as known_at,
                   if(present.n is null, 'no longer in the data', present.reason) as reason_now
               from past
               left join agg_kpi as present
                   on present.kpi = past.kpi and present.plant is not distinct from past.plant
                   and present.clock = past.clock and present.period = past.period
                   and present.period_start = past.period_start
               where past.is_final and ($kpi is null or past.kpi = $kpi) and ($plant is null or past.plant = $plant)
                   and past.period_start >= (select min(period_start) from agg_kpi where period = 'week')
                   and (present.n is distinct from past.n
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
        periods = [week for week in weeks(start, warehouse.moment(kpi.sql)) if week[0] < end]
    return compute(warehouse.cursor(), kpi, periods, warehouse.moment(kpi.sql), by=by, filters=filters, clock=clock)


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
    sql, parameters = _member(con, kpi, [(start, end)], warehouse.moment(kpi.sql), None, filters, clock)
    order = "seconds desc nulls last, " if kpi.measure in ("duration", "stock") else ""
    if kpi.measure == "share":
        order = "is_bad desc, " if "is_bad" in columns(con, kpi) else "is_good, "
    order += "instance, record_model, record_id"
    age = ", seconds as age_seconds" if kpi.measure == "stock" else ""
    added = ", seconds" if kpi.measure in ("duration", "stock") else ", is_hit" if kpi.measure == "share" else ""
    without, shown = _both_clocks(kpi, clock)
    sql += f""",
        shown as (
            select * {without} from member order by {order} {f"limit {int(limit)}" if limit is not None else ""})
        select shown.* exclude (period_start, period_end, cut{added}){age},
            odoo_url(odoo_instance.url, odoo_instance.version, record_model, record_id) as record_url
        from {shown} as shown left join odoo_instance using (instance)
        order by {order}"""
    return answer.table(con, sql, parameters)


def due(
    con: duckdb.DuckDBPyConnection, kpi: Kpi, clock: str, limits: Mapping[str, float | None], as_of: datetime
) -> pa.Table:
    """Cases that fell due before `as_of`: plant, due_on (day in UTC), n_due, n_missed, n_unmeasured. A duration falls
    due when it reaches the limit of its plant ("" for all others; seconds), whether it ended by then or is still open;
    a share says itself when and whether it was missed. Cases that cannot be measured count on the day they started; of
    which no day is known, on none."""
    sql, parameters = _due(con, kpi, clock, limits, as_of)
    sql += f"""
        select coalesce(plant, '{NONE}') as plant, coalesce(due_at, known_at)::date as due_on,
            count(*) filter (where is_measured) as n_due,
            count(*) filter (where is_measured and is_missed) as n_missed,
            count(*) filter (where not is_measured) as n_unmeasured
        from due_row group by all order by all"""
    return answer.table(con, sql, parameters)


def missed(
    warehouse: Warehouse,
    kpi: Kpi,
    clock: str,
    limits: Mapping[str, float | None],
    start: date,
    end: date,
    *,
    plants: Sequence[str] = (),
    limit: int | None = None,
) -> pa.Table:
    """The misses among the cases that fell due in [start, end), the newest first: the columns of `rows`, and due_at."""
    con = warehouse.cursor()
    sql, parameters = _due(con, kpi, clock, limits, warehouse.moment(kpi.sql))
    without, shown = _both_clocks(kpi, clock)
    order = "due_at desc, instance, record_model, record_id"
    sql += f""",
        shown as (
            select * {without} from due_row
            where is_measured and is_missed and due_at >= $start and due_at < $end
                and (len($chosen::varchar[]) = 0 or list_contains($chosen::varchar[], coalesce(plant, '{NONE}')))
            order by {order} {f"limit {int(limit)}" if limit is not None else ""})
        select shown.* exclude (limit_seconds, known_at, is_measured, is_missed),
            odoo_url(odoo_instance.url, odoo_instance.version, record_model, record_id) as record_url
        from {shown} as shown left join odoo_instance using (instance)
        order by {order}"""
    parameters |= {"start": start, "end": end, "chosen": list(plants)}
    return answer.table(con, sql, parameters)


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
    sql, parameters = _member(con, kpi, [(start, end)], warehouse.moment(kpi.sql), None, filters, clock)
    is_open = "ended_at is null" if kpi.measure == "duration" else "true"
    statement = f"{sql} select quantile_disc(seconds, 0.95) from member"
    long = con.execute(statement, answer.used(statement, parameters)).fetchall()[0][0] or 0
    width = next((w for w in BIN_SECONDS if long / w <= BINS), None) or 86400 * math.ceil(long / (86400 * BINS))
    sql += f""", binned as (
            select least(greatest(floor(seconds / {width}), 0), {BINS})::bigint as bin, {is_open} as is_open
            from member)
        select bin.bin * {width} as bin_from_seconds,
            case when bin.bin < {BINS} then (bin.bin + 1) * {width} end as bin_to_seconds,
            count(binned.bin) as n, count(binned.bin) filter (where is_open) as n_open
        from (select unnest(range((select max(bin) + 1 from binned))) as bin) as bin
        left join binned using (bin) group by bin.bin order by bin.bin"""
    return answer.table(con, sql, parameters)


def survival(
    warehouse: Warehouse,
    kpi: Kpi,
    start: date,
    end: date,
    *,
    filters: Mapping[str, Sequence[str]] | None = None,
    clock: str = "elapsed",
) -> pa.Table:
    """The Kaplan-Meier curve of a duration over the cases started in [start, end): a row for each length at which cases
    ended or are still open: seconds, at_risk, ended, still_open (the share not ended by then), low and high (95 %
    interval by Greenwood's variance of log(-log), null at the ends). Empty for other measures."""
    if kpi.measure != "duration":
        return pa.table({name: [] for name in ("seconds", "at_risk", "ended", "still_open", "low", "high")})
    con = warehouse.cursor()
    sql, parameters = _member(con, kpi, [(start, end)], warehouse.moment(kpi.sql), None, filters, clock)
    sql += _statement(MEASURES["survival"]).replace("with", ",", 1)
    return answer.table(con, sql, parameters)


def _member(
    con, kpi: Kpi, periods, as_of: datetime, by, filters, clock: str, total: bool = False, of_a_day: bool = False
) -> tuple[str, dict]:
    """The `with` clause up to `member`, and its parameters; refuses dimensions the KPI does not have. With `of_a_day`
    its rows are those of OF_A_DAY, each of `n`."""
    for dimension in [*(filters or {}), *([by] if by else [])]:
        if dimension not in kpi.dimensions:
            raise CatalogError(f"KPI {kpi.name} has no dimension {dimension!r}: use {', '.join(kpi.dimensions)}.")
    if clock not in kpi.clocks:
        raise CatalogError(f"KPI {kpi.name} has no {clock} clock: use {' or '.join(kpi.clocks)}.")
    words = _words(con, kpi, clock)
    kept = [
        f"coalesce({name}::varchar, '{NONE}') in (select unnest($filter_{name}::varchar[]))" for name in filters or {}
    ]
    together = ["''"] if total or not by else []
    cuts = together + ([f"coalesce({by}::varchar, '{NONE}')"] if by else [])
    known = [f"select {cut} as cut" for cut in together] + (["select cut from case_row"] if by else [])
    added = "" if kpi.coverage else ", true as is_measured"
    if kpi.measure == "stock":
        reached = IN_STOCK.format(added=added)
    else:
        at, counts, column = (text and text.format(**words) for text in MEMBER[kpi.measure])
        reached = REACHED.format(at=at, counts=counts, added=added + (f", {column}" if column else ""))
    rows = f"""select * from (
                {_select(kpi, clock)}
            ) {f"where {' and '.join(kept)}" if kept else ""}"""
    if of_a_day:
        rows = _of_a_day(kpi, rows, by, words)
        if kpi.measure != "share":
            reached = REACHED.format(at=at, counts="n > 0", added=added)
    if kpi.measure == "index":
        reached = NEWEST.format(reached=reached)
    if clock == "working":
        reached = WORKED[kpi.measure].format(reached=reached)
    sql = f"""with case_row as (
            select *, {cuts[0] if len(cuts) == 1 else f"unnest([{', '.join(cuts)}])"} as cut from (
                {rows}
            )),
        period as (select unnest($starts::date[]) as period_start, unnest($ends::date[]) as period_end),
        period_day as (
            select *, unnest(generate_series(period_start, period_end - 1, interval 1 day))::date as day from period),
        grid as (select * from period cross join (select distinct cut from ({" union all ".join(known)}))),
        reached as ({reached}),
        member as (select * exclude (is_measured) from reached where is_measured)"""
    parameters = {
        "as_of": as_of,
        "starts": [start for start, _ in periods],
        "ends": [end for _, end in periods],
        "first": min((start for start, _ in periods), default=None),
        "last": max((end for _, end in periods), default=None),
        "statistic": kpi.statistic,
        "quantile": QUANTILES.get(kpi.statistic, 0.5),
        "coverage": kpi.coverage or WORKING,
    } | {f"filter_{name}": list(chosen) for name, chosen in (filters or {}).items()}
    return sql, parameters


def _of_a_day(kpi: Kpi, rows: str, by: str | None, words: Mapping[str, str]) -> str:
    """A SELECT that adds the rows of each day up, by plant and the dimension `by`. Rows outside the periods are left
    out where nothing is told of them: not which values the dimension has at all, nor of a sum since when."""
    at, counts, _ = (text and text.format(**words) for text in MEMBER[kpi.measure])
    sums = {
        name: f"sum(case when {counts} then {name}::decimal(38, 6) end) as {name}"
        for name in ("numerator", "denominator", "amount")
    }
    added, also = (text.format(**words, **sums, counts=counts) for text in OF_A_DAY[kpi.measure])
    keys = ", ".join(dict.fromkeys([*([by] if by else []), "plant", *(["is_measured"] if kpi.coverage else [])]))
    asked = [] if by else [f"one.{at} < $last", *([f"one.{at} >= $first"] if kpi.measure != "sum" else [])]
    return (
        f"select {keys}, min(one.{at}) as {at}, {added} from ({rows}) as one "
        f"{'where ' + ' and '.join(asked) if asked else ''} group by {keys}, one.{at}::date{also}"
    )


def _due(con, kpi: Kpi, clock: str, limits, as_of: datetime) -> tuple[str, dict]:
    """The `with` clause up to `due_row`, cases that fell due or cannot be measured, and its parameters."""
    words = _words(con, kpi, clock)
    missed, measured, known_at = (text.format(**words) for text in MISSED[kpi.measure])
    measured += " and is_measured" if kpi.coverage else ""
    sql = f"""with limited as (
            select case_row.* {"exclude (is_measured)" if kpi.coverage else ""},
                coalesce(own.seconds, $limit::double) as limit_seconds, {measured} as is_measured
            from ({_select(kpi, clock)}) as case_row
            left join (select unnest($plants::varchar[]) as plant, unnest($limits::double[]) as seconds) as own
                on own.plant = case_row.plant),
        due_row as (
            select *, {missed} as is_missed, {known_at} as known_at
            from ({DUE[f"{kpi.measure} {clock}"].format(**words)})
            where due_at < $as_of or (not is_measured and known_at is not null))"""
    plants = {plant: seconds for plant, seconds in limits.items() if plant and seconds is not None}
    parameters = {"as_of": as_of, "limit": limits.get(""), "plants": list(plants), "limits": list(plants.values())}
    return sql, parameters


def _select(kpi: Kpi, clock: str) -> str:
    """The SELECT of a KPI; where it has both clocks, by elapsed time without the calendar, which nobody needs then."""
    if clock == "working" or "working" not in kpi.clocks:
        return kpi.sql
    return kpi.sql.replace("with_clocks(", "with_elapsed(")


def _both_clocks(kpi: Kpi, clock: str) -> tuple[str, str]:
    """How the few rows that are shown come to have both clocks, also when they were chosen by elapsed time: what to
    leave out of `shown`, and what to read it through."""
    if kpi.measure == "duration" and clock == "elapsed" and "working" in kpi.clocks:
        return "exclude (elapsed_seconds, working_seconds)", "with_clocks('shown', 'dim_calendar', $as_of)"
    return "", "shown"


def _words(con, kpi: Kpi, clock: str) -> dict[str, str]:
    """What the texts above call the columns of a KPI."""
    returned = columns(con, kpi)
    hit, at = "is_bad" if "is_bad" in returned else "is_good", "due_at" if "due_at" in returned else "at"
    return {
        "clock": clock,
        "at": at,
        "hit": hit,
        "miss": hit if hit == "is_bad" else f"not {hit}",
        "replaced": "" if at == "due_at" else f", limited.{at} as due_at",
        "measured": "case_row.is_measured" if kpi.coverage else "true",
    }


def _statement(text: str) -> str:
    return re.sub(r"--[^\n]*", "", text).strip().rstrip(";")
