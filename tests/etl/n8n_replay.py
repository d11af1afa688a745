"""Answers of a real n8n, recorded part by part of a story and given again on loopback.

A recording is one file for each part: the moment n8n was read (UTC), and its answers by path and query.
"""

from __future__ import annotations

import json
import re
import threading
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from etl.n8n import METRICS


class _Server:
    """An HTTP server on loopback that only lets GET requests through to `answer(path, headers)`."""

    def __init__(self):
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = 1 << 20  # an answer in one piece

            def log_message(self, *_):
                pass

            def do_GET(self):
                outer.asked.append(self.path)
                self.send(*outer.answer(self.path, dict(self.headers)))

            def refuse(self):
                outer.refused.append(f"{self.command} {self.path}")
                self.send(405, {"message": "only GET is let through"})

            do_POST = do_PUT = do_PATCH = do_DELETE = refuse

            def send(self, status: int, body):
                content = (body if self.path == METRICS and status == 200 else json.dumps(body)).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

        self.asked: list[str] = []
        self.refused: list[str] = []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, path: str, headers: dict) -> tuple[int, object]:
        raise NotImplementedError

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


class Replay(_Server):
    """Gives the answers of `part`, which may be changed, to whoever shows the key."""

    KEY = "recorded"

    def __init__(self, folder: Path):
        super().__init__()
        self.parts = {path.stem: json.loads(path.read_text()) for path in folder.glob("*.json")}
        self.part: dict = {"answers": {}}

    def begin(self, name: str) -> dict:
        """From now on it is as in this part, which is returned."""
        self.part = self.parts[name]
        return self.part

    def answer(self, path: str, headers: dict) -> tuple[int, object]:
        if headers.get("X-N8N-API-KEY", headers.get("x-n8n-api-key")) != self.KEY:
            return 401, {"message": "unauthorized"}
        return tuple(self.part["answers"].get(path, (404, {"message": "Not Found"})))


class Recorder(_Server):
    """A proxy in front of a real n8n that keeps its answers."""

    def __init__(self, url: str):
        super().__init__()
        self.to, self.answers = url, {}

    def answer(self, path: str, headers: dict) -> tuple[int, object]:
        passed = {name: value for name, value in headers.items() if name.lower() in ("x-n8n-api-key", "accept")}
        try:
            with urllib.request.urlopen(urllib.request.Request(self.to + path, headers=passed), timeout=60) as answer:
                found = (answer.status, answer.read().decode() if path == METRICS else json.load(answer))
        except urllib.error.HTTPError as error:
            found = (error.code, {} if path == METRICS else json.load(error))
        except OSError:
            return 502, {"message": "n8n is down"}
        self.answers[path] = found
        return found

    def keep(self, file: Path, now: str) -> None:
        """Writes the answers since the last time as a part."""
        kept = {path: answer for path, answer in self.answers.items() if answer[0] != 404}
        text = json.dumps({"now": now, "answers": kept}, separators=(",", ":"), sort_keys=True)
        text = re.sub(r"/[^\s\"()]*?/node_modules", "/n8n/node_modules", text)  # wherever it is installed
        file.write_text(text + "\n")
        self.answers = {}
