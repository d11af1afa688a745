"""What people decide: decisions.sqlite in the warehouse folder, to which decisions are added and from which none is
ever taken away.

So far: corrections of budgets, days on which misses are nobody's fault, and their withdrawal. Read by the refresh and
by every page and command, so that a decision holds from the next look on.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from pathlib import Path

from queries import readable
from queries.warehouse import Scope, folder, pseudonym

SQL = {path.stem: path.read_text(encoding="utf-8") for path in (Path(__file__).parent / "decisions").glob("*.sql")}
CAUSES = ("shutdown", "stocktake", "upgrade", "other")
BUDGET_CORRECTION, WITHDRAWAL = "budget correction", "withdrawal"


class DecisionError(Exception):
    """A decision cannot be read or kept; the message says why and what to do."""


@dataclass(frozen=True)
class Correction:
    """Days from `from_on` to `until_on`, both included (UTC), on which what fell due counts in no budget: of one KPI
    and plant, or (None) of all. Who decided it when (UTC), and why; and the same of its withdrawal."""

    id: int
    decided_at: datetime
    who: str
    kpi: str | None
    plant: str | None
    from_on: date
    until_on: date
    cause: str
    why: str
    withdrawn_at: datetime | None = None
    withdrawn_by: str | None = None
    withdrawn_why: str | None = None

    @property
    def holds(self) -> bool:
        return self.withdrawn_at is None

    @property
    def days(self) -> list[date]:
        """The days left out; none once it was withdrawn."""
        if not self.holds:
            return []
        return [self.from_on + timedelta(days=number) for number in range((self.until_on - self.from_on).days + 1)]

    def concerns(self, kpi: str, plant: str) -> bool:
        return self.kpi in (None, kpi) and self.plant in (None, plant)


def corrections(warehouse: Path | None = None, scope: Scope | None = None) -> list[Correction]:
    """All corrections of budgets that concern the plants of `scope`, withdrawn ones included, the newest first; people
    under pseudonyms where the scope says so."""
    scope = scope or Scope()
    path = _path(warehouse)
    if not path.exists() or not path.stat().st_size:  # nobody decided yet, or the first is about to
        return []
    with closing(_open(path)) as con:
        try:
            rows = [dict(row) for row in con.execute(SQL["budget_correction"])]
        except sqlite3.Error as error:
            raise _unreadable(path, error) from error
    found = [_correction(row, scope) for row in rows]
    return [one for one in found if scope.plants is None or one.plant is None or one.plant in scope.plants]


def correct(
    who: str,
    cause: str,
    why: str,
    from_on: date,
    until_on: date,
    *,
    kpi: str | None = None,
    plant: str | None = None,
    warehouse: Path | None = None,
) -> int:
    """Leaves days out of budgets from now on; the number of the decision."""
    if cause not in CAUSES:
        raise DecisionError(f"cause {cause!r} is unknown: use {', '.join(CAUSES)}.")
    if until_on < from_on:
        raise DecisionError(f"the last day, {until_on}, lies before the first, {from_on}: give a later one.")
    days = {"from_on": from_on.isoformat(), "until_on": until_on.isoformat()}
    return _add(who, BUDGET_CORRECTION, why, warehouse, kpi=kpi, plant=plant, cause=cause, **days)


def withdraw(number: int, who: str, why: str, warehouse: Path | None = None) -> int:
    """Takes a correction back: its days count again; the number of the decision."""
    known = {one.id: one for one in corrections(warehouse)}
    if number not in known:
        raise DecisionError(f"there is no correction {number}: known are {', '.join(map(str, known)) or 'none yet'}.")
    if not known[number].holds:
        raise DecisionError(f"correction {number} was withdrawn by {known[number].withdrawn_by} already.")
    return _add(who, WITHDRAWAL, why, warehouse, withdraws=number)


def _add(who: str, kind: str, why: str, warehouse: Path | None, **values) -> int:
    for name, text in (("who decides", who), ("why", why)):
        if not text.strip():
            raise DecisionError(f"say {name}: a decision without it helps nobody later.")
    row = dict.fromkeys(("kpi", "plant", "from_on", "until_on", "cause", "withdraws")) | values
    row |= {"decided_at": readable.utc_now().isoformat(" ", "seconds"), "who": who.strip(), "kind": kind}
    path = _path(warehouse)
    with closing(_open(path)) as con:
        try:
            con.executescript(SQL["schema"])
            with con:
                return con.execute(SQL["add"], row | {"why": why.strip()}).lastrowid
        except sqlite3.Error as error:
            raise DecisionError(
                f"{path} could not be written ({error}), and nothing was decided: see that the disk has room and that "
                "the file and its folder may be written, then decide again."
            ) from error


def _path(warehouse: Path | None) -> Path:
    return (warehouse or folder()) / "decisions.sqlite"


def _open(path: Path) -> sqlite3.Connection:
    """The file, private to its owner from its first byte on; a writer waits for another."""
    try:
        path.touch(mode=0o600, exist_ok=True)
        con = sqlite3.connect(path, timeout=10)
    except (sqlite3.Error, OSError) as error:
        raise _unreadable(path, error) from error
    con.row_factory = sqlite3.Row
    return con


def _unreadable(path: Path, error: Exception) -> DecisionError:
    return DecisionError(f"{path} cannot be read ({error}): restore it from a backup, or move it away to start anew.")


def _correction(row: dict, scope: Scope) -> Correction:
    moments = {name: row[name] and datetime.fromisoformat(row[name]) for name in ("decided_at", "withdrawn_at")}
    days = {name: date.fromisoformat(row[name]) for name in ("from_on", "until_on")}
    people = {name: row[name] if scope.sees_names else pseudonym(row[name]) for name in ("who", "withdrawn_by")}
    return Correction(**{f.name: row[f.name] for f in fields(Correction)} | moments | days | people)
