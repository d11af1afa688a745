"""A real Odoo 19 with flows of known times, read once over each transport."""

from __future__ import annotations

import csv
import fcntl
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from etl import refresh
from queries import config, warehouse
from tests.conftest import SILENT, skip_or_fail
from tests.live.server import CACHE

SERVER = Path(__file__).parent / "odoo_server.py"
CONFIG = Path(__file__).parent / "ops.toml"
SALT = b"the same for all, so that they can be compared"
# Models of Odoo Enterprise, and of modules that the real Odoo of these tests has not.
ABSENT = {
    "account_edi_document",
    "account_edi_format",
    "edi_exchange_record",
    "edi_exchange_type",
    "approval_approver",
    "approval_category",
    "approval_request",
    "mrp_eco",
    "quality_alert",
    "quality_alert_stage",
    "quality_check",
    "studio_approval_entry",
    "studio_approval_request",
    "studio_approval_rule",
}


def server(command: str, stdin: str | None = None) -> subprocess.CompletedProcess:
    """Runs the server script."""
    return subprocess.run([sys.executable, str(SERVER), command], capture_output=True, text=True, input=stdin)


@contextmanager
def at_rest() -> Iterator[None]:
    """Nobody resets the real Odoo 19 meanwhile: for tests that run beside those of its group."""
    with (CACHE / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def odoo() -> dict[str, str]:
    """Environment of the running Odoo: ODOO_URL, ODOO_DB, ODOO_USER, ODOO_API_KEY, ODOO_PASSWORD, PG_DSN."""
    if server("status").returncode != 0:
        skip_or_fail("needs a real Odoo 19: bring one up with `make odoo`.")
    return json.loads(server("env").stdout)


@pytest.fixture(scope="session")
def truth(odoo) -> list[dict]:
    """What the flows played into a fresh database must show, one dict per expected or forbidden KPI row."""
    from tests.live import flows, more_rows

    reset = server("reset")
    assert reset.returncode == 0, reset.stderr
    played = flows.play(odoo)
    more_rows.create(odoo)
    return played


@dataclass(frozen=True)
class Login:
    """How a test connects: the environment of a refresh."""

    environment: dict[str, str]

    def refresh(self, folder: Path, transport: str | None = None, **request) -> refresh.Outcome:
        """A refresh in this process; `request` are fields of refresh.Request."""
        with environment(self.environment):
            return refresh.refresh(folder, config.load(), SILENT, refresh.Request(**request), transport)

    def run(self, folder: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess:
        """`python -m <arguments>` as a user starts it."""
        variables = {key: value for key, value in os.environ.items() if not key.startswith(("ODOO_", "OPS_"))}
        return subprocess.run(
            [sys.executable, "-m", *arguments],
            env=variables | self.environment | {"OPS_WAREHOUSE": str(folder)} | more,
            capture_output=True,
            text=True,
            timeout=300,
        )


class environment:
    """Sets variables for a while."""

    def __init__(self, values: dict[str, str]):
        self.values = values

    def __enter__(self):
        self.before = {key: os.environ.get(key) for key in self.values}
        os.environ.update(self.values)

    def __exit__(self, *error):
        for key, value in self.before.items():
            if value is None:
                os.environ.pop(key, None)
            else:
                os.environ[key] = value


@pytest.fixture(scope="session")
def login(odoo) -> Login:
    """The administrator with an API key."""
    names = ("ODOO_URL", "ODOO_DB", "ODOO_USER", "ODOO_API_KEY")
    return Login({name: odoo[name] for name in names} | {"OPS_CONFIG": str(CONFIG)})


@pytest.fixture(scope="session")
def password_login(odoo) -> Login:
    """The administrator with a password."""
    names = ("ODOO_URL", "ODOO_DB", "ODOO_USER", "ODOO_PASSWORD")
    return Login({name: odoo[name] for name in names})


@pytest.fixture(scope="session")
def warehouses(truth, login, tmp_path_factory) -> dict[str, Path]:
    """Warehouses of the played Odoo, one read over each transport."""
    folders = {}
    for transport in ("json-2", "json-rpc"):
        folders[transport] = tmp_path_factory.mktemp(transport)
        (folders[transport] / "salt").write_bytes(SALT)
        leave_log(folders[transport] / "inbox", [row["report"] for row in truth if "report" in row])
        login.refresh(folders[transport], transport=transport)
    return folders


def leave_log(inbox: Path, lines: list[dict]) -> None:
    """The log of the portal, as it left it an hour ago."""
    inbox.mkdir()
    with (inbox / "portal.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=sorted(set().union(*lines)))
        writer.writeheader()
        writer.writerows(lines)
    os.utime(inbox / "portal.csv", (time.time() - 3600,) * 2)


@pytest.fixture(scope="session", params=["json-2", "json-rpc"])
def live_warehouse(request, warehouses) -> warehouse.Warehouse:
    """The played Odoo as readers see it, once per transport."""
    return warehouse.open(warehouse=warehouses[request.param])
