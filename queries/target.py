"""Targets of KPIs: which one applies in a plant, and whether a number meets it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from queries import readable
from queries.catalog import Kpi

LEAST_JUDGED = 10  # cases below which a value is shown, and not held against its target


def applying(kpi: Kpi, plant: str | None, rows: Iterable[Mapping]) -> float | None:
    """The target of a plant (None: of all plants together), of rows of the list target: its own, else the one for all
    plants, else the one the KPI was written with. Targets are of elapsed time: by working time there is none."""
    if kpi.unit == readable.WORKING_TIME:
        return None
    configured = {row["plant"] or None: row["value"] for row in rows if row["kpi"] == kpi.name}
    return configured.get(plant, configured.get(None, kpi.target))


def is_too_few(kpi: Kpi, value: float | None, n: int) -> bool:
    """Whether a value rests on so few cases that the next could turn it; a queue is as long as it is."""
    return value is not None and kpi.measure in ("duration", "share", "ratio") and n < LEAST_JUDGED


def meets(kpi: Kpi, value: float | None, n: int, target: float | None) -> bool | None:
    """Whether a value is on the good side of its target; None where either is missing, no side is good, or there are
    too few cases to judge."""
    if value is None or target is None or kpi.direction == "none" or is_too_few(kpi, value, n):
        return None
    return value <= target if kpi.direction == "lower" else value >= target
