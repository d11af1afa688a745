"""Exceptions as one queue: how each stands, who has it in charge, and of which kinds none is open or can be found."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from queries import subject
from queries.catalog import EXCEPTION_SEVERITIES, ExceptionRule
from queries.decision import Decision

# Kinds that the unblock list tells as a record that stands still (lists/stuck.sql): a decision about the record holds
# for them, too. About what the others find, such as who approved what, it says nothing.
STANDSTILLS = (
    "waiting_approval", "short_order", "hold_past_limit", "stalled_draft_order", "stalled_draft_purchase",
    "late_receipt", "overdue_work_order", "dead_letter", "stuck_run",
)  # fmt: skip
NOT_READ = ("absent", "no right", "not read")  # states of a source of which no row is there


@dataclass(frozen=True)
class Kind:
    """A kind of exception: its rule, as it applies where no plant has a line of its own; how many are open and how many
    of them overdue; or why none can be found (`reason`)."""

    rule: ExceptionRule
    open_count: int
    overdue_count: int
    is_off: bool = False
    reason: str | None = None


@dataclass(frozen=True)
class Since:
    """What an earlier published version held: when it is from, the subjects of its exceptions, and the rows of those
    that are not found any more."""

    as_of: datetime
    subjects: frozenset[str]
    gone: tuple[dict, ...]


def with_states(
    rows: Sequence[dict], decided: Iterable[Decision], as_of: datetime, today: date | None = None
) -> list[dict]:
    """Rows of the list open_exception with how each stands; they were last seen at `as_of`, the moment of the data.
    today: the day up to which mutes hold (UTC)."""
    of_record: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        if row["exception"] in STANDSTILLS:
            of_record[subject.of_record(row)].append(subject.of_exception(row))
    about = [replace(one, subject=name) for one in decided for name in of_record.get(one.subject, ()) or (one.subject,)]
    return subject.with_states(rows, subject.of_exception, lambda row: as_of, about, today)


def also(row: dict) -> tuple[str, ...]:
    """Names of other subjects whose decisions hold for an exception, too."""
    return (subject.of_record(row),) if row["exception"] in STANDSTILLS else ()


def in_charge(row: dict) -> str:
    """The role that is to see to it now: who takes over, once it is overdue."""
    return row["fallback"] if row["is_overdue"] else row["owner"]


def is_with(row: dict, who: str) -> bool:
    """Whether it is with a person, or a role is in charge of it."""
    return who in (row["responsible"], in_charge(row))


def holders(rows: Iterable[dict]) -> dict[str, int]:
    """With whom exceptions are: persons and the roles in charge, who has most first."""
    found = Counter(who for row in rows for who in {row["responsible"], in_charge(row)} if who)
    return dict(sorted(found.items(), key=lambda one: (-one[1], one[0])))


def beyond(row: dict) -> float | None:
    """By how many seconds it is overdue; negative while there is time."""
    return None if row["age_seconds"] is None else row["age_seconds"] - row["limit_seconds"]


def kinds(
    rules: Mapping[str, ExceptionRule], applied: Iterable[dict], rows: Iterable[dict], sources: Iterable[dict]
) -> list[Kind]:
    """Every kind, those with most overdue and the most severe first: its rule as the list exception_rule says it, and
    its exceptions among `rows`; `sources` are the rows of the list source_health."""
    general = {row["exception"]: row for row in applied if not row["plant"]}
    by_source: dict[str, list[dict]] = defaultdict(list)
    for row in sources:
        by_source[row["source"]].append(row)
    found, overdue = Counter(), Counter()
    for row in rows:
        found[row["exception"]] += 1
        overdue[row["exception"]] += bool(row["is_overdue"])
    whole = [
        Kind(
            _as_applied(rule, general.get(name)), found[name], overdue[name],
            bool(general.get(name, {}).get("is_off")) and not found[name],
            None if found[name] else _reason(rule, by_source),
        )
        for name, rule in rules.items()
    ]  # fmt: skip
    return sorted(
        whole,
        key=lambda one: (
            -one.overdue_count, -one.open_count, one.is_off, one.reason is not None,
            EXCEPTION_SEVERITIES.index(one.rule.severity), one.rule.title,
        ),
    )  # fmt: skip


def _as_applied(rule: ExceptionRule, row: dict | None) -> ExceptionRule:
    if row is None:
        return rule
    return replace(rule, **{name: row[name] for name in ("severity", "owner", "fallback", "sla")})


def _reason(rule: ExceptionRule, sources: Mapping[str, list[dict]]) -> str | None:
    """Why a kind can find nothing: a source that it needs is not read anywhere, and what that costs."""
    for need in rule.needs:
        names = need.split(" or ")
        told = [row for name in names for row in sources.get(name, ())]
        if any(row["status"] not in NOT_READ for row in told):
            continue
        if not told:
            return f"{need} was never read"
        why = "; ".join(dict.fromkeys(row["cost"] for row in told if row["cost"]))
        states = ", ".join(dict.fromkeys(f"{row['source']}: {row['status']}" for row in told))
        return f"{states} ({why})" if why else states
    return None


def since(rows: Iterable[dict], before: Sequence[dict], as_of: datetime) -> Since:
    """What became of the exceptions `before`, those of the version from `as_of`, beside those of now."""
    now = {subject.of_exception(row) for row in rows}
    named = {subject.of_exception(row): row for row in before}
    return Since(as_of, frozenset(named), tuple(row for name, row in named.items() if name not in now))


def is_new(row: dict, than: Since) -> bool:
    return subject.of_exception(row) not in than.subjects
