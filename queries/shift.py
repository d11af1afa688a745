"""A shift of a plant as its head hands it over: what came against the plan, and what is in whose hands."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

# How a start or completion stands at the end of a shift, or at the moment of the data, the worst first.
MISSED, LATE, TO_COME, ON_TIME, EARLY, UNPLANNED = "missed", "late", "to come", "on time", "early", "no plan"
STANDINGS = (MISSED, LATE, TO_COME, ON_TIME, EARLY, UNPLANNED)
RUNNING, READY, KEPT = "running", "ready", "kept back"
QUEUE = (RUNNING, READY, KEPT)


def is_in(moment: datetime | None, shift: dict) -> bool:
    return moment is not None and shift["shift_from"] <= moment < shift["shift_to"]


def standing(row: dict, shift: dict, as_of: datetime) -> str:
    """How a row of the list shift_order stands. What came in the shift is late past its tolerance, and early where it
    was planned for later; what was planned for it and came before is on time."""
    planned, came = row["planned_at"], row["actual_at"]
    if planned is None:
        return UNPLANNED
    if is_in(came, shift):
        if came > row["due_at"]:
            return LATE
        return EARLY if planned >= shift["shift_to"] else ON_TIME
    if came is not None and came < shift["shift_from"]:
        return ON_TIME
    return TO_COME if planned > as_of else MISSED


def against_plan(rows: Iterable[dict], shift: dict, as_of: datetime) -> list[dict]:
    """Rows of the list shift_order with how each stands (`standing`), the worst first."""
    found = [row | {"standing": standing(row, shift, as_of)} for row in rows]
    return sorted(found, key=lambda row: (STANDINGS.index(row["standing"]), row["planned_at"] or row["actual_at"]))


def counts(rows: Iterable[dict], shift: dict, milestone: str) -> dict[str, int]:
    """Of starts or completions: how many were planned for the shift and how many of these have come by its end, and how
    many came in it, planned or not."""
    own = [row for row in rows if row["milestone"] == milestone]
    planned = [row for row in own if is_in(row["planned_at"], shift)]
    return {
        "planned": len(planned),
        "kept": sum(row["standing"] in (ON_TIME, LATE) for row in planned),
        "came": sum(is_in(row["actual_at"], shift) for row in own),
        "late": sum(row["standing"] == LATE for row in own),
    }


def by_work_center(rows: Iterable[dict]) -> list[dict]:
    """Rows of the list shift_work by work center: what runs there (`running`), how much is ready and kept back, and
    what is next (`next`); those where something runs first, orders without work orders last."""
    found: dict[str | None, list[dict]] = defaultdict(list)
    for row in rows:
        found[row["work_center"]].append(row)
    whole = [
        {
            "work_center": center,
            "running": running(own),
            "next": next((row for row in own if row["queue_state"] == READY), None),
            **{f"{name.replace(' ', '_')}_count": sum(row["queue_state"] == name for row in own) for name in QUEUE},
        }
        for center, own in found.items()
    ]
    return sorted(whole, key=lambda row: (row["work_center"] is None, -row["running_count"], row["work_center"] or ""))


def handed_over(rows: Iterable[dict]) -> list[dict]:
    """Rows of the list shift_work as the next shift gets them: what is kept back first, then what is in work, then what
    is ready; what was begun last or was to begin first comes first."""
    found = list(rows)
    kept, ready = ([row for row in found if row["queue_state"] == state] for state in (KEPT, READY))
    return [*kept, *running(found), *ready]


def running(rows: Iterable[dict]) -> list[dict]:
    """What is in work, what was begun last first: what has lain about for months is the last of it."""
    found = [row for row in rows if row["queue_state"] == RUNNING]
    return sorted(found, key=lambda row: row["started_at"] or datetime.min, reverse=True)


def key(row: dict) -> str:
    """What a link calls a shift: when it begins in the plant's own time."""
    return f"{row['local_from']:%Y-%m-%dT%H:%M}"
