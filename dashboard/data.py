"""What pages read, from one published version per run, cached by version and scope.

Everything here returns plain values (dataclasses, lists of dicts): no page touches a table or a query.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path

import streamlit as st

from dashboard import texts
from dashboard.filters import WEEKS, Filters
from dashboard.reading import Change, Point, Reading, Verdict
from queries import (
    approval,
    brief,
    budget,
    catalog,
    conformance,
    decision,
    dictionary,
    exception,
    governance,
    issue,
    master_data,
    measure,
    readable,
    review,
    subject,
    touch,
    tracing,
    unblock,
    warehouse,
)
from queries import target as targets
from queries import trust as trusted
from queries.brief import Brief, Shift
from queries.budget import Budget
from queries.catalog import Check, ExceptionRule, Kpi
from queries.config import ROLES
from queries.conformance import Exposure
from queries.decision import Acceptance, Correction, Decision, DecisionError
from queries.plant import names as names_of_plants
from queries.review import Action
from queries.signal import ABOVE, BELOW, NORMAL
from queries.trust import Trust
from queries.warehouse import Scope, WarehouseMissing

ALL = Scope()
NOT_THERE = ("absent", "no right", "not read")  # statuses of a source of which there are no rows
READERS = 12  # versions and scopes whose tables are kept ready: readers of the same plants share them
A_DAY_AGO = 20 * readable.HOUR  # at least: a refresh of the night may be early
LOG = logging.getLogger("dashboard")


@dataclass(frozen=True)
class Version:
    """Which published data a session reads, and with whose eyes: the key of every cache below."""

    folder: str
    name: str
    scope: Scope = ALL


def published() -> str | None:
    """The version CURRENT names at this moment, or None before the first publish."""
    return warehouse.current_version(warehouse.folder())


def use_published() -> Version | None:
    """Fix the version for this run of the page, so that all its numbers are from one publish.

    WarehouseMissing when CURRENT names a file that cannot be read.
    """
    name = published()
    chosen = st.session_state["version"] = Version(str(warehouse.folder()), name, reader()) if name else None
    if chosen:
        _open(chosen)
    return chosen


def reader() -> Scope:
    """What the one who looks may see."""
    return st.session_state["reader"].scope


def signed_in() -> str | None:
    """Who is signed in, by the name that decisions are kept under; None where nobody signs in."""
    person = st.session_state["reader"].person
    return person and person.name


def may_decide(kind: str) -> bool:
    """Whether the reader has, in any plant, a role that decides something of this kind."""
    return bool(set(st.session_state["reader"].roles) & set(decision.RESERVED.get(kind, ROLES)))


def _by(who: str, role: str | None, *plants: str | None) -> tuple[str, str | None]:
    """Who decides about plants (None: about all, or none), and in which role: whoever is signed in, whatever the form
    says, in the narrowest of the roles there. DecisionError where that one has no role in one of them."""
    held = st.session_state["reader"]
    if held.person is None:
        return who, role
    found = []
    for plant in plants:
        if not (roles := held.roles_in(plant)):
            raise DecisionError(texts.no_role_in(plant))
        found.append(roles[0])
    return held.person.name, max(found, key=ROLES.index)


def version() -> Version:
    return st.session_state["version"]


def as_of() -> datetime:
    return _open(version()).as_of


def moment(kpi: Kpi) -> datetime:
    """The moment that the rows of a KPI are from: `as_of`, or later."""
    return _open(version()).moment(kpi.sql)


def integrations_as_of() -> datetime:
    """The moment that what tells of integrations is from: `as_of`, or later."""
    return _open(version()).moment(catalog.lists()["interface"].sql)


@st.cache_resource(max_entries=READERS, show_spinner=False, hash_funcs={Version: repr})
def _open(chosen: Version):
    return warehouse.open(chosen.scope, Path(chosen.folder), chosen.name)


@lru_cache(maxsize=2)
def _catalogue(name: str) -> dict[str, Kpi]:
    return catalog.load()


@lru_cache(maxsize=2)
def _marts(name: str) -> tuple[str, ...]:
    return tuple(catalog.marts())


@st.cache_resource(max_entries=2, show_spinner=False)
def _rules(name: str) -> tuple[dict[str, ExceptionRule], dict[str, Check]]:
    return catalog.exceptions(), catalog.checks()


def exception_rules() -> dict[str, ExceptionRule]:
    """Every exception rule by name."""
    return _rules(version().name)[0]


def checks() -> dict[str, Check]:
    """Every check by name, those of the keys of marts apart."""
    return _rules(version().name)[1]


def kpis() -> dict[str, Kpi]:
    """Every KPI by name; read again with each version, so that a new file appears with its first numbers."""
    return _catalogue(version().name)


HEADLINE = "headline"


def domains() -> dict[str, list[Kpi]]:
    """The headline KPIs in their order, then the others by domain in the order of the catalogue."""
    headlines = [kpi for kpi in kpis().values() if kpi.headline is not None]
    found: dict[str, list[Kpi]] = {HEADLINE: sorted(headlines, key=lambda kpi: kpi.headline)} if headlines else {}
    for kpi in kpis().values():
        if kpi.headline is None:
            found.setdefault(kpi.domain, []).append(kpi)
    return found


def rows(name: str, **parameters) -> list[dict]:
    """The rows of a list (queries/lists)."""
    return _list(version(), name, parameters)


def plants() -> list[dict]:
    return rows("plant")


def trust() -> Trust:
    """How far the data can be trusted."""
    return _trust(version())


def filter_options() -> dict[str, list[str]]:
    """What there is to choose of rarer filters, by their name in the URL; nothing in a file published without."""
    found: dict[str, list[str]] = {}
    try:
        for row in rows("filter_option"):
            found.setdefault(row["filter"], []).append(row["value"])
    except WarehouseMissing:
        LOG.exception("no options of filters")
    return found


def unknown(kpi: Kpi, filters: Filters) -> list[str]:
    """The dimensions of the filters that a KPI does not know: under them it has no number."""
    return [name for name in filters.narrowed if name not in kpi.dimensions]


def by_clock(kpi: Kpi, filters: Filters) -> Kpi:
    """The KPI by the clock the reader chose, if it has that one; its target is one of elapsed time."""
    if _clock(kpi, filters) == "elapsed":
        return kpi
    return replace(kpi, unit=readable.WORKING_TIME, target=None)


def reading(kpi: Kpi, filters: Filters) -> Reading:
    """A KPI's value, the one before and its weeks. From the scoreboard where that has it, else measured now."""
    kpi = by_clock(kpi, filters)
    start, end = filters.period(moment(kpi))
    earlier = filters.earlier(moment(kpi))
    if missing := unknown(kpi, filters):
        return Reading(kpi, Point(start, end, reason=texts.no_number_by(missing)), None, (), moment(kpi))
    before, now = (_whole(kpi, filters, period) for period in (earlier, (start, end)))
    now = now or Point(start, end, reason=texts.NEW_KPI)
    plant = filters.plants[0] if len(filters.plants) == 1 else None
    found = verdicts(kpi, _clock(kpi, filters)) if _has_verdict(filters) else []
    return Reading(
        kpi, now, before, tuple(weeks(kpi, filters)), moment(kpi), target(kpi, plant),
        next((verdict for verdict in found if verdict.plant == plant), None),
        tuple(verdict for verdict in found if verdict.plant and verdict.is_shift and not plant),
        _budget_now(kpi, filters),
    )  # fmt: skip


