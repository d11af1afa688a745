"""Maintenance as the head of maintenance reads it: how a request stands, and why machines stood still."""

from __future__ import annotations

from collections.abc import Iterable

# How an open request stands, the worst first.
DOWN, BLOCKED, OVERDUE, NEW, TAKEN, PLANNED = "down", "blocked", "overdue", "new", "taken up", "planned"
STATES = (DOWN, BLOCKED, OVERDUE, NEW, TAKEN, PLANNED)
AGAIN_SHARE, AGAIN_LEAST = 0.75, 6  # a machine that fails again and again: so many of its failures, of at least so many


def state(row: dict) -> str:
    """How a row of the list open_maintenance stands."""
    if row["blocked_since_at"]:
        return BLOCKED
    if row["down_since_at"]:
        return DOWN
    if row["is_overdue"]:
        return OVERDUE
    if row["is_taken_up"]:
        return TAKEN
    return PLANNED if row["maintenance_type"] == "preventive" else NEW


def fails_again(row: dict) -> bool:
    """Whether a machine of the list machine fails again and again: soon after it was mended."""
    return row["failure_count"] >= AGAIN_LEAST and row["again_count"] / row["failure_count"] >= AGAIN_SHARE


def stops(machines: Iterable[dict]) -> list[dict]:
    """Rows of the list machine by reason of their downtime: what is down now first, then what cost most."""
    found = [row | reason | {"reasons": None} for row in machines for reason in row["reasons"] or ()]
    return sorted(found, key=lambda row: (row["down_since_at"] is None, -row["seconds"], row["machine"]))
