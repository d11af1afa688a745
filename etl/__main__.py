"""The command line of the ETL: python -m etl check | refresh | sample | demo | digest | serve, and what keeps it."""

from __future__ import annotations

import json
import logging
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

from etl import acl, check_beside, keep, log, metrics, report
from etl import check as first_look
from etl import refresh as refresh_run
from etl import sample as samples
from etl import status as state
from etl.load import WarehouseBusy, WarehouseNewer
from etl.odoo import OdooError, connect
from etl.outbox import OutboxError
from etl.publish import CheckFailed
from etl.source import discover
from queries import config as configuration
from queries import readable, readiness
from queries import warehouse as published
from queries.catalog import CatalogError
from queries.config import ConfigError
from queries.decision import DecisionError
from queries.secret import SecretMissing
from queries.terminal import show

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,  # they hold secrets
    help="Plant Pulse: from Odoo into the warehouse.",
)
console = Console(stderr=True)
BUSY = 75  # exit code: nothing is wrong, try again later (EX_TEMPFAIL)
STOPPED = "stopped; what was read is kept, and the next refresh goes on from there."
KNOWN_ERRORS = (
    *(OdooError, ConfigError, CatalogError, CheckFailed, DecisionError, OutboxError),
    *(WarehouseNewer, published.WarehouseMissing, SecretMissing),
)


@contextmanager
def sentences():
    """Known errors end the command with their sentence; a full disk and the like get one too. Exit code 1, or BUSY
    where another one is at work."""
    try:
        yield
    except WarehouseBusy as error:
        raise _stop(str(error), BUSY) from error
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


def _stop(sentence: str, code: int = 1) -> typer.Exit:
    console.print("Failed:", style="bold red", end=" ")
    say(sentence)
    return typer.Exit(code)


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


@contextmanager
def _metrics(path: Path | None):
    """Figures about what is published and the last run go to a file when this command ends, however it does. Where they
    cannot be written it says so, and ends as it would have."""
    try:
        yield
    finally:
        if path is not None:
            try:
                metrics.write(path, published.folder())
            except (OSError, duckdb.Error, published.WarehouseMissing) as error:
                say(f"Figures could not be written to {path} ({error}): name another file with --metrics.")


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
    metrics_file: Annotated[
        Path | None,
        typer.Option("--metrics", envvar="OPS_METRICS", help="Write figures for Prometheus to this file (*.prom)."),
    ] = None,
    wait: Annotated[float, typer.Option(min=0, help="Minutes to wait for another refresh to end.")] = 0,
) -> None:
    """Pull from Odoo what is new or changed, and publish it. Exit code 0 only when it was published, 75 when another
    refresh is at work."""
    with sentences(), _metrics(metrics_file), _logging(log_file), progress_display() as progress:
        _check_transport(transport)
        request = refresh_run.Request(full=full, days=days, only=tuple(only or ()))
        patience = max(wait * 60, refresh_run.load.LOCK_SECONDS)
        outcome = refresh_run.refresh(published.folder(), configuration.load(), progress, request, transport, patience)
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
    instance: Annotated[str | None, typer.Option(help="Only this Odoo of ops.toml, and nothing beside it.")] = None,
    write_acl: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the read-only group as a zip file to import into Odoo.")
    ] = None,
    also: Annotated[
        list[str] | None, typer.Option(metavar="MODEL", help="With --write-acl: a further model to read; repeatable.")
    ] = None,
) -> None:
    """First look at Odoo, n8n and inboxes: what can be read, what is missing, what that costs. Exit code 0 when all can
    be read."""
    with sentences():
        config = configuration.load()
        if write_acl:
            _write_acl(config, instance, write_acl, also or [])
            return
        found = first_look.run(config, discover().values(), instance)
        beside = [] if instance else check_beside.run(config, published.folder())
        if as_json:
            print(json.dumps(report.as_json(found, beside), indent=1, default=str))
        else:
            for one in found:
                report.show(one, Console())
            for place in beside:
                report.show_beside(place, Console())
            print(f"\n{report.next_step([*found, *beside])}")
        raise typer.Exit(0 if all(one.ok for one in (*found, *beside)) else 1)


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
def status(
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
    ready: Annotated[
        bool, typer.Option("--ready", help="Only whether readers can be served: exit code 1 when not, or stale.")
    ] = False,
) -> None:
    """What is published, from when, and how the last runs went."""
    with sentences():
        if ready:
            found = readiness.of(published.folder())
            say(found.sentence)
            raise typer.Exit(0 if found.is_ready else 1)
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
def digest(
    is_dry: Annotated[bool, typer.Option("--dry-run", help="Print the letters; send and keep nothing.")] = False,
    log_file: Annotated[
        Path | None, typer.Option("--log", envvar="OPS_LOG", help="Append what happens to this file, as JSON lines.")
    ] = None,
) -> None:
    """Tell the recipients of ops.toml what changed, and the morning brief. Exit code 0 when all was sent, 3 when a
    letter waits for the next run, 4 when numbers were too old to be told, 1 when nothing could be done."""
    from etl import digest as digests

    with sentences(), _logging(log_file):
        outcome = digests.run(published.folder(), configuration.load(), print if is_dry else say, is_dry=is_dry)
        facts = {"sent": outcome.sent, "failed": list(outcome.failed), "stale": list(outcome.stale)}
        log.event("digest", logging.ERROR if outcome.failed or outcome.stale else logging.INFO, **facts)
        for sentence in digests.told(outcome):
            say(sentence)
        raise typer.Exit(3 if outcome.failed else 4 if outcome.stale else 0)


