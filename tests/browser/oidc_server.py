"""A real OpenID Connect provider (npm oidc-provider, certified) on loopback, for a dashboard that asks it who reads."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

FILES = Path(__file__).parent / "oidc"
CLIENT, SECRET = "plant-pulse", "the secret of a client in a test"
COOKIE_SECRET = "0123456789abcdef0123456789abcdef"


class NoProvider(Exception):
    """The provider cannot run here; the message says why and what to do."""


@dataclass(frozen=True)
class Provider:
    url: str

    @property
    def metadata(self) -> str:
        return f"{self.url}/.well-known/openid-configuration"

    def next(self, fault: str = "", seconds: int = 3600, **claims) -> None:
        """Who enters next, how long the token holds, and what is wrong with it."""
        body = json.dumps({"claims": claims, "fault": fault, "seconds": seconds}).encode()
        urllib.request.urlopen(urllib.request.Request(f"{self.url}/next", body, method="POST"), timeout=30).read()

    def secrets(self, redirect_uri: str) -> str:
        """Streamlit's secrets for it. It is asked to let people enter anew: it knows no choice between accounts."""
        return f"""[auth]
redirect_uri = "{redirect_uri}"
cookie_secret = "{COOKIE_SECRET}"
client_id = "{CLIENT}"
client_secret = "{SECRET}"
server_metadata_url = "{self.metadata}"
client_kwargs = {{ prompt = "login" }}
"""


@contextmanager
def running(port: int, redirect_uri: str) -> Iterator[Provider]:
    """The provider on a port; NoProvider where it cannot be installed."""
    command = ["node", "provider.mjs", str(port), redirect_uri, CLIENT, SECRET]
    process = subprocess.Popen(command, cwd=installed(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        found = Provider(f"http://127.0.0.1:{port}")
        deadline = time.monotonic() + 120
        while True:
            try:
                urllib.request.urlopen(found.metadata, timeout=30).read()
                break
            except OSError as error:
                if process.poll() is not None or time.monotonic() > deadline:
                    raise NoProvider("the provider of sign-ins did not start: run it by hand to see why.") from error
                time.sleep(0.2)
        yield found
    finally:
        process.terminate()
        process.wait(timeout=60)


def installed() -> Path:
    """The folder with the program, installed once (three seconds) by what its lock file names."""
    if not (shutil.which("node") and shutil.which("npm")):
        raise NoProvider("The provider of sign-ins runs on Node.js: install nodejs and npm.")
    names = ("package.json", "package-lock.json", "provider.mjs")
    mark = hashlib.sha256(b"".join((FILES / name).read_bytes() for name in names)).hexdigest()[:12]
    cache = Path(os.environ.get("PLANT_PULSE_CACHE") or "~/.cache/plant-pulse").expanduser()
    folder = cache / f"oidc-{mark}"
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "lock-oidc").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "ready").exists():
            folder.mkdir(exist_ok=True)
            for name in names:
                shutil.copy(FILES / name, folder)
            ended = subprocess.run(
                ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=folder, capture_output=True, text=True
            )
            if ended.returncode:
                raise NoProvider(f"npm could not install oidc-provider: {ended.stderr.strip()[-300:]}")
            (folder / "ready").touch()
    return folder
