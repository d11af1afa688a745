"""150 addresses that nobody should follow: the page shows, says no error, and holds no element that is not ours."""

from __future__ import annotations

import pytest

from dashboard import texts
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


@pytest.mark.parametrize("number", nasty.cases(150))
def test_a_page_shows_whatever_its_address_asks(number, open_page):  # noqa: F811
    chance = nasty.seeded("address", number)
    name = chance.choice(sorted(KEYS))
    keys = [*KEYS[name], *chance.sample(SHARED, 2)]
    page = open_page(name, **{key: nasty.text(chance)[:5_000] for key in keys})
    assert texts.NOT_LOADED not in page.text
    for block in page.app.html:
        assert nasty.hostile(block.value) == set()
