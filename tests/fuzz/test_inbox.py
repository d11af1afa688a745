"""250 files that nobody should leave in an inbox: what can be understood is kept as it is, the rest is put aside with a
sentence, and a good file beside them counts as ever."""

from __future__ import annotations

import csv
import io
import json
import os
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from etl import inbox
from tests.conftest import FAST
from tests.etl.test_inbox import CONFIG, Bench
from tests.fuzz import nasty

GOOD = {"run_id": "7", "flow": "order", "status": "OK", "started_at": "2026-01-05T08:15:00Z", "attempts": "2"}
BATCH = 25  # files that lie in the inbox together
NAMES = (
    "a b.csv",
    "x" * 251 + ".csv",
    "neu\nlinie.jsonl",
    "\udcff.csv",
    "=cmd().csv",
    "<b>.jsonl",
    "שלום.csv",
    "%s.jsonl",
    "'.csv",
    "-rf.csv",
)
MOMENTS = (
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-12:00",
    "2026-02-30T00:00:00Z",
    "2026-01-05T25:00:00Z",
    "1582-10-10T00:00:00Z",
    "2026-W01-1T00:00",
    "2026-01-05 08:15:00.123456789Z",
    "20260105T081500",
    1767600900,
)


def row(chance) -> dict:
    """A good row with up to three nasty values, or nasty columns."""
    found: dict = dict(GOOD)
    for _ in range(chance.randrange(4)):
        name = chance.choice(inbox.COLUMNS) if chance.random() < 0.9 else nasty.text(chance)
        found[name] = chance.choice([nasty.text(chance, surrogates=True), nasty.value(chance), chance.choice(MOMENTS)])
    return found


def as_csv(chance) -> bytes:
    rows = [row(chance) for _ in range(chance.randrange(1, 5))]
    out = io.StringIO()
    writer = csv.DictWriter(out, list(dict.fromkeys(name for one in rows for name in one)), quoting=chance.randrange(2))
    writer.writeheader()
    writer.writerows({name: _short(value) for name, value in one.items()} for one in rows)
    return _encoded(out.getvalue(), chance)


def _short(value: object) -> object:
    return hex(value) if isinstance(value, int) and abs(value) > 10**100 else value


def as_json_lines(chance) -> bytes:
    lines = [
        json.dumps(row(chance), default=str, ensure_ascii=chance.random() < 0.5) for _ in range(chance.randrange(1, 5))
    ]
    depth = chance.choice([500, 990, 100_000])
    odd = ["[1]", "{", "9" * 5000, '{"run_id": ' + "9" * 5000 + "}", "NaN", '{"a": ' + "[" * depth + "]" * depth + "}"]
    return _encoded("\n".join([*lines, chance.choice(odd)]), chance)


def _encoded(text: str, chance) -> bytes:
    found = text.encode(chance.choice(["utf-8"] * 5 + ["utf-8-sig", "utf-16", "utf-32", "utf-7"]), "surrogatepass")
    if chance.random() < 0.2:
        at = chance.randrange(len(found))
        found = (
            found[:at]
            + chance.choice([b"", b"\x00", b"\xff", b'"', b"\xed\xa0\x80"])
            + found[at + chance.randrange(3) :]
        )
    return found


def as_parquet(chance) -> bytes:
    odd = [
        pa.array([2**62], pa.timestamp("us")),
        pa.array([-(2**62)], pa.timestamp("us")),
        pa.array([1], pa.timestamp("ns")),
        pa.array([b"\xff\xfe"]),
        pa.array([Decimal("1.0")]),
        pa.array([{"a": 1}]),
        pa.array([[1, None]]),
        pa.array([None]),
        pa.array([float("nan")]),
        pa.array([2**63], pa.uint64()),
        pa.array([date(9999, 12, 31)]),
        pa.array([True]),
        pa.array([[("k", 1)]], pa.map_(pa.string(), pa.int64())),
        pa.array([1], pa.duration("us")),
        pa.array(["x"]).dictionary_encode(),
        pa.array([2**40], pa.time64("us")),
        pa.array([datetime(2026, 1, 5, tzinfo=UTC)]),
    ]
    table = {name: pa.array([value]) for name, value in GOOD.items()}
    for _ in range(chance.randrange(1, 3)):
        table[chance.choice([*inbox.COLUMNS, nasty.text(chance)])] = chance.choice(odd)
    out = io.BytesIO()
    pq.write_table(pa.table(table), out)
    found = out.getvalue()
    return found[: chance.randrange(len(found))] if chance.random() < 0.2 else found


WRITERS = ((as_csv, ".csv"), (as_json_lines, ".jsonl"), (as_parquet, ".parquet"))


def nasty_file(number: int) -> tuple[str, bytes]:
    """Name and content of a case."""
    chance = nasty.seeded("inbox", number)
    write, ending = WRITERS[number % 3]
    content = write(chance)
    name = chance.choice(NAMES) if chance.random() < 0.3 else f"log{ending}"
    stem, dot, last = name.rpartition(".")
    prefix = "" if len(name) > 200 else f"{number}-"
    return (f"{prefix}{stem}{dot}{last}" if chance.random() < 0.2 else f"{prefix}{stem}{ending}"[-255:]), content


@pytest.fixture
def bench():
    """In memory, where the machine has such a folder: each file is synced to the disk."""
    with TemporaryDirectory(dir=FAST) as folder:
        yield Bench(Path(folder), CONFIG)


@pytest.mark.parametrize("first", range(0, len(nasty.cases(250)), BATCH))
def test_files_are_kept_or_put_aside_and_the_good_one_counts(first, bench):
    for number in range(first, first + BATCH):
        name, content = nasty_file(number)
        (bench.place / os.fsencode(name).decode("utf-8", "surrogateescape")).unlink(missing_ok=True)
        bench.drop(name, content, seconds_ago=60 + number)
    bench.drop("good.csv", "run_id,flow,status,attempts\ngood,order,done,3\n")
    lying = len(bench.files())
    bench.read()
    assert [path for path in bench.place.iterdir() if path.is_file()] == []  # nothing is left to be read once more
    kept = bench.rows("file, run_id, flow, status, attempts, native_status, started_at")
    assert [one for one in kept if one["file"] == "good.csv"] == [
        {
            "file": "good.csv",
            "run_id": "good",
            "flow": "order",
            "status": "success",
            "attempts": 3,
            "native_status": "done",
            "started_at": None,
        }
    ]
    told = bench.told()
    assert len(told) == lying
    assert all(1 <= len(reason) < 700 and reason.isprintable() for *_, reason in told if reason)
    for path in (bench.place / "rejected").glob("*.jsonl"):
        for line in path.read_bytes().splitlines():
            if b'"reason"' in line:
                assert json.loads(line)["reason"]
    assert all(text.isprintable() and len(text) < 1_000 for text in bench.said)
    assert all(one["status"] in inbox.STATUSES and one["started_at"] != datetime.max for one in kept)
