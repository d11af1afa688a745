"""What needs somebody, and what checks found, from the terminal."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from queries import catalog, readable, warehouse
from queries.catalog import CatalogError
from queries.terminal import CSV, JSON, PLANT, check_plant, row_table, with_errors, write


def exceptions(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]")] = None,
    plant: PLANT = None,
    as_json: JSON = False,
    as_csv: CSV = False,
) -> None:
    """Records that need somebody: since when, who is to do what, what they hold up; overdue ones first."""
    with_errors(lambda: write(_exceptions(name, plant), as_json, as_csv, _exception_table))


def checks(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="One check: the records it found.")] = None,
    as_json: JSON = False,
    as_csv: CSV = False,
) -> None:
    """What must not be in the data, failed checks first; with a name, the records that one found."""
    with_errors(lambda: write(_checks(name), as_json, as_csv, row_table))


def _exceptions(name: str | None, plant: str | None) -> list[dict]:
    rules = catalog.exceptions()
    if name not in (None, *rules):
        raise CatalogError(f"there is no exception {name!r}: use one of {', '.join(rules)}.")
    opened = warehouse.open()
    check_plant(opened, plant)
    found = warehouse.read(opened, "open_exception").to_pylist()
    return [row for row in found if name in (None, row["exception"]) and plant in (None, row["plant"])]


def _checks(name: str | None) -> list[dict]:
    opened = warehouse.open()
    results = warehouse.read(opened, "check_result").to_pylist()
    if name is None:
        return results
    known = [row["name"] for row in results]
    if name not in known:
        raise CatalogError(f"there is no check {name!r}: use one of {', '.join(known)}.")
    return warehouse.read(opened, "check_failure", check=name).to_pylist()


def _exception_table(found: list[dict]) -> Table:
    head = ("exception", "severity", "record", "plant", "what", "since (UTC)", "age", "holds up", "owner")
    table = Table(*head, box=None)
    for row in found:
        table.add_row(
            row["title"],
            row["severity"],
            row["name"],
            row["plant"] or "",
            row["detail"] or "",
            f"{row['since_at']:%Y-%m-%d %H:%M}" if row["since_at"] else "",
            readable.duration(row["age_seconds"]) + (" (overdue)" if row["is_overdue"] else "")
            if row["age_seconds"] is not None
            else "",
            readable.held_up(row),
            row["fallback"] if row["is_overdue"] else row["owner"],
        )
    return table
