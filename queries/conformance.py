"""Conformance: classes of deviations with their impact, what of them was accepted, and which matter most.

A class is a process rule in a plant. What is accepted is applied here, where classes are read, and so holds at once.

Impact in hours: by how much the median lead time of the completed cases that break the rule exceeds that of the
completed cases of the same workflow and plant that break none, times the number of the former; never less than nothing.
The difference of medians has a 95 % interval from order statistics: Bonett, D.G., Price, R.M. (2002), Statistical
inference for a linear function of medians, Psychological Methods 7. It says that such cases take longer, not that they
do because of the deviation: what is approved twice may be larger, too.

Exposure: of each class the hours, the money and the compliance weight times the share of cases, each as a share of the
greatest such figure among the classes in sight; the score is 100 times the mean of the three. 100 is the worst in all
of them. Hours that cannot be told from none, and money that is not known, count as nothing. A score has no meaning
beside other classes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import comb, sqrt
from statistics import NormalDist

from queries import readable, warehouse
from queries.decision import Acceptance
from queries.interval import Z, wilson

LEAST = 6  # completed cases on each side, from which on a 95 % interval of a median exists
EXACT = 1000  # up to so many cases the level of an order statistic is computed exactly


@dataclass(frozen=True)
class DeviationClass:
    """A process rule in a plant: of `n_concerned` cases `n` break it, of which `n_open` are still open.

    share has a Wilson interval. delay_seconds is the difference of medians with its interval, hours what that is for
    all its completed cases; None where it cannot be told, and then `reason` says why. acceptance is what holds today.
    """

    rule: str
    plant: str | None
    workflow: str
    kind: str
    definition: str
    weight: float
    owner: str
    n_concerned: int
    n: int
    n_open: int
    share: float
    low: float
    high: float
    n_completed: int
    n_conforming: int
    delay_seconds: float | None
    delay_low: float | None
    delay_high: float | None
    hours: float | None
    reason: str | None
    amount: float | None
    n_valued: int
    currency: str | None
    last_at: datetime | None
    acceptance: Acceptance | None = None


@dataclass(frozen=True)
class Exposure:
    """A class with its place and score among the others; of accepted ones both are None."""

    place: int | None
    score: float | None
    of: DeviationClass


def classes(
    opened: warehouse.Warehouse,
    accepted: Iterable[Acceptance] = (),
    today: date | None = None,
    cases: Mapping[str, Sequence[str]] | None = None,
) -> list[DeviationClass]:
    """Every process rule in every plant in sight in which it concerns a case: the most frequent deviations first, rules
    that nothing breaks last. Of some `cases` alone (as in warehouse.read), those beside them that conform are still all
    of the plant."""
    today = today or readable.utc_now().date()
    held = [one for one in accepted if one.holds(today)]
    found = [_class(row, held) for row in warehouse.read(opened, "deviation_class", cases).to_pylist()]
    return sorted(found, key=lambda one: -one.share)


def ranked(found: Iterable[DeviationClass]) -> list[Exposure]:
    """Classes with deviations by their exposure, worst first; then the accepted ones, which are in no ranking."""
    broken = [one for one in found if one.n]
    open_ones = [one for one in broken if one.acceptance is None]
    parts = [
        _relative([value(one) for one in open_ones])
        for value in (
            lambda one: one.hours if one.hours and one.delay_low > 0 else 0.0,
            lambda one: one.amount or 0.0,
            lambda one: one.weight * one.share,
        )
    ]
    scores = [100 * sum(three) / 3 for three in zip(*parts, strict=True)]
    order = sorted(zip(scores, open_ones, strict=True), key=lambda pair: (-pair[0], -pair[1].n, pair[1].rule))
    places: dict[float, int] = {}
    for number, (score, _) in enumerate(order, start=1):
        places.setdefault(round(score, 9), number)
    return [Exposure(places[round(score, 9)], score, one) for score, one in order] + [
        Exposure(None, None, one) for one in sorted(broken, key=lambda one: (-one.n, one.rule)) if one.acceptance
    ]


def shares(
    opened: warehouse.Warehouse,
    accepted: Iterable[Acceptance] = (),
    since: datetime | None = None,
    today: date | None = None,
    cases: Mapping[str, Sequence[str]] | None = None,
) -> list[dict]:
    """Per workflow and plant: cases that ended, how many conform, how many break only what is accepted there, and the
    share of those that do either, with its Wilson interval. `from` and `to` are the days it stands for: since `since`,
    or without it since the first case ended, up to the moment of the data."""
    today = today or readable.utc_now().date()
    pairs = [f"{one.rule}\t{one.plant or ''}" for one in accepted if one.holds(today)]
    found = warehouse.read(opened, "conformance", cases, accepted=pairs, since_at=since).to_pylist()
    for row in found:
        first = row.pop("first_on")
        row |= {"from": since.date() if since else first, "to": opened.as_of.date()}
        for name, k in (("", row["conforming_count"]), ("_with_accepted", _good(row))):
            low, high = wilson(k, row["case_count"])
            row |= {f"share{name}": k / row["case_count"], f"low{name}": low, f"high{name}": high}
    return found


def median_error(n: int, low: float, high: float) -> float:
    """The standard error of a median of n values, from the two that lie as far below it as above it: the c-th from
    either end, with c = (n + 1) / 2 - sqrt(n), at least the first (McKean and Schrader, as in Bonett and Price)."""
    return (high - low) / (2 * _level(n))


def _level(n: int) -> float:
    """How many standard errors the c-th value lies from the median."""
    if n > EXACT:
        return 2.0
    # As DuckDB rounds: halves away from nothing.
    c = max(1, int((n + 1) / 2 - sqrt(n) + 0.5))
    return NormalDist().inv_cdf(1 - sum(comb(n, i) for i in range(c)) / 2**n)


def _good(row: dict) -> int:
    return row["conforming_count"] + row["accepted_count"]


def _class(row: dict, held: list[Acceptance]) -> DeviationClass:
    low, high = wilson(row["case_count"], row["concerned_count"])
    n, n_conforming = row["completed_count"], row["conforming_count"] or 0
    delay = delay_low = delay_high = hours = reason = None
    if not row["case_count"]:
        reason = "no deviation"
    elif n < LEAST:
        reason = f"fewer than {LEAST} completed cases break the rule"
    elif n_conforming < LEAST:
        reason = f"fewer than {LEAST} completed cases of the plant break no rule"
    else:
        delay = row["median_seconds"] - row["conforming_seconds"]
        own = median_error(n, row["low_seconds"], row["high_seconds"])
        other = median_error(n_conforming, row["conforming_low_seconds"], row["conforming_high_seconds"])
        reach = Z * sqrt(own**2 + other**2)
        delay_low, delay_high = delay - reach, delay + reach
        hours = max(0.0, delay) * n / 3600
    return DeviationClass(
        **{name: row[name] for name in ("rule", "plant", "workflow", "kind", "definition", "weight", "owner")},
        n_concerned=row["concerned_count"],
        n=row["case_count"],
        n_open=row["open_count"],
        share=row["case_count"] / row["concerned_count"],
        low=low,
        high=high,
        n_completed=n,
        n_conforming=n_conforming,
        delay_seconds=delay,
        delay_low=delay_low,
        delay_high=delay_high,
        hours=hours,
        reason=reason,
        amount=row["amount"],
        n_valued=row["amount_count"],
        currency=row["currency"],
        last_at=row["last_at"],
        acceptance=next((one for one in held if one.concerns(row["rule"], row["plant"])), None),
    )


def _relative(values: list[float]) -> list[float]:
    """Each value as a share of the greatest."""
    greatest = max(values, default=0.0)
    return [value / greatest if greatest > 0 else 0.0 for value in values]
