"""Who may import whom, who may speak SQL, and which names SQL may use: each rule, and a violation that it catches."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("etl", "queries", "dashboard")
MAY_IMPORT = {"etl": {"etl", "queries"}, "queries": {"queries"}, "dashboard": {"dashboard", "queries"}}
ONLY_IN = {"streamlit": "dashboard/", "odoorpc": "etl/odoo.py", "psycopg": "etl/postgres.py"}
SQL_IN = {
    "etl/load.py", "etl/postgres.py", "etl/publish.py",
    "queries/measure.py", "queries/narrow.py", "queries/warehouse.py",
}  # fmt: skip
SQL = re.compile(
    r"""\bselect\b.*\bfrom\b | \binsert\s+(or\s+\w+\s+)?into\b | \bupdate\s+[\w.]+(\s+as\s+\w+)?\s+set\b
    | \bdelete\s+from\b | \bcreate\s+(or\s+replace\s+)?(temp\s+)?(table|view|schema|macro)\b
    | ^\s*(attach|detach|drop\s+table|drop\s+view|alter\s+table|describe|select)\s+\S""",
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)
ATTACHED = re.compile(r"\b(published|ops|work|raw)\s*\.", re.IGNORECASE)


def modules(root: Path) -> Iterator[tuple[str, str, ast.Module]]:
    """(package, path, tree) of every Python file of the packages."""
    for package in PACKAGES:
        for path in sorted((root / package).rglob("*.py")):
            yield package, path.relative_to(root).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def imported(tree: ast.Module) -> Iterator[str]:
    """Top-level names of what a module imports, wherever in it, relative imports apart."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.module.split(".")[0]
        elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in ("import_module", "__import__"):
                yield str(node.args[0].value).split(".")[0]


def wrong_direction(root: Path) -> list[str]:
    """Imports that go against etl -> queries <- dashboard."""
    return [
        f"{path} imports {name}"
        for package, path, tree in modules(root)
        for name in imported(tree)
        if name in PACKAGES and name not in MAY_IMPORT[package]
    ]


def library_in_the_wrong_place(root: Path) -> list[str]:
    return [
        f"{path} imports {name}"
        for _, path, tree in modules(root)
        for name in imported(tree)
        if name in ONLY_IN and not path.startswith(ONLY_IN[name])
    ]


def texts(tree: ast.Module) -> Iterator[str]:
    """Every text of a module as it is put together, with x for what is filled in; docstrings apart."""
    documentation = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }

    def put_together(node: ast.AST) -> str | None:
        if isinstance(node, ast.Constant):
            return node.value if isinstance(node.value, str) else None
        if isinstance(node, ast.JoinedStr):
            return "".join(put_together(part) or "x" for part in node.values)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            left, right = put_together(node.left), put_together(node.right)
            return None if left is None and right is None else f"{left or 'x'}{right or 'x'}"
        return None

    for node in ast.walk(tree):
        if id(node) not in documentation and (text := put_together(node)):
            yield text


def sql_in_the_wrong_place(root: Path) -> list[str]:
    """SQL in Python outside the six modules that may hold it."""
    return [
        f"{path}: {' '.join(text.split())[:80]}"
        for _, path, tree in modules(root)
        if path not in SQL_IN
        for text in texts(tree)
        if SQL.search(text)
    ]


