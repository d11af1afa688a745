"""What only a browser can tell: layout, themes, links, and that nothing is asked of any other host."""

from __future__ import annotations

import io
import re
import shutil
from itertools import product

import browser_app
import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image, ImageChops, ImageStat

from dashboard import navigation, texts
from queries import warehouse
from tests.conftest import in_turn

pytestmark = pytest.mark.browser

# Streamlit's own menu of a phone, whose headings of sections stand beside the items of a list.
STREAMLITS_MENU = [["[data-testid=stSidebarNav]"]]
PATHS = ["", *(re.sub(r"^\d+_", "", file.stem) for file in navigation.files()[1:])]
BRIGHTNESS = """() => { const [r, g, b] = getComputedStyle(document.querySelector('.stApp')).backgroundColor
    .match(/\\d+/g).map(Number); return (r + g + b) / 3 }"""
TOO_WIDE = """() => [document.documentElement, document.querySelector('[data-testid=stMain]')]
    .some(part => part.scrollWidth > part.clientWidth + 1)"""


LOOKS = list(product(browser_app.SIZES, ("light", "dark")))
OPENED_MOST = [("", ("phone", "light")), ("unblock", ("desktop", "dark")), ("approvals", ("desktop", "light"))]


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


@pytest.mark.parametrize(("path", "look"), dict.fromkeys([*in_turn([*PATHS, "a record"], LOOKS), *OPENED_MOST]))
def test_page_fits_and_asks_no_other_host(tab, app_url, record, path, look):
    size, scheme = look
    seen = tab(size, scheme)
    page = seen.open(f"{app_url}/{record if path == 'a record' else path}")
    assert seen.hosts == {"127.0.0.1"}
    assert seen.errors == []
    assert page.locator("[data-testid=stException]").count() == 0
    assert page.get_by_text(texts.NOT_LOADED).count() == 0
    assert not page.evaluate(TOO_WIDE), "the page scrolls sideways"
    assert (page.evaluate(BRIGHTNESS) > 128) == (scheme == "light")
    found = Axe().run(page, context={"exclude": STREAMLITS_MENU}).response["violations"]
    assert [(one["id"], node["target"], node["html"][:200]) for one in found for node in one["nodes"]] == []


def test_card_leads_to_its_kpi_and_keeps_the_filters(tab, app_url):
    page = tab().open(f"{app_url}/?weeks=13&plant=Alder+France/WH")
    card = page.locator(".pp-tile[href*='kpi=release_lead_time']").first
    card.scroll_into_view_if_needed()
    box = card.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] - 12)  # anywhere on the card
    page.wait_for_url("**/kpi?**")
    browser_app.settle(page)
    assert "kpi=release_lead_time" in page.url
    assert "weeks=13" in page.url and "plant=Alder+France" in page.url
    assert page.get_by_text("91 days to").count() > 0
    page.locator(".pp-menu a", has_text="Unblock list").click()
    page.wait_for_url("**/unblock**")
    assert "weeks=13" in page.url and "plant=Alder+France" in page.url


def test_a_sentence_of_the_brief_leads_to_its_kpi_in_its_plant_and_back(tab, app_url):
    page = tab().open(app_url)
    page.locator(".pp-told a").first.click()
    page.wait_for_url("**/kpi?**")
    browser_app.settle(page)
    assert "kpi=release_lead_time" in page.url and "plant=Alder+Asia" in page.url
    page.go_back()
    page.locator(".pp-closing").wait_for()


def test_a_number_of_a_plant_leads_to_its_kpi_there(tab, app_url):
    page = tab().open(f"{app_url}/plants?weeks=13")
    page.locator(".st-key-panel-matrix td[data-label=Lyon] a").first.click()
    page.wait_for_url("**/kpi?**")
    browser_app.settle(page)
    assert "weeks=13" in page.url and "plant=Alder+France" in page.url
    assert page.locator(".panel-cases-records table.pp-table").count() == 1


def test_the_brief_loads_no_plotly(tab, app_url):
    seen, asked = tab(), []
    seen.page.on("request", lambda request: asked.append(request.url))
    seen.open(app_url)
    assert asked and not any("plotly" in url.lower() for url in asked)