@app.command()
def versions() -> None:
    """The published versions that are kept, the newest first."""
    with sentences():
        kept = keep.versions(published.folder())
        if not kept:
            raise published.nothing_in(published.folder())
        table = Table("version", "data as of (UTC)", "size", "", box=None)
        for one in kept:
            table.add_row(
                one.name,
                str(one.as_of or "cannot be read"),
                readable.size(one.byte_count),
                "published" if one.is_published else "",
            )
        show(table)


@app.command()
def rollback(
    version: Annotated[str | None, typer.Argument(help="One of `etl versions`; the one before, unless said.")] = None,
) -> None:
    """Publish an older version again, at once; the next refresh publishes a new one."""
    with sentences():
        chosen = keep.roll_back(published.folder(), version)
        say(f"{chosen.name} is published again: data as of {chosen.as_of:%Y-%m-%d %H:%M:%S} UTC.")


@app.command()
def backup(
    folder: Annotated[Path, typer.Argument(help="Where the backup becomes a folder of its own.")],
    wait: Annotated[float, typer.Option(min=0, help="Minutes to wait for a refresh to end.")] = 60,
) -> None:
    """Copy all that cannot be had again, as of one moment; the copy is a warehouse folder itself."""
    with sentences():
        made = keep.back_up(published.folder(), folder, configuration.file(), patience=wait * 60)
        say(f"Backed up to {made}: to restore it, put it where OPS_WAREHOUSE points.")


@app.command()
def copy(folder: Annotated[Path, typer.Argument(help="The warehouse folder of a node that only serves.")]) -> None:
    """Bring what is published, and what was decided, into another folder, for a further node of the dashboard."""
    with sentences():
        say(f"{folder} has {keep.copy(published.folder(), folder)}.")


@app.command()
def serve(
    port: Annotated[int, typer.Option(help="Port of the dashboard.")] = 8501,
    processes: Annotated[int, typer.Option(min=1, help="How many, each on the next port: deploy/nginx.conf.")] = 1,
    address: Annotated[
        str, typer.Option(help="Where it listens; from other machines only with sign-in.")
    ] = "127.0.0.1",
    fill: Annotated[
        bool, typer.Option("--fill/--only-serve", help="Only serve: timers, or another machine, fill the warehouse.")
    ] = True,
) -> None:
    """Serve the dashboard, filling the warehouse first when it is empty and refreshing behind it when it is not."""
    from etl import serve as server

    with sentences():
        raise typer.Exit(server.serve(published.folder(), port, say, processes, address, fill))


def _interrupt(*_) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    os.umask(0o077)
    signal.signal(signal.SIGTERM, _interrupt)
    if not Path("etl").is_dir():
        console.print("[bold red]Failed:[/] run this from the folder that holds etl/ and queries/.")
        raise SystemExit(1)
    app()