def board(
    filters: Filters,
    by_plant: Collection[str] = (),
    is_brief: bool = False,
    has_budgets: bool = True,
    measured: Collection[str] | None = None,
) -> dict[tuple[str, str | None], Reading]:
    """What the scoreboard says of every KPI, in one query: of all plants (None) and the one that was chosen, and of the
    KPIs `by_plant` of each plant in sight. Its values are of 28 days whatever period was chosen, with that one's weeks
    beside them and, unless they are not needed, the budgets of the month; `is_brief`: without these. The scoreboard
    knows plants only: under other filters the KPIs `measured` (without: the headlines) are measured now, a query each,
    and the others are said to be on their own page."""
    if filters.narrowed:
        names = [kpi.name for kpi in domains().get(HEADLINE, [])] if measured is None else measured
        return _measured(version(), filters, tuple(sorted(by_plant)), tuple(names), is_brief)
    has_budgets = has_budgets and not is_brief
    try:
        decided = corrections() if has_budgets else ()
    except DecisionError:
        LOG.exception("no budgets")
        decided = None
    return _readings(version(), filters, tuple(sorted(by_plant)), is_brief, has_budgets, decided)


@dataclass(frozen=True)
class _Beside:
    """What stands beside the numbers of the scoreboard: verdicts by KPI, plant and clock, targets, and the budgets of
    the running month by KPI (None: they cannot be read)."""

    verdicts: Mapping[tuple[str, str | None, str], Verdict]
    targets: list[dict]
    months: Mapping[str, list[Budget]] | None


def _board_reading(
    kpi: Kpi, plant: str | None, points: Mapping[str, list[Point]], missing: str, beside: _Beside, filters: Filters
) -> Reading:
    start, end = replace(filters, weeks=WEEKS[0]).period(moment(kpi))
    first, last = filters.trend(moment(kpi))
    tiles = {point.end: point for point in points.get("28 days", ())}
    clock = _clock(kpi, filters)
    single = [one for (name, where, by), one in beside.verdicts.items() if (name, by) == (kpi.name, clock) and where]
    kept = (None, *plant_names(), measure.NONE) if plant is None else (plant,)
    months = None if beside.months is None else beside.months.get(kpi.name, ())
    return Reading(
        kpi, tiles.get(end) or Point(start, end, reason=missing), tiles.get(start),
        tuple(point for point in points.get("week", ()) if first <= point.start and point.end <= last), moment(kpi),
        targets.applying(kpi, plant, beside.targets), beside.verdicts.get((kpi.name, plant, clock)),
        () if plant else tuple(one for one in single if one.is_shift),
        months and tuple(one for one in months if one.plant in kept),
    )  # fmt: skip


def _months(decided: tuple[Correction, ...] | None) -> dict[str, list[Budget]] | None:
    """The budgets of the running month by KPI; None where they cannot be read (see _budget_now)."""
    try:
        found = None if decided is None else _budgets(version(), decided)
    except WarehouseMissing:
        LOG.exception("no budgets")
        found = None
    if found is None:
        return None
    newest = max((one.start for one in found), default=None)
    months: dict[str, list[Budget]] = {}
    for one in found:
        if one.start == newest:
            months.setdefault(one.kpi, []).append(one)
    return months


def morning(filters: Filters) -> Brief:
    """The sentences of the morning brief."""
    return _morning(version(), filters.plants, filters.clock, readable.locale())


def shifts(filters: Filters) -> list[Shift]:
    """What is out of the ordinary in each plant among all KPIs, by the rule of the brief."""
    weeks = [
        row
        for row in rows("judged_week", clock=filters.clock, kpis=None)
        if row["plant"] and (not filters.plants or row["plant"] in filters.plants)
    ]
    return brief.shifts(kpis(), weeks, as_of().date())


def decided_lately(filters: Filters) -> list[Action] | None:
    """What became of what was decided in the last days, at this moment; None where the decisions cannot be read."""
    folder, scope = Path(version().folder), version().scope
    try:
        found = _told(subject_decisions()), corrections(), decision.acceptances(folder, scope)
    except DecisionError:
        LOG.exception("no decisions")
        return None
    return review.read(_open(version()), *found, kpis(), readable.utc_now(), filters.plants)


def harmonization(filters: Filters) -> tuple[list[dict], dict[tuple, list[dict]], dict[tuple, list[dict]]]:
    """How alike each plant's ways are to the reference, the least alike first; its months in their order and the moves
    that close the gap, both by workflow and plant."""
    found = [
        row
        for row in rows("harmonization", workflow=None, plant=_one(filters))
        if row["other"] is None and (not filters.plants or row["plant"] in filters.plants)
    ]
    months, moves = defaultdict(list), defaultdict(list)
    for row in sorted(found, key=lambda row: row["period_start"]):
        if row["period"] == "month":
            months[row["workflow"], row["plant"]].append(row)
    for row in rows("harmonization_move", workflow=None, plant=_one(filters)):
        if row["other"] is None:
            moves[row["workflow"], row["plant"]].append(row)
    half_years = [row for row in found if row["period"] != "month"]
    return sorted(half_years, key=lambda row: 101 if row["value"] is None else row["value"]), months, moves


def exposures(filters: Filters) -> list[Exposure]:
    """Deviations by their exposure among all plants in sight, whichever are shown."""
    found = conformance.ranked(deviation_classes(filters))
    return [one for one in found if not filters.plants or one.of.plant in filters.plants]


def change_effects(filters: Filters) -> list[dict]:
    """What became of KPIs after each change: what moved one first, then what did not, then what cannot be told."""
    found = [
        row
        for row in rows("change_effect", kpi=None, clock=None)
        if row["kpi"] in kpis() and row["clock"] == _clock(kpis()[row["kpi"]], filters)
        if not filters.plants or row["plant"] in filters.plants
    ]
    order = {ABOVE: 0, BELOW: 0, NORMAL: 1}
    return sorted(found, key=lambda row: order.get(row["verdict"], 2))


def verdicts(kpi: Kpi, clock: str) -> list[Verdict]:
    """Whether the newest final week is out of the ordinary, of all plants together and of each."""
    return [_verdict(row) for row in rows("verdict") if row["kpi"] == kpi.name and row["clock"] == clock]


