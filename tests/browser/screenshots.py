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
SHOTS = [
    # file, path, size, scheme
    ("overview.png", "", "desktop", "light"),
    ("kpi.png", "kpi?kpi=release_lead_time&weeks=26", "desktop", "light"),
    ("record.png", "record", "desktop", "light"),
    ("integrations.png", "integrations", "desktop", "light"),
    ("data_health.png", "data_health", "desktop", "light"),
    ("overview_phone.png", "", "phone", "dark"),
]


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


def _shoot(browser, url: str, file: Path, size: str, scheme: str) -> None:
    page = browser.new_page(viewport=browser_app.SIZES[size], color_scheme=scheme)
    page.goto(url)
    browser_app.settle(page)
    page.wait_for_timeout(1500)
    file.parent.mkdir(exist_ok=True)
    page.screenshot(path=file)
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
