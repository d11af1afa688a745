"""What people decide: decisions.sqlite in the warehouse folder, to which decisions are added and from which none is
ever taken away.

Three kinds: corrections of budgets, days on which misses are nobody's fault; deviations from process rules that are
accepted until a day; and what becomes of a subject, which is anything that needs somebody: an error issue, an exception
of a record, a record. Each can be withdrawn. Read by the refresh and by every page and command, so that a decision
holds from the next look on; how a subject stands is told by all decisions about it, and by whether it was seen since.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

from queries import readable, secret
from queries.config import EXECUTIVE, PLANT_MANAGER
from queries.warehouse import Scope, folder, pseudonym, pseudonym_key

FILE = "decisions.sqlite"
SQL = {path.stem: path.read_text(encoding="utf-8") for path in (Path(__file__).parent / "decisions").glob("*.sql")}
CAUSES = ("shutdown", "stocktake", "upgrade", "other")
BUDGET_CORRECTION, ACCEPTED_DEVIATION, WITHDRAWAL = "budget correction", "accepted deviation", "withdrawal"
ACKNOWLEDGEMENT, ASSIGNMENT, MUTE = "acknowledgement", "assignment", "mute"
RESOLUTION, REOPENING, COMMENT = "resolution", "reopening", "comment"
ABOUT_A_SUBJECT = (ACKNOWLEDGEMENT, ASSIGNMENT, MUTE, RESOLUTION, REOPENING, COMMENT)
EXPLAIN_THEMSELVES = (ACKNOWLEDGEMENT, ASSIGNMENT)  # the others need a reason
# What not every role may decide, or take back. Who says no role is held to none: who signs in has one.
RESERVED = {BUDGET_CORRECTION: (EXECUTIVE, PLANT_MANAGER), ACCEPTED_DEVIATION: (EXECUTIVE, PLANT_MANAGER)}


class DecisionError(Exception):
    """A decision cannot be read or kept; the message says why and what to do."""


@dataclass(frozen=True)
class Correction:
    """Days from `from_on` to `until_on`, both included (UTC), on which what fell due counts in no budget: of one KPI
    and plant, or (None) of all. Who decided it when (UTC), in which role if that was said, and why; and the same of its
    withdrawal."""

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
    role: str | None = None

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
    all: who decided it when (UTC), in which role if that was said, why, and who owns it until then; and who withdrew
    it."""

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
    role: str | None = None

    def holds(self, today: date) -> bool:
        return self.withdrawn_at is None and today <= self.until_on

    def concerns(self, rule: str, plant: str | None) -> bool:
        return self.rule == rule and self.plant in (None, plant)

    def state(self, today: date) -> str:
        """holds, expired or withdrawn."""
        if self.withdrawn_at is not None:
            return "withdrawn"
        return "holds" if self.holds(today) else "expired"


@dataclass(frozen=True)
class Decision:
    """What somebody decided about a subject ("issue:e1-…", see queries/subject.py), one of ABOUT_A_SUBJECT: when (UTC),
    why and in which role; who owns it from then on (an assignment), or the last day on which it is muted (UTC,
    included); and who withdrew that. `plant` is that of the subject, None where it is of several or of none."""

    id: int
    decided_at: datetime
    who: str
    role: str | None
    what: str
    subject: str
    plant: str | None
    owner: str | None
    until_on: date | None
    why: str
    withdrawn_at: datetime | None = None
    withdrawn_by: str | None = None
    withdrawn_why: str | None = None


def corrections(warehouse: Path | None = None, scope: Scope | None = None) -> list[Correction]:
    """All corrections of budgets that concern the plants of `scope`, withdrawn ones included, the newest first; people
    under pseudonyms where the scope says so."""
    rows = _rows("budget_correction", warehouse)
    return _seen([_correction(row, _key(warehouse, scope)) for row in rows], scope)


def acceptances(warehouse: Path | None = None, scope: Scope | None = None) -> list[Acceptance]:
    """All accepted deviations that concern the plants of `scope`, expired and withdrawn ones included, the newest
    first; people under pseudonyms where the scope says so."""
    rows = _rows("acceptance", warehouse, needs="accepted_deviation")
    return _seen([_acceptance(row, _key(warehouse, scope)) for row in rows], scope)


def decisions(warehouse: Path | None = None, scope: Scope | None = None) -> list[Decision]:
    """All decisions about subjects that concern the plants of `scope`, withdrawn ones included, the newest first;
    people under pseudonyms where the scope says so."""
    rows = _rows("subject", warehouse, needs="decision_subject")
    return _seen([_decision(row, _key(warehouse, scope)) for row in rows], scope)


