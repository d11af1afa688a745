"""What agg_kpi says beyond the values: each week's verdict against a baseline that stays locked from run to run."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from statistics import fmean

import pyarrow as pa

from queries import signal
from queries.catalog import Kpi
from queries.config import BaselineStart

JUDGED = ("duration", "share")  # measures whose weeks stand by themselves; a queue carries over from week to week
BASELINE = "baseline"
LIMITS = "XmR, moving range or standard deviation"  # how limits are found; another word relocks every baseline
BASELINES = pa.schema(
    [(name, pa.string()) for name in ("kpi", "plant", "clock", "definition")]
    + [("first", pa.date32()), ("last", pa.date32()), ("points", pa.int64())]
    + [("centre", pa.float64()), ("moving_range", pa.float64()), ("is_log", pa.bool_())]
)


@dataclass(frozen=True)
class Series:
    """A KPI of one plant (None: all plants) by one clock, and what it was defined as when its baseline was locked."""

    kpi: str
    plant: str | None
    clock: str
    definition: str


def judged(
    board: pa.Table, kpis: Mapping[str, Kpi], starts: Iterable[BaselineStart], locked: pa.Table
) -> tuple[pa.Table, pa.Table]:
    """The scoreboard with baseline, limit_low, limit_high, verdict (baseline, normal, above, below), shift_since and
    verdict_reason of its weeks, and every baseline that holds from now on (BASELINES).

    A baseline in `locked` holds until the KPI's definition changes or `starts` asks for a later one.
    """
    rows = board.to_pylist()
    weekly: dict[Series, list[dict]] = defaultdict(list)
    for row in rows:
        row |= dict.fromkeys(("baseline", "limit_low", "limit_high", "verdict", "shift_since", "verdict_reason"))
        if row["period"] == "week" and kpis[row["kpi"]].measure in JUDGED:
            definition = _definition(kpis[row["kpi"]])
            weekly[Series(row["kpi"], row["plant"], row["clock"], definition)].append(row)
    start_of = {(start.kpi, start.plant or None): start.start for start in starts}
    before = {_series(row): _baseline(row) for row in locked.to_pylist()}
    holding = {}
    for series, weeks in weekly.items():
        start = start_of.get((series.kpi, series.plant), start_of.get((series.kpi, None), date.min))
        baseline = before.get(series)
        is_rare = kpis[series.kpi].measure == "share" and _usual_events(weeks, start) < signal.LEAST_EVENTS
        if (baseline is None or baseline.first < start) and not is_rare:
            baseline = signal.lock(_usable(weeks, start), _is_log(kpis[series.kpi]))
        if baseline is not None:
            holding[series] = baseline
        _judge(sorted(weeks, key=lambda week: week["period_start"]), baseline, start, is_rare)
    added = [("limit_low", pa.float64()), ("limit_high", pa.float64()), ("shift_since", pa.date32())]
    schema = pa.schema([*board.schema, *added, ("verdict_reason", pa.string())])
    kept = [asdict(series) | asdict(baseline) for series, baseline in holding.items()]
    return pa.Table.from_pylist(rows, schema), pa.Table.from_pylist(kept, BASELINES)


def _judge(weeks: list[dict], baseline: signal.Baseline | None, start: date, is_rare: bool) -> None:
    """Writes into each week what it is against the baseline, or why that cannot be said."""
    usable = _usable(weeks, start)
    verdicts = {}
    if baseline is not None:
        low, centre, high = baseline.limits
        verdicts = {verdict.week: verdict for verdict in signal.judge(_usable(weeks, date.min), baseline)}
    for week in weeks:
        if baseline is not None:
            week |= {"baseline": centre, "limit_low": low, "limit_high": high}
        monday = week["period_start"]
        if not week["is_final"]:
            week["verdict_reason"] = "it can still change" if week["value"] is not None else week["reason"]
        elif week["n"] < signal.LEAST_CASES:
            cases = "1 case" if week["n"] == 1 else f"{week['n']} cases"
            week["verdict_reason"] = f"too few to judge: {cases}, {signal.LEAST_CASES} needed"
        elif baseline is None and len(usable) < signal.LEAST_POINTS:
            weeks_known = f"{len(usable)} of {signal.LEAST_POINTS} weeks with {signal.LEAST_CASES} cases or more"
            week["verdict_reason"] = f"too early to judge: {weeks_known}"
        elif baseline is None and is_rare:
            week["verdict_reason"] = f"too rare to judge: fewer than {signal.LEAST_EVENTS} in a week of its baseline"
        elif baseline is None:
            week["verdict_reason"] = "cannot be judged: its first weeks do not differ at all"
        elif monday in verdicts:
            week |= {"verdict": verdicts[monday].kind, "shift_since": verdicts[monday].since}
        elif baseline.first <= monday:
            week["verdict"] = BASELINE
        else:
            week["verdict_reason"] = "before the baseline"


def _usual_events(weeks: list[dict], start: date) -> float:
    """Of a share: how many cases of a week of its baseline-to-be count, or how many do not, whichever are fewer."""
    known = {week.start for week in _usable(weeks, start)[: signal.LEAST_POINTS]}
    chosen = [week for week in weeks if week["period_start"] in known]
    if not chosen:
        return 0.0
    hits = fmean(week["value"] * week["n"] for week in chosen)
    return min(hits, fmean(week["n"] for week in chosen) - hits)


def _usable(weeks: list[dict], start: date) -> list[signal.Week]:
    """Final weeks with enough cases from `start` on, in their order."""
    found = [
        signal.Week(week["period_start"], week["value"])
        for week in weeks
        if week["is_final"] and week["n"] >= signal.LEAST_CASES and week["period_start"] >= start
    ]
    return sorted(found, key=lambda week: week.start)


def _is_log(kpi: Kpi) -> bool:
    return kpi.measure == "duration"


def _definition(kpi: Kpi) -> str:
    """Changes when the KPI measures something else, or is judged by other limits."""
    return hashlib.sha256(f"{LIMITS} {kpi.measure} {kpi.statistic}\n{kpi.sql}".encode()).hexdigest()[:16]


def _series(row: dict) -> Series:
    return Series(row["kpi"], row["plant"], row["clock"], row["definition"])


def _baseline(row: dict) -> signal.Baseline:
    names = ("first", "last", "points", "centre", "moving_range", "is_log")
    return signal.Baseline(**{name: row[name] for name in names})