def test_a_chart_is_drawn_where_a_reader_comes_to_it_later_and_in_the_theme_of_the_reader(tab, app_url):
    seen = tab()
    page = seen.open(f"{app_url}/unblock")
    assert page.evaluate("window.Plotly === undefined")
    page.goto(f"{app_url}/unblock")
    page.locator(".pp-menu summary", has_text="Operations").click()
    page.locator(".pp-menu a", has_text="Production").click()
    chart = page.locator(".panel-distribution .pp-chart")
    chart.locator(".main-svg").first.wait_for(timeout=30_000)
    chart.scroll_into_view_if_needed()
    ink, ground = "text.xtick text, .xtick text", ".bg, .main-svg"
    colours = lambda: (  # noqa: E731
        chart.locator(ink).first.evaluate("one => getComputedStyle(one).fill"),
        chart.locator(ground).first.evaluate("one => getComputedStyle(one).backgroundColor"),
    )
    light = colours()
    page.emulate_media(color_scheme="dark")
    page.wait_for_timeout(1_000)
    assert all(one != other for one, other in zip(light, colours(), strict=True))
    before = chart.locator(".main-svg").first.bounding_box()["width"]
    page.set_viewport_size(browser_app.SIZES["phone"])
    page.wait_for_timeout(1_000)
    assert chart.locator(".main-svg").first.bounding_box()["width"] < before / 2
    assert seen.errors == []


def test_a_line_is_drawn_when_one_comes_near_it_and_for_paper(tab, app_url):
    page = tab("desktop").open(app_url)
    line = page.locator(".pp-spark[data-line]")
    line.first.locator("svg").wait_for()
    assert not line.last.locator("svg").count(), "far below the screen"
    line.last.scroll_into_view_if_needed()
    line.last.locator("svg").wait_for()
    page.reload()
    line.first.locator("svg").wait_for()
    page.pdf()
    assert line.locator("svg").count() == line.count() > 10


def test_an_order_of_the_wait_ledger_is_shown_by_what_is_typed(tab, app_url):
    page = tab("desktop").open(f"{app_url}/wait_ledger")
    field = page.get_by_label("A production order")
    field.fill("WH/MO/02000")
    field.press("Enter")
    page.get_by_role("heading", name="Stretch by stretch").first.wait_for()
    assert "order=WH%2FMO%2F02000" in page.url
    page.get_by_role("link", name="The whole ledger").click()
    page.wait_for_function("!location.search")


def test_a_transaction_is_traced_by_what_is_typed(tab, app_url):
    page = tab().open(f"{app_url}/integrations?weeks=13")
    field = page.get_by_label(texts.TRACE)
    field.fill("no such & thing")
    field.press("Enter")
    page.wait_for_url("**trace=no+such+%26+thing**")
    page.get_by_text("The path of no such & thing").wait_for(timeout=30_000)
    assert "weeks=13" in page.url


def test_a_day_chosen_tells_what_was_known_then(tab, app_url):
    page = tab().open(f"{app_url}/kpi?kpi=release_lead_time")
    page.get_by_text(texts.AS_KNOWN, exact=True).click()
    field = page.get_by_label(texts.AS_KNOWN_ON)
    field.wait_for(timeout=30_000)
    field.fill("2024-01-05")
    page.wait_for_url("**known_on=2024-01-05**")
    page.get_by_text(texts.AS_KNOWN_NONE).wait_for(timeout=30_000)


def test_choosing_another_kpi_changes_the_link(tab, app_url):
    page = tab().open(f"{app_url}/kpi?kpi=release_lead_time")
    page.locator(".panel-cases-records nav a", has_text="2").first.click()
    page.wait_for_url("**page_records=2**")
    browser_app.settle(page)
    page.get_by_role("combobox", name="KPI").select_option("Time to ready")
    page.wait_for_url("**kpi=time_to_ready**")
    assert "page_records" not in page.url  # what is asked anew begins at its first page
    page.locator(".pp-dl").get_by_text("time_to_ready", exact=True).wait_for(timeout=30_000)


