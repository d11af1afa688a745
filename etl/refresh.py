"""One refresh: validate, land every source of every Odoo, load, publish. Nothing partial is ever published."""

from __future__ import annotations

import hashlib
import logging
import os
import time
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb

from etl import extract, inbox, landing, load, odoo, outbox, plan, publish, recognise, resolve, systems, unencrypted
from etl.log import event
from etl.odoo import KEY_PLACE, Login, ModelAbsent, NoRight
from etl.postgres import Postgres
from etl.source import Source, discover, tracked_models
from etl.streams import Stopped, Streams, ahead
from queries import decision
from queries.config import Config, ConfigError

OPEN, INTEGRATIONS = "open", "integrations"
WRITING = 2  # sources more than streams under way: one plans or writes while others ask
SKEW_SECONDS = 120  # from here on a difference between two clocks is told


@dataclass(frozen=True)
class Outcome:
    """What a refresh did."""

    run: str
    as_of: datetime
    version: str
    loaded: list[load.Loaded]


@dataclass(frozen=True)
class Request:
    """How much a refresh reads.

    full: every row again. days: a first load of that many days and what is still open.
    only: sources by name, or a group. "open": open documents and what else is new, cheap enough for every hour.
        "integrations": what tells of integrations, cheap enough for every few minutes; alone, nothing else is built.
    """

    full: bool = False
    days: int | None = None
    only: tuple[str, ...] = ()

    def sources(self) -> dict[str, Source]:
        """The sources to read, of all systems; ConfigError on an unknown name."""
        every = systems.every()
        unknown = [name for name in self.only if name not in (OPEN, INTEGRATIONS) and name not in every]
        if unknown:
            known = ", ".join([OPEN, INTEGRATIONS, *every])
            raise ConfigError(f"--only {unknown[0]!r} is no source or group: use one of {known}.")
        if not self.only:
            return every
        chosen = set(self.only)
        if OPEN in self.only:
            chosen |= {name for name, source in every.items() if source.open_domain or source.kind == "append"}
            chosen |= every.keys() - discover().keys()
        if INTEGRATIONS in self.only:
            chosen |= systems.recorded().keys()
        return {name: source for name, source in every.items() if name in chosen}

    @property
    def is_integrations(self) -> bool:
        """Whether it is about integrations and nothing else."""
        return self.only == (INTEGRATIONS,)

    def mode(self, now: datetime) -> plan.Mode:
        """How each source is read."""
        since = now - timedelta(days=self.days) if self.days else None
        return plan.Mode(now, full=self.full, since=since, only_open=bool({OPEN, INTEGRATIONS}.intersection(self.only)))


@dataclass(frozen=True)
class Connection:
    """An Odoo, every source as it has it, and the version it was upgraded from since the last refresh."""

    odoo: Streams
    resolved: list[resolve.Resolved]
    direct: Postgres | None = None
    upgraded_from: str | None = None


@dataclass(frozen=True)
class Progress:
    """How a refresh tells what it does: a sentence, rows of a source, a mart being built."""

    say: Callable[[str], None]
    rows: extract.Report
    building: Callable[[str], None]


def utc_now() -> datetime:
    """Now in UTC without a zone, to the second."""
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)


def logins(config: Config) -> list[Login]:
    """Every configured Odoo with its secret from the environment; ConfigError says which variable is not set."""
    if not config.instances:
        raise ConfigError(
            "no Odoo is configured: set ODOO_URL, ODOO_DB, ODOO_USER and ODOO_API_KEY (or ODOO_PASSWORD), "
            "or add an [instance.<name>] section to ops.toml (README.md, Your own Odoo, has the steps)."
        )
    found = []
    for number, instance in enumerate(config.instances):
        pg_dsn_env = instance.pg_dsn_env or ("" if number else "ODOO_PG_DSN")
        for key, variable in (("url", "ODOO_URL"), ("database", "ODOO_DB"), ("user", "ODOO_USER")):
            if not getattr(instance, key):
                raise ConfigError(f"instance {instance.name!r} has no {key}: set {variable}, or {key} in ops.toml.")
        api_key = os.environ.get(instance.api_key_env)
        secret = api_key or os.environ.get(instance.password_env)
        if not secret:
            raise ConfigError(
                f"instance {instance.name!r} has no secret: set the environment variable {instance.api_key_env} "
                f"(or {instance.password_env}). {KEY_PLACE}"
            )
        found.append(
            Login(
                instance.name,
                instance.url,
                instance.database,
                instance.user,
                secret,
                is_api_key=bool(api_key),
                secret_env=instance.api_key_env if api_key else instance.password_env,
                streams=instance.streams,
                pg_dsn=os.environ.get(pg_dsn_env, "") if pg_dsn_env else "",
                pg_dsn_env=pg_dsn_env,
            )
        )
    return found


