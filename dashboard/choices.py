"""What a reader chooses on a page: links that say the whole choice, so that the address is all there is to remember,
and lists to choose from where there are many. A link clicked changes its own part of the address and leaves the rest as
it is by then (frame.js); widgets of Streamlit would take longer to draw than the rest of the page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import date
from html import escape
from urllib.parse import urlencode

import streamlit as st

from dashboard import texts

SHARED = ("weeks", "clock", "plant", *texts.MORE_FILTERS)  # the filters of every page (filters.py), in the URL
PAGE = "page_"  # begins the names of pages of long tables, in the URL
CHOSEN = ' aria-current="true"'


def address(name: str, values: Sequence[object]) -> str:
    """The address of this page with other values of a filter or a part, as HTML."""
    own = {key: st.query_params.get_all(key) for key in st.query_params if key not in SHARED}
    said = {key: of for key, of in (own | st.session_state["filters"].query()).items() if key != name}
    return escape(f"?{urlencode(said | {name: list(values)}, doseq=True)}", quote=True)


def is_shown(part: str, value: str = "1") -> bool:
    """Whether the address asks for a part of the page that most leave folded."""
    return value in st.query_params.get_all(part)


def toggle(part: str, words: str, value: str = "1") -> str:
    """HTML of what shows such a part, or folds it again; words are HTML."""
    shown = is_shown(part, value)
    return (
        f'<a class="pp-part" aria-expanded="{str(shown).lower()}" data-part="{part}" '
        f'href="{address(part, () if shown else (value,))}">{words}</a>'
    )


def unfolding(part: str, words: str, inside: Callable[[], str]) -> str:
    """HTML of a part that most leave folded; what is inside is made only for who looks at it."""
    return f'<div class="pp-fold">{toggle(part, escape(words))}{inside() if is_shown(part) else ""}</div>'


def links(name: str, label: str, options: Mapping, value: object, default: object) -> str:
    """HTML of options beside each other, of which one is in use; the default is left out of the address."""
    found = "".join(
        f'<a data-filter="{name}" href="{address(name, () if option == default else (option,))}"'
        f"{CHOSEN * (option == value)}>{escape(words)}</a>"
        for option, words in options.items()
    )
    return f'<div class="pp-choice" role="group" aria-label="{escape(label, quote=True)}">{found}</div>'


def one_of(key: str, options: Sequence[str], label: str) -> str:
    """One of `options` as the URL says it under `key`; the first where it says none of them."""
    value, html = one_of_html(key, options, label)
    st.html(html)
    return value


def one_of_html(key: str, options: Sequence[str], label: str) -> tuple[str, str]:
    """The same, not drawn yet: the choice, and its HTML."""
    asked = st.query_params.get(key)
    value = asked if asked in options else options[0]
    return value, links(key, label, {option: option for option in options}, value, options[0])


def pick(key: str, options: Sequence[str], label: str, words: Callable[[str], str]) -> str | None:
    """One of `options` as the URL says it under `key`, or None for all."""
    value, html = pick_html(key, options, label, words)
    st.html(html)
    return value


def pick_html(key: str, options: Sequence[str], label: str, words: Callable[[str], str]) -> tuple[str | None, str]:
    """The same, not drawn yet: the choice, and its HTML."""
    asked = st.query_params.get(key)
    value = asked if asked in options else None
    found = "".join(
        f'<a data-filter="{key}" href="{address(key, () if option == value else (option,))}"'
        f"{CHOSEN * (option == value)}>{escape(words(option))}</a>"
        for option in options
    )
    return value, f'<div class="pp-picks" role="group" aria-label="{escape(label, quote=True)}">{found}</div>'


def page_asked(key: str, count: int) -> int:
    """Which of `count` pages the URL asks for under `key`; the first where it asks for none of them."""
    asked = st.query_params.get(key, "")
    return int(asked) if asked in map(str, range(1, count + 1)) else 1


def page_links(key: str, number: int, count: int, words: str) -> str:
    """HTML of links to the pages around the one that is shown, the first and the last, and what is shown in words."""
    near = sorted({1, number - 1, number, number + 1, count} & set(range(1, count + 1)))
    found = "".join(
        f'{"<span>…</span>" * (before is not None and page > before + 1)}<a data-part="{key}" '
        f'href="{address(key, (page,))}"{CHOSEN * (page == number)}>{page}</a>'
        for before, page in zip([None, *near], near, strict=False)
    )
    told = f'<p class="pp-sub">{escape(words)}</p>'
    return f'<div class="pp-pages"><nav aria-label="{texts.PAGES}">{found}</nav>{told}</div>'


def choice(key: str, options: Sequence[str], label: str, words: Callable[[str], str]) -> str:
    """One of many `options`, kept in the URL under `key` by its name; an unknown name is the last choice or the
    first."""
    asked = st.query_params.get(key)
    kept = st.session_state.get(f"last_{key}")
    value = next((name for name in (asked, kept) if name in options), options[0])
    st.session_state[f"last_{key}"] = value
    if asked != value:
        st.query_params[key] = value
    st.html(_select(key, label, {name: words(name) for name in options}, value))
    return value


def pick_one(key: str, options: Sequence[str], everything: str, words: Callable[[str], str]) -> str | None:
    """The same of many, or None for `everything`."""
    asked = st.query_params.get(key)
    value = asked if asked in options else None
    st.html(_select(key, everything, {"": everything} | {name: words(name) for name in options}, value or ""))
    return value


def day(key: str, label: str, value: date, last: date) -> tuple[date, str]:
    """A day up to the `last` as the URL says it under `key`, and the HTML of its choice; `value` where the URL says
    none."""
    with suppress(ValueError):
        value = min(date.fromisoformat(st.query_params.get(key, "")), last)
    box = f'<input type="date" class="pp-select" data-filter="{key}" value="{value}" max="{last}">'
    return value, f'<label class="pp-label">{escape(label)}{box}</label>'


def search(key: str, label: str, hint: str) -> str:
    """HTML of a field that asks for the page of what is typed, in the URL under `key`, at Enter."""
    box = f'<input type="search" class="pp-select" data-filter="{key}" placeholder="{escape(hint, quote=True)}">'
    return f'<label class="pp-label">{escape(label)}{box}</label>'


def _select(key: str, label: str, options: Mapping[str, str], value: str) -> str:
    """A list to choose from as HTML, that of the browser, which a phone shows in its own way."""
    found = "".join(
        f'<option value="{escape(name, quote=True)}"{" selected" * (name == value)}>{escape(words)}</option>'
        for name, words in options.items()
    )
    return f'<select class="pp-select" data-filter="{key}" aria-label="{escape(label, quote=True)}">{found}</select>'


def in_link(*keys: str) -> dict[str, str]:
    """What the URL says of these keys, for a link that keeps it."""
    return {key: st.query_params[key] for key in keys if key in st.query_params}


def keep(key: str, widget: str) -> None:
    for page in [name for name in st.query_params if name.startswith(PAGE)]:
        del st.query_params[page]  # what is asked anew begins at its first page; frame.js does the same
    if st.session_state[widget] in (None, []):
        st.query_params.pop(key, None)
    else:
        st.query_params[key] = st.session_state[widget]
