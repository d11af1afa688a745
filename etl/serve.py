"""`make run`: a filled warehouse and the dashboard over it, in plain words.

Without an Odoo: the demo plants. With one: what was published last is served at once and refreshed behind; a first
load brings 90 days, is served, and the rest follows behind.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable
from pathlib import Path

from queries import access, trust
from queries import config as configuration
from queries import warehouse as published
from queries.config import NOBODY, OIDC, ConfigError

FIRST_DAYS = 90
ADDRESS = "127.0.0.1"
CHECK = "`.venv/bin/python -m etl check` says whether it can be read and what closes a gap"
SECRETS = (Path.home() / ".streamlit/secrets.toml", Path(".streamlit/secrets.toml"))  # the second goes before the first


def serve(
    warehouse: Path,
    port: int,
    say: Callable[[str], None],
    processes: int = 1,
    address: str = ADDRESS,
    is_filled: bool = True,
) -> int:
    """Serves until stopped, or until one of the processes, each on a port of its own from `port` on, has ended; returns
    an exit code. `is_filled`: the warehouse is filled or refreshed, too. ConfigError when a port is taken, or when
    somebody could read who must not."""
    ports = range(port, port + processes)
    config = configuration.load()
    _check_access(config.access, address)
    for one in ports:
        _check_port(one, address)
    has_odoo = bool(config.instances)
    version = published.current_version(warehouse)
    behind = None
    if not is_filled:
        say(f"Serving {version or f'{warehouse}, in which nothing is published yet'}.")
    elif not has_odoo and version is None:
        say("No Odoo is configured (ODOO_URL is not set): filling the warehouse with the demo plants.")
        _etl("demo", wait=True)
    elif has_odoo and (version is None or _holds_demo(warehouse)):
        say(f"First load from Odoo: the last {FIRST_DAYS} days and everything still open; older data follow.")
        try:
            _etl("refresh", "--days", str(FIRST_DAYS), wait=True)
        except SystemExit:
            say(f"Nothing of it is served yet: {CHECK}.")
            raise
        behind = _etl("refresh")
    elif has_odoo:
        say(f"Serving {version} at once; a refresh from Odoo runs behind it, and the pages take it up by themselves.")
        behind = _etl("refresh")
    else:
        say(f"Serving {version}.")
    if is_filled and not has_odoo:
        say(f"To see your own Odoo instead, set ODOO_URL, ODOO_DB, ODOO_USER and ODOO_API_KEY, then {CHECK}.")
    if has_odoo and config.access.sign_in == NOBODY:
        say("Nobody signs in: whoever uses this machine sees everything (docs/operating.md, Who may see what).")
    _say_unknown_plants(warehouse, config.access, say)
    where = f"http://{address}:{port}" if processes == 1 else f"{address}, ports {port} to {ports[-1]}, behind a proxy"
    say(f"\nPlant Pulse is at {where} - press Ctrl-C to stop.\n")
    dashboards = [_dashboard(one, address) for one in ports]
    try:
        while all(dashboard.poll() is None for dashboard in dashboards):
            time.sleep(0.5)
        return next(code for dashboard in dashboards if (code := dashboard.poll()) is not None)
    except KeyboardInterrupt:
        return 0
    finally:
        for process in (*dashboards, behind):
            if process and process.poll() is None:
                process.terminate()
                process.wait(timeout=30)


def _dashboard(port: int, address: str) -> subprocess.Popen:
    app = [sys.executable, "-m", "streamlit", "run", "dashboard/server.py", "--server.headless", "true"]
    return subprocess.Popen([*app, "--server.port", str(port), "--server.address", address])


def _check_access(found: configuration.Access, address: str) -> None:
    secrets = _secrets() if found.sign_in == OIDC else {}
    if why := access.why_not(found, address, secrets, os.environ.get(found.secret_env, "")):
        raise ConfigError(f"not served: {why}")


def _secrets() -> dict:
    """The section [auth] of Streamlit's secrets."""
    content: dict = {}
    for path in SECRETS:
        try:
            content |= tomllib.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            continue
        except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise ConfigError(f"{path} cannot be read ({error}): mend it.") from error
    found = content.get("auth", {})
    return found if isinstance(found, dict) else {}


def _say_unknown_plants(warehouse: Path, found: configuration.Access, say: Callable[[str], None]) -> None:
    """Who is given a plant by a wrong code sees nothing, and cannot know why."""
    if not any(grant.plants for grant in found.grants):
        return
    known = {row["plant"] for row in published.read(published.open(warehouse=warehouse), "plant").to_pylist()}
    hint = f"known are {', '.join(sorted(known))}."
    for plant in sorted({plant for grant in found.grants for plant in grant.plants} - known):
        say(f"[[access.grant]] names the plant {plant!r}, which is not in the data: {hint}")


def _etl(*arguments: str, wait: bool = False) -> subprocess.Popen:
    """Another etl command as a process of its own; when waited for, its failure ends this one with its exit code."""
    process = subprocess.Popen([sys.executable, "-m", "etl", *arguments])
    if wait and process.wait() != 0:
        raise SystemExit(process.returncode)
    return process


def _holds_demo(warehouse: Path) -> bool:
    return trust.is_demo(published.read(published.open(warehouse=warehouse), "plant").to_pylist())


def _check_port(port: int, address: str) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except socket.gaierror as error:
            raise ConfigError(f"{address} is no address of this machine: give another with --address.") from error
        except OSError as error:
            raise ConfigError(
                f"port {port} is taken: stop what listens there, or choose another with `make run PORT=8502`."
            ) from error
