"""200 rows that no Odoo should answer: each is landed as it is, beside rows that nothing changes."""

from __future__ import annotations

import json
import math

import pyarrow.parquet as pq
import pytest

from etl.landing import write_table
from etl.source import discover
from etl.table import to_table
from tests.fuzz import nasty

SOURCES = [source for _, source in sorted(discover().items())]
PLAIN = {
    "boolean": True,
    "integer": 3,
    "many2one": 7,
    "float": 1.5,
    "date": "2026-01-05",
    "datetime": "2026-01-05 08:15:00",
}


def plain(type: str) -> object:
    return [1, 2] if type == "many2many" else PLAIN.get(type, "plain")


def odd(type: str, chance) -> object:
    """An odd value of a type; False is how Odoo writes an empty one."""
    if chance.random() < 0.2:
        return False
    day = chance.choice(nasty.DAYS).isoformat()
    return (
        {
            "boolean": chance.choice([True, None]),
            "integer": chance.choice([0, -1, 2**31, -(2**63), 2**63 - 1]),
            "many2one": chance.choice([0, 1, 2**31 - 1]),
            "many2many": chance.choice([[], [3, 1, 2], None]),
            "float": chance.choice(nasty.FLOATS),
            "date": day,
            "datetime": f"{day} 23:59:59",
        }.get(type)
        if type in PLAIN or type == "many2many"
        else nasty.text(chance, surrogates=True)
    )


@pytest.mark.parametrize("number", nasty.cases(200))
def test_a_row_is_landed_as_it_is_and_changes_no_other(number, tmp_path):
    chance = nasty.seeded("odoo", number)
    source = chance.choice(SOURCES)
    types = {name: declared.type for name, declared in source.fields.items()}
    stamp = {source.cursor: "2026-01-05 08:15:00"} if source.has_cursor else {}
    good = {"id": 1} | {name: plain(type) for name, type in types.items()} | stamp
    poisoned = {"id": 2} | {name: odd(type, chance) for name, type in types.items()} | stamp
    answered = json.loads(json.dumps([good, poisoned]))  # as it comes over the wire
    fields = {name: name for name in types}
    write_table(tmp_path / "page.parquet", to_table(source, fields, answered, "test", "en_US", b"salt" * 8))
    first, second = pq.read_table(tmp_path / "page.parquet").to_pylist()
    assert [first] == to_table(source, fields, [good], "test", "en_US", b"salt" * 8).to_pylist()
    for name, declared in source.fields.items():
        given, kept = poisoned[name], second[name]
        if declared.type == "float":
            assert kept == (given if given is not False and math.isfinite(given) else None)
        elif declared.type in ("integer", "many2one"):
            assert kept == (None if given is False else given)
        elif declared.type in ("date", "datetime"):
            assert kept is None if given is False else given.startswith(f"{kept:%Y-%m-%d}".zfill(10))
        elif declared.type not in ("boolean", "many2many") and not declared.mask:
            assert kept == (None if given is False else given.encode("utf-8", "backslashreplace").decode())
