"""What the commands have in common: options, errors in one sentence, tables, CSV and JSON."""

from __future__ import annotations

import json
import sys
from datetime import date, datetime, timedelta
from typing import Annotated

import pandas as pd
import pyarrow as pa
import typer
from rich.console import Console
from rich.table import Table

from queries import measure, warehouse
from queries.catalog import CatalogError, Kpi
from queries.cell import safe
from queries.config import ConfigError
from queries.decision import DecisionError
from queries.export import ExportError
from queries.report import ReportError
from queries.warehouse import WarehouseMissing

PLANT = Annotated[str | None, typer.Option(help="One plant, by its code.")]
FROM = Annotated[datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="First day.")]
TO = Annotated[datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day.")]
CLOCK = Annotated[str, typer.Option(help="elapsed or working.")]
JSON = Annotated[bool, typer.Option("--json", help="A list of objects.")]
CSV = Annotated[bool, typer.Option("--csv", help="Comma-separated values.")]


def with_errors(work) -> None:
    """Runs `work`; a known error is one sentence and exit code 1."""
    try:
        work()
    except (CatalogError, ConfigError, DecisionError, ExportError, ReportError, WarehouseMissing) as error:
        print(f"Failed: {error}", file=sys.stderr)
        raise typer.Exit(1) from error


def write(found: list[dict] | pa.Table, as_json: bool, as_csv: bool, table) -> None:
    """Prints rows as JSON, CSV or the table that `table` makes of them."""
    if as_csv and not as_json:
        found = found if isinstance(found, pa.Table) else pa.Table.from_pylist(found)
        frame = found.to_pandas()
        for name in frame.columns:
            if pd.api.types.is_string_dtype(frame[name]) or pd.api.types.is_object_dtype(frame[name]):
                frame[name] = frame[name].map(_cell, na_action="ignore")
        print(frame.to_csv(index=False), end="")
        return
    found = found.to_pylist() if isinstance(found, pa.Table) else found
    if as_json:
        print(json.dumps(found, indent=1, default=_text))
    elif found:
        show(table(found))
    else:
        print("Nothing found.")


def _cell(value: object) -> object:
    """A cell that stays in its line: a carriage return alone ends one for a spreadsheet, and would not be quoted."""
    value = safe(value)
    return value.replace("\r\n", "\n").replace("\r", "\n") if isinstance(value, str) else value


def show(table: Table) -> None:
    """Prints a table as its texts are, whatever brackets they hold: in a terminal no cell is cut, anywhere else (file,
    pipe) each row is one line."""
    console = Console(markup=False, highlight=False)
    for column in table.columns:
        column.overflow = "fold"
    if not console.is_terminal:
        console.width = max(
            console.width, console.measure(table, options=console.options.update(width=100_000)).maximum
        )
    console.print(table)


def _text(value) -> str:
    return value.isoformat(sep=" ") if isinstance(value, datetime) else str(value)


def row_table(found: list[dict]) -> Table:
    """Every column of the rows, the instance and the address apart."""
    shown = [key for key in (found[0] if found else {}) if key not in ("instance", "record_url")]
    table = Table(*shown, box=None)
    for row in found:
        table.add_row(*("" if row[key] is None else str(row[key]) for key in shown))
    return table


def check_plant(opened: warehouse.Warehouse, plant: str | None) -> None:
    """CatalogError for a plant that is not in the published data."""
    known = [row["plant"] for row in warehouse.read(opened, "plant").to_pylist()]
    if plant is not None and plant not in (*known, measure.NONE):
        raise CatalogError(f"there is no plant {plant!r}: use one of {', '.join(known)}.")


def named(kpis: dict[str, Kpi], name: str) -> Kpi:
    """The KPI of that name, or CatalogError."""
    if name not in kpis:
        raise CatalogError(f"there is no KPI {name!r}: use one of {', '.join(kpis)}.")
    return kpis[name]


def period(as_of: datetime, first: datetime | None, last: datetime | None, days: int = 28) -> tuple[date, date]:
    """[start, end) in whole days; so many days up to the data's last day unless told otherwise."""
    end = (last or as_of).date() + timedelta(days=1)
    start = first.date() if first else end - timedelta(days=days)
    if start >= end:
        until = f"--to {end - timedelta(days=1)}" if last else f"the data's last day, {end - timedelta(days=1)}"
        raise CatalogError(f"--from {start} lies after {until}: give an earlier one.")
    return start, end