def changes(kpi: Kpi, filters: Filters) -> list[Change]:
    """What changed that concerns a KPI, the newest first: in the chosen plants; or in all, and where every plant was
    touched for all together."""
    found: dict[str, list[dict]] = {}
    for row in rows("change_effect", kpi=kpi.name, clock=_clock(kpi, filters)):
        if not filters.plants or row["plant"] in filters.plants:
            found.setdefault(row["marker"], []).append(row)
    return [
        Change(answers[0]["name"], answers[0]["changed_at"], tuple(_together(answers))) for answers in found.values()
    ]


def _together(answers: list[dict]) -> list[dict]:
    return [row for row in answers if row["plant"] is None] or answers


def target(kpi: Kpi, plant: str | None = None) -> float | None:
    """The target of a plant, else the one for all plants, else the one the KPI was written with."""
    return targets.applying(kpi, plant, rows("target"))


def budgets(kpi: Kpi, filters: Filters) -> list[Budget]:
    """The budgets of a KPI, the newest month first: of all plants together unless some were chosen, then of each. They
    are of whole plants: there is none of a product family or person."""
    if filters.narrowed:
        return []
    kept = (None, *plant_names(), measure.NONE) if not filters.plants else filters.plants
    return [one for one in _budgets(version(), corrections()) if one.kpi == kpi.name and one.plant in kept]


def _budget_now(kpi: Kpi, filters: Filters) -> tuple[Budget, ...] | None:
    """Those of the running month; None where the decisions cannot be read or were published before there were budgets,
    which is no reason to hide the number."""
    try:
        found = budgets(kpi, filters)
    except (DecisionError, WarehouseMissing):
        LOG.exception("no budgets")
        return None
    return tuple(one for one in found if one.start == found[0].start)


def misses(month: Budget, plants: tuple[str, ...], limit: int) -> Callable[[], list[dict]]:
    """What reads the newest misses of a month in some plants, also outside the session."""
    chosen, held = version(), corrections()
    return lambda: _misses(chosen, month, held, plants, limit)


def corrections() -> tuple[Correction, ...]:
    """Corrections of budgets as they stand at this moment."""
    return tuple(decision.corrections(Path(version().folder), version().scope))


def correct(who: str, *what, plant: str | None, role: str | None, **of) -> None:
    """decision.correct in this warehouse, by the reader."""
    who, role = _by(who, role, plant)
    decision.correct(who, *what, plant=plant, role=role, **of, scope=version().scope, warehouse=Path(version().folder))


def withdraw(number: int, who: str, why: str, role: str | None) -> None:
    """decision.withdraw in this warehouse, by the reader."""
    known = {one.id: one.plant for one in (*corrections(), *acceptances(), *subject_decisions())}
    who, role = _by(who, role, known.get(number))
    decision.withdraw(number, who, why, Path(version().folder), role, version().scope)


def sees_all_plants() -> bool:
    return version().scope.plants is None


def weeks(kpi: Kpi, filters: Filters) -> list[Point]:
    """Whole weeks up to the running one, which is left out."""
    first, end = filters.trend(moment(kpi))
    if unknown(kpi, filters):
        return []
    if len(filters.plants) < 2 and not filters.narrowed:
        found = _scoreboard(version(), kpi.name, "week", filters.plants, _clock(kpi, filters))
    else:
        found = _values(version(), kpi.name, (first, end), filters, every="week")
    return [point for point in found if first <= point.start and point.end <= end]


def breakdown(kpi: Kpi, filters: Filters, by: str) -> list[Point]:
    """The KPI of the period cut by a dimension, the largest value first, what cannot be measured last."""
    if unknown(kpi, filters):
        return []
    period = filters.period(moment(kpi))
    if by == "plant":
        found = _of_period(kpi, filters, period)[1]
    else:
        found = _values(version(), kpi.name, period, filters, by=by)
    return sorted(found, key=lambda p: (p.value is None, -(p.value or 0), -p.n))


def _whole(kpi: Kpi, filters: Filters, period: tuple[date, date]) -> Point | None:
    """The KPI of a period of all that was chosen; None where the scoreboard has it not yet."""
    if not _is_on_scoreboard(filters):
        return _of_period(kpi, filters, period)[0]
    tiles = _scoreboard(version(), kpi.name, "28 days", filters.plants, _clock(kpi, filters))
    return next((point for point in tiles if (point.start, point.end) == period), None)


def _of_period(kpi: Kpi, filters: Filters, period: tuple[date, date]) -> tuple[Point, list[Point]]:
    """The KPI of a period, of all together and of each plant; what a page asks of this period and of the one before it
    is one query."""
    asked = (filters.earlier(moment(kpi)), filters.period(moment(kpi)))
    found = [point for point in _periods(version(), kpi.name, asked, filters) if (point.start, point.end) == period]
    [whole], of_plants = [point for point in found if not point.cut], [point for point in found if point.cut]
    if len(filters.plants) == 1 and whole.n:
        of_plants = [replace(whole, cut=filters.plants[0])]
    return whole, of_plants


def cases(kpi: Kpi, filters: Filters, limit: int) -> list[dict]:
    """The first rows behind the number."""
    if unknown(kpi, filters):
        return []
    return _rows(version(), kpi.name, filters.period(moment(kpi)), filters, limit)


def all_cases(kpi: Kpi, filters: Filters) -> Callable[[], list[dict]]:
    """Reads every row when called: a download is made outside the session, which knows no version any more."""
    chosen, period = version(), filters.period(moment(kpi))
    return lambda: _rows(chosen, kpi.name, period, filters, None)


def distribution(kpi: Kpi, filters: Filters) -> list[dict]:
    """How the durations or ages of the period spread."""
    if unknown(kpi, filters):
        return []
    return _distribution(version(), kpi.name, filters.period(moment(kpi)), filters)


def survival(kpi: Kpi, filters: Filters) -> list[dict]:
    """Which share of the cases of the period is still open after how long."""
    if unknown(kpi, filters):
        return []
    return _survival(version(), kpi.name, filters.period(moment(kpi)), filters)


def quantile(kpi: Kpi, filters: Filters, statistic: str) -> float | None:
    """A quantile of the same rows, to mark it in the distribution; that of the KPI itself is known already."""
    period = filters.period(moment(kpi))
    if statistic == kpi.statistic and (known := _whole(kpi, filters, period)):
        return known.value
    [point] = _values(version(), kpi.name, period, filters, statistic=statistic)
    return point.value


def as_known(kpi: Kpi, filters: Filters, on: date) -> list[dict]:
    """The weeks of the trend as they were known at the end of a day (UTC), each beside what is known now: period_start,
    period_end, value_then, n_then, was_final, value_now, n_now, known_at (the age of the data then). Of all plants
    together, or of the one that was chosen; empty where no run was published by then."""
    first, end = filters.trend(moment(kpi))
    found = _as_known(version(), kpi.name, on, _one(filters), _clock(kpi, filters))
    return [row for row in found if first <= row["period_start"] < end]


