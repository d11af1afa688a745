"""Pages run in-process by Streamlit's AppTest, over the demo plants or over nothing."""

from __future__ import annotations

from html import unescape
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import panel

APP = Path(__file__).parents[2] / "dashboard" / "app.py"


class Page:
    """A run page, and what it shows as text."""

    def __init__(self, app: AppTest):
        self.app = app

    @property
    def text(self) -> str:
        return unescape("\n".join(block.value for block in [*self.app.html, *self.app.title]))

    @property
    def links(self) -> list[str]:
        return [link.value for link in self.app.page_link]


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
