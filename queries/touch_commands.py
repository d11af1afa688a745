"""Where people touch orders, how approvers decide, and what defects are about, from the terminal."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from queries import readable, warehouse
from queries.catalog import CatalogError
from queries.terminal import CSV, JSON, PLANT, check_plant, row_table, with_errors, write


def touches(
    workflow: Annotated[str | None, typer.Argument(metavar="[WORKFLOW]", help="production or purchase.")] = None,
    plant: PLANT = None,
    as_json: JSON = False,
    as_csv: CSV = False,
) -> None:
    """Of 100 orders: at which step people touch them, how far apart, and how much of it changes nothing."""
    with_errors(lambda: write(_touches(workflow, plant), as_json, as_csv, _touch_table))


def approvers(plant: PLANT = None, as_json: JSON = False, as_csv: CSV = False) -> None:
    """How groups of approvers decide: rubber stamp, overloaded, one person, ordinary; without names."""
    with_errors(lambda: write(_of_plant("approver_group", plant), as_json, as_csv, _approver_table))


def themes(
    plant: PLANT = None,
    theme: Annotated[int | None, typer.Option("--rows", help="The records of that theme instead.")] = None,
    as_json: JSON = False,
    as_csv: CSV = False,
) -> None:
    """What defects are about, by the words of their texts: how often, where, and whether more lately. Advisory."""
    if theme is None:
        with_errors(lambda: write(_themes(plant), as_json, as_csv, _theme_table))
    else:
        with_errors(lambda: write(_of_plant("defect_text", plant, theme=theme), as_json, as_csv, row_table))


def _of_plant(name: str, plant: str | None, **parameters) -> list[dict]:
    """The rows of a list, of one plant or all."""
    opened = warehouse.open()
    check_plant(opened, plant)
    found = warehouse.read(opened, name, **parameters).to_pylist()
    return [row for row in found if plant in (None, row["plant"])]


def _touches(workflow: str | None, plant: str | None) -> list[dict]:
    if workflow not in (None, "production", "purchase"):
        raise CatalogError(f"there is no workflow {workflow!r}: use production or purchase.")
    return _of_plant("touch_map", plant, workflow=workflow)


def _themes(plant: str | None) -> list[dict]:
    """Of one plant its own rows; otherwise those of all plants together."""
    return [row for row in _of_plant("defect_theme", plant) if row["plant"] == plant]


def _touch_table(found: list[dict]) -> Table:
    table = Table(
        "workflow", "plant", "an order stands at", "what people do", "of 100 orders", "after (median)",
        "changed nothing", "orders", box=None,
    )  # fmt: skip
    for row in found:
        ends = (row["touches_per_100_low"], row["touches_per_100_high"])
        per_100 = f"{row['touches_per_100']:.1f}" + ("" if None in ends else " ({:.1f} to {:.1f})".format(*ends))
        told = "cannot be told" if not row["told_count"] else _share(row, "empty_share")
        after = readable.duration(row["median_since_seconds"])
        table.add_row(
            row["workflow"], row["plant"] or "–", row["stands_at"], row["kind"], per_100, after, told,
            readable.number(row["order_count"]),
        )  # fmt: skip
    return table


def _share(row: dict, name: str) -> str:
    """4.2 % (3.1 to 5.6)."""
    if row[name] is None:
        return "–"
    low, high = row[f"{name}_low"], row[f"{name}_high"]
    return f"{readable.share(row[name])} ({low * 100:.1f} to {high * 100:.1f})"


def _approver_table(found: list[dict]) -> Table:
    table = Table(
        "plant", "group", "verdict", "decisions", "median", "working time", "within seconds or in a burst", "untouched",
        "past limit", "open each", "busiest", "days nobody decided", box=None,
    )  # fmt: skip
    for row in found:
        each = "–" if row["open_per_approver"] is None else readable.number(row["open_per_approver"], 1)
        table.add_row(
            row["plant"], row["approver_group"], row["verdict"], readable.number(row["decision_count"]),
            readable.duration(row["median_seconds"]), readable.working_time(row["median_working_seconds"]),
            _share(row, "hasty_share"), readable.share(row["untouched_share"]), readable.share(row["late_share"]), each,
            readable.share(row["busiest_share"]), f"{row['hole_count']} of {row['waiting_day_count']}",
        )  # fmt: skip
    return table


def _theme_table(found: list[dict]) -> Table:
    table = Table("theme", "words", "for example", "records", "share", "plants", "first", "last", "13 weeks", box=None)
    for row in found:
        lately = f"{row['n_recent']} after {row['n_before']}: {row['trend'] or row['reason']}"
        table.add_row(
            str(row["theme"]), row["label"], row["example"], readable.number(row["n"]), readable.share(row["share"]),
            str(row["plant_count"]), readable.day(row["first_at"].date()), readable.day(row["last_at"].date()), lately,
        )  # fmt: skip
    if found:
        compared = readable.share(found[0]["coverage"])
        table.caption = f"Advisory: by likeness of words. {compared} of the records have a text that was compared."
    return table
