"""The digest: over the published demo plants, sent to a real SMTP server and a real HTTP receiver on loopback."""

from __future__ import annotations

import email
import email.policy
import json
import os
import re
import shutil
import socket
import sqlite3
import ssl
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from html import unescape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import apprise
import duckdb
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from apprise.plugins.slack import NotifySlack

from etl import digest, outbox, send
from etl.letter import Letter, Line, Section, write
from queries import decision, warehouse
from queries.config import Config, ConfigError, Digest, Recipient
from queries.decision import MUTE
from queries.subject import of_exception

LYON, TULSA = "Alder France/WH", "Alder Industries/TUL"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


class Mailbox:
    """An SMTP server that keeps what it takes; `refuses` mails as long as it is told to."""

    def __init__(self):
        self.mails, self.refuses, self.unknown = [], False, set()
        self.server = Controller(self, hostname="127.0.0.1", port=free_port())
        self.server.start()

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address in self.unknown:
            return "550 5.1.1 nobody has that mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if self.refuses:
            return "451 4.3.0 the disk is full, come again"
        self.mails.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        self.mails[-1].readers = envelope.rcpt_tos
        return "250 taken"

    @property
    def url(self) -> str:
        return f"mailto://127.0.0.1:{self.server.port}?mode=insecure&from=pulse@example.com&to=lyon@example.com"

    def body(self, number: int = -1) -> str:
        return self.mails[number].get_body(("html",)).get_content()


class Receiver:
    """An HTTP receiver of webhooks; answers with `status`, and only once `held` is set."""

    def __init__(self):
        self.posts, self.status, self.held = [], 200, threading.Event()
        self.held.set()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                content = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                outer.held.wait(30)
                if outer.status == 200:
                    outer.posts.append(content)
                with suppress(OSError):
                    self.send_response(outer.status)
                    self.end_headers()
                    self.wfile.write(b"ok")  # Slack's answer

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"json://127.0.0.1:{self.server.server_port}/hook/TOKEN99?rto=1"


@pytest.fixture
def mailbox(monkeypatch):
    box = Mailbox()
    monkeypatch.setenv("DIGEST_MAIL", box.url)
    yield box
    box.server.stop()


@pytest.fixture
def receiver(monkeypatch):
    found = Receiver()
    monkeypatch.setenv("DIGEST_HOOK", found.url)
    yield found
    found.held.set()
    found.server.shutdown()
    found.server.server_close()


@dataclass
class Folder:
    """A warehouse folder whose published exceptions can change from one version to the next."""

    path: Path
    now: datetime
    said: list[str] = field(default_factory=list)

    def publish(self, *statements: str, **given) -> None:
        """The next version: the one before, after some statements."""
        name = warehouse.current_version(self.path)
        at = datetime.strptime(name, "ops_%Y%m%dT%H%M%SZ.duckdb") + timedelta(seconds=1)
        new = f"ops_{at:%Y%m%dT%H%M%SZ}.duckdb"
        shutil.copy(self.path / name, self.path / new)
        with duckdb.connect(self.path / new) as con:
            for statement in statements:
                con.execute(statement, {key: given[key] for key in given if f"${key}" in statement} or None)
        (self.path / "CURRENT").write_text(new)

    def run(self, *recipients: Recipient, after: timedelta = timedelta(minutes=5), **of) -> digest.Outcome:
        config = Config(digest=Digest("https://pulse.test/app/", recipients=recipients, **of))
        return digest.run(self.path, config, self.said.append, self.now + after)


# Three exceptions of Lyon and one of Tulsa, and no other.
FEW = """create or replace table fct_exception as
    select * replace (
        'order ' || n as name, 3 * n * 86400.0 as age_seconds, false as is_overdue, 20 * 86400.0 as limit_seconds,
        'high' as severity, 'Buyer' as owner, 'Head of purchasing' as fallback, null::varchar as responsible,
        if(n = 4, 'Alder Industries/TUL', 'Alder France/WH') as plant, 'late_receipt' as exception, n as record_id,
        'Receipt overdue' as title)
    from (select *, row_number() over () as n from fct_exception where exception = 'late_receipt' limit 4)"""
OVERDUE = "update fct_exception set age_seconds = 25 * 86400.0, is_overdue = true where record_id = $n"
TWICE = "update fct_exception set age_seconds = 41 * 86400.0, is_overdue = true where record_id = $n"
GONE = "delete from fct_exception where record_id = $n"
MANAGER = Recipient("Lyon", "plant manager", ("DIGEST_HOOK",), (LYON,), about=("exception",))