def sources(kpi: Kpi) -> list[str]:
    """Names of the tables the KPI's query reads."""
    return sorted(catalog.marts_of(kpi, _marts(version().name)))


def plant_names() -> dict[str, str]:
    """Each plant's code and the name to show; two plants of one name are told apart by their codes."""
    return _plant_names(version())


def plant_name(code: str) -> str:
    """The name to show of a plant; of what belongs to none, that."""
    return "(no plant)" if code == measure.NONE else plant_names().get(code, code)


def zone(plant: str | None) -> str | None:
    """Time zone of a plant."""
    return _zones(version()).get(plant)


def record_asked(query: Mapping[str, str]) -> dict | None:
    """The record a URL asks for, or None when it asks for none or says something impossible."""
    instance, model, number = (query.get(name, "") for name in ("instance", "model", "id"))
    if not (instance and model and number.isdecimal() and len(number) < 16):
        return None
    return {"instance": instance, "record_model": model, "record_id": int(number)}


def interfaces(filters: Filters) -> list[dict]:
    """How each interface of the chosen plants is, the worst first; without a choice those of no plant, too."""
    return [row for row in rows("interface", plant=None) if not filters.plants or row["plant"] in filters.plants]


def interface_hours(filters: Filters) -> list[dict]:
    """What ran and failed in which hour, each row with the label of its interface."""
    found = [row for row in rows("interface_hour", plant=None) if not filters.plants or row["plant"] in filters.plants]
    return [
        row | {"label": " · ".join(filter(None, [row["interface"], row["plant"] and plant_name(row["plant"])]))}
        for row in found
    ]


def interface_runs(key: str) -> list[dict]:
    return rows("interface_run", interface=key)


def integration_sources() -> list[dict]:
    """What each source of runs tells, and what it cannot: title, definition, blind."""
    return [vars(source) for source in catalog.integrations().values()]


def error_issues(filters: Filters) -> list[dict]:
    """Error issues of the chosen plants with how each stands at this moment, open ones first."""
    found = issue.with_states(rows("error_issue", plant=_one(filters)), subject_decisions())
    return [row for row in found if len(filters.plants) < 2 or any(p in (row["plants"] or "") for p in filters.plants)]


def issue_runs(key: str) -> list[dict]:
    return rows("error_issue_run", issue=key, plant=None)


def stuck(filters: Filters) -> list[dict]:
    """What stands still in the chosen plants, what puts most at risk first, with how each stands at this moment."""
    return _of_plants(_stuck(version(), tuple(_decided()), readable.utc_now().date()), filters)


def stuck_totals(filters: Filters) -> dict:
    return unblock.totals(rows("stuck_total"), filters.plants)


def orders_behind(record: Mapping) -> list[dict]:
    """The orders that wait for a record."""
    return rows("stuck_order", **{name: record[name] for name in ("instance", "record_model", "record_id")})


def unblocked(filters: Filters) -> list[dict]:
    return _of_plants(rows("unblocked"), filters)


def exceptions(filters: Filters) -> list[dict]:
    """Every open exception of the chosen plants with how each stands at this moment, overdue and severe ones first."""
    return _of_plants(_exceptions_now(version(), tuple(_decided()), readable.utc_now().date()), filters)


def exception_kinds(filters: Filters) -> list[exception.Kind]:
    """Every kind of exception, with how many are open in the chosen plants, or why none can be found."""
    found = _of_plants(_exceptions(version()), filters)
    return exception.kinds(exception_rules(), rows("exception_rule"), found, rows("source_health"))


def exceptions_since(filters: Filters) -> exception.Since | None:
    """What became of the exceptions that were published a day ago; None where no file from then is kept."""
    found = _exceptions_since(version())
    return found and replace(found, gone=tuple(_of_plants(list(found.gone), filters)))


def no_touch(filters: Filters) -> list[dict]:
    """Production and purchase orders completed in the period, and how many of them without a person."""
    start, end = filters.period(as_of())
    return _in_plants(_placed(_rows_of(filters, "no_touch", from_on=start, to_on=end)), filters)


def touches(filters: Filters) -> list[dict]:
    """Where people touch orders of both workflows in the chosen plants."""
    return _in_plants(_placed(_rows_of(filters, "touch_map", workflow=None)), filters)


def touches_at(workflow: str, stands_at: str, kind: str, plant: str | None, filters: Filters) -> list[dict]:
    """The newest touches of a kind at a step, those that changed nothing first."""
    return _rows_of(filters, "touch", workflow=workflow, stands_at=stands_at, touched=kind, plant=plant)


def empty_touches_by_person(filters: Filters) -> list[dict]:
    return _in_plants(_rows_of(filters, "touch_person"), filters)


def interventions(filters: Filters) -> list[dict]:
    """What people did by hand, by kind: in the period, in the one before, and in each whole week of a trend."""
    start, end = filters.period(as_of())
    first, last = filters.trend(as_of())
    asked = {"from_on": start, "to_on": end, "before_on": filters.earlier(as_of())[0], "trend_on": first}
    return touch.interventions(_in_plants(_rows_of(filters, "intervention_week", **asked), filters), first, last)


def intervention_cases(kind: str, filters: Filters) -> list[dict]:
    return _rows_of(filters, "intervention", intervention=kind, plants=list(filters.plants))


def approval_queue(filters: Filters) -> list[dict]:
    return _of_plants(rows("approval_queue"), filters)


def approval_steps(filters: Filters) -> list[approval.Step]:
    """Approval steps of the last half year in the chosen plants, of the chosen product families and people."""
    return _steps_of(version(), filters)


def approval_week(filters: Filters) -> dict[tuple[int, int], approval.Cell]:
    return _approval_week(version(), filters)


def approval_what_if(filters: Filters, threshold: float = 0.0, limit: float | None = None) -> approval.WhatIf:
    return _approval_what_if(version(), filters, threshold, limit)


def approver_groups(filters: Filters) -> list[dict]:
    return _of_plants(rows("approver_group"), filters)


def short_components(filters: Filters) -> list[dict]:
    """What is short now in the chosen plants, a row for each order and component it lacks."""
    return _of_plants(rows("short_component"), filters)


def short_again(filters: Filters) -> list[dict]:
    """How often each component ran short in the weeks of a trend."""
    return _of_plants(rows("short_again", from_on=trend_start(filters)), filters)


def open_holds(filters: Filters) -> list[dict]:
    return _of_plants(rows("open_hold"), filters)


def hold_times(filters: Filters, by: str) -> list[dict]:
    """How long goods were held by a dimension, those that began in the weeks of a trend."""
    chosen = {"plants": list(filters.plants), "families": list(filters.families), "people": list(filters.people)}
    return rows("hold_time", by=by, from_on=trend_start(filters), **chosen)


