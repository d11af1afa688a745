"""What goes round the rules, put together for a page: findings by rule and plant, ways round controls by month, and
what people decided in the app that holds against a number or a rule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from queries.catalog import GOVERNED, ExceptionRule
from queries.decision import MUTE, Acceptance, Correction, Decision
from queries.subject import EXCEPTION, ISSUE

MONTHS = 12  # that are over, before the running one
REQUESTER, CREATOR = SELF_APPROVED = ("approved by who asked", "approved by who made it")
OVERRIDES = ("unlocked", "stock adjusted", "back-dated entry", "cancelled and made again", "job done by hand")
KINDS = (*SELF_APPROVED, *OVERRIDES)
SOON, LATELY = timedelta(days=14), timedelta(days=92)


@dataclass(frozen=True)
class Line:
    """A rule, and how many records it names in each plant (None: in none), and how many of them are overdue."""

    rule: ExceptionRule
    counts: Mapping[str | None, int]
    overdue: Mapping[str | None, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True)
class Way:
    """A way round a control, month by month (`months`: how often in each of the last MONTHS, then in the running one)
    and by plant; `of_count`: of how many approvals it is, where it is one."""

    kind: str
    months: tuple[int, ...]
    by_plant: Mapping[str | None, int]
    of_count: int | None

    @property
    def total(self) -> int:
        return sum(self.by_plant.values())


@dataclass(frozen=True)
class Held:
    """A decision of the app that holds, or held until lately: `what` was decided about what, by whom and in which role,
    who owns it, until when, why, and its state: holds, soon over, expired, withdrawn."""

    what: str
    about: str
    plant: str | None
    who: str
    role: str | None
    owner: str | None
    until_on: date | None
    why: str
    state: str


def rules(exceptions: Mapping[str, ExceptionRule]) -> dict[str, ExceptionRule]:
    """The exception rules about governance, by what they are about."""
    found = [rule for rule in exceptions.values() if rule.about]
    return {rule.name: rule for rule in sorted(found, key=lambda rule: (GOVERNED.index(rule.about), rule.title))}


def lines(found: Iterable[ExceptionRule], findings: Sequence[dict]) -> list[Line]:
    """Each rule with its records by plant; a rule that names none has no count."""
    counts = Counter((row["exception"], row["plant"]) for row in findings)
    overdue = Counter((row["exception"], row["plant"]) for row in findings if row["is_overdue"])
    return [
        Line(
            rule,
            {plant: n for (name, plant), n in counts.items() if name == rule.name},
            {plant: n for (name, plant), n in overdue.items() if name == rule.name},
        )
        for rule in found
    ]


def first_month(today: date) -> date:
    """The first day of the months that are told."""
    months = today.year * 12 + today.month - 1 - MONTHS
    return date(months // 12, months % 12 + 1, 1)


def ways(rows: Sequence[dict], today: date) -> list[Way]:
    """Each way round a control that was taken, or of which it is known how many approvals there were."""
    first = first_month(today)
    found = []
    for kind in KINDS:
        own = [row for row in rows if row["kind"] == kind]
        if not own:
            continue
        months, by_plant = [0] * (MONTHS + 1), Counter()
        for row in own:
            months[(row["month"].year - first.year) * 12 + row["month"].month - first.month] += row["n"]
            by_plant[row["plant"]] += row["n"]
        known = [row["of_count"] for row in own if row["of_count"] is not None]
        found.append(Way(kind, tuple(months), by_plant, sum(known) if known else None))
    return found


def held(
    corrections: Iterable[Correction],
    acceptances: Iterable[Acceptance],
    decided: Iterable[Decision],
    titles: Mapping[str, str],
    today: date,
    plants: Collection[str] = (),
) -> list[Held]:
    """What was decided against a number or a rule and holds, or held until lately, what is over first: corrections of
    budgets, accepted deviations, and subjects that are muted; of some plants or (without) all. titles: of KPIs and
    exceptions, by name."""
    lately = today - LATELY
    found = [
        Held(
            "days left out of budgets", titles.get(one.kpi, one.kpi or "all budgets"), one.plant, one.who, one.role,
            None, one.until_on, f"{one.cause}: {one.why}", "holds" if one.holds else "withdrawn",
        )
        for one in corrections if one.until_on >= lately
    ]  # fmt: skip
    found += [
        Held(
            "deviation accepted", one.rule, one.plant, one.who, one.role, one.owner, one.until_on, one.why,
            _state(one.state(today), one.until_on, today),
        )
        for one in acceptances if one.until_on >= lately
    ]  # fmt: skip
    found += [
        Held(
            "muted", _subject(one.subject, titles), one.plant, one.who, one.role, None, one.until_on, one.why,
            "withdrawn" if one.withdrawn_at else _state("holds", one.until_on, today),
        )
        for one in decided if one.what == MUTE and one.until_on >= lately
    ]  # fmt: skip
    order = ("expired", "soon over", "holds", "withdrawn")
    kept = [one for one in found if not plants or one.plant in (None, *plants)]
    return sorted(kept, key=lambda one: (order.index(one.state), one.until_on or date.max, one.about))


def _subject(name: str, titles: Mapping[str, str]) -> str:
    """What a decision is about: the rule and its record, a record, or an error issue."""
    kind, _, rest = name.partition(":")
    if kind == ISSUE:
        return f"error issue {rest}"
    rule, _, rest = rest.partition(":") if kind == EXCEPTION else ("", "", rest)
    record = rest.rpartition(":")[2].replace(",", " ")
    return f"{titles.get(rule, rule)}: {record}" if rule else record


def _state(state: str, until: date | None, today: date) -> str:
    if state != "holds" or until is None:
        return state
    if until < today:
        return "expired"
    return "soon over" if until - today <= SOON else "holds"
