"""Panels that pages of one kind of work share: a table that is among the page's files, and the KPIs of the work."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from html import escape
from urllib.parse import urlencode

import streamlit as st

from dashboard import cards, components, data, download, tables, texts
from dashboard.choices import is_shown, page_asked, page_links, toggle
from dashboard.filters import Filters
from queries import readable, unblock

SHOWN = 12  # rows before the rest is folded away
FEW, PAGE = 40, 100  # of the rest: so many are built at once; more only when asked for, a page at a time


def listing(
    name: str,
    title: str,
    note: str,
    columns: Mapping[str, Callable[[dict], str]],
    rows: Sequence[dict],
    stored: Sequence[dict] | None = None,
    of: Sequence[dict] | None = None,
) -> None:
    """A table under its heading, what follows the first rows folded away; `stored` are the rows of its CSV, where these
    are others, and `of` is as in `head`."""
    kept = rows if stored is None else stored
    components.panel(f"cases-{name}", head_of(name, title, note, kept, of), body_html(title, columns, rows))


def head(
    name: str, title: str, note: str, stored: download.Rows, of: Sequence[dict] | None = None, key: str | None = None
) -> None:
    """A heading; the rows are among the page's files. Says which filters in use they do not honour: those of which
    nothing is told in them, or in the rows that they were made `of`."""
    st.html(head_of(name, title, note, stored, of, key))


def head_of(
    name: str, title: str, note: str, stored: download.Rows, of: Sequence[dict] | None = None, key: str | None = None
) -> str:
    """The same as text."""
    download.offer(name, title, stored, key=key)
    return head_html(title, note, of if of is not None else () if callable(stored) else stored)


def head_html(title: str, note: str, rows: Sequence[object]) -> str:
    """The same as text, and not among the page's files."""
    return components.heading_html(title, note) + whole(rows)


def whole(rows: Sequence[object]) -> str:
    """HTML of which filters in use rows do not honour."""
    return components.not_narrowed_html(missing_of(rows[0])) if rows else ""


def missing_of(row: object) -> list[str]:
    told = row if isinstance(row, Mapping) else getattr(row, "__dict__", {})
    return [name for name in st.session_state["filters"].narrowed if not data.tells(told, name)]


def body(title: str, columns: Mapping[str, Callable[[dict], str]], rows: Sequence[dict], shown: int = SHOWN) -> None:
    """The first rows, and the rest folded away."""
    st.html(body_html(title, columns, rows, shown))


def body_html(
    title: str, columns: Mapping[str, Callable[[dict], str]], rows: Sequence[dict], shown: int = SHOWN
) -> str:
    """The same as text."""
    first, rest = tables.table_html(title, columns, rows[:shown]), rows[shown:]
    return first + folded(texts.more_rows(len(rest)), f"More: {title.lower()}", columns, rest) if rest else first


def folded(words: str, title: str, columns: Mapping[str, Callable[[dict], str]], rows: Sequence[dict]) -> str:
    """HTML of a table that is folded away behind some words: few rows are built at once, many a page at a time and only
    while somebody looks at them. What is open stands in the URL."""
    if len(rows) <= FEW:
        return components.fold(words, tables.table_html(title, columns, rows))
    name = re.sub(r"[^a-z]+", "_", title.lower()).strip("_")
    found = paged(f"page_{name}", title, columns, rows, PAGE) if is_shown(name) else ""
    return f'<div class="pp-fold">{toggle(name, escape(words))}{found}</div>'


def paged(
    name: str,
    title: str,
    columns: Mapping[str, Callable[[dict], str]],
    rows: Sequence[dict],
    size: int,
    under: Callable[[dict], str] = lambda row: "",
) -> str:
    """HTML of a table of which only one page is drawn and sent; which one stands in the URL."""
    count = -(-len(rows) // size)
    number = page_asked(name, count)
    found = tables.table_html(title, columns, rows[(number - 1) * size : number * size], under)
    return found + page_links(name, number, count, texts.page(number, size, len(rows))) if count > 1 else found


def held_up(orders: Sequence[dict], chosen: Filters) -> None:
    """The orders that wait for a record, those due first come first."""
    with st.container(border=True, key="panel-cases-held-up"):
        components.heading("Orders it holds up", texts.STUCK_ORDERS if orders else texts.STUCK_HERE)
        if orders:
            body("Orders it holds up", {
                "Order": lambda row: first(row, chosen) + tables.below(texts.model(row["record_model"])),
                "Due": tables.short(lambda row: readable.day(row["due_at"].date()) if row["due_at"] else "–"),
                "Counts": texts.counts_at_risk,
                "Worth": tables.short(lambda row: readable.money(row["amount"], row["currency"])),
                "Plant": lambda row: escape(data.plant_name(row["plant"]) if row["plant"] else "–"),
                "Odoo": lambda row: tables.outside(row["record_url"]),
            }, orders)  # fmt: skip


def kpis(title: str, names: Iterable[str], chosen: Filters) -> None:
    """A line for each KPI of the work, each with a link to its page."""
    if len(chosen.plants) > 1:
        elsewhere = components.link_html("plants", "Plants side by side", chosen)
        st.html(components.heading_html(title, texts.OTHERS_OF_SEVERAL) + elsewhere)
        return
    names = tuple(names)
    board, plant = data.board(chosen, has_budgets=False, measured=names), next(iter(chosen.plants), None)
    lines = cards.lines(title, [board[name, plant] for name in names if (name, plant) in board], chosen)
    st.html(components.heading_html(title, texts.KPI_LINES) + lines)


def plant(row: dict) -> str:
    """The plant of a row, below the rest of its cell."""
    return tables.below(data.plant_name(row["plant"])) if row["plant"] else ""


def first(row: dict, chosen: Filters, words: str | None = None) -> str:
    """A document's name, which leads to its timeline."""
    return tables.inside(
        tables.timeline(row, chosen), words or row["name"] or f"{row['record_model']} {row['record_id']}"
    )


def machine(name: str, at: str | None, chosen: Filters) -> str:
    """Where a machine of a plant is told of."""
    return f"maintenance?{urlencode(chosen.query() | {'machine': name, 'at': at or ''}, doseq=True)}"


def count(part: int, whole: int, kind: str, sign: str) -> str:
    """How many of them are so: marked where some are."""
    return components.mark(kind, sign, texts.of(part, whole)) if part else components.mark("good", "✓", "none")


def risk(row: dict) -> str:
    """What a record puts at risk, by the rule of the unblock list."""
    if row["at_risk_amount"] is not None:
        words = readable.money(row["at_risk_amount"], row["held_up_currency"])
        return f'<strong class="pp-nowrap">{escape(words)}</strong>'
    if row["due_soon_count"]:
        return components.mark("none", "○", "value not known")
    return '<span class="pp-muted">–</span>'


def age(row: dict) -> str:
    """How long a record has stood still, and how that is against the usual."""
    words = unblock.age(row)
    told = components.mark("bad", "▲", words) if (row["age_ratio"] or 0) >= 1 else escape(words)
    return (
        f'<span class="pp-nowrap">{escape(readable.duration(row["age_seconds"]))}</span>'
        f'<span class="pp-below" title="{escape(texts.usual(row), quote=True)}">{told}</span>'
    )


def band(name: str, facts: Mapping[str, str | None], *notes: str) -> None:
    """Facts side by side, and what is to be said of them."""
    told = components.sub(" ".join(filter(None, notes)))
    components.panel(name, f'<div class="pp-facts">{components.facts(facts)}</div>', told)
