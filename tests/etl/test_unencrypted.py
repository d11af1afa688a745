"""Who sends a key over a network in the open is told, at the first look and at each refresh."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from etl import load, plan, refresh, unencrypted
from etl.odoo import Login, Odoo
from etl.streams import Streams
from queries.config import N8n
from tests.conftest import SILENT
from tests.etl.n8n_reader import Reader

NOW = datetime(2026, 3, 2, 12)


@pytest.mark.parametrize(
    "url",
    ["https://odoo.example.com", "HTTPS://odoo", "http://localhost:8069", "http://127.0.0.1:8069/x", "http://[::1]:80"],
)
def test_nothing_is_said_of_https_and_of_this_machine(url):
    assert unencrypted.warning(url, "API key") is None


@pytest.mark.parametrize("url", ["http://odoo.example.com", "http://10.0.0.5:8069", "http://localhost.example.com"])
def test_an_open_way_is_told_with_the_remedy(url):
    assert unencrypted.warning(url, "password") == (
        f"The password and all that is read go unencrypted over the network to {url}: use an https:// address, unless "
        "all of that network is your own."
    )


@pytest.mark.parametrize("is_api_key", [True, False])
@pytest.mark.parametrize(("url", "told"), [("http://odoo.test", 1), ("https://odoo.test", 0)])
def test_a_refresh_says_it_once_for_each_odoo(tmp_path, url, told, is_api_key):
    login = Login("odoo", url, "db", "reader", "secret", is_api_key)
    connection = refresh.Connection(Streams(Odoo(login, SimpleNamespace(name="json-2"), "19.0")), [])
    said = []
    con = load.open_work(tmp_path)
    try:
        progress = refresh.Progress(said.append, SILENT.rows, SILENT.building)
        refresh.land(con, tmp_path, connection, progress, plan.Mode(NOW))
    finally:
        load.close(con)
    secret = "API key" if is_api_key else "password"
    assert [text for text in said if text.startswith(f"The {secret} and all")] == said[1:]
    assert len(said) == 1 + told


def test_a_refresh_says_it_of_n8n(tmp_path: Path, monkeypatch):
    monkeypatch.setenv("N8N_API_KEY", "x")
    reader = Reader(tmp_path, N8n("n8n", "http://n8n.invalid"))
    reader.read()
    assert reader.said[1].startswith("The API key and all that is read go unencrypted over the network to http://n8n.")
