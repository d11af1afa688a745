"""Goods held for quality, as the head of quality reads them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

# What became of goods: the column of the list hold_time that counts it, and its name.
OUTCOMES = {
    "released_count": "released",
    "rework_count": "reworked",
    "returned_count": "returned",
    "lost_count": "scrapped or rejected",
    "open_count": "still held",
}


def is_past_limit(row: dict) -> bool:
    """Whether a row of the list open_hold is older than its plant allows."""
    return None not in (row["limit_seconds"], row["age_seconds"]) and row["age_seconds"] >= row["limit_seconds"]


def worth(rows: Iterable[dict], of: str = "value") -> tuple[dict[str | None, float], int]:
    """What rows are worth in each currency, the largest first, and how many of them have no known value."""
    amounts: Counter = Counter()
    unknown = 0
    for row in rows:
        if row[of] is None:
            unknown += 1
        else:
            amounts[row["currency"]] += row[of]
    return dict(amounts.most_common()), unknown


def outcomes(rows: Iterable[dict]) -> dict[str, int]:
    """How often each outcome came in rows of the list hold_time, by its name."""
    found = list(rows)
    return {name: sum(row[column] for row in found) for column, name in OUTCOMES.items()}
