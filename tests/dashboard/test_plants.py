"""Plants side by side, over the demo plants: the planted differences are seen, and hard days."""

from __future__ import annotations

import re
from html import escape

import duckdb
import pytest

from dashboard import texts
from queries import catalog, conformance, decision, readable, warehouse

SINGAPORE, LYON = "Alder Asia/SIN", "Alder France/WH"


@pytest.fixture
def opened(demo_warehouse):
    return warehouse.open(warehouse=demo_warehouse)


@pytest.fixture(scope="module")
def rows_of():
    """rows_of(text, caption): of the HTML table of that name, its rows, each a dict of cells (HTML) by heading."""

    def found(text: str, caption: str) -> list[dict[str, str]]:
        table = re.search(rf"<caption>{re.escape(escape(caption))}</caption>(.*?)</table>", text, flags=re.DOTALL)[1]
        rows = re.findall(r"<tr>(<td.*?)</tr>", table.partition("<tbody>")[2], flags=re.DOTALL)
        return [dict(re.findall(r'<td[^>]* data-label="([^"]*)">(.*?)</td>', row, flags=re.DOTALL)) for row in rows]

    return found


def test_every_kpi_stands_beside_the_group_in_each_plant(open_page, rows_of):
    text = open_page("plants").text
    rows = rows_of(text, texts.HEADLINES)
    assert list(rows[0]) == ["KPI", "Group", "Singapore", "Lyon", "Tulsa", "Milwaukee"]
    others = {kpi.domain for kpi in catalog.load().values() if kpi.headline is None}
    rows += [row for domain in others for row in rows_of(text, f"{texts.domain(domain)} by plant")]
    assert len(rows) == len(catalog.load())
    for row in rows:
        assert all("n = " in cell or "○" in cell for name, cell in row.items() if name != "KPI"), row["KPI"]


def test_the_planted_differences_are_seen(open_page, rows_of):
    """Lyon releases twice a week, approves late and waits for chips; Singapore approves twice (etl/demo/truths.py)."""
    text = open_page("plants").text
    cells = {re.search(r"kpi=(\w+)", row["KPI"])[1]: row for row in rows_of(text, texts.HEADLINES)}
    for kpi in ("release_lead_time", "shortage_resolution_time", "purchase_approval_turnaround"):
        assert "missed" in cells[kpi]["Lyon"] and "× the group" in cells[kpi]["Lyon"], kpi
        assert "met" in cells[kpi]["Tulsa"] and "met" in cells[kpi]["Milwaukee"], kpi
    assert "real shift since" in cells["release_lead_time"]["Singapore"]
    [drift] = [
        row
        for row in rows_of(text, "Who improves and who drifts")
        if "kpi=release_lead_time&" in row["KPI"].replace("&amp;", "&")
    ]
    assert drift["Plant"] == "Singapore" and "better" in drift[""]
    [worst, *_] = rows_of(text, "Harmonization index by process and plant")
    assert (worst["Process"], worst["Plant"]) == ("Purchase", "Singapore") and "differs" in worst["Index of 100"]
    assert "of the gap" in worst["What closes the gap"]
    [first, *_] = rows_of(text, "Which inconsistency costs most")
    assert first["Plant"] == "Singapore" and "Approved more than once" in first["Rule that is broken"]
    effects = rows_of(text, "What changes did")
    assert any("Release orders at once" in row["Change"] and "shorter" in row["Through the change"] for row in effects)
    assert "no effect shown" in effects[-1]["Through the change"]


def test_exposure_is_ranked_as_the_terminal_ranks_it_and_shows_what_is_accepted(open_page, rows_of, own):
    opened = warehouse.open(warehouse=own)
    found = [one for one in conformance.ranked(conformance.classes(opened)) if one.score >= 1]
    rows = rows_of(open_page("plants", warehouse=own).text, "Which inconsistency costs most")
    assert [f"<b>{one.score:.0f}</b>" for one in found] == [row["Score"] for row in rows]
    for one, row in zip(found, rows, strict=True):
        assert readable.money(one.of.amount, one.of.currency) in row["Money at stake"]
    first = found[0].of
    day = opened.as_of.date().replace(year=opened.as_of.year + 1)
    decision.accept("Ann", "Bo", "known", first.rule, day, plant=first.plant, warehouse=own)
    text = open_page("plants", warehouse=own).text
    [kept] = [row for row in rows_of(text, "Other inconsistencies") if "accepted" in row[""]]
    assert kept["Owner"] == "Bo" and "until" in kept["Score"]


def test_a_chosen_plant_stands_beside_the_group_alone(open_page, rows_of):
    text = open_page("plants", plant=[LYON], weeks="13").text
    assert list(rows_of(text, texts.HEADLINES)[0]) == ["KPI", "Group", "Lyon"]
    assert {row["Plant"] for row in rows_of(text, "Harmonization index by process and plant")} == {"Lyon"}
    assert "weeks=13" in rows_of(text, texts.HEADLINES)[0]["Lyon"]
    assert "28 days to" in rows_of(text, texts.HEADLINES)[0]["Lyon"]


def test_by_the_clock_of_working_time(open_page, rows_of):
    text = open_page("plants", clock="working").text
    [row, *_] = rows_of(text, texts.HEADLINES)
    assert "working time" in row["KPI"] and "no target" in row["KPI"]
    assert texts.NOT_LOADED not in text


def test_a_plant_without_numbers_is_grey_and_leaves_the_others(open_page, rows_of, own):
    with duckdb.connect(str(own / warehouse.current_version(own))) as con:
        con.execute("delete from agg_kpi where plant = $plant", {"plant": LYON})
    text = open_page("plants", warehouse=own).text
    for row in rows_of(text, texts.HEADLINES):
        assert "no case of this plant is known" in row["Lyon"] and "n = " in row["Tulsa"]
    assert texts.NOT_LOADED not in text


def test_a_first_day_is_told_in_words(open_page, own):
    with duckdb.connect(str(own / warehouse.current_version(own))) as con:
        con.execute("update agg_kpi set verdict = null")
        for table in ("agg_harmonization", "agg_harmonization_move", "agg_deviation", "agg_change_effect"):
            con.execute(f"delete from {table}")
    text = open_page("plants", warehouse=own).text
    assert "Nothing is out of the ordinary" in text and texts.NOT_LOADED not in text
    for words in (texts.NO_HARMONIZATION, texts.NO_EXPOSURE, texts.NO_EFFECTS):
        assert words in text
