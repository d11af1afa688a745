"""150 addresses that nobody should follow: the page shows, says no error, and holds no element that is not ours. Ten
for each page whose shared filters are nonsense: it says what it says without them, never that all is well."""

from __future__ import annotations

import pytest

from dashboard import navigation, texts
from dashboard.filters import Filters
from queries import readable
from tests.dashboard.conftest import open_page  # noqa: F401
from tests.fuzz import nasty

KEYS = {
    "kpi": ("kpi",),
    "record": ("instance", "model", "id"),
    "wait_ledger": ("order", "owner", "at"),
    "touch_map": ("flow", "step", "touched", "at", "by_hand"),
    "integrations": ("interface", "issue", "trace"),
    "process": ("flow", "way", "rule", "at"),
    "maintenance": ("machine", "at"),
    "unblock": ("stuck", "only"),
    "exceptions": ("exception",),
    "metrics": ("metric",),
}
SHARED = ("weeks", "clock", "plant", "company", "family", "responsible")
PAGES = [file.stem.partition("_")[2] for file in navigation.files()]
LYON = "Alder France/WH"


@pytest.mark.parametrize("number", nasty.cases(150))
def test_a_page_shows_whatever_its_address_asks(number, open_page):  # noqa: F811
    chance = nasty.seeded("address", number)
    name = chance.choice(sorted(KEYS))
    keys = [*KEYS[name], *chance.sample(SHARED, 2)]
    page = open_page(name, **{key: nasty.text(chance)[:5_000] for key in keys})
    assert texts.NOT_LOADED not in page.text
    for block in page.app.html:
        assert nasty.hostile(block.value) == set()


@pytest.mark.parametrize("number", nasty.cases(10 * len(PAGES)))
def test_filters_that_are_nonsense_change_nothing(number, open_page, monkeypatch):  # noqa: F811
    chance, name, now = nasty.seeded("filters", number), PAGES[number % len(PAGES)], readable.utc_now()
    monkeypatch.setattr(readable, "utc_now", lambda: now)
    asked = {key: nasty.text(chance)[:5_000] for key in SHARED}
    found, plain = open_page(name, **asked), open_page(name)
    assert found.app.session_state["filters"] == Filters()
    assert found.text == plain.text and found.links == plain.links


@pytest.mark.parametrize("number", nasty.cases(10))
def test_a_plant_beside_plants_that_are_none_is_that_plant(number, open_page, monkeypatch):  # noqa: F811
    chance, now = nasty.seeded("plants", number), readable.utc_now()
    monkeypatch.setattr(readable, "utc_now", lambda: now)
    found = open_page("unblock", plant=[nasty.text(chance)[:500], LYON, LYON.lower(), f"{LYON} "])
    only = open_page("unblock", plant=[LYON])
    assert only.app.session_state["filters"].plants == (LYON,)
    assert found.text == only.text != open_page("unblock").text
