"""How cases go from one activity to the next, in one plant and beside it in another.

Everything here takes rows of the lists process_way and process_map, and gives what a map of them shows. A way is the
order of activities in a case. Durations in seconds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import combinations, pairwise

from queries.harmonization import SEPARATOR
from queries.readable import HOUR

SHARE_APART = 0.05  # of the cases: a step that so many more take in one plant is told
WAIT_APART = 2.0  # times as long, and at least an hour: a wait that is told
OUTER = ("start", "end", "still open")  # where a case begins and ends, or stands: no activity


@dataclass(frozen=True)
class Passage:
    """A step in one plant: how often it was taken, for each case on average, and the median wait in it."""

    count: int
    per_case: float
    wait_seconds: float | None


@dataclass(frozen=True)
class Step:
    """One activity directly after another, and how it goes in each of the plants compared; None where it never does."""

    before: str
    after: str
    passages: tuple[Passage | None, ...]

    @property
    def most(self) -> float:
        """How often a case takes it, where that is most."""
        return max((passage.per_case for passage in self.passages if passage), default=0.0)


def activities(way: Mapping) -> list[str]:
    return way["variant"].split(SEPARATOR)


def covering(ways: Sequence[dict], coverage: float) -> list[dict]:
    """The most frequent ways of a plant that together have so great a share of its cases, at least one."""
    return [way for way in ways if way["coverage"] - way["share"] < coverage - 1e-9]


def in_common(one: Iterable[dict], other: Iterable[dict]) -> float:
    """The share of cases for which another plant has a case that went the same way. Rare ways that are not in the rows
    count as not in common."""
    shares = {way["variant"]: way["share"] for way in one}
    return sum(min(way["share"], shares.get(way["variant"], 0.0)) for way in other)


def least_alike(ways: Mapping[str, Sequence[dict]]) -> list[str]:
    """The plants, the two first that have least in common."""
    plants = list(ways)
    if len(plants) < 2:
        return plants
    pair = min(combinations(plants, 2), key=lambda two: in_common(ways[two[0]], ways[two[1]]))
    return [*pair, *(plant for plant in plants if plant not in pair)]


def steps(
    rows: Iterable[dict],
    ways: Mapping[str, Sequence[dict]],
    case_counts: Mapping[str, int],
    coverage: float,
) -> list[Step]:
    """The steps that the most frequent ways of a plant take, of those that cover such a share of its cases; the figures
    are of all its cases. The most frequent steps first; where a case begins and ends is left out."""
    wanted = {
        pair for found in ways.values() for way in covering(found, coverage) for pair in pairwise(activities(way))
    }
    return [step for step in all_steps(rows, case_counts) if (step.before, step.after) in wanted]


def all_steps(rows: Iterable[dict], case_counts: Mapping[str, int]) -> list[Step]:
    """Every step of some plants with where cases begin and end, the most frequent first."""
    found: dict[tuple[str, str], dict[str, Passage]] = defaultdict(dict)
    for row in rows:
        if count := case_counts.get(row["plant"]):
            passage = Passage(row["step_count"], row["step_count"] / count, row["median_wait_seconds"])
            found[row["from_activity"], row["to_activity"]][row["plant"]] = passage
    made = [Step(*pair, tuple(of.get(plant) for plant in case_counts)) for pair, of in found.items()]
    return sorted(made, key=lambda step: (-step.most, step.before, step.after))


def order(ways: Mapping[str, Sequence[dict]], coverage: float) -> list[str]:
    """The activities of the most frequent ways, from the first of a case to the last: by where in its way an activity
    first stands, on average over the cases."""
    places: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for found in ways.values():
        for way in covering(found, coverage):
            names = activities(way)
            for name in dict.fromkeys(names):
                total = places[name]
                total[0] += way["share"] * (names.index(name) + 1) / (len(names) + 1)
                total[1] += way["share"]
    return sorted(places, key=lambda name: (places[name][0] / places[name][1], name))


def differs(step: Step) -> tuple[str, float] | None:
    """In what a step differs between two plants, and by how much: "only" (by 0 or 1, which plant takes it), "share" (of
    cases, the second plant less the first) or "wait" (seconds, the same); None where it does not, or there is no other
    plant."""
    if len(step.passages) < 2:
        return None
    one, other = step.passages
    if one is None or other is None:
        return "only", 0 if other is None else 1
    more = other.per_case - one.per_case
    if abs(more) >= SHARE_APART:
        return "share", more
    if one.wait_seconds is None or other.wait_seconds is None:
        return None
    longer, shorter = max(one.wait_seconds, other.wait_seconds), min(one.wait_seconds, other.wait_seconds)
    if longer >= WAIT_APART * shorter and longer - shorter >= HOUR:
        return "wait", other.wait_seconds - one.wait_seconds
    return None


def beside(way: Mapping, usual: Mapping) -> tuple[list[str], list[str]]:
    """What a way has that the usual one has not in that place ("approved again": it has it elsewhere, too), and what it
    leaves out."""
    mine, theirs = activities(way), activities(usual)
    added, missing = [], []
    for _, from_usual, to_usual, start, end in SequenceMatcher(None, theirs, mine, autojunk=False).get_opcodes():
        if theirs[from_usual:to_usual] != mine[start:end]:
            missing += theirs[from_usual:to_usual]
            added += mine[start:end]
    left_out = [name for name in missing if name not in mine]
    return [f"{name} again" if mine.count(name) > 1 else name for name in dict.fromkeys(added)], left_out
