"""KPIs in reports: the numbers of agg_kpi as cards and as lines, with n, unit, period, target and verdict."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from queries import measure, plant, readable, report, target, trust, warehouse
from queries.alert import newest, where
from queries.catalog import Kpi
from queries.decision import Acceptance
from queries.governance import SOON
from queries.report import BAD, GOOD, NONE, WARN, Card, Cell, Table
from queries.signal import ABOVE, BELOW
from queries.warehouse import Warehouse

WEEKS = 26  # of the line on a card


@dataclass(frozen=True)
class Board:
    """What agg_kpi says by the elapsed clock, by KPI and plant (None: all): of the newest 28 days, of the 28 before,
    week by week, the verdict of the newest final week; targets; plants by their names."""

    opened: Warehouse
    now: Mapping[tuple[str, str | None], dict]
    before: Mapping[tuple[str, str | None], dict]
    weeks: Mapping[tuple[str, str | None], list[dict]]
    verdicts: Mapping[tuple[str, str | None], dict]
    targets: list[dict]
    names: Mapping[str, str]


def board(opened: Warehouse) -> Board:
    """All that reports show of KPIs."""
    tiles = measure.scoreboard(opened).to_pylist()
    now = {(row["kpi"], row["plant"]): row for row in newest(tiles)}
    before = {}
    for row in tiles:
        of = now.get((row["kpi"], row["plant"]))
        if of and row["period_end"] == of["period_start"]:
            before[row["kpi"], row["plant"]] = row
    weeks = defaultdict(list)
    for row in reversed(measure.scoreboard(opened, period="week").to_pylist()):
        weeks[row["kpi"], row["plant"]].append(row)
    verdicts = {
        (row["kpi"], row["plant"]): row for row in rows(opened, "verdict") if row["clock"] == "elapsed"
    }  # fmt: skip
    names = plant.names(rows(opened, "plant"))
    return Board(opened, now, before, weeks, verdicts, rows(opened, "target"), names)


def rows(opened: Warehouse, name: str, **asked) -> list[dict]:
    """The rows of a list."""
    return warehouse.read(opened, name, **asked).to_pylist()


def facts(opened: Warehouse, of: str) -> tuple[tuple[str, str], ...]:
    """What every report says of its numbers: of what, from when, which version, and whether they can be trusted."""
    found = trust.of(rows(opened, "source_health"), rows(opened, "check_result"), rows(opened, "plant"), opened.as_of)
    said = [f"{found.failed_count} failed and {found.warned_count} warn of {found.check_count} checks of the data"]
    said += [f"not read as they should be: {', '.join(found.lacking)}"] if found.lacking else []
    said += [f"other than Odoo counts: {', '.join(found.differing)}"] if found.differing else []
    said += [f"older than the others: {name} ({readable.moment(at)} UTC)" for name, at in sorted(found.behind.items())]
    return (
        ("Numbers of", of),
        ("Data as of", f"{readable.moment(opened.as_of)} UTC ({opened.as_of:%Y-%m-%d})"),
        ("Version", opened.version),
        ("Can it be trusted", "; ".join(said)),
        ("Times", "days are those of UTC; durations are elapsed time, day and night, and open cases count"),
    )


def value(kpi: Kpi, row: Mapping | None) -> str:
    """The number in the form its unit asks for, or "no number"."""
    return "no number" if row is None or row["value"] is None else readable.measured(row["value"], kpi.unit)


def days(row: Mapping) -> str:
    """2 Nov to 29 Nov."""
    start, end = measure.covered(row)
    return f"{readable.day(start)} to {readable.day(end - timedelta(days=1))}"


def cases(kpi: Kpi, row: Mapping) -> str:
    """n = 312, 14 still open."""
    still = row["n_open"] and kpi.measure != "stock"
    return f"n = {readable.number(row['n'])}" + (f", {readable.number(row['n_open'])} still open" if still else "")


def on_target(of: Board, kpi: Kpi, place: str | None) -> Cell:
    """Whether the number meets its target, or why that is not said."""
    row, goal = of.now.get((kpi.name, place)), target.applying(kpi, place, of.targets)
    if goal is None:
        return Cell("no target set")
    words = f"target {readable.measured(goal, kpi.unit)}"
    if row is None or row["value"] is None:
        return Cell(words)
    if target.is_too_few(kpi, row["value"], row["n"]):
        return Cell(f"{words}, too few to judge: {target.LEAST_JUDGED} needed", mark=NONE)
    met = target.meets(kpi, row["value"], row["n"], goal)
    if met is None:
        return Cell(words)
    return Cell(f"{words} {'met' if met else 'missed'}", mark=GOOD if met else BAD)


def verdict(of: Board, kpi: Kpi, place: str | None) -> Cell:
    """Whether the newest final week is ordinary, or why that cannot be said."""
    row = of.verdicts.get((kpi.name, place))
    if row is None or not (row["verdict"] or row["verdict_reason"]):
        return Cell("not judged")
    words = readable.verdict(row["verdict"], row["shift_since"], row["verdict_reason"])
    if row["verdict"] not in (ABOVE, BELOW):
        return Cell(words, mark=NONE)
    if kpi.direction == "none":
        return Cell(words, mark=WARN)
    is_better = (row["verdict"] == BELOW) == (kpi.direction == "lower")
    return Cell(f"{words}: {'better' if is_better else 'worse'}", mark=GOOD if is_better else BAD)


def card(of: Board, kpi: Kpi, place: str | None) -> Card:
    """A KPI as a card."""
    key = kpi.name, place
    row, earlier = of.now.get(key), of.before.get(key)
    weeks = of.weeks.get(key, [])[-WEEKS:]
    was = f"was {value(kpi, earlier)} in {days(earlier)}" if earlier and earlier["value"] is not None else ""
    limits = next(
        ((one["limit_low"], one["limit_high"]) for one in reversed(weeks) if one["limit_low"] is not None), None
    )
    if row is None or row["value"] is None:
        said, foot = (Cell((row and row["reason"]) or "no case", mark=NONE),), ""
    else:
        said, foot = (verdict(of, kpi, place), on_target(of, kpi, place)), f"{cases(kpi, row)}; {days(row)}"
    below = "; ".join(filter(None, (readable.statistic(kpi), was)))
    final = tuple(one["value"] if one["is_final"] else None for one in weeks)
    return Card(kpi.title, value(kpi, row), below, said, foot, final, target.applying(kpi, place, of.targets), limits)


def lines(of: Board, kpis: Iterable[Kpi], place: str | None) -> Table:
    """KPIs below each other, of a plant (None: all)."""
    found = []
    for kpi in kpis:
        row, earlier = of.now.get((kpi.name, place)), of.before.get((kpi.name, place))
        if row is None or row["value"] is None:
            number = Cell("no number", (row and row["reason"]) or "no case", NONE)
            found.append((Cell(kpi.title, readable.statistic(kpi)), number, "–", "", "", ""))
            continue
        around = (
            "" if row["low"] is None else " to ".join(readable.measured(row[end], kpi.unit) for end in ("low", "high"))
        )
        found.append(
            (
                Cell(kpi.title, readable.statistic(kpi)),
                Cell(value(kpi, row), around and f"95 %: {around}"),
                value(kpi, earlier),
                verdict(of, kpi, place),
                on_target(of, kpi, place),
                Cell(cases(kpi, row), days(row)),
            )
        )
    heads = ("KPI", "Number", "28 days before", "Newest final week", "Target", "Cases and days")
    return report.table(heads, found, (5, 5, 3, 5, 4, 4), empty="No KPI.")


def by_plant(of: Board, kpis: Iterable[Kpi]) -> Table:
    """KPIs of each plant beside each other: the number, its target and its cases."""
    heads, found = ("KPI", "All plants", *of.names.values()), []
    for kpi in kpis:
        line = [Cell(kpi.title, readable.statistic(kpi))]
        for place in (None, *of.names):
            row, met = of.now.get((kpi.name, place)), on_target(of, kpi, place)
            below = "no case" if row is None else row["reason"] if row["value"] is None else cases(kpi, row)
            line.append(Cell(value(kpi, row), below or "", met.mark))
        found.append(tuple(line))
    return report.table(heads, found, (4, *[3] * (len(of.names) + 1)), empty="No KPI.")


def acceptances(of: Board, found: Iterable[Acceptance], today) -> Table:
    """Deviations that are accepted or were until lately, those about to expire first."""
    kept = sorted(
        (one for one in found if one.withdrawn_at is None and one.until_on >= today - 6 * SOON),
        key=lambda one: (one.until_on, one.rule),
    )
    told = []
    for one in kept:
        left = (one.until_on - today).days
        state = "expired" if left < 0 else f"expires in {left} days" if left <= 2 * SOON.days else "holds"
        mark = BAD if left < 0 else WARN if left <= 2 * SOON.days else NONE
        told.append(
            (
                Cell(one.rule, one.why),
                where(one.plant, of.names),
                one.owner,
                Cell(one.who, readable.day(one.decided_at.date())),
                Cell(readable.day(one.until_on), state, mark),
            )
        )
    heads = ("Rule, and why", "Plant", "Owner", "Accepted by", "Until")
    return report.table(heads, told, (6, 3, 3, 3, 3), empty="No deviation is accepted.")