@pytest.mark.parametrize("size", list(browser_app.SIZES))
def test_one_plant_is_a_click_on_its_name_and_several_are_ticked(tab, app_url, size):
    page = tab(size).open(f"{app_url}/kpi?kpi=release_lead_time&weeks=13")
    plants = page.locator(".pp-filter .pp-drop")
    plants.locator("summary").click()
    assert not page.evaluate(TOO_WIDE)
    plants.get_by_role("link", name="Lyon").click()
    page.wait_for_url("**plant=Alder+France**")
    plants.locator("summary", has_text="Lyon").wait_for()
    assert "kpi=release_lead_time" in page.url and "weeks=13" in page.url
    plants.locator("summary").click()
    plants.get_by_role("checkbox", name="Tulsa").check()
    plants.get_by_role("button").click()
    plants.locator("summary", has_text="Lyon, Tulsa").wait_for()
    assert page.url.count("plant=") == 2
    plants.locator("summary").click()
    page.keyboard.press("Escape")
    assert not plants.get_by_role("button").is_visible()


def test_the_menu_of_a_phone_opens_a_page_and_folds_again(tab, app_url):
    page = tab("phone").open(f"{app_url}/?weeks=13")
    assert not page.locator(".pp-menu").is_visible()
    page.locator(".pp-menu-button").click()
    page.locator(".pp-menu summary", has_text="Operations").click()
    page.locator(".pp-menu a", has_text="Approvals").click()
    page.wait_for_url("**/approvals?weeks=13")
    page.get_by_role("heading", name="Approvals", exact=True).wait_for()
    assert not page.locator(".pp-menu").is_visible()


def test_another_page_of_a_long_table_is_an_address_and_another_question_begins_at_its_first(tab, app_url):
    page = tab().open(f"{app_url}/exceptions")
    first = page.locator(".pp-table tbody a").first.inner_text()
    page.locator(".pp-pages a", has_text="2").first.click()
    page.wait_for_url("**page_queue=2**")
    page.locator(".pp-pages a[aria-current]", has_text="2").wait_for()
    assert page.locator(".pp-table tbody a").first.inner_text() != first
    page.locator(".pp-picks a", has_text="High").first.click()
    page.wait_for_url(lambda url: "severity=high" in url and "page_queue" not in url)
    page.locator(".pp-pages a[aria-current]", has_text="1").wait_for()


def test_changing_the_period_changes_link_and_numbers(tab, app_url):
    page = tab().open(f"{app_url}/kpi?kpi=release_lead_time")
    page.locator("[data-filter=weeks]", has_text="26").click()
    page.wait_for_url("**weeks=26**")
    page.get_by_text("182 days to").first.wait_for()


def test_waiting_record_leads_to_its_timeline_and_on_to_a_linked_one(tab, app_url, record):
    page = tab().open(f"{app_url}/record")
    page.get_by_text(texts.TO_UNBLOCK).click()
    page.wait_for_url("**/unblock**")
    page.locator('.pp-table a[href^="record?"]').first.click()
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
    page.get_by_role("link", name=texts.EXPORT).click()
    with page.expect_download() as download:
        page.locator(".st-key-csv_approval_age button").click()
    lines = download.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert "age_seconds" in lines[0]
    assert len(lines) > 1


def test_a_table_comes_as_a_spreadsheet_and_a_chart_as_a_picture(tab, app_url):
    page = tab().open(f"{app_url}/kpi?kpi=release_lead_time&weeks=13")
    page.get_by_role("link", name=texts.EXPORT).click()
    with page.expect_download() as download:
        page.locator(".st-key-xlsx_release_lead_time button").click()
    assert download.value.suggested_filename == "release_lead_time.xlsx"
    assert download.value.path().read_bytes()[:2] == b"PK"
    page.locator(".panel-trend .js-plotly-plot").hover()
    with page.expect_download() as download:
        page.locator(".panel-trend .modebar-btn").click()  # there is no other
    assert download.value.suggested_filename == "trend_release_lead_time.png"
    assert download.value.path().read_bytes()[1:4] == b"PNG"


