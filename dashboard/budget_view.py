"""The budget of a KPI with a service level: misses allowed and used, how long they last, what is left out of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from html import escape

import streamlit as st

from dashboard import choices, components, data, download, tables, texts
from dashboard.components import mark
from dashboard.filters import Filters
from queries import budget, decision, readable
from queries.budget import Budget
from queries.catalog import Kpi
from queries.measure import NONE

MISSES = 200
CORRECT = "leave_out"  # in the URL, while the form is open


def line(found: Sequence[Budget] | None) -> str:
    """A card's line: the budget of this month, of all plants and of the single one that is furthest over."""
    if found is None:
        return f'<div class="pp-line pp-budget">{mark("none", "○", texts.NO_DECISIONS)}</div>'
    if not found:
        return ""
    first, *plants = found
    words = [_state(first, f"budget {_misses(first)}, ").replace(f" {readable.AT_THIS_PACE}", "")]
    over = sorted((one for one in plants if one.is_used_up), key=lambda one: one.n_allowed - one.n_missed)
    if over:
        names = [data.plant_name(one.plant) for one in over if one.plant != NONE]
        words.append(f'<span class="pp-muted">used up {escape(texts.over(names, len(names) < len(over)))}</span>')
    return f'<div class="pp-line pp-budget">{" ".join(words)}</div>'


def panel(kpi: Kpi, filters: Filters) -> None:
    """The running month of each plant, the months before, the misses, and the corrections."""
    months = data.budgets(kpi, filters)
    if not months:
        if filters.narrowed and data.budgets(kpi, replace(filters, families=(), people=())):
            st.html(f'<p class="pp-sub">{mark("none", "○", texts.NO_BUDGET_NARROWED)}</p>')
        return
    now = [one for one in months if one.start == months[0].start]
    download.offer(f"{kpi.name}_budget", f"Budget of {kpi.title}", months)
    head = components.heading_html(f"Budget of {now[0].start:%B}", texts.budget(now))
    is_asked = False
    if data.may_decide(decision.BUDGET_CORRECTION):
        is_asked = choices.is_shown(CORRECT)
        head = components.between(head, choices.toggle(CORRECT, "Leave days out"))
    with st.container(border=True, key="panel-budget"):
        if is_asked:
            st.html(head)
            _correct(kpi)
            head = ""
        st.html(head + _running(now, months) + _earlier(months[len(now) :]) + _missed(kpi, now, filters))
        _corrections(kpi, filters)


def _running(now: list[Budget], months: list[Budget]) -> str:
    """The running month of each plant."""
    table = tables.table_html(f"Budget of {now[0].start:%B %Y} by plant", {
        "Plant": lambda one: _plant(one.plant),
        "": lambda one: _bar(one),
        "Misses": tables.short(_misses),
        "Due so far": tables.short(
            lambda one: f"{readable.number(one.n_due)} of about {readable.number(one.n_expected)} due"
        ),
        "Pace": tables.short(lambda one: texts.pace(one.pace)),
        "State": lambda one: _state(one),
    } | _levels(now), now)  # fmt: skip
    return table + components.sub(texts.left_out(now, months)) * any(one.n_corrected for one in months)


def _earlier(months: list[Budget]) -> str:
    if not months:
        return ""
    return choices.unfolding("months_before", "Months before", lambda: tables.table_html(
        "Budgets of the months before", {
            "Month": lambda one: f"{one.start:%B %Y}",
            "Plant": lambda one: _plant(one.plant),
            "Misses": tables.short(_misses),
            "Due": lambda one: readable.number(one.n_due),
            "State": lambda one: _state(one),
        }, months,
    ))  # fmt: skip


def _missed(kpi: Kpi, now: list[Budget], filters: Filters) -> str:
    """The records behind the misses of this month, each with its link."""
    month = now[0]
    rows = data.misses(month, tuple(one.plant for one in now if one.plant), MISSES)

    def inside() -> str:
        found = rows()
        newest = components.sub(f"the newest {MISSES}") if len(found) == MISSES else ""
        return newest + tables.misses(found, kpi, filters, data.plant_name)

    download.offer(f"{kpi.name}_misses", f"Misses of {kpi.title}", rows)
    return choices.unfolding("misses", f"The misses of {month.start:%B}", inside)


