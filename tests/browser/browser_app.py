"""The real app on a free port, and a real Chromium to look at it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
SIZES = {"desktop": {"width": 1440, "height": 900}, "phone": {"width": 390, "height": 844}}
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


def chromium() -> str | None:
    """Where this machine's Chromium is, or None."""
    return next(
        (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
    )


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@contextmanager
def served(warehouse: Path, *flags: str, port: int | None = None, **environment: str) -> Iterator[str]:
    """The app over `warehouse`, as a user starts it; gives its address. flags: of Streamlit."""
    port = port or free_port()
    command = [sys.executable, "-m", "streamlit", "run", "dashboard/server.py", f"--server.port={port}", *flags]
    environment = os.environ | {"OPS_WAREHOUSE": str(warehouse)} | environment
    app = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        url = f"http://127.0.0.1:{port}"
        _wait(f"{url}/_stcore/health", app)
        yield url
    finally:
        app.terminate()
        app.wait(timeout=20)


def _wait(url: str, app: subprocess.Popen) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if app.poll() is not None:
            raise RuntimeError(f"the app ended at start with code {app.returncode}")
        try:
            urllib.request.urlopen(url, timeout=2).read()
            return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    raise RuntimeError("the app did not answer within 60 s")


def settle(page) -> None:
    """Wait until the run of the page has ended and its charts stand."""
    page.wait_for_selector(".pp-trust, .pp-empty", timeout=30_000)
    ended = page.locator('[data-testid=stApp][data-test-script-state="notRunning"]')
    ended.wait_for(timeout=30_000)  # a locator needs no script, which a policy may forbid
    page.wait_for_timeout(800)
    ended.wait_for(timeout=30_000)
    page.get_by_test_id("stSkeleton").first.wait_for(state="detached", timeout=30_000)
    page.locator(".pp-chart:not(:has(.main-svg))").first.wait_for(state="detached", timeout=30_000)
