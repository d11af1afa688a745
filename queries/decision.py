"""What people decide: decisions.sqlite in the warehouse folder, to which decisions are added and from which none is
ever taken away.

So far: corrections of budgets, days on which misses are nobody's fault; deviations from process rules that are accepted
until a day; and the withdrawal of both. Read by the refresh and by every page and command, so that a decision holds
from the next look on.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from queries import readable
from queries.warehouse import Scope, folder, pseudonym

SQL = {path.stem: path.read_text(encoding="utf-8") for path in (Path(__file__).parent / "decisions").glob("*.sql")}
CAUSES = ("shutdown", "stocktake", "upgrade", "other")
BUDGET_CORRECTION, ACCEPTED_DEVIATION, WITHDRAWAL = "budget correction", "accepted deviation", "withdrawal"


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


@dataclass(frozen=True)
class Acceptance:
    """Deviations from a process rule that are accepted up to and including `until_on` (UTC), in one plant or (None) in
    all: who decided it when (UTC), why, and who owns it until then; and who withdrew it."""

    id: int
    decided_at: datetime
    who: str
    rule: str
    plant: str | None
    owner: str
    until_on: date
    why: str
    withdrawn_at: datetime | None = None
    withdrawn_by: str | None = None
    withdrawn_why: str | None = None

    def holds(self, today: date) -> bool:
        return self.withdrawn_at is None and today <= self.until_on

    def concerns(self, rule: str, plant: str | None) -> bool:
        return self.rule == rule and self.plant in (None, plant)

    def state(self, today: date) -> str:
        """holds, expired or withdrawn."""
        if self.withdrawn_at is not None:
            return "withdrawn"
        return "holds" if self.holds(today) else "expired"


def corrections(warehouse: Path | None = None, scope: Scope | None = None) -> list[Correction]:
    """All corrections of budgets that concern the plants of `scope`, withdrawn ones included, the newest first; people
    under pseudonyms where the scope says so."""
    rows = _rows("budget_correction", warehouse)
    return _seen([_correction(row, scope or Scope()) for row in rows], scope)


def acceptances(warehouse: Path | None = None, scope: Scope | None = None) -> list[Acceptance]:
    """All accepted deviations that concern the plants of `scope`, expired and withdrawn ones included, the newest
    first; people under pseudonyms where the scope says so."""
    rows = _rows("acceptance", warehouse, needs="has_acceptance")
    return _seen([_acceptance(row, scope or Scope()) for row in rows], scope)


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


def accept(
    who: str,
    owner: str,
    why: str,
    rule: str,
    until_on: date,
    *,
    plant: str | None = None,
    today: date | None = None,
    warehouse: Path | None = None,
) -> int:
    """Accepts the deviations from a process rule up to a day; the number of the decision."""
    today = today or readable.utc_now().date()
    if until_on < today:
        raise DecisionError(f"the last day, {until_on}, is over: give today, {today}, or a later one.")
    if not owner.strip():
        raise DecisionError("say who owns it: somebody must end what was accepted when its day comes.")
    for one in acceptances(warehouse):
        if one.holds(today) and (one.rule, one.plant) == (rule, plant):
            raise DecisionError(
                f"that is accepted until {one.until_on} already: withdraw {one.id} first, then decide anew."
            )
    about = {"rule": rule, "owner": owner.strip()}
    return _add(who, ACCEPTED_DEVIATION, why, warehouse, about, plant=plant, until_on=until_on.isoformat())


def withdraw(number: int, who: str, why: str, warehouse: Path | None = None) -> int:
    """Takes a correction back, so that its days count again, or an acceptance; the number of the decision."""
    known = {one.id: one for one in [*corrections(warehouse), *acceptances(warehouse)]}
    if number not in known:
        numbers = ", ".join(map(str, sorted(known, reverse=True))) or "none yet"
        raise DecisionError(f"there is no decision {number}: known are {numbers}.")
    if known[number].withdrawn_at is not None:
        raise DecisionError(f"decision {number} was withdrawn by {known[number].withdrawn_by} already.")
    return _add(who, WITHDRAWAL, why, warehouse, withdraws=number)


def _add(who: str, kind: str, why: str, warehouse: Path | None, about: dict | None = None, **values) -> int:
    """Adds a decision, and what an accepted deviation is about: both or neither."""
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
                number = con.execute(SQL["add"], row | {"why": why.strip()}).lastrowid
                if about:
                    con.execute(SQL["add_accepted_deviation"], about | {"decision_id": number})
                return number
        except sqlite3.Error as error:
            raise DecisionError(
                f"{path} could not be written ({error}), and nothing was decided: see that the disk has room and that "
                "the file and its folder may be written, then decide again."
            ) from error


def _rows(kind: str, warehouse: Path | None, needs: str | None = None) -> list[dict]:
    """Decisions of a kind; none where nobody decided yet, or the file is older than the kind."""
    path = _path(warehouse)
    if not path.exists() or not path.stat().st_size:  # nobody decided yet, or the first is about to
        return []
    with closing(_open(path)) as con:
        try:
            if needs and not con.execute(SQL[needs]).fetchone():
                return []
            return [dict(row) for row in con.execute(SQL[kind])]
        except sqlite3.Error as error:
            raise _unreadable(path, error) from error


def _seen(found: list, scope: Scope | None) -> list:
    """Of decisions those about plants in scope, or about all."""
    return [one for one in found if not scope or scope.plants is None or one.plant is None or one.plant in scope.plants]


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
    return Correction(**_typed(row, scope, ("from_on", "until_on"), ("who", "withdrawn_by")))


def _acceptance(row: dict, scope: Scope) -> Acceptance:
    return Acceptance(**_typed(row, scope, ("until_on",), ("who", "withdrawn_by", "owner")))


def _typed(row: dict, scope: Scope, days: tuple[str, ...], people: tuple[str, ...]) -> dict:
    moments = {name: row[name] and datetime.fromisoformat(row[name]) for name in ("decided_at", "withdrawn_at")}
    named = {name: row[name] if scope.sees_names else pseudonym(row[name]) for name in people}
    return row | moments | {name: date.fromisoformat(row[name]) for name in days} | named
