"""What became of what was decided lately: one line for each subject, correction of a budget and accepted deviation
that somebody decided about since the last review."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from queries import catalog, readable, subject, warehouse
from queries.catalog import Kpi
from queries.decision import (
    ACKNOWLEDGEMENT,
    ASSIGNMENT,
    COMMENT,
    MUTE,
    REOPENING,
    RESOLUTION,
    Acceptance,
    Correction,
    Decision,
)
from queries.warehouse import Warehouse

SINCE = timedelta(days=7)
DONE, IN_HAND, BACK = "done", "in hand", "back"
WORDS = {ACKNOWLEDGEMENT: "acknowledged", REOPENING: "reopened", RESOLUTION: "resolved", COMMENT: "commented"}


@dataclass(frozen=True)
class Action:
    """What was decided (`what`) about something, when (UTC) and by whom, and what became of it: `state` is done, in
    hand or back, `outcome` says it in words. link: an address within the dashboard."""

    about: str
    what: str
    who: str
    at: datetime
    plant: str | None
    state: str
    outcome: str
    link: str | None = None


@dataclass(frozen=True)
class Named:
    """What a subject is called, when it was last seen in the data (UTC; None: it is not there), and its link."""

    words: str
    seen_at: datetime | None = None
    link: str | None = None


def read(
    opened: Warehouse,
    decided: Collection[Decision],
    corrections: Iterable[Correction],
    acceptances: Iterable[Acceptance],
    kpis: Mapping[str, Kpi],
    now: datetime,
    only: Collection[str] = (),
) -> list[Action]:
    """The actions since SINCE before `now` (UTC), the newest first, about some plants or (without) all."""

    def lately(found: Iterable) -> list:
        return [one for one in found if one.decided_at > now - SINCE and (not only or one.plant in (None, *only))]

    by_subject: dict[str, list[Decision]] = {}
    about = [one for one in decided if one.subject != subject.REVIEW]  # nothing becomes of a review that was held
    for one in about:
        by_subject.setdefault(one.subject, []).append(one)
    wanted = {one.subject for one in lately(about) if one.withdrawn_at is None}
    named = _named(opened, wanted)
    found = [_of_subject(by_subject[name], named.get(name, Named(name)), opened.as_of, now) for name in wanted]
    found += [_of_correction(one, kpis) for one in lately(corrections)]
    found += [_of_acceptance(one, now.date()) for one in lately(acceptances)]
    return sorted(found, key=lambda one: (one.at, one.about), reverse=True)


def _named(opened: Warehouse, subjects: Collection[str]) -> dict[str, Named]:
    """What is known of each subject; an exception or a record that is in the data was seen just now."""
    if not subjects:
        return {}
    rules = catalog.exceptions()
    found = {
        subject.of_issue(row): Named(
            f"Error issue of {row['flow_name'] or row['source']}",
            row["last_seen_at"],
            f"integrations?{urlencode({'issue': row['issue']})}",
        )
        for row in warehouse.read(opened, "error_issue", plant=None).to_pylist()
    }
    for row in warehouse.read(opened, "decided_subject", subjects=sorted(subjects)).to_pylist():
        rule = rules.get(row["exception"])
        called = row["name"] or f"{row['record_model']} {row['record_id']}"
        record = {"instance": row["instance"], "model": row["record_model"], "id": row["record_id"]}
        found[row["subject"]] = Named(
            f"{rule.title}: {called}" if rule else called,
            opened.as_of if row["is_there"] else None,
            f"record?{urlencode(record)}",
        )
    return found


def _of_subject(decided: list[Decision], named: Named, as_of: datetime, now: datetime) -> Action:
    newest = max((one for one in decided if one.withdrawn_at is None), key=lambda one: one.id)
    standing = subject.state(decided, named.seen_at, now.date())
    if named.seen_at is None:
        state, outcome = DONE, "no longer in the data"
    elif standing.reopened_at:
        state, outcome = BACK, f"seen again on {readable.day(standing.reopened_at.date(), now.date())}"
    elif newest.decided_at > as_of:
        state, outcome = IN_HAND, "no newer data yet"
    elif standing.state == "resolved":
        state, outcome = DONE, "not seen since"
    else:
        state, outcome = IN_HAND, "still there" if named.seen_at >= newest.decided_at else "not seen since"
    return Action(
        named.words, _what(newest), newest.who, newest.decided_at, newest.plant, state, outcome, named.link
    )  # fmt: skip


def _what(one: Decision) -> str:
    if one.what == ASSIGNMENT:
        return f"given to {one.owner}"
    return f"muted until {readable.day(one.until_on)}" if one.what == MUTE else WORDS[one.what]


def _of_correction(one: Correction, kpis: Mapping[str, Kpi]) -> Action:
    days = readable.day(one.from_on)
    days += f" to {readable.day(one.until_on)}" if one.until_on != one.from_on else ""
    budgets = f"Budget of {kpis[one.kpi].title if one.kpi in kpis else one.kpi}" if one.kpi else "All budgets"
    outcome = "holds" if one.holds else f"taken back by {one.withdrawn_by}"
    state = IN_HAND if one.holds else BACK
    link = f"kpi?{urlencode({'kpi': one.kpi})}" if one.kpi else None
    return Action(budgets, f"{days} left out, {one.cause}", one.who, one.decided_at, one.plant, state, outcome, link)


def _of_acceptance(one: Acceptance, today: date) -> Action:
    what = f"accepted until {readable.day(one.until_on)}, owned by {one.owner}"
    state = IN_HAND if one.holds(today) else BACK
    return Action(f"Deviation “{one.rule}”", what, one.who, one.decided_at, one.plant, state, one.state(today))
