"""Pictures of the real app for the README: python tests/browser/screenshots.py

Reads the warehouse OPS_WAREHOUSE names, or publishes the demo plants into a folder that is thrown away.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import browser_app
from playwright.sync_api import sync_playwright

sys.path.insert(0, str(browser_app.ROOT))

from queries import warehouse

DOCS = browser_app.ROOT / "docs"
PURCHASES = "flow=purchase&one=Alder+Asia/SIN&beside=Alder+France/WH"  # where the demo plants differ most
SHOTS = [
    # file, path, size, scheme
    ("brief.png", "", "desktop", "light"),
    ("plants.png", "plants", "desktop", "light"),
    ("unblock.png", "unblock", "desktop", "light"),
    ("approvals.png", "approvals", "desktop", "light"),
    ("production.png", "production", "desktop", "light"),
    ("shortages.png", "shortages", "desktop", "light"),
    ("quality.png", "quality", "desktop", "light"),
    ("kpi.png", "kpi?kpi=release_lead_time&weeks=26", "desktop", "light"),
    ("record.png", "record", "desktop", "light"),
    ("integrations.png", "integrations", "desktop", "light"),
    ("exceptions.png", "exceptions", "desktop", "light"),
    ("process.png", f"process?{PURCHASES}", "desktop", "light"),
    ("wait_ledger.png", "wait_ledger", "desktop", "light"),
    ("automation.png", "touch_map", "desktop", "light"),
    ("data_health.png", "data_health", "desktop", "light"),
    ("brief_phone.png", "", "phone", "dark"),
]

TILES = (  # of the brief, and what is numbered in them: docs/executives.md explains each number
    (".pp-tile[href='kpi?kpi=release_lead_time']", {
        1: ".pp-value strong", 2: ".pp-closed", 3: ".pp-value .pp-mark", 4: ".pp-spark",
        5: ".pp-verdict .pp-mark", 9: ".pp-foot",
    }),
    (".pp-tile[aria-label^='Release lead time, Lyon']", {
        6: ".pp-verdict .pp-mark", 7: ".pp-verdict + .pp-line .pp-mark", 8: ".pp-budget .pp-mark",
    }),
)  # fmt: skip
NUMBERED = """(tile, numbers) => {
    for (const [number, part] of Object.entries(numbers)) {
        const at = tile.querySelector(part).getBoundingClientRect()
        const dot = document.createElement('div')
        dot.textContent = number
        dot.style.cssText = `position:fixed; left:${at.right + 4}px; top:${at.top + at.height / 2 - 9}px; width:18px;
            height:18px; border-radius:9px; background:#1c2733; color:white; font:bold 12px/18px sans-serif;
            text-align:center; z-index:9999999`
        document.body.append(dot)
    }
}"""


def main() -> None:
    given = os.environ.get("OPS_WAREHOUSE")
    with tempfile.TemporaryDirectory() as thrown_away:
        folder = Path(given or thrown_away)
        if not given:
            environment = os.environ | {"OPS_WAREHOUSE": str(folder)}
            subprocess.run([sys.executable, "-m", "etl", "demo"], cwd=browser_app.ROOT, env=environment, check=True)
        record = _record(folder)
        with browser_app.served(folder) as url, sync_playwright() as playwright:
            opened = playwright.chromium.launch(executable_path=browser_app.chromium(), args=browser_app.FLAGS)
            for file, path, size, scheme in SHOTS:
                _shoot(opened, f"{url}/{record if path == 'record' else path}", DOCS / file, size, scheme)
            _explain(opened, url, DOCS / "tile.png")


def _shoot(browser, url: str, file: Path, size: str, scheme: str) -> None:
    page = browser.new_page(viewport=browser_app.SIZES[size], color_scheme=scheme)
    page.goto(url)
    browser_app.settle(page)
    page.wait_for_timeout(1500)
    file.parent.mkdir(exist_ok=True)
    page.screenshot(path=file)
    page.close()
    print(f"wrote {file.relative_to(browser_app.ROOT)}")


def _explain(browser, url: str, file: Path) -> None:
    """Two tiles of the brief with numbers beside their parts."""
    page = browser.new_page(viewport=browser_app.SIZES["desktop"], device_scale_factor=2)
    page.goto(url)
    browser_app.settle(page)
    page.wait_for_timeout(1500)
    boxes = []
    for selector, numbers in TILES:
        tile = page.locator(selector)
        tile.evaluate(NUMBERED, numbers)
        boxes.append(tile.bounding_box())
    left, top = (min(box[side] for box in boxes) - 8 for side in ("x", "y"))
    right = max(box["x"] + box["width"] for box in boxes) + 16  # the last number stands on the border
    bottom = max(box["y"] + box["height"] for box in boxes) + 8
    page.screenshot(path=file, clip={"x": left, "y": top, "width": right - left, "height": bottom - top})
    page.close()
    print(f"wrote {file.relative_to(browser_app.ROOT)}")


def _record(folder: Path) -> str:
    """The record with the most to tell: many events, linked to others."""
    con = warehouse.open(warehouse=folder).cursor()
    instance, model, number = con.sql(
        """select fct_case.instance, record_model, record_id from fct_case
           inner join fct_link
               on from_model = record_model and from_id = record_id and fct_link.instance = fct_case.instance
           group by all order by count(*) desc, any_value(event_count) desc, record_id desc limit 1"""
    ).fetchall()[0]
    return f"record?instance={instance}&model={model}&id={number}"


if __name__ == "__main__":
    main()
