"""The event log for other tools, from the terminal."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from queries import export, readable, warehouse
from queries.catalog import CatalogError
from queries.terminal import FROM, PLANT, TO, check_plant, with_errors

FILE = Annotated[
    Path, typer.Argument(help="The file to write; one that is there is replaced when the new one is whole.")
]
WORKFLOW = Annotated[str | None, typer.Option(help="One workflow, as production, purchase or 'work order'.")]
NAMELESS = Annotated[bool, typer.Option("--without-names", help="Pseudonyms instead of the names of people.")]

app = typer.Typer(no_args_is_help=True, help="The event log as a file for process mining tools.")


@app.command()
def ocel(
    file: FILE,
    plant: PLANT = None,
    workflow: WORKFLOW = None,
    first: FROM = None,
    last: TO = None,
    nameless: NAMELESS = False,
) -> None:
    """OCEL 2.0 (JSON): documents, what happened to them, what led to what; cases that began --from DATE --to DATE."""
    with_errors(lambda: _export(export.to_ocel, file, plant, workflow, first, last, nameless))


@app.command()
def csv(
    file: FILE,
    plant: PLANT = None,
    workflow: WORKFLOW = None,
    first: FROM = None,
    last: TO = None,
    nameless: NAMELESS = False,
) -> None:
    """CSV with the names of XES, one line per event; whole cases, those that began --from DATE --to DATE."""
    with_errors(lambda: _export(export.to_csv, file, plant, workflow, first, last, nameless))


def _export(
    write: Callable, file: Path, plant, workflow, first: datetime | None, last: datetime | None, nameless
) -> None:
    if first and last and first > last:
        raise CatalogError(f"--from {first.date()} lies after --to {last.date()}: give an earlier one.")
    opened = warehouse.open(warehouse.Scope(sees_names=not nameless))
    check_plant(opened, plant)
    chosen = export.Selection(plant, workflow, first, last and last + timedelta(days=1))
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(f"Writing {file.name}")
        written = write(
            opened, file, chosen, lambda done, total: progress.update(task, completed=done, total=max(total, done))
        )
    print(
        f"Wrote {readable.number(written.cases)} cases with {readable.number(written.events)} events to {file} "
        f"({_size(file.stat().st_size)})."
    )


def _size(byte_count: int) -> str:
    return f"{byte_count / 1e6:,.1f} MB" if byte_count >= 1e6 else f"{byte_count / 1e3:,.0f} kB"
