"""The parts of the approvals page: what waits and with whom, when it stalls, how people decide, and what if."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from html import escape

import streamlit as st

from dashboard import budget_view, components, data, download, panel, tables, texts
from dashboard.components import mark
from dashboard.filters import Filters
from dashboard.tables import short, table
from queries import approval, readable
from queries.approval import Cell, Step

SHOWN = 15
FEW = 5  # steps of a cell of the week, below which its median says nothing
SLA = "approval_sla_breach_share"


def summary(queue: list[dict], chosen: Filters) -> None:
    """How many wait, how many past their limit, how old, what that is worth, and what is left of the month's budget."""
    late = sum(bool(row["is_late"]) for row in queue)
    oldest = max((row["age_seconds"] for row in queue if row["age_seconds"] is not None), default=None)
    held = sum(bool(row["due_soon_count"]) for row in queue)
    budgets = data.budgets(data.kpis()[SLA], chosen) if SLA in data.kpis() else []
    facts = {
        "Wait for a decision": escape(texts.step_count(len(queue))),
        "Past their limit": mark("bad", "✕", f"{late} of {len(queue)}") if late else mark("good", "✓", "none"),
        "The oldest": escape(readable.duration(oldest)) if oldest is not None else None,
        "Worth": _worth(queue),
        "Hold up orders due soon": mark("warn", "!", f"{held}") if held else mark("good", "✓", "none"),
    }
    with st.container(border=True, key="panel-summary"):
        st.html(f'<div class="pp-facts">{components.facts(facts)}</div>')
        if chosen.narrowed:
            st.html(f'<p class="pp-sub">{mark("none", "○", texts.NO_BUDGET_NARROWED)}</p>')
        if budget_line := budget_view.line(budgets and [one for one in budgets if one.start == budgets[0].start]):
            st.html(budget_line)
        st.html(f'<p class="pp-sub">{escape(texts.APPROVAL_PERIOD)}</p>')
        with st.container(horizontal=True, gap="small"):
            for name in (SLA, "purchase_approval_turnaround", "rubber_stamp_share"):
                if name in data.kpis():
                    components.link("kpi", data.kpis()[name].title, chosen, kpi=name)


def _worth(queue: list[dict]) -> str | None:
    known = [row for row in queue if row["reporting_amount"] is not None]
    if not known:
        return None
    words = readable.money(sum(row["reporting_amount"] for row in known), known[0]["reporting_currency"])
    return escape(words if len(known) == len(queue) else f"{words}, {len(queue) - len(known)} without a value")


def aging(queue: list[dict]) -> None:
    """How long what waits has waited, by classes of age."""
    found = approval.ages(queue)
    top = max(one.count for one in found) or 1
    currency = next((row["reporting_currency"] for row in queue if row["reporting_currency"]), None)
    with st.container(border=True, key="panel-aging"):
        panel.head("approval_ages", "How long they have waited", "since their turn came, elapsed time", found, queue)
        table("Open steps by age", {
            "Age": short(lambda one: one.words),
            "": lambda one: f'<span class="pp-bar"><i style="width:{100 * one.count / top:.0f}%"></i></span>',
            "Steps": tables.numbered(lambda one: one.count),
            "Past limit": lambda one: mark("bad", "✕", str(one.late_count)) if one.late_count else "–",
            "Worth": short(lambda one: readable.money(one.amount, currency) if one.count else "–"),
        }, found)  # fmt: skip


def holders(queue: list[dict], by_person: bool) -> None:
    """Who holds what: by tier or role, or by the person asked where that is one."""
    found = approval.holders(queue, by_person)
    currency = next((row["reporting_currency"] for row in queue if row["reporting_currency"]), None)
    with st.container(border=True, key="panel-cases-holders"):
        note = texts.APPROVAL_GROUPED if found else texts.APPROVAL_NONE
        panel.head("approval_holders", "Who holds what", note, found, queue)
        if found:
            table("Who holds what", {
                "Waits for": lambda one: escape(one.name) + _plant(one.plant),
                "Steps": tables.numbered(lambda one: one.count),
                "Past limit": lambda one: mark("bad", "✕", str(one.late_count)) if one.late_count else "–",
                "Oldest": short(lambda one: readable.duration(one.oldest_seconds)),
                "Worth": short(lambda one: readable.money(one.amount, currency)),
                "Hold up orders due soon": tables.numbered(lambda one: one.holding_count),
            }, found)  # fmt: skip


