"""The parts of the production page: orders at risk, what keeps orders from beginning, queues of work centers, open
orders against their frozen plan, and how long releases take."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from html import escape

from dashboard import choices, components, data, kpi_view, panel, tables, texts
from dashboard.components import mark
from dashboard.filters import Filters
from dashboard.tables import short
from queries import production, quality, readable

KPIS = (
    "release_lead_time", "start_adherence", "completion_adherence", "mps_attainment", "replan_churn",
    "release_blocker_count", "production_cycle_time", "flow_share", "work_in_process",
)  # fmt: skip
LEAD_TIME = KPIS[0]


def choose() -> str:
    """What the page shows: how production stands now, or one shift."""
    return choices.one_of("view", texts.PRODUCTION_VIEWS, texts.PRODUCTION_VIEW)


def summary(orders: Sequence[dict], blocked: Sequence[dict], queues: Sequence[dict]) -> None:
    """How many orders are open, at risk, kept from beginning or off their plan, and how many work centers stand."""
    late = sum(row["is_late"] for row in orders)
    risk = production.at_risk(orders)
    coming = sum(row["is_due_soon"] and not row["is_late"] for row in orders)
    planned = [row for row in orders if row["is_plan_known"]]
    kept = len({(row["instance"], row["record_id"]) for row in blocked})
    standing = sum(row["state"] in ("down", "starved", "idle") for row in queues)
    panel.band("summary", {
        "Released and not done": escape(readable.number(len(orders))),
        "Due within 7 days and held up": panel.count(len(risk.savable), coming, "warn", "!"),
        "Late already": panel.count(late, len(orders), "bad", "✕"),
        "Kept from beginning": mark("warn", "!", texts.orders_count(kept)) if kept else mark("good", "✓", "none"),
        "Off the frozen plan": panel.count(len(production.off_plan(orders)), len(planned), "warn", "!"),
        "Work centers down, starved or idle": panel.count(standing, len(queues), "bad", "✕"),
    }, texts.NOW_NOT_PERIOD)  # fmt: skip


def at_risk(orders: Sequence[dict], chosen: Filters) -> None:
    """What can still be saved, then what is late; what has long been late is folded away."""
    found = production.at_risk(orders)
    columns = {
        "Order": lambda row: panel.first(row, chosen) + tables.below(row["product"] or "–"),
        "Held up by": lambda row: escape(row["held_by"] or "nothing known"),
        "Due": _due,
        "Chance of being late": short(_chance),
        "At risk": _risk,
        "With": lambda row: escape(row["responsible"] or "nobody named") + panel.plant(row),
        "Odoo": lambda row: tables.outside(row["record_url"]),
    }  # fmt: skip
    stored = [*found.pressing, *found.long_late]
    parts = [panel.head_of("orders-at-risk", "Orders at risk", texts.AT_RISK if stored else texts.AT_RISK_NONE, stored)]
    if found.pressing:
        parts.append(panel.body_html("Orders at risk", columns, found.pressing))
    if found.long_late:
        words = texts.long_late(len(found.long_late), *quality.worth(found.long_late, "amount"))
        parts.append(panel.folded(words, "Long late", columns, found.long_late))
    components.panel("cases-orders-at-risk", *parts)


def _due(row: dict) -> str:
    words = readable.day(row["due_at"].date())
    return mark("bad", "✕", f"{words}, late") if row["is_late"] else f'<span class="pp-nowrap">{escape(words)}</span>'


def _chance(row: dict) -> str:
    return "not known" if row["chance"] is None else readable.share(row["chance"], 0)


def _risk(row: dict) -> str:
    if row["at_risk_amount"] is None:
        return mark("none", "○", "value not known" if row["chance"] is not None else "chance not known")
    words = readable.money(row["at_risk_amount"], row["currency"])
    return f'<strong class="pp-nowrap">{escape(words)}</strong>'


def blockers(blocked: Sequence[dict], chosen: Filters) -> None:
    """What keeps orders from beginning: how many by what in which plant, and each of them."""
    counted = production.blockers(blocked)
    kinds = list(dict.fromkeys(row["blocker"] for row in counted))
    head = panel.head_of("release_blocker", "What keeps orders from beginning", texts.BLOCKERS, blocked)
    if not blocked:
        components.panel("cases-blockers", head, components.sub(texts.BLOCKERS_NONE))
        return
    most = max(row["order_count"] for row in counted)
    only, choice = choices.pick_html("blocker", kinds, "Only this blocker", lambda kind: texts.BLOCKER.get(kind, kind))
    by_plant = tables.table_html("Blockers by plant", {
        "Blocker": lambda row: escape(texts.sentence(texts.BLOCKER.get(row["blocker"], row["blocker"])))
        + panel.plant(row),
        "": lambda row: tables.bar(row["order_count"] / most),
        "Orders": tables.figure("order_count"),
        "Late": lambda row: mark("bad", "✕", readable.number(row["late_count"])) if row["late_count"] else "–",
        "Longest": short(lambda row: readable.duration(row["age_seconds"])),
    }, [row for row in counted if only in (None, row["blocker"])])  # fmt: skip
    orders = panel.body_html("Orders that cannot begin", {
        "Order": lambda row: panel.first(row, chosen) + tables.below(row["product"] or "–"),
        "Kept by": lambda row: escape(texts.sentence(texts.BLOCKER.get(row["blocker"], row["blocker"])))
        + tables.below(row["detail"] or "–"),
        "For": short(lambda row: readable.duration(row["age_seconds"])),
        "Due": lambda row: _deadline(row),
        "With": lambda row: escape(row["responsible"] or "nobody named") + panel.plant(row),
        "Odoo": lambda row: tables.outside(row["record_url"]),
    }, [row for row in blocked if only in (None, row["blocker"])])  # fmt: skip
    components.panel("cases-blockers", head, choice, by_plant, components.fold("The orders", orders, only is not None))


def _deadline(row: dict) -> str:
    return "–" if row["deadline_at"] is None else _due(row | {"due_at": row["deadline_at"]})


def queues(rows: Sequence[dict]) -> None:
    """What waits before each work center, those that stand still first."""
    panel.listing("queues", "Queues of work centers", texts.QUEUES if rows else texts.QUEUES_NONE, {
        "Work center": lambda row: escape(row["work_center"] or "not named") + panel.plant(row),
        "State": lambda row: mark(*texts.QUEUE_STATE[row["state"]]) + tables.below(_state(row)),
        "Running": tables.figure("running_count"),
        "Ready": tables.figure("ready_count"),
        "Kept back": tables.figure("kept_count"),
        "Work ready": short(lambda row: readable.working_time(row["queue_seconds"])),
        "At the pace of 28 days": short(
            lambda row: "–" if row["queue_days"] is None else f"{readable.number(row['queue_days'], 1)} d"
        ),
        "Start overdue": lambda row: _overdue(row),
    }, rows)  # fmt: skip


def _state(row: dict) -> str:
    if row["down_since_at"]:
        return f"since {readable.day(row['down_since_at'].date())}: {row['reason'] or 'no reason recorded'}"
    if row["is_open"] is None:
        return "working hours not known"
    return "the plant is open" if row["is_open"] else "the plant is closed now"


def _overdue(row: dict) -> str:
    if not row["overdue_count"]:
        return "–"
    since = tables.below(f"oldest {readable.day(row['oldest_start_at'].date())}")
    return mark("bad", "✕", readable.number(row["overdue_count"])) + since


def plan(orders: Sequence[dict], chosen: Filters) -> None:
    """Open orders that are late by the plan frozen at their release, with how often it was moved."""
    found = production.off_plan(orders)
    known = sum(row["is_plan_known"] for row in orders)
    note = f"{texts.OFF_PLAN}. " if found else f"{texts.OFF_PLAN_NONE} "
    panel.listing("off-plan", "Off the frozen plan", note + texts.plans_known(known, len(orders)), {
        "Order": lambda row: panel.first(row, chosen) + tables.below(row["product"] or "–"),
        "Late by": _late,
        "Planned start": short(lambda row: _day(row["planned_start_at"])),
        "Began": short(lambda row: _day(row["started_at"], "not yet")),
        "Planned finish": short(lambda row: _day(row["planned_finish_at"])),
        "Moved since": tables.figure("replan_count"),
        "With": lambda row: escape(row["responsible"] or "nobody named") + panel.plant(row),
        "Odoo": lambda row: tables.outside(row["record_url"]),
    }, found)  # fmt: skip


def _late(row: dict) -> str:
    return mark("bad", "▲", readable.duration(row["late_seconds"])) + tables.below(row["milestone"])


def _day(moment: datetime | None, none: str = "–") -> str:
    return readable.day(moment.date()) if moment else none


def lead_time(chosen: Filters) -> str:
    """How long it takes until an order is released: which share is still open, or how many take how long."""
    kpi = data.by_clock(data.kpis()[LEAD_TIME], chosen)
    more = components.link_html("kpi", "All of release lead time", chosen, kpi=LEAD_TIME)
    return kpi_view.distribution(kpi, chosen, "How long releases take", first=1, more=more)