def defect_themes(filters: Filters) -> list[dict]:
    """Themes of defects of all plants together, or of the one that was chosen."""
    return rows("theme_time", plant=_one(filters))


def defect_records(theme: int, filters: Filters) -> list[dict]:
    """The records of a theme in the chosen plants."""
    return _of_plants(rows("defect_text", theme=theme), filters)


def open_nonconformities(filters: Filters) -> list[dict]:
    return _of_plants(rows("open_nonconformity"), filters)


def open_production(filters: Filters) -> list[dict]:
    """Released production orders that are not done, against their frozen plan and due date."""
    return _of_plants(rows("open_production"), filters)


def release_blockers(filters: Filters) -> list[dict]:
    return _of_plants(rows("release_blocker"), filters)


def work_center_queues(filters: Filters) -> list[dict]:
    return _of_plants(rows("work_center_queue"), filters)


def open_maintenance(filters: Filters) -> list[dict]:
    return _of_plants(rows("open_maintenance"), filters)


def machines(filters: Filters) -> list[dict]:
    """Machines that failed or stood still in the weeks of a trend, or are down."""
    return _of_plants(rows("machine", from_on=trend_start(filters)), filters)


def machine_requests(machine: str, plant: str | None) -> list[dict]:
    return rows("machine_request", machine=machine, plant=plant)


def machine_stops(machine: str, plant: str | None) -> list[dict]:
    return rows("machine_stop", machine=machine, plant=plant)


def machine_orders(machine: str, plant: str | None) -> list[dict]:
    return rows("machine_order", machine=machine, plant=plant)


def shifts_of(plant: str) -> list[dict]:
    """Shifts of a plant that have begun, the newest first."""
    return rows("shift", plant=plant)


def shift_orders(shift: dict) -> list[dict]:
    return rows("shift_order", **_span(shift))


def shift_stops(shift: dict) -> list[dict]:
    return rows("shift_stop", **_span(shift))


def shift_work(shift: dict) -> list[dict]:
    """What is in work in the plant of a shift, or is to begin before the end of the next."""
    return rows("shift_work", plant=shift["plant"], until_at=shift["next_to"] or shift["shift_to"])


def _span(shift: dict) -> dict:
    return {"plant": shift["plant"], "from_at": shift["shift_from"], "to_at": shift["shift_to"]}


def unread(sources: Collection[str]) -> list[dict]:
    """Which of these sources some Odoo does not have, or could not be read of it."""
    return [row for row in rows("source_health") if row["source"] in sources and row["status"] in NOT_THERE]


def is_read(source: str) -> bool:
    """Whether a source was read of any Odoo."""
    return any(row["source"] == source and row["status"] not in NOT_THERE for row in rows("source_health"))


def trend_start(filters: Filters) -> date:
    """The first day of what is told of past weeks: those of the period, and never fewer than a trend needs."""
    return filters.trend(as_of())[0]


def _decided() -> list[Decision]:
    """Decisions about subjects; where they cannot be read as if nobody had decided anything."""
    try:
        return subject_decisions()
    except DecisionError:
        LOG.exception("no decisions")
        return []


def sees_names() -> bool:
    return version().scope.sees_names


def _in_plants(found: list[dict], filters: Filters) -> list[dict]:
    return [row for row in found if not filters.plants or row["plant"] in filters.plants]


def _of_plants(found: list[dict], filters: Filters) -> list[dict]:
    """The rows of the chosen plants and, as far as they name them, of the chosen product families and people."""
    kept = _in_plants(found, filters)
    for name in filters.narrowed:
        if kept and tells(kept[0], name):
            kept = [row for row in kept if _is_of(row, name, filters)]
    return kept


def tells(row: Mapping, dimension: str) -> bool:
    """Whether a row names a dimension of the filters; its product tells its family, too."""
    return dimension in row or (dimension == "product_family" and "product" in row)


def _is_of(row: Mapping, name: str, filters: Filters) -> bool:
    """Whether a row is of what was chosen of a dimension; the family is told by the product where a row names no other,
    of two products of one name by either."""
    wanted = filters.narrowed[name]
    if name in row or name != "product_family":
        return row[name] in wanted
    return any(family in wanted for family in _families(version()).get(row["product"], ()))


def _rows_of(filters: Filters, name: str, **parameters) -> list[dict]:
    """The rows of a list that counts cases: of all, or of those of the chosen product families and people."""
    return _list(version(), name, parameters, filters.narrowed)


def process_sizes(filters: Filters) -> list[dict]:
    """Workflows and the chosen plants that have cases of them, the workflow with most cases first."""
    return _in_plants(_placed(_rows_of(filters, "process_size")), filters)


def process_ways(workflow: str, filters: Filters) -> dict[str, list[dict]]:
    """The most frequent ways of a workflow in each plant."""
    found: dict[str, list[dict]] = {}
    for row in _placed(_rows_of(filters, "process_way", workflow=workflow)):
        found.setdefault(row["plant"], []).append(row)
    return found


def process_steps(workflow: str, filters: Filters) -> list[dict]:
    return _placed(_rows_of(filters, "process_map", workflow=workflow, plant=None))


def way_cases(workflow: str, plant: str, number: int, filters: Filters) -> list[dict]:
    """The newest cases that took a way."""
    at = None if plant == measure.NONE else plant
    return _rows_of(filters, "way_case", workflow=workflow, plant=at, number=number)


def conforming(workflow: str, filters: Filters) -> list[dict]:
    """How many of the cases of a workflow that ended in a plant break no process rule."""
    found = _conforming(version(), acceptances(), readable.utc_now().date(), filters.narrowed)
    return [row for row in _placed(found) if row["workflow"] == workflow]


def deviation_classes(filters: Filters) -> list[conformance.DeviationClass]:
    """Every process rule in every plant in which it is about a case."""
    return _deviation_classes(version(), acceptances(), readable.utc_now().date(), filters.narrowed)


def deviations(rule: str, plant: str | None, most: int | None, filters: Filters) -> list[dict]:
    """The cases that break a rule, the newest first."""
    return _rows_of(filters, "deviation", rule=rule, plant=plant, most=most)


def all_deviations(rule: str, plant: str | None, filters: Filters) -> Callable[[], list[dict]]:
    """Reads them all when called, as all_cases does."""
    chosen = version()
    return lambda: _list(chosen, "deviation", {"rule": rule, "plant": plant, "most": None}, filters.narrowed)


def acceptances() -> tuple[Acceptance, ...]:
    """Accepted deviations as they stand at this moment."""
    return tuple(decision.acceptances(Path(version().folder), version().scope))


def accept(who: str, *what, plant: str | None, role: str | None) -> None:
    """decision.accept in this warehouse, by the reader."""
    who, role = _by(who, role, plant)
    decision.accept(who, *what, plant=plant, role=role, scope=version().scope, warehouse=Path(version().folder))