def correct(
    who: str,
    cause: str,
    why: str,
    from_on: date,
    until_on: date,
    *,
    kpi: str | None = None,
    plant: str | None = None,
    role: str | None = None,
    scope: Scope | None = None,
    warehouse: Path | None = None,
) -> int:
    """Leaves days out of budgets from now on; the number of the decision. `scope`: of who decides, who must see the
    plant, or all of them where none is named."""
    if cause not in CAUSES:
        raise DecisionError(f"cause {cause!r} is unknown: use {', '.join(CAUSES)}.")
    if until_on < from_on:
        raise DecisionError(f"the last day, {until_on}, lies before the first, {from_on}: give a later one.")
    days = {"from_on": from_on.isoformat(), "until_on": until_on.isoformat()}
    _must_be_allowed(BUDGET_CORRECTION, role)
    _must_see(plant, scope)
    return _add(who, BUDGET_CORRECTION, why, warehouse, role, kpi=kpi, plant=plant, cause=cause, **days)


def accept(
    who: str,
    owner: str,
    why: str,
    rule: str,
    until_on: date,
    *,
    plant: str | None = None,
    role: str | None = None,
    scope: Scope | None = None,
    today: date | None = None,
    warehouse: Path | None = None,
) -> int:
    """Accepts the deviations from a process rule up to a day; the number of the decision. `scope`: as for `correct`."""
    today = today or readable.utc_now().date()
    if until_on < today:
        raise DecisionError(f"the last day, {until_on}, is over: give today, {today}, or a later one.")
    if not owner.strip():
        raise DecisionError("say who owns it: somebody must end what was accepted when its day comes.")
    _must_see(plant, scope)
    for one in acceptances(warehouse):
        if one.holds(today) and (one.rule, one.plant) == (rule, plant):
            raise DecisionError(
                f"that is accepted until {one.until_on} already: withdraw {one.id} first, then decide anew."
            )
    _must_be_allowed(ACCEPTED_DEVIATION, role)
    about = {"add_accepted_deviation": {"rule": rule, "owner": owner.strip()}}
    until = until_on.isoformat()
    return _add(who, ACCEPTED_DEVIATION, why, warehouse, role, about, plant=plant, until_on=until)


def decide(
    who: str,
    what: str,
    subject: str,
    why: str = "",
    *,
    owner: str | None = None,
    until_on: date | None = None,
    plant: str | None = None,
    plants: Collection[str] = (),
    role: str | None = None,
    scope: Scope | None = None,
    today: date | None = None,
    warehouse: Path | None = None,
) -> int:
    """Keeps what becomes of a subject: one of ABOUT_A_SUBJECT, with an owner for an assignment and a last day for a
    mute; the number of the decision. `scope`: of who decides, who must see the subject's `plant`, or all the `plants`
    where these are several, or all there are where none is named."""
    today = today or readable.utc_now().date()
    if what not in ABOUT_A_SUBJECT:
        raise DecisionError(f"decision {what!r} is unknown: use {', '.join(ABOUT_A_SUBJECT)}.")
    if what == ASSIGNMENT and not (owner or "").strip():
        raise DecisionError("say who owns it from now on.")
    if what == MUTE and until_on is None:
        raise DecisionError("say until which day it is muted: what is muted for good is never seen again.")
    if what == MUTE and until_on < today:
        raise DecisionError(f"the last day, {until_on}, is over: give today, {today}, or a later one.")
    for one in plants or (plant,):
        _must_see(one, scope)
    plant = next(iter(plants)) if len(plants) == 1 else plant
    about = {"add_subject": {"subject": subject, "owner": owner.strip() if what == ASSIGNMENT else None}}
    until = until_on.isoformat() if what == MUTE else None
    return _add(who, what, why, warehouse, role, about, plant=plant, until_on=until)


def withdraw(
    number: int,
    who: str,
    why: str,
    warehouse: Path | None = None,
    role: str | None = None,
    scope: Scope | None = None,
) -> int:
    """Takes a decision back: the days of a correction count again, a subject stands as if nobody had said that; the
    number of the withdrawal. `scope`: of who takes it back, as for a decision."""
    known = {one.id: one for kind in (corrections, acceptances, decisions) for one in kind(warehouse, scope)}
    if number not in known:
        numbers = ", ".join(map(str, sorted(known, reverse=True))) or "none yet"
        raise DecisionError(f"there is no decision {number}: known are {numbers}.")
    if known[number].withdrawn_at is not None:
        raise DecisionError(f"decision {number} was withdrawn by {known[number].withdrawn_by} already.")
    kind = {Correction: BUDGET_CORRECTION, Acceptance: ACCEPTED_DEVIATION}.get(type(known[number]), "")
    _must_be_allowed(kind, role)
    _must_see(known[number].plant, scope)
    return _add(who, WITHDRAWAL, why, warehouse, role, withdraws=number)


def close(path: Path) -> None:
    """Makes a file a copy to be read: nothing can be decided in it. DecisionError where it is no file of decisions."""
    try:
        with closing(_open(path)) as con:
            con.executescript(SQL["schema"] + SQL["close"])
    except sqlite3.Error as error:
        raise DecisionError(f"{path} could not be used ({error}): see that it is whole, then copy again.") from error


