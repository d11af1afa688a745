"""What is the same on every page: filters that narrow or say that they do not, links that keep them, the locale and
zone of the reader, long tables a page at a time."""

from __future__ import annotations

import re
from dataclasses import replace
from html import escape

import pytest

from dashboard import panel, texts, unblock_view
from dashboard.filters import Filters
from queries import catalog, measure, readable, wait, warehouse

TULSA, MILWAUKEE, LYON = "Alder Industries/TUL", "Alder Industries/WH", "Alder France/WH"
FAMILY = "Gear pumps"
NARROWED = texts.not_narrowed(["product_family"])


@pytest.fixture(scope="module")
def opened(demo_warehouse):
    return warehouse.open(warehouse=demo_warehouse)


@pytest.fixture(scope="module")
def listed(opened):
    return lambda name, **given: warehouse.read(opened, name, **given).to_pylist()


def part(text: str, caption: str) -> str:
    """The table of this caption."""
    return text.partition(f"<caption>{escape(caption)}</caption>")[2].partition("</table>")[0]


# Filters


def test_a_link_carries_what_was_chosen_and_companies_instead_of_their_plants():
    chosen = Filters(13, (TULSA, MILWAUKEE), "working", ("Alder Industries",), (FAMILY,), ("Ann",), (TULSA, MILWAUKEE))
    kept = {"weeks": "13", "company": ["Alder Industries"], "family": [FAMILY], "responsible": ["Ann"]}
    assert chosen.query() == kept | {"clock": "working"}
    assert replace(chosen, plants=(TULSA,)).query()["plant"] == [TULSA]
    assert Filters().query() == {} and Filters().dimension() is None
    assert chosen.dimension() == {
        "plant": [TULSA, MILWAUKEE], "product_family": [FAMILY], "responsible": ["Ann"]
    }  # fmt: skip


def test_a_company_is_all_its_plants_and_stays_in_links(open_page):
    page = open_page("production", company="Alder Industries")
    chosen = page.app.session_state["filters"]
    assert set(chosen.plants) == {TULSA, MILWAUKEE} and chosen.companies == ("Alder Industries",)
    assert "Tulsa" in page.text and "Lyon" not in page.text
    assert "company=Alder+Industries" in page.text and "plant=Alder" not in page.text
    other = open_page("production", company="Alder Industries", plant=LYON)  # no plant of the company: all of it
    assert other.app.session_state["filters"].plants == chosen.plants


def test_plants_are_chosen_by_name_and_stand_in_the_address_by_code_from_page_to_page(open_page):
    page = open_page("unblock", plant=LYON)
    assert page.app.session_state["filters"].plants == (LYON,)
    assert page.chosen("plant") == ["Lyon"] and re.search("<summary>Lyon</summary>", page.html)
    assert page.leads_to("plant", "Tulsa") == {"plant": [TULSA]} and page.leads_to("plant", "All plants") == {}
    names = re.findall('<input type="checkbox" value="([^"]*)" aria-label="([^"]*)"( checked)?>', page.html)
    assert [(name, bool(ticked)) for _, name, ticked in names] == [
        ("Singapore", False), ("Lyon", True), ("Tulsa", False), ("Milwaukee", False),
    ]  # fmt: skip
    assert all(warehouse_code in (LYON, TULSA, MILWAUKEE) or "Asia" in warehouse_code for warehouse_code, *_ in names)
    assert re.search(r'<a href="exceptions\?plant=Alder\+France%2FWH"', page.html)  # the menu leads on with them


def test_each_filter_is_an_address_and_says_what_is_in_use(open_page):
    page = open_page("production", weeks="13", clock="working", view="shift")
    assert (page.chosen("weeks"), page.chosen("clock"), page.chosen("plant")) == (["13"], ["working"], ["All plants"])
    kept = {"weeks": ["13"], "clock": ["working"], "view": ["shift"]}
    assert page.leads_to("weeks", "26") == kept | {"weeks": ["26"]}
    assert page.leads_to("clock", "elapsed") == {"weeks": ["13"], "view": ["shift"]}  # the default is not told
    assert page.leads_to("plant", "Lyon") == kept | {"plant": [LYON]}


def test_rarer_filters_are_drawn_while_somebody_wants_them(open_page):
    assert not open_page("production", family=FAMILY).app.multiselect
    page = open_page("production", more="1", family=FAMILY)
    assert [one.label for one in page.app.multiselect] == ["Company", "Product family", "Responsible"]
    assert page.app.multiselect[1].value == [FAMILY] and "More filters <b>1</b>" in page.html
    page.app.multiselect[1].set_value([]).run()
    assert page.app.session_state["filters"] == Filters() and "family" not in page.app.query_params
    page.app.multiselect[0].set_value(["Alder France"]).run()
    assert page.app.session_state["filters"].plants == (LYON,)


