"""300 configurations that nobody should write: each loads, or is one sentence that names the file and the place. 30
more that load build a warehouse, too: that takes seconds each."""

from __future__ import annotations

import json
import re
import tomllib
from copy import deepcopy
from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest

from etl import publish
from etl.systems import every
from queries import budget, catalog, config
from queries.catalog import CatalogError
from queries.config import ConfigError
from tests.fuzz import nasty

EXAMPLE = re.sub(
    r"^# (?=\[|\w+ = |\")", "", Path(__file__).parents[2].joinpath("ops.example.toml").read_text("utf-8"), flags=re.M
)
KPIS = list(catalog.load().values())
BYTES = (
    b"\x00",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\xc3",
    b"\xed\xa0\x80",
    b'"',
    b"'''",
    b"[",
    b"]]",
    b"{",
    b"\r",
    b"=",
    b"\n[plant]\n",
    b"9" * 5000,
)


def toml(value: object) -> str:
    """A value as TOML has it, in one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_quoted(key)} = {toml(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(toml(one) for one in value) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return _quoted(value)
    return value.isoformat() if isinstance(value, date | datetime) or hasattr(value, "isoformat") else _number(value)


def _number(value: int | float) -> str:
    return hex(value) if isinstance(value, int) and value > 10**100 else repr(value)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")


def places(value: object, way: tuple = ()) -> list[tuple]:
    """The ways to every section, list and value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [way, *(found for key, one in inner for found in places(one, (*way, key)))]


def changed(chance) -> bytes:
    """The example, with one to three of its values, keys or sections replaced, left out, renamed or doubled."""
    content = deepcopy(tomllib.loads(EXAMPLE))
    for _ in range(chance.choice([1, 1, 1, 2, 3])):
        *way, last = chance.choice([way for way in places(content) if way])
        at = content
        for key in way:
            at = at[key]
        how = chance.randrange(6)
        if how < 3:
            at[last] = nasty.value(chance)
        elif how == 3:
            del at[last]
        elif isinstance(at, dict):
            at[nasty.text(chance)] = at.pop(last) if how == 4 else nasty.value(chance)
        else:
            at.append(deepcopy(at[last]))
    return "\n".join(f"{_quoted(key)} = {toml(value)}" for key, value in content.items()).encode()


def torn(chance) -> bytes:
    """The example as bytes that were cut, doubled, written over or saved in another encoding."""
    given = EXAMPLE.encode()
    for _ in range(chance.choice([1, 2, 5])):
        at, size = chance.randrange(len(given)), chance.choice([0, 1, 10, 500])
        put = chance.choice([b"", chance.choice(BYTES), nasty.text(chance).encode("utf-8", "surrogatepass")])
        given = given[:at] + put + given[at + size :]
    how = chance.randrange(8)
    if how == 0:
        return given.decode("utf-8", "replace").encode(chance.choice(["utf-16", "utf-32", "utf-8-sig"]))
    if how == 1:
        return b"plant = " + chance.choice([b"[", b"{a="]) * 5_000
    return given[: chance.randrange(len(given))] if how == 2 else given


@pytest.fixture(autouse=True)
def no_environment(monkeypatch):
    for name in ("ODOO_URL", "ODOO_DB", "ODOO_USER", "N8N_URL", "OPS_CONFIG"):
        monkeypatch.delenv(name, raising=False)


def sentence_of(path: Path) -> str | None:
    """What a refresh would say of this file before it reads anything; None where it is taken."""
    try:
        found = config.load(path)
        with duckdb.connect() as con:
            publish.put_configuration(con, found, "main")
        for kpi in KPIS:
            budget.levels(kpi, found.objectives)
    except (ConfigError, CatalogError) as error:
        return str(error)
    return None


@pytest.mark.parametrize("number", nasty.cases(300))
def test_a_configuration_loads_or_is_one_sentence(number, tmp_path):
    chance = nasty.seeded("configuration", number)
    path = tmp_path / "ops.toml"
    path.write_bytes((changed if number % 3 else torn)(chance))
    said = sentence_of(path)
    if said is not None:
        assert_sentence(said)


def assert_sentence(said: str) -> None:
    assert said.isprintable() and len(said) < 4_100
    assert "ops.toml" in said and ":" in said and said[-1] in ".?"


@pytest.mark.parametrize("number", nasty.cases(30))
def test_a_configuration_that_loads_builds_or_is_one_sentence(number, tmp_path):
    path = tmp_path / "ops.toml"
    for attempt in range(100):
        path.write_bytes(changed(nasty.seeded(f"configuration that loads {number}", attempt)))
        if sentence_of(path) is None:
            break
    assert sentence_of(path) is None
    try:
        publish.validate(list(every().values()), config.load(path))
    except (ConfigError, CatalogError) as error:
        assert_sentence(str(error))


def test_what_is_tried_is_sometimes_taken_and_sometimes_refused(tmp_path):
    path, found = tmp_path / "ops.toml", []
    for number in range(20):
        path.write_bytes(changed(nasty.seeded("configuration", number)))
        found.append(sentence_of(path))
    assert None in found and len(set(found)) > 3
