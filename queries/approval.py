"""What approvals say: how long those that wait have waited, when they stall, who decides how, and what another
threshold or limit would have done. Everything here takes rows and gives numbers; durations in seconds.

Open steps count as not yet decided: a median of waits is over all, and None where it is not reached.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from queries.readable import DAY

AGES = (1, 3, 7, 14)  # days at which one class of age ends and the next begins
SLOT = 2  # hours of one column of the week
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
QUICK = 10.0  # seconds within which nobody reads a document
STEPS = 40  # of the slider


class Step(NamedTuple):  # made in a tenth of the time of a dataclass: there are tens of thousands
    """A step of approval. document: a number for what was to be approved; amount: its worth in the currency of the
    group, None where it is not known; seconds: how long it took, or has taken so far while it is open; limit: how long
    it may take; weekday (1 is Monday) and hour: when its turn came, in the plant's time; product, responsible: of the
    document."""

    document: int
    plant: str | None
    step: str
    approver: str | None
    outcome: str
    amount: float | None
    currency: str | None
    seconds: float
    limit: float | None
    weekday: int
    hour: int
    product: str | None = None
    responsible: str | None = None

    @property
    def is_open(self) -> bool:
        return self.outcome == "open"


def steps(columns: Mapping[str, Sequence]) -> tuple[Step, ...]:
    """Of the columns of the list approval_step: rows would take four times as long."""
    names = (
        "document", "plant", "step_name", "approver", "outcome", "amount", "currency", "seconds", "limit_seconds",
        "weekday", "hour", "product", "responsible",
    )  # fmt: skip
    return tuple(map(Step._make, zip(*(columns[name] for name in names), strict=True)))


@dataclass(frozen=True)
class Age:
    """Open steps of one class of age, `until_days` None for the oldest; amount: their worth, as far as it is known."""

    from_days: int
    until_days: int | None
    count: int
    late_count: int
    amount: float

    @property
    def words(self) -> str:
        if self.until_days is None:
            return f"over {self.from_days} d"
        return f"{self.from_days} to {self.until_days} d" if self.from_days else f"under {self.until_days} d"


def ages(queue: Sequence[dict]) -> list[Age]:
    """Rows of the list approval_queue by their age."""
    found = []
    for start, end in zip((0, *AGES), (*AGES, None), strict=True):
        inside = [row for row in queue if start * DAY <= row["age_seconds"] < (math.inf if end is None else end * DAY)]
        amount = sum(row["reporting_amount"] or 0 for row in inside)
        found.append(Age(start, end, len(inside), sum(bool(row["is_late"]) for row in inside), amount))
    return found


@dataclass(frozen=True)
class Holder:
    """What waits for one person or group: how many steps, past their limit, holding up orders due soon, the longest,
    and their worth."""

    name: str
    plant: str | None
    count: int
    late_count: int
    holding_count: int
    oldest_seconds: float
    amount: float


def holders(queue: Sequence[dict], by_person: bool = False) -> list[Holder]:
    """Rows of the list approval_queue by the tier or role they wait for, or by the person where one is asked; the most
    late ones first."""
    groups = defaultdict(list)
    for row in queue:
        groups[(by_person and row["awaited"]) or row["step_name"], row["plant"]].append(row)
    found = [
        Holder(
            name, plant, len(rows), sum(bool(row["is_late"]) for row in rows),
            sum(bool(row["due_soon_count"]) for row in rows), max(row["age_seconds"] for row in rows),
            sum(row["reporting_amount"] or 0 for row in rows),
        )
        for (name, plant), rows in groups.items()
    ]  # fmt: skip
    return sorted(found, key=lambda one: (-one.late_count, -one.count, one.name, one.plant or ""))


def median(found: Iterable[Step]) -> float | None:
    """The wait that half of the steps did not exceed; None where more than half are open for that long."""
    waits = sorted(math.inf if one.is_open else one.seconds for one in found)
    middle = waits[(len(waits) - 1) // 2] if waits else math.inf
    return None if math.isinf(middle) else middle


def is_late(one: Step, limit: float | None) -> bool:
    """Decided past a limit, or open past it."""
    return limit is not None and one.seconds > limit


def has_fallen_due(one: Step, limit: float | None) -> bool:
    """Decided, or open past its limit: what can still be in time is not judged."""
    return limit is not None and (not one.is_open or one.seconds > limit)


@dataclass(frozen=True)
class Cell:
    """Steps whose turn came on a weekday in a slot of hours: how many, their median wait, and how many were late."""

    count: int
    median_seconds: float | None
    late_count: int


def week(found: Iterable[Step]) -> dict[tuple[int, int], Cell]:
    """Steps by (weekday, first hour of the slot) in which their turn came."""
    groups = defaultdict(list)
    for one in found:
        groups[one.weekday, one.hour // SLOT * SLOT].append(one)
    return {
        place: Cell(len(inside), median(inside), sum(is_late(one, one.limit) for one in inside))
        for place, inside in groups.items()
    }


@dataclass(frozen=True)
class Person:
    """How one approver decided: how many, the median wait, past the limit, within seconds, and rejected."""

    name: str
    plant: str | None
    count: int
    median_seconds: float | None
    late_count: int
    quick_count: int
    rejected_count: int


def people(found: Iterable[Step]) -> list[Person]:
    """Decided steps by who decided them, the busiest first."""
    groups = defaultdict(list)
    for one in found:
        if one.approver is not None:
            groups[one.approver, one.plant].append(one)
    persons = [
        Person(
            name, plant, len(inside), median(inside), sum(is_late(one, one.limit) for one in inside),
            sum(one.seconds <= QUICK for one in inside), sum(one.outcome == "rejected" for one in inside),
        )
        for (name, plant), inside in groups.items()
    ]  # fmt: skip
    return sorted(persons, key=lambda one: (-one.count, one.name, one.plant or ""))


@dataclass(frozen=True)
class WhatIf:
    """What a threshold and a limit would have meant for past steps.

    asked_count: steps that would still have been asked; saved_count: those of documents below the threshold, and the
    waiting that they cost (decided ones only, in seconds); exposed_amount and exposed_count: the documents that nobody
    would have looked at, each once; rejected_count and rejected_amount: those of them that were rejected. due_count and
    late_count: of the steps still asked, those judged by the limit, and those past it. unvalued_count: steps whose
    worth is not known; they would still have been asked.
    """

    asked_count: int
    saved_count: int
    saved_seconds: float
    exposed_count: int
    exposed_amount: float
    rejected_count: int
    rejected_amount: float
    due_count: int
    late_count: int
    unvalued_count: int

    @property
    def late_share(self) -> float | None:
        return self.late_count / self.due_count if self.due_count else None


def what_if(found: Sequence[Step], threshold: float = 0.0, limit: float | None = None) -> WhatIf:
    """Past steps, had nobody been asked below `threshold`, and had each step to be decided within `limit` seconds
    (None: within its own)."""
    saved = [one for one in found if one.amount is not None and one.amount < threshold]
    asked = [one for one in found if one.amount is None or one.amount >= threshold]
    exposed = {one.document: one.amount for one in saved}
    rejected = {one.document: one.amount for one in saved if one.outcome == "rejected"}
    limits = [(one, one.limit if limit is None else limit) for one in asked]
    return WhatIf(
        len(asked), len(saved), sum(one.seconds for one in saved if not one.is_open),
        len(exposed), sum(exposed.values()), len(rejected), sum(rejected.values()),
        sum(has_fallen_due(one, own) for one, own in limits), sum(is_late(one, own) for one, own in limits),
        sum(one.amount is None for one in found),
    )  # fmt: skip


def thresholds(found: Sequence[Step]) -> tuple[float, float]:
    """The largest threshold worth trying, nine of ten amounts lie below it, and the step from one to the next: round
    figures."""
    amounts = sorted(one.amount for one in found if one.amount is not None)
    if not amounts or amounts[-1] <= 0:
        return 0.0, 0.0
    top = amounts[int(0.9 * (len(amounts) - 1))] or amounts[-1]
    size = _round(top / STEPS)
    return math.ceil(top / size) * size, size


def _round(value: float) -> float:
    """The next 1, 2 or 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(value))
    return next(factor * power for factor in (1.0, 2.0, 5.0, 10.0) if factor * power >= value * (1 - 1e-9))


def usual_limit(found: Sequence[Step]) -> float | None:
    """The limit that most steps have."""
    limits = [one.limit for one in found if one.limit is not None]
    return max(set(limits), key=limits.count) if limits else None
