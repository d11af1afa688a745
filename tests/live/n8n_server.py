#!/usr/bin/env python3
"""A real n8n on loopback for the live tests: ``up | down | kill | start | status | env``.

Needs only the standard library and a Node.js of 20.19 to 24. ``up`` makes everything from nothing (n8n from npm, a
fresh database, its owner, an API key, the workflows of n8n_workflows.py) and keeps the installed program in a cache
folder, so that the next ``up`` takes half a minute. The first one takes five to eight minutes, a compiler, and 2.3 GB.
``kill`` ends it as a power cut would, ``start`` goes on with the same database.
"""

import argparse
import contextlib
import fcntl
import http.cookiejar
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import n8n_workflows
from server import CACHE, ServerError, built, check_disk, digest, port, run, say, write_private

VERSION = "2.8.4"
RECIPE = "1"  # raise it to make every cached installation stale
PACKAGE = {
    "name": "n8n-host",
    "private": True,
    "dependencies": {"n8n": VERSION},
    # n8n names an archive that is not on npm
    "overrides": {"xlsx": "0.18.5"},
}
NODE = ((20, 19), (24, 99))
SQLITE = "node_modules/sqlite3/build/Release/node_sqlite3.node"
OWNER = {"email": "ci@example.com", "firstName": "CI", "lastName": "Bot", "password": "CiPassw0rd!"}
OFF = (
    *("N8N_DIAGNOSTICS_ENABLED", "N8N_VERSION_NOTIFICATIONS_ENABLED", "N8N_TEMPLATES_ENABLED"),
    *("N8N_PERSONALIZATION_ENABLED", "N8N_HIRING_BANNER_ENABLED", "N8N_COMMUNITY_PACKAGES_ENABLED"),
    "N8N_SECURE_COOKIE",
)
EMPTY = ("N8N_DIAGNOSTICS_CONFIG_FRONTEND", "N8N_DIAGNOSTICS_CONFIG_BACKEND", "EXTERNAL_FRONTEND_HOOKS_URLS")