NEEDED = (
    "agg_kpi", "agg_due", "agg_change_effect", "fct_exception", "fct_case", "fct_production_order", "fct_shortage",
    "fct_hold", "fct_approval_round", "fct_held_up",
)  # fmt: skip


@pytest.fixture(scope="module")
def small(demo_warehouse, tmp_path_factory) -> Path:
    """The published demo plants with these exceptions, without the rows of marts that a digest does not read."""
    name = warehouse.current_version(demo_warehouse)
    path = tmp_path_factory.mktemp("small")
    with duckdb.connect(path / name) as con:
        con.execute(f"attach '{demo_warehouse / name}' as demo (read_only)")
        for (table,) in con.execute("select table_name from duckdb_tables() where database_name = 'demo'").fetchall():
            kept = table in NEEDED or not table.startswith(("agg_", "fct_", "stg_", "dim_related", "dim_document"))
            con.execute(f"create table {table} as from demo.{table}{'' if kept else ' limit 0'}")
        con.execute(FEW)
    (path / "CURRENT").write_text(name)
    return path


@pytest.fixture
def folder(small, tmp_path, demo_moment) -> Folder:
    shutil.copytree(small, tmp_path / "warehouse")
    return Folder(tmp_path / "warehouse", demo_moment)


def test_each_change_of_a_state_is_told_once_and_so_is_its_end(folder, receiver):
    assert folder.run(MANAGER).sent == 1
    [first] = receiver.posts
    assert first["title"] == "Plant Pulse, Lyon: 3 new"
    assert all(f"order {n}" in first["message"] for n in (1, 2, 3)) and "(Europe/Paris)" in first["message"]
    assert "https://pulse.test/app/record?" in first["message"] and "This is the first letter" in first["message"]
    assert folder.run(MANAGER, after=timedelta(hours=1)).sent == 0

    folder.publish(OVERDUE, n=2)
    folder.publish(GONE, n=1)
    assert folder.run(MANAGER).sent == 1
    assert receiver.posts[1]["title"] == "Plant Pulse, Lyon: 1 got worse, 1 over"
    assert (
        "order 2, Lyon" in receiver.posts[1]["message"]
        and "overdue, with Head of purchasing" in receiver.posts[1]["message"]
    )
    assert "order 1, Lyon: no longer found." in receiver.posts[1]["message"]
    assert "order 3" not in receiver.posts[1]["message"]
    assert folder.run(MANAGER).sent == 0

    folder.publish(TWICE, n=2)
    assert folder.run(MANAGER).sent == 1
    assert "twice overdue" in receiver.posts[2]["message"]


def test_what_is_over_can_begin_again(folder, receiver):
    folder.run(MANAGER)
    folder.publish("create table back as from fct_exception where record_id = 1", GONE, n=1)
    folder.run(MANAGER)
    folder.publish("insert into fct_exception from back")
    assert folder.run(MANAGER).sent == 1
    assert receiver.posts[-1]["title"] == "Plant Pulse, Lyon: 1 new"


def test_an_exception_climbs_to_who_is_to_be_told_of_its_step(folder, receiver):
    buyer = replace(MANAGER, name="Buyer", owners=("Buyer",))
    head = replace(MANAGER, name="Head", owners=("Head of purchasing",), step="overdue")
    board = Recipient("Board", "executive", ("DIGEST_HOOK",), about=("exception",), step="twice overdue")
    reached = lambda: [post["title"] for post in receiver.posts]  # noqa: E731
    assert folder.run(buyer, head, board).sent == 1
    folder.publish(OVERDUE, n=1)
    assert folder.run(buyer, head, board).sent == 2
    folder.publish(TWICE, n=1)
    assert folder.run(buyer, head, board).sent == 3
    assert reached()[-1] == "Plant Pulse: 1 new"
    folder.publish(GONE, n=1)
    assert folder.run(buyer, head, board).sent == 3
    assert all("1 over" in title for title in reached()[-3:])


def test_what_cannot_be_told_any_more_is_not_over(folder, receiver):
    folder.run(MANAGER)
    folder.publish(
        "update source_state set absent = true where source = 'stock_picking'",
        "delete from fct_exception",
        "update cfg_exception set is_off = true where exception = 'late_receipt'",
    )
    assert folder.run(MANAGER).sent == 0


