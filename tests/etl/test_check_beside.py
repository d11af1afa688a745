"""The first look at n8n and inboxes: each bad state has its sentence, with what closes it."""

from __future__ import annotations

import base64
import io
import json
import os
import time
from datetime import datetime, timedelta

import pytest
from rich.console import Console

from etl import check_beside, inbox, n8n, report, unencrypted
from etl.publish import kpis_of_sources
from etl.systems import every
from queries import catalog
from queries.config import Inbox, N8n
from tests.etl.n8n_replay import Replay
from tests.etl.test_n8n import LISTS, metrics, run, served  # noqa: F401 - a fixture

NOW = datetime(2026, 1, 15, 8)
NIGHTLY = [NOW - timedelta(days=days) for days in (3, 2, 1)]


@pytest.fixture(scope="module")
def kpis():
    return kpis_of_sources(list(every().values()), catalog.load())


@pytest.fixture
def look(served, kpis, monkeypatch):  # noqa: F811
    """look(*runs, readings) -> Place: the first look at an n8n that has these runs; `look.answers` may be changed."""
    monkeypatch.setattr(n8n, "now", lambda: NOW)

    def at(*rows, readings=(), place=None, workflow=None, **answers):
        reader = served(*rows, workflow=workflow)
        served.replay.part["answers"] |= answers.get("answers", {})
        return check_beside.look_at_n8n(place or reader.config.n8n[0], list(readings), kpis)

    at.replay = served.replay
    return at


def sentences(place) -> list[str]:
    return [f"{gap.what} {gap.remedy}" for gap in place.gaps]


def test_an_n8n_that_can_be_read_says_what_is_there(look):
    found = look(run(1), run(2, minute=1), readings=NIGHTLY)
    assert found.ok and found.gaps == []
    assert "1 workflow, 0 of them active; 2 runs kept, the oldest of 5 Jan 08:00 UTC" in found.facts
    assert "read every 1 d" in found.facts


def test_the_version_is_told_where_the_metrics_are_on(look):
    url = look.replay.url
    assert look(run(1), answers={"/metrics": metrics(1)}).facts[0] == f"n8n 2.8.4 at {url}"
    found = look(run(1))
    assert found.facts[0] == f"n8n (it does not tell its version) at {url}"
    assert any(note.startswith("It counts no runs") for note in found.notes)


def test_a_wrong_key_is_told_with_what_it_costs(look, monkeypatch, kpis):
    monkeypatch.setenv("N8N_API_KEY", "an-old-key-of-somebody")
    found = look(run(1))
    [gap] = found.gaps
    assert not found.ok and gap.remedy == "it is wrong or has expired; set N8N_API_KEY to a new one"
    assert gap.what.endswith("refused the API key.")
    assert "Integration failure rate" in gap.kpis and any("runs of n8n workflows" in cost for cost in gap.cost)
    assert "an-old-key" not in str(found)


def test_without_a_key_the_variable_is_named(look, monkeypatch):
    monkeypatch.delenv("N8N_API_KEY")
    assert sentences(look()) == ["n8n 'n8n' has no key. set the environment variable N8N_API_KEY"]


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("http://127.0.0.1:9", "check that it runs and that its address is right"),
        ("http://no-such-host.invalid", "check that it runs and that its address is right"),
        ("{url}/nowhere", "use the address of n8n itself"),
    ],
)
def test_a_dead_host_and_a_wrong_address_are_told_at_once(look, url, sentence):
    began = time.monotonic()
    found = look(run(1), place=N8n("n8n", url.format(url=look.replay.url)))
    assert not found.ok and len(found.gaps) == 1 and sentence in found.gaps[0].remedy
    assert time.monotonic() - began < 10


@pytest.mark.parametrize(
    ("path", "scope"),
    [(LISTS[1], "workflow:list"), (LISTS[0], "execution:list"), ("/api/v1/executions/1", "execution:read")],
)
def test_each_missing_scope_is_named(look, path, scope):
    found = look(run(1), answers={path: (403, {"message": "Forbidden"})})
    [gap] = found.gaps
    assert gap.what == f"The API key lacks {scope}." and gap.needed
    assert gap.remedy == (
        "make a key with the scopes workflow:list, execution:list, execution:read and set N8N_API_KEY to it"
    )


def test_a_key_that_may_more_is_told_by_what_n8n_says_of_it_or_else_by_what_it_sees(look):
    needed = list(check_beside.SCOPES)

    def notes(**answers):
        return [note for note in look(run(1), answers=answers).notes if "may more" in note]

    def told(*scopes):
        return {"/api/v1/discover": (200, {"data": {"scopes": [*needed, *scopes]}})}

    assert notes() == [] == notes(**told())
    assert notes(**told("workflow:delete")) == [
        "The API key may more than it needs (workflow:delete): make one with only workflow:list, execution:list, "
        "execution:read."
    ]
    [seen] = notes(**{"/api/v1/tags?limit=1": (200, {"data": []})})
    assert "(tag:list)" in seen and "put a proxy in front that lets only GET through" in seen


