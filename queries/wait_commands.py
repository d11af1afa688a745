"""Who production orders wait for, from the terminal."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from queries import catalog, readable, warehouse
from queries.catalog import CatalogError
from queries.terminal import CLOCK, CSV, JSON, PLANT, check_plant, with_errors, write


def waits(
    order: Annotated[str | None, typer.Argument(metavar="[ORDER]", help="A production order, by its name.")] = None,
    plant: PLANT = None,
    clock: CLOCK = "elapsed",
    as_json: JSON = False,
    as_csv: CSV = False,
) -> None:
    """Who has the hours of orders' lead time, and what freeing an owner would give; of one order, what held it when."""

    def work() -> None:
        if order is None:
            write(_pareto(plant, clock), as_json, as_csv, lambda found: _pareto_table(found, clock))
        else:
            write(_stretches(order, plant), as_json, as_csv, _stretch_table)

    with_errors(work)


def _pareto(plant: str | None, clock: str) -> list[dict]:
    opened = warehouse.open()
    check_plant(opened, plant)
    if clock not in catalog.CLOCKS:
        raise CatalogError(f"there is no {clock} clock: use {' or '.join(catalog.CLOCKS)}.")
    found = warehouse.read(opened, "wait_pareto", plant=plant, clock=clock).to_pylist()
    return [row | {"clock": clock, "as_of": opened.as_of} for row in found]


def _stretches(order: str, plant: str | None) -> list[dict]:
    opened = warehouse.open()
    check_plant(opened, plant)
    found = warehouse.read(opened, "order_wait", order=order, plant=plant).to_pylist()
    if not found:
        where = f" in {plant}" if plant else ""
        raise CatalogError(
            f"there is no production order {order!r}{where}: write its name as in Odoo, such as WH/MO/00012."
        )
    if len({(row["instance"], row["record_id"]) for row in found}) > 1:
        plants = ", ".join(sorted({row["plant"] or "no plant" for row in found}))
        raise CatalogError(f"there are several production orders {order}: say which with --plant, of {plants}.")
    if found[0]["from_at"] is None:
        raise CatalogError(
            f"nothing is kept of what held {order}: it ended before the last 26 weeks, took no time, or its end was "
            "not recorded; see its timeline in the dashboard, or give another order."
        )
    return found


def _pareto_table(found: list[dict], clock: str) -> Table:
    shown = readable.working_time if clock == "working" else readable.duration
    headings = ("plant", "owner", "hours", "before work", "timed work", "share", "orders", "median", "holds now")
    table = Table(*headings, "lead time p50, p85", "freed: at least", "at most", box=None)
    for row in found:
        ends = [
            ", ".join(shown(row[f"{what}_{quantile}"]) for quantile in ("p50", "p85"))
            if row["owner"] != "closed" or what == "lead"
            else ""
            for what in ("lead", "freed", "freed_most")
        ]
        table.add_row(
            row["plant"] or "no plant",
            row["owner"],
            *(readable.number((row[f"{of}seconds"] or 0) / readable.HOUR) for of in ("", "before_", "touch_")),
            readable.share(row["share"]),
            f"{row['n']} of {row['order_count']}",
            shown(row["median_seconds"]),
            str(row["n_open"]),
            *ends,
        )
    for gap in sorted(
        {f"{row['plant']}: nothing is closed: {row['calendar_gap']}" for row in found if row["calendar_gap"]}
    ):
        table.caption = f"{table.caption}\n{gap}" if table.caption else gap
    return table


def _stretch_table(found: list[dict]) -> Table:
    lead = sum(row["elapsed_seconds"] for row in found)
    closed = sum(row["closed_seconds"] for row in found)
    title = f"{found[0]['name']}: {readable.duration(lead)} from its creation"
    title += f" to its end, {found[0]['state']}" if found[0]["ended_at"] else " so far"
    title += f"; the plant was closed for {readable.duration(closed)} of them" if found[0]["has_calendar"] else ""
    table = Table("from (UTC)", "owner", "took", "plant closed", "besides", "what", "who", box=None, title=title)
    for row in found:
        what = [row["detail"], row["work_center"], row["supplier"] and f"from {row['supplier']}"]
        what.append("timed work" if row["is_touch"] else None)
        table.add_row(
            readable.moment(row["from_at"]),
            row["owner"],
            readable.duration(row["elapsed_seconds"]),
            readable.duration(row["closed_seconds"]) if row["closed_seconds"] else "",
            ", ".join(row["losers"]),
            ", ".join(part for part in what if part),
            row["held_by"] or "",
        )
    return table
