"""Shortages as the material planner reads them: orders and what each waits for, components, and vendors."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

# What is to become of a missing component, the worst first.
NOTHING, OVERDUE, NOT_ENOUGH, LATE = "nothing", "overdue", "not enough", "late"
UNKNOWN, EXPECTED = "unknown", "expected"
STATES = (NOTHING, OVERDUE, LATE, NOT_ENOUGH, UNKNOWN, EXPECTED)


def state(row: dict) -> str:
    """What a missing component of a row of the list short_component can hope for; late: it is expected after its order
    is due."""
    if row["component"] is None:
        return UNKNOWN
    if row["supply_id"] is None and row["forecast_at"] is None:
        return NOTHING
    if row["is_supply_late"] or row["is_forecast_past"]:
        return OVERDUE
    if row["forecast_at"] is None:
        return NOT_ENOUGH
    return LATE if row["due_at"] is not None and row["forecast_at"] > row["due_at"] else EXPECTED


def orders(rows: Iterable[dict]) -> list[dict]:
    """One row for each order, with the rows of what it lacks (`lacks`, the worst first) and the worst `state` of them;
    what puts most at risk first, then what waits longest against the usual."""
    found: dict[tuple, list[dict]] = defaultdict(list)
    for row in rows:
        found[row["instance"], row["record_model"], row["record_id"]].append(row | {"state": state(row)})
    lacking = [sorted(lacks, key=lambda row: STATES.index(row["state"])) for lacks in found.values()]
    whole = [lacks[0] | {"lacks": lacks} for lacks in lacking]
    return sorted(whole, key=lambda row: (-(row["at_risk_amount"] or 0), -(row["age_ratio"] or 0), -row["age_seconds"]))


def components(rows: Iterable[dict]) -> list[dict]:
    """One row for each plant and component that orders lack: how many orders, how much is missing, the longest wait,
    what it puts at risk (an order counts with each component it lacks); what puts most at risk first."""
    found: dict[tuple, list[dict]] = defaultdict(list)
    for row in rows:
        if row["component"] is not None:
            found[row["instance"], row["plant"], row["component"]].append(row)
    whole = [_component(lacks) for lacks in found.values()]
    return sorted(
        whole, key=lambda row: (-(row["at_risk_amount"] or 0), STATES.index(row["state"]), -row["age_seconds"])
    )


def _component(lacks: Sequence[dict]) -> dict:
    """What brings it is the same for all orders; of forecasts the last counts, which is none where one has none, and of
    the days on which orders are due the first."""
    missing = [row["missing_quantity"] for row in lacks if row["missing_quantity"] is not None]
    at_risk = [row["at_risk_amount"] for row in lacks if row["at_risk_amount"] is not None]
    forecasts = [row["forecast_at"] for row in lacks]
    whole = max(lacks, key=lambda row: row["age_seconds"]) | {
        "order_count": len({row["record_id"] for row in lacks}),
        "missing_quantity": sum(missing) if missing else None,
        "forecast_at": None if None in forecasts else max(forecasts),
        "due_at": min((row["due_at"] for row in lacks if row["due_at"] is not None), default=None),
        "is_forecast_past": any(row["is_forecast_past"] for row in lacks),
        "at_risk_amount": sum(at_risk) if at_risk else None,
        "due_soon_count": len({row["record_id"] for row in lacks if row["due_soon_count"]}),
    }
    return whole | {"state": state(whole)}


def known(rows: Iterable[dict]) -> list[dict]:
    """The rows of the list short_again that name a component."""
    return [row for row in rows if row["component"] is not None]


def vendors(rows: Iterable[dict]) -> list[dict]:
    """Rows of the list short_again by vendor, whose components kept orders waiting longest first."""
    found: dict[str | None, list[dict]] = defaultdict(list)
    for row in known(rows):
        found[row["vendor"]].append(row)
    counted = ("time_count", "judged_count", "again_count", "wait_count", "open_count", "wait_seconds")
    whole = [
        {"vendor": vendor, "component_count": len({row["component"] for row in own})}
        | {name: sum(row[name] for row in own) for name in counted}
        for vendor, own in found.items()
    ]
    return sorted(whole, key=lambda row: -row["wait_seconds"])


def coverage(rows: Sequence[dict]) -> tuple[int, int]:
    """Of how many waits of the list short_again it is known for what, and how many there are."""
    return sum(row["wait_count"] for row in known(rows)), sum(row["wait_count"] for row in rows)
