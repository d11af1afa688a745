"""The automation review: what runs by itself, who answers for it, whether it works and is used, what changed since the
last review and what that did, what could run by itself next, and which deviations are accepted until when."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time

from queries import catalog, readable, report, report_numbers, touch
from queries.alert import where
from queries.decision import Acceptance, Decision
from queries.report import BAD, GOOD, NONE, WARN, Cell, Part, Report
from queries.report_executive import effect_table, effects_since
from queries.report_numbers import Board, rows
from queries.subject import REVIEW
from queries.warehouse import Warehouse

KPIS = (
    "no_touch_share", "automated_event_share", "empty_touch_share", "manual_intervention_share",
    "manual_intervention_count", "integration_failure_rate",
)  # fmt: skip
WRONG = ("failing", "silent", "late", "deactivated by Odoo", "degraded")
STATE = {"works": GOOD, "unknown": NONE, "switched off": NONE, "never ran": WARN, "degraded": WARN, "late": WARN}
TOUCHES_WEEKS = 18
MOST = 40


def automation_review(
    opened: Warehouse, acceptances: Sequence[Acceptance], since: date, today: date, last: Decision | None = None
) -> Report:
    """The review of all plants, of the days from `since` on; `today` (UTC) tells what is about to expire, `last` who
    held the review before."""
    kpis, of = catalog.load(), report_numbers.board(opened)
    found = rows(opened, "automation_review", since_at=datetime.combine(since, time()))
    changed = [
        row for row in rows(opened, "switched_automation") if row["changed_at"] and row["changed_at"].date() >= since
    ]
    named = {row["name"] for row in changed}
    effects = [row for row in effects_since(opened, kpis, since) if row["name"] in named]
    days = f"{readable.day(since)} to {readable.day(opened.as_of.date())}"
    parts = (
        _in_short(found, changed, acceptances, since, today),
        Part(
            "How much runs by itself", "The last 28 days, all plants.",
            cards=tuple(report_numbers.card(of, kpis[name], None) for name in KPIS if name in kpis),
        ),
        _wrong(found), _dead(found, since, days), _changed(of, changed, days),
        Part(
            "Before and after", f"KPIs six weeks before and after the changes of {days}, against plants without them.",
            table=effect_table(of, effects, kpis, MOST),
        ),
        _next(opened, of),
        Part(
            "Accepted deviations", "What is accepted until a day, the next to expire first.",
            table=report_numbers.acceptances(of, acceptances, today),
        ),
        _register(of, found, days),
    )  # fmt: skip
    return Report(
        f"automation_review_{opened.as_of:%Y-%m-%d}",
        "Automation review",
        f"All plants, {days} {opened.as_of:%Y}",
        (("Since the last review", days), ("Last review", _held(last)), *report_numbers.facts(opened, "all plants")),
        parts,
    )


def last_held(decided: Iterable[Decision], before: date) -> Decision | None:
    """The newest review that somebody held, on a day before."""
    held = [
        one for one in decided if one.subject == REVIEW and one.withdrawn_at is None and one.decided_at.date() < before
    ]
    return max(held, key=lambda one: one.decided_at, default=None)


def _held(last: Decision | None) -> str:
    if last is None:
        return "none that was held before: hold this one with --held-by"
    return f"held by {last.who} on {readable.day(last.decided_at.date())}"


def _in_short(
    found: Sequence[dict], changed: Sequence[dict], acceptances: Sequence[Acceptance], since: date, today: date
) -> Part:
    states = Counter(row["state"] for row in found)
    wrong = sum(states[state] for state in WRONG)
    unowned = sum(row["owner"] is None for row in found)
    dead = sum(_is_dead(row, since) for row in found)
    soon = [one for one in acceptances if one.holds(today) and (one.until_on - today).days <= 28]
    lines = (
        Cell(f"Do not work as they should: {wrong} of {len(found)}.", mark=BAD if wrong else GOOD),
        Cell(f"No run in the period, never ran, or switched off: {dead}.", mark=WARN if dead else GOOD),
        Cell(f"No owner named in ops.toml or by a tag: {unowned}.", mark=WARN if unowned else GOOD),
        Cell(f"Created, switched or deleted since the last review: {len(changed)}.", mark=NONE),
        Cell(f"Accepted deviations that expire within 28 days: {len(soon)}.", mark=WARN if soon else GOOD),
    )
    return Part("In short", lines=lines)


def _is_dead(row: Mapping, since: date) -> bool:
    last = row["last_run_at"]
    return row["state"] in ("never ran", "switched off", "deactivated by Odoo") or bool(last and last.date() < since)


def _name(row: Mapping) -> Cell:
    return Cell(row["name"], ", ".join(filter(None, (row["kind"], row["target_model"]))))


def _state(row: Mapping) -> Cell:
    return Cell(row["state"], row["reason"] or "", STATE.get(row["state"], BAD))


def _owner(row: Mapping) -> Cell:
    """Who answers for it; where nobody does, who made it, or as whom it runs."""
    if row["owner"]:
        return Cell(row["owner"])
    how = "runs as" if row["kind"] == "scheduled action" else "made by"
    return Cell("nobody", f"{how} {row['made_by']}" if row["made_by"] else "", WARN)


def _runs(row: Mapping) -> str:
    return "cannot be told" if row["run_count"] is None else readable.number(row["run_count"])


def _failures(row: Mapping) -> str:
    return "–" if row["failure_count"] is None else readable.number(row["failure_count"])


def _last(row: Mapping) -> str:
    return readable.moment(row["last_run_at"]) if row["last_run_at"] else "–"


def _wrong(found: Sequence[dict]) -> Part:
    told = [
        (_name(row), _state(row), _owner(row), _runs(row), _failures(row), _last(row))
        for row in found
        if row["state"] in WRONG
    ]
    heads = ("What", "State and why", "Owner", "Runs", "Failed", "Last run (UTC)")
    wide = (6, 7, 3, 2, 2, 3)
    return Part(
        "What does not work", table=report.table(heads, told, wide, MOST, right=(3, 4), empty="Everything works.")
    )


def _dead(found: Sequence[dict], since: date, days: str) -> Part:
    told = [(_name(row), _state(row), _owner(row), _last(row)) for row in found if _is_dead(row, since)]
    heads = ("What", "State and why", "Owner", "Last run (UTC)")
    note = f"No run in {days}, never ran, or switched off: remove it, or say who needs it."
    return Part(
        "What is not used", note, table=report.table(heads, told, (6, 6, 3, 3), MOST, empty="Everything is used.")
    )


def _changed(of: Board, changed: Sequence[dict], days: str) -> Part:
    told = [
        (
            Cell(row["name"], row["note"] or ""), row["what"], readable.moment(row["changed_at"]),
            ", ".join(where(plant, of.names) for plant in row["plants"] or ()) or "all plants",
            row["owner"] or "nobody", row["state"] or "–",
        )
        for row in changed
    ]  # fmt: skip
    heads = ("What", "Change", "When (UTC)", "Plants", "Owner", "State now")
    note = f"Created, switched or deleted in {days}, the newest first."
    return Part(
        "What changed", note, table=report.table(heads, told, (6, 4, 3, 3, 3, 3), MOST, empty="Nothing changed.")
    )


def _next(opened: Warehouse, of: Board) -> Part:
    """Steps that people do and a rule could do."""
    found = [row for row in rows(opened, "touch_map", workflow=None) if row["plant"]]
    told = [
        (
            Cell(f"{one.kind[:1].upper()}{one.kind[1:]}", f"{one.workflow} orders, at {one.stands_at}"),
            readable.number(round(one.orders)),
            Cell(readable.share(one.share), f"{readable.number(one.touched_order_count)} of "
                 f"{readable.number(one.order_count)} orders"),
            readable.share(one.regular),
            Cell(f"{where(one.most[0], of.names)} {readable.share(one.most[1], 0)}" if one.most else "–",
                 f"{where(one.least[0], of.names)} {readable.share(one.least[1], 0)}" if one.least else ""),
        )
        for one in touch.candidates(found, found)
    ]  # fmt: skip
    heads = ("Step", "Could go without", "By a person", "Regular", "Most, and least")
    note = f"Closed orders of {TOUCHES_WEEKS} weeks: touched by a person × regular. What would spare most orders first."
    return Part(
        "What to automate next", note,
        table=report.table(heads, told, (6, 3, 4, 2, 4), 10, right=(1, 3), empty="No such step."),
    )  # fmt: skip


def _register(of: Board, found: Sequence[dict], days: str) -> Part:
    told = [(_name(row), _state(row), _owner(row), _runs(row), _failures(row), _last(row)) for row in found]
    heads = ("What", "State", "Owner", "Runs", "Failed", "Last run (UTC)")
    note = (
        f"Everything that runs by itself, with runs and failures of {days} as far as its source tells: Odoo keeps runs "
        "of scheduled actions for a week; counted are those that refreshes saw."
    )
    return Part(
        "Register", note, table=report.table(heads, told, (6, 6, 3, 3, 2, 3), right=(3, 4), empty="None known.")
    )
