"""What must be known of n8n after each part of tests/live/n8n_story.py: of a real one, and of its recorded answers.

`story.after(part)` are the marts after that part, `story.truth` is what was done, `story.calls(part, path)` how often
a workflow had been called by then, `story.asked(part)` how many questions n8n was asked, and `story.refused` what was
asked that only reading does not need.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta

import pytest

from tests.etl.n8n_reader import events

MARKER = "Rue du Bac 7"  # in everything that is sent, and nowhere to be found
EVER = (date(2020, 1, 1), date(2100, 1, 1))
PARTS = ("begun", "cut", "cleared", "given_up")
FLOWS = {
    "order-ok": "Send order", "stock-fail": "Send stock", "retry": "Flaky", "retry-fail": "Down", "stop": "Refuse",
    "swallow": "Swallow", "ignore": "Ignore", "timeout": "Slow", "parent": "Parent", "wait": "Patient",
    "long": "Until tomorrow", "cut": "Cut off", "repair": "Repaired",
}  # fmt: skip


class Told:
    """A story that was played or recorded."""

    def __init__(self):
        self.built, self.questions, self.truth, self.refused = {}, {}, {}, []

    def after(self, part: str):
        return self.built[part]

    def calls(self, part: str, path: str) -> int:
        return self.truth["counts"][part].get(path, 0)

    def asked(self, part: str) -> int:
        return self.questions[part]


def runs(built, path: str) -> list[dict]:
    """The runs of a workflow by its webhook, in their order, repetitions apart."""
    found = [row for row in events(built).values() if row["flow_name"] == FLOWS[path] and row["trigger"] == "webhook"]
    return sorted(found, key=lambda row: row["record_id"])


def facts(built, path: str, *names: str) -> list[tuple]:
    return [tuple(row[name] for name in names) for row in runs(built, path)]


@pytest.mark.parametrize("part", PARTS[:2])
def test_every_call_is_a_run(story, part):
    built = story.after(part)
    assert {path: len(runs(built, path)) for path in FLOWS} == {path: story.calls(part, path) for path in FLOWS}


def test_runs_that_go_on_are_seen_although_n8n_hides_them(story):
    built = story.after("begun")
    # n8n tells of a run that waits in memory that it waits, or that it runs
    for path in ("wait", "long", "cut"):
        [(status, ended_at, e2e)] = facts(built, path, "status", "ended_at", "e2e_seconds")
        assert status in ("running", "waiting") and ended_at is None and e2e is None, path
        [(created_at,)] = facts(built, path, "created_at")
        assert_near(created_at, story.truth["calls"][path][0]["at"])


def assert_near(at: datetime, called_at: str, seconds: float = 3) -> None:
    assert abs(at - datetime.fromisoformat(called_at)) < timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("path", "status", "failure_class", "error_code", "error_node"),
    [
        ("order-ok", "success", None, None, None),
        ("stock-fail", "failed", "technical", "ECONNREFUSED", "Ask"),
        ("retry", "success", None, None, None),
        ("retry-fail", "failed", "technical", "503", "Ask"),
        ("stop", "failed", "business", "NodeOperationError", "Refuse"),
        ("swallow", "failed", "swallowed", "ECONNREFUSED", "Ask"),
        ("ignore", "success", None, None, None),
        ("timeout", "failed", "timeout", None, None),
        ("parent", "success", None, None, None),
    ],
)
def test_how_runs_ended_and_why(story, path, status, failure_class, error_code, error_node):
    names = ("status", "failure_class", "error_code", "has_failed")
    expected = (status, failure_class, error_code, status == "failed")
    assert set(facts(story.after("begun"), path, *names)) == {expected}
    if error_node:
        assert {node for (node,) in facts(story.after("begun"), path, "error_node")} == {error_node}


def test_a_killed_run_is_told_as_a_crash_with_the_latest_moment_it_can_have_ended(story):
    [(status, why, ended_at, quality)] = facts(
        story.after("cut"), "cut", "status", "failure_class", "ended_at", "ended_quality"
    )
    assert (status, why, quality) == ("failed", "crash", "upper_bound")
    assert ended_at == story.after("cut").as_of > datetime.fromisoformat(story.truth["calls"]["cut"][0]["at"])


def test_tries_within_a_node_are_not_known_and_those_of_a_run_are_counted(story):
    built = story.after("cut")
    names = ("attempts", "max_attempts", "failed_attempts")
    assert facts(built, "retry", *names) == [(None, 3, None)]
    assert facts(built, "retry-fail", *names) == [(None, 3, None)]
    assert facts(built, "stop", *names) == [(1, None, 1)]
    assert facts(built, "order-ok", *names)[0] == (1, None, 0)
    assert facts(built, "repair", *names) == [(2, None, 1), (2, None, 2)]


def test_a_repetition_is_one_transaction_with_the_run_it_repeats(story):
    built = story.after("cut")
    names = ("status", "native_status", "has_failed", "resolved_by", "is_dead_letter")
    assert facts(story.after("begun"), "repair", *names) == [("failed", "error", True, None, True)] * 2
    repaired, left = runs(built, "repair")
    assert [repaired[name] for name in names] == ["success", "error", True, "later success", False]
    assert [left[name] for name in names] == ["failed", "error", True, None, True]
    again = sorted(
        (row for row in events(built).values() if row["trigger"] == "retry"), key=lambda row: row["record_id"]
    )
    keys = [(row["parent_key"], row["root_key"]) for row in again]
    assert keys == [(repaired["event_key"],) * 2, (left["event_key"],) * 2]
    assert repaired["ended_at"] == again[0]["ended_at"] > repaired["first_failed_at"]
    [correlation] = {row["correlation_id"] for row in (repaired, again[0])}
    assert correlation == story.truth["calls"]["repair"][0]["correlation_id"]


def test_latencies_are_those_of_the_clock_even_where_n8n_forgets_the_start(story):
    built = story.after("cut")
    [(e2e, queue)] = facts(built, "wait", "e2e_seconds", "queue_seconds")
    assert 66 <= e2e < 120
    assert queue is None or queue < 5
    for (e2e,) in facts(built, "order-ok", "e2e_seconds"):
        assert 0 <= e2e < 5
    [(retried,)] = facts(built, "retry", "e2e_seconds")
    assert 1 <= retried < 10  # two waits of half a second
    [(created_at, ended_at)] = facts(built, "timeout", "created_at", "ended_at")
    assert 2 <= (ended_at - created_at).total_seconds() < 8
    for path in ("order-ok", "stock-fail", "wait"):
        for row, call in zip(runs(built, path), story.truth["calls"][path], strict=False):
            assert_near(row["created_at"], call["at"])


def test_what_belongs_to_another_run_is_no_transaction_of_its_own(story):
    rows = events(story.after("cut")).values()
    [parent] = runs(story.after("cut"), "parent")
    [child] = [row for row in rows if row["flow_name"] == "Child"]
    assert (child["trigger"], child["is_kpi"], child["parent_key"]) == ("sub", False, parent["event_key"])
    handled = [row for row in rows if row["flow_name"] == "On error"]
    told = [(row["trigger"], row["is_kpi"], row["status"]) for row in handled]
    assert told == [("error_handler", False, "success")] * 2


def test_what_a_run_is_about_is_known(story):
    for path in ("order-ok", "stock-fail"):
        told = facts(story.after("cut"), path, "correlation_id", "odoo_model", "odoo_res_id", "plant")
        calls = story.truth["calls"][path]
        assert told == [(c["correlation_id"], c["odoo_model"], c["odoo_id"], "LYON") for c in calls][: len(told)]


def test_nothing_of_what_runs_work_on_is_kept(story):
    built = story.after("given_up")
    kept = str(built.rows("from stg_n8n_execution_history")) + str(built.rows("from stg_n8n_workflow_history"))
    assert MARKER not in kept
    assert "anna@example.com" not in kept
    assert {text for (text,) in facts(built, "stop", "error_text")} == {"No price for [e-mail]"}


def test_runs_that_n8n_does_not_keep_are_unknown_and_never_successes(story):
    for part in PARTS[:2]:
        rows = events(story.after(part)).values()
        unknown = [row for row in rows if row["status"] == "unknown"]
        assert len(unknown) == len(story.truth["calls"]["no-save"])
        assert {(row["flow_key"], row["ended_at"], row["has_failed"]) for row in unknown} == {(None, None, False)}
    [found] = story.after("begun").check("n8n_run_not_kept")
    assert (found["name"], found["detail"]) == ("Not kept", "does not keep runs that succeed")


def test_runs_that_were_cleared_away_unread_are_unknown_and_an_alarm(story):
    built, numbers = story.after("cleared"), events(story.after("cleared"))
    assert sorted(numbers) == list(range(min(numbers), max(numbers) + 1))
    read = {row["record_id"] for row in runs(built, "order-ok")}
    calls = story.truth["calls"]["order-ok"]
    unread = [row for row in numbers.values() if row["status"] == "unknown"]
    assert 0 < len(calls) - len(read) <= story.truth["unread"]
    assert len(unread) == len(calls) - len(read) + len(story.truth["calls"]["no-save"])
    [alarm] = built.check("n8n_run_missing")
    assert alarm["detail"] == f"{len(unread)} of {len(numbers)} runs are missing"
    # what was read before stays
    assert len(runs(built, "stock-fail")) == len(story.truth["calls"]["stock-fail"])


def test_missing_runs_are_given_up_after_an_hour_and_what_goes_on_is_not(story):
    def open_numbers(part: str) -> set[int]:
        built = story.after(part)
        rows = built.rows("from stg_n8n_execution")
        return {row["id"] for row in rows if not (row["is_given_up"] or row["is_detailed"])}

    missing = {row["record_id"] for row in events(story.after("cleared")).values() if row["status"] == "unknown"}
    [(long, status)] = facts(story.after("given_up"), "long", "record_id", "status")
    assert status == "waiting"
    assert open_numbers("cleared") == missing | {long}
    assert open_numbers("given_up") == {long}
    assert story.asked("given_up") >= len(missing)
    statuses = {part: Counter(row["status"] for row in events(story.after(part)).values()) for part in PARTS[2:]}
    assert statuses["cleared"] == statuses["given_up"]


def test_the_failure_rate_counts_each_transaction_once(story):
    built = story.after("cut")
    failed = {"stock-fail", "retry-fail", "stop", "swallow", "timeout", "cut", "repair"}
    succeeded = {"order-ok", "retry", "ignore", "parent", "wait"}
    counts = {path: story.calls("cut", path) for path in failed | succeeded}
    [value] = built.kpi("integration_failure_rate", *EVER)
    bad = sum(counts[path] for path in failed)
    assert value["n"] == sum(counts.values())
    assert value["value"] == pytest.approx(bad / value["n"])


def test_a_run_is_found_in_n8n(story):
    [row] = runs(story.after("cut"), "stop")
    assert row["record_url"].endswith(f"/workflow/wfStop0000000001/executions/{row['record_id']}")


def test_n8n_is_only_read(story):
    assert story.refused == []


def test_owner_and_plant_of_a_workflow_are_told_by_its_tags(story):
    workflows = {row["name"]: row for row in story.after("begun").rows("from stg_n8n_workflow")}
    assert (workflows["Send order"]["plant"], workflows["Send order"]["owner"]) == ("LYON", "Head of logistics")
    assert (workflows["Refuse"]["plant"], workflows["Refuse"]["owner"]) == (None, None)
    interfaces = story.after("begun").rows("select flow_name, plant, tagged_owner from dim_interface where is_owned")
    assert interfaces == [{"flow_name": "Send order", "plant": "LYON", "tagged_owner": "Head of logistics"}]
    assert workflows["Patient"]["has_wait"] and not workflows["Refuse"]["has_wait"]
    assert workflows["Slow"]["timeout_seconds"] == 2 and workflows["Down"]["max_tries"] == 3