def test_what_is_muted_is_not_told_until_the_mute_ends(folder, receiver):
    with duckdb.connect(folder.path / warehouse.current_version(folder.path), read_only=True) as con:
        rows = con.execute("select * from fct_exception where record_id in (1, 2)").to_arrow_table().to_pylist()
    today = folder.now.date()
    for row in rows:
        decision.decide("Ann", MUTE, of_exception(row), "known", until_on=today, today=today, warehouse=folder.path)
    folder.run(MANAGER)
    assert receiver.posts[0]["title"] == "Plant Pulse, Lyon: 1 new"


def test_a_recipient_of_a_plant_gets_no_line_of_another_and_no_name(folder, mailbox):
    folder.publish("update fct_exception set responsible = 'Ann Moreau' where record_id = 1")
    everything = Recipient("Lyon", "plant manager", ("DIGEST_MAIL",), (LYON,), brief_at=time(0))
    assert folder.run(everything, lines=500).sent == 1
    said = mailbox.body()
    assert "Lyon" in said and "order 1" in said
    for other in ("Tulsa", "Singapore", "Milwaukee", "order 4", "all plants", "The group", "Ann Moreau"):
        assert other not in said
    assert "person " in said
    assert folder.run(replace(everything, name="Lyon, with names", names=True), lines=500).sent == 1
    assert "Ann Moreau" in mailbox.body()


def test_html_in_names_stays_text(folder, mailbox):
    folder.publish("""update fct_exception set name = '<img src=x onerror=alert(1)> & "co"' where record_id = 1""")
    folder.run(replace(MANAGER, send_to=("DIGEST_MAIL",)))
    assert "<img" not in mailbox.body() and "&lt;img src=x onerror=alert(1)&gt; &amp;" in mailbox.body()


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("mailto://127.0.0.1:25?from=a@example.com&to=b@example.com", "html"),
        ("https://hooks.slack.com/services/T0000AAAA/B0000BBBB/abcdefghijklmnopqrstuvwx", "markdown"),
        ("workflows://prod-1.logic.azure.com:443/0123456789abcdef/AbCdEfGhIjKlMnOpQrStUvWxYz", "markdown"),
        ("json://127.0.0.1/hook", "text"),
    ],
)
def test_each_receiver_gets_the_form_that_it_sets(address, kind):
    line = Line("<b>*a* [x](http://evil)</b>", link="https://pulse.test/kpi?kpi=a_b&plant=c")
    words = write(Letter("t", (Section("New", (line,)),), (), "foot"))
    form, body = send._body(apprise.Apprise.instantiate(address), words)
    assert form.value == kind
    wanted = {
        "html": "&lt;b&gt;*a* [x](http://evil)&lt;/b&gt;",
        "markdown": r"[\<b\>\*a\* \[x\]\(http://evil\)\</b\>](https://pulse.test/kpi?kpi=a_b&plant=c)",
        "text": "- <b>*a* [x](http://evil)</b>\n  https://pulse.test/kpi?kpi=a_b&plant=c",
    }
    assert wanted[kind] in body


