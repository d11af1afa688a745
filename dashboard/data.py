"""What pages read, from one published version per run, cached by version and scope.

Everything here returns plain values (dataclasses, lists of dicts): no page touches a table or a query.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

import streamlit as st

from dashboard import texts
from dashboard.filters import Filters
from dashboard.reading import Change, Point, Reading, Verdict
from queries import budget, catalog, decision, issue, measure, readable, tracing, warehouse
from queries.budget import Budget
from queries.catalog import Kpi
from queries.decision import Correction, Decision, DecisionError
from queries.warehouse import Scope, WarehouseMissing

ALL = Scope()
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
    chosen = st.session_state["version"] = Version(str(warehouse.folder()), name) if name else None
    if chosen:
        _open(chosen)
    return chosen


def version() -> Version:
    return st.session_state["version"]


def as_of() -> datetime:
    return _open(version()).as_of


def moment(kpi: Kpi) -> datetime:
    """The moment that the rows of a KPI are from: `as_of`, or later."""
    return _open(version()).moment(kpi.sql)


@st.cache_resource(max_entries=4, show_spinner=False, hash_funcs={Version: repr})
def _open(chosen: Version):
    return warehouse.open(chosen.scope, Path(chosen.folder), chosen.name)


@st.cache_resource(max_entries=2, show_spinner=False)
def _catalogue(name: str) -> dict[str, Kpi]:
    return catalog.load()


@st.cache_resource(max_entries=2, show_spinner=False)
def _marts(name: str) -> tuple[str, ...]:
    return tuple(catalog.marts())


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
    if _is_on_scoreboard(filters):
        tiles = _scoreboard(version(), kpi.name, "28 days", filters.plants, _clock(kpi, filters))
        now = next((p for p in tiles if p.end == end), None) or Point(start, end, reason=texts.NEW_KPI)
        before = next((p for p in tiles if p.end == start), None)
    else:
        now = _only(_values(version(), kpi.name, (start, end), filters))
        before = _only(_values(version(), kpi.name, earlier, filters))
    plant = filters.plants[0] if len(filters.plants) == 1 else None
    found = verdicts(kpi, _clock(kpi, filters)) if len(filters.plants) < 2 else []
    return Reading(
        kpi, now, before, tuple(weeks(kpi, filters)), moment(kpi), target(kpi, plant),
        next((verdict for verdict in found if verdict.plant == plant), None),
        tuple(verdict for verdict in found if verdict.plant and verdict.is_shift and not plant),
        _budget_now(kpi, filters),
    )  # fmt: skip


def verdicts(kpi: Kpi, clock: str) -> list[Verdict]:
    """Whether the newest final week is out of the ordinary, of all plants together and of each."""
    return [
        Verdict(row["plant"], row["period_start"], row["verdict"], row["shift_since"], row["verdict_reason"])
        for row in rows("verdict")
        if row["kpi"] == kpi.name and row["clock"] == clock
    ]


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
    if kpi.unit == readable.WORKING_TIME:
        return None
    configured = {row["plant"] or None: row["value"] for row in rows("target") if row["kpi"] == kpi.name}
    return configured.get(plant, configured.get(None, kpi.target))


def budgets(kpi: Kpi, filters: Filters) -> list[Budget]:
    """The budgets of a KPI, the newest month first: of all plants together unless some were chosen, then of each."""
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


def misses(month: Budget, plants: tuple[str, ...], limit: int) -> list[dict]:
    """The newest misses of a month in some plants."""
    return _misses(version(), month, corrections(), plants, limit)


def corrections() -> tuple[Correction, ...]:
    """Corrections of budgets as they stand at this moment."""
    return tuple(decision.corrections(Path(version().folder), version().scope))


def correct(*what, **of) -> None:
    """decision.correct in this warehouse."""
    decision.correct(*what, **of, warehouse=Path(version().folder))


def withdraw(number: int, who: str, why: str) -> None:
    decision.withdraw(number, who, why, Path(version().folder))


def sees_all_plants() -> bool:
    return version().scope.plants is None


def weeks(kpi: Kpi, filters: Filters) -> list[Point]:
    """Whole weeks up to the running one, which is left out."""
    first, end = filters.trend(moment(kpi))
    if len(filters.plants) < 2:
        found = _scoreboard(version(), kpi.name, "week", filters.plants, _clock(kpi, filters))
    else:
        found = _values(version(), kpi.name, (first, end), filters, every="week")
    return [point for point in found if first <= point.start and point.end <= end]


def breakdown(kpi: Kpi, filters: Filters, by: str) -> list[Point]:
    """The KPI of the period cut by a dimension, the largest value first, what cannot be measured last."""
    found = _values(version(), kpi.name, filters.period(moment(kpi)), filters, by=by)
    return sorted(found, key=lambda p: (p.value is None, -(p.value or 0), -p.n))


def cases(kpi: Kpi, filters: Filters, limit: int) -> list[dict]:
    """The first rows behind the number."""
    return _rows(version(), kpi.name, filters.period(moment(kpi)), filters, limit)


def all_cases(kpi: Kpi, filters: Filters) -> Callable[[], list[dict]]:
    """Reads every row when called: a download is made outside the session, which knows no version any more."""
    chosen, period = version(), filters.period(moment(kpi))
    return lambda: _rows(chosen, kpi.name, period, filters, None)


def distribution(kpi: Kpi, filters: Filters) -> list[dict]:
    """How the durations or ages of the period spread."""
    return _distribution(version(), kpi.name, filters.period(moment(kpi)), filters)


def survival(kpi: Kpi, filters: Filters) -> list[dict]:
    """Which share of the cases of the period is still open after how long."""
    return _survival(version(), kpi.name, filters.period(moment(kpi)), filters)


def quantile(kpi: Kpi, filters: Filters, statistic: str) -> float | None:
    """Another quantile of the same rows, to mark it in the distribution."""
    return _only(_values(version(), kpi.name, filters.period(moment(kpi)), filters, statistic=statistic)).value


def sources(kpi: Kpi) -> list[str]:
    """Names of the tables the KPI's query reads."""
    return sorted(catalog.marts_of(kpi, _marts(version().name)))