class N8n:
    """One n8n: its program in the cache, its database and log in the run folder."""

    def __init__(self):
        self.port = port("PLANT_PULSE_N8N_PORT", 5678)
        self.url = f"http://127.0.0.1:{self.port}"
        self.app = CACHE / f"n8n-{digest(RECIPE, json.dumps(PACKAGE))}"
        self.folder = CACHE / "run-n8n"

    @contextlib.contextmanager
    def locked(self):
        """One command at a time."""
        CACHE.mkdir(parents=True, exist_ok=True)
        with open(CACHE / "lock-n8n", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    # ------------------------------------------------------------ the program

    @property
    def is_cached(self):
        """Whether it is installed, so that ``up`` takes seconds."""
        return (self.app / SQLITE).exists()

    def ensure_app(self):
        """n8n from npm, without the packages' own scripts, and its sqlite3 compiled."""
        node = shutil.which("node")
        if not node or not shutil.which("npm"):
            raise ServerError("n8n runs on Node.js, and node or npm is not there: install nodejs and npm.")
        version = subprocess.run([node, "--version"], capture_output=True, text=True).stdout.strip()
        numbers = tuple(int(part) for part in re.findall(r"\d+", version)[:2])
        if not NODE[0] <= numbers <= NODE[1]:
            raise ServerError(f"n8n {VERSION} runs on Node.js 20.19 to 24, and this is {version}: install another.")
        if self.is_cached:
            return
        check_disk()
        with built(self.app) as part:
            (part / "package.json").write_text(json.dumps(PACKAGE, indent=1))
            say(f"installing n8n {VERSION} from npm (five minutes, 2.3 GB)")
            quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
            run(["npm", "install", *quiet], "Installing n8n failed", "check the network, then run up again", cwd=part)
            self.ensure_sqlite(part)

    def ensure_sqlite(self, part):
        """The compiled sqlite3, from the cache where it is there: it serves every Node.js that n8n runs on."""
        kept, place = CACHE / f"sqlite3-{os.uname().machine}.node", part / SQLITE
        if not kept.exists():
            say("compiling sqlite3 (a minute or two)")
            headers = {"npm_config_nodedir": "/usr"} if Path("/usr/include/node/node.h").exists() else {}
            npm = Path(shutil.which("npm")).resolve()
            gyp = npm.parents[1] / "node_modules/node-gyp/bin/node-gyp.js"
            command = ["node", gyp] if gyp.exists() else ["npx", "--no-install", "node-gyp"]
            run(
                [*command, "rebuild"],
                "Compiling sqlite3 failed",
                "install gcc, g++, make, python3 and Node's headers (libnode-dev)",
                log=CACHE / "sqlite3.log",
                cwd=part / "node_modules/sqlite3",
                env=os.environ | headers,
            )
            shutil.copy(place, kept)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(kept, place)

    # ------------------------------------------------------------ the process

    def environment(self, **more):
        """Everything it needs, nothing of the user's own n8n, and no way out."""
        keep = {
            name: value for name, value in os.environ.items() if not name.startswith(("N8N_", "DB_", "EXECUTIONS_"))
        }
        given = dict.fromkeys(OFF, "false") | dict.fromkeys(EMPTY, "")
        return keep | given | {
            "N8N_USER_FOLDER": str(self.folder),
            "N8N_LISTEN_ADDRESS": "127.0.0.1",
            "N8N_HOST": "127.0.0.1",
            "N8N_PORT": str(self.port),
            "N8N_PROTOCOL": "http",
            "WEBHOOK_URL": f"{self.url}/",
            "N8N_ENCRYPTION_KEY": "only-for-the-tests",
            "N8N_RUNNERS_BROKER_PORT": str(self.port + 1),
            "GENERIC_TIMEZONE": "UTC",
            "TZ": "UTC",
            "NODE_ENV": "production",
            "N8N_METRICS": "true",
            "N8N_METRICS_INCLUDE_MESSAGE_EVENT_BUS_METRICS": "true",
        } | more  # fmt: skip

    def pid(self):
        """The pid of our running n8n, or None."""
        try:
            pid = int((self.folder / "pid").read_text())
            environment = Path(f"/proc/{pid}/environ").read_bytes().decode(errors="replace").split("\0")
        except (OSError, ValueError):
            return None
        return pid if f"N8N_USER_FOLDER={self.folder}" in environment else None

    def answers(self):
        for path in ("/healthz/readiness", "/rest/settings"):
            try:
                with urllib.request.urlopen(self.url + path, timeout=10):
                    pass
            except OSError:
                return False
        return True

    def start(self, **settings):
        """Starts it with the database that is there, and waits until it answers; `settings` are variables of n8n's."""
        if self.pid():
            return
        say(f"starting n8n at {self.url}")
        with open(self.folder / "n8n.log", "a") as log:
            process = subprocess.Popen(
                ["node", str(self.app / "node_modules/n8n/bin/n8n"), "start"],
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                env=self.environment(**settings),
                cwd=self.folder,
                start_new_session=True,
            )
        (self.folder / "pid").write_text(str(process.pid))
        deadline = time.monotonic() + 180
        while time.monotonic() < deadline:
            if process.poll() is not None:
                raise ServerError(f"n8n ended at once: read {self.folder / 'n8n.log'} (is port {self.port} in use?).")
            if self.answers():
                return
            time.sleep(0.3)
        raise ServerError(f"n8n did not answer within three minutes: read {self.folder / 'n8n.log'}.")

    def stop(self, how=signal.SIGTERM):
        """Ends it and its child processes; SIGKILL is a power cut."""
        pid = self.pid()
        if not pid:
            return
        if how == signal.SIGTERM:
            os.kill(pid, how)
            for _ in range(150):
                if not _lives(pid):
                    break
                time.sleep(0.1)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)
        while _lives(pid):
            time.sleep(0.05)
        (self.folder / "pid").unlink(missing_ok=True)

    # ------------------------------------------------------------ up

    def up(self):
        """A running n8n with the test's workflows; one that runs already is left as it is."""
        with self.locked():
            if self.pid() and self.answers():
                return
            self.stop()
            self.ensure_app()
            shutil.rmtree(self.folder, ignore_errors=True)
            self.folder.mkdir(parents=True)
            self.import_workflows()
            self.start()
            self.set_up()

    def import_workflows(self):
        """Writes the workflows into a new database; it must not run meanwhile."""
        say("making the database and the workflows")
        source = self.folder / "workflows"
        source.mkdir()
        for workflow in n8n_workflows.every():
            (source / f"{workflow['id']}.json").write_text(json.dumps(workflow))
        run(
            ["node", self.app / "node_modules/n8n/bin/n8n", "import:workflow", "--separate", f"--input={source}"],
            "Importing the workflows failed",
            "read the log",
            log=self.folder / "import.log",
            env=self.environment(),
            cwd=self.folder,
        )

    def set_up(self):
        """Its owner, an API key, tags, and all workflows active."""
        say("making its owner, an API key and the tags")
        ask = _Session(self.url)
        ask("POST", "/rest/owner/setup", OWNER)
        scopes = ask("GET", "/rest/api-keys/scopes")["data"]
        key = ask("POST", "/rest/api-keys", {"label": "etl", "expiresAt": None, "scopes": scopes})["data"]["rawApiKey"]
        write_private(self.folder / "secrets.json", {"N8N_API_KEY": key})
        tags = {}
        for workflow in n8n_workflows.every():
            if named := n8n_workflows.TAGS.get(workflow["id"]):
                for name in set(named) - tags.keys():
                    tags[name] = self.api("POST", "/tags", {"name": name})["id"]
                self.api("PUT", f"/workflows/{workflow['id']}/tags", [{"id": tags[name]} for name in named])
            self.api("POST", f"/workflows/{workflow['id']}/activate", {})

    @property
    def key(self):
        return json.loads((self.folder / "secrets.json").read_text())["N8N_API_KEY"]

    def api(self, method, path, body=None):
        """A question to the public API."""
        return _ask(method, f"{self.url}/api/v1{path}", body, {"X-N8N-API-KEY": self.key})


