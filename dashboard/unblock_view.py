"""The parts of the unblock list: what stands still and what it puts at risk, one record of it, and what moved on."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from urllib.parse import urlencode

import streamlit as st

from dashboard import components, data, decision_view, filters, panel, tables, texts
from dashboard.components import mark
from dashboard.filters import Filters
from dashboard.tables import short, table
from queries import readable, subject, unblock

SHOWN = 25  # records before the rest is folded away
MOST = 200  # records of a table; the CSV has all
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
    with st.container(border=True, key="panel-summary"):
        st.html(f'<div class="pp-facts">{components.facts(facts)}</div>')
        st.html(f'<p class="pp-sub">{escape(texts.STUCK_RULE)} {escape(texts.STUCK_PERIOD)}</p>')
        decision_view.must_be_readable()


def queue(rows: list[dict], chosen: Filters) -> None:
    """Everything that stands still, cut by what the reader chose; what was put aside is folded away."""
    now, aside = decision_view.apart(rows)
    with st.container(border=True, key="panel-cases-stuck"):
        panel.head("unblock", "What stands still", "the worst first", rows)
        kept = _cut(now)
        if not kept:
            st.html(f'<p class="pp-sub">{escape(texts.STUCK_NONE)}</p>')
            return
        panel.body("What stands still", _columns(chosen), kept, SHOWN)
        if aside:
            with st.expander(texts.put_aside(len(aside)), icon=":material/notifications_off:"):
                table("Put aside", _columns(chosen), aside[:MOST])


def _cut(rows: list[dict]) -> list[dict]:
    """The rows of the value the reader chose of a cut: kind, person, workflow ..."""
    cuts = list(unblock.CUTS)
    with st.container(gap="small"):
        cut = st.segmented_control(
            texts.STUCK_CUT, cuts, default=cuts[0], required=True, key="cut", bind="query-params",
            label_visibility="collapsed",
        )  # fmt: skip
        counts = dict(unblock.counts(rows, cut))
        asked = st.query_params.get("only")
        shown = [*list(counts)[:PILLS], *[asked for _ in (1,) if asked in list(counts)[PILLS:]]]
        only = filters.pick("only", shown, f"Only this {cut}", lambda value: f"{_words(cut, value)} {counts[value]}")
    return [row for row in rows if only is None or unblock.of_row(row, cut) == only]


def _words(cut: str, value: str) -> str:
    return components.plain(texts.STUCK_KIND.get(value, value) if cut == "kind" else texts.short(value, 32))


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
    with st.container(border=True, key="panel-cases-moved-on"):
        panel.head("moved_on", "Moved on today", texts.unblocked(moved, components.zone()), moved)
        if not moved:
            st.html(f'<p class="pp-sub">{escape(texts.UNBLOCKED_NONE)}</p>')
            return
        columns = {
            "What": lambda row: (
                (_timeline(row, chosen, row["name"]) or escape(row["name"] or "–"))
                + tables.below(texts.sentence(texts.STUCK_KIND[row["kind"]]))
            ),
            "Became": lambda row: escape(row["outcome"]),
            "After": short(lambda row: readable.duration(row["stuck_seconds"])),
            "By": lambda row: escape(row["ended_by"] or row["responsible"] or "–"),
            "When": lambda row: tables.when(row["ended_at"], row["plant"]),
        }
        panel.body("Moved on today", columns, moved, SHOWN)
