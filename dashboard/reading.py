"""A KPI as read: its value over a period, how it moved, and whether it meets its target."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from queries import target as targets
from queries.budget import Budget
from queries.catalog import Kpi
from queries.signal import ABOVE, BELOW


@dataclass(frozen=True)
class Point:
    """A KPI over one period. `value` is None when it cannot be measured, and then `reason` says why. `n_unmeasured`
    counts the cases that could not be measured, beside `n` that could; None where a KPI measures all."""

    start: date
    end: date
    value: float | None = None
    n: int = 0
    n_open: int = 0
    is_final: bool = False
    reason: str | None = None
    low: float | None = None
    high: float | None = None
    cut: str | None = None
    n_unmeasured: int | None = None
    limits: tuple[float, float, float] | None = None  # lower limit, centre, upper limit
    verdict: str | None = None
    value_closed: float | None = None  # of a duration: of ended cases alone
    covers: tuple[date, date] | None = None  # what an index is of, where that is not the period

    @property
    def days(self) -> tuple[date, date]:
        """The days [start, end) that the number is of."""
        return self.covers or (self.start, self.end)


@dataclass(frozen=True)
class Verdict:
    """What the newest final week of a KPI is against its baseline, in one plant (None: all): normal, above or below
    since a day, still part of the baseline, or why that cannot be said."""

    plant: str | None
    week: date
    kind: str | None = None
    since: date | None = None
    reason: str | None = None

    @property
    def is_shift(self) -> bool:
        return self.kind in (ABOVE, BELOW)


@dataclass(frozen=True)
class Change:
    """Something that changed at a moment (UTC) and concerns a KPI: `answers` say what became of it, one for each plant
    that is shown (rows of the list change_effect)."""

    name: str
    at: datetime
    answers: tuple[dict, ...]


@dataclass(frozen=True)
class Reading:
    """All a card shows of a KPI."""

    kpi: Kpi
    now: Point
    before: Point | None
    weeks: tuple[Point, ...]
    as_of: datetime
    target: float | None = None
    verdict: Verdict | None = None
    shifts: tuple[Verdict, ...] = ()  # of single plants
    budgets: tuple[Budget, ...] | None = ()  # of this month: all plants together, then each; None: cannot be read

    @property
    def is_comparable(self) -> bool:
        """Whether the value before is of about as many days as the value now: one month is not held against another
        half-year."""
        if self.before is None:
            return False
        now, before = ((end - start).days for start, end in (self.now.days, self.before.days))
        return max(now, before) < 1.2 * min(now, before)

    @property
    def meets_target(self) -> bool | None:
        return meets(self.kpi, self.now, self.target)


def is_too_few(kpi: Kpi, point: Point) -> bool:
    """Whether a value rests on so few cases that the next could turn it; a queue is as long as it is."""
    return targets.is_too_few(kpi, point.value, point.n)


def meets(kpi: Kpi, point: Point, target: float | None) -> bool | None:
    """Whether a value is on the good side of its target; None where either is missing, no side is good, or there are
    too few cases to judge."""
    return targets.meets(kpi, point.value, point.n, target)


def is_better(kpi: Kpi, verdict: Verdict) -> bool | None:
    """Whether a shift went the right way; None where no way is right, or nothing shifted."""
    if not verdict.is_shift or kpi.direction == "none":
        return None
    return (verdict.kind == BELOW) == (kpi.direction == "lower")
