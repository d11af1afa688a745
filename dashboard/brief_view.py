"""The parts of the morning brief: its sentences, what became of decisions, headline KPIs by plant, and all others."""

from __future__ import annotations

from dataclasses import replace
from html import escape
from urllib.parse import urlencode

import streamlit as st

from dashboard import cards, components, data, download, tables, texts
from dashboard.components import mark
from dashboard.filters import Filters
from dashboard.reading import Reading
from queries import brief, readable
from queries.brief import Sentence
from queries.catalog import Kpi

Board = dict[tuple[str, str | None], Reading]


def sentences(filters: Filters) -> None:
    """At most five sentences, each of which leads to its KPI, and what is said when there are no more."""
    found = data.morning(filters)
    with st.container(border=True, gap=None, key="panel-brief"):
        components.not_narrowed(list(filters.narrowed))
        for number, one in enumerate(found.sentences):
            with st.container(gap=None, key=f"row-told-{number}"):
                plants = (one.plant,) if one.plant else ()
                components.link("kpi", one.sentence, replace(filters, plants=plants), kpi=one.kpi)
                st.html(f'<div class="pp-told">{_judgement(one)}<span>{escape(_grounds(one))}</span></div>')
        st.html(f'<p class="pp-closing">{escape(found.closing)}</p>')
        if found.not_judged:
            with st.expander(texts.not_judged_yet(len(found.not_judged))):
                tables.table("Numbers that cannot be judged", {
                    "KPI": lambda one: escape(data.kpis()[one[0]].title),
                    "Plant": lambda one: escape(data.plant_name(one[1]) if one[1] else "all plants"),
                    "Why": lambda one: mark("none", "○", one[2]),
                }, found.not_judged)  # fmt: skip


def _judgement(one: Sentence) -> str:
    return mark(*texts.DIRECTION_OF_SHIFT[one.is_better])


def _grounds(one: Sentence) -> str:
    """week of 16 Nov · n = 53 · certain · Release lead time."""
    kpi = data.kpis()[one.kpi]
    said = [one.period, f"n = {readable.number(one.n)}", texts.statistic(kpi), brief.SURE[one.confidence], kpi.title]
    return " · ".join(word for word in said if word)


def decided(filters: Filters) -> None:
    """What became of what was decided lately, one line each."""
    found = data.decided_lately(filters)
    if not found:
        words = escape(texts.NOTHING_DECIDED) if found is not None else mark("none", "○", texts.DECISIONS_UNREADABLE)
        st.html(f'<p class="pp-sub">{words}</p>')
        return
    with st.container(border=True, key="panel-cases-decided"):
        components.heading(texts.DECIDED)
        tables.table(texts.DECIDED, {
                "": lambda one: mark(*texts.ACTION_STATE[one.state], one.state),
                "About": lambda one: tables.inside(one.link, one.about) if one.link else escape(one.about),
                "Decided": lambda one: f"{escape(one.what)}{tables.below(f'{one.who}, {readable.day(one.at.date())}')}",
                "Since then": lambda one: escape(one.outcome),
            }, found)  # fmt: skip


def headlines(filters: Filters) -> None:
    """A card of each headline KPI of all plants and of each, or of those that were chosen."""
    board = _board(filters)
    kpis = data.domains().get(data.HEADLINE, [])
    numbers = [board[kpi.name, code] for kpi in kpis for code in filters.plants or data.plant_names()]
    rows = [cards.as_row(reading, plant) for (name, plant), reading in board.items() if data.kpis()[name] in kpis]
    download.offer("headline_kpis", texts.HEADLINES, rows)
    components.heading(texts.HEADLINES, f"{texts.on_target(numbers)}; {texts.BRIEF_PERIOD}")
    if len(filters.plants) == 1:
        with st.grid(3, min_column_width=230, gap="small"):
            for kpi in kpis:
                _card(board[kpi.name, filters.plants[0]], filters)
    elif filters.plants:
        for kpi in kpis:
            components.heading(kpi.title)
            st.html(_minis(kpi, board, filters))
    else:
        for kpi in kpis:
            group, plants = st.columns([1, 3], gap="small")
            with group:
                _card(board[kpi.name, None], filters)
            with plants:
                st.html(_minis(kpi, board, filters))


def _board(filters: Filters) -> Board:
    return data.board(filters, by_plant=[kpi.name for kpi in data.domains().get(data.HEADLINE, [])])


def _card(reading: Reading, filters: Filters) -> None:
    with components.guard(reading.kpi.title):
        cards.card(reading, filters)


def _minis(kpi: Kpi, board: Board, filters: Filters) -> str:
    """A card for each plant beside each other."""
    plants = filters.plants or data.plant_names()
    return f'<div class="pp-minis">{"".join(_mini(board[kpi.name, code], code, filters) for code in plants)}</div>'


def _mini(reading: Reading, plant: str, filters: Filters) -> str:
    address = f"kpi?{urlencode(filters.query() | {'plant': plant, 'kpi': reading.kpi.name}, doseq=True)}"
    is_grey = reading.now.value is None
    value = "no number" if is_grey else readable.measured(reading.now.value, reading.kpi.unit)
    label = f"{reading.kpi.title}, {data.plant_name(plant)}: {value}"
    return (
        f'<a class="pp-mini{" pp-mini-grey" * is_grey}" href="{escape(address, quote=True)}" target="_self" '
        f'aria-label="{escape(label, quote=True)}">'
        f"<b>{escape(data.plant_name(plant))}</b>{cards.body(reading)}</a>"
    )


def others(filters: Filters) -> None:
    """A line of every other KPI, by domain: of all plants, or of the one that was chosen."""
    if len(filters.plants) > 1:
        st.html(f'<p class="pp-sub">{escape(texts.OTHERS_OF_SEVERAL)}</p>')
        components.link("plants", "Plants side by side", filters)
        return
    if filters.narrowed:
        st.html(f'<p class="pp-sub">{escape(texts.OTHERS_NARROWED)}</p>')
        return
    components.heading(texts.OTHERS, texts.OTHERS_OF)
    board, plant = _board(filters), next(iter(filters.plants), None)
    found = {
        domain: [board[kpi.name, plant] for kpi in kpis]
        for domain, kpis in data.domains().items()
        if domain != data.HEADLINE
    }
    download.offer("other_kpis", texts.OTHERS, [
        {"domain": domain} | cards.as_row(reading, plant) for domain, readings in found.items() for reading in readings
    ])  # fmt: skip
    st.html("".join(_folded(texts.domain(domain), readings, filters) for domain, readings in found.items()))


def _folded(title: str, readings: list[Reading], filters: Filters) -> str:
    """The KPIs of a domain behind how they stand: HTML's own folding, as a page of widgets opens later."""
    words = escape(texts.standing(title, "KPI", readings))
    return f'<details class="pp-fold"><summary>{words}</summary>{cards.lines_html(title, readings, filters)}</details>'
