"""A real n8n, through every way in which its runs go right and wrong.

`PLANT_PULSE_RECORD=1` keeps its answers in tests/etl/n8n, for the tests that need no n8n.
"""

from __future__ import annotations

import json
import os
from datetime import timedelta
from pathlib import Path

import pytest

from etl import n8n
from queries.config import N8n
from tests.etl.n8n_expected import *  # noqa: F403 - the tests themselves
from tests.etl.n8n_expected import Told
from tests.etl.n8n_reader import Reader, at_hour
from tests.etl.n8n_replay import Recorder
from tests.live.n8n_story import Story, Upstream, server
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
