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
    found = []
    for position, file in enumerate(files(folder)):
        declared, note = _declared(file)
        title = declared.get("TITLE") or _words(file)
        found.append(st.Page(file, title=title, icon=declared.get("ICON"), help=note or title, default=position == 0))
    return found


def path(name: str, folder: Path = FOLDER) -> str:
    """The file of the page called `name` ("kpi"), whatever number it carries."""
    return next(str(file) for file in files(folder) if _stem(file) == name)


def _declared(file: Path) -> tuple[dict[str, str], str]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    declared = {
        node.targets[0].id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Constant)
    }
    return declared, (ast.get_docstring(tree) or "").split("\n")[0]


def _number(file: Path) -> int:
    match = re.match(r"(\d+)_", file.name)
    return int(match[1]) if match else 10_000


def _stem(file: Path) -> str:
    return re.sub(r"^\d+_", "", file.stem)


def _words(file: Path) -> str:
    words = _stem(file).replace("_", " ")
    return words[:1].upper() + words[1:]
