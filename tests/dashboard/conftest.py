"""Pages run in-process by Streamlit's AppTest, over the demo plants or over nothing."""

from __future__ import annotations

from html import unescape
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

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


@pytest.fixture
def open_page(monkeypatch, demo_warehouse):
    """open_page("kpi", kpi="approval_age") -> Page; `warehouse` names another folder."""

    def run(name: str = "", warehouse: Path | None = None, **query) -> Page:
        monkeypatch.setenv("OPS_WAREHOUSE", str(warehouse or demo_warehouse))
        app = AppTest.from_file(str(APP), default_timeout=30)
        for key, value in query.items():
            app.query_params[key] = value
        app.run()
        if name:
            file = next(APP.parent.glob(f"app_pages/*_{name}.py"))
            app.switch_page(str(file.relative_to(APP.parent)))
            for key, value in query.items():
                app.query_params[key] = value
            app.run()
        assert not app.exception, app.exception
        return Page(app)

    return run
