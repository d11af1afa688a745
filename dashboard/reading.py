"""A KPI as read: its value over a period, how it moved, and whether it meets its target."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from queries.catalog import Kpi


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


@dataclass(frozen=True)
class Reading:
    """All a card shows of a KPI."""

    kpi: Kpi
    now: Point
    before: Point | None
    weeks: tuple[Point, ...]
    as_of: datetime
    target: float | None = None

    @property
    def is_better(self) -> bool | None:
        """Whether the value moved the right way; None where there is no right way or nothing to compare."""
        if self.kpi.direction == "none" or self.before is None or None in (self.now.value, self.before.value):
            return None
        if abs(self.now.value - self.before.value) < 0.005 * abs(self.before.value):
            return None
        return (self.now.value < self.before.value) == (self.kpi.direction == "lower")

    @property
    def meets_target(self) -> bool | None:
        return meets(self.kpi, self.now.value, self.target)


def meets(kpi: Kpi, value: float | None, target: float | None) -> bool | None:
    """Whether a value is on the good side of its target; None where either is missing or no side is good."""
    if value is None or target is None or kpi.direction == "none":
        return None
    return value <= target if kpi.direction == "lower" else value >= target
