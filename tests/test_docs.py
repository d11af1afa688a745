"""Documents say what the program does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dashboard import navigation
from etl.__main__ import app as etl
from queries.__main__ import app as queries
from queries.docs import render

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCUMENTS = [str(path.relative_to(ROOT)) for path in (*ROOT.glob("*.md"), *sorted((ROOT / "docs").glob("*.md")))]


def text_of(file: str) -> str:
    return (ROOT / file).read_text(encoding="utf-8")


def commands(app) -> list[str]:
    named = [command.name or command.callback.__name__ for command in app.registered_commands]
    return [*named, *(group.name for group in app.registered_groups)]


def test_the_kpi_reference_is_up_to_date():
    assert (ROOT / "docs/kpis.md").read_text(encoding="utf-8") == render(), "run `make docs`"


@pytest.mark.parametrize("command", commands(etl))
def test_etl_commands_are_in_the_readme(command):
    assert f"etl {command}" in README or (command == "serve" and "make run" in README)


@pytest.mark.parametrize("command", commands(queries))
def test_queries_commands_are_in_the_readme(command):
    assert f"queries {command}" in README or (command == "docs" and "docs/kpis.md" in README)


@pytest.mark.parametrize("file", DOCUMENTS)
def test_links_lead_somewhere(file):
    for target, anchor in re.findall(r"\]\(([^)#\s]*)(?:#([^)\s]+))?\)", text_of(file)):
        if target.startswith("http"):
            continue
        path = (ROOT / file).parent / target if target else ROOT / file
        assert path.exists(), f"{file} links to {target}"
        assert not anchor or anchor in anchors(path.read_text(encoding="utf-8")), f"{file} links to {target}#{anchor}"


def anchors(text: str) -> set[str]:
    """What the headings of a document are called in links."""
    headings = re.findall(r"^#+ (.+)$", text, flags=re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("file", [file for file in DOCUMENTS if file != "CHANGELOG.md"])
def test_commands_exist(file):
    for package, command in re.findall(r"python -m (etl|queries) ([a-z]+)", text_of(file)):
        assert command in commands({"etl": etl, "queries": queries}[package]), f"{file} names {package} {command}"


@pytest.mark.parametrize("file", ["docs/executives.md", "docs/plant_managers.md"])
def test_what_readers_are_told_to_click_is_on_the_pages(file):
    """Words in bold are titles of pages, headings, buttons and verdicts, as the dashboard writes them."""
    shown = "\n".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "dashboard").rglob("*.py"))).lower()
    named = re.findall(r"\*\*(.+?)\*\*", text_of(file))
    assert named
    for words in named:
        titles = {navigation.menu_entry(page)["title"] for page in navigation.files()}
        assert words in titles or f'"{words.lower()}' in shown, f"{file} names {words}, which no page shows"


def test_every_make_target_of_the_readme_exists():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"`make ([a-z-]+)`|^make ([a-z-]+)$", README, flags=re.M):
        name = "".join(target)
        assert re.search(rf"^{name}:", makefile, flags=re.M), f"README names `make {name}`"