def _plant(code: str | None) -> str:
    return tables.below(data.plant_name(code)) if code else ""


def queue(rows: list[dict], chosen: Filters) -> None:
    """Every step that waits, those longest past their limit first."""
    with st.container(border=True, key="panel-cases-queue"):
        note = "those longest past their limit first" if rows else texts.APPROVAL_NONE
        panel.head("approvals", "What waits", note, rows)
        if rows:
            panel.body("Approvals that wait", _columns(chosen), rows, SHOWN)


def _columns(chosen: Filters) -> dict[str, Callable[[dict], str]]:
    return {
        "Document": lambda row: tables.inside(tables.timeline(row, chosen), row["name"])
        + tables.below(" · ".join(filter(None, (row["vendor"], row["product"])))),
        "Amount": short(lambda row: readable.money(row["amount"], row["currency"])),
        "Waits": _wait,
        "For": lambda row: escape(row["awaited"] or row["step_name"])
        + tables.below(" · ".join(filter(None, (
            row["step_name"] if row["awaited"] else None, data.plant_name(row["plant"]) if row["plant"] else None,
        )))),
        "Holds up": lambda row: escape(_held(row)),
        "Odoo": lambda row: tables.outside(row["record_url"]),
    }  # fmt: skip


def _wait(row: dict) -> str:
    """How long, and how that is against the limit and, on pointing at it, the usual."""
    words = f'<span class="pp-nowrap">{escape(readable.duration(row["age_seconds"]))}</span>'
    if not row["limit_seconds"]:
        return words
    share = f"{readable.number(row['age_seconds'] / row['limit_seconds'], 1)} × limit"
    told = mark("bad", "▲", share) if row["is_late"] else escape(share)
    return f'{words}<span class="pp-below" title="{escape(texts.usual(row), quote=True)}">{told}</span>'


def _held(row: dict) -> str:
    if not row["due_soon_count"]:
        return "–"
    orders = f"{row['due_soon_count']} due soon"
    if row["at_risk_amount"] is None:
        return orders
    return f"{orders}, {readable.money(row['at_risk_amount'], row['held_up_currency'])} at risk"


def week(steps: Sequence[Step], chosen: Filters) -> None:
    """When it stalls: the median wait by the weekday and hour in which steps had their turn."""
    cells = data.approval_week(chosen)
    with st.container(border=True, key="panel-week"):
        note = texts.APPROVAL_WEEK if cells else texts.NO_ROWS
        found = [{"weekday": day, "from_hour": hour} | asdict(cell) for (day, hour), cell in cells.items()]
        panel.head("approval_week", "When it stalls", note, found, steps)
        if not cells:
            return
        known = [
            cell.median_seconds for cell in cells.values() if cell.count >= FEW and cell.median_seconds is not None
        ]
        top = max(known, default=1) or 1
        slots = sorted({hour for _, hour in cells})
        columns = {"Day": lambda day: f"<b>{approval.WEEKDAYS[day - 1]}</b>"}
        for hour in slots:
            columns[f"{hour:02d} to {hour + approval.SLOT:02d}"] = lambda day, hour=hour: _cell(
                cells.get((day, hour)), top
            )
        table("Median wait by weekday and hour", columns, sorted({day for day, _ in cells}))


def _cell(cell: Cell | None, top: float) -> str:
    """The wait and how many, on a ground that is the darker the longer it is."""
    if cell is None:
        return '<span class="pp-muted">–</span>'
    below = tables.below(f"n = {cell.count}")
    if cell.count < FEW:
        return f'<span class="pp-heat" title="too few to say"><span class="pp-muted">few</span>{below}</span>'
    share = 40 * (1 if cell.median_seconds is None else cell.median_seconds / top)
    words = "half open" if cell.median_seconds is None else readable.duration(cell.median_seconds)
    hint = f"{cell.late_count} of {cell.count} past their limit"
    return f'<span class="pp-heat" style="--heat:{share:.0f}%" title="{hint}">{escape(words)}{below}</span>'


