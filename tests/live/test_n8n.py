"""A real n8n, through every way in which its runs go right and wrong.

`PLANT_PULSE_RECORD=1` keeps its answers in tests/etl/n8n, for the tests that need no n8n.
"""

from __future__ import annotations

import json
import os
import re
from datetime import timedelta
from pathlib import Path

import pytest

from etl import check_beside, n8n
from etl.publish import kpis_of_sources
from etl.systems import every
from queries import catalog, warehouse
from queries.config import N8n
from tests.etl.constructed_odoo import ConstructedOdoo, served
from tests.etl.constructed_scene import Scene
from tests.etl.n8n_expected import *  # noqa: F403 - the tests themselves
from tests.etl.n8n_expected import Told
from tests.etl.n8n_reader import Reader, at_hour
from tests.etl.n8n_replay import Recorder
from tests.etl.test_command_line import etl
from tests.live.n8n_story import KEPT, UNREAD, Story, Upstream, server, until
from tests.live.n8n_workflows import UPSTREAM

pytestmark = pytest.mark.live
RECORDED = Path(__file__).parents[1] / "etl" / "n8n"


@pytest.fixture(scope="module")
def place():
    """The real n8n, new: its address and key."""
    if server("status").strip() == "not installed":
        pytest.skip("needs a real n8n: bring one up with `make n8n`.")
    server("down")
    server("up")
    variables = dict(line.removeprefix("export ").split("=", 1) for line in server("env").splitlines())
    yield variables
    server("down")


@pytest.fixture(scope="module")
def story(place, tmp_path_factory):
    upstream, recorder = Upstream(int(UPSTREAM.rpartition(":")[2])), Recorder(place["N8N_URL"])
    told, live = Story(place["N8N_URL"], place["N8N_API_KEY"], upstream), Told()
    reader = Reader(tmp_path_factory.mktemp("n8n"), N8n("n8n", recorder.url, strict=("Swallow",)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("N8N_API_KEY", place["N8N_API_KEY"])
        for part, play in (("begun", told.begun), ("cut", told.cut), ("cleared", told.cleared), ("given_up", None)):
            if play:
                play()
            else:
                at_hour(patch, n8n.now() + timedelta(hours=2))
            now, asked = n8n.now(), len(recorder.asked)
            live.built[part] = reader.read()
            live.questions[part] = len(recorder.asked) - asked
            told.counts[part] = {path: len(calls) for path, calls in told.calls.items()}
            if os.environ.get("PLANT_PULSE_RECORD"):
                recorder.keep(RECORDED / f"{part}.json", str(now))
    live.truth, live.refused = told.truth(), recorder.refused
    if os.environ.get("PLANT_PULSE_RECORD"):
        (RECORDED / "truth.json").write_text(json.dumps(live.truth, indent=1, sort_keys=True) + "\n")
    yield live
    upstream.close()
    recorder.close()
    told.api.close()


@pytest.mark.parametrize(
    ("path", "key", "sentence"),
    [
        ("", "wrong", "refused the API key: it is wrong or has expired; set N8N_API_KEY to a new one."),
        ("/nowhere", None, "not with its public API: use the address of n8n itself"),
    ],
)
def test_a_wrong_key_or_address_is_told(story, place, tmp_path, monkeypatch, path, key, sentence):
    monkeypatch.setenv("N8N_API_KEY", key or place["N8N_API_KEY"])
    reader = Reader(tmp_path, N8n("n8n", place["N8N_URL"] + path))
    assert reader.read().rows("from fct_integration_event") == []
    assert sentence in reader.said[-1]


def test_the_first_look_says_what_is_there_and_that_the_key_may_too_much(place, monkeypatch):
    monkeypatch.setenv("N8N_API_KEY", place["N8N_API_KEY"])
    kpis = kpis_of_sources(list(every().values()), catalog.load())
    found = check_beside.look_at_n8n(N8n("n8n", place["N8N_URL"]), [], kpis)
    assert found.ok and found.gaps == []
    assert re.fullmatch(rf"n8n \d+\.\d+\.\d+ at {place['N8N_URL']}", found.facts[0])
    assert found.facts[1].startswith("16 workflows, 16 of them active; ")
    [rights] = [note for note in found.notes if "may more than it needs" in note]
    assert "workflow:list, execution:list, execution:read" in rights


def test_a_sample_keeps_a_run_that_n8n_clears_away_and_what_n8n_counted_tells_those_it_missed(place, tmp_path):
    server("down")
    server("start", f"EXECUTIONS_DATA_PRUNE_MAX_COUNT={KEPT}", "EXECUTIONS_DATA_PRUNE_SOFT_DELETE_INTERVAL=0.05")
    told = Story(place["N8N_URL"], place["N8N_API_KEY"], upstream=None)
    with served(ConstructedOdoo(19, Scene(19).rows)) as odoo:

        def command(*words: str) -> None:
            said = etl(tmp_path, *words, **odoo.environment | place)
            assert said.returncode == 0, said.stderr

        told.call("order-ok")  # n8n's counter is there from the first run on
        command("refresh")
        before = max((int(run["id"]) for run in told.listed()), default=0)
        told.call("stop")
        command("sample")
        told.call("stop")
        told.call("order-ok", UNREAD)
        until(lambda: not told.runs("wfStop0000000001"))
        command("refresh", "--only", "integrations")
    told.api.close()
    opened = warehouse.open(warehouse=tmp_path)
    rows = opened.cursor().sql(
        f"""select record_id, flow_name, status, error_text from fct_integration_event
            where source = 'n8n' and record_id > {before} order by record_id"""
    )
    rows = rows.fetchall()
    assert rows[0] == (before + 1, "Refuse", "failed", "No price for [e-mail]")
    assert rows[1] == (before + 2, "not known", "unknown", None)
    [coverage] = warehouse.read(opened, "run_coverage").to_pylist()
    assert (coverage["started_count"], coverage["is_implausible"]) == (2 + UNREAD, False)
    assert coverage["unknown_count"] == sum(status == "unknown" for _, _, status, _ in rows) > 0
