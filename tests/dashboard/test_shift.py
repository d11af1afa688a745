"""The shift view of the production page over the demo plants."""

from __future__ import annotations

from html import escape

import duckdb
import pytest

from dashboard import texts
from queries import measure, shift, warehouse

LYON, SINGAPORE = "Alder France/WH", "Alder Asia/SIN"
MOST_QUERIES = 8
FRAME = {"plant", "source_health", "check_result"}


@pytest.fixture(scope="module")
def listed(demo_warehouse):
    opened = warehouse.open(warehouse=demo_warehouse)
    return lambda name, **given: warehouse.read(opened, name, **given).to_pylist()


def panel(text: str, name: str) -> str:
    return text.partition(f"<caption>{escape(name)}</caption>")[2].partition("</table>")[0]


def test_without_a_choice_it_is_the_running_or_last_shift_in_plant_time(open_page, listed):
    newest = listed("shift", plant=LYON)[0]
    page = open_page("production", view="shift", plant=LYON)
    assert texts.NOT_LOADED not in page.text and texts.shift_name(newest) in page.text
    assert "Times are of the plant (Europe/Paris)" in page.text and f"{newest['local_from']:%H:%M}" in page.text
    work = listed("shift_work", plant=LYON, until_at=newest["next_to"])
    shown = panel(page.text, "Waits for the next shift") + panel(page.text, "Handed to the next shift")
    assert work and shift.handed_over(work)[0]["name"] in shown


def test_another_shift_is_a_link_and_tells_what_came_in_it(open_page, listed):
    shifts = listed("shift", plant=SINGAPORE)
    rows, one = next(
        (found, one)
        for one in shifts[1:]
        if len(found := listed("shift_order", plant=SINGAPORE, from_at=one["shift_from"], to_at=one["shift_to"])) > 3
    )
    page = open_page("production", view="shift", of=SINGAPORE, shift=shift.key(one))
    assert texts.shift_name(one) in page.text and texts.SHIFT_OLD in page.text
    shown = panel(page.text, "Against the frozen plan") + panel(page.text, "More: against the frozen plan")
    assert all(row["name"] in shown for row in rows)
    assert page.chosen("view") == ["shift"]


def test_a_shift_that_is_none_is_the_newest(open_page, listed):
    page = open_page("production", view="shift", plant=LYON, shift="yesterday")
    assert texts.shift_name(listed("shift", plant=LYON)[0]) in page.text


def test_a_shift_asks_no_more_than_eight_queries(open_page, own, monkeypatch):
    asked = []
    read = warehouse.read
    monkeypatch.setattr(warehouse, "read", lambda *of, **given: asked.append(of[1]) or read(*of, **given))
    monkeypatch.setattr(measure, "values", lambda *of, **given: pytest.fail("a shift measures nothing"))
    open_page("production", warehouse=own, view="shift", plant=LYON)
    own_queries = [one for one in asked if one not in FRAME]
    assert 0 < len(own_queries) <= MOST_QUERIES, own_queries


def test_an_empty_shift_says_so_and_a_plant_without_hours_has_days(open_page, own):
    with duckdb.connect(str(own / warehouse.current_version(own))) as con:
        for mart in ("fct_schedule", "fct_downtime", "fct_stuck", "fct_work_order", "fct_open_production"):
            con.execute(f"delete from {mart}")
        con.execute("update fct_production_order set is_backorder = false")
        con.execute("update dim_shift set is_known = false")
    text = open_page("production", warehouse=own, view="shift", plant=LYON).text
    assert [words for words in (texts.SHIFT_PLAN_NONE, texts.SHIFT_STOPS_NONE, texts.SHIFT_WORK_NONE)
            if words not in text] == []  # fmt: skip
    assert "all day" in text and "working hours of the plant are not known" in text