def refresh(
    warehouse: Path,
    config: Config,
    progress: Progress,
    request: Request = Request(),
    transport: str | None = None,
    patience: float = load.LOCK_SECONDS,
) -> Outcome:
    """Brings the warehouse up to date with Odoo and publishes it; `transport` forces one way over the wire, and
    `patience` says how many seconds another refresh is waited for."""
    every = list(systems.every().values())
    if not publish.is_validated(warehouse, every, config):
        publish.validate(every, config)
    request.sources()  # a mistyped name is told before anything else
    con = load.open_work(warehouse, patience=patience)
    try:
        publish.settle(con, warehouse)
        connections, request = open_all(con, config, request, transport, progress)
        if load.forget_demo(con):
            progress.say("The demo plants were removed from this warehouse: from now on it holds your Odoo.")
            _put_aside(warehouse, progress)
        return _run(con, warehouse, config, connections, progress, request)
    finally:
        load.close(con)


def _put_aside(warehouse: Path, progress: Progress) -> None:
    """Keeps what was decided and told about the demo plants out of what is known of an Odoo."""
    for what, name in (("decided", decision.FILE), ("told", outbox.FILE)):
        if (warehouse / name).exists():
            (warehouse / name).replace(warehouse / f"demo_{name}")
            progress.say(f"What was {what} about them is in demo_{name}.")


def open_all(con, config, request: Request, transport: str | None, progress) -> tuple[list[Connection], Request]:
    """A checked connection to every Odoo, and what to read: all sources where one was upgraded, whatever was asked.

    A failure is booked as a run, so that the run log shows it.
    """
    started_at = utc_now()
    try:
        opened = [Streams(odoo.connect(login, transport, progress.say)) for login in logins(config)]
        before = [recognise.upgraded_from(con, one) for one in opened]
        if any(before):
            request = Request(full=request.full)
        sources = [source for name, source in request.sources().items() if name in discover()]
        tracked = tracked_models(sources)
        return [
            Connection(one, _resolve(con, one, sources, tracked, version), _direct(one.login), version)
            for one, version in zip(opened, before, strict=True)
        ], request
    except BaseException as error:
        _book_failure(con, started_at.strftime(landing.RUN_FORMAT), started_at, error)
        raise


def _resolve(con, odoo: Streams, sources, tracked: list[str], upgraded_from: str | None) -> list[resolve.Resolved]:
    """What this Odoo has of every source; after an upgrade nothing is presumed to be as before."""
    before = {} if upgraded_from else load.read_before(con, odoo.login.instance)
    return resolve.resolve(odoo, sources, tracked, before)


def _direct(login: Login) -> Postgres | None:
    """The PostgreSQL of an Odoo, where one is named; it is looked at when the first source needs it."""
    return Postgres(login.pg_dsn, login.pg_dsn_env, login.instance) if login.pg_dsn else None


def _book_failure(con, run: str, started_at: datetime, error: BaseException) -> None:
    """Books a run that failed, where the work database still can be written: it may be the disk that is full."""
    event("error", logging.ERROR, run=run, message=_sentence(error), kind=type(error).__name__)
    with suppress(duckdb.Error):
        load.book_run(con, run, started_at, status="failed", message=_sentence(error))


