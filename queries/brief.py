"""The morning brief: what is out of the ordinary, in at most five sentences, the worst first.

Built by rules from the judged weeks of agg_kpi alone; what stands beside a number (what waits, what a change did) comes
from the lists open_worth and change_effect. The newest judged week of a KPI in a plant is told

- at once, where it lies beyond a limit by so much that among all series in sight together one week in 1 / RATE has such
  a week by chance (Bonferroni over the series, by Student's t of a baseline of 24 weeks); with few series that is the
  limit itself, rule 1;
- else where it is a signal, by rule 1 or 2 of 3, and so was the judged week before it, to the same side.

By simulation, in quiet weeks at most one false sentence is made in ten (tests/queries/test_brief.py). A line over all
plants is left out where a plant says the same of the KPI. Weeks that ended more than LOOK_BACK weeks ago are no news.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from urllib.parse import urlencode

from queries import plant as plants
from queries import readable, signal
from queries.catalog import Kpi
from queries.effect import t_quantile
from queries.measure import NONE
from queries.signal import ABOVE, BELOW, LEAST_POINTS
from queries.warehouse import WarehouseMissing

SHOWN = 5
RATE = 0.03  # false sentences in a quiet week that are made at once
LIMIT = 3.0  # standard deviations from the centre to a limit
CERTAIN, LIKELY = "A", "B"
SURE = {CERTAIN: "certain", LIKELY: "likely"}
NEAR = timedelta(weeks=2)  # between a change and the shift it explains


@dataclass(frozen=True)
class Shift:
    """A KPI of a plant (None: all plants) that is out of the ordinary: its value in the week from `start` to `end` (the
    day after the last), what is usual, how many standard deviations lie between (`score`), and the Monday since which
    it is so. is_better is None where no side is good; confidence: A where it is so at once and the week after confirms
    it, else B."""

    kpi: str
    plant: str | None
    clock: str
    start: date
    end: date
    value: float
    usual: float
    n: int
    kind: str
    since: date
    score: float
    confidence: str
    is_better: bool | None


@dataclass(frozen=True)
class Sentence:
    """A sentence of the brief. number and usual are in seconds for durations, between 0 and 1 for shares; period is the
    week of the number, n its cases; waiting_count records wait now, which hold up at most held_up_amount; link is an
    address within the dashboard."""

    sentence: str
    number: float
    usual: float
    unit: str
    period: str
    n: int
    confidence: str
    kpi: str
    plant: str | None
    link: str
    since: date
    is_better: bool | None
    waiting_count: int | None = None
    held_up_amount: float | None = None
    held_up_currency: str | None = None
    change: str | None = None


@dataclass(frozen=True)
class Brief:
    """At most SHOWN sentences, how many more there would be, how many series were judged, and of those that could not
    be why: (kpi, plant, reason)."""

    sentences: tuple[Sentence, ...]
    more: int
    n_judged: int
    not_judged: tuple[tuple[str, str | None, str], ...]

    @property
    def closing(self) -> str:
        """Nothing else is out of the ordinary among the 27 of 30 headline numbers that can be judged."""
        if not self.n_judged:
            return "No number can be judged yet, so nothing can be said of what is ordinary."
        count = self.n_judged + len(self.not_judged)
        among = f"among the {self.n_judged} of {count} headline numbers that can be judged"
        if self.more:
            return f"{self.more} more {'is' if self.more == 1 else 'are'} out of the ordinary {among}."
        return f"Nothing {'else ' if self.sentences else ''}is out of the ordinary {among}."


def read(
    rows: Callable[..., list[dict]],
    kpis: Mapping[str, Kpi],
    today: date,
    only: Collection[str] = (),
    clock: str = "elapsed",
) -> Brief:
    """The brief of the headline KPIs, of some plants or (without) of all in sight. rows: reads a list by its name and
    parameters; today: the day of the data."""
    chosen = headlines(kpis)
    weeks = rows("judged_week", kpis=list(chosen), clock=clock)
    effects = _beside(rows, "change_effect", kpi=None, clock=None)
    open_now = _beside(rows, "open_worth")
    names = plants.names(rows("plant"))
    return write(chosen, weeks, rows("verdict"), effects, open_now, names, today, only, clock)


def _beside(rows: Callable[..., list[dict]], name: str, **asked) -> list[dict]:
    """The rows of a list that only adds to sentences; none where the published file is older than it."""
    try:
        return rows(name, **asked)
    except WarehouseMissing:
        return []


def headlines(kpis: Mapping[str, Kpi]) -> dict[str, Kpi]:
    """The headline KPIs in their order."""
    return dict(sorted(((n, k) for n, k in kpis.items() if k.headline is not None), key=lambda one: one[1].headline))


def write(
    kpis: Mapping[str, Kpi],
    weeks: Iterable[dict],
    latest: Iterable[dict],
    effects: Sequence[dict],
    open_now: Sequence[dict],
    names: Mapping[str, str],
    today: date,
    only: Collection[str] = (),
    clock: str = "elapsed",
) -> Brief:
    """The brief of rows of the lists judged_week, verdict, change_effect and open_worth; `today`: the day of the data,
    `only`: plants to keep, or none for all and the lines over all of them."""
    weeks = [row for row in weeks if _is_in(row["plant"], only)]
    judged = judged_series(weeks, today)
    not_judged = tuple(
        (row["kpi"], row["plant"], row["verdict_reason"] or "no week was judged lately")
        for row in latest
        if row["kpi"] in kpis and row["clock"] == _clock(kpis[row["kpi"]], clock)
        if _is_in(row["plant"], only) and (row["kpi"], row["plant"]) not in judged
    )
    told = [sentence(one, kpis[one.kpi], effects, open_now, names, today) for one in shifts(kpis, weeks, today)]
    return Brief(tuple(told[:SHOWN]), len(told[SHOWN:]), len(judged), not_judged)


def shifts(kpis: Mapping[str, Kpi], weeks: Iterable[dict], today: date) -> list[Shift]:
    """What is out of the ordinary among rows of the list judged_week, by the rule above: the worst first, what got
    better last; of the same kind the furthest from the ordinary first."""
    series: dict[tuple[str, str | None], list[dict]] = {}
    for row in weeks:
        if row["kpi"] in kpis:
            series.setdefault((row["kpi"], row["plant"]), []).append(row)
    fresh = [
        sorted(rows, key=lambda row: row["period_start"], reverse=True)
        for rows in series.values()
        if _fresh(rows, today)
    ]
    at_once = reach(len(fresh))
    found = [shift for rows in fresh if (shift := _shift(kpis[rows[0]["kpi"]], rows, at_once))]
    by_plant = {(one.kpi, one.kind) for one in found if one.plant}
    order = list(kpis)
    return sorted(
        (one for one in found if one.plant or (one.kpi, one.kind) not in by_plant),
        key=lambda one: (
            (False, None, True).index(one.is_better),
            -one.score,
            order.index(one.kpi),
            one.plant or "",
        ),
    )


def reach(series: int) -> float:
    """How many standard deviations of its baseline a week must lie from the centre to be told at once, so that among
    so many series RATE of quiet weeks have such a one."""
    if not series:
        return LIMIT
    return max(LIMIT, t_quantile(1 - RATE / (2 * series), LEAST_POINTS - 1) * math.sqrt(1 + 1 / LEAST_POINTS))


def _shift(kpi: Kpi, rows: Sequence[dict], at_once: float) -> Shift | None:
    """What the newest judged week of a series says; `rows`: it and the judged one before, where there is one."""
    now = rows[0]
    if now["verdict"] not in (ABOVE, BELOW):
        return None
    score = _score(now, kpi.measure == "duration")
    is_far, is_confirmed = score > at_once, len(rows) > 1 and rows[1]["verdict"] == now["verdict"]
    if not (is_far or is_confirmed):
        return None
    return Shift(
        kpi.name, now["plant"], now["clock"], now["period_start"], now["period_end"], now["value"], now["baseline"],
        now["n"], now["verdict"], now["shift_since"], score, CERTAIN if is_far and is_confirmed else LIKELY,
        None if kpi.direction == "none" else (now["verdict"] == BELOW) == (kpi.direction == "lower"),
    )  # fmt: skip


def _score(row: Mapping, is_log: bool) -> float:
    """Standard deviations between a week and the centre of its baseline, by the limit on its side."""
    limit = row["limit_high"] if row["verdict"] == ABOVE else row["limit_low"]
    value, centre, end = (signal.scaled(one, is_log) for one in (row["value"], row["baseline"], limit))
    return LIMIT * (value - centre) / (end - centre)


def judged_series(weeks: Iterable[dict], today: date) -> set[tuple[str, str | None]]:
    """The KPIs and plants that can be judged: those with a row of the list judged_week that is not too old."""
    return {(row["kpi"], row["plant"]) for row in _fresh(weeks, today)}


def _fresh(weeks: Iterable[dict], today: date) -> list[dict]:
    """Those that ended not longer ago than a shift is looked for."""
    return [row for row in weeks if today - row["period_end"] <= timedelta(weeks=signal.LOOK_BACK)]


def _is_in(plant: str | None, only: Collection[str]) -> bool:
    return not only or plant in only


def _clock(kpi: Kpi, clock: str) -> str:
    return clock if clock in kpi.clocks else "elapsed"


def sentence(
    one: Shift, kpi: Kpi, effects: Sequence[dict], open_now: Sequence[dict], names: Mapping[str, str], today: date
) -> Sentence:
    """What a shift says in words, by rows of the lists change_effect and open_worth."""
    unit = readable.WORKING_TIME if one.clock == "working" else kpi.unit
    value, usual = (readable.measured(number, unit) for number in (one.value, one.usual))
    how = {True: "better", False: "worse", None: "higher" if one.kind == ABOVE else "lower"}[one.is_better]
    change = _change(one, effects)
    waiting = _waiting(one, open_now)
    words = f"{who(one.plant, names)} {_told(kpi, value)}, usually {usual}: {how}, a real shift since "
    words += readable.day(one.since, today)
    words += f", after “{change['name']}” of {readable.day(change['changed_at'].date(), today)}" if change else ""
    told = Sentence(
        f"{words}{_holding(waiting)}.", one.value, one.usual, unit, f"week of {readable.day(one.start, today)}", one.n,
        one.confidence, one.kpi, one.plant, _link(one), one.since, one.is_better, change=change and change["name"],
    )  # fmt: skip
    return replace(told, **waiting)


def who(plant: str | None, names: Mapping[str, str]) -> str:
    """A plant as the subject of a sentence; None is all of them."""
    if plant is None:
        return "The group"
    return "What belongs to no plant" if plant == NONE else names.get(plant, plant)


def _told(kpi: Kpi, value: str) -> str:
    return kpi.told.format(value=value) if kpi.told else f"has {value} as its {kpi.title.lower()}"


def _change(one: Shift, effects: Iterable[dict]) -> Mapping | None:
    """The change next to the shift that moved the KPI there, and to this side."""
    near = [
        row
        for row in effects
        if (row["kpi"], row["plant"], row["clock"], row["verdict"]) == (one.kpi, one.plant, one.clock, one.kind)
        and abs(row["changed_at"].date() - one.since) <= NEAR
    ]
    return min(near, key=lambda row: (abs(row["changed_at"].date() - one.since), row["name"]), default=None)


def _waiting(one: Shift, open_now: Iterable[dict]) -> dict:
    """What waits now behind a KPI in the plant, or in all: waiting_count, held_up_amount and held_up_currency; nothing
    where it is not known, or money of several currencies."""
    rows = [row for row in open_now if row["kpi"] == one.kpi and one.plant in (None, row["plant"])]
    if not rows:
        return {}
    valued = [row for row in rows if row["held_up_amount"] is not None]
    currencies = {row["held_up_currency"] for row in valued}
    amount = sum(row["held_up_amount"] for row in valued) if len(currencies) == 1 else None
    return {
        "waiting_count": sum(row["waiting_count"] for row in rows),
        "held_up_amount": amount,
        "held_up_currency": currencies.pop() if amount is not None else None,
    }


def _holding(waiting: Mapping) -> str:
    """; 8 wait now, which hold up orders worth up to 43,683 EUR."""
    count = waiting.get("waiting_count")
    if not count:
        return ""
    words = f"; {readable.number(count)} wait{'s' * (count == 1)} now"
    if waiting["held_up_amount"] is None:
        return words
    worth = readable.money(waiting["held_up_amount"], waiting["held_up_currency"])
    return f"{words}, holding up orders worth up to {worth}"


def _link(one: Shift) -> str:
    """The KPI's page with the plant and the clock."""
    asked = {"kpi": one.kpi} | ({"plant": one.plant} if one.plant else {})
    return f"kpi?{urlencode(asked | ({'clock': one.clock} if one.clock != 'elapsed' else {}))}"