def _must_be_allowed(kind: str, role: str | None) -> None:
    """DecisionError where a role may not take, or take back, a decision of this kind."""
    if role and kind in RESERVED and role.strip().lower() not in RESERVED[kind]:
        raise DecisionError(
            f"{readable.a(kind)} is not for the role {role.strip()!r}: ask somebody who decides as "
            f"{' or '.join(RESERVED[kind])}."
        )


def _must_see(plant: str | None, scope: Scope | None) -> None:
    """DecisionError where who decides does not see the plant it is about, or (None) all of them."""
    if scope is None or scope.plants is None or plant in scope.plants:
        return
    if plant is None:
        raise DecisionError("that is about several plants, or about none: ask somebody who sees all of them.")
    raise DecisionError(f"that is of {plant}, which you do not see: ask somebody of that plant.")


def _add(
    who: str,
    kind: str,
    why: str,
    warehouse: Path | None,
    role: str | None,
    about: dict[str, dict] | None = None,
    **values,
) -> int:
    """Adds a decision, and with the statements of `about` what it is about: all or nothing."""
    for name, text, is_needed in (("who decides", who, True), ("why", why, kind not in EXPLAIN_THEMSELVES)):
        if is_needed and not text.strip():
            raise DecisionError(f"say {name}: a decision without it helps nobody later.")
    row = dict.fromkeys(("kpi", "plant", "from_on", "until_on", "cause", "withdraws")) | values
    row |= {"decided_at": readable.utc_now().isoformat(" ", "seconds"), "who": who.strip(), "kind": kind}
    about = (about or {}) | ({"add_role": {"role": role.strip()}} if role and role.strip() else {})
    path = _path(warehouse)
    try:
        path.touch(mode=0o600, exist_ok=True)  # private to its owner from its first byte on
        with closing(_open(path)) as con:
            con.executescript(SQL["schema"])
            with con:
                number = con.execute(SQL["add"], row | {"why": why.strip()}).lastrowid
                for statement, told in about.items():
                    con.execute(SQL[statement], told | {"decision_id": number})
                return number
    except sqlite3.IntegrityError as error:
        raise DecisionError(f"nothing was decided: {error}.") from error
    except (sqlite3.Error, OSError) as error:
        raise DecisionError(
            f"{path} could not be written ({error}), and nothing was decided: see that the disk has room and that "
            "the file and its folder may be written, then decide again."
        ) from error


def _rows(kind: str, warehouse: Path | None, needs: str = "decision") -> list[dict]:
    """Decisions of a kind, each with its role; none where nobody decided yet, or the file is older than the table that
    the kind needs."""
    path = _path(warehouse)
    try:
        if not path.exists() or not path.stat().st_size:  # nobody decided yet, or the first is about to
            return []
        with closing(_open(path)) as con:
            if not _has(con, needs):
                return []
            rows = [dict(row) for row in con.execute(SQL[kind])]
            roles = dict(con.execute(SQL["role"]).fetchall()) if _has(con, "decision_role") else {}
            return [row | {"role": roles.get(row["id"], row.get("role"))} for row in rows]
    except (sqlite3.Error, OSError) as error:
        raise DecisionError(
            f"{path} cannot be read ({error}): restore it from a backup, or move it away to start anew."
        ) from error


def _has(con: sqlite3.Connection, table: str) -> bool:
    return con.execute(SQL["has_table"], {"name": table}).fetchone() is not None


def _seen(found: list, scope: Scope | None) -> list:
    """Of decisions those about plants in scope, or about all."""
    return [one for one in found if not scope or scope.plants is None or one.plant is None or one.plant in scope.plants]


def _path(warehouse: Path | None) -> Path:
    return (warehouse or folder()) / FILE


def _open(path: Path) -> sqlite3.Connection:
    """The file, also where it may only be read; who writes waits for another who does."""
    con = sqlite3.connect(f"file:{quote(str(path))}?mode=rw", uri=True, timeout=10)
    con.row_factory = sqlite3.Row
    return con


def _key(warehouse: Path | None, scope: Scope | None) -> str | None:
    """What hides people from who is not to know them; None for others."""
    if scope is None or scope.sees_names:
        return None
    try:
        return pseudonym_key(warehouse)
    except secret.SecretMissing as error:
        raise DecisionError(f"names of people cannot be hidden: {error}") from error


def _correction(row: dict, key: str | None) -> Correction:
    return Correction(**_typed(row, key, ("from_on", "until_on"), ("who", "withdrawn_by")))


def _acceptance(row: dict, key: str | None) -> Acceptance:
    return Acceptance(**_typed(row, key, ("until_on",), ("who", "withdrawn_by", "owner")))


def _decision(row: dict, key: str | None) -> Decision:
    return Decision(**_typed(row, key, ("until_on",), ("who", "withdrawn_by", "owner")))


def _typed(row: dict, key: str | None, days: tuple[str, ...], people: tuple[str, ...]) -> dict:
    moments = {name: row[name] and datetime.fromisoformat(row[name]) for name in ("decided_at", "withdrawn_at")}
    named = {name: pseudonym(row[name], key) if key else row[name] for name in people}
    return row | moments | {name: row[name] and date.fromisoformat(row[name]) for name in days} | named
