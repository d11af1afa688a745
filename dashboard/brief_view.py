"""The parts of the morning brief: its sentences, what became of decisions, headline KPIs by plant, and all others; each
as HTML."""

from __future__ import annotations

from dataclasses import replace
from html import escape

from dashboard import cards, components, data, download, tables, texts
from dashboard.choices import is_shown, toggle
from dashboard.components import mark, panel_html, sub
from dashboard.filters import Filters
from dashboard.reading import Reading
from queries import brief, readable
from queries.brief import Sentence
from queries.catalog import Kpi

DOMAIN = "domain"  # in the URL: whose other KPIs are shown
Board = dict[tuple[str, str | None], Reading]


def sentences(filters: Filters) -> str:
    """At most five sentences, each of which leads to its KPI, and what is said when there are no more."""
    found = data.morning(filters)
    not_judged = found.not_judged and components.fold(texts.not_judged_yet(len(found.not_judged)), tables.table_html(
        "Numbers that cannot be judged",
        {
            "KPI": lambda one: escape(data.kpis()[one[0]].title),
            "Plant": lambda one: escape(data.plant_name(one[1]) if one[1] else "all plants"),
            "Why": lambda one: mark("none", "○", one[2]),
        },
        found.not_judged,
    ))  # fmt: skip
    return panel_html(
        "brief",
        components.not_narrowed_html(list(filters.narrowed)),
        *(_sentence(one, filters) for one in found.sentences),
        f'<p class="pp-closing">{escape(found.closing)}</p>',
        not_judged or "",
    )


def _sentence(one: Sentence, filters: Filters) -> str:
    of = replace(filters, plants=(one.plant,) if one.plant else ())
    return (
        f'<div class="pp-told">{tables.inside(components.address("kpi", of, kpi=one.kpi), one.sentence)}'
        f"<p>{_judgement(one)}<span>{escape(_grounds(one))}</span></p></div>"
    )


def _judgement(one: Sentence) -> str:
    return mark(*texts.DIRECTION_OF_SHIFT[one.is_better])


def _grounds(one: Sentence) -> str:
    """week of 16 Nov · n = 53 · certain · Release lead time."""
    kpi = data.kpis()[one.kpi]
    said = [one.period, f"n = {readable.number(one.n)}", texts.statistic(kpi), brief.SURE[one.confidence], kpi.title]
    return " · ".join(word for word in said if word)


def decided(filters: Filters) -> str:
    """What became of what was decided lately, one line each."""
    found = data.decided_lately(filters)
    if not found:
        words = escape(texts.NOTHING_DECIDED) if found is not None else mark("none", "○", texts.DECISIONS_UNREADABLE)
        return f'<p class="pp-sub">{words}</p>'
    return panel_html("cases-decided", components.heading_html(texts.DECIDED), tables.table_html(texts.DECIDED, {
        "": lambda one: mark(*texts.ACTION_STATE[one.state], one.state),
        "About": lambda one: tables.inside(one.link, one.about) if one.link else escape(one.about),
        "Decided": lambda one: f"{escape(one.what)}{tables.below(f'{one.who}, {readable.day(one.at.date())}')}",
        "Since then": lambda one: escape(one.outcome),
    }, found))  # fmt: skip


def headlines(filters: Filters) -> str:
    """A card of each headline KPI of all plants and of each, or of those that were chosen."""
    board = _board(filters)
    kpis = data.domains().get(data.HEADLINE, [])
    numbers = [board[kpi.name, code] for kpi in kpis for code in filters.plants or data.plant_names()]
    listed = [(reading, plant) for (_, plant), reading in board.items() if reading.kpi in kpis]
    download.offer("headline_kpis", texts.HEADLINES, lambda: [cards.as_row(*one) for one in listed])
    head = components.heading_html(texts.HEADLINES, f"{texts.on_target(numbers)}; {texts.BRIEF_PERIOD}")
    if len(filters.plants) == 1:
        tiles = "".join(_tile(board[kpi.name, filters.plants[0]], filters, kpi.title) for kpi in kpis)
        shown = f'<div class="pp-minis">{tiles}</div>'
    elif filters.plants:
        shown = "".join(components.heading_html(kpi.title) + _of_plants(kpi, board, filters) for kpi in kpis)
    else:
        shown = "".join(
            f'<div class="pp-headline">{_tile(board[kpi.name, None], filters, kpi.title)}'
            f"{_of_plants(kpi, board, filters)}</div>"
            for kpi in kpis
        )
    return head + shown


def _board(filters: Filters) -> Board:
    return data.board(filters, by_plant=[kpi.name for kpi in data.domains().get(data.HEADLINE, [])])


def _of_plants(kpi: Kpi, board: Board, filters: Filters) -> str:
    """A tile for each plant beside each other."""
    tiles = (
        _tile(board[kpi.name, code], replace(filters, plants=(code,)), data.plant_name(code), kpi.title)
        for code in filters.plants or data.plant_names()
    )
    return f'<div class="pp-minis">{"".join(tiles)}</div>'


def _tile(reading: Reading, filters: Filters, title: str, of: str = "") -> str:
    """A KPI under its title; the whole tile leads to the KPI's page. A failing one is said in its place."""
    return components.guarded(title, lambda: cards.tile(reading, filters, title, of))


def others(filters: Filters) -> str:
    """A line of every other KPI, by domain: of all plants, or of the one that was chosen."""
    if len(filters.plants) > 1:
        return sub(texts.OTHERS_OF_SEVERAL) + components.link_html("plants", "Plants side by side", filters)
    if filters.narrowed:
        return sub(texts.OTHERS_NARROWED)
    board, plant = _board(filters), next(iter(filters.plants), None)
    found = {
        domain: [board[kpi.name, plant] for kpi in kpis]
        for domain, kpis in data.domains().items()
        if domain != data.HEADLINE
    }
    download.offer("other_kpis", texts.OTHERS, lambda: [
        {"domain": domain} | cards.as_row(reading, plant) for domain, readings in found.items() for reading in readings
    ])  # fmt: skip
    folded = "".join(_folded(domain, readings, filters) for domain, readings in found.items())
    return components.heading_html(texts.OTHERS, texts.OTHERS_OF) + folded


def _folded(domain: str, readings: list[Reading], filters: Filters) -> str:
    """The KPIs of a domain behind how they stand, drawn while somebody wants to see them."""
    title, shown = texts.domain(domain), is_shown(DOMAIN, domain)
    lines = cards.lines_html(title, readings, filters) if shown else ""
    return f'<div class="pp-fold">{toggle(DOMAIN, escape(texts.standing(title, "KPI", readings)), domain)}{lines}</div>'