@pytest.fixture
def teams(tmp_path, monkeypatch):
    """A receiver that speaks TLS, as Apprise asks of every workflow of Teams."""
    made = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    names = ["-subj", "/CN=127.0.0.1", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run([*made, *names], check=True, capture_output=True)
    found = Receiver()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    found.server.socket = context.wrap_socket(found.server.socket, server_side=True)
    address = f"workflows://127.0.0.1:{found.server.server_port}/0123456789abcdef/AbCdEfGhIjKlMnOpQrStUvWxYz?verify=no"
    monkeypatch.setenv("DIGEST_CHAT", address)
    yield found
    found.server.shutdown()
    found.server.server_close()


@pytest.fixture
def slack(receiver, monkeypatch):
    """Apprise knows the address of Slack by itself: it is told this one instead."""
    monkeypatch.setattr(NotifySlack, "webhook_url", receiver.url.partition("?")[0].replace("json:", "http:"))
    monkeypatch.setenv("DIGEST_CHAT", "https://hooks.slack.com/services/T0000AAAA/B0000BBBB/abcdefghijklmnopqrstuvwx")
    return receiver


@pytest.mark.filterwarnings("ignore::urllib3.exceptions.InsecureRequestWarning")
@pytest.mark.parametrize("chat", ["teams", "slack"])
def test_a_chat_gets_the_sentences_and_links_and_no_name(folder, chat, request):
    chat = request.getfixturevalue(chat)
    folder.publish("update fct_exception set responsible = 'Ann Moreau', name = 'A_1 <b>' where record_id = 1")
    told = replace(MANAGER, send_to=("DIGEST_CHAT",))
    assert folder.run(told).failed == ()
    [post] = chat.posts
    said = "\n".join(_texts(post))
    assert said.count("Receipt overdue") == 3 and "order 2" in said and "order 4" not in said
    assert "Plant Pulse, Lyon: 3 new" in said and "New: exceptions" in said
    links = set(re.findall(r"https://pulse\.test/app/(\w+\?[^\s|)>]+)", unescape(said)))  # Slack's form escapes &
    of_records = {f"record?instance=demo&model=purchase.order&id={number}" for number in (2, 3)}
    assert links >= of_records and not any("Ann" in link for link in links)
    assert "person " in said and "Ann Moreau" not in said and "<b>" not in said.replace(r"\<b\>", "")
    assert folder.run(replace(told, name="Lyon, with names", names=True)).sent == 1
    assert "Ann Moreau" in "\n".join(_texts(chat.posts[1]))


def _texts(found) -> Iterator[str]:
    """Every text of a JSON document."""
    if isinstance(found, dict | list):
        for one in found.values() if isinstance(found, dict) else found:
            yield from _texts(one)
    elif isinstance(found, str):
        yield found


def test_the_mail_leads_to_the_app(folder, mailbox):
    folder.run(replace(MANAGER, send_to=("DIGEST_MAIL",)))
    [mail] = mailbox.mails
    assert mail["To"] == "lyon@example.com" and mail["Subject"] == "Plant Pulse, Lyon: 3 new"
    assert 'href="https://pulse.test/app/record?' in mailbox.body()
    assert warehouse.current_version(folder.path) in mailbox.body()


def test_the_brief_comes_once_a_day_from_its_hour_on(folder, receiver):
    folder.now = datetime.combine(folder.now.date(), time(20))
    early = replace(MANAGER, about=("brief",), brief_at=time(22), timezone="Africa/Lagos")
    assert folder.run(early).sent == 0  # 21:05 there
    assert folder.run(early, after=timedelta(hours=1, minutes=10)).sent == 1
    assert "MORNING BRIEF" in receiver.posts[0]["message"] and "can be judged" in receiver.posts[0]["message"]
    assert folder.run(early, after=timedelta(hours=1, minutes=20)).sent == 0
    other_day = replace(early, name="other", days=((folder.now.weekday() + 1) % 7,))
    assert folder.run(other_day, after=timedelta(hours=1, minutes=20)).sent == 0


def test_nothing_is_sent_in_quiet_hours_and_nothing_is_lost_by_them(folder, receiver):
    folder.now = datetime.combine(folder.now.date(), time(22))  # the data are not stale by then, whenever it is
    quiet = replace(MANAGER, quiet=(time(23), time(1)), timezone="Africa/Lagos")  # an hour ahead
    outcome = folder.run(quiet)
    assert (outcome.sent, outcome.quiet) == (0, ("Lyon",))
    assert folder.run(quiet, after=timedelta(hours=1, minutes=55)).sent == 0  # 0:55
    assert folder.run(quiet, after=timedelta(hours=2, minutes=5)).sent == 1
    assert receiver.posts[0]["title"] == "Plant Pulse, Lyon: 3 new"


def test_a_letter_that_was_not_taken_is_kept_and_sent_at_the_next_run(folder, mailbox):
    mailbox.refuses = True
    told = replace(MANAGER, send_to=("DIGEST_MAIL",))
    outcome = folder.run(told)
    assert outcome.sent == 0 and "DIGEST_MAIL" in outcome.failed[0]
    folder.publish(OVERDUE, n=3)
    mailbox.refuses = False
    assert folder.run(told).sent == 2
    assert [mail["Subject"] for mail in mailbox.mails] == ["Plant Pulse, Lyon: 3 new", "Plant Pulse, Lyon: 1 got worse"]
    assert folder.run(told).sent == 0
    with sqlite3.connect(folder.path / "digest.sqlite") as con:
        assert con.execute("select count(*) from kept").fetchone() == (0,)


def test_only_who_did_not_get_a_letter_gets_it_again(folder, mailbox, monkeypatch):
    monkeypatch.setenv("DIGEST_MAIL", f"{mailbox.url},lille@example.com&cc=boss@example.com&bcc=archive@example.com")
    told = replace(MANAGER, send_to=("DIGEST_MAIL",))
    mailbox.unknown = {"lille@example.com", "boss@example.com"}
    outcome = folder.run(told)
    assert outcome.sent == 2 and len(outcome.failed) == 2
    assert outcome.failed[0].startswith("to lille@example.com: DIGEST_MAIL")
    assert sorted(mail.readers for mail in mailbox.mails) == [["archive@example.com"], ["lyon@example.com"]]
    # What is new reaches those who can be reached, while the others wait for it.
    folder.publish(OVERDUE, n=3)
    mailbox.unknown, mailbox.mails = {"lille@example.com"}, []
    outcome = folder.run(told)
    assert (outcome.sent, len(outcome.failed)) == (4, 1)
    assert sorted((mail.readers[0], mail["Subject"].partition(": ")[2]) for mail in mailbox.mails) == [
        ("archive@example.com", "1 got worse"), ("boss@example.com", "1 got worse"), ("boss@example.com", "3 new"),
        ("lyon@example.com", "1 got worse"),
    ]  # fmt: skip
    mailbox.unknown, mailbox.mails = set(), []
    assert folder.run(told).sent == 2
    assert {tuple(mail.readers) for mail in mailbox.mails} == {("lille@example.com",)}
    assert folder.run(told).sent == 0
    kept = (folder.path / "digest.sqlite").read_bytes()
    assert b"lille" not in kept and b"lyon@" not in kept


def test_a_dry_run_shows_a_mail_to_several_once(folder, mailbox, monkeypatch):
    monkeypatch.setenv("DIGEST_MAIL", f"{mailbox.url},lille@example.com")
    config = Config(digest=Digest(recipients=(replace(MANAGER, send_to=("DIGEST_MAIL",)),)))
    digest.run(folder.path, config, folder.said.append, folder.now + timedelta(minutes=5), is_dry=True)
    assert len(folder.said) == 1 and folder.said[0].startswith("To Lyon (DIGEST_MAIL): ") and not mailbox.mails


def test_a_slow_receiver_holds_up_no_other_and_is_told_later(folder, receiver, mailbox):
    receiver.held.clear()
    both = replace(MANAGER, send_to=("DIGEST_HOOK", "DIGEST_MAIL"))
    outcome = folder.run(both)
    assert outcome.sent == 1 and len(outcome.failed) == 1 and len(mailbox.mails) == 1
    receiver.status = 500
    receiver.held.set()
    assert len(folder.run(both).failed) == 1
    receiver.status = 200
    assert folder.run(both).sent == 1
    assert len(mailbox.mails) == 1 and receiver.posts[-1]["title"] == "Plant Pulse, Lyon: 3 new"


def test_a_kept_letter_whose_numbers_grew_old_is_written_anew(folder, receiver):
    receiver.status = 500
    folder.run(MANAGER)
    folder.publish(GONE, "update version set as_of = as_of + interval 30 hour", n=1)
    folder.publish("update source_state set read_at = read_at + interval 30 hour")
    receiver.status = 200
    assert folder.run(MANAGER, after=timedelta(hours=30)).sent == 1
    assert receiver.posts[0]["title"] == "Plant Pulse, Lyon: 2 new" and "order 1" not in receiver.posts[0]["message"]


def test_no_secret_is_repeated(folder, monkeypatch):
    port = 9  # nobody listens
    monkeypatch.setenv("DIGEST_HOOK", f"json://user:Sesame123@127.0.0.1:{port}/hook/TOKEN99")
    outcome = folder.run(MANAGER)
    said = " ".join([*outcome.failed, *digest.told(outcome)])
    kept = (folder.path / "digest.sqlite").read_bytes()
    assert "127.0.0.1" in said or "JSON" in said
    for secret in ("Sesame123", "TOKEN99"):
        assert secret not in said and secret.encode() not in kept
    assert stat.S_IMODE((folder.path / "digest.sqlite").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("mailto://127.0.0.1:9?mode=insecure", "Connection refused): mend the name and the port of the mail server in"),
        ("{open}&user=pulse&pass=Sesame123", "takes no password on this port: use mailtos://, or leave"),
        ("{closed}&user=pulse&pass=Sesame123", "user or password is wrong: mend user and pass in the address."),
        ("{closed}", "it wants a sign-in: add user and pass to the address."),
    ],
)
def test_a_mail_server_that_refuses_is_told_with_its_cause_and_the_remedy(folder, mailbox, monkeypatch, address, said):
    closed = Controller(
        mailbox, hostname="127.0.0.1", port=free_port(), auth_require_tls=False, auth_required=True,
        authenticator=lambda *_: AuthResult(success=False, handled=False),
    )  # fmt: skip
    closed.start()
    try:
        known = {
            name: f"mailto://127.0.0.1:{server.port}?mode=insecure"
            for name, server in (("open", mailbox.server), ("closed", closed))
        }
        monkeypatch.setenv("DIGEST_BAD", f"{address.format(**known)}&from=a@example.com&to=b@example.com")
        [failed] = folder.run(replace(MANAGER, send_to=("DIGEST_BAD",))).failed
    finally:
        closed.stop()
    assert failed.startswith("to b@example.com: DIGEST_BAD: the mail server did not take it (") and said in failed
    assert "Sesame123" not in failed


