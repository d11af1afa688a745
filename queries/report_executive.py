"""The executive pack: what is out of the ordinary, the headline KPIs of the group and of each plant, budgets, what
needs somebody, what changes did, and what was decided; of all plants, or of one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from functools import partial

from queries import brief, budget, catalog, exception, readable, report, report_numbers
from queries.alert import where
from queries.budget import Budget
from queries.catalog import Kpi
from queries.decision import Acceptance, Correction, Decision
from queries.report import BAD, GOOD, NONE, WARN, Cell, Part, Report
from queries.report_numbers import Board, rows
from queries.signal import NORMAL
from queries.subject import PUT_ASIDE
from queries.warehouse import Warehouse

EFFECTS_SINCE = timedelta(weeks=26)
MOST = 15  # lines of a table
MARK = {True: GOOD, False: BAD, None: WARN}


def executive_pack(
    opened: Warehouse,
    decided: Sequence[Decision],
    corrections: Sequence[Correction],
    acceptances: Sequence[Acceptance],
    today: date,
    plant: str | None = None,
) -> Report:
    """The pack of the published numbers; `today` (UTC) tells what is about to expire."""
    kpis, only = catalog.load(), (plant,) if plant else ()
    of = report_numbers.board(opened)
    headlines = list(brief.headlines(kpis).values())
    others = [kpi for kpi in kpis.values() if kpi.headline is None and "executive" in kpi.audience]
    name = where(plant, of.names)
    start, end = next(((row["period_start"], row["period_end"]) for row in of.now.values()), (today, today))
    days = f"{readable.day(start)} to {readable.day(end - timedelta(days=1))}"
    parts = [
        _in_short(opened, kpis, only),
        Part(
            "Headline numbers", f"The last 28 days, {name}; the line is of the final weeks, the band is the ordinary.",
            cards=tuple(report_numbers.card(of, kpi, plant) for kpi in headlines),
        ),
    ]  # fmt: skip
    if plant is None:
        note = "The last 28 days against each plant's target."
        parts.append(Part("Plant by plant", note, table=report_numbers.by_plant(of, headlines)))
    parts += [
        _budgets(of, kpis, budget.read(opened, corrections), only),
        _exceptions(opened, decided, only),
        _effects(opened, of, kpis, only),
        _decided(of, kpis, corrections, acceptances, today, only),
        Part("All other numbers", f"The last 28 days, {name}.", table=report_numbers.lines(of, others, plant)),
    ]
    suffix = f"_{_safe(plant)}" if plant else ""
    return Report(
        f"executive_pack{suffix}_{opened.as_of:%Y-%m-%d}",
        "Executive pack",
        f"{name[:1].upper()}{name[1:]}, {days} {opened.as_of:%Y}",
        (("Period", f"28 days, {days}"), *report_numbers.facts(opened, name)),
        tuple(parts),
    )


def _safe(plant: str) -> str:
    """A plant's code as a part of a file's name."""
    return "".join(sign if sign.isalnum() or sign in "-_" else "-" for sign in plant)


def _in_short(opened: Warehouse, kpis: Mapping[str, Kpi], only: Collection[str]) -> Part:
    found = brief.read(partial(rows, opened), kpis, opened.as_of.date(), only)
    lines = [
        Cell(
            one.sentence,
            f"{one.period}, n = {readable.number(one.n)}, {brief.SURE[one.confidence]}",
            MARK[one.is_better],
        )
        for one in found.sentences
    ]
    return Part("In short", lines=(*lines, Cell(found.closing)))


def _budgets(of: Board, kpis: Mapping[str, Kpi], found: Iterable[Budget], only: Collection[str]) -> Part:
    """Budgets of the running month, those that are over first."""
    months = [one for one in found if one.is_running and one.kpi in kpis and (not only or one.plant in only)]
    order = lambda one: (one.reason is not None, not one.is_over, not one.is_used_up, one.gone_on or date.max)  # noqa: E731
    told = []
    for one in sorted(months, key=order):
        mark = NONE if one.reason else BAD if one.is_used_up else WARN if one.gone_on else GOOD
        used = "–" if one.reason else readable.misses(one.n_missed, one.n_allowed, True)
        told.append(
            (
                kpis[one.kpi].title,
                where(one.plant, of.names),
                readable.service_level(one.objective, one.limit, one.clock),
                used,
                Cell(budget.state(one), mark=mark),
                f"{readable.number(one.n_due)} due so far",
            )
        )
    month = f"{of.opened.as_of:%B %Y}"
    heads = ("KPI", "Plant", "Service level", "Misses used", "State", "Cases")
    note = f"Misses that the service levels allow in {month}, and those that are used."
    return Part(
        "Budgets of misses", note, table=report.table(heads, told, (5, 3, 4, 5, 5, 3), MOST, empty="No budget.")
    )


def _exceptions(opened: Warehouse, decided: Sequence[Decision], only: Collection[str]) -> Part:
    """What needs somebody, by kind: open and overdue, who is in charge, what the worst one holds up."""
    found = exception.with_states(rows(opened, "open_exception"), decided, opened.as_of)
    shown = [row for row in found if (not only or row["plant"] in only) and row["state"] not in PUT_ASIDE]
    kinds = exception.kinds(catalog.exceptions(), rows(opened, "exception_rule"), shown, rows(opened, "source_health"))
    told = []
    for kind in kinds:
        worst = next((row for row in shown if row["exception"] == kind.rule.name), None)
        if worst is None:
            continue
        mark = BAD if kind.overdue_count and kind.rule.severity == "high" else WARN if kind.overdue_count else NONE
        age = "" if worst["age_seconds"] is None else readable.duration(worst["age_seconds"])
        held = readable.held_up(worst)
        told.append(
            (
                Cell(kind.rule.title, f"{kind.rule.severity}, to be done within {readable.duration(kind.rule.sla)}"),
                readable.number(kind.open_count),
                Cell(readable.number(kind.overdue_count), mark=mark),
                exception.in_charge(worst),
                Cell(worst["name"], ", ".join(filter(None, (age, held and f"holds up {held}")))),
            )
        )
    unknown = [f"{kind.rule.title} ({kind.reason})" for kind in kinds if kind.reason and not kind.is_off]
    note = f"{readable.number(len(shown))} records are open, {sum(bool(row['is_overdue']) for row in shown)} overdue."
    note += f" Cannot be told: {'; '.join(unknown)}." if unknown else ""
    heads = ("What", "Open", "Overdue", "With", "The worst")
    return Part(
        "What needs somebody", note,
        table=report.table(heads, told, (6, 2, 2, 4, 6), MOST, right=(1, 2), empty="Nothing needs somebody."),
    )  # fmt: skip


def effect_table(of: Board, found: Iterable[dict], kpis: Mapping[str, Kpi], most: int = MOST) -> report.Table:
    """Rows of the list change_effect: what a change did to a KPI in a plant."""
    told = []
    for row in found:
        kpi = kpis[row["kpi"]]
        pair = [Cell("–") if row[f"value_{when}"] is None else
                Cell(readable.measured(row[f"value_{when}"], kpi.unit), f"n = {readable.number(row[f'n_{when}'])}")
                for when in ("before", "after")]  # fmt: skip
        mark = NONE
        if row["effect"] is not None and row["verdict"] != NORMAL and kpi.direction != "none":
            mark = GOOD if (row["effect"] < 0) == (kpi.direction == "lower") else BAD
        told.append(
            (
                Cell(row["name"], f"{row['kind']}, {readable.seen(row['after_at'], row['changed_at'])}"),
                Cell(kpi.title, where(row["plant"], of.names)),
                *pair,
                Cell(readable.effect(row, kpi.measure), mark=mark),
            )
        )
    heads = ("Change", "KPI and plant", "Before", "After", "Through the change")
    return report.table(heads, told, (6, 5, 3, 3, 8), most, empty="Nothing changed.")


def effects_since(opened: Warehouse, kpis: Mapping[str, Kpi], first: date, only: Collection[str] = ()) -> list[dict]:
    """Answers of the list change_effect about changes from a day on: effects that are shown first, then those that
    cannot be told; the newest first."""
    found = [
        row
        for row in rows(opened, "change_effect", kpi=None, clock="elapsed")
        if row["kpi"] in kpis and row["changed_at"].date() >= first and (not only or row["plant"] in only)
    ]
    return sorted(found, key=lambda row: (row["effect"] is None, row["verdict"] in (None, NORMAL)))


def _effects(opened: Warehouse, of: Board, kpis: Mapping[str, Kpi], only: Collection[str]) -> Part:
    headlines = brief.headlines(kpis)
    found = effects_since(opened, headlines, opened.as_of.date() - EFFECTS_SINCE, only)
    note = "Changes of the last 26 weeks: headline numbers six weeks before and after, against plants without."
    return Part("What changes did", note, table=effect_table(of, found, headlines))


def _decided(
    of: Board, kpis: Mapping[str, Kpi], corrections: Iterable[Correction], acceptances: Iterable[Acceptance],
    today: date,
    only: Collection[str],
) -> Part:  # fmt: skip
    """What people decided against a rule or a number, and until when it holds."""
    lately = today - EFFECTS_SINCE
    left_out = [one for one in corrections if one.holds and one.until_on >= lately]
    lines = [
        Cell(
            f"{readable.day(one.from_on)} to {readable.day(one.until_on)} count in no budget of "
            f"{kpis[one.kpi].title if one.kpi in kpis else 'any KPI'}, {where(one.plant, of.names)}",
            f"{one.cause}: {one.why} ({one.who}, {readable.day(one.decided_at.date())})",
        )
        for one in left_out
        if not only or one.plant in (None, *only)
    ]
    kept = [one for one in acceptances if not only or one.plant in (None, *only)]
    note = "Deviations from process rules that are accepted until a day, and days left out of budgets."
    return Part("What was decided", note, tuple(lines), table=report_numbers.acceptances(of, kept, today))
