"""How long a reader waits for a page: a real Chromium over ten million events, beside the least page and a Dash page.

    python bench/pages.py [--warehouse FOLDER] [--scale 54] [--dash PYTHON] [--json]

Needs nginx, Chromium, and a Python that has bench/requirements.txt, the one that runs this unless another is named.

| line | what | target |
|---|---|---|
| landing | brief and unblock list opened by a link, against a Streamlit page with one figure, same run | 1.3 times |
| charts | pages with plotly charts opened by a link, against the same | 2 times |
| one_chart | the least page with one chart drawn by Streamlit's own Plotly, against the same | |
| inside | from one page to the next, and another filter: median of all pages; 95th percentile | 0.3 s; 0.7 s |
| cold | the brief opened with nothing cached over 20 Mbit/s through nginx | 3.4 s |
| dash | the KPI page against a Dash page of six charts: opened by a link, another filter | ahead |

A page is complete when its run has ended, nothing on it is stale, and every chart is drawn. Opened by a link: what the
browser keeps is there, the page is new; medians of the rounds, the pages of each in another order.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from statistics import median, quantiles

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from playwright.sync_api import Page, TimeoutError, sync_playwright  # noqa: E402

from bench.site import PROCESSES, answering, dashboard, filled, free_ports, running, site  # noqa: E402
from dashboard import navigation  # noqa: E402
from tests.browser.browser_app import FLAGS, SIZES, chromium  # noqa: E402

ROUNDS, COLD_ROUNDS = 11, 3
LANDING = ("", "unblock")
WITH_CHARTS = ("kpi?kpi=release_lead_time", "production", "process", "plants", "integrations")
INSIDE = ("unblock", "approvals", "plants", "production", "shortages", "quality", "")
MBITS = 20
PERIOD = "[data-filter=weeks]"  # of the filter bar
TARGETS = {
    "landing": 1.3,
    "charts": 2.0,
    "inside": 0.3,
    "inside_p95": 0.7,
    "cold": 3.4,
    "dash_open": 1,
    "dash_filter": 1,
}
COMPLETE = """() => {
    const app = document.querySelector('[data-testid="stApp"]');
    return app && app.getAttribute('data-test-script-state') === 'notRunning'
        && document.querySelector('.pp-trust, [data-testid="stMetric"]')
        && !document.querySelector('[data-stale="true"], [data-testid="stSkeleton"]')
        && [...document.querySelectorAll('.pp-chart, [data-testid="stPlotlyChart"]')]
            .every(chart => chart.querySelector('.main-svg'));
}"""
DASH_COMPLETE = """() => document.querySelectorAll('.main-svg').length >= 15
    && document.querySelectorAll('td[data-dash-column]').length > 400
    && !document.querySelector('[data-dash-is-loading="true"]')"""


DASH_LINE = "() => document.querySelector('#hours .main-svg .lines path')?.outerHTML"
LONGEST = 20_000  # milliseconds
QUIET = 500  # milliseconds, for what the page before leaves to be done
IN_USE = "[...document.querySelectorAll('{}[aria-current]')].some(link => link.textContent === '{}')"


def timed(page: Page, act: Callable[[], object], complete: str) -> float:
    """Seconds from the act to the page that is complete."""
    begun = time.perf_counter()
    act()
    page.wait_for_function(complete, timeout=LONGEST, polling=20)
    return time.perf_counter() - begun


def by_link(page: Page, url: str, complete: str = COMPLETE) -> float:
    page.goto("about:blank")
    page.wait_for_timeout(QUIET)
    return timed(page, lambda: page.goto(url, wait_until="commit"), complete)


def redrawn(page: Page, links: str, words: str) -> float:
    """Seconds from a click on one of the links to the page that is complete and says that this one is in use."""
    link = page.locator(links, has_text=re.compile(rf"^{words}$")).first
    return timed(page, link.click, f"() => {IN_USE.format(links, words)} && ({COMPLETE})()")


def by_menu(page: Page, name: str) -> float:
    """Seconds to another page by the menu; where that stands in a section, it is opened before."""
    for section, files in navigation.sections().items():
        for file in files:
            if file.stem.partition("_")[2] == (name or "brief"):
                if section:
                    page.locator(".pp-menu summary", has_text=section).click()
                return redrawn(page, ".pp-menu a", navigation.menu_entry(file)["title"])
    raise ValueError(f"there is no page {name!r}")


def inside(page: Page, url: str) -> list[float]:
    """Seconds of going through the pages by the menu, with three periods on each."""
    found = []
    by_link(page, url)
    for name in INSIDE:
        found.append(by_menu(page, name))
        found += [redrawn(page, PERIOD, weeks) for weeks in ("13", "26", "4")]
    return found


def cold(browser, url: str) -> float:
    """Seconds to a page that the browser has nothing of, over a line of so many Mbit/s."""
    context = browser.new_context(viewport=SIZES["desktop"])
    page = context.new_page()
    line = context.new_cdp_session(page)
    line.send("Network.enable")
    speed = MBITS * 1e6 / 8
    line.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 0, "downloadThroughput": speed, "uploadThroughput": speed},
    )
    try:
        return timed(page, lambda: page.goto(url, wait_until="commit"), COMPLETE)
    finally:
        context.close()


def cold_opens(warehouse: Path) -> list[float]:
    """Seconds of the first pages that some browsers see, each with nothing cached; the server has shown it before."""
    with site(warehouse) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        for _ in range(PROCESSES):
            by_link(browser.new_context().new_page(), url)
        found = []
        for _ in range(3 * COLD_ROUNDS):
            if len(found) == COLD_ROUNDS:
                break
            with suppress(TimeoutError):  # one time in ten Chromium's slow line lets nothing through at all
                found.append(cold(browser, url))
        browser.close()
        return found


def dash_filter(page: Page, url: str) -> float:
    """Median seconds of another choice of plants in the Dash page."""
    by_link(page, url, DASH_COMPLETE)
    boxes = page.locator("#plants input")
    found = []
    for number in range(4):
        page.evaluate(f"() => {{ window.before = ({DASH_LINE})() }}")
        changed = f"() => ({DASH_LINE})() !== window.before && ({DASH_COMPLETE})()"
        found.append(timed(page, boxes.nth(number % 2).click, changed))
    return median(found)


def measured(warehouse: Path, python: str) -> dict:
    """Every figure of the table above, and the seconds they are made of."""
    port, bare_port, chart_port, dash_port = free_ports(4)
    seconds = defaultdict(list, cold=cold_opens(warehouse))
    with ExitStack() as stack:
        app = stack.enter_context(dashboard(warehouse, port))
        bare = stack.enter_context(dashboard(warehouse, bare_port, "bench/bare_page.py"))
        chart = stack.enter_context(dashboard(warehouse, chart_port, "bench/chart_page.py"))
        stack.enter_context(running([python, "bench/dash_page.py", str(warehouse), str(dash_port)]))
        answering(dash := f"http://127.0.0.1:{dash_port}/")
        browser = stack.enter_context(sync_playwright()).chromium.launch(executable_path=chromium(), args=FLAGS)
        page = browser.new_context(viewport=SIZES["desktop"]).new_page()
        opened = {name: (f"{app}/{name}",) for name in (*LANDING, *WITH_CHARTS)}
        opened |= {"bare": (bare,), "one chart": (chart,), "dash": (dash, DASH_COMPLETE)}
        for number in range(ROUNDS):
            for name in random.Random(number).sample(list(opened), len(opened)):  # not always after the same one
                by_link(page, *opened[name])  # what another page has pushed out of the browser's memory is back
                seconds[name].append(by_link(page, *opened[name]))
        inside(page, app)
        seconds["inside"] = inside(page, app) + inside(page, app)
        seconds["dash filter"] = [dash_filter(page, dash)]
        by_link(page, f"{app}/{WITH_CHARTS[0]}")
        seconds["kpi filter"] = [redrawn(page, PERIOD, weeks) for weeks in ("13", "26", "4", "13")]
        browser.close()
    middle = {name: median(found) for name, found in seconds.items()}
    return {
        "landing": max(middle[name] for name in LANDING) / middle["bare"],
        "charts": max(middle[name] for name in WITH_CHARTS) / middle["bare"],
        "one_chart": middle["one chart"] / middle["bare"],
        "inside": middle["inside"],
        "inside_p95": quantiles(seconds["inside"], n=20)[-1],
        "cold": middle["cold"],
        "dash_open": middle[WITH_CHARTS[0]] / middle["dash"],
        "dash_filter": middle["kpi filter"] / middle["dash filter"],
        "seconds": {name or "brief": round(value, 3) for name, value in middle.items()},
    }


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--warehouse", type=Path, help="a published warehouse; made for the occasion without it")
    parser.add_argument("--scale", type=int, default=54, help="copies of the demo plants")
    parser.add_argument("--dash", default=sys.executable, help="the Python that runs the Dash page")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    options = parser.parse_args()
    with filled(options.warehouse, options.scale) as warehouse:
        found = measured(warehouse, options.dash)
    if options.json:
        print(json.dumps(found | {"targets": TARGETS}, indent=1))
        return
    for name, target in TARGETS.items():
        print(f"{name:<12} {found[name]:.2f} (at most {target:g}) {'ok' if found[name] <= target else 'MISSED'}")
    print(f"{'one_chart':<12} {found['one_chart']:.2f} (what the least page with one chart of Streamlit's own takes)")
    for name, value in found["seconds"].items():
        print(f"  {value:6.2f} s  {name}")


if __name__ == "__main__":
    main()
