"""Reports to keep: what one says, and the same as HTML and as PDF.

A report is made of parts with cards, tables and sentences, all of them text; templates in reports/ set it. The PDF is
made by Typst from the very same text, as PDF/A for archives.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import typst
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from queries import spark

FOLDER = Path(__file__).parent / "reports"
TEMPLATES = Environment(
    loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)
FORMATS = ("html", "pdf")
GOOD, BAD, WARN, NONE = MARKS = ("good", "bad", "warn", "none")
SIGN = {GOOD: "✓", BAD: "✕", WARN: "!", NONE: "○"}


class ReportError(Exception):
    """A report cannot be written; the message says why and what to do."""


@dataclass(frozen=True)
class Cell:
    """What stands in a table: words, smaller ones below, and one of MARKS before them."""

    words: str
    below: str = ""
    mark: str = ""


@dataclass(frozen=True)
class Table:
    """heads with their columns; `wide`: shares of the width by column; right: columns of figures. Where there is no
    row, `empty` says so. more: how many further rows are not told."""

    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    wide: tuple[int, ...]
    right: tuple[int, ...] = ()
    empty: str = "None."
    more: int = 0


@dataclass(frozen=True)
class Card:
    """A number: what it is of, the number, what it was before, its verdict and target, on what it rests, and its final
    weeks (None: a week that can still change, or has no number)."""

    title: str
    value: str
    before: str
    said: tuple[Cell, ...]
    foot: str
    weeks: tuple[float | None, ...] = ()
    target: float | None = None
    limits: tuple[float, float] | None = None


@dataclass(frozen=True)
class Part:
    """Sentences, cards and tables under a heading."""

    title: str
    note: str = ""
    lines: tuple[Cell, ...] = ()
    cards: tuple[Card, ...] = ()
    table: Table | None = None


@dataclass(frozen=True)
class Report:
    """name: of its file; facts: what it is of, in pairs of words."""

    name: str
    title: str
    subtitle: str
    facts: tuple[tuple[str, str], ...]
    parts: tuple[Part, ...]


def cells(*words: str | Cell) -> tuple[Cell, ...]:
    """A row of a table."""
    return tuple(word if isinstance(word, Cell) else Cell(word) for word in words)


def table(heads: Sequence[str], rows: Sequence, wide: Sequence[int], most: int | None = None, **how) -> Table:
    """A table of `rows` (of words or cells), of which at most `most` are told."""
    kept = list(rows)[:most]
    return Table(tuple(heads), tuple(cells(*row) for row in kept), tuple(wide), more=len(rows) - len(kept), **how)


def html(report: Report) -> str:
    """The report as one HTML file that needs no other."""
    picture = lambda card: Markup(spark.picture(card.weeks, card.target, card.limits))  # noqa: E731
    return TEMPLATES.get_template("report.html").render(report=report, picture=picture, sign=SIGN)


def pdf(report: Report) -> bytes:
    """The report as PDF/A-2b, A4, in a font of the machine, or else Typst's own. Where no font has a sign of it, an
    ordinary PDF that shows a box there: PDF/A must not."""
    told = asdict(report)
    for part, own in zip(told["parts"], report.parts, strict=True):
        for card, one in zip(part["cards"], own.cards, strict=True):
            card["picture"] = spark.picture(one.weeks, one.target, one.limits)
    given = {"report": json.dumps(told), "sign": json.dumps(SIGN)}
    template = (FOLDER / "report.typ").read_bytes()
    try:
        try:
            return typst.compile(template, sys_inputs=given, pdf_standards=["a-2b"])
        except typst.TypstError:
            return typst.compile(template, sys_inputs=given)
    except typst.TypstError as error:
        raise ReportError(f"the PDF of {report.title} could not be set ({error}): use --format html.") from error


def save(report: Report, folder: Path, formats: Sequence[str] = FORMATS) -> list[Path]:
    """Writes the report into a folder, private to its owner; the files. A report of the same name and day is replaced
    as a whole."""
    written = []
    for kind in formats:
        content = html(report).encode() if kind == "html" else pdf(report)
        path = folder / f"{report.name}.{kind}"
        draft = path.with_name(f".{path.name}.draft")
        try:
            folder.mkdir(parents=True, exist_ok=True)
            draft.touch(mode=0o600, exist_ok=True)
            draft.write_bytes(content)
            os.replace(draft, path)
        except OSError as error:
            raise ReportError(
                f"{path} could not be written ({error.strerror}): name a folder with room that may be written (--to)."
            ) from error
        written.append(path)
    return written
