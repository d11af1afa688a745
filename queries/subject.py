"""What decisions are about, and how it stands by them: an error issue, an exception of a record, or a record.

A subject has a name that means the same in every published version: issue:KEY, exception:NAME:INSTANCE:MODEL,ID,
record:INSTANCE:MODEL,ID.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from queries import readable
from queries.decision import ACKNOWLEDGEMENT, ASSIGNMENT, MUTE, REOPENING, RESOLUTION, Decision

ISSUE, EXCEPTION, RECORD = "issue", "exception", "record"
REVIEW = "review:automation"  # is acknowledged by who holds the automation review
STATES = ("open", "acknowledged", "owned", "muted", "resolved")
PUT_ASIDE = ("muted", "resolved")  # states of what nobody needs to see for now


@dataclass(frozen=True)
class State:
    """How a subject stands: one of STATES, and by which decision.

    owner: who was given it last, whatever became of it since; until_on: the last day of a mute (UTC, included);
    reopened_at: when it was seen again after it had been resolved, if it was.
    """

    state: str = "open"
    owner: str | None = None
    until_on: date | None = None
    reopened_at: datetime | None = None
    by: str | None = None
    at: datetime | None = None
    why: str | None = None

    @property
    def words(self) -> str:
        """owned by Ann; muted until 3 Dec by Bo; open, seen again on 2 Mar."""
        if self.state == "open":
            return f"open, seen again on {readable.day(self.reopened_at.date())}" if self.reopened_at else "open"
        if self.state == "owned":
            return f"owned by {self.owner}"
        until = f" until {readable.day(self.until_on)}" if self.until_on else ""
        return f"{self.state}{until} by {self.by}"


def of_issue(row: dict) -> str:
    """Of a row of the list error_issue."""
    return f"{ISSUE}:{row['issue']}"


def of_exception(row: dict) -> str:
    """Of a row of fct_exception."""
    return f"{EXCEPTION}:{row['exception']}:{row['instance']}:{row['record_model']},{row['record_id']}"


def of_record(row: dict) -> str:
    """Of a row that names a record."""
    return f"{RECORD}:{row['instance']}:{row['record_model']},{row['record_id']}"


def state(decisions: Iterable[Decision], seen_at: datetime | None, today: date) -> State:
    """How a subject stands by the decisions about it, in any order, when it was last seen (failed, or was found in the
    data) at `seen_at`.

    A resolution ends what was decided before, and holds until the subject is seen later than that; a mute holds up to
    its day, and then what was before it does. The owner stays. What was withdrawn was never said.
    """
    found, muted, resolved, owner = State(), None, None, None
    for one in sorted(decisions, key=lambda one: one.id):
        if one.withdrawn_at is not None:
            continue
        said = {"by": one.who, "at": one.decided_at, "why": one.why}
        if one.what == ASSIGNMENT:
            found, owner = State("owned", **said), one.owner
        elif one.what == ACKNOWLEDGEMENT and found.state == "open":
            found = State("acknowledged", **said)
        elif one.what == MUTE:
            muted = State("muted", until_on=one.until_on, **said)
        elif one.what == RESOLUTION:
            found, muted, resolved = State(), None, State("resolved", **said)
        elif one.what == REOPENING:
            found, muted, resolved = State(**said), None, None
    reopened_at = seen_at if resolved and seen_at and seen_at > resolved.at else None
    if resolved and not reopened_at:
        found = resolved
    elif muted and today <= muted.until_on:
        found = muted
    return replace(found, owner=owner, reopened_at=reopened_at)


def with_states(
    rows: Iterable[dict],
    subject_of: Callable[[dict], str],
    seen_at: Callable[[dict], datetime | None],
    decisions: Iterable[Decision],
    today: date | None = None,
) -> list[dict]:
    """The rows with their subject and how it stands: subject, state, state_owner, muted_until, decided_by, decided_at,
    decided_why, reopened_at and, in words, standing."""
    of = defaultdict(list)
    for one in decisions:
        of[one.subject].append(one)
    day = today or readable.utc_now().date()
    undecided = _columns(State())
    found = []
    for row in rows:
        name = subject_of(row)
        told = _columns(state(of[name], seen_at(row), day)) if name in of else undecided
        found.append({**row, "subject": name, **told})
    return found


def _columns(now: State) -> dict:
    return {
        "state": now.state, "state_owner": now.owner, "muted_until": now.until_on, "decided_by": now.by,
        "decided_at": now.at, "decided_why": now.why, "reopened_at": now.reopened_at, "standing": now.words,
    }  # fmt: skip
