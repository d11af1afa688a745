"""The wait ledger over the demo plants: owners of the hours, the orders they held, and one order as a waterfall."""

from __future__ import annotations

import re

import duckdb
import pytest

from dashboard import texts
from queries import readable, wait, warehouse

LYON, SINGAPORE = "Alder France/WH", "Alder Asia/SIN"
MOST_QUERIES = 8


@pytest.fixture(scope="module")
def opened(demo_warehouse):
    return warehouse.open(warehouse=demo_warehouse)


@pytest.fixture(scope="module")
def held(opened) -> dict:
    """The order that approvers of Lyon held longest."""
    return warehouse.read(opened, "wait_order", owner="approver", plant=LYON).to_pylist()[0]


@pytest.mark.parametrize("clock", ["elapsed", "working"])
def test_every_owner_of_every_plant_is_there(open_page, opened, clock):
    ledgers = wait.ledgers(warehouse.read(opened, "wait_pareto", plant=None, clock=clock).to_pylist())
    text = open_page("wait_ledger", clock=clock).text
    assert len(ledgers) == 4
    for one in ledgers:
        assert texts.ledger(one, clock) in text
        for line in one.lines:
            assert readable.share(line.share) in text and texts.sentence(line.row["owner"]) in text
    assert ("the plant was closed" in text) == (clock == "elapsed")


def test_planners_and_approvers_of_lyon_hold_more_than_those_of_singapore(open_page, opened):
    rows = warehouse.read(opened, "wait_pareto", plant=None, clock="elapsed").to_pylist()
    share = {(one.plant, line.row["owner"]): line.share for one in wait.ledgers(rows) for line in one.lines}
    for owner in ("planner", "approver"):
        assert share[LYON, owner] > 1.5 * share[SINGAPORE, owner]
        assert readable.share(share[LYON, owner]) in open_page("wait_ledger", plant=LYON).text


def test_a_plant_shows_only_its_own_lines(open_page):
    text = open_page("wait_ledger", plant=LYON).text
    assert '<h2 class="pp-h2">Lyon</h2>' in text
    assert "Singapore" not in text and "Milwaukee" not in text


def test_an_owner_leads_to_the_orders_it_held_longest(open_page, opened, held):
    assert "owner=approver&at=Alder+France%2FWH" in open_page("wait_ledger").text
    rows = warehouse.read(opened, "wait_order", owner="approver", plant=LYON).to_pylist()
    text = open_page("wait_ledger", owner="approver", at=LYON).text
    assert rows[0]["held_seconds"] == max(row["held_seconds"] for row in rows)
    for row in rows:
        assert row["name"] in text and f"model=mrp.production&id={row['record_id']}" in text
    places = [text.index(f">{row['name']}<") for row in rows]
    assert places == sorted(places)


def test_stretches_of_an_order_add_up_to_its_lead_time_with_who_lost(open_page, opened, held):
    [order] = [
        one
        for one in wait.orders(warehouse.read(opened, "order_wait", order=held["name"], plant=None).to_pylist())
        if one.row["plant"] == LYON
    ]
    text = open_page("wait_ledger", order=held["name"], at=LYON).text
    assert order.lead_seconds == pytest.approx(held["lead_seconds"])
    assert f"add up to the lead time of {readable.duration(held['lead_seconds'])}" in text
    assert [one["losers"] for one in order.stretches if "supplier or stock" in one["losers"]]
    assert "Supplier or stock" in text and ">supplier or stock</td>" in text
    shares = [float(width) for width in re.findall(r'<i class="pp-own-[\w-]+" style="width:([\d.]+)%"', text)]
    assert sum(shares) == pytest.approx(100, abs=0.1)
    assert f"record?instance=demo&model=mrp.production&id={held['record_id']}" in text


def test_an_order_that_several_plants_have_shows_each_unless_a_plant_is_named(open_page, opened):
    rows = warehouse.read(opened, "order_wait", order="WH/MO/02000", plant=None).to_pylist()
    plants = {row["plant"] for row in rows}
    assert len(plants) > 1
    assert open_page("wait_ledger", order="wh/mo/02000").text.count("Stretch by stretch</h2>") == len(plants)
    assert open_page("wait_ledger", order="WH/MO/02000", at=LYON).text.count("Stretch by stretch</h2>") == 1


def test_an_order_from_before_the_last_26_weeks_says_that_nothing_is_kept(open_page):
    assert texts.NO_STRETCHES in open_page("wait_ledger", order="WH/MO/00001", at=LYON).text


@pytest.mark.parametrize("query", [{"order": "no such"}, {"order": "'"}, {"order": "WH/MO/00001", "at": "Atlantis"}])
def test_an_order_that_is_not_there_is_a_sentence(open_page, query):
    assert texts.no_order(query["order"]) in open_page("wait_ledger", **query).text


@pytest.mark.parametrize("query", [{"owner": "'", "at": LYON}, {"owner": "planner", "at": "Atlantis"}])
def test_an_owner_that_is_not_there_has_no_orders(open_page, query):
    assert texts.NO_ROWS in open_page("wait_ledger", **query).text


def test_an_order_is_asked_for_by_its_name(open_page, held):
    """What the field of that name puts into the address at Enter (see tests/browser)."""
    assert re.search('<input type="search" [^>]*data-filter="order"', open_page("wait_ledger").html)
    assert "Stretch by stretch" in open_page("wait_ledger", order=held["name"]).text


def test_a_page_asks_no_more_than_eight_queries(open_page, own, monkeypatch):
    asked, read = [], warehouse.read
    monkeypatch.setattr(warehouse, "read", lambda *of, **given: asked.append(of[1]) or read(*of, **given))
    open_page("wait_ledger", warehouse=own)
    assert 0 < len(asked) <= MOST_QUERIES, asked


def change(folder, *statements: str) -> None:
    with duckdb.connect(str(folder / warehouse.current_version(folder))) as con:
        for statement in statements:
            con.execute(statement)


def test_first_day_without_an_order_says_so(open_page, own):
    change(own, "delete from agg_wait", "delete from fct_wait")
    text = open_page("wait_ledger", warehouse=own).text
    assert texts.NO_WAITING in text and texts.NOT_LOADED not in text


def test_a_plant_that_is_missing_leaves_the_others_and_one_without_a_calendar_says_why(open_page, own):
    gap = "calendar_gap = 'the work calendar was not known yet'"
    change(own, f"delete from agg_wait where plant <> '{LYON}'", f"update agg_wait set {gap}")
    text = open_page("wait_ledger", warehouse=own).text
    assert "Lyon" in text and "Singapore" not in text
    assert "When it is closed is not known: the work calendar was not known yet." in text


def test_a_file_from_before_there_was_this_list_says_what_is_missing(open_page, own):
    change(own, "drop table agg_wait")
    text = open_page("wait_ledger", warehouse=own).text
    assert "was published before it held the list wait_pareto: run" in text
    assert "Whose waiting makes orders late?" in text
