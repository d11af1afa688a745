"""The filters every page shares. They live in the URL, so a link carries them and an illegal value falls back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from html import escape
from urllib.parse import urlencode

import streamlit as st

from dashboard import texts
from dashboard.choices import CHOSEN, SHARED, address, is_shown, keep, links, toggle
from queries.catalog import CLOCKS
from queries.plant import names

WEEKS = (4, 13, 26, 52)
TREND_WEEKS = 13
COMPANY, FAMILY, RESPONSIBLE = "company", "family", "responsible"  # in the URL
MORE, EXPORT = "more", "export"  # in the URL while the rarer filters, the files of the page are shown
DIMENSION = {FAMILY: "product_family", RESPONSIBLE: "responsible"}  # what rows and KPIs call them


@dataclass(frozen=True)
class Filters:
    """What the reader asked for; no plants means all that the reader may see. Companies are told by their plants:
    `plants` are those of them, or the ones chosen among these. Product families and people narrow what names them."""

    weeks: int = WEEKS[0]
    plants: tuple[str, ...] = ()
    clock: str = CLOCKS[0]
    companies: tuple[str, ...] = ()
    families: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    company_plants: tuple[str, ...] = ()  # all of the chosen companies

    def period(self, as_of: datetime) -> tuple[date, date]:
        """First day and the day after the last; the day of the data is in."""
        end = as_of.date() + timedelta(days=1)
        return end - timedelta(weeks=self.weeks), end

    def earlier(self, as_of: datetime) -> tuple[date, date]:
        """The period of the same length just before."""
        start, _ = self.period(as_of)
        return start - timedelta(weeks=self.weeks), start

    def trend(self, as_of: datetime) -> tuple[date, date]:
        """Whole weeks for a trend: the chosen ones, but never so few that a trend cannot be seen."""
        end = as_of.date() - timedelta(days=as_of.weekday())
        return end - timedelta(weeks=max(self.weeks, TREND_WEEKS)), end

    @property
    def narrowed(self) -> dict[str, tuple[str, ...]]:
        """What narrows rows and KPIs beyond their plants, by the dimension they name it with."""
        found = {DIMENSION[FAMILY]: self.families, DIMENSION[RESPONSIBLE]: self.people}
        return {name: chosen for name, chosen in found.items() if chosen}

    def dimension(self) -> dict[str, list[str]] | None:
        """The filter as measures take it."""
        found = ({"plant": self.plants} if self.plants else {}) | self.narrowed
        return {name: list(chosen) for name, chosen in found.items()} or None

    def query(self) -> dict[str, str | list[str]]:
        """The filter as a link carries it, defaults left out."""
        weeks = {"weeks": str(self.weeks)} if self.weeks != WEEKS[0] else {}
        clock = {"clock": self.clock} if self.clock != CLOCKS[0] else {}
        plants = () if self.companies and self.plants == self.company_plants else self.plants
        many = {"plant": plants, COMPANY: self.companies, FAMILY: self.families, RESPONSIBLE: self.people}
        return weeks | {name: list(chosen) for name, chosen in many.items() if chosen} | clock


def asked(plants: Sequence[Mapping[str, str]], options: Callable[[], Mapping[str, list[str]]]) -> Filters:
    """What the address asks for, checked here: what is none of what there is to choose falls back. plants: rows of the
    list of that name; options: what there is to choose of rarer filters, asked only when one is in use."""
    said = {name: st.query_params.get_all(name) for name in SHARED}
    known = {"plant": [row["plant"] for row in plants], COMPANY: companies(plants)}
    if said[FAMILY] or said[RESPONSIBLE]:
        known |= options()
    many = {
        name: tuple(one for one in known.get(name, ()) if one in said[name]) for name in ("plant", *texts.MORE_FILTERS)
    }
    of_companies = tuple(row["plant"] for row in plants if not many[COMPANY] or row["company"] in many[COMPANY])
    kept = tuple(plant for plant in many["plant"] if plant in of_companies) or of_companies
    is_all = len(kept) == len(plants)
    return Filters(
        weeks=next((weeks for weeks in WEEKS if said["weeks"] == [str(weeks)]), WEEKS[0]),
        plants=() if is_all else kept,
        clock=next((clock for clock in CLOCKS if said["clock"] == [clock]), CLOCKS[0]),
        companies=many[COMPANY],
        families=many[FAMILY],
        people=many[RESPONSIBLE],
        company_plants=() if is_all or not many[COMPANY] else of_companies,
    )


def companies(plants: Sequence[Mapping[str, str]]) -> list[str]:
    """The companies of the plants, in their order."""
    return list(dict.fromkeys(row["company"] for row in plants if row["company"]))


def bar(chosen: Filters, plants: Sequence[Mapping[str, str]]) -> str:
    """HTML of the filters, and of what shows the rarer ones and the files of the page."""
    weeks = _one("weeks", texts.PERIOD_CHOICE, {weeks: str(weeks) for weeks in WEEKS}, chosen.weeks)
    clock = _one("clock", texts.CLOCK_CHOICE, {clock: clock for clock in CLOCKS}, chosen.clock)
    used = len(in_words(chosen))
    more = toggle(MORE, texts.MORE_FILTERS_LABEL + (f" <b>{used}</b>" if used else ""))
    files = toggle(EXPORT, texts.EXPORT)
    return f'<div class="pp-filters">{weeks}{clock}{_plants(chosen.plants, names(plants))}{more}{files}</div>'


def _one(name: str, label: str, options: Mapping, value: object) -> str:
    found = links(name, label, options, value, next(iter(options)))
    return f'<div class="pp-filter"><span>{escape(label)}</span>{found}</div>'


def _plants(chosen: Sequence[str], named: Mapping[str, str]) -> str:
    """Plants by name, in the address by code: a name leads to it alone, ticks are for several."""
    rows = "".join(
        f'<li><input type="checkbox" value="{escape(code, quote=True)}" '
        f'aria-label="{escape(name, quote=True)}"{" checked" * (code in chosen)}>'
        f'<a data-filter="plant" href="{address("plant", (code,))}"{CHOSEN * (chosen == (code,))}>{escape(name)}</a>'
        "</li>"
        for code, name in named.items()
    )
    every = f'<a data-filter="plant" href="{address("plant", ())}"{CHOSEN * (not chosen)}>{texts.ALL_PLANTS}</a>'
    said = ", ".join(named[code] for code in chosen) or texts.ALL_PLANTS
    return (
        f'<div class="pp-filter"><span>{texts.PLANTS}</span><details class="pp-drop"><summary>{escape(said)}</summary>'
        f"<div><ul><li>{every}</li>{rows}</ul>"
        f'<button type="button" data-filter="plant">{texts.SHOW_TICKED}</button></div></details></div>'
    )


def more(plants: Sequence[Mapping[str, str]], options: Callable[[], Mapping[str, list[str]]]) -> None:
    """The rarer filters to choose from, while the address asks for them."""
    if not is_shown(MORE):
        return
    known = {COMPANY: companies(plants)} | dict(options())
    with st.container(horizontal=True, key="more-filters"):
        for name, (label, every) in texts.MORE_FILTERS.items():
            found, widget = known.get(name, []), f"pick_{name}"
            st.session_state[widget] = [one for one in st.query_params.get_all(name) if one in found]
            st.multiselect(
                label, found, key=widget, on_change=keep, args=(name, widget), placeholder=every, disabled=not found,
                width=320,
            )  # fmt: skip


def in_words(chosen: Filters) -> dict[str, str]:
    """What of the rarer filters is in use, by the name of the filter."""
    found = {COMPANY: chosen.companies, FAMILY: chosen.families, RESPONSIBLE: chosen.people}
    return {texts.MORE_FILTERS[name][0]: " or ".join(values) for name, values in found.items() if values}


def chips(chosen: Filters) -> str:
    """HTML of what of the rarer filters is in use, in words, and a link that lets go of them."""
    words = in_words(chosen)
    if not words:
        return ""
    found = "".join(f'<span class="pp-chip">{escape(name)}: <b>{escape(of)}</b></span>' for name, of in words.items())
    own = {name: st.query_params.get_all(name) for name in st.query_params if name not in texts.MORE_FILTERS}
    clear = f'<a href="?{escape(urlencode(own, doseq=True), quote=True)}" target="_self">{texts.CLEAR_FILTERS}</a>'
    return f'<div class="pp-chips" role="status">{found}{clear}</div>'
