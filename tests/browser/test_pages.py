"""What only a browser can tell: layout, themes, links, and that nothing is asked of any other host."""

from __future__ import annotations

import re
import shutil

import browser_app
import pytest

from dashboard import navigation, texts
from queries import warehouse

pytestmark = pytest.mark.browser

PATHS = ["", *(re.sub(r"^\d+_", "", file.stem) for file in navigation.files()[1:])]
BRIGHTNESS = """() => { const [r, g, b] = getComputedStyle(document.querySelector('.stApp')).backgroundColor
    .match(/\\d+/g).map(Number); return (r + g + b) / 3 }"""
TOO_WIDE = """() => [document.documentElement, document.querySelector('[data-testid=stMain]')]
    .some(part => part.scrollWidth > part.clientWidth + 1)"""


@pytest.fixture(scope="session")
def record(demo_warehouse) -> str:
    """The path of a record with a long story and linked records."""
    con = warehouse.open(warehouse=demo_warehouse).cursor()
    found = con.sql(
        """select fct_case.instance, record_model, record_id from fct_case
           inner join fct_link
               on from_model = record_model and from_id = record_id and fct_link.instance = fct_case.instance
           order by event_count desc, record_id limit 1"""
    ).fetchall()[0]
    return "record?instance={}&model={}&id={}".format(*found)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", list(browser_app.SIZES))
@pytest.mark.parametrize("path", [*PATHS, "a record"])
def test_page_fits_and_asks_no_other_host(tab, app_url, record, path, size, scheme):
    seen = tab(size, scheme)
    page = seen.open(f"{app_url}/{record if path == 'a record' else path}")
    assert seen.hosts == {"127.0.0.1"}
    assert seen.errors == []
    assert page.locator("[data-testid=stException]").count() == 0
    assert page.get_by_text(texts.NOT_LOADED).count() == 0
    assert not page.evaluate(TOO_WIDE), "the page scrolls sideways"
    assert (page.evaluate(BRIGHTNESS) > 128) == (scheme == "light")


def test_card_leads_to_its_kpi_and_keeps_the_filters(tab, app_url):
    page = tab().open(f"{app_url}/?weeks=13&plant=Alder+France/WH")
    card = page.locator(".st-key-card-live-release_lead_time")
    card.scroll_into_view_if_needed()
    box = card.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] - 12)  # anywhere on the card
    page.wait_for_url("**/kpi?**")
    browser_app.settle(page)
    assert "kpi=release_lead_time" in page.url
    assert "weeks=13" in page.url and "plant=Alder+France" in page.url
    assert page.get_by_text("91 days to").count() > 0
    page.locator("[data-testid=stTopNavLink]", has_text="Data health").click()
    page.wait_for_url("**/data_health**")
    assert "weeks=13" in page.url and "plant=Alder+France" in page.url


def test_choosing_another_kpi_changes_the_link(tab, app_url):
    page = tab().open(f"{app_url}/kpi?kpi=approval_age")
    page.locator("[data-testid=stSelectbox] input").fill("Time to ready")  # the list is longer than the screen
    page.get_by_role("option", name="Time to ready").click()
    page.wait_for_url("**kpi=time_to_ready**")
    page.locator(".pp-dl").get_by_text("time_to_ready", exact=True).wait_for(timeout=30_000)


def test_changing_the_period_changes_link_and_numbers(tab, app_url):
    page = tab().open(app_url)
    page.get_by_role("radio", name="26").click()
    page.wait_for_url("**weeks=26**")
    page.get_by_text("182 days to").first.wait_for()


def test_waiting_record_leads_to_its_timeline_and_on_to_a_linked_one(tab, app_url, record):
    page = tab().open(app_url)
    page.locator("[class*=st-key-row-] a").first.click()
    page.wait_for_url("**/record?**")
    page.locator(".pp-tl").wait_for()
    page.goto(f"{app_url}/{record}")
    page.locator(".pp-tl").wait_for()
    page.locator("[class*=st-key-row-link-] a").first.click()
    page.wait_for_function("url => location.href !== url", arg=f"{app_url}/{record}")  # the link can be shared
    page.locator(".pp-tl").wait_for()
    page.get_by_text("Find another record").click()
    page.wait_for_function("!location.search")
    page.get_by_label("Document name or origin").fill("MO/0000")
    page.keyboard.press("Enter")
    page.get_by_text("records found").wait_for()


def test_rows_come_as_csv(tab, app_url):
    page = tab().open(f"{app_url}/kpi?kpi=approval_age")
    with page.expect_download() as download:
        page.locator("[class*=st-key-csv_] button").click()
    lines = download.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert "age_seconds" in lines[0]
    assert len(lines) > 1


def test_keyboard_reaches_the_cards(tab, app_url):
    page = tab().open(app_url)
    page.locator(".st-key-card-live-release_lead_time a").focus()
    outline = page.evaluate("getComputedStyle(document.activeElement, '::after').outlineStyle")
    assert outline == "solid"
    page.keyboard.press("Enter")
    page.wait_for_url("**/kpi?**")


def test_empty_warehouse_opens_by_itself_once_data_is_published(tab, demo_warehouse, tmp_path):
    with browser_app.served(tmp_path) as url:
        seen = tab("phone", "dark")
        page = seen.open(url)
        assert page.get_by_text(texts.EMPTY_TITLE).count() == 1
        assert not page.evaluate(TOO_WIDE)
        name = (demo_warehouse / "CURRENT").read_text().strip()
        shutil.copy(demo_warehouse / name, tmp_path / name)
        (tmp_path / "CURRENT").write_text(name)
        page.wait_for_selector(".pp-trust", timeout=20_000)
        assert seen.hosts == {"127.0.0.1"}


def test_clock_changes_link_and_numbers_and_a_record_shows_its_hours(tab, app_url):
    page = tab().open(f"{app_url}/kpi?kpi=shortage_resolution_time")
    page.get_by_role("radio", name="working").click()
    page.wait_for_url("**clock=working**")
    page.get_by_text("half take less, working time").first.wait_for()
    grid = page.locator("[class*=st-key-panel-records] [data-testid=stDataFrame]")
    grid.scroll_into_view_if_needed()
    page.wait_for_timeout(500)
    box = grid.bounding_box()
    page.mouse.click(box["x"] + 20, box["y"] + 56)  # the box before the first row
    hours = page.locator("[class*=st-key-panel-records] [data-testid=stExpander]")
    hours.get_by_text("counts", exact=False).first.wait_for()
    assert hours.get_by_text("night").count() + hours.get_by_text("weekend").count() > 0
    assert not page.evaluate(TOO_WIDE)
