"""The parts of the maintenance page: open requests, machines that fail again and again, where time is lost, and one
machine with its requests, its downtime and the orders that wait for it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from html import escape

import streamlit as st

from dashboard import choices, components, data, kpi_view, panel, tables, texts
from dashboard.components import mark
from dashboard.filters import Filters
from dashboard.tables import short
from queries import maintenance, readable

KPIS = ("time_to_restoration", "maintenance_response_time", "maintenance_wait", "preventive_compliance", "downtime")
RESTORATION = KPIS[0]
SOURCES = ("maintenance_request", "mrp_workcenter_productivity")
REQUESTS = SOURCES[0]


def unread() -> None:
    """What could not be read, and what cannot be told without it."""
    for row in data.unread(SOURCES):
        where = f"{row['model']} ({row['instance']})"
        st.html(
            f'<div class="pp-note">{mark(*texts.SOURCE_STATUS[row["status"]][:2], where)} '
            f"{escape(texts.not_read(row))}</div>"
        )


def summary(found: Sequence[dict], machines: Sequence[dict]) -> None:
    """How much is open and how urgent, and which machines are down."""
    failures = [row for row in found if row["maintenance_type"] != "preventive"]
    services = [row for row in found if row["maintenance_type"] == "preventive"]
    down = sum(row["down_since_at"] is not None for row in machines)
    again = sum(maintenance.fails_again(row) for row in machines)
    waits = sum(not row["is_taken_up"] for row in failures)
    blocked = sum(row["blocked_since_at"] is not None for row in found)
    oldest = max((row["age_seconds"] for row in failures if row["age_seconds"] is not None), default=None)
    told = {"Machines down now": mark("bad", "✕", readable.number(down)) if down else mark("good", "✓", "none")}
    if data.is_read(REQUESTS):
        told |= {
            "Failures open": escape(readable.number(len(failures))),
            "Nobody has taken up": panel.count(waits, len(failures), "bad", "✕"),
            "Blocked or waiting for parts": panel.count(blocked, len(found), "warn", "!"),
            "The oldest failure": escape(readable.duration(oldest)) if oldest is not None else None,
            "Services overdue": panel.count(sum(row["is_overdue"] for row in services), len(services), "bad", "✕"),
            "Fail again and again": panel.count(again, len(machines), "warn", "↻"),
        }
    else:
        told["Requests"] = mark("none", "○", "not read")
    panel.band("summary", told, texts.NOW_NOT_PERIOD)


def requests(found: Sequence[dict], chosen: Filters) -> None:
    """Every open request, those of machines that are down first."""
    stated = [row | {"standing": maintenance.state(row)} for row in found]
    with st.container(border=True, key="panel-cases-open-maintenance"):
        empty = texts.MAINTENANCE_NONE if data.is_read(REQUESTS) else texts.MAINTENANCE_UNREAD
        panel.head("open_maintenance", "Open requests", texts.MAINTENANCE_OPEN if found else empty, stated)
        if not found:
            return
        states = [one for one in maintenance.STATES if any(row["standing"] == one for row in stated)]
        only = choices.pick("standing", states, "Only requests that are so", lambda one: _state_words(one, stated))
        panel.body("Open requests", {
            "Request": lambda row: panel.first(row, chosen) + tables.below(_kind(row)),
            "Machine": lambda row: _machine(row, chosen) + panel.plant(row),
            "State": _state,
            "Open for": short(lambda row: readable.duration(row["age_seconds"])),
            "To be done by": _due,
            "With": lambda row: escape(row["responsible"] or "nobody named") + tables.below(row["team"] or "no team"),
            "Odoo": lambda row: tables.outside(row["record_url"]),
        }, [row for row in stated if only in (None, row["standing"])])  # fmt: skip


def _state_words(one: str, found: Sequence[dict]) -> str:
    return f"{texts.MAINTENANCE_STATE[one][2]} {sum(row['standing'] == one for row in found)}"


def _kind(row: dict) -> str:
    return " · ".join(filter(None, (row["maintenance_type"] or "kind not said", row["priority"], row["stage"])))


def _machine(row: dict, chosen: Filters) -> str:
    if row["machine"] is None:
        return "not named"
    return tables.inside(panel.machine(row["machine"], row["plant"], chosen), row["machine"])


def _state(row: dict) -> str:
    said = mark(*texts.MAINTENANCE_STATE[row["standing"]])
    since = [
        f"for {readable.duration(row[key])}" for key in ("blocked_seconds", "down_seconds") if row[key] is not None
    ]
    return said + tables.below(", the machine down ".join(since)) if since else said


def _due(row: dict) -> str:
    if row["scheduled_at"] is None:
        return "–"
    words = readable.day(row["scheduled_at"].date())
    return mark("bad", "✕", f"{words}, overdue") if row["is_overdue"] else escape(words)


def machines(found: Sequence[dict], chosen: Filters, since: date) -> None:
    """How often each machine failed, and how soon after its repair; which orders wait for it."""
    failed = [row for row in found if row["failure_count"]]
    note = texts.since(since, texts.MACHINES) if failed else texts.MACHINES_NONE
    panel.listing("machines", "Machines that fail", note, {
        "Machine": lambda row: _machine(row, chosen) + panel.plant(row),
        "Failures": tables.figure("failure_count"),
        "Again within 14 days": _again,
        "Half taken up within": short(lambda row: _half(row["response_seconds"])),
        "Half mended within": short(lambda row: _half(row["restoration_seconds"])),
        "Still open": tables.figure("open_count"),
        "Orders with work there": _orders,
        "Last failed": short(lambda row: readable.day(row["last_failed_at"].date())),
    }, failed)  # fmt: skip


def _again(row: dict) -> str:
    if not row["again_count"]:
        return "–"
    words = texts.of(row["again_count"], row["failure_count"])
    return mark("bad", "↻", words) if maintenance.fails_again(row) else escape(words)


def _half(seconds: float | None) -> str:
    return "half are open" if seconds is None else readable.duration(seconds)


def _orders(row: dict) -> str:
    """How many orders have work at a machine, and what of it is due soon."""
    if not row["order_count"]:
        return "–"
    words = escape(texts.orders_count(row["order_count"]))
    if not row["due_soon_count"]:
        return words + tables.below("none due within 7 days")
    worth = row["due_soon_amount"] is not None and readable.money(row["due_soon_amount"], row["currency"])
    return words + tables.below(", ".join(filter(None, (f"{row['due_soon_count']} due within 7 days", worth))))


def stops(found: Sequence[dict], chosen: Filters, since: date) -> None:
    """Where time is lost: downtime by work center and reason, and the orders behind it."""
    lost = maintenance.stops(found)
    most = max((row["seconds"] for row in lost), default=0) or 1
    note = texts.since(since, texts.STOPS) if lost else _no_stops()
    panel.listing("stops", "Where time is lost", note, {
        "Work center": lambda row: _machine(row, chosen) + panel.plant(row),
        "": lambda row: tables.bar(row["seconds"] / most),
        "Down": short(lambda row: readable.working_time(row["seconds"])),
        "Reason": tables.text("reason"),
        "Times": tables.figure("stop_count"),
        "Now": _now,
        "Orders with work there": _orders,
    }, lost)  # fmt: skip


def _now(row: dict) -> str:
    """Whether a machine is down, and whether anybody has said so to maintenance."""
    if not row["down_since_at"]:
        return '<span class="pp-muted">not down</span>'
    said = mark("bad", "✕", f"down since {readable.day(row['down_since_at'].date())}")
    is_silent = data.is_read(REQUESTS) and not row["open_count"]
    return said + (tables.below("no failure is reported") if is_silent else "")


def _no_stops() -> str:
    return texts.STOPS_NONE if data.is_read(SOURCES[1]) else texts.STOPS_UNREAD


def restoration(chosen: Filters) -> str:
    """How long it takes until a failure is mended."""
    kpi = data.by_clock(data.kpis()[RESTORATION], chosen)
    more = components.link_html("kpi", "All of time to restoration", chosen, kpi=RESTORATION)
    return kpi_view.distribution(kpi, chosen, "How long repairs take", first=1, more=more)


def machine(name: str, at: str | None, chosen: Filters) -> None:
    """One machine: its requests, its downtime, and the orders with work there."""
    told = data.machine_requests(name, at), data.machine_stops(name, at), data.machine_orders(name, at)
    if not any(told):
        st.html(f'<div class="pp-note">{escape(texts.MACHINE_GONE)}</div>')
        return
    asked, stopped, orders = told
    zone = data.zone(at)
    open_now = sum(row["status"] == "open" for row in asked)
    down = next((row for row in stopped if row["ended_at"] is None), None)
    with st.container(border=True, gap=None, key="panel-machine"):
        st.html(components.band(name, escape(data.plant_name(at) if at else "plant not known"), {
            "Now": mark("bad", "✕", f"down since {readable.moment(down['started_at'], zone)}") if down
            else mark("good", "✓", "not logged as down"),
            "Requests open": escape(readable.number(open_now)),
            "Orders with work there": escape(readable.number(len({row["record_id"] for row in orders}))),
            "Times are of": escape(zone or "UTC"),
        }))  # fmt: skip
    panel.listing("machine-orders", "Orders with work there", texts.MACHINE_ORDERS if orders else texts.MACHINE_FREE, {
        "Order": lambda row: panel.first(row, chosen) + tables.below(row["product"] or "–"),
        "Operation": lambda row: escape(row["operation"] or "–") + tables.below(row["queue_state"]),
        "Was to begin": lambda row: _start(row, zone),
        "Due": _order_due,
        "Worth": short(lambda row: readable.money(row["amount"], row["currency"])),
        "With": lambda row: escape(row["responsible"] or "nobody named"),
        "Odoo": lambda row: tables.outside(row["record_url"]),
    }, orders)  # fmt: skip
    panel.listing("machine-requests", "Requests", texts.NEWEST if asked else texts.NO_REQUESTS, {
        "Request": lambda row: panel.first(row, chosen) + tables.below(row["maintenance_type"] or "kind not said"),
        "Reported": short(lambda row: readable.moment(row["created_at"], zone)),
        "Taken up after": short(lambda row: readable.duration(row["response_seconds"])),
        "Became": lambda row: _became(row),
        "With": lambda row: escape(row["responsible"] or "nobody named"),
        "Odoo": lambda row: tables.outside(row["record_url"]),
    }, asked)  # fmt: skip
    panel.listing("machine-stops", "Downtime", texts.NEWEST if stopped else _no_stops(), {
        "From": short(lambda row: readable.moment(row["started_at"], zone)),
        "To": lambda row: (
            f'<span class="pp-nowrap">{escape(readable.moment(row["ended_at"], zone))}</span>'
            if row["ended_at"] else mark("bad", "✕", "lasts")
        ),
        "Working hours lost": short(lambda row: _lost(row)),
        "Reason": lambda row: escape(row["reason"] or "no reason recorded"),
        "Logged by": lambda row: escape(row["responsible"] or "nobody named"),
        "Odoo": lambda row: tables.outside(row["record_url"]),
    }, stopped)  # fmt: skip


def _start(row: dict, zone: str | None) -> str:
    if row["planned_start_at"] is None:
        return "–"
    words = readable.moment(row["planned_start_at"], zone)
    return mark("bad", "✕", f"{words}, overdue") if row["is_start_overdue"] else escape(words)


def _order_due(row: dict) -> str:
    if row["due_at"] is None:
        return "–"
    words = readable.day(row["due_at"].date())
    return mark("bad", "✕", f"{words}, late") if row["is_late"] else escape(words)


def _became(row: dict) -> str:
    length = readable.duration(row["length_seconds"])
    if row["status"] == "open":
        return mark("warn", "○", f"open for {length}")
    if row["status"] != "done":
        return mark("none", "–", row["status"])
    return (
        mark("warn", "!", f"done after {length}, late") if row["is_late"] else mark("good", "✓", f"done after {length}")
    )


def _lost(row: dict) -> str:
    if row["working_seconds"] is None:
        return f"{readable.duration(row['elapsed_seconds'])} (by the clock)"
    return readable.working_time(row["working_seconds"])