@pytest.mark.parametrize(("value", "said"), [(None, "is not set"), ("no address", "none that can be sent to")])
def test_an_address_that_is_none_is_told_and_stops_nobody_else(folder, receiver, monkeypatch, value, said):
    if value:
        monkeypatch.setenv("DIGEST_BAD", value)
    outcome = folder.run(replace(MANAGER, name="other", send_to=("DIGEST_BAD",)), MANAGER)
    assert outcome.sent == 1 and said in outcome.failed[0] and "DIGEST_BAD" in outcome.failed[0]


def test_stale_numbers_are_told_to_nobody_but_the_operator_hears_of_it(folder, receiver):
    operator = Recipient("Operator", "operator", ("DIGEST_HOOK",))
    outcome = folder.run(MANAGER, operator, after=timedelta(hours=27))
    assert outcome.stale == ("",) and outcome.sent == 1
    assert "stale, and told to nobody" in receiver.posts[0]["message"] and "order 1" not in receiver.posts[0]["message"]
    assert folder.run(MANAGER, operator, after=timedelta(hours=28)).sent == 0
    folder.publish("update version set as_of = as_of + interval 28 hour")
    folder.publish("update source_state set read_at = read_at + interval 28 hour")
    assert folder.run(MANAGER, replace(operator, about=("brief",), brief_at=None), after=timedelta(hours=28)).sent == 2
    assert any("4 over" in post["title"] for post in receiver.posts)


