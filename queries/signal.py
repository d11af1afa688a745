"""Signal or noise: whether a week of a KPI differs from its baseline by more than its weeks differ among each other.

XmR chart (Wheeler, Understanding Variation, 1993) over the final weekly values: the limits are the mean of a locked
baseline plus and minus 2.66 times its mean moving range. A week is a signal beyond a limit (rule 1), or with one of
the two weeks before it beyond two thirds of the way to the same limit (2 of 3). Durations are skewed, so theirs are
judged by the logarithm. Only weeks with enough cases count; the others are left out, as are weeks that can change.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from statistics import fmean

LEAST_POINTS = 24  # weeks of a baseline
LEAST_CASES = 30  # cases of a week
LEAST_EVENTS = 5  # of a share: cases that count, and that do not, in a usual week; counts of fewer are too lopsided
LIMIT = 2.66  # mean moving ranges from centre to limit: 3 / 1.128
NORMAL, ABOVE, BELOW = "normal", "above", "below"


@dataclass(frozen=True)
class Week:
    """A week that counts: its Monday, and the KPI's value (seconds, share)."""

    start: date
    value: float


@dataclass(frozen=True)
class Baseline:
    """What a series was like in `points` weeks from `first` to `last`: centre and mean moving range, of the logarithms
    where `is_log`."""

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
    moving_range = fmean(abs(later - earlier) for earlier, later in pairwise(values))
    if not moving_range:
        return None
    return Baseline(chosen[0].start, chosen[-1].start, len(chosen), fmean(values), moving_range, is_log)


def judge(weeks: Sequence[Week], baseline: Baseline) -> list[Verdict]:
    """A verdict for each week after the baseline, as it looked at the end of that week."""
    later = [week for week in weeks if week.start > baseline.last]
    # in mean moving ranges from the centre
    scores = [(scaled(week.value, baseline.is_log) - baseline.centre) / baseline.moving_range for week in later]
    return [_verdict(later, scores, number) for number in range(len(later))]


def _verdict(weeks: Sequence[Week], scores: Sequence[float], number: int) -> Verdict:
    side = 1 if scores[number] > 0 else -1
    here = side * scores[number]
    near = [side * score > LIMIT * 2 / 3 for score in scores[max(0, number - 2) : number + 1]]
    if here <= LIMIT and not (near[-1] and sum(near) >= 2):
        return Verdict(weeks[number].start, NORMAL)
    return Verdict(weeks[number].start, ABOVE if side > 0 else BELOW, weeks[_began(scores, number, side)].start)


def _began(scores: Sequence[float], number: int, side: int) -> int:
    """Where the step that a signal shows most likely began: the week from which on the number of weeks times their
    squared mean distance from the centre is greatest (Samuel, Pignatiello and Calvin, Identifying the time of a step
    change with X-bar control charts, Quality Engineering 10, 1998)."""
    best, first, total = 0.0, number, 0.0
    for start in range(number, -1, -1):
        total += side * scores[start]
        if total <= 0:
            break
        likelihood = total * total / (number - start + 1)
        if likelihood > best:
            best, first = likelihood, start
    return first


def scaled(value: float, is_log: bool) -> float:
    """Logarithm of a duration, of one second at least: a queue that empties at once has a median of zero."""
    return math.log(max(value, 1.0)) if is_log else value
