"""100 tables that nobody should take for formulas: as CSV of a page, of a command and of the event log, and as a
spreadsheet."""

from __future__ import annotations

import csv
import io
import sys
import zipfile
from contextlib import contextmanager
from datetime import UTC, datetime
from xml.etree import ElementTree

import pyarrow as pa
import pytest

from dashboard import download, texts
from queries import export, terminal
from queries.cell import safe, safe_column
from tests.fuzz import nasty

DAYS = [datetime(day.year, day.month, day.day, tzinfo=UTC) for day in nasty.DAYS]


def table(chance) -> list[dict]:
    """Rows with a column of each type; of the texts none holds what UTF-8 cannot."""
    return [
        {
            "name": nasty.text(chance)[:2_000],
            "amount": chance.choice(nasty.FLOATS),
            "count": chance.choice([-5, 0, 2**53 + 1]),
            "started_at": chance.choice(DAYS),
            "due_on": chance.choice(nasty.DAYS),
            "is_open": chance.random() < 0.5,
            "wait_seconds": -3600.0,
        }
        for _ in range(3)
    ]


def read(text: str) -> list[dict]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def lines(text: str) -> str:
    """The text with line ends of one kind."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def test_a_carriage_return_begins_no_line_of_a_file(capsysbinary):
    rows = [{"name": name, "count": 1} for name in ("a\r=1+1", "\r\n=1+1", "b\r")]
    terminal.write(rows, False, True, None)
    for text in (capsysbinary.readouterr().out.decode(), download.as_csv(rows).decode("utf-8-sig")):
        assert [lines(cells["name"]) for cells in read(text)] == ["a\n=1+1", "'\n=1+1", "b\n"]
        assert [cells["count"] for cells in read(text)] == ["1", "1", "1"]


@pytest.mark.parametrize("number", nasty.cases(100))
def test_no_cell_of_a_file_is_run(number, capsysbinary):
    chance = nasty.seeded("export", number)
    rows = table(chance)
    terminal.write(rows, False, True, None)
    of_command = read(capsysbinary.readouterr().out.decode())
    of_page = read(download.as_csv(rows).decode("utf-8-sig"))
    for found in (of_command, of_page):
        assert len(found) == len(rows)
        for cells, row in zip(found, rows, strict=True):
            assert not cells["name"].strip().startswith(tuple("=+-@＝＋－＠")) and cells["name"][:1] not in (
                "\t",
                "\r",
                "\n",
            )
            name = lines(row["name"].replace("\x00", ""))
            assert lines(cells["name"]).removeprefix("'") in (name, name[1:])
            assert int(cells["count"]) == row["count"]
            assert float(cells["wait_seconds"]) == -3600  # numbers stay numbers
    with zipfile.ZipFile(io.BytesIO(download.as_xlsx(rows, {texts.FILE_TITLE: nasty.text(chance)[:500]}))) as file:
        for name in file.namelist():
            if name.endswith(".xml"):
                tree = ElementTree.fromstring(file.read(name))
                assert not [one for one in tree.iter() if one.tag.endswith(("}f", "}hyperlink"))]


@pytest.fixture
def as_log(monkeypatch, tmp_path):
    """as_log(names) -> the lines of an event log of a case of each name, read from the file."""

    def written(names: list[str | None]) -> list[dict]:
        columns = {column for column in export.CSV_COLUMNS.values() if column}
        events = [
            dict.fromkeys(columns, name) | {"amount": -1.5, "event_at": "2026-01-05T08:00:00.000000+00:00"}
            for name in names
        ]
        schema = pa.schema([(name, pa.float64() if name == "amount" else pa.string()) for name in sorted(columns)])
        part = {"workflow": "production", "plant": None, "case_count": len(names), "event_count": len(names)}
        found = {"part": [part], "event": events}
        monkeypatch.setattr(
            export.warehouse,
            "batches",
            lambda _, name, rows, **asked: [
                pa.RecordBatch.from_pylist(found[name], schema if name == "event" else None)
            ],
        )
        export.to_csv(None, tmp_path / "log.csv", export.Selection())
        with long_cells(), (tmp_path / "log.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    return written


@contextmanager
def long_cells():
    """Cells of a megabyte may be read."""
    before = csv.field_size_limit(sys.maxsize)
    yield
    csv.field_size_limit(before)


@pytest.mark.parametrize("number", nasty.cases(100))
def test_no_cell_of_an_event_log_is_run_and_every_name_is_found_as_in_other_files(number, as_log):
    chance = nasty.seeded("event log", number)
    names = [nasty.text(chance) for _ in range(20)]
    for line, name in zip(as_log(names), names, strict=True):
        cells = {key: cell for key, cell in line.items() if export.CSV_COLUMNS[key] not in (None, "amount", "event_at")}
        assert len(cells) == len(export.CSV_COLUMNS) - 3
        assert set(cells.values()) == {safe(name)}
        assert line["case:amount"] == "-1.5" and line["lifecycle:transition"] == "complete"


def test_a_column_of_texts_is_safe_as_each_of_them_is():
    blanks = [chr(code) for code in range(sys.maxunicode) if chr(code).isspace()]
    first = [chr(code) for code in range(0x3000)] + list("＝＋－＠")
    texts_of = [f"{blank}{sign}1" for blank in blanks for sign in ("=", "\n+", "a=")] + [f"{sign}x" for sign in first]
    given = [*texts_of, "\0=1", "a\0b", "", None, "[x]", "^x", "\\x"]
    assert safe_column(pa.array(given)).to_pylist() == [safe(text) for text in given]
    plain = pa.array(["WH/MO/00001", None, "a = b", ""])
    assert safe_column(plain) is plain
