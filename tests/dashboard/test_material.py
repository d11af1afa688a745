"""Production, shortages, quality and maintenance over the demo plants, and over what is missing, old or empty."""

from __future__ import annotations

from html import escape

import duckdb
import pytest

from dashboard import texts
from etl.demo.prototypes import LEFT
from etl.demo.truths import SCARCE_NAME
from queries import measure, production, readable, shortage, warehouse

SINGAPORE, LYON = "Alder Asia/SIN", "Alder France/WH"
PAGES = ("production", "shortages", "quality", "maintenance")
MOST_QUERIES = 8
FRAME = {"plant", "source_health", "check_result"}  # what the trust bar and the filters of every page ask
MARTS = {
    "fct_shortage", "fct_component_shortage", "fct_component_wait", "fct_standstill", "fct_hold", "fct_defect_text",
    "agg_defect_theme", "agg_defect_text", "fct_nonconformity", "fct_corrective_action", "fct_production_order",
    "fct_release_blocker", "fct_work_order", "fct_downtime", "fct_schedule", "fct_open_production", "agg_kpi",
    "fct_maintenance_request", "fct_maintenance_wait",
}  # fmt: skip
EMPTY = {
    "production": [texts.AT_RISK_NONE, texts.BLOCKERS_NONE, texts.QUEUES_NONE, texts.OFF_PLAN_NONE, texts.NO_ROWS],
    "shortages": [texts.SHORT_NONE, texts.SHORT_AGAIN_NONE, texts.NO_ROWS],
    "quality": [texts.HOLD_NONE, texts.THEMES_NONE, texts.NONCONFORMITIES_NONE, texts.NO_ROWS],
    "maintenance": [texts.MAINTENANCE_NONE, texts.MACHINES_NONE, texts.STOPS_NONE, texts.NO_ROWS],
}


@pytest.fixture(scope="module")
def listed(demo_warehouse):
    opened = warehouse.open(warehouse=demo_warehouse)
    return lambda name, **given: warehouse.read(opened, name, **given).to_pylist()


def change(own, *statements: str) -> None:
    with duckdb.connect(str(own / warehouse.current_version(own))) as con:
        for statement in statements:
            con.execute(statement)


def links(text: str, name: str) -> str:
    """The part of a page that a panel of this caption shows."""
    return text.partition(f"<caption>{escape(name)}</caption>")[2].partition("</table>")[0]


@pytest.mark.parametrize("name", PAGES)
def test_first_day_is_a_page_that_says_so(open_page, own, name):
    change(own, *(f"delete from {mart}" for mart in MARTS))
    text = open_page(name, warehouse=own).text
    assert texts.NOT_LOADED not in text
    assert [words for words in EMPTY[name] if words not in text] == []


@pytest.mark.parametrize("name", PAGES)
def test_one_part_that_cannot_be_read_leaves_the_others(open_page, own, name):
    change(own, f"drop table {'fct_maintenance_wait' if name == 'maintenance' else 'fct_standstill'}")
    text = open_page(name, warehouse=own).text
    assert "was published before it held" in text and texts.KPI_LINES in text


@pytest.mark.parametrize("name", PAGES)
def test_a_page_asks_no_more_than_eight_queries(open_page, own, monkeypatch, name):
    asked = []
    read = warehouse.read
    monkeypatch.setattr(warehouse, "read", lambda *of, **given: asked.append(of[1]) or read(*of, **given))
    for of in ("values", "distribution", "survival"):
        found = getattr(measure, of)
        monkeypatch.setattr(measure, of, lambda *a, of=of, found=found, **k: asked.append(of) or found(*a, **k))
    open_page(name, warehouse=own)
    own_queries = [one for one in asked if one not in FRAME]
    assert 0 < len(own_queries) <= MOST_QUERIES, own_queries


@pytest.mark.parametrize("name", PAGES)
def test_pages_follow_plant_and_clock(open_page, name):
    text = open_page(name, plant=LYON, clock="working", weeks="13").text
    assert texts.NOT_LOADED not in text and "Milwaukee" not in text
    assert "plant=Alder+France" in text and "clock=working" in text


# Shortages


def test_every_order_that_waits_is_there_with_what_it_lacks(open_page, listed):
    rows = listed("short_component")
    text = open_page("shortages").text
    for order in shortage.orders(rows):
        assert f"id={order['record_id']}" in text and order["name"] in text
        assert all(one["component"] in text for one in order["lacks"] if one["component"])
    assert "Held in quarantine" in text  # seal kits of Lyon


