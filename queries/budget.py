"""Budgets in cases: how many misses a service level allows a plant in a month, and how many it has used.

A service level says that a share of cases (`objective`) ends in good order: within a limit, for durations. The budget
of a month is the other share of the cases that fall due in it, whatever was opened or closed when; a case that is still
open past its limit is a miss (Beyer, Jones, Petoff and Murphy, Site Reliability Engineering, 2016, chapter 3). While a
month runs, the cases yet to fall due are expected at the rate of the eight weeks before. Days that a correction covers
count neither way. Months and days are those of UTC.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import date, datetime, timedelta

import duckdb
import pyarrow as pa

from queries import catalog, measure, readable, warehouse
from queries.catalog import Kpi, service_level_problem
from queries.config import ConfigError, Objective
from queries.decision import Correction
from queries.warehouse import Warehouse

MONTHS = 13  # this month and the twelve before
RATE_DAYS = 56  # from which the cases yet to fall due are expected
PACE_DAYS = 7  # the least number of days over which misses are counted for a pace
DUE = pa.schema(
    [("kpi", pa.string()), ("plant", pa.string()), ("due_on", pa.date32())]
    + [(name, pa.int64()) for name in ("n_due", "n_missed", "n_unmeasured")]
)
SERVICE_LEVEL = pa.schema(
    [(name, pa.string()) for name in ("kpi", "plant", "clock")]
    + [(name, pa.float64()) for name in ("objective", "limit_seconds")]
)
BUDGET = pa.schema(
    [("run", pa.string()), ("as_of", pa.timestamp("us"))]
    + [(name, pa.string()) for name in ("kpi", "plant", "clock")]
    + [("period_start", pa.date32()), ("period_end", pa.date32())]
    + [("objective", pa.float64()), ("limit_seconds", pa.float64())]
    + [("n_due", pa.int64()), ("n_missed", pa.int64()), ("n_expected", pa.float64())]
    + [(name, pa.int64()) for name in ("n_allowed", "n_corrected", "n_unmeasured", "plant_count")]
    + [("pace", pa.float64()), ("gone_on", pa.date32()), ("reason", pa.string())]
)


@dataclass(frozen=True)
class ServiceLevel:
    """The share of a KPI's cases that is to be in good order in a plant ("" for all others), for durations within
    `limit` seconds by `clock`; None where a plant is to have no budget."""

    kpi: str
    plant: str
    objective: float | None
    limit: float | None
    clock: str


@dataclass(frozen=True)
class Day:
    """What fell due on a day in a plant, how much of it was missed, how many cases of that day cannot be measured."""

    plant: str
    on: date
    n_due: int
    n_missed: int
    n_unmeasured: int = 0


@dataclass(frozen=True)
class Budget:
    """A month of a KPI in a plant (None: all plants together, `objective` and `limit` None where those differ).

    n_due, n_missed: cases due so far, and those of them missed; n_expected: cases due by the end of the month;
    allowed: misses the service level allows among these; n_corrected: cases left out by corrections; pace: misses per
    day, of this month or at least the last 7 days; gone_on: the day on which the budget was or, at this pace, will be
    used up (None: it lasts); plant_count: plants with a case in it; as_of: the moment of the data (UTC). `reason` says
    why there is no budget.
    """

    kpi: str
    plant: str | None
    clock: str
    start: date
    end: date
    objective: float | None
    limit: float | None
    n_due: int
    n_missed: int
    n_expected: float
    allowed: float
    n_corrected: int
    n_unmeasured: int
    plant_count: int
    as_of: datetime
    pace: float | None = None
    gone_on: date | None = None
    reason: str | None = None

    @property
    def n_allowed(self) -> int:
        """Whole misses."""
        return math.floor(self.allowed + 1e-9)

    @property
    def is_running(self) -> bool:
        """Whether the month was not over yet."""
        return self.end > self.as_of.date()

    @property
    def is_used_up(self) -> bool:
        """Whether no further miss is allowed."""
        return self.reason is None and self.n_missed >= self.n_allowed

    @property
    def is_over(self) -> bool:
        """Whether more was missed than is allowed."""
        return self.reason is None and self.n_missed > self.n_allowed


def levels(kpi: Kpi, given: Iterable[Objective]) -> list[ServiceLevel]:
    """The service levels of a KPI: for all plants (if any), as its file has it or ops.toml says otherwise, then those
    of single plants. ConfigError for what makes no service level."""
    own = {one.plant: one for one in given if one.kpi == kpi.name}
    every = own.pop("", Objective(kpi.name, ""))
    clock = every.clock or "elapsed"
    if clock not in kpi.clocks:
        raise ConfigError(
            f"ops.toml: [budget.{kpi.name}] clock {clock!r}: the KPI has {' and '.join(kpi.clocks)} only."
        )
    every = _filled(every, kpi.objective, kpi.limit)
    found = [every, *(_filled(one, every.objective, every.limit) for one in own.values())]
    for one in found:
        if problem := not one.is_off and service_level_problem(kpi.measure, one.objective, one.limit):
            where = f"[budget.{kpi.name}]" + (f" plant {one.plant}" if one.plant else "")
            raise ConfigError(f"ops.toml: {where}: {problem}")
    return [
        ServiceLevel(kpi.name, one.plant, None if one.is_off else one.objective, one.limit, clock)
        for one in found
        if one.plant or one.objective is not None
    ]


def _filled(own: Objective, objective: float | None, limit: float | None) -> Objective:
    return replace(
        own,
        objective=objective if own.objective is None else own.objective,
        limit=limit if own.limit is None else own.limit,
    )


def months(first: date, as_of: datetime) -> list[tuple[date, date]]:
    """The months up to the running one, not before the one of `first`; the newest first."""
    start = as_of.date().replace(day=1)
    found = []
    while len(found) < MONTHS and (not found or start >= first.replace(day=1)):
        found.append((start, (start + timedelta(days=32)).replace(day=1)))
        start = (start - timedelta(days=1)).replace(day=1)
    return found


def budgets(
    chosen: Sequence[ServiceLevel], days: Sequence[Day], corrections: Sequence[Correction], as_of: datetime
) -> list[Budget]:
    """The budgets of one KPI, for all plants together and each plant, the newest month first; without any day, none."""
    level_of = {one.plant: one for one in chosen}
    accounts = []
    for plant in sorted({day.plant for day in days}):
        level = level_of.get(plant, level_of.get(""))
        if level is not None and level.objective is not None:
            accounts.append(_account(level, plant, [day for day in days if day.plant == plant], corrections))
    found = []
    for month in months(min(day.on for day in days), as_of) if accounts else []:
        found.append(_budget(accounts, None, month, as_of))
        found += [_budget([one], one.plant, month, as_of) for one in accounts]
    return found


def due(con: duckdb.DuckDBPyConnection, kpi: Kpi, chosen: Sequence[ServiceLevel], as_of: datetime) -> pa.Table:
    """What fell due of a KPI, per plant and day, under its service levels (DUE)."""
    limits = {one.plant: one.limit for one in chosen}
    found = measure.due(con, kpi, chosen[0].clock, limits, as_of)
    return found.add_column(0, "kpi", pa.array([kpi.name] * found.num_rows, pa.string())).cast(DUE)


def of_all(
    chosen: Sequence[ServiceLevel],
    days: pa.Table,
    corrections: Sequence[Correction],
    as_of: datetime,
    newer: Mapping[str, datetime] | None = None,
) -> list[Budget]:
    """The budgets of every KPI, from all service levels and all days (DUE); `newer` are KPIs whose days are from later
    than `as_of`."""
    moments = newer or {}
    days_of: dict[str, list[Day]] = defaultdict(list)
    for row in days.to_pylist():
        days_of[row["kpi"]].append(Day(row["plant"], row["due_on"], row["n_due"], row["n_missed"], row["n_unmeasured"]))
    return [
        one
        for kpi in dict.fromkeys(level.kpi for level in chosen)
        for one in budgets(
            [level for level in chosen if level.kpi == kpi], days_of[kpi], corrections, moments.get(kpi, as_of)
        )
    ]


def read(opened: Warehouse, corrections: Sequence[Correction]) -> list[Budget]:
    """The budgets of every KPI a reader may see, with the corrections of this moment."""
    chosen = [
        ServiceLevel(row["kpi"], row["plant"], row["objective"], row["limit_seconds"], row["clock"])
        for row in warehouse.read(opened, "service_level").to_pylist()
    ]
    newer = {name: opened.moment(kpi.sql) for name, kpi in catalog.load().items()} if opened.newer else {}
    return of_all(chosen, warehouse.read(opened, "due_day"), corrections, opened.as_of, newer)


def known(opened: Warehouse, at: datetime) -> list[Budget]:
    """The budgets as they were published up to a moment (UTC), newest month first; none before the first."""
    rows = warehouse.read(opened, "budget_as_known", known_at=at).to_pylist()
    renamed = {"start": "period_start", "end": "period_end", "limit": "limit_seconds", "allowed": "n_allowed"}
    return [Budget(**{f.name: row[renamed.get(f.name, f.name)] for f in fields(Budget)}) for row in rows]


def state(one: Budget) -> str:
    """In words: used up since 12 Nov, or why there is no budget."""
    return one.reason or readable.budget(one.is_used_up, one.is_over, one.is_running, one.gone_on)


def misses(
    opened: Warehouse,
    kpi: Kpi,
    month: Budget,
    corrections: Sequence[Correction],
    plants: Sequence[str] = (),
    limit: int | None = None,
) -> list[dict]:
    """The cases behind the misses of a budget's month in some plants (none: all), the newest first: their row, due_at,
    record_url, and whether a correction leaves them out (is_left_out)."""
    held = [row for row in warehouse.read(opened, "service_level").to_pylist() if row["kpi"] == kpi.name]
    limits = {row["plant"]: row["limit_seconds"] for row in held}
    asked = {"plants": plants, "limit": limit}
    found = measure.missed(opened, kpi, month.clock, limits, month.start, month.end, **asked).to_pylist()
    return [row | {"is_left_out": _is_left_out(kpi.name, row, corrections)} for row in found]


def _is_left_out(kpi: str, row: dict, corrections: Sequence[Correction]) -> bool:
    plant, on = row["plant"] or measure.NONE, row["due_at"].date()
    return any(one.holds and one.concerns(kpi, plant) and one.from_on <= on <= one.until_on for one in corrections)


def service_level_table(levels: Sequence[ServiceLevel]) -> pa.Table:
    """cfg_objective."""
    rows = [asdict(one) | {"limit_seconds": one.limit} for one in levels]
    return pa.Table.from_pylist(rows, SERVICE_LEVEL)


def table(found: Sequence[Budget], run: str) -> pa.Table:
    """agg_budget: a line per KPI, plant (null: all) and month."""
    rows = [
        asdict(one)
        | {"run": run, "period_start": one.start, "period_end": one.end, "limit_seconds": one.limit}
        | {"n_allowed": one.n_allowed}
        for one in found
    ]
    return pa.Table.from_pylist(rows, BUDGET)


@dataclass(frozen=True)
class _Account:
    """A plant's days: those that count, those that corrections cover, and which dates these are."""

    level: ServiceLevel
    plant: str
    days: tuple[Day, ...]
    corrected: tuple[Day, ...]
    left_out: frozenset[date]


