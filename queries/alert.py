"""What is out of order now, by the published numbers alone: KPIs that shifted or miss their target, budgets that are
running out or used up, and exceptions with the step of their service level they have reached.

Each has a subject that stays the same from one version to the next, and a state. Who compares two of them knows what
began, what got worse and what is over; what cannot be told any more is none of these (`Standing.is_over`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from urllib.parse import urlencode

from queries import brief, budget, catalog, exception, measure, readable, subject, target, warehouse
from queries import plant as plants
from queries.budget import Budget
from queries.catalog import Kpi
from queries.decision import Correction, Decision
from queries.exception import Kind
from queries.signal import NORMAL
from queries.subject import PUT_ASIDE
from queries.warehouse import Warehouse

SHIFT, TARGET, BUDGET, EXCEPTION = KINDS = ("shift", "target", "budget", "exception")
OPEN, OVERDUE, TWICE_OVERDUE = STEPS = ("open", "overdue", "twice overdue")  # of an exception, by its service level
MISSED, RUNNING_OUT, USED_UP = "missed", "running out", "used up"
HALF = 0.5  # of a budget: a pace is told only once so much is used, for one early miss makes a steep one


@dataclass(frozen=True)
class Alert:
    """Something out of order. `subject` names it for good, `state` is how far it is; `about` is what it is called,
    `words` a sentence; link: an address within the dashboard.

    step: of an exception, its place in STEPS; severity and `owners`: of an exception, and the roles that are to see to
    it by now. kpi and audience: of all others. is_better is True where a KPI shifted to its good side.
    """

    subject: str
    kind: str
    state: str
    plant: str | None
    about: str
    words: str
    link: str
    step: int = 0
    severity: str | None = None
    owners: tuple[str, ...] = ()
    kpi: str | None = None
    audience: tuple[str, ...] = ()
    is_better: bool | None = None
    is_put_aside: bool = False


@dataclass(frozen=True)
class Standing:
    """What is out of order (`alerts`, the worst of each kind first), what is in order for sure and how it is now
    (`in_order`, by subject), and the kinds of exceptions that could be found if they were there."""

    alerts: tuple[Alert, ...]
    in_order: Mapping[str, str]
    findable: frozenset[str]

    def is_over(self, name: str) -> bool:
        """Whether a subject that was out of order is in order now; False also where that cannot be told."""
        if any(one.subject == name for one in self.alerts):
            return False
        kind, _, rest = name.partition(":")
        return rest.partition(":")[0] in self.findable if kind == EXCEPTION else name in self.in_order

    def ending(self, name: str) -> str:
        """How it is now, of a subject that is over."""
        return self.in_order.get(name, "no longer found")


def read(
    opened: Warehouse,
    decided: Iterable[Decision],
    corrections: Sequence[Correction],
    only: Collection[str] = (),
    kinds: Collection[str] = KINDS,
) -> Standing:
    """What is out of order in some plants or (without) in all in sight, by the elapsed clock; decisions about
    exceptions are told by `is_put_aside`, those about budgets count. Of other `kinds` nothing is said."""
    kpis = catalog.load()
    names = plants.names(_rows(opened, "plant"))
    found: list[Alert] = []
    in_order: dict[str, str] = {}
    findable: frozenset[str] = frozenset()
    for kind, ask in (
        (SHIFT, lambda: _shifts(opened, kpis, names, only)),
        (TARGET, lambda: _targets(opened, kpis, names, only)),
        (BUDGET, lambda: _budgets(budget.read(opened, corrections), kpis, names, only)),
    ):
        if kind in kinds:
            alerts, fine = ask()
            found += alerts
            in_order |= fine
    if EXCEPTION in kinds:
        told, rows = _exceptions(opened, decided)
        found += [_exception(row, names) for row in rows if not only or row["plant"] in only]
        findable = frozenset(one.rule.name for one in told if not one.is_off and one.reason is None)
    return Standing(tuple(found), in_order, findable)


def _rows(opened: Warehouse, name: str, **asked) -> list[dict]:
    return warehouse.read(opened, name, **asked).to_pylist()


def where(plant: str | None, names: Mapping[str, str]) -> str:
    """A plant as people call it; None is all of them."""
    if plant is None:
        return "all plants"
    return "no plant" if plant == measure.NONE else names.get(plant, plant)


def _shifts(
    opened: Warehouse, kpis: Mapping[str, Kpi], names: Mapping[str, str], only: Collection[str]
) -> tuple[list[Alert], dict[str, str]]:
    """What the brief would say if it were about every KPI, and the series whose newest week is an ordinary one."""
    today = opened.as_of.date()
    weeks = [
        row for row in _rows(opened, "judged_week", kpis=None, clock="elapsed") if not only or row["plant"] in only
    ]
    beside = [partial(_rows, opened)("change_effect", kpi=None, clock=None), _rows(opened, "open_worth")]
    found = []
    for one in brief.shifts(kpis, weeks, today):
        kpi = kpis[one.kpi]
        told = brief.sentence(one, kpi, *beside, names, today)
        about = f"{kpi.title}, {where(one.plant, names)}"
        found.append(
            Alert(
                _of_kpi(SHIFT, one.kpi, one.plant), SHIFT, one.kind, one.plant, about, told.sentence, told.link,
                kpi=one.kpi, audience=kpi.audience, is_better=one.is_better,
            )
        )  # fmt: skip
    in_order = {}
    fresh = brief.judged_series(weeks, today)
    for row in weeks:  # the newest week of a series comes first
        key = _of_kpi(SHIFT, row["kpi"], row["plant"])
        if row["kpi"] in kpis and (row["kpi"], row["plant"]) in fresh and key not in in_order:
            value = readable.measured(row["value"], kpis[row["kpi"]].unit)
            words = f"{value} in the week of {readable.day(row['period_start'], today)}, a normal week"
            in_order[key] = words if row["verdict"] == NORMAL else ""
    return found, {key: words for key, words in in_order.items() if words}


def _targets(
    opened: Warehouse, kpis: Mapping[str, Kpi], names: Mapping[str, str], only: Collection[str]
) -> tuple[list[Alert], dict[str, str]]:
    """KPIs whose last 28 days, with their whole interval, lie on the wrong side of the target; in order is what lies on
    its good side. In between nothing is said, so that a number beside its target does not come and go."""
    goals = _rows(opened, "target")
    found, in_order = [], {}
    for row in newest(measure.scoreboard(opened).to_pylist()):
        kpi, plant = kpis.get(row["kpi"]), row["plant"]
        goal = target.applying(kpi, plant, goals) if kpi else None
        met = target.meets(kpi, row["value"], row["n"], goal) if kpi else None
        if met is None or (only and plant not in only):
            continue
        value, wanted = (readable.measured(number, kpi.unit) for number in (row["value"], goal))
        start, end = measure.covered(row)
        days = f"{readable.day(start)} to {readable.day(end - timedelta(days=1))}, n = {readable.number(row['n'])}"
        about = f"{kpi.title}, {where(plant, names)}"
        key = _of_kpi(TARGET, kpi.name, plant)
        far = row["low"] if kpi.direction == "lower" else row["high"]
        if met:
            in_order[key] = f"{value}, target {wanted} met ({days})"
        elif not target.meets(kpi, row["value"] if far is None else far, row["n"], goal):
            words = f"{about}: {value}, target {wanted} missed ({days})."
            link = kpi_link(kpi.name, plant)
            found.append(
                Alert(key, TARGET, MISSED, plant, about, words, link, kpi=kpi.name, audience=kpi.audience)
            )  # fmt: skip
    return found, in_order


def newest(rows: Iterable[dict]) -> list[dict]:
    """Of rows of agg_kpi those of each KPI's newest period."""
    rows = list(rows)
    last: dict[str, object] = {}
    for row in rows:
        last[row["kpi"]] = max(last.get(row["kpi"], row["period_start"]), row["period_start"])
    return [row for row in rows if row["period_start"] == last[row["kpi"]]]


