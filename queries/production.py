"""Open production orders as the head of production reads them: which can still be saved, which are off their plan."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

LONG_LATE_WEEKS = 2
LONG_LATE_SECONDS = LONG_LATE_WEEKS * 7 * 86400


@dataclass(frozen=True)
class AtRisk:
    """Rows of the list open_production that are due soon and late or held up by something known: those not late yet,
    which can still be saved; those late for at most LONG_LATE_WEEKS weeks; those late for longer. Each begins with what
    is worth most by its chance of being late; what has no known chance or worth comes last."""

    savable: tuple[dict, ...]
    late: tuple[dict, ...]
    long_late: tuple[dict, ...]

    @property
    def pressing(self) -> tuple[dict, ...]:
        return self.savable + self.late


def at_risk(rows: Iterable[dict]) -> AtRisk:
    found = [row for row in rows if row["is_due_soon"] and (row["is_late"] or row["held_by"])]
    found.sort(key=lambda row: (-(row["at_risk_amount"] or 0), -(row["chance"] or 0), row["due_at"]))
    late = [row for row in found if row["is_late"]]
    return AtRisk(
        tuple(row for row in found if not row["is_late"]),
        tuple(row for row in late if row["past_due_seconds"] <= LONG_LATE_SECONDS),
        tuple(row for row in late if row["past_due_seconds"] > LONG_LATE_SECONDS),
    )


def off_plan(rows: Iterable[dict]) -> list[dict]:
    """Rows whose start or finish is late by the frozen plan, each with how late (`late_seconds`) and what is
    (`milestone`), the latest first."""
    found = []
    for row in rows:
        if row["is_finish_late"]:
            found.append(row | {"milestone": "completion", "late_seconds": row["finish_late_seconds"]})
        elif row["is_start_late"]:
            found.append(row | {"milestone": "start", "late_seconds": row["start_late_seconds"]})
    return sorted(found, key=lambda row: -(row["late_seconds"] or 0))


def blockers(rows: Iterable[dict]) -> list[dict]:
    """Rows of the list release_blocker by blocker and plant: how many orders, the longest, how many are late; the most
    first."""
    found: dict[tuple, list[dict]] = defaultdict(list)
    for row in rows:
        found[row["blocker"], row["plant"]].append(row)
    whole = [
        {
            "blocker": blocker,
            "plant": plant,
            "order_count": len({(row["instance"], row["record_id"]) for row in own}),
            "late_count": len({(row["instance"], row["record_id"]) for row in own if row["is_late"]}),
            "age_seconds": max(row["age_seconds"] for row in own),
        }
        for (blocker, plant), own in found.items()
    ]
    return sorted(whole, key=lambda row: (-row["order_count"], row["blocker"], row["plant"] or ""))
