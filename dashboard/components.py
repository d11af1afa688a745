"""Building blocks of every page: the frame around it, links that keep the filters, and a guard around each part."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from html import escape
from urllib.parse import urlencode

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from dashboard import data, filters, navigation, texts, timing
from dashboard.filters import Filters
from queries import decision, readable
from queries.access import SignInRefused
from queries.config import ROLES
from queries.warehouse import WarehouseMissing

LOG = logging.getLogger("dashboard")


def _locale() -> str | None:
    """Of whoever reads the page that runs; None outside of one. As st.context.locale, which is too slow to ask for each
    of thousands of numbers and warns outside of a page."""
    run = get_script_run_ctx(suppress_warning=True)
    return (run.context_info.locale or None) if run and run.context_info else None


readable.listen(_locale)


class PageEnds(BaseException):
    """A page has nothing more to show; no guard holds it up."""


def end() -> None:
    """Ends the page here, as with one record of a list; what stands around pages is still drawn, unlike after
    st.stop()."""
    raise PageEnds


@contextmanager
def guard(what: str) -> Iterator[None]:
    """Keep one failing part from blanking the page: say so in its place, and log why."""
    try:
        yield
    except Exception as error:
        st.html(_failed(what, error))


def guarded(what: str, drawn: Callable[[], str]) -> str:
    """The HTML of a part, or in its place that it could not be shown."""
    try:
        return drawn()
    except Exception as error:
        return _failed(what, error)


def _failed(what: str, error: Exception) -> str:
    LOG.exception("%s could not be shown", what)
    timing.FAILURES.inc()
    why = str(error) if isinstance(error, WarehouseMissing) else texts.NOT_LOADED
    return f'<div class="pp-note pp-warn">{mark("warn", "!", what)} {escape(why)}</div>'


def mark(kind: str, sign: str, words: str, title: str = "") -> str:
    """A status as sign and words; the colour only repeats them. kind: good, bad, warn, none."""
    hint = f' title="{escape(title, quote=True)}"' if title else ""
    return f'<span class="pp-mark pp-{kind}"{hint}><b aria-hidden="true">{sign}</b>{escape(words)}</span>'


def plain(text: object) -> str:
    """Text from the data for a label that would read it as Markdown."""
    return re.sub(r"([\\`*_{}\[\]()#+\-.!|~:$<>])", r"\\\1", str(text))


def zone() -> str:
    """The time zone of the reader, as the browser tells it; UTC where it tells none that is known."""
    told = st.context.timezone
    return told if told and readable.is_zone(told) else "UTC"


def facts(found: Mapping[str, str | None]) -> str:
    """Short facts side by side, each a word and its HTML; those without a value are left out."""
    return "".join(
        f'<div class="pp-fact"><span>{escape(name)}</span><div>{value}</div></div>'
        for name, value in found.items()
        if value
    )


def definitions(found: Mapping[str, str]) -> str:
    """Words and what is to be said of them, one below the other."""
    return (
        "<dl class='pp-dl'>" + "".join(f"<dt>{escape(k)}</dt><dd>{escape(v)}</dd>" for k, v in found.items()) + "</dl>"
    )


def band(title: str, below: str, found: Mapping[str, str | None]) -> str:
    """A title with what it is (HTML) below it, and facts beside them."""
    main = f'<div class="pp-fact pp-fact-main"><strong>{escape(title)}</strong><span>{below}</span></div>'
    return f'<div class="pp-facts">{main}{facts(found)}</div>'


def window(*title: str) -> None:
    """How the browser shows a page: under which title, over the whole width. Its sign comes with the frame
    (server.py)."""
    st.set_page_config(page_title=" · ".join([*title, texts.APP]), layout="wide")


def head(page: st.Page, chosen: Filters, roles: Collection[str]) -> None:
    """The top of every page: the menu, the title and the filters, as one piece."""
    menu = navigation.menu(page.url_path, roles, chosen.query())
    start = escape(address("./", chosen), quote=True)
    home = f'<a class="pp-home" href="{start}" aria-label="{texts.APP}">{texts.APP}</a>'
    st.html(
        f'<header class="pp-top">{home}<button type="button" class="pp-menu-button" aria-expanded="false">{texts.MENU}'
        f'</button><nav class="pp-menu" aria-label="{texts.MENU}">{menu}</nav></header>'
        f'<div class="pp-head"><h1>{escape(page.title)}</h1>{filters.bar(chosen, data.plants())}</div>'
    )


def show(*rows: Mapping[str, Callable[[], str]]) -> None:
    """Shows parts of a page that are HTML as one: rows below each other, the parts of a row beside each other, each by
    what it is; one that fails says so in its place. A page of few pieces opens sooner."""
    shown = []
    for row in rows:
        parts = [html for what, drawn in row.items() if (html := guarded(what, drawn))]
        shown += [f'<div class="pp-side">{"".join(parts)}</div>'] if len(parts) > 1 else parts
    if shown:
        below = "".join(f"<div>{html}</div>" for html in shown)
        st.html(shown[0] if len(shown) == 1 else f'<div class="pp-stack">{below}</div>')


def panel(name: str, *parts: str) -> None:
    """A framed part of a page from pieces of HTML, shown as one."""
    st.html(panel_html(name, *parts))


def panel_html(name: str, *parts: str) -> str:
    return f'<section class="pp-panel panel-{name}">{"".join(parts)}</section>'


def between(left: str, right: str) -> str:
    """HTML at the left and at the right of one line, as a heading and a choice."""
    return f'<div class="pp-between"><div>{left}</div>{right}</div>'


def fold(words: str, inside: str, is_open: bool = False) -> str:
    """HTML that is folded away behind some words."""
    return f'<details class="pp-fold"{" open" * is_open}><summary>{escape(words)}</summary>{inside}</details>'


def sub(words: str) -> str:
    """HTML of words that stand smaller below the rest."""
    return f'<p class="pp-sub">{escape(words)}</p>'


def address(page: str, filters: Filters, **query: object) -> str:
    """The address of a page of the app ("kpi") that keeps the filters."""
    said = urlencode(filters.query() | {key: str(value) for key, value in query.items()}, doseq=True)
    return f"{page}?{said}" if said else page


def heading(words: str, note: str = "") -> None:
    st.html(heading_html(words, note))


def heading_html(words: str, note: str = "") -> str:
    return f'<h2 class="pp-h2">{escape(words)}</h2>' + (f'<p class="pp-sub">{escape(note)}</p>' if note else "")


def not_narrowed_html(missing: Sequence[str]) -> str:
    return f'<p class="pp-sub pp-whole">{mark("none", "○", texts.not_narrowed(missing))}</p>' if missing else ""


def who_decides() -> tuple[str, str | None, str]:
    """The fields of a form that say who decides, in which role (None: not said), and why; who is signed in is asked
    only why."""
    if person := data.signed_in():
        st.html(f'<p class="pp-sub">{escape(texts.decided_by(person))}</p>')
        return person, None, st.text_input("Why")
    who = st.text_input("Who decides")
    role = st.selectbox("In which role", ROLES, index=None, format_func=texts.sentence)
    return who, role, st.text_input("Why")


def keep(decided: Callable[[], object]) -> None:
    """Keeps a decision and shows its effect at once, or says why it could not be kept."""
    try:
        decided()
    except decision.DecisionError as error:
        st.error(texts.sentence(str(error)))
    else:
        st.rerun()


def link_html(page: str, label: str, filters: Filters, **query: object) -> str:
    """HTML of a link to another page of the app that keeps the filters."""
    to = escape(address(page, filters, **query), quote=True)
    return f'<p class="pp-to"><a href="{to}" target="_self">{escape(label)}</a></p>'


def link(page: str, label: str, filters: Filters, **query: object) -> None:
    """The same as a part of its own; in a row of a list it covers the whole row (style.css)."""
    st.html(link_html(page, label, filters, **query), width="content")


def record_link(row: Mapping[str, object], label: str, filters: Filters) -> None:
    link("record", label, filters, instance=row["instance"], model=row["record_model"], id=row["record_id"])


@st.fragment(run_every=30)
def trust_line(version: data.Version, still: Callable[[], None]) -> None:
    """Where the numbers come from and how old they are; looks every 30 s whether newer ones were published, and whether
    the reader still may see them."""
    try:
        still()
    except SignInRefused:
        st.rerun(scope="app")
    if data.published() != version.name:
        st.rerun(scope="app")
    with guard("Age of the data"):
        st.html(_trust(version))


def _trust(version: data.Version) -> str:
    as_of = data.as_of()
    ago = readable.ago(as_of)
    is_stale = (readable.utc_now() - as_of).total_seconds() > readable.STALE_AFTER
    found = data.trust()
    parts = [
        found.is_demo and _to_health(mark("none", "○", texts.DEMO_TOLD)),
        mark("warn", "!", f"data from {ago}") if is_stale else f"Data as of {escape(ago)}",
        f'<span title="{escape(version.name)}">{escape(readable.moment(as_of, zone()))} {escape(zone())}</span>',
        found.behind and mark("warn", "!", texts.behind(found.behind, data.plant_name)),
        f"{readable.number(found.row_count)} rows",
        found.counted_count and _to_health(mark(*texts.against_odoo(found))),
        found.lacking and _to_health(mark("warn", "!", texts.lacking(found.lacking))),
        _to_health(mark(*texts.checks(found))),
    ]
    stale = f'<div class="pp-note pp-warn">{escape(texts.stale(ago))}</div>' if is_stale else ""
    chosen = st.session_state["filters"]
    printed = f'<p class="pp-printed">{escape(_printed(chosen))}</p>'
    line = "".join(f"<span>{part}</span>" for part in parts if part)
    return f'{filters.chips(chosen)}<div class="pp-trust">{line}</div>{stale}{printed}'


def _to_health(words: str) -> str:
    to = address("data_health", st.session_state["filters"])
    return f'<a href="{escape(to, quote=True)}" target="_self">{words}</a>'


def _printed(chosen: Filters) -> str:
    """All filters in words, for paper, where the bar is left out."""
    plants = ", ".join(data.plant_name(code) for code in chosen.plants) or texts.EVERY_PLANT
    return texts.printed(chosen.weeks, plants, texts.CLOCK[chosen.clock], filters.in_words(chosen))


def use_published() -> data.Version:
    """The version this run shows; without a readable one, says what to run, and the run ends here."""
    try:
        version = data.use_published()
    except WarehouseMissing:
        LOG.exception("the published file cannot be read")
        _no_data(texts.UNREADABLE_TITLE, texts.UNREADABLE_LEAD, texts.UNREADABLE_STEPS)
    else:
        if version:
            return version
        _no_data(texts.EMPTY_TITLE, texts.EMPTY_LEAD, texts.EMPTY_STEPS)
    st.stop()


def steps(commands: Sequence[tuple[str, str]]) -> str:
    """What to run, each step in words with its command."""
    found = "".join(
        f"<li><span>{escape(words)}</span><code>{escape(command)}</code></li>" for words, command in commands
    )
    return f'<ul class="pp-steps">{found}</ul>'


def _no_data(title: str, lead: str, commands: Sequence[tuple[str, str]]) -> None:
    """What to run when there is nothing to show; opens by itself once there is."""
    st.html(
        f'<section class="pp-empty"><h1>{escape(title)}</h1><p>{escape(lead)}</p>'
        f'{steps(commands)}<p class="pp-sub">{escape(texts.EMPTY_WAIT)}</p></section>'
    )
    _wait_for_data(data.published())


@st.fragment(run_every=5)
def _wait_for_data(known: str | None) -> None:
    if data.published() != known:
        st.rerun(scope="app")