def check(groups: list[dict]) -> None:
    """Whether decisions are looked at, and whether the deciders can keep up: by tier or role, never by name."""
    with st.container(border=True, key="panel-cases-check"):
        panel.head("approver_groups", "How groups decide", texts.APPROVAL_CHECK if groups else texts.NO_ROWS, groups)
        if groups:
            table("How groups of approvers decide", {
                "Group": lambda row: escape(row["approver_group"]) + _plant(row["plant"]),
                "Verdict": lambda row: mark(*texts.APPROVER_VERDICT.get(row["verdict"], ("none", "○", row["verdict"])))
                + tables.below(row["reason"] or ""),
                "Decided": lambda row: escape(texts.decisions_by(row)),
                "Half within": short(lambda row: readable.duration(row["median_seconds"])),
                "In seconds or bursts": lambda row: _share(row, "hasty"),
                "Past limit": lambda row: _share(row, "late"),
                "Open per approver": short(lambda row: readable.number(row["open_per_approver"], 1)),
                "Days nobody decided": short(lambda row: texts.of(row["hole_count"], row["waiting_day_count"])),
            }, groups)  # fmt: skip


def _share(row: dict, what: str) -> str:
    share = row[f"{what}_share"]
    if share is None:
        return "–"
    around = texts.interval(row[f"{what}_share_low"], row[f"{what}_share_high"])
    return f'<span class="pp-nowrap">{share * 100:.0f} %</span>' + tables.below(around)


def people(steps: Sequence[Step]) -> None:
    """How each person decided."""
    found = approval.people(steps)
    with st.container(border=True, key="panel-cases-people"):
        panel.head("approvers", "How people decide", texts.APPROVAL_PERSONS if found else texts.NO_ROWS, found, steps)
        if found:
            panel.body("How people decide", {
                "Person": lambda one: escape(one.name) + _plant(one.plant),
                "Decided": tables.numbered(lambda one: one.count),
                "Half within": short(lambda one: readable.duration(one.median_seconds)),
                "Past limit": short(lambda one: texts.of(one.late_count, one.count)),
                "Within 10 s": short(lambda one: texts.of(one.quick_count, one.count)),
                "Rejected": short(lambda one: texts.of(one.rejected_count, one.count)),
            }, found, SHOWN)  # fmt: skip


def what_if(steps: Sequence[Step], chosen: Filters) -> None:
    """Another threshold and another limit, tried on past cases."""
    top, size = approval.thresholds(steps)
    usual = approval.usual_limit(steps)
    currency = next((one.currency for one in steps if one.currency), None)
    with st.container(border=True, key="panel-what-if"):
        components.heading("What if", texts.WHAT_IF if size else texts.WHAT_IF_NONE)
        if not size:
            return
        amount, limit = st.columns(2, gap="medium")
        with amount:
            threshold = st.slider(
                f"Nobody is asked below ({currency or 'no currency'})", 0.0, top, 0.0, size, format="%,.0f",
                key="threshold",
            )  # fmt: skip
        with limit:
            hours = st.slider(
                "To be decided within (hours)",
                4,
                240,
                round((usual or 72 * readable.HOUR) / readable.HOUR),
                4,
                key="limit",
            )
        now = data.approval_what_if(chosen)
        then = data.approval_what_if(chosen, threshold, hours * readable.HOUR)
        lines = [
            ("Steps asked for", readable.number(now.asked_count), readable.number(then.asked_count)),
            ("Past their limit", texts.late(now), texts.late(then)),
            ("Approvals saved", "–", texts.saved(then, len(steps))),
            ("Waiting saved", "–", readable.duration(then.saved_seconds) if then.saved_count else "none"),
            ("Exposure: passed unseen", "–", texts.exposed(then, currency)),
            ("Of these, rejected then", "–", texts.rejected(then, currency)),
        ]
        table("What past cases would have been like", {
            "": lambda line: escape(line[0]),
            "As it was": short(lambda line: line[1]),
            "What if": lambda line: f"<strong>{escape(line[2])}</strong>",
        }, lines)  # fmt: skip
        rows = [dict(zip(("what", "as_it_was", "what_if"), line, strict=True)) for line in lines]
        download.offer("what_if", "What if", rows)
        if now.unvalued_count:
            st.html(f'<p class="pp-sub">{escape(texts.unvalued(now.unvalued_count))}</p>')
