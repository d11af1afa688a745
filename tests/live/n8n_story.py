"""What happens to a real n8n in the tests, and the truth about it.

The parts, each of which ends with n8n being read:

    begun     every workflow is called; some runs go on
    cut       n8n is killed in mid-run and started again, failed runs are repeated
    cleared   n8n clears runs away that nobody has read
    given_up  two hours later, by the reader's clock
"""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx

from tests.etl.n8n_expected import MARKER

SERVER = Path(__file__).parent / "n8n_server.py"
KEPT = 5  # runs that n8n keeps when it clears away
UNREAD = 12  # runs that come and go unread


def server(*command: str) -> str:
    """Runs the server script."""
    done = subprocess.run([sys.executable, str(SERVER), *command], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


class Upstream:
    """What workflows ask: `/flaky` answers twice 503 and then 200, `/down` never, `/switch` when it is on."""

    def __init__(self, port: int):
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def do_GET(self):
                self.send_response(outer.status(self.path))
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(b'{"ok": true}')

        self.flaky, self.is_on = 0, False
        self.server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def status(self, path: str) -> int:
        if path == "/flaky":
            self.flaky += 1
            return 200 if self.flaky % 3 == 0 else 503
        return 200 if path == "/switch" and self.is_on else 503

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


class Story:
    """Plays the parts one after the other, and keeps what was done: per workflow, the moments it was called."""

    def __init__(self, url: str, key: str, upstream: Upstream):
        self.url, self.upstream = url, upstream
        self.api = httpx.Client(base_url=f"{url}/api/v1", headers={"X-N8N-API-KEY": key}, timeout=60)
        self.calls: dict[str, list[dict]] = {}
        self.counts: dict[str, dict[str, int]] = {}

    def call(self, path: str, times: int = 1) -> None:
        for _ in range(times):
            number = sum(len(calls) for calls in self.calls.values()) + 1
            body = {"correlation_id": f"story-{number}", "odoo_model": "stock.picking", "odoo_id": 100 + number}
            answer = httpx.post(f"{self.url}/webhook/{path}", json=body | {"address": MARKER}, timeout=60)
            assert answer.status_code == 200, answer.text
            at = datetime.now(UTC).replace(tzinfo=None).isoformat(sep=" ")
            self.calls.setdefault(path, []).append({"at": at, **body})
            time.sleep(0.3)  # so that their order is that of their numbers

    def runs(self, workflow: str) -> list[dict]:
        """The runs of a workflow that n8n lists, the oldest first."""
        return self.api.get("/executions", params={"workflowId": workflow}).raise_for_status().json()["data"][::-1]

    def listed(self) -> list[dict]:
        """The newest runs that n8n lists."""
        return self.api.get("/executions").raise_for_status().json()["data"]

    def begun(self) -> None:
        self.call("wait")
        self.call("long")
        for path, times in (("order-ok", 3), ("stock-fail", 2), ("retry", 1), ("retry-fail", 1), ("stop", 1)):
            self.call(path, times)
        for path, times in (("swallow", 1), ("ignore", 1), ("no-save", 2), ("parent", 1), ("repair", 2)):
            self.call(path, times)
        self.call("timeout")
        self.call("order-ok")
        until(lambda: [run["status"] for run in self.runs("wfTimeout0000001")] == ["canceled"])
        until(lambda: len(self.runs("wfRetryFail00001")) == 1 and len(self.runs("wfRetry000000001")) == 1)
        self.call("cut")

    def cut(self) -> None:
        time.sleep(1)
        server("kill")
        server("start")
        repaired, left = (run["id"] for run in self.runs("wfRepair00000001"))
        self.upstream.is_on = True
        self._repeat(repaired)
        self.upstream.is_on = False
        self._repeat(left)
        until(lambda: [run["status"] for run in self.runs("wfWait0000000001")] == ["success"], seconds=120)

    def _repeat(self, id: str) -> None:
        self.api.post(f"/executions/{id}/retry", json={}).raise_for_status()
        until(lambda: any(str(run["retryOf"]) == id for run in self.runs("wfRepair00000001")))

    def cleared(self) -> None:
        server("down")
        server("start", f"EXECUTIONS_DATA_PRUNE_MAX_COUNT={KEPT}", "EXECUTIONS_DATA_PRUNE_SOFT_DELETE_INTERVAL=0.05")
        self.call("order-ok", UNREAD)
        until(lambda: KEPT <= len(self.runs("wfOrderOk0000001")) < UNREAD)

    def truth(self) -> dict:
        """What was done: the calls of each webhook, how many there had been after each part."""
        return {"calls": self.calls, "counts": self.counts, "unread": UNREAD}


def until(is_so, seconds: float = 60) -> None:
    """Waits until something is so."""
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.3)
