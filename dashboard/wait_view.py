"""The parts of the wait ledger: owners of the hours of each plant, the orders an owner held, and one order."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from urllib.parse import urlencode

import streamlit as st

from dashboard import choices, components, data, panel, tables, texts
from dashboard.components import mark
from dashboard.filters import Filters
from dashboard.tables import below, inside, short, table
from queries import readable, wait
from queries.wait import Ledger, Line, Order

SHOWN = 40  # stretches before the rest is folded away


def search(chosen: Filters) -> None:
    """What the page is of, and the form that leads to an order."""
    with st.container(border=True, key="panel-ledger"):
        components.heading("Whose waiting makes orders late?", texts.LEDGER)
        st.html(choices.search("order", "A production order", "its name in Odoo: WH/MO/00042"))
        components.link("kpi", "Wait time by owner", chosen, kpi="wait_time")


def pareto(chosen: Filters) -> None:
    """Per plant the owners of the hours, those with most first."""
    rows = data.wait_pareto(chosen)
    if not rows:
        st.html(f'<div class="pp-note">{escape(texts.NO_WAITING)}</div>')
        return
    for place, ledger in enumerate(wait.ledgers(rows)):
        name = data.plant_name(ledger.plant) if ledger.plant else "no plant"
        with st.container(border=True, key=f"panel-cases-pareto-{place}"):
            found = [row for row in rows if row["plant"] == ledger.plant]
            panel.head("wait_ledger", name, texts.ledger(ledger, chosen.clock), found, (), f"wait_ledger_{place}")
            table(f"Who orders of {name} wait for", _columns(ledger, chosen), ledger.lines)


def _columns(ledger: Ledger, chosen: Filters) -> dict:
    length = readable.working_time if chosen.clock == "working" else readable.duration
    return {
        "Waiting for": lambda line: (
            inside(_address(chosen, ledger.plant, owner=line.row["owner"]), _who(line))
            + below(texts.OWNER.get(line.row["owner"], ""))
        ),
        "Share of open hours": lambda line: _bar(line),
        "Hours": lambda line: (
            f"<b>{readable.number((line.row['seconds'] or 0) / readable.HOUR)} h</b>"
            + below(texts.before_work(line.row))
        ),
        "In orders": lambda line: (
            escape(texts.of(line.row["n"], ledger.order_count))
            + below(f"half of these: {length(line.row['median_seconds'])} or less" if line.row["n"] else "–")
        ),
        "Holds now": lambda line: escape(texts.open_orders(line.row["n_open"])),
        "Without it half of all orders take": lambda line: _freed(line, ledger, length),
    }


def _who(line: Line) -> str:
    return texts.sentence(line.row["owner"])


def _ink(owner: str) -> str:
    """The class of an owner's colour and pattern."""
    return f"pp-own-{owner.replace(' ', '-')}"


def _bar(line: Line) -> str:
    return (
        f'<span class="pp-nowrap"><b>{readable.share(line.share)}</b></span>'
        f'<span class="pp-bar"><i class="{_ink(line.row["owner"])}" style="width:{100 * line.share:.1f}%"></i></span>'
        + below(f"{readable.share(line.up_to)} up to here")
    )


def _freed(line: Line, ledger: Ledger, length: Callable[[float | None], str]) -> str:
    """What lead time would be without what an owner holds: at most and at least that."""
    now = length(ledger.lead_p50)
    bounds = [length(line.row["freed_most_p50"]), length(line.row["freed_p50"])]
    if not line.row["n"] or bounds == [now, now]:
        return '<span class="pp-muted">as long as now</span>'
    return " to ".join(dict.fromkeys(bounds)) + below(f"now {now}")


def _address(chosen: Filters, plant: str | None, **query: str) -> str:
    """A link within the page that keeps the filters."""
    return f"?{urlencode(chosen.query() | query | {'at': plant or ''}, doseq=True)}"


def owner(asked: str, plant: str | None, chosen: Filters) -> None:
    """The orders of a plant that an owner held longest."""
    found = data.wait_orders(asked, plant or None, chosen)
    place = data.plant_name(plant) if plant else "no plant"
    with st.container(border=True, key="panel-cases-held"):
        panel.head("held_orders", f"{place}: orders that waited longest for {asked}", texts.HELD_ORDERS, found, of=())
        table("Orders that waited", {
            "Order": lambda row: inside(_address(chosen, plant, order=row["name"]), row["name"])
            + below(row["product"] or "–"),
            "Waited": short(lambda row: readable.duration(row["held_seconds"])),
            "Of": short(lambda row: readable.duration(row["lead_seconds"])),
            "Share": short(lambda row: readable.share(row["held_seconds"] / row["lead_seconds"])),
            "Completed": lambda row: tables.when(row["ended_at"], plant) if row["ended_at"]
            else mark("warn", "○", f"open, now with {row['last_owner']}"),
            "Timeline": lambda row: inside(tables.timeline(row, chosen), "timeline"),
            "Odoo": lambda row: tables.outside(row["record_url"]),
        }, found)  # fmt: skip


