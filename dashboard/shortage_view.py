"""The parts of the shortages page: what is short now and what it waits for, how long that takes, and what runs short
again and again."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from urllib.parse import urlencode

import streamlit as st

from dashboard import choices, components, data, kpi_view, panel, tables, texts
from dashboard.components import mark
from dashboard.filters import Filters
from dashboard.tables import short
from queries import readable, shortage

KPIS = ("shortage_resolution_time", "short_order_share", "shortage_recurrence", "material_wait", "substitution_share")
RESOLUTION = KPIS[0]
PILLS = 12


def summary(rows: Sequence[dict]) -> None:
    """How many orders wait, how badly, and of how many components nothing is on its way."""
    orders, lacking = shortage.orders(rows), shortage.components(rows)
    lost = sum(row["state"] in (shortage.NOTHING, shortage.OVERDUE) for row in lacking)
    held = sum(bool(row["held_quantity"]) for row in lacking)
    due = sum(bool(row["due_soon_count"]) for row in orders)
    judged = [row["age_ratio"] for row in orders if row["age_ratio"] is not None]
    slow = sum(ratio >= 1 for ratio in judged)
    oldest = max((row["age_seconds"] for row in orders if row["age_seconds"] is not None), default=None)
    panel.band("summary", {
        "Orders that wait": escape(readable.number(len(orders))),
        "Components short": escape(readable.number(len(lacking))),
        "Nothing on its way, or overdue": panel.count(lost, len(lacking), "bad", "✕") if lacking else None,
        "Held in quarantine meanwhile": mark("warn", "!", texts.of(held, len(lacking))) if held else None,
        "Hold up orders due within 7 days": panel.count(due, len(orders), "warn", "!") if orders else None,
        "Longer than usual": panel.count(slow, len(judged), "warn", "▲") if judged else None,
        "The longest": escape(readable.duration(oldest)) if oldest is not None else None,
    }, texts.NOW_NOT_PERIOD)  # fmt: skip


def lacking(rows: Sequence[dict], chosen: Filters) -> None:
    """Each component that is short in a plant, and what becomes of it."""
    found = shortage.components(rows)
    panel.listing("short-components", "What is short", texts.SHORT_COMPONENTS if found else texts.SHORT_NONE, {
        "Component": lambda row: escape(row["component"]) + panel.plant(row),
        "State": lambda row: _state(row) + tables.below(_when(row)),
        "At risk": panel.risk,
        "Missing": tables.figure("missing_quantity"),
        "Keeps waiting": lambda row: _orders(row, chosen),
        "Longest": short(lambda row: readable.duration(row["age_seconds"])),
        "Brought by": lambda row: _supply(row, chosen),
        "In quarantine": _held,
    }, found, rows)  # fmt: skip


def _orders(row: dict, chosen: Filters) -> str:
    """How many orders lack a component, which leads to them."""
    address = f"?{urlencode(chosen.query() | {'lacks': row['component']}, doseq=True)}"
    below = f"{row['due_soon_count']} due soon" if row["due_soon_count"] else "none due soon"
    return tables.inside(address, texts.orders_count(row["order_count"])) + tables.below(below)


def _state(row: dict) -> str:
    return mark(*texts.SHORT_STATE[row["state"]])


def _when(row: dict) -> str:
    if row["component"] is None:
        return ""
    at = row["forecast_at"] or row["supply_due_at"]
    said = "Odoo expects it" if row["forecast_at"] else "next due"
    return f"{said} {readable.day(at.date())}" if at else "no date"


def _supply(row: dict, chosen: Filters) -> str:
    below = tables.below(row["vendor"] or "no vendor known")
    if row["supply_id"] is None:
        return "–" + below
    record = {"instance": row["instance"], "record_model": row["supply_model"], "record_id": row["supply_id"]}
    made = tables.below("made in the plant") if row["supply_model"] == "mrp.production" else below
    return panel.first(record, chosen, row["supply_name"]) + made


def _held(row: dict) -> str:
    return mark("warn", "!", readable.number(row["held_quantity"])) if row["held_quantity"] else "–"


def waiting(rows: Sequence[dict], chosen: Filters) -> None:
    """Each order that waits, with what it lacks; narrowed to one component on request."""
    found = shortage.orders(rows)
    lacks = [row["component"] for row in shortage.components(rows)]
    asked = st.query_params.get("lacks")
    shown = list(dict.fromkeys([*lacks[:PILLS], *[asked for _ in (1,) if asked in lacks]]))
    head = panel.head_of("short_orders", "Orders that wait", texts.SHORT_ORDERS if found else texts.SHORT_NONE, rows)
    if not found:
        components.panel("cases-short-orders", head)
        return
    only, choice = choices.pick_html("lacks", shown, "Only this component", lambda name: texts.short(name, 32))
    kept = [row for row in found if only is None or any(one["component"] == only for one in row["lacks"])]
    components.panel("cases-short-orders", head, choice, panel.body_html("Orders that wait", {
        "Order": lambda row: panel.first(row, chosen) + tables.below(row["product"] or "–"),
        "Waits for": lambda row: "<br>".join(_lack(one) for one in row["lacks"]),
        "At risk": panel.risk,
        "Waits": panel.age,
        "Due": short(lambda row: readable.day(row["due_at"].date()) if row["due_at"] else "–"),
        "With": lambda row: escape(row["responsible"] or "nobody named") + panel.plant(row),
        "Odoo": lambda row: tables.outside(row["record_url"]),
    }, kept))  # fmt: skip


def _lack(row: dict) -> str:
    if row["component"] is None:
        return escape(row["waits_for"])
    kind, sign, words = texts.SHORT_STATE[row["state"]]
    return f"{escape(row['component'])} {mark(kind, sign, words)}"


def resolution(chosen: Filters) -> str:
    """How long shortages last, as a distribution or as the share that still lasts."""
    return kpi_view.distribution(data.by_clock(data.kpis()[RESOLUTION], chosen), chosen, "How long shortages last")


def again(rows: Sequence[dict], since) -> None:
    """Which components run short again and again, and whose they are."""
    found, vendors = shortage.known(rows), shortage.vendors(rows)
    note = texts.since(since, texts.SHORT_AGAIN) if found else texts.SHORT_AGAIN_NONE
    figures = {
        "Times short": tables.figure("time_count"),
        "Waits of orders": tables.figure("wait_count"),
        "Came back": _again,
        "Together": short(lambda row: readable.duration(row["wait_seconds"])),
    }
    whole = texts.waits_known(*shortage.coverage(rows)) if rows else ""
    panel.listing("short-again", "Components that run short", note, {
        "Component": lambda row: escape(row["component"]) + panel.plant(row),
        **figures,
        "Half end within": short(_half),
        "Vendor": lambda row: escape(row["vendor"] or "–"),
        "Last": short(lambda row: readable.day(row["last_at"].date())),
    }, found, rows)  # fmt: skip
    panel.listing("short-vendors", "By vendor", texts.since(since, whole), {
        "Vendor": lambda row: escape(row["vendor"] or "no vendor known"),
        "Components": tables.figure("component_count"),
        **figures,
        "Still open": tables.figure("open_count"),
    }, vendors)  # fmt: skip


def _again(row: dict) -> str:
    if not row["judged_count"]:
        return mark("none", "○", "not known yet")
    share, words = row["again_count"] / row["judged_count"], texts.of(row["again_count"], row["judged_count"])
    return mark("bad", "↻", words) if share >= 0.5 and row["judged_count"] >= 3 else escape(words)


def _half(row: dict) -> str:
    return "half still wait" if row["median_seconds"] is None else readable.duration(row["median_seconds"])