def test_a_plant_whose_odoo_was_not_read_is_left_out_and_its_exceptions_are_not_over(folder, receiver):
    everyone = Recipient("All", "executive", ("DIGEST_HOOK",), about=("exception",))
    folder.run(everyone)
    folder.publish(
        "update dim_plant set instance = 'away' where plant = 'Alder Industries/TUL'",
        """insert into source_state by name
        select * replace ('away' as instance, read_at - interval 3 day as read_at) from source_state""",
        "delete from fct_exception where record_id in (3, 4)",
    )
    outcome = folder.run(everyone)
    assert outcome.stale == (TULSA,) and outcome.sent == 1
    assert receiver.posts[1]["title"] == "Plant Pulse: 1 over" and "order 3" in receiver.posts[1]["message"]
    assert "order 4" not in receiver.posts[1]["message"]
    assert "Left out, because the numbers are stale: Tulsa" in receiver.posts[1]["message"]


def test_targets_and_budgets_are_told_and_so_is_their_end(folder, receiver):
    boss = Recipient("Board", "executive", ("DIGEST_HOOK",), (LYON,), about=("kpi", "budget"))
    folder.run(boss, lines=500)
    said = receiver.posts[0]["message"]
    assert re.search(r"Release lead time, Lyon: 1\.\d d, target 1 d missed", said), said
    assert "BUDGETS" in said and "used up since" in said
    folder.publish(
        """update agg_kpi set value = 3600.0, low = 3000.0, high = 4000.0
        where kpi = 'release_lead_time' and plant = 'Alder France/WH' and period = '28 days'"""
    )
    assert folder.run(boss).sent == 1
    assert receiver.posts[1]["title"] == "Plant Pulse, Lyon: 1 over"
    assert "Release lead time, Lyon: 1 h, target 1 d met" in receiver.posts[1]["message"]


