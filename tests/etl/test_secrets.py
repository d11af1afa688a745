"""Secrets stay where they are: commands are run against real servers that refuse, and that repeat every secret they
were given; then all that was said and written is searched for it."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import duckdb
import pytest

from etl import check_beside
from etl.odoo import OdooError
from etl.postgres import Postgres
from queries.config import N8n

ODOO_KEY, PASSWORD, N8N_KEY, PG_PASSWORD = "k3y-0f-0doo-7f3a", "pa55-of-anna-91b2", "k3y-0f-n8n-c41d", "pa55-of-pg-0e77"
SECRETS = (ODOO_KEY, PASSWORD, N8N_KEY, PG_PASSWORD)


class Refusing(BaseHTTPRequestHandler):
    """Answers as the server says, and repeats whatever it was sent."""

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        told = f"{self.headers.get('Authorization')} {self.headers.get('X-N8N-API-KEY')} {body}"
        if self.path == "/web/version":
            return self._send(200, {"version": self.server.version})
        if self.path == "/web/webclient/version_info":
            return self._send(200, {"jsonrpc": "2.0", "result": {"server_version": self.server.version}})
        if "jsonrpc" in body:
            error = {"message": told, "data": {"name": "builtins.ValueError", "message": told, "debug": told}}
            return self._send(200, {"jsonrpc": "2.0", "error": error})
        return self._send(self.server.status, {"name": "builtins.ValueError", "message": told, "error": told})

    do_GET = do_POST = _answer

    def _send(self, status: int, content: dict) -> None:
        text = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_) -> None:
        pass


@contextmanager
def refusing(status: int = 500, version: str = "19.0") -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Refusing)
    server.status, server.version = status, version
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()


def run(folder: Path, *arguments: str, **secrets: str) -> subprocess.CompletedProcess:
    variables = {key: value for key, value in os.environ.items() if not key.startswith(("ODOO_", "OPS_", "N8N_"))}
    variables |= {"OPS_WAREHOUSE": str(folder / "warehouse"), "OPS_LOG": str(folder / "logs/refresh.jsonl")}
    variables |= {"OPS_METRICS": str(folder / "logs/pulse.prom")}
    return subprocess.run(
        [sys.executable, "-m", *arguments], env=variables | secrets, capture_output=True, text=True, timeout=600
    )


def written(folder: Path) -> str:
    """All files as text, and every text in the databases, which may be compressed in their files."""
    found = [path.read_bytes().decode("latin-1") for path in folder.rglob("*") if path.is_file()]
    for path in folder.rglob("*.duckdb"):
        with duckdb.connect(str(path), read_only=True) as con:
            tables = con.execute("select schema_name || '.' || table_name from duckdb_tables()").fetchall()
            found += [str(con.execute(f"from {table}").fetchall()) for (table,) in tables]
    return "\n".join(found)


ODOO = {"ODOO_DB": "plants", "ODOO_USER": "anna"}
CASES = {
    "JSON-2 repeats the key": ("refresh", 500, "19.0", {"ODOO_API_KEY": ODOO_KEY}, "could not answer"),
    "JSON-2 refuses the key": ("sample", 401, "19.0", {"ODOO_API_KEY": ODOO_KEY}, "is wrong or has expired"),
    "JSON-2 forbids": ("check", 403, "19.0", {"ODOO_API_KEY": ODOO_KEY}, "may not read"),
    "JSON-RPC repeats the password": ("sample", 200, "16.0", {"ODOO_PASSWORD": PASSWORD}, "did not let anna in"),
}


@pytest.mark.parametrize("case", CASES)
def test_no_command_tells_what_it_signed_in_with(tmp_path, case):
    command, status, version, secrets, sentence = CASES[case]
    with refusing(status, version) as server:
        secrets = ODOO | secrets | {"ODOO_URL": server, "N8N_URL": server, "N8N_API_KEY": N8N_KEY}
        secrets |= {"ODOO_PG_DSN": f"postgresql://reader:{PG_PASSWORD}@127.0.0.1:1/plants"}
        ended = run(tmp_path, "etl", command, **secrets)
    said, kept = ended.stdout + ended.stderr, written(tmp_path)
    assert ended.returncode == 1 and sentence in said, said
    assert command == "check" or sentence in kept  # the run is booked with its sentence, and logged
    assert [secret for secret in SECRETS if secret in said + kept] == []
    if command == "refresh":
        what_was_written_is_for_its_owner(tmp_path)


def what_was_written_is_for_its_owner(folder: Path) -> None:
    modes = {path.relative_to(folder).as_posix(): stat.S_IMODE(path.stat().st_mode) for path in folder.rglob("*")}
    assert modes["warehouse"] == 0o700 and modes["warehouse/work.duckdb"] == 0o600
    assert {name for name, mode in modes.items() if mode & 0o077} == {"logs/pulse.prom"}  # an exporter reads it


@pytest.mark.parametrize("status", [401, 403, 404, 500])
def test_n8n_and_what_is_made_of_its_answers_do_not_tell(monkeypatch, status):
    monkeypatch.setenv("N8N_API_KEY", N8N_KEY)
    with refusing(status) as server:
        found = check_beside.look_at_n8n(N8n("n8n", server), [], defaultdict(set))
    assert found.gaps and N8N_KEY not in repr(found)


@pytest.mark.parametrize(
    "dsn",
    [
        f"postgresql://reader:{PG_PASSWORD}@127.0.0.1:1/plants",
        f"postgresql//reader:{PG_PASSWORD}@127.0.0.1/plants",
        f"host=127.0.0.1 port=1 password={PG_PASSWORD} pasword={PG_PASSWORD}",
    ],
    ids=["unreachable", "no address", "mistyped"],
)
def test_postgresql_does_not_tell(dsn):
    with pytest.raises(OdooError) as told, Postgres(dsn, "ODOO_PG_DSN", "odoo").session():
        pass
    assert "ODOO_PG_DSN" in str(told.value) and PG_PASSWORD not in str(told.value)


def test_an_error_that_nobody_foresaw_does_not_tell_either(tmp_path):
    code = """
import sys
from etl import __main__ as command, refresh
def broken(*_):
    login = refresh.logins(command.configuration.load())
    key = login[0].secret
    raise KeyError("nobody foresaw this")
refresh.refresh = broken
sys.argv = ["etl", "refresh"]
command.app()
"""
    secrets = ODOO | {"ODOO_URL": "http://127.0.0.1:1", "ODOO_API_KEY": ODOO_KEY}
    variables = os.environ | {"OPS_WAREHOUSE": str(tmp_path / "warehouse")} | secrets
    said = subprocess.run([sys.executable, "-c", code], env=variables, capture_output=True, text=True)
    assert "nobody foresaw this" in said.stderr and ODOO_KEY not in said.stderr


@pytest.mark.parametrize("variable", ["ODOO_URL", "N8N_URL"])
def test_an_address_with_a_password_is_refused_and_not_repeated(tmp_path, variable):
    address = {variable: f"https://anna:{PASSWORD}@odoo.example.com"}
    said = run(tmp_path, "etl", "check", **ODOO | {"ODOO_API_KEY": ODOO_KEY} | address)
    assert said.returncode == 1 and "holds a name or password" in said.stderr
    assert PASSWORD not in said.stdout + said.stderr + written(tmp_path)
