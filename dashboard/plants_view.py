"""The parts of the page of plants side by side: KPIs, shifts, how alike they work, exposure, what changes did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from html import escape
from urllib.parse import urlencode

import streamlit as st

from dashboard import cards, components, data, panel, sparkline, tables, texts
from dashboard.components import mark
from dashboard.filters import Filters
from dashboard.reading import Reading, is_better, is_too_few
from dashboard.tables import below, inside, short, table, table_html
from queries import brief, readable
from queries.brief import Shift
from queries.catalog import Kpi
from queries.conformance import Exposure
from queries.harmonization import ALIKE, DIFFERENT
from queries.signal import ABOVE

MOVES = 3
SHOWN = 15
CLOSE = 95  # an index from which on a plant works much as the others, however sure it is that it differs
INDEX, CONFORMANCE = "harmonization_index", "conformance_rate"


def kpis(filters: Filters) -> None:
    """Each KPI of each plant beside its target and the group: the headlines open, the others folded by domain."""
    board = data.board(filters, by_plant=list(data.kpis()), is_brief=True)
    with st.container(border=True, key="panel-matrix"):
        rows = [cards.as_row(reading, plant) for (_, plant), reading in board.items()]
        panel.head("kpis_by_plant", "KPIs by plant", texts.MATRIX, rows, of=())
        plants = filters.plants or tuple(data.plant_names())
        headlines = data.domains().get(data.HEADLINE, [])
        table(texts.HEADLINES, _columns(plants, filters), [_row(kpi, plants, board) for kpi in headlines])
        others = {domain: found for domain, found in data.domains().items() if domain != data.HEADLINE}
        numbers = [board[kpi.name, plant] for found in others.values() for kpi in found for plant in plants]
        with st.expander(texts.standing(texts.OTHERS, "number", numbers)):
            columns, parts = _columns(plants, filters), []
            for domain, found in others.items():
                title, rows = texts.domain(domain), [_row(kpi, plants, board) for kpi in found]
                parts += [components.heading_html(title), table_html(f"{title} by plant", columns, rows)]
            st.html("".join(parts))  # one of many is drawn sooner than many


def _row(kpi: Kpi, plants: Sequence[str], board: Mapping[tuple, Reading]) -> dict[str | None, Reading]:
    """What the board says of a KPI, by plant (None: the group)."""
    return {plant: board[kpi.name, plant] for plant in (None, *plants)}


def _columns(plants: Sequence[str], filters: Filters) -> dict:
    return {
        "KPI": lambda row: _kpi(row[None], filters),
        "Group": lambda row: _cell(row[None], None),
    } | {
        data.plant_name(plant): lambda row, plant=plant: _cell(row[plant], row[None], _to(row[plant], plant, filters))
        for plant in plants
    }


def _kpi(reading: Reading, filters: Filters) -> str:
    goal = f"target {texts.target(reading.kpi, reading.target)}" if reading.target is not None else "no target"
    words = ", ".join(filter(None, (texts.statistic(reading.kpi), goal)))
    return inside(_address(reading.kpi.name, filters), reading.kpi.title) + below(words)


def _to(reading: Reading, plant: str, filters: Filters) -> str:
    return _address(reading.kpi.name, filters, plant)


def _address(kpi: str, filters: Filters, plant: str | None = None) -> str:
    """The page of a KPI, in the chosen plants or in one."""
    return f"kpi?{urlencode(filters.query() | {'kpi': kpi} | ({'plant': plant} if plant else {}), doseq=True)}"


def _cell(reading: Reading, group: Reading | None, address: str = "") -> str:
    """A number with whether it meets its target, and below how it stands to the group, its cases and its verdict."""
    kpi, now = reading.kpi, reading.now
    if now.value is None:
        return mark("none", "○", texts.short(now.reason or "no number", 60))
    words = readable.measured(now.value, kpi.unit)
    value = inside(address, words) if address else f"<b>{escape(words)}</b>"
    met = reading.meets_target
    if met is not None:
        value += " " + (mark("good", "✓", "met") if met else mark("bad", "✕", "missed"))
    elif reading.target is not None and is_too_few(kpi, now):
        value += " " + mark("none", "○", "few cases", texts.too_few(now.n))
    beside = group and texts.beside_group(kpi, now.value, group.now.value)
    words = " · ".join(filter(None, (beside, f"n = {readable.number(now.n)}")))
    period = escape(texts.period(kpi, *now.days), quote=True)
    return f'<span title="{period}">{value}</span>{below(words)}{_moved(reading)}'


def _moved(reading: Reading) -> str:
    """A real shift in words; nothing in a normal week."""
    found = reading.verdict
    if found is None or not found.is_shift:
        return ""
    better = is_better(reading.kpi, found)
    kind = "none" if better is None else "good" if better else "bad"
    return mark(kind, "▲" if found.kind == ABOVE else "▼", texts.shift(found, better))


def drift(filters: Filters) -> None:
    """Which plants got worse or better in which KPI, by the rule of the morning brief."""
    found = data.shifts(filters)
    with st.container(border=True, key="panel-cases-drift"):
        panel.head("shifts", "Who improves and who drifts", texts.drift(found), [asdict(one) for one in found])
        if found:
            table("Who improves and who drifts", _drift_columns(filters), found[:SHOWN])
        if found[SHOWN:]:
            with st.expander(f"{len(found) - SHOWN} more"):
                table("More that improve or drift", _drift_columns(filters), found[SHOWN:])


def _drift_columns(filters: Filters) -> dict:
    def number(one: Shift, value: float) -> str:
        return readable.measured(value, data.by_clock(data.kpis()[one.kpi], filters).unit)

    return {
        "": lambda one: mark(*texts.DIRECTION_OF_SHIFT[one.is_better]),
        "Plant": lambda one: escape(data.plant_name(one.plant)),
        "KPI": lambda one: inside(_address(one.kpi, filters, one.plant), data.kpis()[one.kpi].title),
        "Usual → now": short(lambda one: f"{number(one, one.usual)} → {number(one, one.value)}"),
        "Since": short(lambda one: readable.day(one.since)),
        "How sure": lambda one: escape(brief.SURE[one.confidence]),
        "Cases": lambda one: escape(f"n = {readable.number(one.n)}, week of {readable.day(one.start)}"),
    }


def harmonization(filters: Filters) -> None:
    """How alike each plant's ways are to those of the others, and which moves close the gap; the furthest first."""
    found, months, moves = data.harmonization(filters)
    with st.container(border=True, key="panel-cases-harmonization"):
        note = texts.HARMONIZATION if found else texts.NO_HARMONIZATION
        panel.head("harmonization", "How alike plants work", note, found)
        if found:
            table("Harmonization index by process and plant", {
                "Process": lambda row: escape(texts.sentence(row["workflow"])),
                "Plant": lambda row: escape(data.plant_name(row["plant"])),
                "Index of 100": lambda row: _index(row, filters),
                "Twelve months": lambda row: _months(months[row["workflow"], row["plant"]]),
                "What closes the gap": lambda row: _moves(moves[row["workflow"], row["plant"]]),
            }, found)  # fmt: skip


