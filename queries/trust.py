"""Whether the numbers can be trusted: how old each plant's data are, what was not read, what Odoo counts otherwise, and
what the checks of the data found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from queries.catalog import MASTER_DATA

LACKING = ("no right", "stale", "not read")  # of a source; what is absent is not wrong
DEMO_INSTANCE = "demo"  # where the demo plants stand as an Odoo would
BEHIND = timedelta(hours=1)  # older than the others


@dataclass(frozen=True)
class Trust:
    """row_count: rows that were read; lacking: sources that were not read as they should be; counted_count and
    differing: sources that were held against Odoo, and those of them that differ by more than came and went meanwhile;
    check_count, warned_count and failed_count: checks of the data, those about master data apart; behind: the plants
    whose data are older than the others, and from when (UTC); is_demo: all of it is invented."""

    row_count: int
    lacking: tuple[str, ...]
    counted_count: int
    differing: tuple[str, ...]
    check_count: int
    warned_count: int
    failed_count: int
    behind: dict[str, datetime]
    is_demo: bool


def is_demo(plants: Sequence[dict]) -> bool:
    """Whether rows of the list plant are those of the demo plants alone."""
    return bool(plants) and all(row["instance"] == DEMO_INSTANCE for row in plants)


def of(sources: Sequence[dict], checks: Iterable[dict], plants: Sequence[dict], as_of: datetime) -> Trust:
    """From rows of the lists source_health, check_result and plant."""
    counted = [row for row in sources if row["odoo_count"] is not None]
    found = [row["status"] for row in checks if row["about"] != MASTER_DATA]
    read: dict[str, datetime] = {}
    for row in sources:
        if row["last_read_at"]:
            read[row["instance"]] = max(row["last_read_at"], read.get(row["instance"], row["last_read_at"]))
    return Trust(
        row_count=sum(row["row_count"] or 0 for row in sources),
        lacking=tuple(row["source"] for row in sources if row["status"] in LACKING),
        counted_count=len(counted),
        differing=tuple(row["source"] for row in counted if not row["is_explained"]),
        check_count=len(found),
        warned_count=found.count("warn"),
        failed_count=found.count("fail"),
        behind={
            row["plant"]: read[row["instance"]]
            for row in plants
            if row["instance"] in read and as_of - read[row["instance"]] > BEHIND
        },
        is_demo=is_demo(plants),
    )
