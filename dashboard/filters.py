"""The filters every page shares. They live in the URL, so a link carries them and an illegal value falls back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from html import escape
from urllib.parse import urlencode

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from dashboard import texts
from queries.catalog import CLOCKS
from queries.plant import names

WEEKS = (4, 13, 26, 52)
TREND_WEEKS = 13
COMPANY, FAMILY, RESPONSIBLE = "company", "family", "responsible"  # in the URL
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


def bar(plants: Sequence[Mapping[str, str]], options: Callable[[], Mapping[str, list[str]]]) -> Filters:
    """Draw the filters and return what they say, checked again here: the browser is not trusted. plants: rows of the
    list of that name; options: what there is to choose of rarer filters, asked only when somebody wants them."""
    weeks = st.segmented_control(
        "Period, last weeks", WEEKS, default=WEEKS[0], required=True, key="weeks", bind="query-params", wrap=False
    )
    clock = st.segmented_control(
        texts.CLOCK_CHOICE, CLOCKS, default=CLOCKS[0], required=True, key="clock", bind="query-params", wrap=False
    )
    codes = [row["plant"] for row in plants]
    chosen = _plants(names(plants))
    more = _more(plants, options)
    of_companies = [row["plant"] for row in plants if not more[COMPANY] or row["company"] in more[COMPANY]]
    kept = tuple(plant for plant in of_companies if plant in chosen) or tuple(of_companies)
    is_all = len(kept) == len(codes)
    return Filters(
        weeks=weeks if weeks in WEEKS else WEEKS[0],
        plants=() if is_all else kept,
        clock=clock if clock in CLOCKS else CLOCKS[0],
        companies=more[COMPANY],
        families=more[FAMILY],
        people=more[RESPONSIBLE],
        company_plants=() if is_all or not more[COMPANY] else tuple(of_companies),
    )


def _plants(named: dict[str, str]) -> list[str]:
    """The chosen plants, shown by name and kept in the URL by code. The menu leads on with them; a link leads to what
    its URL says, and so does the way back."""
    asked, run = st.query_params.get_all("plant"), get_script_run_ctx(suppress_warning=True)
    is_by_url = run is not None and run.is_history_navigation
    last = [] if is_by_url else st.session_state.get("last_plants", [])
    value = [code for code in asked or last if code in named]
    st.session_state["pick_plants"] = st.session_state["last_plants"] = value
    if asked != value:
        st.query_params["plant"] = value
    return st.multiselect(
        "Plants", named, format_func=named.get, key="pick_plants", on_change=_keep_plants, placeholder="All plants",
        width=300,
    )  # fmt: skip


def _keep_plants() -> None:
    st.query_params["plant"] = st.session_state["last_plants"] = st.session_state["pick_plants"]


def _more(plants: Sequence[Mapping[str, str]], options: Callable[[], Mapping[str, list[str]]]) -> dict[str, tuple]:
    """The rarer filters, behind one button that counts those in use (style.css); what is not among their options is
    left out. They are drawn while the button is open or one is in use: a page that nobody narrows does not ask for
    their options."""
    asked = {name: st.query_params.get_all(name) for name in texts.MORE_FILTERS}
    with st.container(key="more-filters"):
        opened = st.popover(texts.MORE_FILTERS_LABEL, icon=":material/tune:", key="more", on_change="rerun")
    if not (opened.open or any(asked.values())):
        return dict.fromkeys(asked, ())
    companies = list(dict.fromkeys(row["company"] for row in plants if row["company"]))
    known = {COMPANY: companies} | dict(options())
    with opened:
        return {name: _several(name, known.get(name, [])) for name in asked}


def _several(name: str, options: list[str]) -> tuple[str, ...]:
    label, every = texts.MORE_FILTERS[name]
    chosen = st.multiselect(
        label, options, key=name, bind="query-params", placeholder=every, disabled=not options, width=320
    )
    return tuple(value for value in options if value in chosen)


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
    return f'<div class="pp-chips" role="status" data-count="{len(words)}">{found}{clear}</div>'


def choice(key: str, options: list[str], label: str, words) -> str:
    """One of `options`, kept in the URL under `key` by its name; an unknown name is the last choice or the first."""
    asked = st.query_params.get(key)
    kept = st.session_state.get(f"last_{key}")
    value = next((name for name in (asked, kept) if name in options), options[0])
    widget = f"choose_{key}"
    st.session_state[widget] = st.session_state[f"last_{key}"] = value
    if asked != value:
        st.query_params[key] = value
    st.selectbox(
        label, options, format_func=words, key=widget, on_change=_keep, args=(key, widget),
        label_visibility="collapsed", width=420,
    )  # fmt: skip
    return value


def pick(key: str, options: list[str], label: str, words) -> str | None:
    """One of `options`, or None for all, as pills; kept in the URL under `key`. What is not one of them is all."""
    asked = st.query_params.get(key)
    value = asked if asked in options else None
    widget = f"pick_{key}"
    st.session_state[widget] = value
    st.pills(
        label, options, format_func=words, key=widget, on_change=_keep, args=(key, widget), label_visibility="collapsed"
    )
    return value


def pick_one(key: str, options: list[str], everything: str, words) -> str | None:
    """The same of many, as a list to choose from: one of `options`, or None for `everything`."""
    asked = st.query_params.get(key)
    widget = f"pick_{key}"
    st.session_state[widget] = asked if asked in options else None
    st.selectbox(
        everything, options, format_func=words, key=widget, on_change=_keep, args=(key, widget), placeholder=everything,
        label_visibility="collapsed", width=260,
    )  # fmt: skip
    return st.session_state[widget]


def in_link(*keys: str) -> dict[str, str]:
    """What the URL says of these keys, for a link that keeps it."""
    return {key: st.query_params[key] for key in keys if key in st.query_params}


def keep_in_link(**query: object) -> None:
    """Say again what the URL asked for: a link from a page to itself leaves the address bar as it was."""
    st.query_params.update({key: str(value) for key, value in query.items()})


def drop_from_link(*keys: str) -> None:
    """Take from the address bar what a link of the page to itself no longer asks for."""
    for key in keys:
        st.query_params[key] = ""  # only a change is sent to the browser
        del st.query_params[key]


def _keep(key: str, widget: str) -> None:
    if st.session_state[widget] is None:
        st.query_params.pop(key, None)
    else:
        st.query_params[key] = st.session_state[widget]
