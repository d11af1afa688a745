"""100 tables that nobody should take for formulas: as CSV of a page and of a command, and as a spreadsheet."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import UTC, datetime
from xml.etree import ElementTree

import pytest

from dashboard import download, texts
from queries import terminal
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
            assert cells["name"].removeprefix("'").replace("\r", "") in (
                row["name"].replace("\x00", "").replace("\r", ""),
                row["name"].replace("\x00", "").replace("\r", "")[1:],
            )
            assert int(cells["count"]) == row["count"]
            assert float(cells["wait_seconds"]) == -3600  # numbers stay numbers
    with zipfile.ZipFile(io.BytesIO(download.as_xlsx(rows, {texts.FILE_TITLE: nasty.text(chance)[:500]}))) as file:
        for name in file.namelist():
            if name.endswith(".xml"):
                tree = ElementTree.fromstring(file.read(name))
                assert not [one for one in tree.iter() if one.tag.endswith(("}f", "}hyperlink"))]