def _account(level: ServiceLevel, plant: str, days: Sequence[Day], corrections: Sequence[Correction]) -> _Account:
    left_out = frozenset(on for one in corrections if one.concerns(level.kpi, plant) for on in one.days)
    counted = tuple(day for day in days if day.on not in left_out)
    return _Account(level, plant, counted, tuple(day for day in days if day.on in left_out), left_out)


def _budget(accounts: Sequence[_Account], plant: str | None, month: tuple[date, date], as_of: datetime) -> Budget:
    """A month of one plant, or of several together."""
    start, end = month
    inside = [day for one in accounts for day in one.days if start <= day.on < end]
    expected = [_expected(one, month, as_of) for one in accounts]
    promised = {(one.level.objective, one.level.limit) for one in accounts}
    objective, limit = promised.pop() if len(promised) == 1 else (None, None)
    found = Budget(
        kpi=accounts[0].level.kpi,
        plant=plant,
        clock=accounts[0].level.clock,
        start=start,
        end=end,
        objective=objective,
        limit=limit,
        n_due=sum(day.n_due for day in inside),
        n_missed=sum(day.n_missed for day in inside),
        n_expected=sum(expected),
        allowed=sum((1 - one.level.objective) * n for one, n in zip(accounts, expected, strict=True)),
        n_corrected=sum(day.n_due for one in accounts for day in one.corrected if start <= day.on < end),
        n_unmeasured=sum(day.n_unmeasured for day in inside),
        plant_count=len({day.plant for day in inside} - {measure.NONE}),
        as_of=as_of,
    )
    if reason := _reason(found):
        return replace(found, reason=reason)
    used_up = _used_up_on(found, inside)
    if not found.is_running:
        return replace(found, gone_on=used_up if found.is_over else None)
    left_out = frozenset.intersection(*(one.left_out for one in accounts))
    pace = _pace([day for one in accounts for day in one.days], left_out, start, as_of)
    return replace(found, pace=pace, gone_on=used_up or _runs_out_on(found, pace, left_out, as_of))