def _index(row: dict, filters: Filters) -> str:
    if row["value"] is None:
        return mark("none", "○", row["reason"])
    state = mark("none", "≈", ALIKE)
    if row["state"] == DIFFERENT:
        state = mark("warn", "≠", "differs") if row["value"] < CLOSE else mark("none", "≈", "hardly differs")
    low, high = (readable.number(row[name], 1) for name in ("low", "high"))
    reach = f"{low} to {high} · n = {readable.number(row['n'])} · {row['period']}"
    value = inside(_address(INDEX, filters, row["plant"]), readable.number(row["value"], 1))
    return f"{value} {state}{below(reach)}"


def _months(rows: list[dict]) -> str:
    values = [row["value"] for row in rows]
    known = [value for value in values if value is not None]
    words = f"{len(known)} months: between {min(known):.0f} and {max(known):.0f}" if len(known) > 1 else "no trend yet"
    return sparkline.draw(values, None, words)


def _moves(rows: list[dict]) -> str:
    if not rows:
        return "–"
    items = "".join(f"<li>{escape(texts.move(row))}</li>" for row in rows[:MOVES])
    more = below(f"and {len(rows) - MOVES} smaller ones") if len(rows) > MOVES else ""
    return f'<ul class="pp-moves">{items}</ul>{more}'