def test_a_shift_and_a_budget_end_with_how_it_is_now(folder, receiver):
    boss = Recipient("Lyon", "plant manager", ("DIGEST_HOOK",), (LYON,), about=("kpi", "budget"))
    folder.run(boss, lines=500)
    said = receiver.posts[0]["message"]
    assert "SHIFTS" in said and "Lyon has" in said and "automated events" in said
    assert "Budget of Release lead time, Lyon" in said
    folder.publish(
        """update agg_kpi set verdict = 'normal', shift_since = null
        where kpi = 'automated_event_share' and plant = 'Alder France/WH' and period = 'week'
            and verdict is not null""",
        "update agg_due set n_missed = 0 where kpi = 'release_lead_time' and plant = 'Alder France/WH'",
    )
    assert folder.run(boss).sent == 1
    assert receiver.posts[1]["title"] == "Plant Pulse, Lyon: 2 over"
    said = receiver.posts[1]["message"]
    assert "Automated events, Lyon: " in said and "a normal week" in said
    assert "Budget of Release lead time, Lyon, " in said and ": lasts at this pace, 0 of about " in said


def test_a_number_beside_its_target_is_neither_told_nor_over(folder, receiver):
    boss = Recipient("Board", "executive", ("DIGEST_HOOK",), (LYON,), about=("kpi",))
    beside = """update agg_kpi set value = 86400 * 1.1, low = 86400 * 0.8, high = 86400 * 1.4
        where kpi = 'release_lead_time' and plant = 'Alder France/WH' and period = '28 days'"""
    folder.run(boss)
    folder.publish(beside)
    assert folder.run(boss).sent == 0


def test_who_names_nobody_or_an_unknown_plant_hears_what_to_do(folder):
    with pytest.raises(ConfigError, match=r"name a \[\[digest.recipient\]\]"):
        folder.run()
    with pytest.raises(ConfigError, match="there is no plant 'LYN'"):
        folder.run(replace(MANAGER, plants=("LYN",)))


def test_two_digests_do_not_send_the_same_twice(folder):
    with outbox.opened(folder.path), pytest.raises(outbox.OutboxError, match="another digest is at work"):
        folder.run(MANAGER)


def test_what_was_told_is_neither_changed_nor_removed(folder, receiver):
    folder.run(MANAGER)
    with sqlite3.connect(folder.path / "digest.sqlite") as con:
        for statement in (
            "delete from letter",
            "update told set state = 'x'",
            "delete from told",
            "delete from attempt",
        ):
            with pytest.raises(sqlite3.Error, match="not"):
                con.execute(statement)


def command(folder: Path, toml: str, *options: str, **environment) -> subprocess.CompletedProcess:
    (folder / "ops.toml").write_text(toml)
    given = {"OPS_WAREHOUSE": str(folder), "OPS_CONFIG": str(folder / "ops.toml")} | environment
    return subprocess.run(
        [sys.executable, "-m", "etl", "digest", *options], env=os.environ | given, capture_output=True, text=True
    )


TOML = """
[digest]
stale_after = "{}"
[[digest.recipient]]
name = "Lyon"
role = "plant manager"
plants = ["Alder France/WH"]
send_to = ["DIGEST_HOOK"]
about = ["exception"]
"""


def test_the_command_says_what_it_did_by_its_exit_code(folder, receiver):
    dry = command(folder.path, TOML.format("3 d"), "--dry-run")
    assert (
        dry.returncode == 0 and "To Lyon (DIGEST_HOOK): Plant Pulse, Lyon: 3 new" in dry.stdout and not receiver.posts
    )
    failed = command(folder.path, TOML.format("3 d"), DIGEST_HOOK="json://127.0.0.1:9/TOKEN99")
    assert failed.returncode == 3 and "tried again at the next run" in failed.stderr and "TOKEN99" not in failed.stderr
    sent = command(folder.path, TOML.format("3 d"), "--log", str(folder.path / "log"))
    assert sent.returncode == 0 and "1 letter sent." in sent.stderr and len(receiver.posts) == 1
    assert json.loads((folder.path / "log").read_text())["event"] == "digest"
    stale = command(folder.path, TOML.format("1 s"))
    assert stale.returncode == 4 and "told to nobody" in stale.stderr
    nobody = command(folder.path, "")
    assert nobody.returncode == 1 and nobody.stderr.startswith("Failed: nobody is to be told")