def test_orders_are_narrowed_to_a_component(open_page, listed):
    rows = listed("short_component")
    component = next(row["component"] for row in rows if row["component"] and row["supply_id"])
    page = open_page("shortages", lacks=component)
    kept = {row["name"] for row in rows if row["component"] == component}
    shown = links(page.text, "Orders that wait")
    assert page.chosen("lacks") == [texts.short(component, 32)]
    assert all(name in shown for name in kept)
    assert shown.count("<tr>") - 1 == len(kept) < len(shortage.orders(rows))


def test_what_is_no_component_narrows_nothing(open_page):
    assert open_page("shortages", lacks="nothing").chosen("lacks") == []


def test_seal_kits_of_lyon_keep_orders_waiting_most(open_page):
    text = open_page("shortages", weeks="26").text
    first = links(text, "Components that run short").partition("<tbody>")[2].partition("</tr>")[0]
    assert SCARCE_NAME in first and "Lyon" in first


# Quality


def test_holds_are_told_with_worth_and_lead_on(open_page, listed):
    rows = listed("open_hold")
    text = open_page("quality").text
    assert rows and all(row["name"] in text and readable.money(row["value"], row["currency"]) in text for row in rows)


def test_lyon_holds_goods_longest(open_page):
    page = open_page("quality", holds="plant", weeks="26")
    shown = links(page.text, "How long goods are held")
    widths = {row.partition("</td>")[0].rpartition(">")[2]: row for row in shown.split("<tr>")[2:]}
    assert set(widths) == {"Lyon", "Milwaukee", "Tulsa", "Singapore"}
    assert "width:100.0%" in widths["Lyon"]


@pytest.mark.parametrize("by", list(texts.HOLD_BY))
def test_holds_are_cut_by_each_dimension(open_page, by):
    page = open_page("quality", holds=by)
    assert texts.NOT_LOADED not in page.text
    assert page.chosen("holds") == [by]
    assert f'<th scope="col">{texts.HOLD_BY[by]}</th>' in page.text or texts.HOLD_NO_THEME in page.text


def test_a_theme_leads_to_its_records(open_page, listed):
    theme = listed("theme_time", plant=None)[0]
    assert f"theme={theme['theme']}" in open_page("quality").text
    page = open_page("quality", theme=str(theme["theme"]), plant=LYON)
    records = [row for row in listed("defect_text", theme=theme["theme"]) if row["plant"] == LYON]
    assert f"{readable.number(len(records))}, the newest first" in page.text and records[0]["text"] in page.text
    assert texts.THEME_GONE in open_page("quality", theme="no number").text


# Production


def test_orders_at_risk_tell_what_holds_them(open_page, listed):
    found = production.at_risk(listed("open_production"))
    text = open_page("production").text
    first = text.partition("<caption>Orders at risk</caption>")[2]  # with those of them that are folded away
    held = [row for row in found.pressing if row["held_by"]]
    assert held and all(row["name"] in text for row in found.pressing)
    assert all(escape(row["held_by"]) in text for row in held)
    assert found.savable and first.index(found.savable[-1]["name"]) < first.index(found.late[0]["name"])
    # Prototypes of Singapore that were left lying for months stand apart.
    left = [row for row in found.long_late if row["product"] == "[T1-01] Prototype valve"]
    assert {row["plant"] for row in left} == {SINGAPORE} and len(left) == LEFT[1]
    assert all(row["name"] in links(text, "Long late") for row in found.long_late)


def test_blockers_are_narrowed_to_one(open_page, listed):
    rows = listed("release_blocker")
    shown = links(open_page("production", blocker="routing").text, "Blockers by plant")
    assert "No routing" in shown and "Material" not in shown
    assert {"material", "routing", "approval", "capacity"} == {row["blocker"] for row in rows}


def test_work_centers_that_stand_still_come_first(open_page, listed):
    rows = listed("work_center_queue")
    shown = links(open_page("production").text, "Queues of work centers")
    later = next(row["state"] for row in rows if row["state"] != "down")  # such as fed or starved, as the hour has it
    assert rows[0]["state"] == "down" and shown.index("down") < shown.index(later)


def test_what_is_held_since_nobody_knows_when_leaves_the_rest(open_page, own):
    change(
        own,
        "update fct_hold set held_at = null where hold_id = (select min(hold_id) from fct_hold where outcome = 'open')",
    )
    text = open_page("quality", warehouse=own).text
    assert texts.NOT_LOADED not in text and "The oldest" in text
