"""Reports to keep: the numbers of agg_kpi, the same in HTML and PDF, and nothing in them that is not text."""

from __future__ import annotations

import json
import re
import sqlite3
import stat
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from html.parser import HTMLParser

import pypdfium2
import pytest
from typer.testing import CliRunner

from queries import brief, catalog, decision, readable, report, warehouse
from queries import review as actions
from queries.__main__ import app
from queries.report import Card, Cell, Part, Report, table
from queries.report_automation import automation_review, last_held
from queries.report_executive import executive_pack

LYON = "Alder France/WH"


class Text(HTMLParser):
    """The words of an HTML file, cell by cell."""

    def __init__(self, text: str):
        super().__init__()
        self.rows, self.words, self._in_style = [[]], [], False
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self._in_style = tag == "style" or (self._in_style and tag != "style")
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_endtag(self, tag):
        if tag == "style":
            self._in_style = False

    def handle_data(self, data):
        if not self._in_style and data.strip():
            self.words.append(data.strip())
            if self.rows[-1]:
                self.rows[-1][-1] += data


def pdf_text(content: bytes) -> str:
    """The words of a PDF in one line, without any space."""
    document = pypdfium2.PdfDocument(content)
    return re.sub(r"\s", "", "".join(page.get_textpage().get_text_bounded() for page in document))


def call(folder, *arguments: str) -> str:
    done = CliRunner().invoke(app, list(arguments), env={"OPS_WAREHOUSE": str(folder), "COLUMNS": "200"})
    assert done.exit_code == 0, done.output
    return done.output


@pytest.fixture(scope="module")
def opened(demo_warehouse):
    return warehouse.open(warehouse=demo_warehouse)


@pytest.fixture(scope="module")
def pack(opened) -> Report:
    return executive_pack(opened, (), (), (), opened.as_of.date())


@pytest.fixture(scope="module")
def review(opened) -> Report:
    return automation_review(opened, (), opened.as_of.date() - timedelta(weeks=13), opened.as_of.date())


def part(found: Report, title: str) -> Part:
    return next(one for one in found.parts if one.title == title)


def test_the_numbers_of_the_pack_are_those_of_the_command_line(demo_warehouse, pack):
    kpis = catalog.load()
    told = json.loads(call(demo_warehouse, "kpi", *brief.headlines(kpis), "--json"))
    by_title = {card.title: card for card in part(pack, "Headline numbers").cards}
    plants = part(pack, "Plant by plant").table
    names = {
        row["plant"]: row["name"]
        for row in warehouse.read(warehouse.open(warehouse=demo_warehouse), "plant").to_pylist()
    }
    compared = 0
    for row in told:
        kpi = kpis[row["name"]]
        wanted = "no number" if row["value"] is None else readable.measured(row["value"], kpi.unit)
        if row["plant"] is None:
            assert by_title[kpi.title].value == wanted
            assert f"n = {readable.number(row['n'])}" in by_title[kpi.title].foot
        if row["plant"] in (None, *names):
            line = next(one for one in plants.rows if one[0].words == kpi.title)
            cell = line[plants.heads.index("All plants" if row["plant"] is None else names[row["plant"]])]
            assert cell.words == wanted
            compared += 1
    assert compared == 5 * len(by_title)


def test_every_other_executive_kpi_is_in_it_with_its_cases(demo_warehouse, pack):
    kpis = {kpi.title: kpi for kpi in catalog.load().values() if kpi.headline is None and "executive" in kpi.audience}
    lines = {line[0].words: line for line in part(pack, "All other numbers").table.rows}
    assert set(lines) == set(kpis)
    told = json.loads(call(demo_warehouse, "kpi", *(kpi.name for kpi in kpis.values()), "--json"))
    for row in told:
        if row["plant"] is None and row["value"] is not None:
            kpi = kpis[row["title"]]
            assert lines[kpi.title][1].words == readable.measured(row["value"], kpi.unit)
            assert lines[kpi.title][5].words.startswith(f"n = {readable.number(row['n'])}")