def _expected(account: _Account, month: tuple[date, date], as_of: datetime) -> float:
    """Cases that fall due in the month: those that did, and those to come at the rate of the whole days before."""
    start, end = month
    today = as_of.date()
    due = sum(day.n_due for day in account.days if start <= day.on < end)
    if end <= today:
        return due
    first = max(today - timedelta(days=RATE_DAYS), min((day.on for day in account.days), default=today))
    days_before = _length(first, today, account.left_out)
    due_before = sum(day.n_due for day in account.days if first <= day.on < today)
    to_come = _length(today, end, account.left_out) - _gone_today(as_of, account.left_out)
    return due + (due_before / days_before * to_come if days_before else 0.0)


def _pace(days: Sequence[Day], left_out: frozenset[date], start: date, as_of: datetime) -> float:
    """Misses per day since the month began, over 7 days at least."""
    today = as_of.date()
    since = min(start, today - timedelta(days=PACE_DAYS))
    missed = sum(day.n_missed for day in days if since <= day.on <= today)
    return missed / max(_length(since, today, left_out) + _gone_today(as_of, left_out), 1.0)


def _used_up_on(found: Budget, days: Sequence[Day]) -> date | None:
    """The day on which the last allowed miss was used; None where some are left."""
    missed = 0
    for day in sorted(days, key=lambda day: day.on):
        missed += day.n_missed
        if missed >= found.n_allowed:
            return day.on
    return None