def _run(con, warehouse, config, connections: list[Connection], progress, request: Request) -> Outcome:
    sources = request.sources()
    folder, resumed = landing.start_run(warehouse, utc_now(), _signature(connections, request))
    started_at = landing.run_started_at(folder)
    upgrade = "; ".join(_upgrade(connection) for connection in connections if connection.upgraded_from) or None
    load.book_run(con, folder.name, started_at, status="running", message=None, upgrade=upgrade)
    odoos = [connection.odoo for connection in connections]
    instances = [(one.login.instance, one.login.url, one.version, one.transport.name) for one in odoos]
    names = [name for name, *_ in instances]
    event("run", run=folder.name, resumed=resumed, upgrade=upgrade, instances=names, **vars(request))
    try:
        if resumed:
            progress.say(f"Finishing the run of {started_at:%d %b %H:%M} UTC first: what it had read is kept.")
        else:
            load_samples(con, warehouse)
        for connection in connections:
            mode = request.mode(started_at)
            land(con, folder, connection, progress, replace(mode, full=mode.full or bool(connection.upgraded_from)))
            if connection.direct:
                connection.direct.close()
        for system in systems.SYSTEMS:
            system.land(con, config, folder, sources, progress)
        as_of = utc_now()
        loaded = _load(con, folder, sources, instances, as_of)
        inbox.finish(config, folder)
        dropped = load.drop_old_versions(
            con, list(sources.values()), as_of - timedelta(seconds=config.retention.history)
        )
        event("retired", run=folder.name, versions=dropped)
        if not resumed:
            part = request.is_integrations
            return _publish(con, warehouse, config, folder, as_of, loaded, progress, only_integrations=part)
        # Parts of it were read long ago: it is kept as history, and a run of now is what readers get.
        message = "; ".join(filter(None, [upgrade, "resumed; followed by a run of its own"]))
        load.book_run(con, folder.name, started_at, status="loaded", message=message)
    except BaseException as error:
        _book_failure(con, folder.name, started_at, error)
        raise
    connections = [replace(connection, upgraded_from=None) for connection in connections]
    return _run(con, warehouse, config, connections, progress, replace(request, full=False))


def load_samples(con, warehouse: Path) -> None:
    """Loads the samples that were taken since the last refresh."""
    taken = landing.samples(warehouse)
    load.load_samples(con, taken, list(systems.every().values()))
    for folder, _ in taken:
        landing.drop(folder)
    if taken:
        event("samples", number=len(taken), first=taken[0][0].name, last=taken[-1][0].name)


def _upgrade(connection: Connection) -> str:
    """What the run log says of an upgrade."""
    name, version = connection.odoo.login.instance, connection.odoo.version
    return f"{name} went from Odoo {connection.upgraded_from} to {version}: every row is read again"


def _sentence(error: BaseException) -> str:
    if isinstance(error, KeyboardInterrupt):
        return "it was stopped; the next refresh goes on from there"
    return str(error).splitlines()[0][:500] if str(error) else type(error).__name__


def _signature(connections: list[Connection], request: Request) -> str:
    """What makes two runs the same work, so that one can resume the other: servers, users, fields, size of a page."""
    facts = [
        (
            replace(c.odoo.login, streams=1),
            c.odoo.version,
            [(r.source.name, r.model, r.fields, r.absent, r.refused) for r in c.resolved],
        )
        for c in connections
    ]
    return hashlib.sha256(repr((facts, request, extract.PAGE_ROWS, plan.PLAN)).encode()).hexdigest()


def land(con, folder, connection: Connection, progress, mode: plan.Mode) -> None:
    """Lands what a run reads of one Odoo."""
    opened, login = connection.odoo, connection.odoo.login
    progress.say(
        f"Odoo {opened.version} at {login.url}, database {login.database}, as {login.user}, "
        f"over {opened.transport.name.upper()}."
    )
    if open_way := unencrypted.warning(login.url, "API key" if login.is_api_key else "password"):
        progress.say(open_way)
    if connection.upgraded_from:
        progress.say(f"{_upgrade(connection)}, the history is kept.")
    skew = opened.clock_ahead.total_seconds()
    if abs(skew) > SKEW_SECONDS:
        progress.say(
            f"The clock of {login.instance} is {abs(skew) / 60:.0f} minutes {'ahead of' if skew > 0 else 'behind'} "
            "this machine's, so ages are wrong by as much: set the wrong one right."
        )
        event("clock", logging.WARNING, instance=login.instance, ahead_seconds=round(skew))
    tracked = tracked_models(discover().values())

    def read_one(resolved: resolve.Resolved, known: plan.Known) -> None:
        extract.read(opened, resolved, tracked, folder, known, progress.rows, mode, connection.direct)

    def read(resolved: resolve.Resolved) -> tuple[resolve.Resolved, Exception | None]:
        started = time.monotonic()
        try:
            with closing(con.cursor()) as own:  # a connection of its own for each thread
                known = load.known(own, resolved.source, login.instance)
            try:
                read_one(resolved, known)
            except (NoRight, ModelAbsent):
                if not resolved.is_presumed:
                    raise
                # not as at the last run after all
                landing.drop_source(folder, resolved.source, login.instance)
                resolved = resolve.resolve_one(opened, resolved.source, tracked)
                resolve.require(opened, [resolved])
                read_one(resolved, known)
        except Exception as error:
            opened.stop()
            return resolved, error
        event(
            "source",
            run=folder.name,
            instance=login.instance,
            model=resolved.source.model,
            absent=resolved.absent,
            missing=resolved.missing,
            seconds=round(time.monotonic() - started, 3),
        )
        return resolved, None

    rows = load.row_counts(con, login.instance)
    longest_first = sorted(connection.resolved, key=lambda resolved: -rows.get(resolved.source.name, 0))
    errors = []
    try:
        for _, (resolved, error) in ahead(read, longest_first, opened.number + WRITING):
            if error:  # the others are waited for: each ends at its next question
                errors.append(error)
            else:
                _tell(progress, login, resolved, landing.read_done(folder, resolved.source, login.instance))
    except BaseException:
        opened.stop()
        raise
    if errors:
        raise next((error for error in errors if not isinstance(error, Stopped)), errors[0])


