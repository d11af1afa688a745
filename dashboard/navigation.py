"""Pages found by folder: a new file in app_pages/ is in the menu.

A page file may declare TITLE and ICON at its top; without them the file name speaks. Both are read without running
the page, for a page runs only when somebody opens it. The first line of its docstring is the menu's tooltip.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import streamlit as st

FOLDER = Path(__file__).parent / "app_pages"


def files(folder: Path = FOLDER) -> list[Path]:
    """Page files in the order of their number."""
    return sorted((p for p in folder.glob("*.py") if p.name[0] != "_"), key=lambda p: (_number(p), p.stem))


def pages(folder: Path = FOLDER) -> list[st.Page]:
    """One st.Page per file; the first is the landing page."""
    return [st.Page(file, **menu_entry(file), default=i == 0) for i, file in enumerate(files(folder))]


def menu_entry(file: Path) -> dict[str, str | None]:
    """Title, icon and tooltip of a page file."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    declared = {
        node.targets[0].id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Constant)
    }
    title = declared.get("TITLE") or _words(file)
    note = (ast.get_docstring(tree) or title).split("\n")[0]
    return {"title": title, "icon": declared.get("ICON"), "help": note}


def path(name: str, folder: Path = FOLDER) -> str:
    """The file of the page called `name` ("kpi"), whatever number it carries."""
    return next(str(file) for file in files(folder) if _stem(file) == name)


def _number(file: Path) -> int:
    match = re.match(r"(\d+)_", file.name)
    return int(match[1]) if match else 10_000


def _stem(file: Path) -> str:
    return re.sub(r"^\d+_", "", file.stem)


def _words(file: Path) -> str:
    words = _stem(file).replace("_", " ")
    return words[:1].upper() + words[1:]