def _budgets(
    budgets: Iterable[Budget], kpis: Mapping[str, Kpi], names: Mapping[str, str], only: Collection[str]
) -> tuple[list[Alert], dict[str, str]]:
    """Budgets of the running month that are used up, or more than half used and gone before the month is over at this
    pace. A month that ended is over, whichever way."""
    found, in_order = [], {}
    for one in budgets:
        if one.kpi not in kpis or one.reason is not None or (only and one.plant not in only):
            continue
        key = f"{_of_kpi(BUDGET, one.kpi, one.plant)}:{one.start:%Y-%m}"
        about = f"Budget of {kpis[one.kpi].title}, {where(one.plant, names)}, {one.start:%B}"
        used = readable.misses(one.n_missed, one.n_allowed, one.is_running)
        is_tight = one.gone_on is not None and one.n_missed > HALF * one.n_allowed
        if one.is_running and (one.is_used_up or is_tight):
            state = USED_UP if one.is_used_up else RUNNING_OUT
            found.append(
                Alert(
                    key, BUDGET, state, one.plant, about, f"{about}: {budget.state(one)}, {used}.",
                    kpi_link(one.kpi, one.plant), kpi=one.kpi, audience=kpis[one.kpi].audience,
                )
            )  # fmt: skip
        elif not one.is_running or one.n_missed <= HALF * one.n_allowed:
            in_order[key] = f"{'' if one.is_running else 'the month is over, '}{budget.state(one)}, {used}"
    return found, in_order


