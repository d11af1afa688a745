"""What three readers come for, each from the first page to the answer in at most three clicks."""

from __future__ import annotations

import re
import shutil

import browser_app
import duckdb
import pytest

from queries import warehouse

pytestmark = pytest.mark.browser
MOST = 3
ODOO = "https://odoo.example"


class Walk:
    """A reader who counts clicks."""

    def __init__(self, page):
        self.page, self.clicks = page, 0

    def click(self, locator) -> None:
        locator.first.click()
        self.clicks += 1
        assert self.clicks <= MOST
        self.page.wait_for_timeout(300)
        browser_app.settle(self.page)

    def reads(self, pattern: str) -> str:
        text = self.page.locator("[data-testid=stMain]").inner_text()
        found = re.search(pattern, text)
        assert found, f"{pattern!r} is not on the page"
        return found[0]


@pytest.fixture(scope="module")
def changed(demo_warehouse, tmp_path_factory):
    """The demo plants with the address of an Odoo, and a model that last night's run could not read."""
    folder = tmp_path_factory.mktemp("walk")
    version = warehouse.current_version(demo_warehouse)
    for name in (version, "CURRENT"):
        shutil.copy(demo_warehouse / name, folder / name)
    with duckdb.connect(str(folder / version)) as con:
        con.execute(f"update odoo_instance set url = '{ODOO}', version = '19.0'")
        con.execute("update source_state set refused = true where source = 'stock_picking'")
    with browser_app.served(folder) as url:
        yield url


def test_an_executive_learns_which_plant_changed_whether_it_is_real_why_and_what_it_costs(tab, changed):
    walk = Walk(tab().open(changed))
    walk.reads(r"Singapore takes .* to release an order, usually .*: better, a real shift since ")
    walk.click(walk.page.locator(".pp-told a"))
    walk.reads(r"real shift since")
    walk.reads(r"Release orders at once")
    walk.click(walk.page.locator(".pp-menu a", has_text="Plants"))
    walk.reads(r"(?s)costs most.*\d[\d,.]* (EUR|USD|SGD)")


def test_a_plant_manager_opens_the_approval_that_holds_up_the_most_in_odoo(tab, changed, demo_warehouse):
    rows = warehouse.read(warehouse.open(warehouse=demo_warehouse), "stuck").to_pylist()
    most = next(row for row in rows if row["kind"] == "approval" and row["plant"] == "Alder France/WH")
    walk = Walk(tab().open(f"{changed}/unblock?plant=Alder+France/WH"))
    walk.click(walk.page.locator(".pp-picks a", has_text="approval"))
    first = walk.page.locator(".pp-table tbody tr", has_text=most["name"]).first
    link = first.locator(f'a[href="{ODOO}/odoo/{most["record_model"]}/{most["record_id"]}"]').first
    assert link.is_visible() and link.get_attribute("target") == "_blank"
    assert walk.clicks == 1


def test_an_operator_sees_that_last_nights_run_lacked_a_model_and_what_that_costs(tab, changed):
    walk = Walk(tab().open(changed))
    walk.click(walk.page.get_by_text("stock_picking not read"))
    walk.reads(r"stock_picking\s+!\s*no right")
    walk.reads(r"(?s)What is missing, and what it costs.*stock_picking")
    assert walk.clicks == 1
