"""Every page: full, on its first day, with old data, with a plant missing. What each reader sees: test_access.py."""

from __future__ import annotations

import re
import shutil
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from dashboard import navigation, texts
from queries import catalog, readable, warehouse

PAGES = [re.sub(r"^\d+_", "", file.stem) for file in navigation.files()]
ASKED = {"kpi": {"kpi": "release_lead_time"}}
SINGAPORE = "Alder Asia/SIN"


@pytest.fixture(scope="module")
def changed(demo_warehouse, tmp_path_factory):
    """changed(where) -> a copy of the demo plants without the facts and the numbers for which this holds."""
    made: dict[str, Path] = {}

    def copy(where: str) -> Path:
        if where in made:
            return made[where]
        folder = made[where] = tmp_path_factory.mktemp("changed")
        version = warehouse.current_version(demo_warehouse)
        for name in (version, "CURRENT"):
            shutil.copy(demo_warehouse / name, folder / name)
        with duckdb.connect(str(folder / version)) as con:
            for table in [*catalog.marts(), "fct_exception", "agg_kpi", "agg_due", "agg_budget"]:
                names = [name for name, *_ in con.execute(f"describe {table}").fetchall()]
                if ("plant" in where and "plant" not in names) or ("plant" not in where and table.startswith("dim_")):
                    continue
                if not (table == "dim_plant" and "plant" in where):
                    con.execute(f"delete from {table} where {where}")
        return folder

    return copy


@pytest.mark.parametrize("name", PAGES)
def test_full(open_page, name):
    assert texts.NOT_LOADED not in open_page(name, **ASKED.get(name, {})).text


@pytest.mark.parametrize("name", PAGES)
def test_stale_data_are_marked(open_page, monkeypatch, name):
    now = readable.utc_now()
    monkeypatch.setattr(readable, "utc_now", lambda: now + timedelta(hours=27))
    text = open_page(name, **ASKED.get(name, {})).text
    assert "Stale: the data is from" in text and texts.NOT_LOADED not in text


@pytest.mark.parametrize("name", PAGES)
def test_first_day_is_a_page(open_page, changed, name):
    assert texts.NOT_LOADED not in open_page(name, warehouse=changed("true"), **ASKED.get(name, {})).text


@pytest.mark.parametrize("name", PAGES)
def test_a_plant_without_data_leaves_the_others(open_page, changed, name):
    without = changed(f"plant = '{SINGAPORE}'")
    for chosen in ({}, {"plant": SINGAPORE}):
        assert texts.NOT_LOADED not in open_page(name, warehouse=without, **ASKED.get(name, {}), **chosen).text
