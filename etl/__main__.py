"""The command line of the ETL: python -m etl check | refresh | sample | demo | status | serve."""

from __future__ import annotations

import json
import os
import signal
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import duckdb
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from etl import acl, log, report
from etl import check as first_look
from etl import refresh as refresh_run
from etl import sample as samples
from etl import status as state
from etl.load import WarehouseBusy
from etl.odoo import OdooError, connect
from etl.publish import CheckFailed
from etl.source import discover
from queries import config as configuration
from queries import warehouse as published
from queries.catalog import CatalogError
from queries.config import ConfigError
from queries.terminal import show

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Plant Pulse: from Odoo into the warehouse.")
console = Console(stderr=True)
STOPPED = "stopped; what was read is kept, and the next refresh goes on from there."
KNOWN_ERRORS = (OdooError, ConfigError, CatalogError, WarehouseBusy, CheckFailed, published.WarehouseMissing)


@contextmanager
def sentences():
    """Known errors end the command with their sentence; a full disk and the like get one too."""
    try:
        yield
    except KNOWN_ERRORS as error:
        raise _stop(_full_disk(error) or str(error)) from error
    except KeyboardInterrupt as error:
        raise _stop(STOPPED) from error
    except (OSError, duckdb.Error) as error:
        raise _stop(_full_disk(error) or _storage(error)) from error
    except RuntimeError as error:
        if "interrupted" not in str(error).lower():
            raise
        raise _stop(STOPPED) from error  # DuckDB was at work when the signal came
    except MemoryError as error:
        raise _stop("the memory of this machine is used up: end other programs, or give it more.") from error


def _storage(error: Exception) -> str:
    """The sentence for a disk or a file that cannot be used."""
    text = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    if isinstance(error, duckdb.OutOfMemoryException):
        return f"{text}: end other programs, or give this machine more memory."
    if isinstance(error, OSError):
        text = f"{error.strerror or text}{f' ({error.filename})' if error.filename else ''}"
        return f"{text}: free disk space or mend the rights of the warehouse folder, then run the command again."
    return (
        f"the database of the warehouse folder {published.folder()} could not be used ({text}): run the command again; "
        "where that does not help, move work.duckdb away and everything is read anew."
    )


def _full_disk(error: BaseException | None) -> str | None:
    """The sentence for a full disk, when that is what lies behind an error."""
    while error is not None:
        if "No space left" in str(error) or "Disk quota" in str(error):
            return (
                f"the disk of the warehouse folder {published.folder()} is full: free some space, then run the "
                "command again; what was read is kept."
            )
        error = error.__cause__ or error.__context__
    return None


def say(text: str) -> None:
    """A sentence as it is: nothing in it is taken for markup or wrapped."""
    console.print(text, soft_wrap=True, highlight=False, markup=False)


def _stop(sentence: str) -> typer.Exit:
    console.print("Failed:", style="bold red", end=" ")
    say(sentence)
    return typer.Exit(1)


@contextmanager
def progress_display():
    """Rows read per source, then the marts as they are built; plain lines where there is no terminal."""
    with Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ) as bars:
        tasks: dict[str, int] = {}
        build = None

        def rows(source: str, done: int, total: int) -> None:
            if source not in tasks:
                tasks[source] = bars.add_task(f"Reading {source}", total=total)
            bars.update(tasks[source], completed=done, total=total)
            if not console.is_terminal and done == total and total:
                say(f"read {source}: {done} rows")

        def building(what: str) -> None:
            nonlocal build
            if build is None:
                build = bars.add_task("Building", total=None)
            bars.update(build, description=f"Building {what}")

        yield refresh_run.Progress(say, rows, building)


@contextmanager
def _logging(path: Path | None):
    """Events of this command go to a file, when one was named."""
    if path is None:
        yield
        return
    handler = log.to_file(path)
    try:
        yield
    finally:
        log.remove(handler)


def _summary(outcome: refresh_run.Outcome) -> None:
    read = sum(item.read for item in outcome.loaded)
    new = sum(item.new for item in outcome.loaded)
    changed = sum(item.changed for item in outcome.loaded)
    closed = sum(item.closed for item in outcome.loaded)
    console.print("Published", style="bold green", end=" ")
    say(
        f"{outcome.version}: {read} rows read, {new} new, {changed} changed, "
        f"{closed} no longer there; data as of {outcome.as_of:%Y-%m-%d %H:%M:%S} UTC."
    )
    opened = published.open()
    if opened.newer:
        say(f"Built from it: what tells of integrations. All else is as of {opened.as_of:%Y-%m-%d %H:%M:%S} UTC.")
        return
    counted = published.read(opened, "reconciliation").to_pylist()
    if counted:
        say(state.reconciled(counted))


