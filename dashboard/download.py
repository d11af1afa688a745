"""Tables as files: CSV for machines, XLSX for people, made when somebody clicks and not before."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, is_dataclass
from datetime import UTC, date, datetime
from html import escape

import streamlit as st
import xlsxwriter

from dashboard import data, filters, sign_in, texts
from queries import readable
from queries.cell import safe

Rows = Sequence[object] | Callable[[], Sequence[object]]

OFFERED = "offered"  # in the session
MOST = 50_000  # rows of a sheet; more take longer than a reader waits, and the CSV has them
LONGEST = 16_000  # characters of a cell: a spreadsheet counts 32 767, rare ones twice
FIRST_YEAR = 1901  # spreadsheets disagree about the days before
WIDEST, NARROWEST = 48, 8  # characters of a column
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Offer:
    """A table that a page gives as files: their name, what it is, and the rows or what gives them at a click."""

    name: str
    title: str
    rows: Rows


def begin() -> None:
    """A page begins to be drawn: none of its tables is offered yet."""
    st.session_state[OFFERED] = {}


def offer(name: str, title: str, rows: Rows, *, key: str | None = None) -> None:
    """Puts a table of the page that is drawn among those it gives as files."""
    st.session_state[OFFERED][key or name] = Offer(name, title, rows)


def menu() -> None:
    """All tables of the page that was drawn, each as CSV and XLSX."""
    offered: dict[str, Offer] = st.session_state.pop(OFFERED)
    if not offered:
        st.html(f'<p class="pp-sub">{escape(texts.NO_FILES)}</p>')
    for key, one in offered.items():
        _buttons(key, one)


def csv_of(one: Offer) -> Callable[[], bytes]:
    """What makes the CSV of a table at a click, outside the session; then nothing for who may not see it any more."""
    still = sign_in.still()
    return lambda: as_csv(_plain(one.rows, still))


def _buttons(key: str, one: Offer) -> None:
    said, still = about(one.title), sign_in.still()
    is_empty = not (callable(one.rows) or one.rows)
    small = {"type": "tertiary", "disabled": is_empty, "on_click": "ignore"}
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key=f"download_{key}"):
        st.html(f"<span>{escape(one.title)}</span>", width="stretch")
        st.download_button("CSV", csv_of(one), f"{one.name}.csv", "text/csv", key=f"csv_{key}", **small)
        st.download_button(
            "XLSX", lambda: as_xlsx(_plain(one.rows, still), said), f"{one.name}.xlsx", XLSX, key=f"xlsx_{key}", **small
        )


def about(title: str) -> dict[str, str]:
    """What a file says of itself: what it is, of when, of which version and under which filters. Read while the page is
    drawn: a file is made outside the session."""
    chosen: filters.Filters = st.session_state["filters"]
    zones = {row["name"] or row["plant"]: row["timezone"] for row in data.plants()}
    return {
        texts.FILE_TITLE: title,
        texts.FILE_AS_OF: f"{data.as_of():%Y-%m-%d %H:%M} UTC",
        texts.FILE_VERSION: data.version().name.removesuffix(".duckdb"),
        texts.FILE_PLANTS: ", ".join(data.plant_name(code) for code in chosen.plants) or texts.EVERY_PLANT,
        texts.FILE_PERIOD: texts.last_weeks(chosen.weeks),
        texts.FILE_CLOCK: texts.CLOCK[chosen.clock],
        **filters.in_words(chosen),
        texts.FILE_TIMES: texts.times_of_file(zones),
    }


def _plain(rows: Rows, still: Callable[[], None]) -> list[dict]:
    """The rows as dicts; SignInRefused where the reader may not see them any more."""
    still()
    found = rows() if callable(rows) else rows
    return [asdict(row) if is_dataclass(row) else row for row in found]


def as_csv(rows: Sequence[Mapping]) -> bytes:
    """Every column as stored: moments in UTC, durations in seconds."""
    out = io.StringIO()
    if rows:
        writer = csv.DictWriter(out, fieldnames=list(rows[0]), extrasaction="ignore")
        writer.writeheader()
        writer.writerows({key: safe(value) for key, value in row.items()} for row in rows)
    return out.getvalue().encode("utf-8-sig")


def as_xlsx(rows: Sequence[Mapping], said: Mapping[str, str]) -> bytes:
    """A sheet with the rows under readable headings with units, frozen and with a filter, and one that says what they
    are. Texts are written as texts, so that none runs as a formula; durations are in hours."""
    out = io.BytesIO()
    as_text = dict.fromkeys(("strings_to_formulas", "strings_to_urls", "strings_to_numbers"), False)
    with xlsxwriter.Workbook(out, {"in_memory": True, **as_text}) as book:
        formats = {
            "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}),
            "moment": book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
            "day": book.add_format({"num_format": "yyyy-mm-dd"}),
            "number": book.add_format({"num_format": "#,##0.##"}),
        }
        _rows(book.add_worksheet(texts.FILE_ROWS), rows[:MOST], formats)
        names = list(rows[0]) if rows else []
        _said(book.add_worksheet(texts.FILE_ABOUT), _counted(said, len(rows)), names, formats)
    return out.getvalue()


def _rows(sheet, rows: Sequence[Mapping], formats: Mapping) -> None:
    names = list(rows[0]) if rows else []
    for column, name in enumerate(names):
        head = " ".join(filter(None, heading(name)))
        sheet.write_string(0, column, head, formats["head"])
        longest = max((len(str(row[name] or "")) for row in rows[:200]), default=0)
        sheet.set_column(column, column, min(max(NARROWEST, longest, len(head) // 2) + 2, WIDEST))
        for line, row in enumerate(rows, start=1):
            _write(sheet, line, column, name, row[name], formats)
    if names:
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, max(len(rows), 1), len(names) - 1)


def _write(sheet, line: int, column: int, name: str, value: object, formats: Mapping) -> None:
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_boolean(line, column, value)
    elif isinstance(value, int | float):
        if value == value and abs(value) != float("inf"):
            shown = value / readable.HOUR if name.endswith("_seconds") else value
            if isinstance(value, int) and abs(value) >= 10**15:  # a sheet keeps 15 digits
                sheet.write_string(line, column, str(value))
            elif name.endswith("_id"):
                sheet.write_number(line, column, shown)
            else:
                sheet.write_number(line, column, shown, formats["number"])
    elif isinstance(value, date) and value.year < FIRST_YEAR:
        sheet.write_string(line, column, value.isoformat())
    elif isinstance(value, datetime):
        utc = value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
        sheet.write_datetime(line, column, utc, formats["moment"])
    elif isinstance(value, date):
        sheet.write_datetime(line, column, datetime(value.year, value.month, value.day), formats["day"])
    else:
        sheet.write_string(line, column, _readable(str(value)))


def _readable(text: str) -> str:
    """A text as XML can hold it, cut to what a cell can."""
    return (
        text[:LONGEST]
        .encode("utf-8", "backslashreplace")
        .decode()
        .replace("\ufffe", "")
        .replace("\uffff", "")[:LONGEST]
    )


def heading(name: str) -> tuple[str, str]:
    """A column's name in words and its unit in brackets: what it ends with tells."""
    ends = {"_seconds": "(hours)", "_at": "(UTC)", "_on": "(day)"}
    for end, unit in ends.items():
        if name.endswith(end):
            return texts.dimension(name.removesuffix(end)), unit
    if name.endswith("share") or name in ("chance", "coverage"):
        return texts.dimension(name), "(1 is all)"
    return texts.dimension(name), ""


def _counted(said: Mapping[str, str], count: int) -> dict[str, str]:
    words = f"{count}" if count <= MOST else texts.cut_file(MOST, count)
    return {**said, texts.FILE_COUNT: words}


def _said(sheet, said: Mapping[str, str], names: Sequence[str], formats: Mapping) -> None:
    lines = [*said.items(), ("", ""), (texts.FILE_COLUMN, texts.FILE_STORED)]
    lines += [(" ".join(filter(None, heading(name))), name) for name in names]
    for line, (word, value) in enumerate(lines):
        is_head = line < len(said) or word == texts.FILE_COLUMN
        sheet.write_string(line, 0, word, formats["head"] if is_head else None)
        sheet.write_string(line, 1, value)
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, 80)
