"""The words of the numbers: what terms mean, and which KPIs, exceptions and checks a reader's words find."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache

from queries import catalog, readable
from queries.catalog import Check, ExceptionRule, Kpi

GLOSSARY = (
    ("Elapsed time", "from start to end by the clock on the wall: nights, weekends and holidays count"),
    (
        "Working time",
        "only the hours in which the plant is open, by its calendar of that day; targets are of elapsed time",
    ),
    ("Open age", "how long something that has not ended lasts already: to the moment the data were read, never to now"),
    (
        "n, still open",
        "n is the cases that count in a number; of these so many have not ended. Numbers of fewer than ten cases are "
        "shown and not held against a target",
    ),
    (
        "Kaplan-Meier",
        "how a duration is told while cases are open: each counts for as long as it has been open, so that work that "
        "waits cannot make the number look better. Beside it, struck through: what ended cases alone would say",
    ),
    ("p50, p85, p95", "so many per cent of the cases take no longer; p50 is the median"),
    (
        "Final",
        "a week whose number later events can no longer move; only final weeks enter lines, limits and verdicts",
    ),
    (
        "Signal or noise",
        "a week between the limits of its baseline of 24 weeks is ordinary, whatever its colour would be. A real shift "
        "is a week beyond a limit, or the second of three near it",
    ),
    ("Baseline", "the 24 weeks by which later ones are judged; a change that is named starts a new one"),
    (
        "95 % interval",
        "where the true figure lies, as far as so few cases can tell. Of two numbers whose intervals overlap far it "
        "cannot be said which is larger",
    ),
    (
        "Service level and budget",
        "a promise such as 95 % within 2 d, which allows 5 in 100 cases of a month to miss it: that is the budget, in "
        "cases, and it is used up or not",
    ),
    ("Correction", "days on which misses count in no budget, as of a stocktake: decided by a person, with the reason"),
    (
        "Certain, likely, unsure (A, B, C)",
        "how sure it is who did something, or which record led to which: A as Odoo or a configuration tells it, B by a "
        "rule that nearly always holds, C by likeness",
    ),
    ("Seen between two reads", "Odoo keeps no moment of it: it happened after one refresh and before the next"),
    ("At risk", "the value of what waits and is due soon, times the chance that it is late then"),
    (
        "Exception",
        "a record that needs somebody, by a rule with an owner, a limit and a time within which it is to end",
    ),
    ("Check", "something that must not be in the data: of the data itself, or of master data"),
    (
        "Grey",
        "a number that cannot be measured, with the reason: not read, too old, too few cases, no right, or no history "
        "yet. It is never 0 and never good",
    ),
)


def found(things: Iterable, words: str) -> list:
    """Those of some KPIs, exceptions or checks in whose name, title, definition or owner each of the words stands."""
    wanted = words.casefold().split()
    return [
        one for one in things
        if all(word in f"{one.name} {one.title} {one.definition} {one.owner}".casefold() for word in wanted)
    ]  # fmt: skip


def terms(words: str) -> list[tuple[str, str]]:
    """Those terms of the glossary in which each of the words stands."""
    wanted = words.casefold().split()
    return [one for one in GLOSSARY if all(word in " ".join(one).casefold() for word in wanted)]


def sources_of(kpi: Kpi, sources: Iterable[Mapping]) -> list[Mapping]:
    """What a KPI is measured from, of the rows of the list source_health; what is not as it should be first."""
    own = [row for row in sources if f", {kpi.title}, " in f", {row['kpis']}, "]
    return sorted(own, key=lambda row: (row["status"] == "ok", row["source"], row["instance"]))


def limit(rule: ExceptionRule | Check, value: float | None) -> str | None:
    """A limit in words, of the kind that the rule's own is: a duration, a share or a number."""
    if value is None:
        return None
    if _is_duration(rule.file):
        return readable.duration(value)
    return f"{value:,g}"


@cache
def _is_duration(file: str) -> bool:
    header = (catalog.FOLDER / file).read_text(encoding="utf-8").partition("*/")[0]
    return bool(re.search(r'^limit\s*=\s*"', header, flags=re.M))