def plant_names() -> dict[str, str]:
    """Each plant's code and the name to show; two plants of one name are told apart by their codes."""
    named = [row["name"] for row in plants()]
    return {
        row["plant"]: row["name"] if row["name"] and named.count(row["name"]) == 1 else row["plant"] for row in plants()
    }


def plant_name(code: str) -> str:
    """The name to show of a plant; of what belongs to none, that."""
    return "(no plant)" if code == measure.NONE else plant_names().get(code, code)


def zone(plant: str | None) -> str | None:
    """Time zone of a plant."""
    return next((row["timezone"] for row in plants() if row["plant"] == plant), None)


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


def subject_decisions() -> list[Decision]:
    """Decisions about error issues, exceptions and records as they stand at this moment."""
    return decision.decisions(Path(version().folder), version().scope)


def decide(*what, **of) -> None:
    """decision.decide in this warehouse, by the eyes of this session."""
    decision.decide(*what, **of, scope=version().scope, warehouse=Path(version().folder))


def trace(what: str) -> list[dict]:
    """The path of a record (stock.picking,101), of the document of a name, or of a correlation id or key."""
    return _trace(version(), what)


def _one(filters: Filters) -> str | None:
    return filters.plants[0] if len(filters.plants) == 1 else None


def _clock(kpi: Kpi, filters: Filters) -> str:
    return filters.clock if filters.clock in kpi.clocks else "elapsed"


def _is_on_scoreboard(filters: Filters) -> bool:
    return filters.weeks == 4 and len(filters.plants) < 2


def _only(points: list[Point]) -> Point:
    return points[0]


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


@st.cache_data(**CACHE)
def _list(chosen: Version, name: str, parameters: dict) -> list[dict]:
    return warehouse.read(_open(chosen), name, **parameters).to_pylist()


@st.cache_data(**CACHE)
def _trace(chosen: Version, what: str) -> list[dict]:
    return tracing.path(_open(chosen), what)


@st.cache_data(**CACHE)
def _scoreboard(chosen: Version, kpi: str, period: str, plants: tuple[str, ...], clock: str) -> list[Point]:
    plant = plants[0] if plants else None
    found = measure.scoreboard(_open(chosen), kpi, period=period, plant=plant, clock=clock).to_pylist()
    return sorted((_point(row) for row in found if row["plant"] == plant), key=lambda p: p.start)


@st.cache_data(**CACHE)
def _values(
    chosen: Version, kpi: str, period: tuple[date, date], filters: Filters, by=None, every=None, statistic=None
) -> list[Point]:
    asked = _catalogue(chosen.name)[kpi]
    asked = replace(asked, statistic=statistic) if statistic else asked
    asked_for = {"filters": filters.dimension(), "clock": _clock(asked, filters)}
    found = measure.values(_open(chosen), asked, *period, by=by, every=every, **asked_for)
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


@st.cache_resource(**(CACHE | {"max_entries": 8}))  # every card asks for them, and nobody can change them: no copies
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
