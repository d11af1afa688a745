"""Keeping what a warehouse folder holds: the versions that are kept, going back to one, backups, and copies for further
nodes that serve the dashboard.

A backup is a warehouse folder itself: to restore it, put it where OPS_WAREHOUSE points. A copy holds what readers need
and nothing else.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from etl import landing, load, publish
from etl.refresh import utc_now
from queries import decision, secret
from queries import warehouse as published
from queries.config import ConfigError

PATIENCE_SECONDS = 3600.0  # a backup waits so long for a refresh to end
AGAIN = (landing.LANDING, "*.part", ".build_*", ".copy_*", "ops_*.duckdb", "*.wal")  # made or read anew; not kept


@dataclass(frozen=True)
class Kept:
    """A published version that is still there: the moment its data are from (UTC), or why it cannot be read."""

    name: str
    as_of: datetime | None
    problem: str | None
    byte_count: int
    is_published: bool


def versions(warehouse: Path) -> list[Kept]:
    """The versions in a warehouse folder, the newest first."""
    current = published.current_version(warehouse)
    return [_kept(path, current) for path in sorted(warehouse.glob("ops_*.duckdb"), key=lambda p: p.name, reverse=True)]


def _kept(path: Path, current: str | None) -> Kept:
    as_of, problem = None, None
    try:
        as_of = published.as_of(path.parent, path.name)
    except published.WarehouseMissing as error:
        problem = str(error)
    return Kept(path.name, as_of, problem, path.stat().st_size, path.name == current)


def roll_back(warehouse: Path, version: str | None = None) -> Kept:
    """Publishes an older version again: the named one, or the newest readable one before what is published now.
    Readers have it at once; the next refresh publishes a new one. ConfigError when there is none to go back to."""
    found = versions(warehouse)
    current = published.current_version(warehouse) or ""
    if version:
        chosen = next((one for one in found if version in (one.name, Path(one.name).stem)), None)
    else:
        chosen = next((one for one in found if one.name < current and not one.problem), None)
    if not found:
        raise ConfigError(f"nothing is published in {warehouse}, so there is nothing to go back to.")
    if chosen is None:
        names = ", ".join(one.name for one in found) or "none"
        what = f"{version} is not kept" if version else f"nothing older than {current or 'nothing'} is kept"
        raise ConfigError(f"{what}: there is {names}.")
    if chosen.problem:
        raise ConfigError(f"{chosen.problem.split(':')[0]}: choose another one of `.venv/bin/python -m etl versions`.")
    landing.write_text_atomically(warehouse / "CURRENT", chosen.name, mode=publish.READERS)
    return chosen


def back_up(
    warehouse: Path,
    target: Path,
    config: Path | None = None,
    now: datetime | None = None,
    patience: float = PATIENCE_SECONDS,
) -> Path:
    """A new folder in `target` with all that cannot be had again: the work database, what is published, decisions, the
    secrets, samples and inboxes that wait, and the configuration file. It waits `patience` seconds for a refresh to
    end, and no refresh begins meanwhile; WarehouseBusy, or ConfigError when there is nothing to keep."""
    if not (warehouse / load.WORK).exists():
        raise ConfigError(f"there is no {load.WORK} in {warehouse}: set OPS_WAREHOUSE to the folder to be backed up.")
    if warehouse.resolve() in (target.resolve(), *target.resolve().parents):
        raise ConfigError(
            f"{target} lies in the warehouse folder itself: name a folder elsewhere, best on another disk."
        )
    final = target / f"plant-pulse-{now or utc_now():{landing.RUN_FORMAT}}"
    part = target / f".copy_{final.name}"
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True, mode=0o700)
    try:
        with (
            closing(load.open_work(warehouse, patience=patience)) as work,
            closing(load.open_work(warehouse, landing.SAMPLES_KNOWN, "sample", patience=patience)) as known,
        ):
            work.execute("checkpoint")
            known.execute("checkpoint")
            _copy_all(warehouse, part, config)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    part.rename(final)
    return final


def _copy_all(warehouse: Path, to: Path, config: Path | None) -> None:
    held = (load.WORK, landing.SAMPLES_KNOWN)
    left_out = shutil.ignore_patterns(*AGAIN, *held, "*.sqlite", "*.sqlite-*")
    shutil.copytree(warehouse, to, ignore=left_out, dirs_exist_ok=True)
    for name in held:  # by another process: one that closes any file of a locked database gives up its own lock
        subprocess.run(["cp", "-p", str(warehouse / name), str(to / name)], check=True)
    current = published.current_version(warehouse)
    if current and (warehouse / current).exists():
        shutil.copy2(warehouse / current, to / current)
    for path in warehouse.glob("*.sqlite"):
        _copy_sqlite(path, to / path.name)
    if config and config.is_file():
        shutil.copy2(config, to / config.name)
    for path in to.rglob("*"):
        _sync(path)


def _copy_sqlite(path: Path, to: Path) -> None:
    """As it is at one moment, whoever writes to it; an empty file where there is none."""
    to.unlink(missing_ok=True)
    to.touch(mode=0o600)
    try:
        if path.exists():
            with closing(sqlite3.connect(path)) as original, closing(sqlite3.connect(to)) as con:
                original.backup(con)
    except sqlite3.Error as error:
        to.unlink(missing_ok=True)
        raise ConfigError(f"{path} could not be copied ({error}): see that it is whole, or move it away.") from error


def copy(warehouse: Path, target: Path) -> str:
    """Brings what is published into another folder, for a node that serves it: the version, then what was decided and
    the key of pseudonyms, then CURRENT, each whole or as it was. Returns the name of the version; WarehouseMissing when
    nothing can be read."""
    version = published.current_version(warehouse)
    published.as_of(warehouse, version)
    if target.resolve() == warehouse.resolve():
        raise ConfigError(f"{target} is the warehouse folder itself: name another one.")
    target.mkdir(parents=True, exist_ok=True, mode=0o700)
    if (target / load.WORK).exists():
        raise ConfigError(f"{target} holds a {load.WORK}: it is a warehouse of its own, and nothing was copied.")
    if not (target / version).exists():
        part = target / f".copy_{version}"
        shutil.copyfile(warehouse / version, part)
        part.chmod(publish.READERS)
        _sync(part)
        part.replace(target / version)
    _copy_decisions(warehouse, target)
    _copy_key(warehouse, target)
    landing.write_text_atomically(target / "CURRENT", version, mode=publish.READERS)
    publish.retire(target, version)
    return version


def _copy_decisions(warehouse: Path, target: Path) -> None:
    part = target / f".copy_{decision.FILE}"
    _copy_sqlite(warehouse / decision.FILE, part)
    decision.close(part)
    part.replace(target / decision.FILE)


def _copy_key(warehouse: Path, target: Path) -> None:
    """People have the same pseudonyms there."""
    part = target / f".copy_{secret.PSEUDONYMS}"
    part.touch(mode=0o600)
    part.write_bytes(secret.of(warehouse, secret.PSEUDONYMS))
    part.replace(target / secret.PSEUDONYMS)


def _sync(path: Path) -> None:
    if path.is_file():
        with path.open("rb") as file:
            os.fsync(file.fileno())