def wait_pareto(filters: Filters) -> list[dict]:
    """Who has the hours of orders in the chosen plants, by the chosen clock."""
    return _in_plants(_rows_of(filters, "wait_pareto", plant=None, clock=filters.clock), filters)


def wait_orders(owner: str, plant: str | None, filters: Filters) -> list[dict]:
    """The orders of a plant that an owner held longest."""
    return _rows_of(filters, "wait_order", owner=owner, plant=plant)


def order_waits(name: str) -> list[dict]:
    """What held the production orders of a name, stretch by stretch."""
    return rows("order_wait", order=name, plant=None)


def _placed(found: list[dict]) -> list[dict]:
    """What has no plant is in a place of its own."""
    return [row | {"plant": row["plant"] or measure.NONE} for row in found]


def control_findings(filters: Filters) -> list[dict]:
    """Records that rules of internal control name in the chosen plants, with how each stands by what was decided; where
    the decisions cannot be read as if nobody had decided anything."""
    found = _of_plants(rows("governance_finding", rules=list(governance.rules(exception_rules()))), filters)
    return subject.with_states(found, subject.of_exception, lambda row: as_of(), _decided())


def ways_round(filters: Filters) -> list[governance.Way]:
    """Ways round controls in the chosen plants, month by month."""
    today = as_of().date()
    found = rows("control_month", from_on=governance.first_month(today))
    return governance.ways(_of_plants(found, filters), today)


def way_round(kind: str, filters: Filters, most: int) -> list[dict]:
    """The newest cases of a way round a control."""
    name = "self_approval" if kind in governance.SELF_APPROVED else "override"
    return rows(name, kind=kind, plants=list(filters.plants), most=most)


def held_decisions(filters: Filters) -> list[governance.Held]:
    """What was decided against a number or a rule, and holds or held until lately."""
    titles = {one.name: one.title for one in [*kpis().values(), *exception_rules().values()]}
    today = readable.utc_now().date()
    return governance.held(corrections(), acceptances(), _told(subject_decisions()), titles, today, filters.plants)


def _told(decided: list[Decision]) -> list[Decision]:
    """Of decisions about subjects those that a list may tell: what is of several plants or of none is for readers of
    all of them."""
    return [one for one in decided if sees_all_plants() or one.plant is not None]


def switched_automation(filters: Filters) -> list[dict]:
    """What was switched or changed of automation that touches the chosen plants, or of which that is not known."""
    return [
        row for row in rows("switched_automation")
        if not filters.plants or not row["plants"] or set(row["plants"]) & set(filters.plants)
    ]  # fmt: skip


def source_states() -> dict[str, str]:
    """How each source stands, the worst of several Odoos: ok, absent, no right, field missing, stale, not read."""
    found: dict[str, str] = {}
    for row in rows("source_health"):
        if found.get(row["source"], "ok") == "ok":
            found[row["source"]] = row["status"]
    return found


def master_data_faults(filters: Filters) -> list[dict]:
    """Records that checks about master data name, what costs most first."""
    return rows("master_data_fault", plants=list(filters.plants))


def master_data_checks(filters: Filters) -> list[master_data.Judged]:
    return master_data.judged(rows("master_data_check"), filters.plants)


def latest(filters: Filters) -> dict[str, Reading]:
    """What the scoreboard says of each KPI in the last 28 days: of the chosen plant, or of all."""
    plant = _one(filters)
    return {name: found for (name, of), found in board(filters, is_brief=True).items() if of == plant}


def target_is_configured(kpi: Kpi, plant: str | None) -> bool:
    """Whether ops.toml says the target that applies to a plant (None: to all)."""
    return any(row["kpi"] == kpi.name and (row["plant"] or None) in (None, plant) for row in rows("target"))


def plant_targets(kpi: Kpi) -> dict[str | None, float]:
    """What ops.toml says of the target of single plants."""
    return {row["plant"]: row["value"] for row in rows("target") if row["kpi"] == kpi.name and row["plant"]}


def service_levels(kpi: Kpi) -> list[dict]:
    """What is promised of a KPI, for all plants first and then for those that have another promise."""
    found = [row for row in rows("service_level") if row["kpi"] == kpi.name]
    return sorted(found, key=lambda row: row["plant"] or "")


def rule_settings() -> dict[str, dict[str, dict]]:
    """What applies to each exception and check, by rule and plant ("": all)."""
    found: dict[str, dict[str, dict]] = {}
    for row in rows("rule_setting"):
        found.setdefault(row["rule"], {})[row["plant"] or ""] = row
    return found


def sources_of(kpi: Kpi) -> list[dict]:
    """What a KPI is measured from, what is not as it should be first."""
    return dictionary.sources_of(kpi, rows("source_health"))


def subject_decisions() -> list[Decision]:
    """Decisions about error issues, exceptions and records as they stand at this moment."""
    return decision.decisions(Path(version().folder), version().scope)


def decide(who: str, *what, plants: tuple[str, ...], role: str | None, **of) -> None:
    """decision.decide in this warehouse, by the reader; about no plant: about all of them, or none."""
    who, role = _by(who, role, *(plants or (None,)))
    decision.decide(who, *what, plants=plants, role=role, **of, scope=version().scope, warehouse=Path(version().folder))


def decide_issue(who: str, what: str, row: dict, why: str, **of) -> None:
    """The same about an error issue, a row of `error_issues`: who puts it aside decides for all plants that it hits."""
    decide(who, what, row["subject"], why, plants=issue.plants(row, what), **of)


def trace(what: str) -> list[dict]:
    """The path of a record (stock.picking,101), of the document of a name, or of a correlation id or key."""
    return _trace(version(), what)


def _one(filters: Filters) -> str | None:
    return filters.plants[0] if len(filters.plants) == 1 else None


def _clock(kpi: Kpi, filters: Filters) -> str:
    return filters.clock if filters.clock in kpi.clocks else "elapsed"


def _is_on_scoreboard(filters: Filters) -> bool:
    return filters.weeks == 4 and _has_verdict(filters)


def _has_verdict(filters: Filters) -> bool:
    """Whether numbers are of what the scoreboard judges: of all plants or of one, and of all that is in them."""
    return len(filters.plants) < 2 and not filters.narrowed


def _verdict(row: dict) -> Verdict:
    return Verdict(row["plant"], row["period_start"], row["verdict"], row["shift_since"], row["verdict_reason"])


def _point(row: dict) -> Point:
    limits = None
    if row.get("baseline") is not None:
        limits = row["limit_low"], row["baseline"], row["limit_high"]
    return Point(
        row["period_start"], row["period_end"], row["value"], row["n"] or 0, row["n_open"] or 0, bool(row["is_final"]),
        row["reason"], row["low"], row["high"], row.get("cut"), row.get("n_unmeasured"), limits, row.get("verdict"),
        row.get("value_closed"), measure.covered(row),
    )  # fmt: skip