def _corrections(kpi: Kpi, filters: Filters) -> None:
    """Which days are left out, by whom and why; and the form that takes one back."""
    found = [
        one
        for one in data.corrections()
        if one.kpi in (None, kpi.name) and (not filters.plants or one.plant in (None, *filters.plants))
    ]
    if not found:
        return
    with st.expander(f"Days left out ({sum(one.holds for one in found)})", expanded=True, key="corrections"):
        download.offer("days_left_out", "Days left out of the budget", found)
        tables.table("Days left out of the budget", {
            "Days": tables.short(texts.days_of),
            "Plant": lambda one: _plant(one.plant),
            "Cause": lambda one: escape(one.cause),
            "Why": lambda one: escape(one.why),
            "Who": lambda one: f"{escape(one.who)}, {tables.when(one.decided_at)}",
            "State": lambda one: mark("good", "✓", "holds") if one.holds
            else mark("none", "○", f"taken back by {one.withdrawn_by}: {one.withdrawn_why}"),
        }, found)  # fmt: skip
        holding = [one for one in found if one.holds]
        if holding and data.may_decide(decision.BUDGET_CORRECTION):
            with st.popover("Take one back", icon=":material/undo:"), st.form("withdraw", border=False):
                chosen = st.selectbox("Which", holding, format_func=texts.correction)
                who, role, why = components.who_decides()
                if st.form_submit_button("Take it back"):
                    components.keep(lambda: data.withdraw(chosen.id, who, why, role))


def _correct(kpi: Kpi) -> None:
    """The form that leaves days out."""
    with st.form("correct"):
        st.html(f'<p class="pp-sub">{escape(texts.CORRECT)}</p>')
        today = data.as_of().date()
        days = st.date_input("From and until", (today - timedelta(days=1), today), format="YYYY-MM-DD")
        names = data.plant_names()
        plants = [*([None] if data.sees_all_plants() else []), *names]
        plant = st.selectbox("Plant", plants, format_func=lambda code: names.get(code, "All plants"))
        cause = st.selectbox("Cause", decision.CAUSES)
        every = st.checkbox("In the budgets of all KPIs")
        who, role, why = components.who_decides()
        if st.form_submit_button("Leave them out"):
            first, last = (*days, *days)[:2] if days else (today, today)
            of = {"kpi": None if every else kpi.name, "plant": plant, "role": role}
            components.keep(lambda: data.correct(who, cause, why, first, last, **of))


def _plant(code: str | None) -> str:
    return "<b>All plants</b>" if code is None else escape(data.plant_name(code))


def _levels(now: list[Budget]) -> dict:
    """A column that says what is promised, where plants differ."""
    if len({(one.objective, one.limit) for one in now}) == 1:
        return {}
    return {"Promised": lambda one: escape(readable.service_level(one.objective, one.limit, one.clock))}


def _misses(one: Budget) -> str:
    if one.reason:
        return "–"
    return readable.misses(one.n_missed, one.n_allowed, one.is_running)


def _bar(one: Budget) -> str:
    if one.reason:
        return ""
    kind = ' class="pp-used-up"' if one.is_used_up else ""
    used = min(one.n_missed / one.n_allowed, 1)
    return f'<span class="pp-bar"><i{kind} style="width:{100 * used:.1f}%"></i></span>'


def _state(one: Budget, before: str = "") -> str:
    words = budget.state(one)
    if one.reason:
        return mark("none", "○", f"no budget: {words}")
    if one.is_over or (one.is_running and one.is_used_up):
        return mark("bad", "✕", before + words)
    if one.gone_on:
        return mark("warn", "!", before + words)
    return mark("good", "✓", before + words)
