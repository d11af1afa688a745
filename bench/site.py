"""The dashboard as it is served to many: two processes behind nginx, by the configuration that ships (deploy/)."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import MappingProxyType

ROOT = Path(__file__).resolve().parents[1]
PROCESSES = 2


@contextmanager
def site(warehouse: Path) -> Iterator[str]:
    """Gives the address of nginx in front of two processes of the dashboard over `warehouse`."""
    if not nginx():
        raise SystemExit("nginx is not installed: install Debian's package nginx-light, or nginx from elsewhere.")
    first, *ports = free_ports(1 + PROCESSES)
    with ExitStack() as stack:
        for port in ports:
            stack.enter_context(dashboard(warehouse, port))
        stack.enter_context(proxy("nginx.conf", {"8501": first, "8511": ports[0], "8512": ports[1]}))
        url = f"http://127.0.0.1:{first}"
        answering(f"{url}/_stcore/health")
        yield url


@contextmanager
def proxy(name: str, ports: Mapping[str, int], texts: Mapping[str, str] = MappingProxyType({})) -> Iterator[None]:
    """nginx by one of the configurations in deploy/, with free ports in place of those that ship, and other texts
    replaced."""
    with tempfile.TemporaryDirectory(prefix="bench-nginx-") as temporary:
        folder = Path(temporary)
        shutil.copytree(ROOT / "deploy/nginx", folder / "nginx")
        shutil.copy(ROOT / "deploy" / name, folder)
        for path in (folder / name, *(folder / "nginx").iterdir()):
            text = path.read_text(encoding="utf-8")
            for shipped, free in ports.items():
                text = re.sub(rf"\b{shipped}\b", str(free), text)
            for shipped, other in texts.items():
                text = text.replace(shipped, other)
            path.write_text(text, encoding="utf-8")
        with running([nginx(), "-p", f"{folder}/", "-c", str(folder / name)]):
            yield


def nginx() -> str | None:
    """Where this machine's nginx is, or None."""
    return shutil.which("nginx") or shutil.which("/usr/sbin/nginx")


@contextmanager
def dashboard(
    warehouse: Path,
    port: int,
    script: str = "dashboard/server.py",
    settings: Mapping[str, str] = MappingProxyType({}),
    path: str = "",
) -> Iterator[str]:
    """One process of the dashboard, or of another Streamlit page, without a proxy; gives its address. `settings` are
    further environment variables, `path` is where it is served by them."""
    command = [sys.executable, "-m", "streamlit", "run", script, f"--server.port={port}"]
    with running(command, os.environ | {"OPS_WAREHOUSE": str(warehouse)} | settings):
        url = f"http://127.0.0.1:{port}{path}"
        answering(f"{url}/_stcore/health")
        yield url


@contextmanager
def running(command: Sequence[str], environment: dict | None = None) -> Iterator[None]:
    """A process, from the root of the repository, ended on the way out."""
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait(timeout=30)


def answering(url: str, seconds: float = 90) -> None:
    """Waits until the address answers; RuntimeError when it does not."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(url, timeout=5).read()
            return
        except OSError:
            time.sleep(0.3)
    raise RuntimeError(f"{url} did not answer within {seconds:g} s")


def free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


@contextmanager
def filled(warehouse: Path | None, scale: int) -> Iterator[Path]:
    """A warehouse of so many copies of the demo plants, made for the occasion unless one is given."""
    if warehouse:
        yield warehouse
        return
    with tempfile.TemporaryDirectory(prefix="bench-pages-") as folder:
        fill = [sys.executable, "-m", "etl", "demo", "--scale", str(scale)]
        subprocess.run(
            fill, cwd=ROOT, env=os.environ | {"OPS_WAREHOUSE": folder}, check=True, stdout=subprocess.DEVNULL
        )
        yield Path(folder)
