"""Working time of a plant, and Odoo's way of writing a moment."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from random import Random
from zoneinfo import ZoneInfo

from etl.demo.plants import Company, Wait

# Later than any moment of a demo.
NEVER = 1 << 40

_EPOCH = datetime(1970, 1, 1)


@lru_cache(1 << 16)
def stamp(at: int) -> str:
    """Seconds since 1970 as Odoo's RPC writes a datetime."""
    return str(_EPOCH + timedelta(seconds=at))


def seconds(moment: datetime) -> int:
    """An aware datetime as seconds since 1970."""
    return int(moment.timestamp())


@dataclass(frozen=True)
class Clock:
    """The hours a company works: one interval of equal length per working day."""

    days: list[date]
    opens: list[int]
    length: int

    def after(self, at: int, hours: float) -> int:
        """The moment `hours` of working time after `at`; NEVER beyond the last known day."""
        index = bisect_right(self.opens, at) - 1
        worked = min(at - self.opens[index], self.length)
        days, rest = divmod(worked + int(hours * 3600), self.length)
        index += days
        return self.opens[index] + rest if index < len(self.opens) else NEVER

    def wait(self, rng: Random, at: int, wait: Wait) -> int:
        """The moment at which a wait drawn from `wait` is over."""
        return self.after(at, min(rng.lognormvariate(0.0, wait.spread) * wait.hours, wait.most))

    def next_day(self, at: int, weekdays: tuple[int, ...]) -> int:
        """The opening time of the first of `weekdays` after `at`; NEVER beyond the last known day."""
        index = bisect_right(self.opens, at)
        while index < len(self.opens) and self.days[index].weekday() not in weekdays:
            index += 1
        return self.opens[index] if index < len(self.opens) else NEVER


def clock(company: Company, first: date, last: date, opens: int, closes: int) -> Clock:
    """The company's clock from `first` to `last`, open from `opens` to `closes` o'clock local time."""
    tz = ZoneInfo(company.tz)
    span = (first + timedelta(days=n) for n in range((last - first).days + 1))
    days = [day for day in span if company.is_working(day)]
    starts = [seconds(datetime(day.year, day.month, day.day, opens, tzinfo=tz)) for day in days]
    return Clock(days, starts, (closes - opens) * 3600)


def whole_hour(moment: datetime | None) -> datetime:
    """`moment` in UTC (naive is taken as UTC); without one the current hour."""
    if moment is None:
        return datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