@pytest.mark.parametrize("which", ["pack", "review"])
def test_html_and_pdf_say_the_same(which, request):
    found: Report = request.getfixturevalue(which)
    html, pdf = Text(report.html(found)), report.pdf(found)
    words, printed = "".join(html.words), pdf_text(pdf)
    said = [found.title, found.subtitle, *(word for pair in found.facts for word in pair)]
    for one in found.parts:
        said += [one.title, one.note]
        said += [words for line in one.lines for words in (line.words, line.below)]
        for card in one.cards:
            said += [card.title, card.value, card.before, card.foot, *(line.words for line in card.said)]
        for row in one.table.rows if one.table else ():
            said += [words for cell in row for words in (cell.words, cell.below)]
    assert len(said) > 200
    for text in said:
        assert text in words
        assert re.sub(r"\s", "", text) in printed, text
    assert b"pdfaid" in pdf and found.facts[-1][0] == "Times"


def test_the_version_the_age_and_the_period_are_on_the_cover(opened, pack):
    facts = dict(pack.facts)
    assert facts["Version"] == opened.version and f"{opened.as_of:%Y-%m-%d}" in facts["Data as of"]
    assert facts["Period"].startswith("28 days, ") and "checks of the data" in facts["Can it be trusted"]


def test_the_pack_of_a_plant_names_no_other(opened):
    found = executive_pack(opened, (), (), (), opened.as_of.date(), LYON)
    text = " ".join(Text(report.html(found)).words)
    assert "Lyon" in text and "Plant by plant" not in text
    for other in ("Tulsa", "Singapore", "Milwaukee"):
        assert other not in text


def test_names_are_text_in_html_and_in_pdf():
    nasty = '<script>alert(1)</script> #panic("x") *b* [c] $x$ \\ `d` ✓ 零件 Łódź'
    card = Card(nasty, "1 d", nasty, (Cell(nasty, mark="bad"),), nasty, (1.0, None, 2.0), 1.5, (0.5, 2.5))
    rows = table((nasty,), [(Cell(nasty, nasty, "good"),)], (1,))
    found = Report("x", nasty, nasty, ((nasty, nasty),), (Part(nasty, nasty, (Cell(nasty),), (card,), rows),))
    html = report.html(found)
    assert "<script>" not in html and "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    # A sign that no font of the machine has makes an ordinary PDF of it, and stops nothing.
    assert re.sub(r"\s", "", '<script>alert(1)</script>#panic("x")*b*[c]$x$\\`d`') in pdf_text(report.pdf(found))


def test_decisions_in_force_are_in_the_pack(own):
    today = readable.utc_now().date()
    decision.accept("Ann", "Bo", "new supplier", "approved more than twice", today + timedelta(days=9), warehouse=own)
    decision.accept("Ann", "Cy", "pilot", "done before started", today + timedelta(days=90), plant=LYON, warehouse=own)
    decision.correct("Di", "stocktake", "counted", today - timedelta(days=3), today, warehouse=own)
    call(own, "report", "executive", "--format", "html")
    [path] = (own / "reports").iterdir()
    text = " ".join(Text(path.read_text()).words)
    assert "approved more than twice" in text and "expires in 9 days" in text and "new supplier" in text
    assert "stocktake: counted (Di" in text


def test_the_review_names_owner_use_failures_and_what_is_dead(review):
    wrong = {line[0].words: line for line in part(review, "What does not work").table.rows}
    notes = wrong["Dispatch notes"]
    assert notes[1].words == "failing" and notes[2].words == "Head of logistics"
    assert int(notes[3].words) > int(notes[4].words) > 0
    assert "Tell the planner of slipping dates" in [
        line[0].words for line in part(review, "What is not used").table.rows
    ]
    register = {line[0].words: line for line in part(review, "Register").table.rows}
    assert register["Follow new orders"][3].words == "cannot be told"
    assert set(wrong) <= set(register)


