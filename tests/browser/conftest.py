"""One app and one Chromium for all browser tests."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # so that the tests and screenshots.py share browser_app

import browser_app

OTHER_HOSTS = re.compile(r"^(https?|wss?)://(?!127\.0\.0\.1[:/])")
MISSING = "No Chromium and playwright here: install both (apt-get install chromium; pip install playwright)."


@pytest.fixture(scope="session")
def browser():
    path = browser_app.chromium()
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        path = None
    if not path:
        if os.environ.get("CI") == "true":
            pytest.fail(MISSING, pytrace=False)
        pytest.skip(MISSING)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=browser_app.FLAGS)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def app_url(browser, demo_warehouse):
    with browser_app.served(demo_warehouse) as url:
        yield url


class Seen:
    """A tab that reaches no other host, with the hosts it asked and the errors its console showed."""

    def __init__(self, context):
        self.page = context.new_page()
        self.hosts: set[str] = set()
        self.errors: list[str] = []
        self.page.route(OTHER_HOSTS, lambda route: route.abort())  # asked in vain: what a page needs must be here
        self.page.on("request", lambda request: self.hosts.add(request.url.split("/")[2].split(":")[0]))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    def open(self, url: str):
        self.page.goto(url)
        browser_app.settle(self.page)
        return self.page


@pytest.fixture(scope="session")
def contexts(browser):
    """One per size and scheme, so that the app's files are fetched once and not for every test."""
    return {
        (size, scheme): browser.new_context(viewport=viewport, color_scheme=scheme)
        for size, viewport in browser_app.SIZES.items()
        for scheme in ("light", "dark")
    }


@pytest.fixture
def tab(contexts):
    """tab(size="phone", scheme="dark") -> Seen; closed after the test."""
    opened: list[Seen] = []

    def make(size: str = "desktop", scheme: str = "light") -> Seen:
        opened.append(Seen(contexts[size, scheme]))
        return opened[-1]

    yield make
    for seen in opened:
        seen.page.close()