@pytest.mark.parametrize("query", [{"family": "Nothing"}, {"company": "No"}, {"responsible": "'; drop table x"}])
def test_nonsense_in_the_address_is_no_filter(open_page, query):
    page = open_page("shortages", **query)
    assert page.app.session_state["filters"] == Filters()
    assert 'class="pp-chip"' not in page.text and texts.NOT_LOADED not in page.text


def test_a_list_is_narrowed_to_a_product_family_and_says_where_it_is_not(open_page, listed):
    page = open_page("production", family=FAMILY)
    families = {row["product"]: row["family"] for row in listed("family_of_product")}
    orders = listed("open_production")
    mine = [row for row in orders if families.get(row["product"]) == FAMILY]
    shown = part(page.text, "Orders at risk")
    assert 0 < len(mine) < len(orders)
    assert all(families[row["product"]] == FAMILY for row in orders if f">{row['name']}</a>" in shown)
    assert f"Product family: <b>{FAMILY}</b>" in page.text and "family=Gear+pumps" in shown
    assert page.text.count(NARROWED) == 1  # queues of work centers, which are of no family
    assert NARROWED not in open_page("production").text


def test_a_list_is_narrowed_to_a_responsible_person(open_page, listed):
    person = next(row["responsible"] for row in listed("stuck") if row["responsible"])
    shown = part(open_page("unblock", responsible=person).text, "What stands still")
    assert person in shown
    assert not any(
        row["responsible"] in shown for row in listed("stuck") if row["responsible"] not in (None, person)
    )  # fmt: skip


def test_what_counts_cases_counts_those_that_were_chosen(open_page, opened):
    """Process, wait ledger and touch map make their figures anew of the orders of a family or a person."""
    of = {"product_family": [FAMILY]}
    sizes = warehouse.read(opened, "process_size", of).to_pylist()
    mine = next(row for row in sizes if (row["workflow"], row["plant"]) == ("production", LYON))
    text = open_page("process", flow="production", one=LYON, beside="alone", family=FAMILY).text
    assert NARROWED not in text and texts.cases_of(mine["case_count"]) in text
    whole = open_page("process", flow="production", one=LYON, beside="alone").text
    assert texts.cases_of(mine["case_count"]) not in whole and texts.DEVIATIONS_NARROWED not in whole
    assert texts.DEVIATIONS_NARROWED in text
    rows = warehouse.read(opened, "way_case", of, workflow="production", plant=LYON, number=1).to_pylist()
    text = open_page("process", flow="production", way="1", at=LYON, family=FAMILY).text
    assert all(row["name"] in text for row in rows) and NARROWED not in text
    ledger = warehouse.read(opened, "wait_pareto", of, plant=LYON, clock="elapsed").to_pylist()
    owner = next(row for row in ledger if row["owner"] != wait.CLOSED)
    text = open_page("wait_ledger", plant=LYON, family=FAMILY).text
    assert NARROWED not in text and texts.of(owner["n"], owner["order_count"]) in text
    text = open_page("wait_ledger", owner=owner["owner"], at=LYON, family=FAMILY).text
    held = warehouse.read(opened, "wait_order", of, owner=owner["owner"], plant=LYON).to_pylist()
    assert held and all(row["name"] in text for row in held) and NARROWED not in text
    text = open_page("touch_map", family=FAMILY).text
    assert NARROWED not in text
    busiest = max(warehouse.read(opened, "touch_map", of, workflow=None).to_pylist(), key=lambda row: row["told_count"])
    assert readable.number(busiest["order_count"]) in text


def test_exceptions_of_orders_are_of_their_family(open_page, listed):
    rows = [row for row in listed("open_exception") if row["product_family"] == FAMILY]
    assert 0 < len(rows) < len(listed("open_exception"))
    text = open_page("exceptions", family=FAMILY).text
    assert NARROWED not in text and rows[0]["name"] in text
    shown = part(text, "What needs somebody")
    others = {row["name"] for row in listed("open_exception") if row["name"]} - {row["name"] for row in rows}
    assert not any(f">{name}</a>" in shown for name in others)


def test_a_kpi_is_measured_of_what_was_chosen(open_page, opened):
    kpi = catalog.load()["release_lead_time"]
    period = Filters().period(opened.as_of)
    of = {"product_family": [FAMILY]}
    value = measure.values(opened, kpi, *period, filters=of).to_pylist()[0]["value"]
    assert value != measure.values(opened, kpi, *period).to_pylist()[0]["value"]
    page = open_page("kpi", kpi=kpi.name, family=FAMILY)
    assert readable.measured(value, kpi.unit) in page.text and texts.NOT_JUDGED_NARROWED in page.text
    brief = open_page(family=FAMILY).text
    assert brief.count(f"<strong>{readable.measured(value, kpi.unit)}</strong>") == 1
    assert NARROWED in brief and texts.OTHERS_NARROWED in brief and texts.NOT_LOADED not in brief


