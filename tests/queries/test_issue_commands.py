"""Error issues and what becomes of them in the terminal, over jobs that fail in two ways."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import timedelta

import duckdb
import pytest
from typer.testing import CliRunner

from queries import decision, issue, readable, subject, warehouse
from queries.__main__ import app
from queries.warehouse import Scope
from tests.marts.test_fct_integration_event import SUBTYPES, failed, job
from tests.queries.conftest import AS_OF
from tests.rows import order, purchase

TIMEOUT = {"exc_name": "requests.exceptions.ConnectTimeout"}
SEND = "purchase.order.send"


def sent(id: int, document: int, company: int, **values) -> dict:
    """A failed job that was to send a purchase order."""
    said = {"exc_message": f"no answer for P{document:05d} within 30 s"} | TIMEOUT
    about = {"document_model": "purchase.order", "method": "send", "records": f"purchase.order({document})"}
    return job(id, "failed", started="05 09:00", company_id=company, **about, **(said | values))


@pytest.fixture(scope="module")
def published(publish):
    jobs = [sent(1, 1, 1), sent(2, 2, 2), sent(3, 1, 1), sent(4, 2, 2, exc_message="Access Denied")]
    messages = [failed(1, 1, "05 09:01"), failed(2, 2, "16 09:01"), failed(3, 3, "17 09:01"), failed(4, 4, "18 09:01")]
    return publish(
        queue_job=jobs,
        mail_message=messages,
        mail_message_subtype=SUBTYPES,
        purchase_order=[
            purchase(1, state="purchase"),
            purchase(2, state="purchase", company_id=2, picking_type_id=4, currency_id=2),
        ],
        mrp_production=[order(1)],
    )


@pytest.fixture
def folder(published, tmp_path):
    """A copy in which something can be decided."""
    return shutil.copytree(published, tmp_path / "own")


@pytest.fixture
def call(folder):
    def run(*arguments: str, fails: bool = False) -> str:
        done = CliRunner().invoke(app, list(arguments), env={"OPS_WAREHOUSE": str(folder), "COLUMNS": "250"})
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        assert done.exit_code == int(fails), done.output
        return done.output

    return run


def answer(call, *arguments: str) -> list[dict]:
    return json.loads(call(*arguments, "--json"))


def test_issues_are_told_with_where_since_when_and_how_often(call):
    timeout, denied = answer(call, "issues")
    assert (timeout["pattern"], denied["pattern"]) == ("no answer for … within … s", "Access Denied")
    assert (timeout["run_count"], timeout["recent_count"], timeout["before_count"]) == (3, 2, 0)
    assert (timeout["first_seen_at"], timeout["last_seen_at"]) == ("2026-01-05 09:01:00", "2026-01-17 09:01:00")
    assert (timeout["plants"], timeout["stuck_record_count"], timeout["state"]) == ("Nord/WH, South/WH", 2, "open")
    head, first, second = call("issues").splitlines()
    assert head.split()[:3] == ["issue", "flow", "what"]
    assert timeout["issue"] in first and "ConnectTimeout: no answer for … within … s" in first
    assert "2 records, " in first and "Access Denied" in second
    [nord] = answer(call, "issues", "--plant", "Nord/WH")
    assert (nord["run_count"], nord["plants"]) == (2, "Nord/WH")
    assert call("issues", "--csv").splitlines()[0].startswith("issue,source,instance,flow_key")


def test_an_issue_by_the_beginning_of_its_key_leads_to_runs_and_records(call):
    key = answer(call, "issues")[0]["issue"]
    [found] = answer(call, "issue", key[:8])
    assert [row["name"] for row in found["runs"]] == ["P00001", "P00002", "P00001"]
    assert found["issue"] == key and found["decisions"] == []
    text = call("issue", key)
    assert "no answer for P00001 within 30 s" in text and "P00002" in text and "failed (stuck)" in text
    assert len(call("issue", key, "--csv").splitlines()) == 4
    assert len(answer(call, "issue", key, "--plant", "South/WH")[0]["runs"]) == 1


def test_what_is_decided_is_seen_at_once_and_can_be_taken_back(call, folder):
    key = answer(call, "issues")[0]["issue"]
    assert "Decision 1: assignment of issue:" in call("decide", "own", key, "--who", "Ann")
    call("decide", "comment", key, "--who", "Bo", "--why", "asked the carrier", "--role", "Head of IT")
    [found] = answer(call, "issue", key)
    assert (found["state"], found["state_owner"], found["standing"]) == ("owned", "Ann", "owned by Ann")
    assert [one["what"] for one in found["decisions"]] == ["comment", "assignment"]
    assert "asked the carrier" in call("issue", key) and "Bo, Head of IT" in call("issue", key)
    assert [row["issue"] == key for row in answer(call, "issues")] == [False, True]  # nobody has seen to the other
    assert [row["issue"] for row in answer(call, "issues", "--state", "owned")] == [key]
    call("withdraw", "1", "--who", "Ann", "--why", "on leave")
    assert answer(call, "issues", "--state", "owned") == []
    assert "withdrawn by Ann: on leave" in call("issue", key)


def test_a_mute_lasts_to_its_day_and_a_resolution_until_it_fails_again(call, folder):
    key = answer(call, "issues")[0]["issue"]
    tomorrow = f"{readable.utc_now() + timedelta(days=1):%Y-%m-%d}"
    call("decide", "mute", key, "--who", "Ann", "--why", "the vendor mends it", "--until", tomorrow)
    assert [row["issue"] for row in answer(call, "issues", "--state", "muted")] == [key]
    call("decide", "resolve", key, "--who", "Ann", "--why", "mended")
    [row] = answer(call, "issues", "--state", "resolved")
    assert (row["issue"], row["reopened_at"]) == (key, None)
    call("decide", "reopen", key, "--who", "Bo", "--why", "it is not")
    assert {row["state"] for row in answer(call, "issues")} == {"open"}
    call("decide", "resolve", key, "--who", "Ann", "--why", "now it is")
    opened = warehouse.open(warehouse=folder)
    decided = [one for one in decision.decisions(folder) if one.what == decision.RESOLUTION]
    earlier = [replace(one, decided_at=AS_OF - timedelta(days=9)) for one in decided]
    again = next(row for row in issue.issues(opened, earlier) if row["issue"] == key)
    assert (again["state"], str(again["reopened_at"])) == ("open", "2026-01-17 09:01:00")
    assert again["standing"].startswith("open, seen again on 17 Jan")


def test_exceptions_say_how_they_stand(call, folder):
    row = answer(call, "exceptions", "stalled_draft_order")[0]
    assert row["subject"] == "exception:stalled_draft_order:test:mrp.production,1" and row["state"] == "open"
    call("decide", "ack", row["subject"], "--who", "Ann")
    [row] = answer(call, "exceptions", "stalled_draft_order")
    assert row["state"] == "acknowledged"
    assert "acknowledged by Ann" in call("exceptions", "stalled_draft_order")
    [kept] = decision.decisions(folder)
    assert (kept.subject, kept.plant) == (row["subject"], "Nord/WH")


def test_an_exception_that_is_still_found_after_it_was_resolved_is_open_again(folder):
    opened = warehouse.open(warehouse=folder)
    rows = warehouse.read(opened, "open_exception").to_pylist()
    name = subject.of_exception(rows[0])
    number = decision.decide("Ann", decision.RESOLUTION, name, "done", warehouse=folder)
    decided = [one for one in decision.decisions(folder) if one.id == number]
    now = decided[0].decided_at
    before = subject.with_states(rows[:1], subject.of_exception, lambda row: now - timedelta(hours=1), decided)
    after = subject.with_states(rows[:1], subject.of_exception, lambda row: now + timedelta(hours=1), decided)
    assert (before[0]["state"], after[0]["state"]) == ("resolved", "open")


def test_a_record_is_a_subject_too(call, folder):
    call("decide", "comment", "record:test:purchase.order,2", "--who", "Ann", "--why", "agreed by phone")
    [kept] = decision.decisions(folder)
    assert (kept.subject, kept.plant) == ("record:test:purchase.order,2", "South/WH")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("issue", "e1-nothing"), "there is no issue 'e1-nothing'"),
        (("issue", "e1-"), "several issues begin with 'e1-'"),
        (("issues", "--state", "sleeping"), "there is no state 'sleeping': use one of open, acknowledged"),
        (("issues", "--plant", "X"), "there is no plant 'X'"),
        (("decide", "eat", "e1-1"), "nothing is decided by 'eat': use one of ack, own, mute"),
        (("decide", "ack", "e1-", "--owner", "Bo"), "--owner is for `decide own`: leave it out"),
        (("decide", "resolve", "e1-", "--until", "2026-03-02"), "--until is for `decide mute`"),
        (("decide", "ack", "e1-nothing"), "there is no issue 'e1-nothing'"),
        (("decide", "ack", "exception:late_receipt:test:purchase.order,1"), "there is no 'exception:late_receipt"),
        (("decide", "ack", "record:test:purchase.order,77"), "there is no 'record:test:purchase.order,77'"),
        (("decide", "ack", "record:test:purchase.order"), "names no record: write record:INSTANCE:MODEL,ID"),
        (("decide", "ack", "carrier:7"), "'carrier:7' is no subject"),
    ],
)
def test_what_is_not_there_is_one_sentence(call, folder, arguments, words):
    who = ("--who", "Ann") if arguments[0] == "decide" else ()
    assert words in call(*arguments, *who, fails=True)
    assert not (folder / "decisions.sqlite").exists()


def test_a_mute_without_a_day_and_a_resolution_without_a_reason_are_refused(call):
    key = answer(call, "issues")[0]["issue"]
    assert "say until which day" in call("decide", "mute", key, "--who", "Ann", "--why", "later", fails=True)
    assert "say why" in call("decide", "resolve", key, "--who", "Ann", fails=True)


def test_who_sees_some_plants_sees_their_runs_alone(published):
    opened = warehouse.open(Scope(frozenset({"Nord/WH"}), sees_names=False), published)
    [row] = issue.issues(opened, [])
    assert (row["run_count"], row["plants"], row["stuck_record_count"]) == (2, "Nord/WH", 1)
    assert row["pattern"].startswith("person ") and "P0000" not in row["example"]
    assert row["flow_name"] == SEND
    everything = issue.issues(warehouse.open(warehouse=published), [])
    assert {one["issue"]: one["run_count"] for one in everything}[row["issue"]] == 3


NORD, SOUTH = "Nord/WH", "South/WH"


def shared(folder, *plants: str) -> dict:
    """The issue that hits both plants, as who sees these (none: all) reads it."""
    opened = warehouse.open(Scope(frozenset(plants) or None), folder)
    found = issue.issues(opened, decision.decisions(folder, opened.scope))
    return next(row for row in found if "no answer" in row["pattern"])


@pytest.mark.parametrize("what", decision.ABOUT_A_SUBJECT)
def test_who_decides_for_every_plant_that_an_issue_hits_puts_it_aside_and_others_do_not(folder, what):
    def decide(*plants: str) -> None:
        row, scope = shared(folder, *plants), Scope(frozenset(plants))
        about = {"plants": issue.plants(row, what), "until_on": readable.utc_now().date(), "owner": "Bo"}
        decision.decide("Ann", what, row["subject"], "x", **about, scope=scope, warehouse=folder)

    if what in issue.FOR_ALL:
        with pytest.raises(decision.DecisionError, match="about several plants, or about none: ask somebody who sees"):
            decide(NORD)
        assert not (folder / "decisions.sqlite").exists()
    else:
        decide(NORD)
        assert decision.decisions(folder)[0].plant == NORD
    decide(NORD, SOUTH)
    assert decision.decisions(folder)[0].plant is None


def test_what_was_muted_for_one_plant_is_open_once_it_hits_another(folder):
    row, day = shared(folder), readable.utc_now().date()
    assert (row["hits"], row["is_elsewhere"], row["state"]) == ([NORD, SOUTH], False, "open")
    assert (shared(folder, NORD)["hits"], shared(folder, NORD)["is_elsewhere"]) == ([NORD], True)
    decision.decide("Ann", decision.MUTE, row["subject"], "x", plant=NORD, until_on=day, warehouse=folder)
    assert shared(folder)["state"] == shared(folder, NORD)["state"] == "open"
    alone = row | {"hits": [NORD]}
    assert issue.with_states([alone], decision.decisions(folder))[0]["state"] == "muted"
    decision.decide("Bo", decision.ACKNOWLEDGEMENT, row["subject"], plant=NORD, warehouse=folder)
    assert shared(folder)["state"] == "acknowledged"


def test_an_issue_with_runs_of_no_plant_is_put_aside_by_who_sees_all_plants(folder):
    with duckdb.connect(folder / warehouse.current_version(folder)) as con:
        con.execute("update agg_error_issue set plant = '(none)' where plant = 'South/WH'")
    row = shared(folder)
    assert (row["hits"], row["is_elsewhere"]) == ([NORD], True)
    assert issue.plants(row, decision.MUTE) == () and issue.plants(row, decision.COMMENT) == (NORD,)