def attached_catalog_named(root: Path) -> list[str]:
    """SQL files that reach around the views of a reader, or around the staging tables of a mart."""
    found = []
    for path in sorted((root / "queries").rglob("*.sql")):
        sql = re.sub(r"/\*.*?\*/|--[^\n]*|'(?:[^']|'')*'", " ", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        found += [f"{path.relative_to(root).as_posix()} names {match[0]}" for match in ATTACHED.finditer(sql)]
    return found


def streamlit_pages_folder(root: Path) -> list[str]:
    """A folder of this name beside the entry file switches on another navigation."""
    return [str(path) for path in [root / "dashboard" / "pages"] if path.exists()]


RULES = [
    wrong_direction,
    library_in_the_wrong_place,
    sql_in_the_wrong_place,
    attached_catalog_named,
    streamlit_pages_folder,
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_repository_keeps_the_rule(rule):
    assert rule(ROOT) == []


def test_there_is_something_to_check():
    assert {package for package, *_ in modules(ROOT)} == set(PACKAGES)
    assert all((ROOT / path).exists() for path in SQL_IN)
    spoken = {path for _, path, tree in modules(ROOT) if any(SQL.search(text) for text in texts(tree))}
    assert spoken == SQL_IN
    assert len(list((ROOT / "queries").rglob("*.sql"))) > 30


@pytest.mark.parametrize(
    ("rule", "path", "text"),
    [
        (wrong_direction, "dashboard/a.py", "from etl.load import x"),
        (wrong_direction, "dashboard/app_pages/a.py", "def f():\n    import etl"),
        (wrong_direction, "dashboard/a.py", "import importlib\nimportlib.import_module('etl.load')"),
        (wrong_direction, "queries/a.py", "from dashboard import data"),
        (wrong_direction, "queries/a.py", "import etl.publish as p"),
        (wrong_direction, "etl/sources/a.py", "from dashboard.data import read"),
        (library_in_the_wrong_place, "queries/a.py", "import streamlit as st"),
        (library_in_the_wrong_place, "etl/a.py", "from streamlit import cache_data"),
        (library_in_the_wrong_place, "etl/n8n.py", "import odoorpc"),
        (library_in_the_wrong_place, "dashboard/a.py", "from odoorpc import ODOO"),
        (library_in_the_wrong_place, "etl/extract.py", "import psycopg"),
        (sql_in_the_wrong_place, "dashboard/a.py", "x = 'select a from b'"),
        (sql_in_the_wrong_place, "dashboard/a.py", "x = f'SELECT {a}\\nFROM {b}'"),
        (sql_in_the_wrong_place, "queries/a.py", "x = 'select a ' + 'from b'"),
        (sql_in_the_wrong_place, "queries/a.py", "x = 'select a ' + names + ' from b'"),
        (sql_in_the_wrong_place, "queries/a.py", "x = ('with y as (select 1)'\n  ' select * from y')"),
        (sql_in_the_wrong_place, "etl/a.py", "con.execute('insert into a values (1)')"),
        (sql_in_the_wrong_place, "etl/a.py", "con.execute('insert or replace into a values (1)')"),
        (sql_in_the_wrong_place, "etl/a.py", "con.execute(f'update {table} set b = 1')"),
        (sql_in_the_wrong_place, "etl/a.py", "con.execute('update raw.a as raw set b = 1')"),
        (sql_in_the_wrong_place, "etl/a.py", "con.execute('delete from a')"),
        (sql_in_the_wrong_place, "etl/a.py", "con.execute('create or replace view a as b')"),
        (sql_in_the_wrong_place, "etl/a.py", "con.execute('create table a (b int)')"),
        (sql_in_the_wrong_place, "etl/a.py", "con.execute('drop table a')"),
        (sql_in_the_wrong_place, "etl/a.py", "con.execute('select 1')"),
        (attached_catalog_named, "queries/kpis/a/b.sql", "/* title */ select * from published.main.fct_case"),
        (attached_catalog_named, "queries/lists/a.sql", "select * from Ops.main.fct_case"),
        (attached_catalog_named, "queries/marts/a.sql", "select * from raw.mrp_production"),
        (attached_catalog_named, "queries/checks/a.sql", "select * from work . main.run"),
        (streamlit_pages_folder, "dashboard/pages/a.py", ""),
    ],
)
def test_a_violation_is_caught(tmp_path, rule, path, text):
    file = tmp_path / path
    file.parent.mkdir(parents=True)
    file.write_text(text)
    assert len(rule(tmp_path)) >= 1


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("dashboard/a.py", '"""Select a plant from the list."""\nimport streamlit\nfrom queries import catalog'),
        ("dashboard/a.py", "def f():\n    'insert into nothing'\n    return 'Selected plants'"),
        ("dashboard/a.py", "text = 'Choose a plant; the update sets in tomorrow. Created a view of it.'"),
        ("queries/a.py", "from . import catalog\nfrom queries.config import load"),
        ("queries/measure.py", "x = 'select a from b'"),
        ("etl/odoo.py", "import odoorpc"),
        ("etl/a.py", "from queries import catalog\nfrom etl import load"),
        ("queries/lists/a.sql", "/* from ops.toml */ select 'listed in ops.toml' as x from rework -- not raw.x"),
    ],
)
def test_what_is_allowed_is_not_caught(tmp_path, path, text):
    file = tmp_path / path
    file.parent.mkdir(parents=True)
    file.write_text(text)
    assert [found for rule in RULES for found in rule(tmp_path)] == []
