"""What became of KPIs after changes, from the terminal."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from queries import catalog, readable, warehouse
from queries.catalog import CatalogError
from queries.scoreboard import JUDGED
from queries.terminal import CLOCK, CSV, JSON, PLANT, check_plant, named, with_errors, write


def effects(
    name: Annotated[str | None, typer.Argument(metavar="[KPI]")] = None,
    plant: PLANT = None,
    clock: CLOCK = "elapsed",
    as_json: JSON = False,
    as_csv: CSV = False,
) -> None:
    """What became of a KPI after each change: automation rules, upgrades, roll-outs; against untouched plants."""
    with_errors(lambda: write(_effects(name, plant, clock), as_json, as_csv, _effect_table))


def _effects(name: str | None, plant: str | None, clock: str) -> list[dict]:
    opened = warehouse.open()
    check_plant(opened, plant)
    kpis = catalog.load()
    if name is not None and named(kpis, name).measure not in JUDGED:
        measure = readable.a(kpis[name].measure)
        raise CatalogError(f"KPI {name} is {measure}: only durations and shares are compared.")
    clocks = kpis[name].clocks if name else catalog.CLOCKS
    if clock not in clocks:
        whose = f"KPI {name} has" if name else "there is"
        raise CatalogError(f"{whose} no {clock} clock: use {' or '.join(clocks)}.")
    return [
        row | {"answer": readable.effect(row, kpis[row["kpi"]].measure)}
        for row in warehouse.read(opened, "change_effect", kpi=name, clock=clock).to_pylist()
        if row["kpi"] in kpis and plant in (None, row["plant"])
    ]


def _effect_table(found: list[dict]) -> Table:
    kpis = catalog.load()
    table = Table("changed (UTC)", "change", "KPI", "plant", "before", "after", "against untouched plants", box=None)
    for row in found:
        unit = readable.WORKING_TIME if row["clock"] == "working" else kpis[row["kpi"]].unit
        before, after = (
            readable.measured(value, unit) if value is not None else ""
            for value in (row["value_before"], row["value_after"])
        )
        when = readable.seen(row["after_at"], row["changed_at"])
        change = f"{row['name']} ({row['kind']})"
        table.add_row(when, change, row["kpi"], row["plant"] or "all", before, after, row["answer"])
    return table