def test_a_kpi_that_does_not_know_a_filter_has_no_number_and_says_why(open_page):
    text = open_page("kpi", kpi="recording_lag", family=FAMILY).text
    assert "no number" in text and texts.no_number_by(["product_family"]) in text
    assert "Week by week" not in text


@pytest.mark.parametrize("name", ["plants", "approvals", "shortages", "quality", "wait_ledger", "integrations"])
def test_pages_stand_under_all_filters_at_once(open_page, listed, name):
    person = listed("stuck")[0]["responsible"] or next(r["responsible"] for r in listed("stuck") if r["responsible"])
    text = open_page(name, company="Alder France", family=FAMILY, responsible=person, weeks="13").text
    assert texts.NOT_LOADED not in text and "Milwaukee" not in text
    assert "family=Gear+pumps" in text or "href" not in text.partition("pp-trust")[2]


# Locale and time zone


def test_each_reader_reads_numbers_of_one_brief_in_the_own_locale(open_page):
    seen = {}
    for locale in ("de-DE", "en-GB", "de-DE"):
        page = open_page()
        page.app.context = {"locale": locale}
        page.app.run()
        seen.setdefault(locale, []).append(page.text)
    assert seen["de-DE"][0] == seen["de-DE"][1] != seen["en-GB"][0]
    assert re.search(r"\d\.\d{3} rows", seen["de-DE"][0]) and re.search(r"\d,\d{3} rows", seen["en-GB"][0])


def test_times_are_in_the_zone_of_the_reader_and_of_the_plant_on_pointing(open_page, listed):
    row = next(row for row in listed("stuck") if row["plant"] == LYON and row["since_at"])
    page = open_page("unblock", stuck=unblock_view.address(row))
    page.app.context = {"timezone": "Asia/Tokyo"}
    page.app.run()
    there = f"{readable.moment(row['since_at'], 'Europe/Paris')} in Lyon, Europe/Paris"
    assert f'title="{there}">{readable.moment(row["since_at"], "Asia/Tokyo")}</time>' in page.text
    page.app.context = {"timezone": "Nowhere/Land"}
    page.app.run()
    assert f">{readable.moment(row['since_at'])}</time>" in page.text and texts.NOT_LOADED not in page.text


# Long tables


def test_a_long_table_is_drawn_a_page_at_a_time(monkeypatch):
    drawn = []
    monkeypatch.setattr(panel, "FEW", 40)
    monkeypatch.setattr(panel.tables, "table_html", lambda title, columns, rows: drawn.append(len(rows)) or "")
    monkeypatch.setattr(panel.st, "session_state", {"filters": Filters()})
    many = [{"n": number} for number in range(panel.SHOWN + panel.FEW + 1)]
    panel.body_html("Some", {}, many[: panel.SHOWN + panel.FEW])
    assert drawn == [panel.SHOWN, panel.FEW]
    drawn.clear()
    panel.body_html("Some", {}, many)
    assert drawn == [panel.SHOWN]


def test_the_rest_of_a_long_table_is_in_the_address(open_page, monkeypatch):
    monkeypatch.setattr(panel, "FEW", 0)
    monkeypatch.setattr(panel, "PAGE", 5)
    closed = open_page("production").text
    assert "More: orders at risk" not in closed
    opened = open_page("production", more_orders_at_risk="1", page_more_orders_at_risk="2").text
    assert part(opened, "More: orders at risk").count("<tr>") == 1 + 5
    assert part(opened, "Orders at risk") == part(closed, "Orders at risk")


def test_files_are_offered_by_one_button_and_drawn_when_it_is_open(open_page):
    assert not open_page().app.get("download_button")
    page = open_page(export="1")
    names = [one.proto.label for one in page.app.get("download_button")]
    assert names == ["CSV", "XLSX"] * 2  # headline KPIs, and all others


def test_a_page_that_ends_early_offers_its_files_too(open_page, listed):
    row = next(row for row in listed("stuck") if row["due_soon_count"])
    page = open_page("unblock", stuck=unblock_view.address(row), export="1")
    assert texts.NO_FILES in page.text  # a record alone is no table
    theme = listed("theme_time", plant=None)[0]["theme"]
    assert open_page("quality", theme=theme, export="1").app.get("download_button")
