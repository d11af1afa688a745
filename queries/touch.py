"""Where people touch orders: shares without a person, the map of steps, what changed nothing, what to automate next."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from queries.interval import wilson

WORKFLOWS = ("production", "purchase")
FEW = 20  # orders, below which a share says little
WORTH_IT = 0.05  # of the orders that a rule must spare a touch
# What an order stands at, in its order.
STEPS = ("not yet created", "created", "approval requested", "ordered", "confirmed", "started")
# Decisions, and what nobody can tell the use of: a rule cannot do these in a person's place. What changed nothing is
# to be left out, not automated.
NO_ROUTINE = {
    "approved", "rejected", "cancelled", "material short", "wrote a message", "marked an activity done",
    "changed a field", "changed a field that is not tracked", "saved without a change",
    "saved without a tracked change",
}  # fmt: skip
# What manual interventions are called, and what they were in the place of.
INTERVENTIONS = (
    "confirmed by hand", "reserved by hand", "reservation taken away", "back-dated entry", "unlocked",
    "cancelled and made again", "job done by hand", "stock adjusted",
)  # fmt: skip


@dataclass(frozen=True)
class Untouched:
    """Completed orders of a workflow in a plant: how many, how many of them no person touched, the share of these with
    its 95 % interval, and how often people touched an order on average. None where there is none."""

    case_count: int
    untouched_count: int
    touch_count: int

    @property
    def share(self) -> float | None:
        return self.untouched_count / self.case_count if self.case_count else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """None where there are too few."""
        return wilson(self.untouched_count, self.case_count) if self.case_count >= FEW else None

    @property
    def touches(self) -> float | None:
        return self.touch_count / self.case_count if self.case_count else None


@dataclass(frozen=True)
class Position:
    """A step that orders stand at and what people do there: the rows of agg_touch_map by plant."""

    stands_at: str
    kind: str
    cells: Mapping[str, dict]

    @property
    def touched(self) -> int:
        return sum(row["touched_order_count"] for row in self.cells.values())

    @property
    def share(self) -> float:
        """Of all orders of the plants that have such touches, how many were touched there."""
        return self.touched / sum(row["order_count"] for row in self.cells.values())


@dataclass(frozen=True)
class Candidate:
    """A step that people do and a rule could do, in the plants that were asked for: of how many closed orders a person
    did it there.

    regular: of the orders in which people do this anywhere, the share that gets it at this step and just once.
    most, least: the plants that need people for it most and, of all in sight, least, with these shares; None where none
    has enough orders to say.
    """

    workflow: str
    stands_at: str
    kind: str
    order_count: int
    touched_order_count: int
    regular: float
    most: tuple[str, float] | None
    least: tuple[str, float] | None

    @property
    def share(self) -> float:
        return self.touched_order_count / self.order_count

    @property
    def orders(self) -> float:
        """The orders that could go without a person there: volume × share × regularity."""
        return self.touched_order_count * self.regular


def untouched(rows: Iterable[dict]) -> dict[tuple[str, str | None], Untouched]:
    """Rows of the list no_touch by workflow and plant; of all plants together under None."""
    counts: dict[tuple, list[int]] = defaultdict(lambda: [0, 0, 0])
    for row in rows:
        for plant in (row["plant"], None):
            for number, name in enumerate(("case_count", "untouched_count", "touch_count")):
                counts[row["workflow"], plant][number] += row[name] or 0
    return {key: Untouched(*found) for key, found in counts.items()}


def known_by(rows: Iterable[dict]) -> list[dict]:
    """How it is known who acted, in rows of the list no_touch: orders by confidence and rule, the most first."""
    found: dict[tuple, int] = defaultdict(int)
    for row in rows:
        found[row["confidence"], row["rule"]] += row["case_count"]
    whole = sum(found.values())
    return [
        {"confidence": confidence, "rule": rule, "case_count": count, "share": count / whole}
        for (confidence, rule), count in sorted(found.items(), key=lambda one: -one[1])
    ]


def positions(rows: Iterable[dict]) -> list[Position]:
    """Rows of the list touch_map of one workflow: each step and kind of touch with its plants, in the order of steps,
    what people do in most orders first."""
    found: dict[tuple[str, str], dict[str, dict]] = defaultdict(dict)
    for row in rows:
        found[row["stands_at"], row["kind"]][row["plant"]] = row
    whole = [Position(*key, cells) for key, cells in found.items()]
    return sorted(whole, key=lambda one: (_place(one.stands_at), -one.touched, one.kind))


def _place(step: str) -> int:
    return STEPS.index(step) if step in STEPS else len(STEPS)


def empty(rows: Iterable[dict]) -> list[dict]:
    """Rows of the list touch_map in which some touches changed nothing, the most of these first."""
    return sorted((row for row in rows if row["empty_count"]), key=lambda row: -row["empty_count"])


def told(rows: Iterable[dict]) -> tuple[int, int, int]:
    """Of touches how many changed nothing, of how many that can be told, and how many touches there are."""
    found = list(rows)
    return tuple(sum(row[name] for row in found) for name in ("empty_count", "told_count", "touch_count"))


def candidates(rows: Sequence[dict], beside: Sequence[dict]) -> list[Candidate]:
    """Steps of `rows` (of the list touch_map) that a rule could do, those that would spare most orders a touch first,
    and no fewer than WORTH_IT of them; `beside` are the rows of all plants in sight."""
    here, in_sight = _orders(rows), _orders(beside)
    anywhere: dict[tuple, int] = defaultdict(int)
    at_step: dict[tuple, list[dict]] = defaultdict(list)
    for row in rows:
        anywhere[row["workflow"], row["kind"]] += row["touched_order_count"]
        at_step[row["workflow"], row["stands_at"], row["kind"]].append(row)
    touched = {
        (row["workflow"], row["stands_at"], row["kind"], row["plant"]): row["touched_order_count"] for row in beside
    }
    found = []
    for (workflow, stands_at, kind), own in at_step.items():
        orders = sum(count for (flow, _), count in here.items() if flow == workflow)
        if kind in NO_ROUTINE or orders < FEW:
            continue
        shares = {
            plant: touched.get((workflow, stands_at, kind, plant), 0) / count
            for (flow, plant), count in in_sight.items()
            if flow == workflow and count >= FEW
        }
        asked = [plant for plant in shares if (workflow, plant) in here]
        most, least = max(asked, key=shares.get, default=None), min(shares, key=shares.get, default=None)
        found.append(
            Candidate(
                workflow, stands_at, kind, orders,
                sum(row["touched_order_count"] for row in own),
                sum(row["once_order_count"] for row in own) / anywhere[workflow, kind],
                most and (most, shares[most]),
                least and (least, shares[least]),
            )
        )  # fmt: skip
    return sorted((one for one in found if one.orders >= WORTH_IT * one.order_count), key=lambda one: -one.orders)


def _orders(rows: Iterable[dict]) -> dict[tuple[str, str], int]:
    """Closed orders by workflow and plant."""
    return {(row["workflow"], row["plant"]): row["order_count"] for row in rows}


def interventions(rows: Iterable[dict], first: date, end: date) -> list[dict]:
    """Rows of the list intervention_week by kind, of which most came in the period first, those that never happened
    last: now_count, before_count, and the counts of the whole weeks from `first` up to `end` (Mondays)."""
    weeks = [first + timedelta(weeks=number) for number in range((end - first).days // 7)]
    found = {kind: {"kind": kind, "now_count": 0, "before_count": 0} for kind in INTERVENTIONS}
    by_week: dict[str, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    for row in rows:
        one = found.setdefault(row["kind"], {"kind": row["kind"], "now_count": 0, "before_count": 0})
        one["now_count"] += row["now_count"]
        one["before_count"] += row["before_count"]
        by_week[row["kind"]][row["week"]] += row["intervention_count"]
    whole = [one | {"weeks": [by_week[kind][week] for week in weeks]} for kind, one in found.items()]
    return sorted(whole, key=lambda one: (-one["now_count"], -sum(one["weeks"])))
