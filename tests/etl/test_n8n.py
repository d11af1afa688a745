"""n8n as it was recorded (tests/live/test_n8n.py), and what it says when it cannot be read."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest

from queries.config import Config, N8n
from tests.etl.n8n_expected import *  # noqa: F403 - the tests themselves
from tests.etl.n8n_expected import PARTS, Told
from tests.etl.n8n_reader import Reader, at_hour
from tests.etl.n8n_replay import Replay

RECORDED = Path(__file__).parent / "n8n"


@pytest.fixture(scope="module")
def story(tmp_path_factory):
    replay, told = Replay(RECORDED), Told()
    reader = Reader(tmp_path_factory.mktemp("n8n"), Config(n8n=(N8n("n8n", replay.url, strict=("Swallow",)),)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("N8N_API_KEY", replay.KEY)
        for part in PARTS:
            at_hour(patch, datetime.fromisoformat(replay.begin(part)["now"]))
            asked = len(replay.asked)
            told.built[part] = reader.read()
            told.questions[part] = len(replay.asked) - asked
    told.truth, told.refused = json.loads((RECORDED / "truth.json").read_text()), replay.refused
    yield told
    replay.close()
