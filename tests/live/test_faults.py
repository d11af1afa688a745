"""Every fault between Plant Pulse and a real Odoo, over both transports: what passes is waited for, what does not
ends in one sentence, and in the end the raw tables are those of a refresh that nothing disturbed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from etl import __main__ as command_line
from etl import extract, load, odoo, publish, refresh, resolve
from etl.source import discover
from queries import catalog, warehouse
from tests.conftest import in_turn, skip_or_fail
from tests.live.conftest import SALT, environment
from tests.live.proxy import ALWAYS, FAULTS, Fault, Proxy

pytestmark = pytest.mark.live

RAW = list(discover())
FEW = ("mail_message", "product_category", "res_currency", "res_users")
TRANSPORTS = ("json-2", "json-rpc")
PAGE = 40
PAGED = "res.currency"  # the model that meets the faults: several pages, and others before and after it
# What passes by itself: kind of fault, and how often it strikes before it is over.
PASSING = {
    "reset": 3,
    "reset in the answer": 1,
    "silent close": 1,
    "502": 3,
    "503": 1,
    "504": 2,
    "429": 2,
    "hang": 1,
    "cut JSON": 1,
    "half JSON": 1,
    "HTML": 1,
    "other JSON": 1,
    "other list": 1,
    "no rows": 1,
    "some rows": 1,
    "out of memory": 2,
}
HALVED = ("silent close", "504", "hang", "cut JSON", "out of memory")  # fewer rows at once may pass
# What stays: kind of fault, and the sentence that names cause and remedy.
LASTING = {
    "reset": "does not answer ({}Connection reset by peer): check that it runs and that ODOO_URL is right.",
    "silent close": "even alone (it closed the connection without an answer): open this record in Odoo",
    "502": "answered res.currency.search_read with HTTP 502 and no JSON: look at the proxy in front of it",
    "504": "even alone (HTTP 504 and no JSON): open this record in Odoo",
    "HTML": "answered res.currency.search_read with HTTP 200 and no JSON: look at the proxy in front of it",
    "other JSON": "with something that was not asked for: look at the proxy in front of it, and whether ODOO_URL",
    "some rows": "with something that was not asked for: look at the proxy in front of it, and whether ODOO_URL",
    "refused key": "the API key is wrong or has expired; set ODOO_API_KEY.",
}


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    """No waiting, small pages, and a scoreboard of a few weeks."""
    monkeypatch.setattr(odoo, "WAITS", (0, 0, 0, 0))
    monkeypatch.setattr(odoo, "TIMEOUT_SECONDS", 4)
    monkeypatch.setattr(extract, "PAGE_ROWS", PAGE)
    monkeypatch.setattr(publish, "SCOREBOARD_WEEKS", 2)


@pytest.fixture(autouse=True)
def few_sources(request, monkeypatch):
    """Most tests read a few models, as if the others were not installed, and measure one KPI; `every_source` reads and
    measures all."""
    if "every_source" in request.fixturenames:
        return
    resolve_all = resolve.resolve

    def resolve_few(odoo, sources, tracked, before):
        few = [source for source in sources if source.name in FEW]
        kept = {found.source.name: found for found in resolve_all(odoo, few, tracked, before)}
        return [kept.get(s.name) or resolve.Resolved(s, dict.fromkeys(s.fields), s.model, absent=True) for s in sources]

    monkeypatch.setattr(resolve, "resolve", resolve_few)
    monkeypatch.setattr(publish, "validate", lambda sources, config: None)
    kpi = catalog.load()["release_lead_time"]
    monkeypatch.setattr(catalog, "load", lambda: {kpi.name: kpi})


@pytest.fixture
def one_stream(monkeypatch) -> None:
    """Odoo is asked one question at a time, so that their order is known."""
    logins = refresh.logins
    monkeypatch.setattr(refresh, "logins", lambda config: [replace(login, streams=1) for login in logins(config)])


@pytest.fixture
def every_source() -> None:
    """This test reads all sources."""


@pytest.fixture(params=TRANSPORTS)
def transport(request) -> str:
    return request.param


@pytest.fixture
def proxy(odoo):
    with Proxy(odoo["ODOO_URL"]) as running:
        yield running


class Run:
    """A refresh in this process, as the command line runs it: exit code and what was said."""

    def __init__(self, capfd, login, folder: Path, url: str):
        self.capfd, self.folder = capfd, folder
        self.environment = login.environment | {"ODOO_URL": url, "OPS_WAREHOUSE": str(folder)}
        self.code, self.said = None, ""

    def __call__(self, *arguments: str) -> Run:
        self.capfd.readouterr()
        with environment(self.environment):
            self.code = command_line.app(["refresh", *arguments], standalone_mode=False) or 0
        out, err = self.capfd.readouterr()
        self.said = out + err
        assert "Traceback" not in self.said
        assert self.environment["ODOO_API_KEY"] not in self.said
        assert self.said.count("Failed:") == (1 if self.code else 0), self.said
        return self


@pytest.fixture
def run(capfd, login, tmp_path, proxy) -> Run:
    (tmp_path / "salt").write_bytes(SALT)
    return Run(capfd, login, tmp_path, proxy.url)


def raw(folder: Path, names=FEW) -> dict[str, list]:
    """Raw tables, without when and by which run their rows came."""
    con = duckdb.connect(str(folder / "work.duckdb"), read_only=True)
    try:
        return {
            name: con.execute(
                f"select {', '.join(discover()[name].columns)}, _valid_to is null from raw.{name} order by all"
            ).fetchall()
            for name in names
        }
    finally:
        con.close()


@pytest.fixture(scope="module")
def undisturbed(login, tmp_path_factory) -> dict[str, list]:
    folder = tmp_path_factory.mktemp("undisturbed")
    (folder / "salt").write_bytes(SALT)
    login.refresh(folder)
    return raw(folder, RAW)


def check_same(folder: Path, undisturbed: dict[str, list], names=FEW) -> None:
    """The raw tables are those of the undisturbed refresh, and the others empty."""
    found = raw(folder, RAW)
    for name, rows in undisturbed.items():
        expected = Counter(map(repr, rows if name in names else []))
        differing = Counter(map(repr, found[name]))
        differing.subtract(expected)
        assert not {row: count for row, count in differing.items() if count}, name


def check_published(folder: Path) -> str:
    """What CURRENT names is whole; returns it."""
    version = warehouse.current_version(folder)
    con = duckdb.connect(str(folder / version), read_only=True)
    assert con.execute("select status from run where run = (select run from version)").fetchall() == [("published",)]
    assert con.execute("select count(*) from fct_event").fetchall()
    con.close()
    assert not list(folder.glob(".build_*")) and not list(folder.glob("ops_*.wal"))
    return version


def state(folder: Path) -> tuple:
    return warehouse.current_version(folder), sorted(path.name for path in folder.glob("ops_*"))


@pytest.mark.parametrize(("kind", "transport"), in_turn(PASSING, TRANSPORTS))
def test_what_passes_is_waited_for_and_nothing_is_lost_or_doubled(kind, transport, run, proxy, undisturbed, tmp_path):
    fault = Fault(kind, PAGED, nth=2, times=PASSING[kind])
    proxy.faults.append(fault)
    run("--transport", transport)
    assert fault.done == PASSING[kind]
    assert run.code == 0, run.said
    check_same(tmp_path, undisturbed)
    check_published(tmp_path)
    sizes = [rows for model, rows in proxy.rows if model == PAGED]
    if kind in HALVED:
        assert PAGE // 2 in sizes, "the page was not halved"
    elif kind != "reset in the answer":  # may look like either
        assert "trying again in 0 s (2 of 5)" in run.said


@pytest.mark.parametrize(("kind", "transport"), in_turn(LASTING, TRANSPORTS))
def test_what_stays_ends_in_a_sentence_and_the_next_refresh_goes_on(kind, transport, run, proxy, undisturbed, tmp_path):
    proxy.faults.append(Fault(kind, PAGED, nth=2, times=ALWAYS))
    run("--transport", transport)
    assert run.code == 1
    assert LASTING[kind].format("[Errno 104] ") in run.said
    assert state(tmp_path) == (None, [])
    landed = sorted(path.name for path in tmp_path.glob("landing/*/*/*.page-*"))
    assert landed and not list(tmp_path.glob("landing/**/*.part"))
    first = proxy.counts["product.category", "search_read"]  # read before PAGED? then not again
    done = {path.parent.name for path in tmp_path.glob("landing/*/*/*.done.json")}
    proxy.faults.clear()
    again = run("--transport", transport)
    assert again.code == 0, again.said
    assert "what it had read is kept" in again.said
    check_same(tmp_path, undisturbed)
    check_published(tmp_path)
    assert "product_category" in done and proxy.counts["product.category", "search_read"] <= 2 * first


def test_a_page_too_big_is_halved_until_it_fits_and_grows_again(
    one_stream, transport, run, proxy, undisturbed, tmp_path
):
    fault = Fault("silent close", PAGED, times=ALWAYS, more_than=6)
    proxy.faults.append(fault)
    run("--transport", transport)
    assert run.code == 0, run.said
    check_same(tmp_path, undisturbed)
    sizes = [rows for model, rows in proxy.rows if model == PAGED]
    assert sizes[:4] == [40, 20, 10, 5]
    assert 10 in sizes[4:], "it never asked for more again"
    read, failed = sum(rows for rows in sizes if rows <= 6), sum(1 for rows in sizes if rows > 6)
    assert read == len(undisturbed["res_currency"]) and failed == fault.done < len(sizes) / 4


def test_one_row_odoo_cannot_give_is_named(transport, run, proxy, undisturbed):
    bad = undisturbed["res_currency"][7][1]
    proxy.faults.append(OneRow("silent close", PAGED, times=ALWAYS, row=bad))
    run("--transport", transport)
    assert run.code == 1
    assert f"cannot give {PAGED} {bad}, even alone" in run.said
    assert "raise its limits (limit_time_real, limit_memory_hard)" in run.said


class OneRow(Fault):
    """Strikes every request that asks for one certain row."""

    def __init__(self, *arguments, row: int, **named):
        super().__init__(*arguments, **named)
        self.row = row

    def strikes(self, call) -> bool:
        asked = [term[2] for term in call.arguments.get("domain") or [] if term[:2] == ["id", "in"]]
        return call.model == self.model and call.method == self.method and any(self.row in ids for ids in asked)


@pytest.mark.parametrize(("kind", "transport"), in_turn(["502", "silent close", "half JSON", "other list"], TRANSPORTS))
def test_questions_other_than_pages_are_asked_again_too(kind, transport, run, proxy, undisturbed, tmp_path):
    """Searches for ids, the fields of a model, the first greeting and the login."""
    proxy.faults += [
        Fault(kind, "res.users", "search", nth=2),
        Fault(kind, "mail.message", "fields_get"),
        Fault(kind, "res.users", "context_get"),
        Fault(kind, "", "/web/version" if kind not in ("half JSON", "other list") else "login"),
    ]
    run("--transport", transport)
    assert run.code == 0, run.said
    assert all(fault.done or (fault.method == "login" and transport == "json-2") for fault in proxy.faults)
    check_same(tmp_path, undisturbed)


def test_a_server_that_is_down_is_waited_for_and_then_told(run, tmp_path):
    run.environment["ODOO_URL"] = "http://127.0.0.1:9"
    run()
    assert run.code == 1
    assert run.said.count("Odoo did not answer ([Errno 111] Connection refused), trying again in 0 s") == 4
    assert "Odoo at http://127.0.0.1:9 does not answer ([Errno 111] Connection refused): check that it runs" in run.said


def test_the_log_tells_run_sources_pages_retries_errors_and_publishing(one_stream, run, proxy, tmp_path, transport):
    file = tmp_path / "log.jsonl"
    proxy.faults.append(Fault("502", PAGED, nth=2, times=ALWAYS))
    assert run("--transport", transport, "--log", str(file)).code == 1
    proxy.faults.clear()
    run.environment["OPS_LOG"] = str(file)
    assert run("--transport", transport).code == 0
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    events = [line["event"] for line in lines]
    assert {"run", "source", "page", "retry", "error", "loaded", "published"} <= set(events)
    [error] = [line for line in lines if line["event"] == "error"]
    assert error["level"] == "error" and "HTTP 502 and no JSON" in error["message"]
    assert events[-1] == "published" and lines[-1]["version"] == warehouse.current_version(tmp_path)
    assert [line["number"] for line in lines if line["event"] == "retry"] == [2, 3, 4, 5]
    assert run.environment["ODOO_API_KEY"] not in file.read_text()


def test_the_wait_is_told_in_words(one_stream, run, proxy, monkeypatch, transport):
    monkeypatch.setattr(odoo, "WAITS", (1, 0, 0, 0))
    proxy.faults.append(Fault("reset", PAGED, nth=1, times=2))
    run("--transport", transport)
    assert "Connection reset by peer), trying again in 1 s (2 of 5)." in run.said
    assert "trying again in 0 s (3 of 5)." in run.said


def test_a_key_revoked_in_mid_run_is_one_sentence_and_a_new_key_goes_on(
    one_stream, run, proxy, undisturbed, tmp_path, odoo, transport
):
    """Over JSON-2 the key really is taken out of the database; JSON-RPC keeps it in a cache of the worker."""
    import psycopg

    with psycopg.connect(odoo["PG_DSN"], autocommit=True) as database:
        database.execute("create table if not exists kept_key as select * from res_users_apikeys")
        try:
            if transport == "json-2":
                revoke = Fault("worker killed", PAGED, nth=2)  # passes on what Odoo says
                revoke.hook = lambda: database.execute("delete from res_users_apikeys")
            else:
                revoke = Fault("refused key", PAGED, nth=2, times=ALWAYS)
            proxy.faults.append(revoke)
            run("--transport", transport)
            assert run.code == 1
            assert "the API key is wrong or has expired; set ODOO_API_KEY." in run.said
            assert proxy.counts[PAGED, "search_read"] == 2, "a refused key was tried again"
        finally:
            database.execute("insert into res_users_apikeys select * from kept_key on conflict do nothing")
            database.execute("drop table kept_key")
    proxy.faults.clear()
    assert "what it had read is kept" in run("--transport", transport).said
    assert run.code == 0, run.said
    check_same(tmp_path, undisturbed)


def test_odoos_workers_killed_at_work(every_source, run, proxy, undisturbed, tmp_path, odoo, transport):
    """The real thing: the processes that serve the request die by SIGKILL, as at limit_time_real."""
    master = int((Path(odoo["ODOO_LOG"]).parent / "odoo.pid").read_text())

    def kill_soon() -> None:
        threading.Timer(0.02, kill_workers, [master]).start()

    fault = Fault("worker killed", PAGED, nth=2, times=3, hook=kill_soon)
    proxy.faults.append(fault)
    run("--transport", transport)
    assert fault.done == 3
    assert run.code == 0, run.said
    check_same(tmp_path, undisturbed, RAW)


def kill_workers(master: int) -> None:
    for child in Path(f"/proc/{master}/task/{master}/children").read_text().split():
        if b"gevent" not in Path(f"/proc/{child}/cmdline").read_bytes():
            os.kill(int(child), signal.SIGKILL)


@pytest.mark.parametrize("hours", [3, -3])
def test_an_odoo_whose_clock_is_wrong_is_told_and_read_all_the_same(hours, run, proxy, undisturbed, tmp_path):
    proxy.clock_ahead = timedelta(hours=hours, seconds=20)
    run()
    assert run.code == 0
    assert f"is 180 minutes {'ahead of' if hours > 0 else 'behind'} this machine's, so ages are wrong" in run.said
    check_same(tmp_path, undisturbed)


def test_a_second_refresh_meanwhile_is_one_sentence(run, tmp_path, monkeypatch):
    monkeypatch.setattr(load, "LOCK_SECONDS", 0.3)
    holder = subprocess.Popen(
        [sys.executable, "-c", "import sys; from pathlib import Path; from etl import load; "
         "con = load.open_work(Path(sys.argv[1])); print('held', flush=True); sys.stdin.read()", str(tmp_path)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    try:
        assert holder.stdout.readline() == b"held\n"
        run()
        assert run.code == 75
        assert f"another refresh is working in {tmp_path}: wait until it ends, or stop it, then try again." in run.said
    finally:
        holder.stdin.close()
        holder.wait()
    assert run().code == 0


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("phase", ["reading", "publishing"])
def test_a_refresh_that_is_told_to_stop_says_so_and_the_next_goes_on(signum, phase, login, proxy, run, tmp_path):
    proxy.faults.append(Fault("hang", PAGED, times=ALWAYS if phase == "reading" else 0))
    pattern = "landing/*/res_currency/*.plan.parquet" if phase == "reading" else ".build_ops_*"
    process = subprocess.Popen(
        [sys.executable, "-m", "etl", "refresh"],
        env={"PATH": "/usr/bin:/bin"} | run.environment,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # a job in the background has none
    )
    wait_for(lambda: list(tmp_path.glob(pattern)) or process.poll() is not None)
    time.sleep(0.2)
    process.send_signal(signum)
    said = process.communicate(timeout=120)[1]
    assert process.returncode == 1, said
    assert "Failed: stopped; what was read is kept, and the next refresh goes on from there." in said
    assert "Traceback" not in said and state(tmp_path) == (None, [])
    assert not list(tmp_path.glob(".build_*"))
    proxy.faults.clear()
    again = run()
    assert again.code == 0, again.said
    check_published(tmp_path)


def wait_for(condition, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and not condition():
        time.sleep(0.01)


@pytest.fixture
def small_disk(tmp_path):
    """A disk of its own of 64 MB, and a function that fills it."""
    if os.geteuid() != 0:
        skip_or_fail("needs root, to mount a small disk: run the tests as root.")
    folder = tmp_path / "disk"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", folder], check=True)

    def fill() -> None:
        with suppress(OSError), (folder / "filler").open("wb", buffering=0) as file:
            while True:
                file.write(bytes(4096))

    try:
        yield folder, fill
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)  # a thread that was stopped may still be closing


FULL_AT = {  # the function before which the disk fills, and when
    "landing": ("landing.write_table", lambda path, *rest: "res_currency" in str(path)),
    "work.duckdb": ("load.load_source", lambda con, source, *rest: source.name == "res_currency"),
    "commit of work.duckdb": ("load.book_loaded", lambda *arguments: True),
    "the file that is built": (
        "publish.build_marts",
        lambda con, as_of, report, schema, marts=None: schema == "ops.main",
    ),
    "its checkpoint": ("publish._release", lambda *arguments: True),
    "CURRENT": ("landing.write_text_atomically", lambda path, *rest: path.name == "CURRENT"),
}


@pytest.mark.parametrize(("where", "first"), [*((where, True) for where in FULL_AT), ("its checkpoint", False)])
def test_a_full_disk_is_one_sentence_and_nothing_is_lost(
    where, first, capfd, login, proxy, small_disk, undisturbed, monkeypatch
):
    folder, fill = small_disk
    run = Run(capfd, login, folder, proxy.url)
    if not first:
        assert run().code == 0, run.said
    before = state(folder)
    name, when = FULL_AT[where]
    with monkeypatch.context() as patched:
        module, function = name.split(".")
        owner = {"landing": extract.landing, "load": load, "publish": publish}[module]
        original = getattr(owner, function)

        def filling(*arguments, **named):
            if when(*arguments):
                fill()
            return original(*arguments, **named)

        patched.setattr(owner, function, filling)
        run("--full")
    assert run.code == 1, run.said
    assert f"the disk of the warehouse folder {folder} is full: free some space, then run the command again" in run.said
    assert warehouse.current_version(folder) == before[0]
    assert not list(folder.glob(".build_*")) and not list(folder.glob("**/*.part"))
    run()
    assert run.code in (0, 1), "still full"
    (folder / "filler").unlink()
    assert run("--full").code == 0, run.said
    check_same(folder, undisturbed)
    check_published(folder)


def test_every_fault_of_the_proxy_is_tested():
    used = {*PASSING, *LASTING, "worker killed"}
    assert used == set(FAULTS)
