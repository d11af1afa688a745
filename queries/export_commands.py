"""The event log and the tables for other tools, from the terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
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

app = typer.Typer(
    no_args_is_help=True, help="The event log for process mining tools, and the tables for other engines."
)


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


@app.command()
def parquet(
    folder: Annotated[Path, typer.Argument(help="The folder to write to; files that are there are replaced.")],
    nameless: NAMELESS = False,
) -> None:
    """Every published table as a Parquet file, for an engine that reads such files."""
    with_errors(lambda: _parquet(folder, nameless))


def _parquet(folder: Path, nameless: bool) -> None:
    opened = warehouse.open(warehouse.Scope(sees_names=not nameless))
    with _progress(folder) as report:
        written = export.to_parquet(opened, folder, report)
    byte_count = sum((folder / f"{table}.parquet").stat().st_size for table in written)
    rows = readable.number(sum(written.values()))
    print(f"Wrote {len(written)} tables with {rows} rows to {folder} ({readable.size(byte_count)}).")


@contextmanager
def _progress(path: Path) -> Iterator[Callable[[int, int], None]]:
    """A bar that is told how many of how many are done; nothing where there is no terminal."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(f"Writing {path.name}")
        yield lambda done, total: progress.update(task, completed=done, total=max(total, done))


def _export(
    write: Callable, file: Path, plant, workflow, first: datetime | None, last: datetime | None, nameless
) -> None:
    if first and last and first > last:
        raise CatalogError(f"--from {first.date()} lies after --to {last.date()}: give an earlier one.")
    opened = warehouse.open(warehouse.Scope(sees_names=not nameless))
    check_plant(opened, plant)
    chosen = export.Selection(plant, workflow, first, last and last + timedelta(days=1))
    with _progress(file) as report:
        written = write(opened, file, chosen, report)
    print(
        f"Wrote {readable.number(written.cases)} cases with {readable.number(written.events)} events to {file} "
        f"({readable.size(file.stat().st_size)})."
    )