def _runs_out_on(found: Budget, pace: float, left_out: frozenset[date], as_of: datetime) -> date | None:
    """The day on which the last allowed miss will be used at this pace; None where the month ends before."""
    left = found.n_allowed - found.n_missed + pace * _gone_today(as_of, left_out)
    for on in _dates(as_of.date(), found.end):
        left -= pace * (on not in left_out)
        if left <= 1e-9:
            return on
    return None


def _reason(found: Budget) -> str | None:
    """Why a month has no budget, if so."""
    cases = found.n_due + found.n_unmeasured
    if cases and found.n_due < measure.LEAST_COVERAGE * cases:
        return f"known for {found.n_due or 'none'} of {cases} case{'s' * (cases != 1)} only"
    if not round(found.n_expected):
        return "nothing falls due"
    if found.n_allowed < 1:
        return f"too few to judge: about {found.n_expected:.0f} fall due, which allows no miss at all"
    return None


def _dates(start: date, end: date) -> list[date]:
    return [start + timedelta(days=number) for number in range((end - start).days)]


def _length(start: date, end: date, left_out: frozenset[date]) -> int:
    return sum(on not in left_out for on in _dates(start, end))


def _gone_today(as_of: datetime, left_out: frozenset[date]) -> float:
    """Which part of today has passed, if today counts."""
    passed = as_of - datetime.combine(as_of.date(), datetime.min.time())
    return 0.0 if as_of.date() in left_out else passed / timedelta(days=1)