def _tell(progress: Progress, login: Login, resolved: resolve.Resolved, facts: dict) -> None:
    """Says what a source lacks, and how it was read where that is not the usual way."""
    if facts.get("direct"):
        progress.say(f"{resolved.model} was read straight from PostgreSQL.")
    elif facts.get("not_direct"):
        progress.say(f"{resolved.model} was read through Odoo, not from PostgreSQL: {facts['not_direct']}.")
    if resolved.absent:
        progress.say(f"{resolved.source.model} is not installed: {resolved.source.without}.")
    elif resolved.refused:
        progress.say(f"{login.user} may not read {resolved.model}: {resolved.source.cost}.")
    elif resolved.missing:
        progress.say(f"{resolved.model} lacks {', '.join(resolved.missing)}.")


def _load(
    con: duckdb.DuckDBPyConnection,
    folder: Path,
    sources: dict[str, Source],
    instances: list[tuple[str, str, str, str]],  # name, URL, version, transport
    as_of: datetime,
) -> list[load.Loaded]:
    """Loads a whole landing in one transaction, and marks it loaded once that is committed."""
    loaded = load_pages(con, folder, sources, instances, as_of)
    landing.finish_run(folder)
    for item in loaded:
        event("loaded", logging.INFO, run=folder.name, **vars(item))
    return loaded


def load_pages(
    con: duckdb.DuckDBPyConnection,
    folder: Path,
    sources: dict[str, Source],
    instances: list[tuple[str, str, str, str]],
    as_of: datetime,
) -> list[load.Loaded]:
    """Loads what landed in a folder, all of it or nothing."""
    con.execute("begin")
    try:
        loaded = [
            load.load_source(con, source, name, folder, as_of)
            for source in load.in_order(sources.values())
            for name in landing.instances(folder, source)
        ]
        for instance in instances:
            name, _, version, _ = instance
            load.book_instance(con, *instance)
            load.book_version(con, name, version, as_of)
        load.book_loaded(con, folder.name, as_of, loaded)
        con.execute("commit")
    except BaseException:
        with suppress(duckdb.Error):  # after a full disk there is nothing left to roll back
            con.execute("rollback")
        raise
    return loaded


def _publish(con, warehouse, config, folder, as_of, loaded, progress, only_integrations=False) -> Outcome:
    sources = list(systems.every().values())
    version = publish.publish(con, warehouse, folder.name, as_of, sources, config, progress.building, only_integrations)
    event("published", run=folder.name, version=version.name, as_of=as_of)
    return Outcome(folder.name, as_of, version.name, loaded)


def load_landed(
    warehouse: Path, config: Config, folder: Path, instance: str, version: str, as_of: datetime, progress: Progress
) -> Outcome:
    """Loads and publishes a landing that came from elsewhere than an Odoo: the demo plants."""
    sources = systems.every()
    con = load.open_work(warehouse)
    try:
        publish.settle(con, warehouse)
        load.book_run(con, folder.name, landing.run_started_at(folder), status="running", message=None)
        loaded = _load(con, folder, sources, [(instance, "", version, "simulation")], as_of)
        return _publish(con, warehouse, config, folder, as_of, loaded, progress)
    finally:
        con.close()
