"""Budgets in cases and their corrections, from the terminal."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Annotated

import typer
from rich.table import Table

from queries import budget as budgets
from queries import catalog, decision, readable, warehouse
from queries.config import ROLES
from queries.terminal import CSV, JSON, PLANT, check_plant, named, row_table, with_errors, write

WHO = Annotated[str, typer.Option(help="Who decides.")]
WHY = Annotated[str, typer.Option(help="Why, in a sentence that can be read in a year.")]
ROLE = Annotated[str | None, typer.Option(help=f"In which role that is decided, as {', '.join(ROLES)}.")]
DAY = ["%Y-%m-%d"]


def budget(
    names: Annotated[list[str] | None, typer.Argument(metavar="[NAME]...")] = None,
    plant: PLANT = None,
    months: Annotated[int, typer.Option(min=1, max=budgets.MONTHS, help="This month and how many in all.")] = 1,
    known: Annotated[
        datetime | None, typer.Option("--as-known", formats=DAY, help="As published up to the end of that day (UTC).")
    ] = None,
    as_json: JSON = False,
    as_csv: CSV = False,
) -> None:
    """Misses allowed and used per KPI with a service level, for all plants together and each plant."""
    with_errors(lambda: write(_budgets(names or [], plant, months, known), as_json, as_csv, _budget_table))


def misses(
    name: str,
    plant: PLANT = None,
    month: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m"], help="A month that budgets shows; without it, this one.")
    ] = None,
    as_json: JSON = False,
    as_csv: CSV = False,
) -> None:
    """The cases that missed a KPI's service level in a month, the newest first."""
    with_errors(lambda: write(_misses(name, plant, month), as_json, as_csv, row_table))


def correct(
    who: WHO,
    why: WHY,
    first: Annotated[datetime, typer.Option("--from", formats=DAY, help="First day left out (UTC).")],
    last: Annotated[datetime, typer.Option("--until", formats=DAY, help="Last day left out.")],
    cause: Annotated[str, typer.Option(help=f"One of {', '.join(decision.CAUSES)}.")],
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="One KPI; without it, all.")] = None,
    plant: PLANT = None,
    role: ROLE = None,
) -> None:
    """Leave days out of budgets: what fell due on them counts neither as due nor as missed."""

    def work() -> None:
        opened = warehouse.open()
        check_plant(opened, plant)
        if name is not None:
            _with_level(opened, catalog.load(), name)
        number = decision.correct(who, cause, why, first.date(), last.date(), kpi=name, plant=plant, role=role)
        print(f"Correction {number} holds from now on; `.venv/bin/python -m queries withdraw {number}` takes it back.")

    with_errors(work)


def withdraw(number: int, who: WHO, why: WHY, role: ROLE = None) -> None:
    """Take a decision back: a correction of budgets, an accepted deviation, or what was decided about a subject."""

    def work() -> None:
        decision.withdraw(number, who, why, role=role)
        print(f"Decision {number} holds no longer.")

    with_errors(work)


def corrections(as_json: JSON = False, as_csv: CSV = False) -> None:
    """Corrections of budgets, withdrawn ones included."""
    with_errors(lambda: write([asdict(one) for one in decision.corrections()], as_json, as_csv, row_table))


def _budgets(names: list[str], plant: str | None, months: int, known: datetime | None) -> list[dict]:
    opened = warehouse.open()
    check_plant(opened, plant)
    kpis = catalog.load()
    chosen = [_with_level(opened, kpis, name).name for name in names] or list(kpis)
    if known is None:
        found = budgets.read(opened, decision.corrections())
    else:
        found = budgets.known(opened, known + timedelta(days=1))
    starts = sorted({one.start for one in found}, reverse=True)[:months]
    return [
        _answer(kpis[one.kpi], one)
        for one in found
        if one.kpi in chosen and one.start in starts and (plant is None or one.plant == plant)
    ]


def _misses(name: str, plant: str | None, month: datetime | None) -> list[dict]:
    opened = warehouse.open()
    check_plant(opened, plant)
    kpi = _with_level(opened, catalog.load(), name)
    decided = decision.corrections()
    found = [
        one for one in budgets.read(opened, decided) if one.kpi == name and one.plant and plant in (None, one.plant)
    ]
    starts = sorted({one.start for one in found}, reverse=True)
    start = month.date() if month else next(iter(starts), None)
    if month and start not in starts:
        raise catalog.CatalogError(
            f"no budget of {month:%Y-%m}: known are {', '.join(f'{one:%Y-%m}' for one in starts) or 'none yet'}."
        )
    held = [one for one in found if one.start == start]
    return budgets.misses(opened, kpi, held[0], decided, [one.plant for one in held]) if held else []


def _with_level(opened: warehouse.Warehouse, kpis: dict[str, catalog.Kpi], name: str) -> catalog.Kpi:
    """The KPI of that name, which must have a service level."""
    found = named(kpis, name)
    held = sorted({row["kpi"] for row in warehouse.read(opened, "service_level").to_pylist()})
    if name not in held:
        raise catalog.CatalogError(
            f"KPI {name} has no service level: give it one under [budget.{name}] in ops.toml; {', '.join(held)} have."
        )
    return found


def _answer(kpi: catalog.Kpi, one: budgets.Budget) -> dict:
    """A line: what is promised, what was used, and how long it lasts."""
    return {
        "name": one.kpi,
        "title": kpi.title,
        "plant": one.plant,
        "from": one.start,
        "to": one.end - timedelta(days=1),
        "objective": one.objective,
        "limit": one.limit,
        "clock": one.clock,
        "n_due": one.n_due,
        "n_missed": one.n_missed,
        "n_expected": one.n_expected,
        "n_allowed": one.n_allowed,
        "n_corrected": one.n_corrected,
        "n_unmeasured": one.n_unmeasured,
        "misses_per_day": one.pace,
        "gone_on": one.gone_on,
        "state": budgets.state(one),
        "as_of": one.as_of,
        "reason": one.reason,
    }


def _budget_table(found: list[dict]) -> Table:
    table = Table("KPI", "plant", "month", "service level", "due", "misses", "state", "left out", box=None)
    for row in found:
        running = row["misses_per_day"] is not None
        table.add_row(
            row["title"],
            row["plant"] or "all",
            f"{row['from']:%b %Y}",
            readable.service_level(row["objective"], row["limit"], row["clock"]),
            str(row["n_due"]),
            "" if row["reason"] else readable.misses(row["n_missed"], row["n_allowed"], running),
            row["state"],
            str(row["n_corrected"] or ""),
        )
    return table
