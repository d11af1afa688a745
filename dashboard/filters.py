"""The filters every page shares. They live in the URL, so a link carries them and an illegal value falls back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import streamlit as st

from dashboard import texts
from queries.catalog import CLOCKS

WEEKS = (4, 13, 26, 52)
TREND_WEEKS = 13


@dataclass(frozen=True)
class Filters:
    """What the reader asked for; no plants means all that the reader may see."""

    weeks: int = WEEKS[0]
    plants: tuple[str, ...] = ()
    clock: str = CLOCKS[0]

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

    def dimension(self) -> dict[str, list[str]] | None:
        """The filter as measures take it."""
        return {"plant": list(self.plants)} if self.plants else None

    def query(self) -> dict[str, str | list[str]]:
        """The filter as a link carries it, defaults left out."""
        weeks = {"weeks": str(self.weeks)} if self.weeks != WEEKS[0] else {}
        clock = {"clock": self.clock} if self.clock != CLOCKS[0] else {}
        return weeks | ({"plant": list(self.plants)} if self.plants else {}) | clock


def bar(plants: list[str]) -> Filters:
    """Draw the filters and return what they say, checked again here: the browser is not trusted."""
    weeks = st.segmented_control(
        "Period, last weeks", WEEKS, default=WEEKS[0], required=True, key="weeks", bind="query-params", wrap=False
    )
    clock = st.segmented_control(
        texts.CLOCK_CHOICE, CLOCKS, default=CLOCKS[0], required=True, key="clock", bind="query-params", wrap=False
    )
    chosen = st.multiselect("Plants", plants, key="plant", bind="query-params", placeholder="All plants", width=300)
    kept = tuple(plant for plant in plants if plant in chosen)
    return Filters(
        weeks=weeks if weeks in WEEKS else WEEKS[0],
        plants=() if len(kept) == len(plants) else kept,
        clock=clock if clock in CLOCKS else CLOCKS[0],
    )


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


def keep_in_link(**query: object) -> None:
    """Say again what the URL asked for: a link from a page to itself leaves the address bar as it was."""
    st.query_params.update({key: str(value) for key, value in query.items()})


def drop_from_link(*keys: str) -> None:
    """Take from the address bar what a link of the page to itself no longer asks for."""
    for key in keys:
        st.query_params[key] = ""  # only a change is sent to the browser
        del st.query_params[key]


def _keep(key: str, widget: str) -> None:
    st.query_params[key] = st.session_state[widget]
