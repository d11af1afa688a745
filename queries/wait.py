"""Who has the hours of production orders: per plant the owners of its lead time, and one order stretch by stretch.

Everything here takes rows of the lists wait_pareto and order_wait. Durations in seconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

CLOSED = "closed"  # the plant does not work: nobody's wait, and nobody can be asked for it


@dataclass(frozen=True)
class Line:
    """An owner of a plant: `share` of the hours in which the plant was open, and `up_to`, that of the owners down to
    here; the row of the list has the rest."""

    share: float
    up_to: float
    row: dict


@dataclass(frozen=True)
class Ledger:
    """A plant: `order_count` orders completed in the last 26 weeks, the median and p85 of their lead time, the share of
    it in which the plant was closed (None by the clock working, which leaves it out), and owners, those with most
    hours first. `gap` says why it is not known when the plant is closed."""

    plant: str | None
    order_count: int
    lead_p50: float | None
    lead_p85: float | None
    closed_share: float | None
    gap: str | None
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Order:
    """A production order with the stretches of its lead time, none where it ended before the last 26 weeks. `owners`:
    hours of each owner, the plant being closed apart, the most first."""

    row: dict
    stretches: tuple[dict, ...]
    owners: tuple[tuple[str, float], ...]

    @property
    def lead_seconds(self) -> float:
        return sum(one["elapsed_seconds"] for one in self.stretches)

    def place(self, stretch: dict) -> tuple[float, float]:
        """Where a stretch begins and how long it is, as shares of the lead time."""
        start: datetime = self.stretches[0]["from_at"]
        whole = self.lead_seconds or 1.0
        return (stretch["from_at"] - start).total_seconds() / whole, stretch["elapsed_seconds"] / whole


def ledgers(rows: Iterable[dict]) -> list[Ledger]:
    """Each plant of the list wait_pareto, in its order."""
    return [_ledger(plant, list(found)) for plant, found in groupby(rows, lambda row: row["plant"])]


def _ledger(plant: str | None, rows: Sequence[dict]) -> Ledger:
    owned = [row for row in rows if row["owner"] != CLOSED]
    whole = sum(row["seconds"] or 0 for row in owned)
    lines, up_to = [], 0.0
    for row in owned:
        share = (row["seconds"] or 0) / whole if whole else 0.0
        up_to += share
        lines.append(Line(share, up_to, row))
    first = rows[0]
    return Ledger(
        plant, first["order_count"], first["lead_p50"], first["lead_p85"],
        next((row["share"] for row in rows if row["owner"] == CLOSED), None), first["calendar_gap"], tuple(lines),
    )  # fmt: skip


def orders(rows: Iterable[dict]) -> list[Order]:
    """Each order of the list order_wait: one for each plant that has an order of the name."""
    found = groupby(rows, lambda row: (row["instance"], row["record_id"]))
    return [_order(list(stretches)) for _, stretches in found]


def _order(rows: Sequence[dict]) -> Order:
    stretches = tuple(row for row in rows if row["from_at"] is not None)
    owners: dict[str, float] = {}
    for one in stretches:
        for owner, seconds in ((one["owner"], one["open_seconds"]), (CLOSED, one["closed_seconds"])):
            if seconds:
                owners[owner] = owners.get(owner, 0.0) + seconds
    return Order(rows[0], stretches, tuple(sorted(owners.items(), key=lambda pair: -pair[1])))
