"""Pages found by folder: a new file in app_pages/ is in the menu.

A page file may declare TITLE, SECTION, READERS and CHARTS at its top; without a title the file name speaks, without a
section it stands in the menu itself, without readers it is for every role, and a page with charts is served with what
draws them. They are read without running the page, for a page runs only when somebody opens it. The first line of its
docstring is the menu's tooltip.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Mapping
from copy import copy
from functools import cache, lru_cache
from html import escape
from pathlib import Path
from urllib.parse import urlencode

import streamlit as st

from queries.config import ROLES

FOLDER = Path(__file__).parent / "app_pages"


def files(folder: Path = FOLDER) -> list[Path]:
    """Page files in the order of their number."""
    return list(_files(folder, folder.stat().st_mtime_ns))


@lru_cache(maxsize=8)
def _files(folder: Path, changed: int) -> tuple[Path, ...]:
    return tuple(sorted((p for p in folder.glob("*.py") if p.name[0] != "_"), key=lambda p: (_number(p), p.stem)))


def names(folder: Path = FOLDER) -> list[str]:
    """The addresses of all pages but the landing page, below that of the app."""
    return [_stem(file) for file in files(folder)[1:]]


def pages(roles: Collection[str] = ROLES, folder: Path = FOLDER) -> dict[str, list[st.Page]]:
    """One st.Page per file, by section; the first is the landing page. Those for none of the roles are not in the menu,
    and app.py does not run them: see is_for."""
    made = _pages(frozenset(roles), folder, tuple(files(folder)))
    return {section: [copy(page) for page in found] for section, found in made.items()}


@lru_cache(maxsize=64)
def _pages(roles: frozenset[str], folder: Path, found: tuple[Path, ...]) -> dict[str, list[st.Page]]:
    """The pages of which each run takes copies, for it marks the one it shows: to make them anew asks the disk for each
    and is a fifth of what the server does for a page."""
    return {
        section: [
            st.Page(
                file,
                **menu_entry(file),
                default=file == found[0],
                visibility="visible" if _is_for(file, roles) else "hidden",
            )
            for file in of_section
        ]
        for section, of_section in sections(folder).items()
    }


def menu(current: str, roles: Collection[str], query: Mapping[str, object], folder: Path = FOLDER) -> str:
    """HTML of the menu: links to the pages of the roles, those of a section behind its name; `current` is the address
    of the page that is shown, `query` what all links carry. Streamlit's own takes longer to draw than a page."""
    said = escape(f"?{urlencode(query, doseq=True)}" if query else "", quote=True)
    found = ""
    for section, of_section in sections(folder).items():
        links = "".join(_entry(file, current, said, folder) for file in of_section if _is_for(file, roles))
        if section and links:
            links = f'<details class="pp-drop"><summary>{escape(section)}</summary><div>{links}</div></details>'
        found += links
    return found


def _entry(file: Path, current: str, said: str, folder: Path) -> str:
    entry, address = menu_entry(file), "" if file == files(folder)[0] else _stem(file)
    here = ' aria-current="page"' if address == current else ""
    hint, title = escape(entry["help"], quote=True), escape(entry["title"])
    return f'<a href="{address or "./"}{said}" title="{hint}"{here}>{title}</a>'


def has_charts(address: str, folder: Path = FOLDER) -> bool:
    """Whether the page of this address shows charts."""
    return any(_stem(file) == address and "CHARTS" in _declared(file) for file in files(folder))


def is_for(address: str, roles: Collection[str], folder: Path = FOLDER) -> bool:
    """Whether a page, by its path in the URL (empty: the landing page), is for one of the roles."""
    found = [file for file in files(folder) if _stem(file) == address] if address else files(folder)[:1]
    return all(_is_for(file, roles) for file in found)


def _is_for(file: Path, roles: Collection[str]) -> bool:
    return bool(set(_declared(file).get("READERS", ROLES)) & set(roles))


def sections(folder: Path = FOLDER) -> dict[str, list[Path]]:
    """Page files by section ("": in the menu itself), in the order of the first of each."""
    found: dict[str, list[Path]] = {"": []}
    for file in files(folder):
        found.setdefault(_declared(file).get("SECTION", ""), []).append(file)
    return found


def menu_entry(file: Path) -> dict[str, str | None]:
    """Title and tooltip of a page file."""
    declared = _declared(file)
    title = declared.get("TITLE") or _words(file)
    note = (declared["__doc__"] or title).split("\n")[0]
    return {"title": title, "help": note}


def path(name: str, folder: Path = FOLDER) -> str:
    """The file of the page called `name` ("kpi"), whatever number it carries."""
    return next(str(file) for file in files(folder) if _stem(file) == name)


@cache
def _declared(file: Path) -> dict[str, object]:
    """The constants at the top of a page file, and its docstring; read once by each process."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return {"__doc__": ast.get_docstring(tree)} | {
        node.targets[0].id: ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Constant | ast.Tuple)
        and node.targets[0].id.isupper()
    }


def _number(file: Path) -> int:
    match = re.match(r"(\d+)_", file.name)
    return int(match[1]) if match else 10_000


def _stem(file: Path) -> str:
    return re.sub(r"^\d+_", "", file.stem)


def _words(file: Path) -> str:
    words = _stem(file).replace("_", " ")
    return words[:1].upper() + words[1:]
