"""Faults of master data, put together for a page: by check, with how many records it looked at, and by who cleans."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Judged:
    """A check about master data: how many records it looked at and how many of them are wrong, and what that was when
    it was counted before (`history`: moments and wrong ones, the oldest first). by_plant: (wrong, looked at) of each
    plant (None: of no plant, which is of all)."""

    name: str
    title: str
    definition: str
    severity: str
    owner: str
    remedy: str
    judged_count: int
    failed_count: int
    by_plant: dict[str | None, tuple[int, int]]
    history: tuple[tuple[datetime, int], ...]


@dataclass(frozen=True)
class Cleaner:
    """Who owns the checks that found something: how many records, in how many open orders the most used is."""

    owner: str
    fault_count: int
    used_count: int
    largest: dict | None


def judged(rows: Sequence[dict], plants: Collection[str] = ()) -> list[Judged]:
    """Each check about master data, those that found most of what they looked at first; of some plants and of what
    belongs to none, or (without) all."""
    found = []
    for name in dict.fromkeys(row["check_name"] for row in rows):
        own = [
            row for row in rows
            if row["check_name"] == name and (not plants or row["plant"] is None or row["plant"] in plants)
        ]  # fmt: skip
        newest = [row for row in own if row["is_newest"]]
        if not newest:
            continue
        one = newest[0]
        found.append(
            Judged(
                name, one["title"], one["definition"], one["severity"], one["owner"], one["remedy"],
                sum(row["judged_count"] for row in newest), sum(row["failed_count"] for row in newest),
                {row["plant"]: (row["failed_count"], row["judged_count"]) for row in newest}, _history(own),
            )
        )  # fmt: skip
    return sorted(found, key=lambda one: (-one.failed_count / max(one.judged_count, 1), one.title))


def _history(rows: Sequence[dict]) -> tuple[tuple[datetime, int], ...]:
    """The sum over the plants after each moment at which one of them changed."""
    now: dict[str | None, int] = {}
    found: dict[datetime, int] = {}
    for row in sorted(rows, key=lambda row: row["as_of"]):
        now[row["plant"]] = row["failed_count"]
        found[row["as_of"]] = sum(now.values())
    return tuple(found.items())


def cleaners(faults: Sequence[dict]) -> list[Cleaner]:
    """Who is to clean what, who holds up most first; `largest` is the fault of theirs that costs most."""
    found = []
    for owner in dict.fromkeys(row["owner"] for row in faults):  # faults come with the costliest first
        own = [row for row in faults if row["owner"] == owner]
        found.append(Cleaner(owner, len(own), sum(bool(row["open_count"]) for row in own), own[0]))
    return found
