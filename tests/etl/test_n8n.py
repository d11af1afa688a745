"""n8n as it was recorded (tests/live/test_n8n.py), and what it says when it cannot be read."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import httpx
import pytest

from etl import load, n8n
from queries.config import N8n
from tests.etl.n8n_expected import *  # noqa: F403 - the tests themselves
from tests.etl.n8n_expected import EVER, PARTS, Told
from tests.etl.n8n_reader import Reader, at_hour, events
from tests.etl.n8n_replay import Replay

RECORDED = Path(__file__).parent / "n8n"


@pytest.fixture(scope="module")
def story(tmp_path_factory):
    replay, told = Replay(RECORDED), Told()
    reader = Reader(tmp_path_factory.mktemp("n8n"), N8n("n8n", replay.url, strict=("Swallow",)))
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


LISTS = ("/api/v1/executions?limit=250", "/api/v1/workflows?limit=250")
OPEN_LISTS = tuple(f"{LISTS[0]}&status={status}" for status in ("running", "waiting"))


@pytest.fixture
def served(tmp_path, monkeypatch):
    """served(rows) -> Reader: an n8n that has these runs, of one workflow; `served.replay` is what answers."""
    replay = Replay(RECORDED)
    monkeypatch.setenv("N8N_API_KEY", replay.KEY)
    monkeypatch.setattr(n8n, "WAITS", ())
    reader = Reader(tmp_path, N8n("n8n", replay.url, strict=("Send*",)))

    def serve(*rows: dict, workflow: dict | None = None, **hidden: dict) -> Reader:
        workflows = [{"id": "w", "name": "Send order", "nodes": [], "settings": {}} | (workflow or {})]
        pages = dict.fromkeys([*LISTS, *OPEN_LISTS], (200, {"data": [], "nextCursor": None}))
        pages[LISTS[0]] = (200, {"data": sorted(rows, key=lambda row: -int(row["id"])), "nextCursor": None})
        pages[LISTS[1]] = (200, {"data": workflows, "nextCursor": None})
        for row in (*rows, *hidden.values()):
            plain = {name: value for name, value in row.items() if name not in ("data", "workflowData")}
            pages[f"/api/v1/executions/{row['id']}"] = (200, plain)
            pages[f"/api/v1/executions/{row['id']}?includeData=true"] = (200, row)
        replay.part = {"answers": pages}
        return reader

    serve.replay = replay
    yield serve
    replay.close()


def run(id: int, status: str = "success", minute: int = 0, **values) -> dict:
    """A run as n8n tells it, of one second."""
    at = f"2026-01-05T08:{minute:02d}:0"
    row = {"id": str(id), "status": status, "mode": "webhook", "workflowId": "w", "createdAt": f"{at}0.000Z"}
    return row | {"startedAt": f"{at}1.000Z", "stoppedAt": f"{at}2.000Z", "retryOf": None, "waitTill": None} | values


def failed(id: int, message: str = "no", **error) -> dict:
    result = {"resultData": {"error": {"message": message, "name": "NodeApiError"} | error, "runData": {}}}
    return run(id, "error", data=result, workflowData={"nodes": [], "settings": {}})


def statuses(built) -> dict[int, str]:
    return {id: row["status"] for id, row in events(built).items()}


def test_a_wrong_key_is_told_and_costs_nothing_that_was_read(served, monkeypatch):
    reader = served(run(1))
    assert statuses(reader.read()) == {1: "success"}
    monkeypatch.setenv("N8N_API_KEY", "an-old-key-of-somebody")
    assert statuses(reader.read()) == {1: "success"}
    assert "refused the API key: it is wrong or has expired; set N8N_API_KEY to a new one." in reader.said[-1]
    monkeypatch.delenv("N8N_API_KEY")
    reader.read()
    assert reader.said[-1] == "n8n 'n8n' has no key: set the environment variable N8N_API_KEY."
    assert "an-old-key-of-somebody" not in str(reader.said)


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        ((403, {"message": "Forbidden"}), "give it the scopes workflow:list, execution:list and execution:read."),
        ((404, {"message": "Not Found"}), "with HTTP 404 and not with its public API"),
        ((200, "a page for people"), "with HTTP 200 and not with its public API"),
        ((200, {"version": "19.0"}), "with HTTP 200 and not with its public API"),
        ((500, {}), "(HTTP 500): look at its log."),
        ((503, {}), "does not answer (HTTP 503): check that it runs and that its address is right."),
    ],
)
@pytest.mark.parametrize("path", LISTS)
def test_what_is_no_answer_is_told_in_a_sentence(served, path, answer, sentence):
    reader = served(run(1))
    served.replay.part["answers"][path] = answer
    assert statuses(reader.read()) == {}
    assert sentence in reader.said[-1]


def test_another_n8n_in_the_place_of_the_first_is_not_mixed_with_it(served):
    served(run(1), run(2, minute=1)).read()
    reader = served(run(1, minute=30), run(2, minute=31), run(3, minute=32))
    assert statuses(reader.read()) == {1: "success", 2: "success"}
    assert "has another run 2 than before" in reader.said[-1]
    assert "give it another name than 'n8n'" in reader.said[-1]


def test_an_n8n_that_counts_anew_is_not_taken_for_one_in_which_nothing_runs(served):
    served(run(100), run(101, minute=1)).read()
    reader = served(run(1, minute=2), run(2, minute=3))
    assert statuses(reader.read()) == {100: "success", 101: "success"}
    assert "has another run 2 than before" in reader.said[-1]


def test_a_run_that_goes_on_after_a_wait_is_not_taken_for_one_of_another_n8n(served):
    waiting = run(1, "waiting", waitTill="2026-01-05T09:00:00.000Z")
    built = served(hidden=waiting, unsaved=run(2, "running", minute=1)).read()
    assert statuses(built) == {}  # nothing is listed
    served(waiting, run(2, "running", minute=1)).read()
    went_on = run(1, createdAt="2026-01-05T08:00:00.000Z", minute=59)
    assert statuses(served(went_on).read()) == {1: "success", 2: "unknown"}


def test_a_run_of_a_low_number_that_was_hidden_at_first_is_read_when_it_shows(served):
    assert statuses(served(run(1000), run(1001, minute=5)).read()) == {1000: "success", 1001: "success"}
    built = served(run(3), run(1000), run(1001, minute=5)).read()
    assert statuses(built) == {3: "success", 1000: "success", 1001: "success"}


def test_a_run_whose_data_n8n_cannot_give_has_failed_all_the_same(served):
    reader = served(failed(1), run(2))
    served.replay.part["answers"]["/api/v1/executions/1?includeData=true"] = (500, {"message": "too large"})
    [one] = [row for row in events(reader.read()).values() if row["record_id"] == 1]
    assert (one["status"], one["failure_class"], one["error_text"]) == ("failed", "technical", None)


def test_data_that_bring_n8n_down_are_asked_for_once(served, monkeypatch):
    monkeypatch.setattr(n8n, "WAITS", (0, 0))
    reader, asked = served(failed(1)), []
    get = httpx.Client.get

    def breaking(self, path, params=None):
        asked.append((path, params := params or {}))
        if "includeData" in params:
            raise httpx.RemoteProtocolError("Server disconnected without sending a response.")
        return get(self, path, params=params)

    monkeypatch.setattr(httpx.Client, "get", breaking)
    assert statuses(reader.read()) == {1: "failed"}
    assert sum("includeData" in params for _, params in asked) == 1
    assert statuses(reader.read()) == {1: "failed"}
    assert sum("includeData" in params for _, params in asked) == 1


@pytest.mark.parametrize(
    ("error", "failure_class"),
    [
        ({"httpCode": "404"}, "business"),
        ({"httpCode": "429"}, "technical"),
        ({"httpCode": "502"}, "technical"),
        ({"code": "ETIMEDOUT"}, "technical"),
    ],
)
def test_the_other_side_refuses_or_is_in_trouble(served, error, failure_class):
    [row] = events(served(failed(1, **error)).read()).values()
    assert (row["failure_class"], row["error_code"]) == (failure_class, next(iter(error.values())))


@pytest.mark.parametrize(
    ("error", "settings", "status"),
    [
        ({"name": "TimeoutExecutionCancelledError"}, {}, "failed"),  # as newer versions of n8n tell it
        ({"name": "ManualExecutionCancelledError"}, {}, "cancelled"),
        (None, {"executionTimeout": 2}, "failed"),
        (None, {"executionTimeout": 3}, "cancelled"),
        (None, {}, "cancelled"),
    ],
)
def test_a_run_that_was_stopped_failed_when_it_was_n8n_that_stopped_it(served, error, settings, status):
    data = {"resultData": {"runData": {}} | ({"error": error} if error else {})}
    stopped = run(1, "canceled", data=data, workflowData={"nodes": [], "settings": settings})
    [row] = events(served(stopped).read()).values()
    assert row["status"] == status


def test_an_error_that_a_node_passes_on_counts_only_where_the_workflow_is_strict(served):
    nodes = [{"name": "Ask", "type": "n8n-nodes-base.httpRequest", "onError": "continueRegularOutput"}]
    passed = [{"data": {"main": [[{"json": {"error": "no answer for anna@example.com"}}]]}}]
    data = {"resultData": {"runData": {"Ask": passed, "Other": passed}}}
    row = run(1, data=data, workflowData={"nodes": nodes, "settings": {}})
    [strict] = events(served(row).read()).values()
    assert (strict["status"], strict["failure_class"], strict["error_node"]) == ("failed", "swallowed", "Ask")
    assert strict["error_text"] == "no answer for [e-mail]"
    assert n8n.run_row(row).get("error_name") is None


def test_a_run_that_is_cleared_away_while_it_is_read_stays_what_it_was(served):
    reader = served(failed(1), run(2))
    for number in (1, 2):
        for query in ("", "?includeData=true"):
            del served.replay.part["answers"][f"/api/v1/executions/{number}{query}"]
    assert statuses(reader.read()) == {1: "failed", 2: "success"}


def test_a_run_that_was_under_way_and_then_deleted_is_unknown(served):
    served(run(1), run(3), hidden=run(2, "running", stoppedAt=None)).read()
    reader = served(run(1), run(3), run(4))
    assert statuses(reader.read()) == {1: "success", 2: "unknown", 3: "success", 4: "success"}


def test_a_run_that_appears_late_is_found(served):
    assert statuses(served(run(1), run(3)).read()) == {1: "success", 2: "unknown", 3: "success"}
    assert statuses(served(run(1), run(2), run(3)).read()) == {1: "success", 2: "success", 3: "success"}


def test_very_many_missing_runs_are_given_up_at_once_and_told(served, monkeypatch):
    monkeypatch.setattr(n8n, "MOST_MISSED", 3)
    served(run(1)).read()
    reader = served(run(1), run(10))
    asked = len(served.replay.asked)
    built = reader.read()
    assert statuses(built) == {1: "success", 10: "success"} | dict.fromkeys(range(2, 10), "unknown")
    given_up = {row["id"] for row in built.rows("from stg_n8n_execution") if row["is_given_up"]}
    assert given_up == {2, 3, 4, 5, 6}
    assert sum("/executions/" in path for path in served.replay.asked[asked:]) == 1 + 3
    assert reader.said[-1] == ("8 runs of n8n n8n are missing: cleared away before they were read, or not kept.")


@pytest.mark.parametrize("setting", ["saveDataSuccessExecution", "saveDataErrorExecution"])
def test_runs_of_a_workflow_that_does_not_keep_them_are_left_out_of_the_rates(served, setting):
    reader = served(failed(1), run(2), workflow={"active": True, "settings": {setting: "none"}})
    built = reader.read()
    what = "succeed" if "Success" in setting else "fail"
    assert [row["detail"] for row in built.check("n8n_run_not_kept")] == [f"does not keep runs that {what}"]
    assert {row["is_kpi"] for row in events(built).values()} == {False}
    [value] = built.kpi("integration_failure_rate", *EVER)
    assert value["value"] is None


def test_a_tag_that_names_no_plant_is_told_and_its_runs_are_of_none(served):
    tags = [{"name": "plant:LYNO"}, {"name": " Owner : Anna "}]
    built = served(run(1), workflow={"tags": tags, "active": True}).read()
    assert [row["plant"] for row in events(built).values()] == [None]
    [found] = built.check("n8n_plant_unknown")
    assert (found["name"], found["detail"]) == ("Send order", "plant:LYNO is no plant")
    assert built.rows("select tagged_owner from dim_interface where is_seen") == [{"tagged_owner": "Anna"}]
    assert served(run(1), workflow={"tags": [{"name": "plant:LYON"}]}).read().check("n8n_plant_unknown") == []


def test_started_by_hand_is_no_transaction(served):
    built = served(run(1), run(2, mode="manual"), run(3, mode="evaluation"), run(4, mode="trigger")).read()
    assert {id: (row["trigger"], row["is_kpi"]) for id, row in events(built).items()} == {
        1: ("webhook", True),
        2: ("manual", False),
        3: ("manual", False),
        4: ("schedule", True),
    }


def metrics(started: int, since: str = "2026-01-05T08:05:00", **labels) -> tuple[int, str]:
    """What n8n counts, split over two workflows."""
    moment = datetime.fromisoformat(f"{since}+00:00").timestamp()
    return 200, (
        "# HELP n8n_process_start_time_seconds Start time of the process.\n"
        f"n8n_process_start_time_seconds {moment}\n"
        'n8n_version_info{version="v2.8.4",major="2",minor="8",patch="4"} 1\n'
        f'n8n_workflow_started_total{{workflow_id="w"}} {started - 1}\n'
        'n8n_workflow_started_total{workflow_id="v"} 1\n'
    )


def coverage(built) -> list[tuple]:
    rows = built.rows("from fct_run_coverage")
    return [(row["started_count"], row["known_count"], row["unknown_count"], row["is_implausible"]) for row in rows]


@pytest.fixture
def reading(served, monkeypatch):
    """reading(minute, started, *rows) -> what is built: n8n is read, which has these runs and counted so many."""

    def read(minute: int, started: int, *rows: dict, since: str = "2026-01-05T08:05:00", cleared: int | None = None):
        at_hour(monkeypatch, datetime(2026, 1, 5, 8, minute))
        reader = served(*rows)
        answers = served.replay.part["answers"]
        answers["/metrics"] = metrics(started, since)
        answers |= {path: (404, {}) for path in answers if path.startswith(f"/api/v1/executions/{cleared}")}
        return reader.read()

    return read


@pytest.mark.parametrize(
    ("started", "unknown", "is_implausible"),
    [(7, 0, False), (8, 1, False), (6, 0, True), (5, 0, True), (600, 593, False)],  # 5 were counted at first
)
def test_runs_are_held_against_those_that_n8n_counted_since_the_first_reading(
    reading, started, unknown, is_implausible
):
    assert coverage(reading(9, 5, run(1, minute=6))) == []  # it takes two
    built = reading(20, started, run(1, minute=6), run(2, minute=10), run(4, minute=11))
    assert coverage(built) == [(started - 5, 2, unknown, is_implausible)]
    found = [row["detail"] for row in built.check("n8n_count_differs")]
    assert found == ([f"of {started - 5} runs that n8n started {unknown} are not known"] if unknown else [])


def test_a_run_of_the_moment_of_a_reading_may_be_counted_or_not(reading):
    def moment(second: int) -> dict:
        return {"createdAt": f"2026-01-05T08:08:{second}.500Z"}

    rows = run(1, minute=6), run(2, **moment(58)), run(3, **moment(50))
    reading(9, 5, *rows)
    for started in (6, 7):  # the second was counted already, or was not
        built = reading(20, started, *rows, run(4, minute=12))
        assert coverage(built) == [(started - 5, 1, 0, False)]


def test_a_run_that_was_cleared_away_since_it_was_listed_is_known(reading):
    listed = run(2, minute=10)
    del listed["createdAt"]  # lists do not tell it
    reading(9, 5, run(1, minute=6))
    built = reading(20, 6, run(1, minute=6), listed, cleared=2)
    assert coverage(built) == [(1, 1, 0, False)]
    assert statuses(built) == {1: "success", 2: "success"}


def test_an_n8n_that_was_started_anew_is_counted_anew(reading):
    reading(9, 5, run(1, minute=6))
    again = "2026-01-05T08:15:00"
    assert coverage(reading(20, 6, run(1, minute=6), run(2, minute=16), since=again)) == []
    built = reading(30, 7, run(1, minute=6), run(2, minute=16), run(3, minute=25), since=again)
    assert coverage(built) == [(1, 1, 0, False)]


@pytest.mark.parametrize(
    "answer", [(404, {}), (200, "n8n_process_start_time_seconds 1767600000\n"), (200, "a page for people")]
)
def test_an_n8n_that_does_not_count_is_held_against_nothing(served, answer):
    reader = served(run(1, minute=10))
    for _ in range(2):
        served.replay.part["answers"]["/metrics"] = answer
        built = reader.read()
    assert coverage(built) == [] and built.rows("from stg_n8n_count") == []


def test_a_run_under_way_is_not_forgotten_by_the_database_of_samples(served):
    reader = served(run(2), run(3), run(4), hidden=run(1, "waiting", waitTill="2027-01-05T09:00:00.000Z"))
    served.replay.part["answers"][OPEN_LISTS[1]] = (200, {"data": [run(1, "waiting")], "nextCursor": None})
    reader.read()
    con = load.open_work(reader.folder)
    load.forget_settled(con, n8n.SOURCES.values(), keep=2)
    known = load.current_rows(con, n8n.EXECUTION, "n8n")["id"].to_pylist()
    con.close()
    assert known == [1, 3, 4]


def test_a_deleted_workflow_is_closed_and_its_runs_keep_their_name(served):
    served(run(1)).read()
    reader = served(run(1), workflow={"id": "other", "name": "Other"})
    built = reader.read()
    assert [row["name"] for row in built.rows("from stg_n8n_workflow")] == ["Other"]
    assert [row["flow_name"] for row in events(built).values()] == ["Send order"]


def test_two_n8n_are_kept_apart_and_one_that_is_down_does_not_stop_the_other(served, monkeypatch):
    reader = served(run(1))
    monkeypatch.setenv("OTHER_KEY", "x")
    down = N8n("other", "http://127.0.0.1:9", api_key_env="OTHER_KEY")
    reader.config = replace(reader.config, n8n=(down, *reader.config.n8n))
    assert [row["instance"] for row in reader.read().rows("from fct_integration_event")] == ["n8n"]
    assert any(text.startswith("n8n at http://127.0.0.1:9 does not answer") for text in reader.said)