def exposure(filters: Filters) -> None:
    """Which inconsistency costs most: deviations from process rules by delay, money and compliance, the worst first."""
    found = data.exposures(filters)
    with st.container(border=True, key="panel-cases-exposure"):
        note, rows = texts.EXPOSURE if found else texts.NO_EXPOSURE, [_exposed(one) for one in found]
        panel.head("exposure", "Which inconsistency costs most", note, rows, of=())
        if found:
            heavy = [one for one in found[:SHOWN] if one.score is not None and one.score >= 1]
            table("Which inconsistency costs most", _exposure_columns(filters), heavy)
            if found[len(heavy) :]:
                with st.expander(texts.lighter(len(found) - len(heavy))):
                    table("Other inconsistencies", _exposure_columns(filters), found[len(heavy) :])


def _exposure_columns(filters: Filters) -> dict:
    return {
        "": lambda one: f"<b>{one.place}</b>" if one.place else mark("none", "○", "accepted"),
        "Rule that is broken": lambda one: escape(texts.sentence(one.of.rule)) + below(one.of.definition),
        "Plant": lambda one: escape(data.plant_name(one.of.plant) if one.of.plant else "no plant"),
        "Score": lambda one: f"<b>{one.score:.0f}</b>" if one.score is not None else _kept(one),
        "Cases": lambda one: inside(
            _address(CONFORMANCE, filters, one.of.plant), texts.of(one.of.n, one.of.n_concerned)
        ),
        "Share": short(lambda one: texts.between(one.of.share, one.of.low, one.of.high)),
        "Hours": lambda one: escape(texts.hours_lost(one.of)),
        "Money at stake": short(lambda one: readable.money(one.of.amount, one.of.currency)),
        "Weight": short(lambda one: f"{one.of.weight:g}"),
        "Owner": lambda one: escape(one.of.acceptance.owner if one.of.acceptance else one.of.owner),
    }


def _kept(one: Exposure) -> str:
    return escape(f"until {readable.day(one.of.acceptance.until_on)}")


def _exposed(one: Exposure) -> dict:
    row = {key: value for key, value in asdict(one.of).items() if key != "acceptance"}
    return (
        {"place": one.place, "score": one.score}
        | row
        | {"accepted_until": one.of.acceptance and one.of.acceptance.until_on}
    )


def changes(filters: Filters) -> None:
    """What automation and other changes did: what moved a KPI first, then what did not, then what cannot be told."""
    found = data.change_effects(filters)
    told = [row for row in found if row["verdict"]]
    untold = [row for row in found if not row["verdict"]]
    with st.container(border=True, key="panel-cases-effects"):
        panel.head("changes", "What the automation changed", texts.CHANGES if found else texts.NO_EFFECTS, found)
        if told:
            table("What changes did", _effect_columns(filters), told)
        if untold:
            with st.expander(texts.untold(len(untold))):
                table("Changes of which it cannot be told", _effect_columns(filters), untold)


def _effect_columns(filters: Filters) -> dict:
    def kpi(row: dict):
        return data.by_clock(data.kpis()[row["kpi"]], filters)

    return {
        "When": short(lambda row: readable.seen(row["after_at"], row["changed_at"])),
        "Change": tables.change,
        "KPI": lambda row: inside(_address(row["kpi"], filters, row["plant"]), kpi(row).title),
        "Plant": lambda row: escape(data.plant_name(row["plant"]) if row["plant"] else "all"),
        "Before → after": short(lambda row: texts.before_after(row, kpi(row).unit)),
        "Through the change": lambda row: tables.effect(row, kpi(row)),
    }
