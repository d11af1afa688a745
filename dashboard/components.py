"""Building blocks of every page: the frame around it, links that keep the filters, and a guard around each part."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from html import escape
from pathlib import Path

import streamlit as st

from dashboard import data, navigation, texts
from dashboard.filters import Filters
from queries import readable
from queries.warehouse import WarehouseMissing

HERE = Path(__file__).parent
LOGO, ICON, STYLE = HERE / "images/logo.svg", HERE / "images/icon.png", HERE / "style.css"
LOG = logging.getLogger("dashboard")


@contextmanager
def guard(what: str) -> Iterator[None]:
    """Keep one failing part from blanking the page: say so in its place, and log why."""
    try:
        yield
    except Exception:
        LOG.exception("%s could not be shown", what)
        st.html(f'<div class="pp-note pp-warn">{mark("warn", "!", what)} {escape(texts.NOT_LOADED)}</div>')


def mark(kind: str, sign: str, words: str, title: str = "") -> str:
    """A status as sign and words; the colour only repeats them. kind: good, bad, warn, none."""
    hint = f' title="{escape(title, quote=True)}"' if title else ""
    return f'<span class="pp-mark pp-{kind}"{hint}><b aria-hidden="true">{sign}</b>{escape(words)}</span>'


def plain(text: object) -> str:
    """Text from the data for a label that would read it as Markdown."""
    return re.sub(r"([\\`*_{}\[\]()#+\-.!|~:$<>])", r"\\\1", str(text))


def facts(found: Mapping[str, str | None]) -> str:
    """Short facts side by side, each a word and its HTML; those without a value are left out."""
    return "".join(
        f'<div class="pp-fact"><span>{escape(name)}</span><div>{value}</div></div>'
        for name, value in found.items()
        if value
    )


def heading(words: str, note: str = "") -> None:
    st.html(f'<h2 class="pp-h2">{escape(words)}</h2>' + (f'<p class="pp-sub">{escape(note)}</p>' if note else ""))


def link(page: str, label: str, filters: Filters, **query: object) -> None:
    """A link to another page of the app that keeps the filters; in a card it covers the whole card (style.css)."""
    wanted = filters.query() | {key: str(value) for key, value in query.items()}
    st.page_link(navigation.path(page), label=plain(label), icon="", help="", query_params=wanted)


def record_link(row: Mapping[str, object], label: str, filters: Filters) -> None:
    link("record", label, filters, instance=row["instance"], model=row["record_model"], id=row["record_id"])


@st.fragment(run_every=30)
def trust_line(version: data.Version) -> None:
    """Where the numbers come from and how old they are; looks every 30 s whether newer ones were published."""
    if data.published() != version.name:
        st.rerun(scope="app")
    with guard("Age of the data"):
        st.html(_trust(version))


def _trust(version: data.Version) -> str:
    as_of = data.as_of()
    ago = readable.ago(as_of)
    is_stale = (readable.utc_now() - as_of).total_seconds() > texts.STALE_HOURS * 3600
    read = sum(row["row_count"] or 0 for row in data.rows("source_health"))
    found = [row["status"] for row in data.rows("check_result")]
    failed, warned = found.count("fail"), found.count("warn")
    checks = mark("good", "✓", f"all {len(found)} checks pass")
    if warned:
        checks = mark("warn", "!", f"{warned} of {len(found)} checks warn")
    if failed:
        checks = mark("bad", "✕", f"{failed} of {len(found)} checks failed")
    zone = st.context.timezone
    parts = [
        mark("warn", "!", f"data from {ago}") if is_stale else f"Data as of {escape(ago)}",
        f"{escape(readable.moment(as_of, zone))} {escape(zone or 'UTC')}",
        f"{readable.number(read)} rows",
        checks,
        f'version <span class="pp-code">{escape(version.name.removesuffix(".duckdb"))}</span>',
    ]
    stale = f'<div class="pp-note pp-warn">{escape(texts.stale(ago))}</div>' if is_stale else ""
    return f'<div class="pp-trust">{"".join(f"<span>{part}</span>" for part in parts)}</div>{stale}'


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


def _no_data(title: str, lead: str, commands: Sequence[tuple[str, str]]) -> None:
    """What to run when there is nothing to show; opens by itself once there is."""
    steps = "".join(
        f"<li><span>{escape(words)}</span><code>{escape(command)}</code></li>" for words, command in commands
    )
    st.html(
        f'<section class="pp-empty"><h1>{escape(title)}</h1><p>{escape(lead)}</p>'
        f'<ul>{steps}</ul><p class="pp-sub">{escape(texts.EMPTY_WAIT)}</p></section>'
    )
    _wait_for_data(data.published())


@st.fragment(run_every=5)
def _wait_for_data(known: str | None) -> None:
    if data.published() != known:
        st.rerun(scope="app")
