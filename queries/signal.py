"""Signal or noise: whether a week of a KPI differs from its baseline by more than its weeks differ among each other.

XmR chart (Wheeler, Understanding Variation, 1993) over the final weekly values: the limits are the mean of a locked
baseline plus and minus 2.66 times its mean moving range. A week is a signal beyond a limit (rule 1), or with one of
the two weeks before it beyond two thirds of the way to the same limit (2 of 3). Durations are skewed, so theirs are
judged by the logarithm. Only weeks with enough cases count; the others are left out, as are weeks that can change.

The mean moving range of 24 weeks is too small by chance more often than a standard deviation is, above all where a
KPI mixes kinds of cases: what is more of the two sets the limits (by simulation: tests/queries/test_signal.py).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from statistics import fmean, stdev

LEAST_POINTS = 24  # weeks of a baseline
LEAST_CASES = 30  # cases of a week
LEAST_EVENTS = 5  # of a share: cases that count, and that do not, in a usual week; counts of fewer are too lopsided
PAIR = 1.128  # mean range of two values of a normal distribution, in standard deviations (d2 of n = 2)
LIMIT = 2.66  # mean moving ranges from centre to limit: 3 / 1.128
LOOK_BACK = 8  # ordinary weeks before a signal in which the step it shows may have begun
NORMAL, ABOVE, BELOW = "normal", "above", "below"


@dataclass(frozen=True)
class Week:
    """A week that counts: its Monday, and the KPI's value (seconds, share)."""

    start: date
    value: float


@dataclass(frozen=True)
class Baseline:
    """What a series was like in `points` weeks from `first` to `last`: centre and mean moving range (or 1.128 standard
    deviations, where that is more), of the logarithms where `is_log`."""

    first: date
    last: date
    points: int
    centre: float
    moving_range: float
    is_log: bool

    @property
    def limits(self) -> tuple[float, float, float]:
        """Lower limit, centre and upper limit in the KPI's unit."""
        reach = LIMIT * self.moving_range
        found = [self.centre - reach, self.centre, self.centre + reach]
        low, centre, high = map(math.exp, found) if self.is_log else found
        return low, centre, high


@dataclass(frozen=True)
class Verdict:
    """What a week is against its baseline: normal, above or below; of a signal, the Monday of the week in which the
    step most likely began."""

    week: date
    kind: str
    since: date | None = None


def lock(weeks: Sequence[Week], is_log: bool) -> Baseline | None:
    """The baseline of a series, its first LEAST_POINTS weeks; None while there are fewer, or where they are all equal,
    which says nothing of how much weeks differ."""
    chosen = weeks[:LEAST_POINTS]
    if len(chosen) < LEAST_POINTS:
        return None
    values = [scaled(week.value, is_log) for week in chosen]
    moving_range = max(fmean(abs(later - earlier) for earlier, later in pairwise(values)), PAIR * stdev(values))
    if not moving_range:
        return None
    return Baseline(chosen[0].start, chosen[-1].start, len(chosen), fmean(values), moving_range, is_log)


def judge(weeks: Sequence[Week], baseline: Baseline) -> list[Verdict]:
    """A verdict for each week after the baseline, as it looked at the end of that week."""
    later = [week for week in weeks if week.start > baseline.last]
    # in mean moving ranges from the centre
    scores = [(scaled(week.value, baseline.is_log) - baseline.centre) / baseline.moving_range for week in later]
    kinds = [_kind(scores, number) for number in range(len(later))]
    return [
        Verdict(week.start, kind, None if kind == NORMAL else later[_began(scores, kinds, number)].start)
        for number, (week, kind) in enumerate(zip(later, kinds, strict=True))
    ]


def _kind(scores: Sequence[float], number: int) -> str:
    side = 1 if scores[number] > 0 else -1
    near = [side * score > LIMIT * 2 / 3 for score in scores[max(0, number - 2) : number + 1]]
    if side * scores[number] <= LIMIT and not (near[-1] and sum(near) >= 2):
        return NORMAL
    return ABOVE if side > 0 else BELOW


def _began(scores: Sequence[float], kinds: Sequence[str], number: int) -> int:
    """Where the step that a signal shows most likely began: the week from which on the number of weeks times their
    squared mean distance from the centre is greatest (Samuel, Pignatiello and Calvin, Identifying the time of a step
    change with X-bar control charts, Quality Engineering 10, 1998). After LOOK_BACK weeks in a row that were no such
    signal, what was before them is over."""
    side, best, first, total, ordinary = 1 if kinds[number] == ABOVE else -1, 0.0, number, 0.0, 0
    for start in range(number, -1, -1):
        ordinary = 0 if kinds[start] == kinds[number] else ordinary + 1
        total += side * scores[start]
        if total <= 0 or ordinary > LOOK_BACK:
            break
        likelihood = total * total / (number - start + 1)
        if likelihood > best:
            best, first = likelihood, start
    return first


def scaled(value: float, is_log: bool) -> float:
    """Logarithm of a duration, of one second at least: a queue that empties at once has a median of zero."""
    return math.log(max(value, 1.0)) if is_log else value