def test_the_map_of_a_process_comes_as_the_picture_it_is(tab, app_url):
    page = tab().open(f"{app_url}/process?flow=purchase")
    shown = Image.open(io.BytesIO(page.locator(".pp-map").screenshot())).convert("RGB")
    with page.expect_download() as download:
        page.get_by_role("button", name=texts.PICTURE).click()
    assert download.value.suggested_filename == "process_map.png"
    saved = Image.open(download.value.path()).convert("RGB")
    assert saved.width == pytest.approx(2 * shown.width, abs=4)
    rough = (shown.width // 8, shown.height // 8)  # where boxes, lines and words are, not each of their edges
    shown, saved = (one.resize(rough, Image.Resampling.BOX) for one in (shown, saved))
    blank = Image.new("RGB", rough, shown.getpixel((0, 0)))
    apart, at_all = (sum(ImageStat.Stat(ImageChops.difference(shown, one)).mean) for one in (saved, blank))
    assert apart < at_all / 4


@pytest.mark.parametrize("size", list(browser_app.SIZES))
def test_more_filters_stay_open_while_one_chooses_and_are_let_go_of(tab, app_url, size):
    page = tab(size).open(f"{app_url}/production")
    page.locator("[data-part=more]").focus()
    page.keyboard.press("Enter")
    box = page.get_by_label("Product family").first
    box.fill("Gear")
    page.keyboard.press("Enter")
    page.wait_for_url("**family=Gear+pumps**")
    page.locator(".pp-chip", has_text="Gear pumps").wait_for()
    assert box.is_visible() and not page.evaluate(TOO_WIDE)
    page.keyboard.press("Escape")  # the list
    page.locator(".pp-chips a").click()
    page.wait_for_url(lambda url: "family" not in url)


@pytest.mark.parametrize("path", ["", "plants"])
def test_on_paper_there_is_no_menu_and_black_on_white_from_a_dark_screen(tab, app_url, path):
    page = tab(scheme="dark").open(f"{app_url}/{path}?weeks=13")
    page.emulate_media(media="print")
    assert page.locator("[data-testid=stHeader]").is_hidden() and page.locator(".pp-filters").is_hidden()
    assert page.locator(".pp-printed").is_visible() and "13 weeks" in page.locator(".pp-printed").inner_text()
    assert page.evaluate(BRIGHTNESS) > 250
    ink = page.evaluate("getComputedStyle(document.querySelector('.pp-h2')).color")
    assert max(map(int, re.findall(r"\d+", ink)[:3])) < 80
    page.emulate_media(media="screen")


def test_keyboard_reaches_the_cards(tab, app_url):
    page = tab().open(app_url)
    page.locator(".pp-tile[href*='kpi=release_lead_time']").first.focus()
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
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
    page.locator("[data-filter=clock]", has_text="working").click()
    page.wait_for_url("**clock=working**")
    page.get_by_text("half take less, working time").first.wait_for()
    page.locator(".panel-cases-records a", has_text=texts.WHICH_COUNT).first.click()
    hours = page.locator(".panel-cases-records .pp-under")
    hours.get_by_text("counts", exact=False).first.wait_for()
    assert hours.get_by_text("night").count() + hours.get_by_text("weekend").count() > 0
    assert not page.evaluate(TOO_WIDE)


def test_a_link_in_a_table_changes_the_page_in_place_and_in_another_tab_opens_it(tab, app_url):
    page = tab().open(f"{app_url}/plants?weeks=13")
    page.evaluate("window.isSame = true")
    link = page.locator(".st-key-panel-matrix td[data-label=Lyon] a").first
    link.click()
    page.wait_for_url("**/kpi?**")
    browser_app.settle(page)
    assert page.get_by_role("heading", name="KPI", exact=True).count() == 1
    assert page.evaluate("window.isSame")  # nothing was loaded again
    page.go_back()
    page.locator(".pp-filter summary", has_text="All plants").wait_for()  # the filter, too, is what it was
    browser_app.settle(page)
    assert page.evaluate("window.isSame") and "/plants" in page.url and "plant=" not in page.url
    with page.context.expect_page() as opened:
        link.click(modifiers=["Control"])
    assert "/kpi?" in opened.value.url
    opened.value.close()
