"""Did a change move a KPI? Before against after in the plants it touched, less what happened in the untouched ones.

Difference in differences (Card and Krueger, Minimum Wages and Employment, 1994) over the final weekly values of a KPI:
of each week, the touched plant's value less the mean of the untouched plants', each of these taken from its own mean
before the change, so that a plant without a number in some week shifts nothing. What hits all plants in the same week
drops out. The effect is the mean of these differences after the change less the one before, with Welch's t interval
(Welch 1947). Weeks that follow each other may be alike, which makes that interval too narrow: the lag-1 correlation of
the differences, corrected for the bias of short series (Marriott and Pope, Bias in the estimation of autocorrelations,
1954), divides the number of weeks as if only n (1 - r) / (1 + r) of them were independent (Bayley and Hammersley 1946).

Durations are compared by their logarithm, so their change is a ratio; shares are compared as they are. Cases count in
the week in which they start: those that were open at the change make the weeks just before it look more like those
after, so an effect is rather under- than overstated. The week of the change counts on neither side. What else changed
in the plant cuts the weeks off there; other plants that changed meanwhile are no comparison. Plants that were drifting
apart before the change (a slope of the differences that chance does not explain) give no answer, as the method rests on
their moving alike. One comparison in twenty without any effect is expected to show one.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from statistics import NormalDist, fmean, variance

import pyarrow as pa

from queries.catalog import Kpi
from queries.measure import NONE
from queries.scoreboard import JUDGED
from queries.signal import ABOVE, BELOW, NORMAL, scaled

BEFORE, AFTER = timedelta(weeks=26), timedelta(weeks=13)  # how far from the change weeks count
LEAST_WEEKS = 6  # on either side
LEAST_CASES = 5  # of a week
LEAST_EVENTS = 5  # of a share, on either side if nothing had changed: cases that count, and that do not (Cochran 1954)
CONFIDENCE = 0.95
WEEK = timedelta(days=7)
EVERYWHERE = "every plant was touched"
ALONE = "there is no other plant"


@dataclass(frozen=True)
class Change:
    """What may have moved KPIs: not yet so at `after_at`, so at `changed_at` (UTC; equal where the moment is known)."""

    marker: str
    name: str
    after_at: datetime
    changed_at: datetime
    plants: frozenset[str]
    kpis: frozenset[str]

    @property
    def first(self) -> date:
        """The Monday from which on weeks are no longer before it."""
        return _monday(self.after_at.date())

    @property
    def last(self) -> date:
        """The first Monday whose week is wholly after it."""
        monday = _monday(self.changed_at.date())
        return monday if self.changed_at == datetime.combine(monday, time()) else monday + WEEK


@dataclass(frozen=True)
class Estimate:
    """A change with its 95 % interval: of durations relative (-0.2: a fifth shorter), of shares in shares."""

    change: float
    low: float
    high: float


@dataclass(frozen=True)
class Answer:
    """What one plant's KPI was before and after a change (mean of the weeks: geometric of durations in seconds), by how
    much it moved, and by how much against untouched plants; `reason` says why that cannot be told."""

    weeks_before: int = 0
    weeks_after: int = 0
    n_before: int = 0
    n_after: int = 0
    value_before: float | None = None
    value_after: float | None = None
    own: Estimate | None = None
    effect: Estimate | None = None
    untouched_count: int = 0
    reason: str | None = None

    @property
    def verdict(self) -> str | None:
        """above or below where the interval leaves no doubt, normal where it does; None where nothing can be told."""
        if self.effect is None:
            return None
        return ABOVE if self.effect.low > 0 else BELOW if self.effect.high < 0 else NORMAL


@dataclass(frozen=True)
class Window:
    """Which weeks count: from `start` up to the change, and after it up to `end`; the changes that cut them off, and
    one that lies in the same week."""

    start: date
    end: date
    earlier: Change | None = None
    later: Change | None = None
    same: Change | None = None


Series = Mapping[date, tuple[float, int]]  # Monday -> value on the scale it is compared by, cases

TABLE = pa.schema(
    [(name, pa.string()) for name in ("marker", "kpi", "plant", "clock")]
    + [(f.name, pa.int64()) for f in fields(Answer) if f.type == "int"]
    + [(f.name, pa.float64()) for f in fields(Answer) if f.type == "float | None"]
    + [(f"{part}{end}", pa.float64()) for part in ("change", "effect") for end in ("", "_low", "_high")]
    + [("verdict", pa.string()), ("reason", pa.string())]
)


def changes(markers: Iterable[Mapping], judged: Iterable[str], models: Mapping[str, set[str]]) -> list[Change]:
    """Rows of fct_change_marker, one per plant, as changes in their order. One that names no KPIs concerns those whose
    records (`models` of each) are of its models or whose lines are; one that names neither, all of `judged`."""
    found: dict[str, Change] = {}
    for row in sorted(markers, key=lambda row: (row["changed_at"], row["marker"])):
        kpis = frozenset(row["kpis"] or (_concerned(row["models"], models) if row["models"] is not None else judged))
        one = Change(row["marker"], row["name"], row["after_at"], row["changed_at"], frozenset([row["plant"]]), kpis)
        before = found.get(one.marker, one)
        found[one.marker] = replace(one, plants=one.plants | before.plants, kpis=one.kpis | before.kpis)
    return list(found.values())


def _concerned(changed: Iterable[str], models: Mapping[str, set[str]]) -> set[str]:
    return {
        kpi
        for kpi, own in models.items()
        if any(model == one or model.startswith(f"{one}.") for model in changed for one in own)
    }


def effects(board: pa.Table, kpis: Mapping[str, Kpi], changes: Sequence[Change]) -> pa.Table:
    """The answer for each change, each KPI it concerns, each clock and each plant it touched, and for all plants
    together (plant null) where it touched every one. Changes older than the scoreboard are left out.

    board: agg_kpi. Returns TABLE; change is the plant's own, effect the one against the untouched plants.
    """
    weeks = [row for row in board.to_pylist() if row["period"] == "week"]
    oldest = min((week["period_start"] for week in weeks), default=None)
    known: dict[tuple[str, str], dict[str | None, Series]] = defaultdict(lambda: defaultdict(dict))
    for week in weeks:
        kpi = kpis[week["kpi"]]
        if kpi.measure not in JUDGED or week["plant"] == NONE:
            continue
        series = known[week["kpi"], week["clock"]][week["plant"]]
        if week["is_final"] and week["value"] is not None and week["n"] >= LEAST_CASES:
            series[week["period_start"]] = scaled(week["value"], kpi.measure == "duration"), week["n"]
    rows = []
    for (name, clock), by_plant in known.items():
        concerned = [change for change in changes if name in change.kpis]
        plants = {plant for plant in by_plant if plant is not None}
        for change in concerned:
            if oldest is None or change.last <= oldest:
                continue
            is_everywhere = bool(plants) and plants <= change.plants
            for plant in [*sorted(plants & change.plants), *([None] if is_everywhere else [])]:
                found = answer(change, plant, by_plant, concerned, kpis[name].measure == "duration")
                rows.append({"marker": change.marker, "kpi": name, "plant": plant, "clock": clock} | _columns(found))
    return pa.Table.from_pylist(rows, TABLE)


def answer(
    change: Change, plant: str | None, by_plant: Mapping[str | None, Series], changes: Iterable[Change], is_log: bool
) -> Answer:
    """What a change did to one KPI of one plant it touched (None: all together). `changes` are those that concern the
    KPI, this one among them; `by_plant` holds the weeks that count."""
    others = [other for other in changes if other.marker != change.marker]
    own = by_plant.get(plant, {})
    window = _window(change, [other for other in others if plant is None or plant in other.plants])
    before = {week: own[week] for week in sorted(own) if window.start <= week < change.first}
    after = {week: own[week] for week in sorted(own) if change.last <= week < window.end}
    found = Answer(len(before), len(after), _cases(before), _cases(after))
    if before and after:
        value_before, value_after = fmean(v for v, _ in before.values()), fmean(v for v, _ in after.values())
        found = replace(found, value_before=_shown(value_before, is_log), value_after=_shown(value_after, is_log))
    if window.same:
        return replace(found, reason=f"“{window.same.name}” changed in the same week")
    if min(len(before), len(after)) < LEAST_WEEKS:
        return replace(found, reason=_too_few(len(before), len(after), window))
    estimate = compare([v for v, _ in before.values()], [v for v, _ in after.values()])
    if estimate is None:
        return replace(found, reason="its weeks do not differ at all")
    if not is_log and _usual_events(before, after) < LEAST_EVENTS:
        return replace(found, reason=f"too rare: fewer than {LEAST_EVENTS} cases to expect on either side")
    found = replace(found, own=_in_words(estimate, is_log))
    plants = {name for name in by_plant if name is not None}
    candidates = plants - change.plants
    if plant is None or not candidates:
        return replace(found, reason=EVERYWHERE if len(plants) > 1 else ALONE)
    first, last = min(before), max(after) + WEEK
    moved = {name for other in others if other.first < last and first < other.last for name in other.plants}
    if not candidates - moved:
        return replace(found, reason="every other plant changed in these weeks, too")
    untouched = [
        series
        for name in sorted(candidates - moved)
        if len((series := by_plant[name]).keys() & before) >= LEAST_WEEKS and len(series.keys() & after) >= LEAST_WEEKS
    ]
    if not untouched:
        few = f"no other plant has {LEAST_WEEKS} such weeks of {LEAST_CASES} cases on either side"
        return replace(found, reason=few)
    found = replace(found, untouched_count=len(untouched))
    apart_before, apart_after = differences(before, after, untouched)
    if drifts(apart_before):
        return replace(found, reason="the plants were drifting apart already before")
    estimate = compare([value for _, value in apart_before], [value for _, value in apart_after])
    if estimate is None:
        return replace(found, reason="its weeks do not differ at all")
    return replace(found, effect=_in_words(estimate, is_log))


def differences(
    before: Series, after: Series, untouched: Sequence[Series]
) -> tuple[list[tuple[date, float]], list[tuple[date, float]]]:
    """Weeks before and after with the touched plant's value less the mean of the untouched plants', each of these
    from its own mean before; weeks in which no untouched plant has a value are left out."""
    usual = [fmean(series[week][0] for week in before if week in series) for series in untouched]

    def apart(side: Series) -> list[tuple[date, float]]:
        found = []
        for week, (value, _) in side.items():
            moved = [series[week][0] - mean for series, mean in zip(untouched, usual, strict=True) if week in series]
            if moved:
                found.append((week, value - fmean(moved)))
        return found

    return apart(before), apart(after)


def compare(before: Sequence[float], after: Sequence[float]) -> Estimate | None:
    """Mean after less mean before with its interval; None where the weeks of either side do not differ at all."""
    errors = variance(before) / len(before), variance(after) / len(after)
    if sum(errors) < 1e-18:  # rounding apart
        return None
    freedom = sum(errors) ** 2 / sum(e**2 / (len(side) - 1) for e, side in zip(errors, (before, after), strict=True))
    alike = _correlation(before, after)
    error = math.sqrt(sum(errors) * (1 + alike) / (1 - alike))
    change, reach = fmean(after) - fmean(before), t_quantile(0.5 + CONFIDENCE / 2, freedom) * error
    return Estimate(change, change - reach, change + reach)


def drifts(weeks: Sequence[tuple[date, float]]) -> bool:
    """Whether a straight line through the values has a slope that chance does not explain."""
    days = [week.toordinal() for week, _ in weeks]
    middle, mean = fmean(days), fmean(value for _, value in weeks)
    spread = sum((day - middle) ** 2 for day in days)
    slope = sum((day - middle) * value for day, (_, value) in zip(days, weeks, strict=True)) / spread
    rest = sum((value - mean - slope * (day - middle)) ** 2 for day, (_, value) in zip(days, weeks, strict=True))
    error = math.sqrt(rest / (len(weeks) - 2) / spread)
    return abs(slope) > t_quantile(0.5 + CONFIDENCE / 2, len(weeks) - 2) * error


def t_quantile(probability: float, freedom: float) -> float:
    """Quantile of Student's t, by the expansion of Abramowitz and Stegun (1964), 26.7.5: within 0.2 % from 3 degrees of
    freedom on."""
    z = NormalDist().inv_cdf(probability)
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return z + sum(term / freedom**power for power, term in enumerate(terms, start=1))


def _correlation(before: Sequence[float], after: Sequence[float]) -> float:
    """How alike weeks are that follow each other on the same side of the change, from 0 to 0.8."""
    rests = [[value - fmean(side) for value in side] for side in (before, after)]
    found = sum(x * y for rest in rests for x, y in pairwise(rest)) / sum(x * x for rest in rests for x in rest)
    length = (len(before) + len(after)) / 2
    return min(max((length * found + 1) / (length - 4), 0.0), 0.8)


def _window(change: Change, others: Iterable[Change]) -> Window:
    """The weeks around a change in which nothing else changed."""
    window = Window(change.first - BEFORE, change.last + AFTER)
    for other in others:
        is_same = (other.first, other.last) == (change.first, change.last)
        if is_same or (other.first < change.last and change.first < other.last):
            return replace(window, same=other)
        if window.start < other.last <= change.first:
            window = replace(window, start=other.last, earlier=other)
        if change.last <= other.first < window.end:
            window = replace(window, end=other.first, later=other)
    return window


def _too_few(before: int, after: int, window: Window) -> str:
    side, count, near = ("before", before, window.earlier) if before <= after else ("after", after, window.later)
    weeks = f"{count} of {LEAST_WEEKS} weeks {side} it are final and have {LEAST_CASES} cases"
    if near:
        return f"“{near.name}” came too close: {weeks}"
    return f"too {'early' if side == 'after' else 'little is known'}: {weeks}"


def _columns(found: Answer) -> dict:
    row = {name: value for name, value in asdict(found).items() if name in TABLE.names and name != "effect"}
    for part, estimate in (("change", found.own), ("effect", found.effect)):
        ends = (estimate.change, estimate.low, estimate.high) if estimate else (None, None, None)
        row |= dict(zip((part, f"{part}_low", f"{part}_high"), ends, strict=True))
    return row | {"verdict": found.verdict}


def _in_words(estimate: Estimate, is_log: bool) -> Estimate:
    """A difference of logarithms as a relative change."""
    if not is_log:
        return estimate
    return Estimate(*(math.expm1(value) for value in (estimate.change, estimate.low, estimate.high)))


def _shown(value: float, is_log: bool) -> float:
    return math.exp(value) if is_log else value


def _usual_events(before: Series, after: Series) -> float:
    """Of a share: how many cases would count, or would not, on the side with fewer, were its rate the same on both."""
    weeks = [*before.values(), *after.values()]
    rate = sum(value * n for value, n in weeks) / sum(n for _, n in weeks)
    return min(rate, 1 - rate) * min(_cases(before), _cases(after))


def _cases(weeks: Series) -> int:
    return sum(n for _, n in weeks.values())


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