def test_the_review_tells_changes_since_the_last_one_and_what_they_did(opened, review):
    [change] = part(review, "What changed").table.rows
    assert change[0].words == "Release orders at once"
    effects = {line[1].words: line[4] for line in part(review, "Before and after").table.rows}
    assert "shorter" in effects["Release lead time"].words and effects["Release lead time"].mark == "good"
    later = automation_review(opened, (), opened.as_of.date() - timedelta(days=7), opened.as_of.date())
    assert part(later, "What changed").table.rows == () and part(later, "Before and after").table.rows == ()


def test_the_next_review_begins_where_the_last_one_that_was_held_ends(own):
    def first_day() -> tuple[str, str]:
        call(own, "report", "automation", "--format", "html")
        words = Text(path.read_text()).words
        return words[words.index("Since the last review") + 1], words[words.index("Last review") + 1]

    today = warehouse.open(warehouse=own).as_of.date()
    path = own / "reports" / f"automation_review_{today}.html"
    begins = lambda days: f"{readable.day(today - timedelta(days=days))} to {readable.day(today)}"  # noqa: E731
    for _ in range(2):  # looking at it is not holding it
        assert first_day()[0] == begins(91)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    said = call(own, "report", "automation", "--held-by", "Ann Moreau", "--note", "two rules go", "--format", "html")
    assert "Decision 1: Ann Moreau held this review; `.venv/bin/python -m queries withdraw 1` takes it back." in said
    assert first_day()[0] == begins(91)  # on the same day it is still that one
    decided = replace(decision.decisions(own)[0], decided_at=datetime.combine(today - timedelta(days=20), time(9)))
    assert last_held([decided], today) == decided and last_held([replace(decided, subject="issue:x")], today) is None
    with sqlite3.connect(own / "decisions.sqlite") as con:
        con.execute("drop trigger decision_stays")
        con.execute("update decision set decided_at = ?", [str(decided.decided_at)])
    assert first_day() == (begins(20), f"held by Ann Moreau on {readable.day(today - timedelta(days=20))}")
    assert review_of_decisions(own) == []
    call(own, "withdraw", "1", "--who", "Ann Moreau", "--why", "by mistake")
    assert first_day()[0] == begins(91)


def review_of_decisions(folder) -> list:
    """What became of what was decided: nothing does of a review."""
    opened = warehouse.open(warehouse=folder)
    return actions.read(opened, decision.decisions(folder), (), (), catalog.load(), readable.utc_now())


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("executive", "--format", "doc"), "there is no format 'doc': use html or pdf."),
        (("executive", "--plant", "LYN"), "there is no plant 'LYN'"),
        (("automation", "--note", "x"), "say by --held-by who holds it."),
        (("automation", "--since", "2199-01-01"), "lies after the data's last day"),
        (("automation", "--to", "/proc/nowhere", "--format", "html"), "could not be written"),
    ],
)
def test_a_slip_is_one_sentence(demo_warehouse, arguments, sentence):
    done = CliRunner().invoke(app, ["report", *arguments], env={"OPS_WAREHOUSE": str(demo_warehouse)})
    assert done.exit_code == 1 and sentence in done.output and done.output.startswith("Failed: ")


def test_accepted_deviations_are_told_the_next_to_expire_first(opened):
    day = date(2026, 11, 29)
    made = lambda id, rule, until, **of: decision.Acceptance(  # noqa: E731
        id, opened.as_of, "Ann", rule, None, "Bo", until, "why", **of
    )
    found = automation_review(
        opened,
        (
            made(1, "later", day + timedelta(days=60)),
            made(2, "soon", day + timedelta(days=3)),
            made(3, "over", day - timedelta(days=3)),
            made(4, "taken back", day + timedelta(days=3), withdrawn_at=opened.as_of),
        ),
        day - timedelta(weeks=13),
        day,
    )
    told = [(line[0].words, line[4].mark) for line in part(found, "Accepted deviations").table.rows]
    assert told == [("over", "bad"), ("soon", "warn"), ("later", "none")]
    assert "Accepted deviations that expire within 28 days: 1." in [
        line.words for line in part(found, "In short").lines
    ]
