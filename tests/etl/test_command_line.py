"""python -m etl as a user starts it, without an Odoo."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys

import pytest


def etl(folder, *arguments, **more) -> subprocess.CompletedProcess:
    variables = {key: value for key, value in os.environ.items() if not key.startswith(("ODOO_", "OPS_"))}
    return subprocess.run(
        [sys.executable, "-m", "etl", *arguments],
        env=variables | {"OPS_WAREHOUSE": str(folder)} | more,
        capture_output=True,
        text=True,
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A warehouse that `etl demo` filled, with what it said."""
    folder = tmp_path_factory.mktemp("made") / "warehouse"
    return folder, etl(folder, "demo")


def test_demo_says_what_it_published(made):
    folder, said = made
    assert said.returncode == 0, said.stderr
    assert f"Published {(folder / 'CURRENT').read_text()}" in said.stderr
    assert "data as of" in said.stderr


def test_only_the_owner_can_read_what_is_not_published(made):
    folder, _ = made
    assert stat.S_IMODE((folder / "work.duckdb").stat().st_mode) == 0o600
    assert stat.S_IMODE((folder / "landing").stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "CURRENT").stat().st_mode) == 0o640


def test_status_for_people_and_machines(made):
    folder, _ = made
    said = etl(folder, "status")
    assert said.returncode == 0 and "is published, data as of" in said.stderr and "mrp_production" in said.stdout
    facts = json.loads(etl(folder, "status", "--json").stdout)
    assert facts["version"] == (folder / "CURRENT").read_text()
    assert facts["is_stale"] is False and facts["age_seconds"] < 600
    assert {source["source"] for source in facts["sources"]} >= {"mrp_production", "mail_message"}


def test_the_demo_again_is_simulated_anew_and_not_mixed_with_the_one_before(made):
    folder, _ = made
    before = json.loads(etl(folder, "status", "--json").stdout)
    assert etl(folder, "demo").returncode == 0
    after = json.loads(etl(folder, "status", "--json").stdout)
    assert after["version"] != before["version"] and len(after["runs"]) == 1
    rows = {source["source"]: source["row_count"] for source in before["sources"]}
    assert {source["instance"] for source in after["sources"]} == {"demo"}
    more = {source["source"]: abs(source["row_count"] - rows[source["source"]]) for source in after["sources"]}
    assert [name for name, count in more.items() if count > max(60, rows[name] / 100)] == []  # some come by the minute


TROUBLES = {
    "no Odoo": (("refresh",), {}, "no Odoo is configured: set ODOO_URL"),
    "nothing published": (("status",), {}, "nothing is published in"),
    "missing configuration": (("refresh",), {"OPS_CONFIG": "nowhere.toml"}, "OPS_CONFIG names nowhere.toml"),
    "unknown transport": (("refresh", "--transport", "soap"), {}, "--transport 'soap' is unknown"),
}


@pytest.mark.parametrize("trouble", TROUBLES)
def test_trouble_is_one_sentence(trouble, tmp_path):
    arguments, more, sentence = TROUBLES[trouble]
    said = etl(tmp_path, *arguments, **more)
    assert said.returncode == 1
    assert sentence in said.stderr and "Traceback" not in said.stderr


def test_a_folder_that_cannot_be_used_is_a_sentence(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("")
    said = etl(blocked, "demo")
    assert said.returncode == 1
    assert "Failed: " in said.stderr and "the warehouse folder" in said.stderr and "Traceback" not in said.stderr


def test_invented_data_never_mix_with_an_odoos(made, tmp_path):
    import shutil

    import duckdb

    folder = tmp_path / "warehouse"
    shutil.copytree(made[0], folder)
    con = duckdb.connect(str(folder / "work.duckdb"))
    con.execute("insert into odoo_instance values ('europe', 'http://odoo.test', '19.0', 'json-2')")
    con.close()
    said = etl(folder, "demo")
    assert said.returncode == 1 and "holds data of europe: set OPS_WAREHOUSE to another folder" in said.stderr