def test_a_way_that_is_not_encrypted_is_told(look, monkeypatch):
    assert not any("unencrypted" in note for note in look(run(1)).notes)
    monkeypatch.setattr(unencrypted, "travels_in_the_open", lambda url: True)
    [note] = [note for note in look(run(1)).notes if "unencrypted" in note]
    assert f"to {look.replay.url}: use an https:// address" in note


def test_a_key_that_ends_soon_is_told(look, monkeypatch):
    def note(days: int) -> str:
        content = json.dumps({"exp": (NOW - datetime(1970, 1, 1)).total_seconds() + days * 86400}).encode()
        key = f"a.{base64.urlsafe_b64encode(content).decode().rstrip('=')}.b"
        monkeypatch.setenv("N8N_API_KEY", key)
        monkeypatch.setattr(Replay, "KEY", key)
        return next(note for note in look(run(1)).notes if "expires" in note)

    assert note(90) == "The API key expires on 15 Apr 2026, in 90 days."
    assert note(7) == "The API key expires on 22 Jan 2026, in 7 days: make a new one now."


@pytest.mark.parametrize(
    ("hours", "every_hours", "needed"), [(4, 24, True), (30, 24, False), (80, 24, None), (4, 1, None), (2, 1, False)]
)
def test_runs_that_are_cleared_away_before_they_are_read_are_an_alarm_before_they_are_lost(
    look, hours, every_hours, needed
):
    oldest = (NOW - timedelta(hours=hours)).isoformat() + ".000Z"
    readings = [NOW - timedelta(hours=every_hours * back) for back in (3, 2, 1)]
    found = look(run(6, "waiting"), run(7, startedAt=oldest), readings=readings)
    assert [gap.needed for gap in found.gaps] == ([] if needed is None else [needed])
    if needed is not None:
        [gap] = found.gaps
        assert ("soon some are" in gap.what) is not needed
        assert "`.venv/bin/python -m etl sample`" in gap.remedy and "EXECUTIONS_DATA_PRUNE_MAX_COUNT" in gap.remedy


def test_what_was_never_cleared_is_no_alarm_and_unknown_is_said(look):
    assert look(run(1, startedAt=f"{NOW.isoformat()}.000Z"), readings=NIGHTLY).gaps == []
    assert "How often it is read is not known before the second refresh." in look(run(7)).notes


def test_workflows_that_do_not_keep_their_runs_are_named(look):
    workflow = {"active": True, "settings": {"saveDataSuccessExecution": "none"}}
    [note] = [note for note in look(run(1), workflow=workflow).notes if "do not keep" in note]
    assert note.startswith("1 active workflows do not keep all their runs (Send order)")


# ---------------------------------------------------------------- inboxes


def test_an_inbox_says_what_waits_and_what_was_rejected(tmp_path, kpis):
    one, place = Inbox("mes", folder=str(tmp_path / "mes")), tmp_path / "mes"
    place.mkdir()
    log = place / "log.csv"
    log.write_text("run_id,flow,status\n1,label,ok\n2,label,perhaps\n")
    os.utime(log, (time.time() - 60,) * 2)
    found = check_beside.look_at_inbox(one, tmp_path, kpis)
    assert found.ok and found.facts == [f"{place}: 1 file to be read"] and found.notes == []
    list(inbox._land(place, one, tmp_path / "landing", lambda text: None))
    [note] = check_beside.look_at_inbox(one, tmp_path, kpis).notes
    assert note.startswith(f"1 rejected line in {place / 'rejected'}, the last because status is 'perhaps'")
    assert "(line 3 of log.csv)" in note


def test_a_folder_that_is_not_there_or_no_folder_is_told(tmp_path, kpis):
    gone = check_beside.look_at_inbox(Inbox("mes", folder=str(tmp_path / "gone")), tmp_path, kpis)
    assert sentences(gone) == [f"The folder {tmp_path / 'gone'} is not there. make it, or mend its name in ops.toml"]
    (tmp_path / "file").touch()
    no_folder = check_beside.look_at_inbox(Inbox("mes", folder=str(tmp_path / "file")), tmp_path, kpis)
    assert not no_folder.ok and "cannot be read (Not a directory)" in no_folder.gaps[0].what
    own = check_beside.look_at_inbox(Inbox("inbox", folder="inbox"), tmp_path, kpis)
    assert own.ok and own.facts == [f"{tmp_path / 'inbox'}; the first refresh makes it"]


def test_a_folder_out_of_which_nothing_can_be_moved_is_told(tmp_path, kpis, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: False)  # whoever runs the tests may be root
    found = check_beside.look_at_inbox(Inbox("mes", folder=str(tmp_path)), tmp_path, kpis)
    assert not found.ok and "Files cannot be moved out" in found.gaps[0].what


def test_it_is_shown_and_told_to_machines(look, monkeypatch):
    monkeypatch.delenv("N8N_API_KEY")
    found = look()
    console = Console(record=True, width=100, file=io.StringIO())
    report.show_beside(found, console)
    text = console.export_text()
    assert "n8n n8n: 1 thing is missing." in text and "remedy set the environment variable N8N_API_KEY." in text
    told = report.as_json([], [found])
    assert told["ok"] is False and told["beside"][0]["gaps"][0]["needed"] is True
