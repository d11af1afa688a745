"""Which troubles are waited for, which are not, and how pages shrink and grow - with a transport made up here."""

from __future__ import annotations

import http.client
import json
import logging
import urllib.error
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import httpx
import numpy as np
import pytest

from etl import extract, landing, load, log, odoo, plan, resolve
from etl.odoo import Login, Odoo, OdooError, TooBig, Transient
from etl.source import Source, column

LOGIN = Login("odoo", "http://odoo.test", "plants", "anna", "secret-of-anna", is_api_key=True)
SOURCE = Source(model="x.y", name="x_y", without="", fields={"name": column("char")})
RESOLVED = resolve.Resolved(SOURCE, {"name": "name"}, SOURCE.model)
MODE = plan.Mode(datetime(2026, 1, 1))
NONE = np.array([], np.int64)


class Table:
    """A transport over `rows` rows; `trouble(ids)` may raise, or give another answer."""

    name = "json-2"

    def __init__(self, rows: int = 100, trouble=lambda ids: None):
        self.ids = list(range(1, rows + 1))
        self.trouble = trouble
        self.asked: list[int] = []

    def call(self, model, method, arguments):
        if method == "search_count":
            return len(self.ids)
        ids = [i for i in self.ids if all(_holds(i, term) for term in arguments["domain"])]
        if method == "search":
            return sorted(ids, reverse="desc" in arguments["order"])[: arguments.get("limit")]
        asked = arguments["domain"][0][2]
        self.asked.append(len(asked))
        answer = self.trouble(asked)
        if answer is not None:
            return answer
        return [{"id": i, "name": f"n{i}", "write_date": "2026-01-01 00:00:00"} for i in ids]


def _holds(i: int, term: tuple) -> bool:
    name, operator, value = term
    return name != "id" or {"in": lambda: i in set(value), ">": lambda: i > value, "<=": lambda: i <= value}[operator]()


@pytest.fixture(autouse=True)
def waited(monkeypatch) -> list[float]:
    seconds = []
    monkeypatch.setattr(odoo.time, "sleep", seconds.append)
    monkeypatch.setattr(extract, "PAGE_ROWS", 64)
    return seconds


def read(tmp_path, table: Table) -> list[int]:
    """Ids that landed."""
    said: list[str] = []
    reader = Odoo(LOGIN, table, "19.0", said.append)
    folder = tmp_path / "20260101T000000Z"
    extract.read(reader, RESOLVED, [], folder, plan.Known(NONE, NONE), lambda *facts: None, MODE)
    pages = [landing.pq.read_table(path) for path in landing.page_paths(folder, SOURCE, "odoo")]
    return sorted(i for page in pages for i in page["id"].to_pylist())


def too_big(over: int):
    def trouble(ids):
        if len(ids) > over:
            raise TooBig("Odoo does not answer (cut).", "cut")

    return trouble


def test_waits_are_bounded_and_told(waited):
    said = []

    def never():
        raise Transient("Odoo at x does not answer (reset): check that it runs.", "reset")

    with pytest.raises(Transient, match="check that it runs"):
        odoo.patiently(never, said.append)
    assert waited == list(odoo.WAITS) and 100 <= sum(waited) <= 150
    assert said[0] == "Odoo did not answer (reset), trying again in 4 s (2 of 5)."
    assert [line[-8:] for line in said] == ["2 of 5).", "3 of 5).", "4 of 5).", "5 of 5)."]


def test_without_anyone_to_tell_nothing_is_waited_for(waited):
    with pytest.raises(Transient):
        odoo.patiently(lambda: (_ for _ in ()).throw(Transient("Odoo does not answer.", "reset")), None)
    assert waited == []


def test_a_trouble_that_waiting_does_not_cure_is_not_waited_for(waited):
    with pytest.raises(OdooError, match="refused"):
        odoo.patiently(lambda: (_ for _ in ()).throw(OdooError("refused")), print)
    assert waited == []


def test_a_page_is_halved_at_once_and_grows_again_more_and_more_slowly(tmp_path, waited):
    table = Table(1000, too_big(over=10))
    assert read(tmp_path, table) == table.ids
    assert table.asked[:4] == [64, 32, 16, 8]
    assert waited == []
    failed = [number for number, rows in enumerate(table.asked) if rows > 10]
    assert 4 <= len(failed) < 12, "it must try more rows again, and not again and again"
    gaps = [b - a for a, b in pairwise(failed[3:])]
    assert gaps == sorted(gaps)


