"""Documents say what the program does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from etl.__main__ import app as etl
from queries.__main__ import app as queries
from queries.docs import render

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def commands(app) -> list[str]:
    return [command.name or command.callback.__name__ for command in app.registered_commands]


def test_the_kpi_reference_is_up_to_date():
    assert (ROOT / "docs/kpis.md").read_text(encoding="utf-8") == render(), "run `make docs`"


@pytest.mark.parametrize("command", commands(etl))
def test_etl_commands_are_in_the_readme(command):
    assert f"etl {command}" in README or (command == "serve" and "make run" in README)


@pytest.mark.parametrize("command", commands(queries))
def test_queries_commands_are_in_the_readme(command):
    assert f"queries {command}" in README or (command == "docs" and "docs/kpis.md" in README)


@pytest.mark.parametrize("file", ["README.md", "CONTRIBUTING.md", "docs/architecture.md", "CHANGELOG.md"])
def test_links_lead_somewhere(file):
    text = (ROOT / file).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        if not target.startswith("http"):
            assert ((ROOT / file).parent / target).exists(), f"{file} links to {target}"


def test_every_make_target_of_the_readme_exists():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"`make ([a-z-]+)`|^make ([a-z-]+)$", README, flags=re.M):
        name = "".join(target)
        assert re.search(rf"^{name}:", makefile, flags=re.M), f"README names `make {name}`"
