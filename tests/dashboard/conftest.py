"""Pages run in-process by Streamlit's AppTest, over the demo plants or over nothing."""

from __future__ import annotations

import re
from html import escape, unescape
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import panel

APP = Path(__file__).parents[2] / "dashboard" / "app.py"


class Page:
    """A run page, and what it shows as text."""

    def __init__(self, app: AppTest):
        self.app = app

    @property
    def html(self) -> str:
        """All of it, the frame that names every plant and page too."""
        return "\n".join(block.value for block in self.app.html)

    @property
    def text(self) -> str:
        """What it says below the menu and the filters."""
        title = re.search("<h1>(.*?)</h1>", self.html)
        said = [block.value for block in self.app.html if not block.value.startswith("<header")]
        return unescape("\n".join([*said, title[1] if title else ""]))

    @property
    def links(self) -> list[str]:
        """What its links say; of a tile its title."""
        said = re.findall(r"<a [^>]*>(?:<b>(.*?)</b>.*?|(.*?))</a>", self.text, flags=re.DOTALL)
        return [link.value for link in self.app.page_link] + [title or words for title, words in said]

    @property
    def addresses(self) -> list[str]:
        """Where they lead."""
        of_links = [f"{link.proto.page}?{link.proto.query_string}" for link in self.app.page_link]
        return of_links + [unescape(address) for address in re.findall(r'<a [^>]*?href="([^"]*)"', self.text)]

    def chosen(self, key: str) -> list[str]:
        """What is in use of the links that choose, by the words of each."""
        found = rf'<a data-(?:filter|part)="{key}" href="[^"]*" aria-current="true">(.*?)</a>'
        return [unescape(words) for words in re.findall(found, self.html)]

    def options(self, key: str) -> dict[str, str]:
        """What a list to choose from offers: name in the address and words; the one in use comes first."""
        [box] = re.findall(rf'<select [^>]*data-filter="{key}".*?</select>', self.html)
        found = re.findall(r'<option value="([^"]*)"( selected)?>(.*?)</option>', box)
        return {unescape(name): unescape(words) for name, _, words in sorted(found, key=lambda one: not one[1])}

    def picked(self, key: str) -> str:
        """What is in use of such a list."""
        return next(iter(self.options(key)))

    def leads_to(self, key: str, words: str) -> dict[str, list[str]]:
        """What the address says after a click on the words of a link that chooses."""
        found = rf'<a [^>]*data-(?:filter|part)="{key}" href="([^"]*)"[^>]*>{re.escape(escape(words))}</a>'
        return parse_qs(unescape(re.search(found, self.html)[1]).removeprefix("?"))


@pytest.fixture(autouse=True)
def unfolded(monkeypatch):
    """Tables in one piece, so that tests see all rows; test_everywhere.py tells how long ones are folded."""
    monkeypatch.setattr(panel, "FEW", 10_000)


@pytest.fixture
def open_page(monkeypatch, demo_warehouse, tmp_path_factory):
    """open_page("kpi", kpi="approval_age") -> Page; `warehouse` names another folder."""

    def run(name: str = "", warehouse: Path | None = None, **query) -> Page:
        app = AppTest.from_file(str(APP), default_timeout=30)
        if name:  # a first run tells Streamlit which pages there are; over nothing it costs least
            monkeypatch.setenv("OPS_WAREHOUSE", str(tmp_path_factory.getbasetemp()))
            app.run()
            file = next(APP.parent.glob(f"app_pages/*_{name}.py"))
            app.switch_page(str(file.relative_to(APP.parent)))
        monkeypatch.setenv("OPS_WAREHOUSE", str(warehouse or demo_warehouse))
        for key, value in query.items():
            app.query_params[key] = value
        app.run()
        assert not app.exception, app.exception
        return Page(app)

    return run