class _Session:
    """Questions with the cookie of whoever signed in."""

    def __init__(self, url):
        self.url = url
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))

    def __call__(self, method, path, body=None):
        return _ask(method, self.url + path, body, {}, self.opener.open)


def _ask(method, url, body, headers, opening=urllib.request.urlopen):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, headers | {"Content-Type": "application/json"}, method=method)
    try:
        with opening(request, timeout=60) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        raise ServerError(f"n8n refused {method} {url} ({error.code}): {error.read()[:300]!r}.") from error


def _lives(pid):
    """Whether a process still runs; one that ended and was not waited for does not."""
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("command", choices=("up", "down", "kill", "start", "status", "env"))
    parser.add_argument("setting", nargs="*", help="with start: variables of n8n's, NAME=VALUE")
    arguments, server = parser.parse_args(), N8n()
    command = arguments.command
    try:
        if command == "up":
            server.up()
            say(f"n8n {VERSION} is at {server.url}")
        elif command in ("down", "kill"):
            server.stop(signal.SIGKILL if command == "kill" else signal.SIGTERM)
        elif command == "start":
            server.start(**dict(setting.split("=", 1) for setting in arguments.setting))
        elif command == "env":
            print(f"export N8N_URL={server.url}\nexport N8N_API_KEY={server.key}")
        else:
            print("running" if server.pid() else "installed" if server.is_cached else "not installed")
    except ServerError as error:
        print(f"Failed: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
