"""The parts of the unblock list: what stands still and what it puts at risk, one record of it, and what moved on."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from urllib.parse import urlencode

import streamlit as st

from dashboard import choices, components, data, decision_view, download, panel, tables, texts
from dashboard.components import mark
from dashboard.filters import Filters
from dashboard.tables import short
from queries import readable, subject, unblock

SHOWN = 25  # records before the rest is folded away
PILLS = 12


def address(row: dict) -> str:
    """What a link calls a record of the list."""
    return f"{row['instance']}:{row['record_model']},{row['record_id']}"


def summary(rows: list[dict], moved: list[dict], chosen: Filters) -> None:
    """How much stands still, what waits for it, and what moved on today."""
    now, _ = decision_view.apart(rows)
    slow = sum((row["age_ratio"] or 0) >= 1 for row in now)
    judged = sum(row["age_ratio"] is not None for row in now)
    total = data.stuck_totals(chosen)
    whole = tables.below(texts.NARROWED_NOT) if chosen.narrowed else ""
    worth = readable.money(total["amount"], total["currency"]) if total["amount"] is not None else None
    facts = {
        "Stand still": escape(readable.number(len(now))),
        "Due within 7 days and held up": mark("warn", "!", texts.orders_held(total)) + whole
        if total["order_count"]
        else mark("good", "✓", "no order"),
        "Worth": worth and escape(worth) + whole,
        "Longer than usual": mark("warn", "!", f"{slow} of {judged}") if slow else mark("good", "✓", "none"),
        "Moved on since 05:00": escape(readable.number(len(moved))),
    }
    components.panel(
        "summary",
        f'<div class="pp-facts">{components.facts(facts)}</div>',
        components.sub(f"{texts.STUCK_RULE} {texts.STUCK_PERIOD}"),
    )
    decision_view.must_be_readable()


def queue(rows: list[dict], chosen: Filters) -> None:
    """Everything that stands still, cut by what the reader chose; what was put aside is folded away."""
    now, aside = decision_view.apart(rows)
    download.offer("unblock", "What stands still", rows)
    choices, kept = _cut(now)
    title, columns = "What stands still", _columns(chosen)
    components.panel(
        "cases-stuck",
        panel.head_html(title, "the worst first", rows),
        choices,
        panel.body_html(title, columns, kept, SHOWN) if kept else components.sub(texts.STUCK_NONE),
        panel.folded(texts.put_aside(len(aside)), "Put aside", columns, aside) if aside else "",
    )


def _cut(rows: list[dict]) -> tuple[str, list[dict]]:
    """HTML of the cuts and of the values of the one in use (kind, person, workflow ...), and the rows of the value that
    the reader chose."""
    cut, cuts = choices.one_of_html("cut", list(unblock.CUTS), texts.STUCK_CUT)
    counts = dict(unblock.counts(rows, cut))
    asked = st.query_params.get("only")
    shown = [*list(counts)[:PILLS], *[asked for _ in (1,) if asked in list(counts)[PILLS:]]]
    only, picks = choices.pick_html("only", shown, f"Only this {cut}", lambda one: f"{_words(cut, one)} {counts[one]}")
    return cuts + picks, [row for row in rows if only is None or unblock.of_row(row, cut) == only]


def _words(cut: str, value: str) -> str:
    return texts.STUCK_KIND.get(value, value) if cut == "kind" else texts.short(value, 32)


def _columns(chosen: Filters) -> dict[str, Callable[[dict], str]]:
    return {
        "What": lambda row: tables.inside(_here(row, chosen), row["name"] or address(row)) + tables.below(_why(row)),
        "At risk": lambda row: _risk(row),
        "Stuck for": panel.age,
        "With": lambda row: escape(unblock.holder(row))
        + (tables.below(data.plant_name(row["plant"])) if row["plant"] else ""),
        "Holds up": lambda row: escape(unblock.held_up(row) or "–"),
        "State": lambda row: decision_view.state(row, _here(row, chosen)),
        "Go to": lambda row: _links(row, chosen),
    }  # fmt: skip


def _here(row: dict, chosen: Filters) -> str:
    return f"?{urlencode(chosen.query() | {'stuck': address(row)}, doseq=True)}"


def _why(row: dict) -> str:
    return " · ".join(part for part in (row["title"], row["detail"], row["also"] and f"also: {row['also']}") if part)


def _risk(row: dict) -> str:
    if row["at_risk_amount"] is None:
        words = unblock.risk(row)
        return mark("none", "○", words) if words else '<span class="pp-muted">–</span>'
    of = readable.money(row["due_soon_amount"], row["held_up_currency"])
    return f"<strong>{escape(unblock.risk(row))}</strong>" + tables.below(f"{readable.share(row['chance'], 0)} of {of}")


def _links(row: dict, chosen: Filters) -> str:
    return " · ".join(part for part in (_timeline(row, chosen), _odoo(row)) if part) or "–"


def _timeline(row: dict, chosen: Filters, words: str = "timeline") -> str:
    if row["timeline_id"] is None:
        return ""
    record = {
        "instance": row["about_instance"], "record_model": row["timeline_model"], "record_id": row["timeline_id"]
    }  # fmt: skip
    return tables.inside(tables.timeline(record, chosen), words)


def _odoo(row: dict, words: str = "Odoo") -> str:
    return tables.outside(row["record_url"], words) if row["record_url"] else ""


def record(asked: str, rows: list[dict], chosen: Filters) -> None:
    """One record of the list: why it stands still, what it holds up, and what is decided about it."""
    row = next((row for row in rows if address(row) == asked), None)
    if row is None:
        st.html(f'<div class="pp-note">{escape(texts.STUCK_GONE)}</div>')
        return
    facts = {
        "Open it": " · ".join(part for part in (_odoo(row, "in Odoo"), _timeline(row, chosen)) if part) or "–",
        "At risk": _risk(row),
        "Stuck for": panel.age(row),
        "Since": tables.when(row["since_at"], row["plant"]) if row["since_at"] else None,
        "With": escape(unblock.holder(row)),
        "Product": row["product"] and escape(row["product"]),
        "Work center": row["work_center"] and escape(row["work_center"]),
        "Plant": escape(data.plant_name(row["plant"])) if row["plant"] else None,
        "State": decision_view.standing(row),
    }
    with st.container(border=True, gap=None, key="panel-stuck-record"):
        st.html(components.band(row["name"] or asked, escape(f"{_why(row)}. Now: {row['remedy']}."), facts))
        st.html(f'<p class="pp-sub">{escape(texts.sentence(texts.usual(row)))}.</p>')
        with components.guard("Decisions"):
            decision_view.decisions(row["subject"], row["plant"], (subject.of_exception(row),))
    with components.guard("Orders it holds up"):
        about = {"instance": row["about_instance"], "record_model": row["about_model"], "record_id": row["about_id"]}
        panel.held_up(data.orders_behind(about), chosen)


def moved_on(moved: list[dict], chosen: Filters) -> None:
    """What moved on since five in the morning of its plant."""
    title, note = "Moved on today", texts.unblocked(moved, components.zone())
    if not moved:
        components.panel("cases-moved-on", components.heading_html(title, note), components.sub(texts.UNBLOCKED_NONE))
        return
    panel.listing("moved_on", title, note, {
        "What": lambda row: (
            (_timeline(row, chosen, row["name"]) or escape(row["name"] or "–"))
            + tables.below(texts.sentence(texts.STUCK_KIND[row["kind"]]))
        ),
        "Became": lambda row: escape(row["outcome"]),
        "After": short(lambda row: readable.duration(row["stuck_seconds"])),
        "By": lambda row: escape(row["ended_by"] or row["responsible"] or "–"),
        "When": lambda row: tables.when(row["ended_at"], row["plant"]),
    }, moved)  # fmt: skip