def _exceptions(opened: Warehouse, decided: Iterable[Decision]) -> tuple[list[Kind], list[dict]]:
    rows = exception.with_states(_rows(opened, "open_exception"), decided, opened.as_of)
    sources = _rows(opened, "source_health")
    return exception.kinds(catalog.exceptions(), _rows(opened, "exception_rule"), rows, sources), rows


def _exception(row: Mapping, names: Mapping[str, str]) -> Alert:
    step = _step(row)
    about = f"{row['title']}: {row['name']}" + (f", {where(row['plant'], names)}" if row["plant"] else "")
    told = [about, row["detail"], readable.duration(row["age_seconds"]) if row["age_seconds"] is not None else None]
    told += [STEPS[step] if step else None, f"with {row['responsible'] or exception.in_charge(row)}"]
    held = readable.held_up(row)
    told += [f"holds up {held}" if held else None]
    record = {"instance": row["instance"], "model": row["record_model"], "id": row["record_id"]}
    return Alert(
        subject.of_exception(row), EXCEPTION, STEPS[step], row["plant"], about,
        ", ".join(one for one in told if one) + ".",
        f"record?{urlencode(record)}" if row["has_timeline"] else exception_link(row["exception"], row["plant"]),
        step=step, severity=row["severity"], is_put_aside=row["state"] in PUT_ASIDE,
        owners=(row["owner"], row["fallback"]) if step else (row["owner"],),
    )  # fmt: skip


def _step(row: Mapping) -> int:
    """0 within the service level, 1 past it, 2 once it has waited twice as long."""
    if not row["is_overdue"]:
        return 0
    return 2 if row["age_seconds"] >= 2 * row["limit_seconds"] else 1


def _of_kpi(kind: str, kpi: str, plant: str | None) -> str:
    return f"{kind}:{kpi}:{plant or ''}"


def kpi_link(kpi: str, plant: str | None) -> str:
    """The page of a KPI within the dashboard."""
    return f"kpi?{urlencode({'kpi': kpi} | ({'plant': plant} if plant else {}))}"


def exception_link(name: str, plant: str | None) -> str:
    """The queue of a kind of exceptions within the dashboard."""
    return f"exceptions?{urlencode({'exception': name} | ({'plant': plant} if plant else {}))}"