def order(name: str, plant: str | None, chosen: Filters) -> None:
    """What held the orders of a name, as a waterfall."""
    found = [one for one in wait.orders(data.order_waits(name)) if plant is None or one.row["plant"] == (plant or None)]
    if not found:
        st.html(f'<div class="pp-note">{escape(texts.no_order(name))}</div>')
    for one in found:
        _order(one, chosen)


def _order(one: Order, chosen: Filters) -> None:
    row = one.row
    links = [inside(tables.timeline(row, chosen), "timeline")]
    if row["record_url"]:
        links.append(tables.outside(row["record_url"], "in Odoo"))
    place = data.plant_name(row["plant"]) if row["plant"] else "no plant"
    facts = {
        "Open it": " · ".join(links),
        "Lead time": escape(readable.duration(one.lead_seconds) + ("" if row["ended_at"] else " so far"))
        if one.stretches
        else None,
        "Created": tables.when(row["created_at"], row["plant"]),
        "Ended": tables.when(row["ended_at"], row["plant"]) if row["ended_at"] else mark("warn", "○", "open"),
    }
    key = f"{row['instance']}-{row['record_id']}"
    with st.container(border=True, gap=None, key=f"panel-order-{key}"):
        st.html(components.band(row["name"], escape(f"production order, {place}, {row['state']}"), facts))
        if one.stretches:
            st.html(_strip(one))
    with st.container(border=True, key=f"panel-cases-waterfall-{key}"):
        if not one.stretches:
            components.heading("Stretch by stretch", texts.NO_STRETCHES)
            return
        note = texts.waterfall(len(one.stretches), one.lead_seconds, components.zone())
        panel.head("stretches", "Stretch by stretch", note, one.stretches, of=(), key=f"stretches_{key}")
        columns = {
            "From": lambda stretch: tables.when(stretch["from_at"], row["plant"]),
            "Waiting for": lambda stretch: _held(stretch),
            "Took": lambda stretch: (
                f'<span class="pp-nowrap"><b>{readable.duration(stretch["elapsed_seconds"])}</b>'
                f"</span>{below(texts.closed(stretch))}"
            ),
            "": lambda stretch: _fall(one, stretch),
            "Besides": lambda stretch: escape(", ".join(stretch["losers"]) or "–"),
            "What": lambda stretch: escape(texts.stretch(stretch)),
        }
        table("Stretch by stretch", columns, one.stretches[:SHOWN])
        if one.stretches[SHOWN:]:
            with st.expander(f"{len(one.stretches) - SHOWN} more"):
                table("More stretches", columns, one.stretches[SHOWN:])


def _held(stretch: dict) -> str:
    swatch = f'<i class="pp-swatch {_ink(stretch["owner"])}"></i>'
    who = below(stretch["held_by"]) if stretch["held_by"] else ""
    return f'<span class="pp-nowrap">{swatch}<b>{escape(texts.sentence(stretch["owner"]))}</b></span>{who}'


def _fall(one: Order, stretch: dict) -> str:
    """The stretch in its place of the lead time."""
    start, length = one.place(stretch)
    return (
        f'<span class="pp-bar pp-fall"><i class="{_ink(stretch["owner"])}" '
        f'style="margin-left:{100 * min(start, 0.995):.2f}%;width:{100 * max(length, 0.005):.2f}%"></i></span>'
    )


def _strip(one: Order) -> str:
    """The lead time by owner: one bar and the words for it."""
    parts = [(owner, seconds / (one.lead_seconds or 1.0), seconds) for owner, seconds in one.owners]
    bar = "".join(f'<i class="{_ink(owner)}" style="width:{100 * share:.2f}%"></i>' for owner, share, _ in parts)
    words = "".join(
        f'<span><i class="pp-swatch {_ink(owner)}"></i>{escape(texts.owner(owner))} '
        f"<b>{readable.duration(seconds)}</b>, {readable.share(share)}</span>"
        for owner, share, seconds in parts
    )
    return f'<div class="pp-strip" aria-hidden="true">{bar}</div><div class="pp-legend">{words}</div>'