CACHE = {"max_entries": 400, "show_spinner": False, "hash_funcs": {Version: repr}}


@st.cache_resource(**CACHE)  # no copies, which take longer than all that is done with them: nobody may change a row
def _list(chosen: Version, name: str, parameters: dict, cases: dict | None = None) -> list[dict]:
    return warehouse.read(_open(chosen), name, cases, **parameters).to_pylist()


@st.cache_resource(**(CACHE | {"max_entries": READERS}))  # of some thousand that nobody changes no copies
def _exceptions(chosen: Version) -> list[dict]:
    return warehouse.read(_open(chosen), "open_exception").to_pylist()


@lru_cache(maxsize=READERS)  # some thousand lines, and Streamlit's own caches look long at what was decided
def _exceptions_now(chosen: Version, decided: tuple[Decision, ...], today: date) -> list[dict]:
    return exception.with_states(_exceptions(chosen), decided, _open(chosen).as_of, today)


@lru_cache(maxsize=READERS)
def _stuck(chosen: Version, decided: tuple[Decision, ...], today: date) -> list[dict]:
    return unblock.with_states(_list(chosen, "stuck", {}), decided, _open(chosen).as_of, today)


@st.cache_resource(**(CACHE | {"max_entries": READERS}))
def _exceptions_since(chosen: Version) -> exception.Since | None:
    folder = Path(chosen.folder)
    name = warehouse.earlier_version(chosen.name, A_DAY_AGO, folder)
    if name is None:
        return None
    try:
        before = warehouse.open(chosen.scope, folder, name)
        with closing(before.connection):
            found = warehouse.read(before, "open_exception").to_pylist()
    except WarehouseMissing:  # taken away meanwhile, or from before there was such a list
        LOG.exception("no exceptions of a day ago")
        return None
    return exception.since(_exceptions(chosen), found, before.as_of)


@st.cache_resource(**(CACHE | {"max_entries": READERS}))  # tens of thousands that nobody can change: no copies
def _approval_steps(chosen: Version) -> tuple[approval.Step, ...]:
    return approval.steps(warehouse.read(_open(chosen), "approval_step").to_pydict())


@st.cache_resource(**(CACHE | {"max_entries": 20}))
def _steps_of(chosen: Version, filters: Filters) -> list[approval.Step]:
    kept = [one for one in _approval_steps(chosen) if not filters.plants or one.plant in filters.plants]
    if filters.families:
        families = _families(chosen)
        kept = [one for one in kept if any(of in filters.families for of in families.get(one.product, ()))]
    return [one for one in kept if not filters.people or one.responsible in filters.people]


@st.cache_resource(**CACHE)
def _approval_week(chosen: Version, filters: Filters) -> dict[tuple[int, int], approval.Cell]:
    return approval.week(_steps_of(chosen, filters))


@st.cache_resource(**CACHE)
def _approval_what_if(chosen: Version, filters: Filters, threshold: float, limit: float | None) -> approval.WhatIf:
    return approval.what_if(_steps_of(chosen, filters), threshold, limit)


@st.cache_data(**CACHE)
def _deviation_classes(
    chosen: Version, accepted: tuple[Acceptance, ...], today: date, cases: dict
) -> list[conformance.DeviationClass]:
    return conformance.classes(_open(chosen), accepted, today, cases)


@st.cache_data(**CACHE)
def _conforming(chosen: Version, accepted: tuple[Acceptance, ...], today: date, cases: dict) -> list[dict]:
    return conformance.shares(_open(chosen), accepted, today=today, cases=cases)


@st.cache_data(**CACHE)
def _trace(chosen: Version, what: str) -> list[dict]:
    return tracing.path(_open(chosen), what)


@st.cache_data(**CACHE)
def _scoreboard(chosen: Version, kpi: str, period: str, plants: tuple[str, ...], clock: str) -> list[Point]:
    plant = plants[0] if plants else None
    found = measure.scoreboard(_open(chosen), kpi, period=period, plant=plant, clock=clock).to_pylist()
    return sorted((_point(row) for row in found if row["plant"] == plant), key=lambda p: p.start)


def _board(chosen: Version, parameters: dict) -> dict[tuple[str, str | None], dict[str, list[Point]]]:
    """The scoreboard's points by KPI and plant, then by period."""
    found: dict[tuple[str, str | None], dict[str, list[Point]]] = {}
    for row in warehouse.read(_open(chosen), "board", **parameters).to_pylist():
        periods = found.setdefault((row["kpi"], row["plant"]), {"week": [], "28 days": []})
        periods[row["period"]].append(_point(row))
    return found


@st.cache_resource(**(CACHE | {"max_entries": 40}))  # read by all, changed by nobody: no copies
def _readings(
    chosen: Version,
    filters: Filters,
    by_plant: tuple[str, ...],
    is_brief: bool,
    has_budgets: bool,
    decided: tuple[Correction, ...] | None,
) -> dict[tuple[str, str | None], Reading]:
    first = min(filters.trend(as_of())[0], as_of().date() - timedelta(days=55))
    asked = {"from_on": first, "period": "28 days" if is_brief else None, "clock": filters.clock}
    points = _board(chosen, asked | {"plant": _one(filters), "by_plant": list(by_plant)})
    known = {name for name, _ in points}
    said = {(row["kpi"], row["plant"], row["clock"]): _verdict(row) for row in rows("verdict")}
    beside = _Beside(said, rows("target"), _months(decided) if has_budgets else {})
    each = filters.plants or tuple(plant_names())
    return {
        (kpi.name, plant): _board_reading(
            by_clock(kpi, filters),
            plant,
            points.get((kpi.name, plant), {}),
            texts.no_line(kpi.name in known, plant),
            beside,
            filters,
        )
        for kpi in kpis().values()
        for plant in dict.fromkeys((None, *filters.plants[:1], *(each if kpi.name in by_plant else ())))
    }


@st.cache_resource(**(CACHE | {"max_entries": 40}))
def _measured(
    chosen: Version, filters: Filters, by_plant: tuple[str, ...], names: tuple[str, ...], is_brief: bool
) -> dict[tuple[str, str | None], Reading]:
    """As _readings, measured now under filters that the scoreboard does not know."""
    each = filters.plants or tuple(plant_names())
    goals = rows("target")
    found = {}
    for kpi in kpis().values():
        asked = by_clock(kpi, filters)
        missing = unknown(kpi, filters)
        reason = texts.no_number_by(missing) if missing else texts.MEASURED_THERE
        points: dict[str | None, list[Point]] = {}
        if kpi.name in names and not missing:
            points, reason = _by_plant(chosen, asked, filters, has_weeks=not is_brief), texts.NO_CASES
        for plant in dict.fromkeys((None, *filters.plants[:1], *(each if kpi.name in by_plant else ()))):
            start, end = replace(filters, weeks=WEEKS[0]).period(moment(kpi))
            own = points.get(plant, [])
            now = next((p for p in own if (p.start, p.end) == (start, end)), None)
            found[kpi.name, plant] = Reading(
                asked,
                now or Point(start, end, reason=reason),
                next((p for p in own if (p.start, p.end) == (start - (end - start), start)), None),
                tuple(p for p in own if p.end - p.start == timedelta(weeks=1)),
                moment(kpi),
                targets.applying(asked, plant, goals),
            )
    return found


