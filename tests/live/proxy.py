"""A proxy on loopback in front of a real Odoo that does what networks, proxies and servers do on a bad day.

    with Proxy(odoo["ODOO_URL"]) as proxy:
        proxy.faults.append(Fault("reset", "mail.message", nth=2))
        ...  # a refresh with ODOO_URL = proxy.url
        assert proxy.faults[0].done == 1

Faults apply to the nth request for a model (over either transport) and as many after it as `times` says.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

ALWAYS = 10**9


class QuietServer(ThreadingHTTPServer):
    """An Odoo whose workers are killed breaks connections: the client is told by that, and the terminal need not be."""

    def handle_error(self, request, client_address) -> None:
        pass


@dataclass(frozen=True)
class Call:
    """One request as Odoo is asked: model, method, arguments by name; model "" where no model is asked."""

    transport: str
    model: str = ""
    method: str = ""
    arguments: dict[str, Any] = field(default_factory=dict)

    @property
    def asked_rows(self) -> int:
        """How many ids the request names."""
        domain = self.arguments.get("domain") or []
        in_domain = [len(term[2]) for term in domain if isinstance(term, list) and term[:2] == ["id", "in"]]
        return max([len(self.arguments.get("ids") or []), *in_domain])


@dataclass
class Fault:
    """What goes wrong (a name in FAULTS), and when. `more_than`: only when more rows than that are asked for."""

    kind: str
    model: str
    method: str = "search_read"
    nth: int = 1
    times: int = 1
    more_than: int = -1
    hook: Callable[[], None] | None = None  # done just before the fault
    seen: int = 0
    done: int = 0

    def strikes(self, call: Call) -> bool:
        if (call.model, call.method) != (self.model, self.method) or call.asked_rows <= self.more_than:
            return False
        self.seen += 1
        if self.seen < self.nth or self.done >= self.times:
            return False
        self.done += 1
        return True


class Proxy:
    """Listens on a free port of loopback until the end of the `with`."""

    def __init__(self, upstream: str):
        self.upstream = urlsplit(upstream)
        self.faults: list[Fault] = []
        self.counts: Counter[tuple[str, str]] = Counter()
        self.rows: list[tuple[str, int]] = []  # model and rows asked for, request by request
        self.clock_ahead = timedelta()
        self.lock = threading.Lock()
        self.closing = threading.Event()
        self.server = QuietServer(("127.0.0.1", 0), type("Handler", (Handler,), {"proxy": self}))
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def __enter__(self) -> Proxy:
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *error) -> None:
        self.closing.set()
        self.server.shutdown()
        self.server.server_close()

    def fault(self, call: Call) -> Fault | None:
        """Counts a request, and gives the fault it meets."""
        with self.lock:
            self.counts[call.model, call.method] += 1
            if call.asked_rows:
                self.rows.append((call.model, call.asked_rows))
            return next((fault for fault in self.faults if fault.strikes(call)), None)


class Handler(BaseHTTPRequestHandler):
    proxy: Proxy

    def do_GET(self) -> None:
        self.answer(b"")

    def do_POST(self) -> None:
        self.answer(self.rfile.read(int(self.headers.get("Content-Length", 0))))

    def answer(self, body: bytes) -> None:
        call = understood(self.path, body)
        fault = self.proxy.fault(call)
        if fault is None:
            self.send(*self.ask(body))
            return
        if fault.hook:
            fault.hook()
        FAULTS[fault.kind](self, call, body)

    def ask(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
        """Odoo's own answer."""
        upstream = http.client.HTTPConnection(self.proxy.upstream.hostname, self.proxy.upstream.port, timeout=60)
        try:
            headers = {key: value for key, value in self.headers.items() if key.lower() != "connection"}
            upstream.request(self.command, self.path, body or None, headers)
            answer = upstream.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        finally:
            upstream.close()

    def send(self, status: int, headers: dict[str, str], body: bytes, length: int | None = None) -> None:
        """An answer; with `length`, one that promises that many bytes."""
        self.send_response_only(status)
        for key, value in headers.items():
            if key.lower() not in ("connection", "content-length", "transfer-encoding", "date"):
                self.send_header(key, value)
        self.send_header("Date", format_datetime(datetime.now(UTC) + self.proxy.clock_ahead, usegmt=True))
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = True

    def hang_up(self, reset: bool) -> None:
        """Closes the connection, with a reset or in order."""
        self.wfile.flush()
        if reset:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        else:
            with contextlib.suppress(OSError):
                self.connection.shutdown(socket.SHUT_RDWR)
        self.rfile.close()  # the socket closes with the last file made from it
        self.connection.close()
        self.close_connection = True

    def finish(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            super().finish()

    def log_message(self, *arguments) -> None:
        pass


def understood(path: str, body: bytes) -> Call:
    """Which model and method a request asks for, whichever the transport."""
    parts = path.strip("/").split("/")
    if parts[:2] == ["json", "2"] and len(parts) == 4:
        return Call("json-2", parts[2], parts[3], json.loads(body))
    if parts == ["jsonrpc"]:
        params = json.loads(body)["params"]
        if params["service"] == "object":
            model, method, *arguments = params["args"][3:]
            positional, named = (*arguments, {}) if len(arguments) == 1 else arguments or ([], {})
            first = "domain" if method.startswith("search") else "ids"
            return Call("json-rpc", model, method, named | ({first: positional[0]} if positional else {}))
        return Call("json-rpc", "", params["method"])
    return Call("", "", path)


# ---------------------------------------------------------------- the faults


def reset(handler: Handler, call: Call, body: bytes) -> None:
    handler.hang_up(reset=True)


def reset_in_answer(handler: Handler, call: Call, body: bytes) -> None:
    status, headers, text = handler.ask(body)
    handler.send(status, headers, text[: len(text) // 2], length=len(text))
    handler.hang_up(reset=True)


def silent_close(handler: Handler, call: Call, body: bytes) -> None:
    """What a client sees when Odoo's worker is killed at limit_time_real."""
    handler.hang_up(reset=False)


def worker_killed(handler: Handler, call: Call, body: bytes) -> None:
    """The fault's hook killed the workers while they were at it: nothing comes, and nothing is sent on."""
    try:
        handler.send(*handler.ask(body))
    except (OSError, http.client.HTTPException):
        handler.hang_up(reset=False)


def page(status: int, text: str) -> Callable[[Handler, Call, bytes], None]:
    def send(handler: Handler, call: Call, body: bytes) -> None:
        handler.send(status, {"Content-Type": "text/html"}, text.encode())

    return send


def hang(handler: Handler, call: Call, body: bytes) -> None:
    """No answer until the client has given up (or the test has ended)."""
    handler.connection.settimeout(0.1)
    while not handler.proxy.closing.is_set():
        try:
            if handler.connection.recv(1) == b"":
                break
        except TimeoutError:
            continue
        except OSError:
            break
    handler.close_connection = True


def cut_json(handler: Handler, call: Call, body: bytes) -> None:
    """Half an answer by its promised length: the connection closes in the middle."""
    status, headers, text = handler.ask(body)
    handler.send(status, headers, text[: len(text) // 2], length=len(text))


def half_json(handler: Handler, call: Call, body: bytes) -> None:
    """Half an answer that says it is whole."""
    status, headers, text = handler.ask(body)
    handler.send(status, headers, text[: len(text) // 2])


def json_answer(handler: Handler, call: Call, result: Any) -> None:
    wrapped = {"jsonrpc": "2.0", "id": 1, "result": result} if call.transport == "json-rpc" else result
    handler.send(200, {"Content-Type": "application/json"}, json.dumps(wrapped).encode())


def other_json(handler: Handler, call: Call, body: bytes) -> None:
    handler.send(200, {"Content-Type": "application/json"}, b'{"status": "ok"}')


def other_list(handler: Handler, call: Call, body: bytes) -> None:
    handler.send(200, {"Content-Type": "application/json"}, b'["ok"]')


def no_rows(handler: Handler, call: Call, body: bytes) -> None:
    """Valid and well-formed, and every row is left out."""
    json_answer(handler, call, [])


def some_rows(handler: Handler, call: Call, body: bytes) -> None:
    """The last row is left out."""
    _, _, text = handler.ask(body)
    answer = json.loads(text)
    json_answer(handler, call, (answer["result"] if call.transport == "json-rpc" else answer)[:-1])


def refused_key(handler: Handler, call: Call, body: bytes) -> None:
    """As Odoo answers once a key has expired or was revoked."""
    if call.transport == "json-rpc":
        error = {"name": "odoo.exceptions.AccessDenied", "message": "Access Denied", "debug": "", "arguments": []}
        answer = {"jsonrpc": "2.0", "id": 1, "error": {"code": 200, "message": "Odoo Server Error", "data": error}}
        handler.send(200, {"Content-Type": "application/json"}, json.dumps(answer).encode())
    else:
        answer = {"name": "werkzeug.exceptions.Unauthorized", "message": "Invalid apikey", "arguments": [], "debug": ""}
        handler.send(401, {"Content-Type": "application/json"}, json.dumps(answer).encode())


def slow_504(handler: Handler, call: Call, body: bytes) -> None:
    time.sleep(0.05)
    page(504, NGINX.format("504 Gateway Time-out"))(handler, call, body)


def memory(handler: Handler, call: Call, body: bytes) -> None:
    """Odoo's worker ran into limit_memory_hard."""
    error = {"name": "builtins.MemoryError", "message": "", "debug": "", "arguments": []}
    if call.transport == "json-rpc":
        answer = {"jsonrpc": "2.0", "id": 1, "error": {"code": 200, "message": "Odoo Server Error", "data": error}}
        handler.send(200, {"Content-Type": "application/json"}, json.dumps(answer).encode())
    else:
        handler.send(500, {"Content-Type": "application/json"}, json.dumps(error).encode())


NGINX = "<html><head><title>{0}</title></head><body><center><h1>{0}</h1></center></body></html>"
FAULTS: dict[str, Callable[[Handler, Call, bytes], None]] = {
    "reset": reset,
    "reset in the answer": reset_in_answer,
    "silent close": silent_close,
    "worker killed": worker_killed,
    "502": page(502, NGINX.format("502 Bad Gateway")),
    "503": page(503, NGINX.format("503 Service Unavailable")),
    "504": slow_504,
    "429": page(429, NGINX.format("429 Too Many Requests")),
    "hang": hang,
    "cut JSON": cut_json,
    "half JSON": half_json,
    "HTML": page(200, "<html><body>Please sign in to the guest network.</body></html>"),
    "other JSON": other_json,
    "other list": other_list,
    "no rows": no_rows,
    "some rows": some_rows,
    "refused key": refused_key,
    "out of memory": memory,
}