@app.command()
def refresh(
    full: Annotated[bool, typer.Option(help="Read every row again, not only what is new or changed.")] = False,
    days: Annotated[int | None, typer.Option(help="First load only: this many days, and what is still open.")] = None,
    only: Annotated[
        list[str] | None, typer.Option(help="A source, or a group: open, integrations; repeatable.")
    ] = None,
    transport: Annotated[str | None, typer.Option(help="json-2 or json-rpc; chosen by what the server offers.")] = None,
    log_file: Annotated[
        Path | None, typer.Option("--log", envvar="OPS_LOG", help="Append what happens to this file, as JSON lines.")
    ] = None,
) -> None:
    """Pull from Odoo what is new or changed, and publish it. Exit code 0 only when it was published."""
    with sentences(), _logging(log_file), progress_display() as progress:
        _check_transport(transport)
        request = refresh_run.Request(full=full, days=days, only=tuple(only or ()))
        outcome = refresh_run.refresh(published.folder(), configuration.load(), progress, request, transport)
        _summary(outcome)


def _check_transport(transport: str | None) -> None:
    if transport not in (None, "json-2", "json-rpc"):
        raise ConfigError(f"--transport {transport!r} is unknown: use json-2 or json-rpc.")


@app.command()
def sample(
    transport: Annotated[str | None, typer.Option(help="json-2 or json-rpc; chosen by what the server offers.")] = None,
    log_file: Annotated[
        Path | None, typer.Option("--log", envvar="OPS_LOG", help="Append what happens to this file, as JSON lines.")
    ] = None,
) -> None:
    """Land what jobs, scheduled actions and workflows recorded up to now, for the next refresh; may run beside one."""
    with sentences(), _logging(log_file), progress_display() as progress:
        _check_transport(transport)
        rows = samples.take(published.folder(), configuration.load(), progress, transport)
        say(f"Sampled: {rows} rows, which the next refresh loads.")


@app.command()
def check(
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
    instance: Annotated[str | None, typer.Option(help="Only this Odoo of ops.toml.")] = None,
    write_acl: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the read-only group as a zip file to import into Odoo.")
    ] = None,
    also: Annotated[
        list[str] | None, typer.Option(metavar="MODEL", help="With --write-acl: a further model to read; repeatable.")
    ] = None,
) -> None:
    """First look at an Odoo: what can be read, what is missing, what that costs. Exit code 0 when all can be read."""
    with sentences():
        config = configuration.load()
        if write_acl:
            _write_acl(config, instance, write_acl, also or [])
            return
        found = first_look.run(config, discover().values(), instance)
        if as_json:
            print(json.dumps(report.as_json(found), indent=1, default=str))
        else:
            for one in found:
                report.show(one, Console())
        raise typer.Exit(0 if all(one.ok for one in found) else 1)


def _write_acl(config: configuration.Config, instance: str | None, path: Path, also: list[str]) -> None:
    if path.suffix != ".zip":
        raise ConfigError(f"--write-acl writes a zip file: call it {acl.MODULE}.zip instead of {path.name}.")
    logins = first_look.chosen(config, instance)
    if len(logins) > 1:
        names = ", ".join(login.instance for _, login in logins)
        raise ConfigError(f"each Odoo gets a file of its own: name one with --instance ({names}).")
    odoo = connect(logins[0][1])
    readable = acl.models(odoo, discover().values(), also)
    acl.write(path, readable, odoo.major)
    say(
        f'Wrote {path}: the group "{acl.GROUP}" with read access to {len(readable)} models, for Odoo {odoo.major}.\n'
        "An administrator imports it (developer mode on, Apps > Import Module) and gives it to the user; "
        "docs/operating.md has the steps."
    )


@app.command()
def demo(
    scale: Annotated[int, typer.Option(min=1, help="Repeat the simulated block this many times.")] = 1,
    seed: Annotated[int, typer.Option(help="Another seed makes another group of plants.")] = 1,
) -> None:
    """Fill the warehouse with the demo plants: a simulated group of four plants over two years."""
    from etl.demo.fill import fill

    with sentences(), progress_display() as progress:
        _summary(fill(published.folder(), configuration.load(), progress, scale=scale, seed=seed))


@app.command()
def status(as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False) -> None:
    """What is published, from when, and how the last runs went."""
    with sentences():
        facts = state.read(published.folder())
        if as_json:
            print(json.dumps(facts, indent=1, default=str))
            return
        say(facts["sentence"])
        table = Table("source", "rows", "as of (UTC)", "state", box=None)
        for source in facts["sources"]:
            table.add_row(source["source"], str(source["row_count"]), str(source["last_read_at"]), source["status"])
        show(table)


@app.command()
def serve(port: Annotated[int, typer.Option(help="Port of the dashboard.")] = 8501) -> None:
    """Serve the dashboard, filling the warehouse first when it is empty and refreshing behind it when it is not."""
    from etl import serve as server

    with sentences():
        raise typer.Exit(server.serve(published.folder(), port, say))


def _interrupt(*_) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    os.umask(0o077)
    signal.signal(signal.SIGTERM, _interrupt)
    if not Path("etl").is_dir():
        console.print("[bold red]Failed:[/] run this from the folder that holds etl/ and queries/.")
        raise SystemExit(1)
    app()
