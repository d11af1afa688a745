"""`make run`: a filled warehouse and the dashboard over it, in plain words.

Without an Odoo: the demo plants. With one: what was published last is served at once and refreshed behind; a first
load brings 90 days, is served, and the rest follows behind.
"""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from etl import load
from queries import config as configuration
from queries import warehouse as published
from queries.config import ConfigError

FIRST_DAYS = 90
ADDRESS = "127.0.0.1"


def serve(warehouse: Path, port: int, say: Callable[[str], None]) -> int:
    """Serves until stopped; returns an exit code. ConfigError when the port is taken."""
    _check_port(port)
    has_odoo = bool(configuration.load().instances)
    version = published.current_version(warehouse)
    behind = None
    if not has_odoo and version is None:
        say("No Odoo is configured (ODOO_URL is not set): filling the warehouse with the demo plants.")
        _etl("demo", wait=True)
    elif has_odoo and (version is None or _holds_demo(warehouse)):
        say(f"First load from Odoo: the last {FIRST_DAYS} days and everything still open; older data follow.")
        _etl("refresh", "--days", str(FIRST_DAYS), wait=True)
        behind = _etl("refresh")
    elif has_odoo:
        say(f"Serving {version} at once; a refresh from Odoo runs behind it, and the pages take it up by themselves.")
        behind = _etl("refresh")
    else:
        say(f"Serving {version}. To see your own Odoo instead, set ODOO_URL, ODOO_DB, ODOO_USER and ODOO_API_KEY.")
    say(f"\nPlant Pulse is at http://{ADDRESS}:{port} - press Ctrl-C to stop.\n")
    app = [sys.executable, "-m", "streamlit", "run", "dashboard/app.py", "--server.headless", "true"]
    dashboard = subprocess.Popen([*app, "--server.port", str(port), "--server.address", ADDRESS])
    try:
        return dashboard.wait()
    except KeyboardInterrupt:
        return 0
    finally:
        for process in (dashboard, behind):
            if process and process.poll() is None:
                process.terminate()
                process.wait(timeout=30)


def _etl(*arguments: str, wait: bool = False) -> subprocess.Popen:
    """Another etl command as a process of its own; when waited for, its failure ends this one with its exit code."""
    process = subprocess.Popen([sys.executable, "-m", "etl", *arguments])
    if wait and process.wait() != 0:
        raise SystemExit(process.returncode)
    return process


def _holds_demo(warehouse: Path) -> bool:
    opened = published.open(warehouse=warehouse)
    plants = published.read(opened, "plant").to_pylist()
    return bool(plants) and all(plant["instance"] == load.DEMO_INSTANCE for plant in plants)


def _check_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ADDRESS, port))
        except OSError as error:
            raise ConfigError(
                f"port {port} is taken: stop what listens there, or choose another with `make run PORT=8502`."
            ) from error