def test_one_row_that_does_not_fit_is_waited_for_and_then_named(tmp_path, waited):
    def trouble(ids):
        if 7 in ids:
            raise TooBig("Odoo does not answer (cut).", "cut")

    with pytest.raises(OdooError, match=r"cannot give x\.y 7, even alone \(cut\): open this record") as caught:
        read(tmp_path, Table(100, trouble))
    assert not isinstance(caught.value, Transient)
    assert waited == list(odoo.WAITS)


def test_a_row_that_was_deleted_meanwhile_is_no_trouble(tmp_path, waited):
    class Deleting(Table):
        def call(self, model, method, arguments):
            if method == "search_read":
                self.ids = [i for i in self.ids if i != 4]
            return super().call(model, method, arguments)

    table = Deleting(10)
    assert read(tmp_path, table) == [1, 2, 3, 5, 6, 7, 8, 9, 10]
    assert waited == []


@pytest.mark.parametrize(
    "answer",
    [
        {},
        None,
        "sign in",
        ["x"],
        [{"id": 1}],
        [],
        [{"id": 77_777, "name": "", "write_date": False}],
        [{"id": 1, "name": "", "write_date": False}] * 2,
    ],
    ids=["object", "null", "text", "list of text", "a field less", "nothing", "another row", "a row twice"],
)
def test_an_answer_that_was_not_asked_for_is_asked_again_and_never_taken(answer, tmp_path, waited):
    class Once(Table):
        def call(self, model, method, arguments):
            if method == "search_read" and not self.asked:
                self.asked.append(0)
                return answer
            return super().call(model, method, arguments)

    table = Once(5)
    assert read(tmp_path, table) == table.ids
    assert waited == [odoo.WAITS[0]]


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (httpx.ConnectError("[Errno 111] Connection refused"), Transient),
        (httpx.ReadError("[Errno 104] Connection reset by peer"), Transient),
        (httpx.ConnectTimeout("timed out"), Transient),
        (httpx.ReadTimeout("timed out"), TooBig),
        (httpx.RemoteProtocolError("Server disconnected without sending a response."), TooBig),
        (httpx.RemoteProtocolError("peer closed connection without sending complete message body"), TooBig),
        (httpx.ConnectError("[Errno -3] Temporary failure in name resolution"), Transient),
        (httpx.ConnectError("[Errno -2] Name or service not known"), OdooError),
        (httpx.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed"), OdooError),
        (httpx.InvalidURL("Invalid port: 'x'"), OdooError),
        (http.client.RemoteDisconnected("Remote end closed connection without response"), TooBig),
        (http.client.IncompleteRead(b"{", 10), TooBig),
        (ConnectionResetError(104, "Connection reset by peer"), Transient),
        (TimeoutError("timed out"), TooBig),
        (urllib.error.URLError(TimeoutError("timed out")), Transient),
        (urllib.error.URLError(ConnectionRefusedError(111, "Connection refused")), Transient),
    ],
    ids=lambda value: f"{type(value).__name__} {value}"[:50] if isinstance(value, Exception) else value.__name__,
)
def test_a_broken_connection_is_told_apart(error, kind):
    found = odoo._unreachable(LOGIN, error)
    assert type(found) is kind
    assert str(found).startswith("Odoo at http://odoo.test does not answer (")


@pytest.mark.parametrize(
    ("status", "seconds", "kind"),
    [
        (200, 0, Transient),
        (502, 0.1, Transient),
        (502, 60, TooBig),
        (503, 0, Transient),
        (504, 60, TooBig),
        (413, 0, TooBig),
        (429, 0, Transient),
        (301, 0, OdooError),
        (403, 0, OdooError),
    ],
)
def test_a_page_in_place_of_json_is_told_apart(status, seconds, kind):
    found = odoo._no_json(LOGIN, "x.y.search_read", status, seconds)
    assert type(found) is kind and f"HTTP {status} and no JSON" in str(found)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("builtins.MemoryError", TooBig),
        ("psycopg2.errors.QueryCanceled", TooBig),
        ("psycopg2.OperationalError", Transient),
        ("psycopg2.errors.SerializationFailure", Transient),
        ("builtins.ValueError", OdooError),
        ("", OdooError),
    ],
)
def test_an_error_of_odoos_own_is_told_apart(name, kind):
    assert type(odoo._server_error(LOGIN, "x.y.read", name, "what it said")) is kind