def _by_plant(chosen: Version, kpi: Kpi, filters: Filters, has_weeks: bool) -> dict[str | None, list[Point]]:
    """The last 28 days, the 28 before and the weeks of a trend of a KPI, of all plants (None) and of each."""
    at = moment(kpi)
    periods = [replace(filters, weeks=WEEKS[0]).period(at), replace(filters, weeks=WEEKS[0]).earlier(at)]
    first, end = filters.trend(at)
    if has_weeks:
        periods += [week for week in measure.weeks(first, at) if week[1] <= end]
    narrowed = {name: list(values) for name, values in filters.narrowed.items()}
    asked = {"by": "plant", "filters": narrowed, "clock": _clock(kpi, filters), "total": True}
    points: dict[str | None, list[Point]] = {}
    for row in measure.compute(_open(chosen).cursor(), kpis()[kpi.name], periods, at, **asked).to_pylist():
        points.setdefault(row["cut"] or None, []).append(_point(row))
    return points


@st.cache_resource(**(CACHE | {"max_entries": READERS}))
def _families(chosen: Version) -> dict[str, tuple[str, ...]]:
    """The families of each product name, most often one."""
    found: dict[str, tuple[str, ...]] = {}
    for row in _list(chosen, "family_of_product", {}):
        found[row["product"]] = (*found.get(row["product"], ()), row["family"])
    return found


@st.cache_resource(**(CACHE | {"max_entries": 40}))
def _morning(chosen: Version, plants: tuple[str, ...], clock: str, locale: str | None) -> Brief:
    """By the reader's locale, too: its sentences hold numbers."""
    return brief.read(rows, _catalogue(chosen.name), as_of().date(), plants, clock)


@lru_cache(maxsize=READERS)  # asked for in every line of a table, where Streamlit's own caches take most of the time
def _zones(chosen: Version) -> dict[str, str]:
    return {row["plant"]: row["timezone"] for row in _list(chosen, "plant", {})}


@lru_cache(maxsize=READERS)
def _plant_names(chosen: Version) -> dict[str, str]:
    return names_of_plants(_list(chosen, "plant", {}))


@st.cache_resource(**(CACHE | {"max_entries": READERS}))
def _trust(chosen: Version) -> Trust:
    found = (_list(chosen, name, {}) for name in ("source_health", "check_result", "plant"))
    return trusted.of(*found, _open(chosen).as_of)


@st.cache_resource(**(CACHE | {"max_entries": 40}))
def _as_known(chosen: Version, kpi: str, on: date, plant: str | None, clock: str) -> list[dict]:
    asked = {"period": "week", "plant": plant, "clock": clock}
    at = datetime.combine(on + timedelta(days=1), time())
    then, now = (
        {row["period_start"]: row for row in found.to_pylist() if row["plant"] == plant}
        for found in (measure.known(_open(chosen), at, kpi, **asked), measure.scoreboard(_open(chosen), kpi, **asked))
    )
    nothing = {"value": None, "n": None}
    return [
        {
            "period_start": start, "period_end": row["period_end"], "value_then": row["value"], "n_then": row["n"],
            "was_final": row["is_final"], "value_now": now.get(start, nothing)["value"],
            "n_now": now.get(start, nothing)["n"], "known_at": row["as_of"],
        }
        for start, row in sorted(then.items(), reverse=True)
    ]  # fmt: skip


@st.cache_data(**CACHE)
def _values(
    chosen: Version, kpi: str, period: tuple[date, date], filters: Filters, by=None, every=None, statistic=None
) -> list[Point]:
    asked = _catalogue(chosen.name)[kpi]
    asked = replace(asked, statistic=statistic) if statistic else asked
    asked_for = {"filters": filters.dimension(), "clock": _clock(asked, filters)}
    found = measure.values(_open(chosen), asked, *period, by=by, every=every, **asked_for)
    return [_point(row) for row in found.to_pylist()]


@st.cache_data(**CACHE)
def _periods(chosen: Version, kpi: str, periods: tuple[tuple[date, date], ...], filters: Filters) -> list[Point]:
    """The KPI in each period, of all together (its cut is empty) and, where there are several, of each plant."""
    asked, opened = _catalogue(chosen.name)[kpi], _open(chosen)
    has_plants = "plant" in asked.dimensions and len(filters.plants) != 1
    found = measure.compute(
        opened.cursor(), asked, periods, opened.moment(asked.sql), by="plant" if has_plants else None,
        filters=filters.dimension(), clock=_clock(asked, filters), total=True,
    )  # fmt: skip
    return [_point(row) for row in found.to_pylist()]


@st.cache_data(**(CACHE | {"max_entries": 40}))
def _rows(chosen: Version, kpi: str, period: tuple[date, date], filters: Filters, limit: int | None) -> list[dict]:
    asked = _catalogue(chosen.name)[kpi]
    asked_for = {"filters": filters.dimension(), "clock": _clock(asked, filters)}
    return measure.rows(_open(chosen), asked, *period, limit=limit, **asked_for).to_pylist()


@st.cache_data(**CACHE)
def _distribution(chosen: Version, kpi: str, period: tuple[date, date], filters: Filters) -> list[dict]:
    asked = _catalogue(chosen.name)[kpi]
    asked_for = {"filters": filters.dimension(), "clock": _clock(asked, filters)}
    return measure.distribution(_open(chosen), asked, *period, **asked_for).to_pylist()


@st.cache_resource(**(CACHE | {"max_entries": READERS}))  # every card asks for them: no copies
def _budgets(chosen: Version, decided: tuple[Correction, ...]) -> tuple[Budget, ...]:
    return tuple(budget.read(_open(chosen), decided))


@st.cache_data(**CACHE)
def _misses(
    chosen: Version, month: Budget, decided: tuple[Correction, ...], plants: tuple[str, ...], limit: int
) -> list[dict]:
    return budget.misses(_open(chosen), _catalogue(chosen.name)[month.kpi], month, decided, plants, limit)


@st.cache_data(**CACHE)
def _survival(chosen: Version, kpi: str, period: tuple[date, date], filters: Filters) -> list[dict]:
    asked = _catalogue(chosen.name)[kpi]
    asked_for = {"filters": filters.dimension(), "clock": _clock(asked, filters)}
    return measure.survival(_open(chosen), asked, *period, **asked_for).to_pylist()