def test_a_secret_that_a_server_repeats_is_not_shown():
    shown = str(odoo._server_error(LOGIN, "x.y.read", "", "wrong key secret-of-anna"))
    assert "secret-of-anna" not in shown and "wrong key ***" in shown


def test_a_change_during_a_long_read_is_read_by_the_next_run(tmp_path):
    """The first page is old when the last one is read, hours later: the next run must begin where the first began."""
    con = load.open_work(tmp_path)
    source = replace(SOURCE, name="x_y")
    hours = iter(range(8, 24))

    class Slow(Table):
        def call(self, model, method, arguments):
            rows = super().call(model, method, arguments)
            if method == "search_read":  # each page holds a change made just before it was read
                rows[-1]["write_date"] = f"2026-01-01 {next(hours):02d}:00:00"
            return rows

    folder = tmp_path / "landing" / "20260101T070000Z"
    reader = Odoo(LOGIN, Slow(64 * 5), "19.0")
    reader.now = lambda: datetime(2026, 1, 1, 7)
    extract.read(reader, RESOLVED, [], folder, load.known(con, source, "odoo"), lambda *facts: None, MODE)
    load.load_source(con, source, "odoo", folder, datetime(2026, 1, 1, 13))
    assert load.known(con, source, "odoo").watermark == datetime(2026, 1, 1, 7)
    con.close()


def test_a_row_from_the_future_does_not_hide_the_changes_after_it(tmp_path):
    """As when Odoo's clock was ahead for a while, or someone wrote a date by hand."""
    con = load.open_work(tmp_path)

    class Future(Table):
        def call(self, model, method, arguments):
            rows = super().call(model, method, arguments)
            return [row | {"write_date": "2036-01-01 00:00:00"} for row in rows] if method == "search_read" else rows

    folder = tmp_path / "landing" / "20260101T070000Z"
    reader = Odoo(LOGIN, Future(5), "19.0")
    reader.now = lambda: datetime(2026, 1, 1, 7)
    extract.read(reader, RESOLVED, [], folder, load.known(con, SOURCE, "odoo"), lambda *facts: None, MODE)
    load.load_source(con, SOURCE, "odoo", folder, datetime(2026, 1, 1, 7))
    assert load.known(con, SOURCE, "odoo").watermark == datetime(2026, 1, 1, 7)
    con.close()


def test_a_clock_set_back_widens_what_is_read_again(tmp_path, monkeypatch):
    monkeypatch.setattr(plan, "SMALL_IDS", 0)
    asked = set()

    class Asking(Table):
        def call(self, model, method, arguments):
            if method == "search":
                asked.update(term[2] for term in arguments["domain"] if term[0] == "write_date")
            return super().call(model, method, arguments)

    known = plan.Known(np.array([1, 2, 3]), NONE, datetime(2026, 1, 1, 12), datetime(2026, 1, 1), RESOLVED.fields)
    for number, behind in enumerate((0, 3)):
        reader = Odoo(LOGIN, Asking(3), "19.0", ahead=timedelta(hours=-behind))
        folder = tmp_path / f"2026010{number + 1}T000000Z"
        extract.read(reader, RESOLVED, [], folder, known, lambda *facts: None, MODE)
    assert asked == {"2026-01-01 11:00:00", "2026-01-01 08:00:00"}


def test_the_log_has_one_json_object_per_event_and_no_secret(tmp_path, waited):
    file = tmp_path / "logs" / "etl.jsonl"
    handler = log.to_file(file)
    try:
        table = Table(100, too_big(over=40))
        read(tmp_path, table)
        log.event("error", logging.ERROR, run="r", message='a "quoted" sentence', at_all=datetime(2026, 1, 1))
    finally:
        log.remove(handler)
    log.event("after", run="r")
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert [line["event"] for line in lines] == ["smaller", "page", "page", "page", "page", "error"]
    assert lines[0] | {"at": ""} == {
        "at": "", "level": "info", "event": "smaller", "model": "x.y", "rows": 64, "next_rows": 32, "cause": "cut",
    }  # fmt: skip
    assert lines[-1]["level"] == "error" and lines[-1]["message"] == 'a "quoted" sentence'
    assert LOGIN.secret not in file.read_text()
