"""The dashboard as it is served: the app, which loads frame.js first, and beside it what a monitor asks.

`/-/ready` tells whether a published version can be read and is not stale (`?stale=ok`: whether it can be read),
`/-/metrics` the same and how long pages take, for Prometheus. Neither holds a number of the business.

Start it from the repository's root, which `-m` puts on the path: python -m streamlit run dashboard/server.py
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

import streamlit as st
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response
from starlette.routing import Route
from streamlit.file_util import get_static_dir

from dashboard import navigation
from queries import metrics, readiness, warehouse

SCRIPT = Path(__file__).with_name("frame.js")
FRESH = {"Cache-Control": "no-cache"}  # a browser asks each time whether it is still the same
KEPT = {"Cache-Control": "public, immutable, max-age=31536000"}


def ready(request: Request) -> JSONResponse:
    """200 when readers can be served, else 503; either way what is published and how old it is."""
    found = readiness.of(warehouse.folder())
    is_ready = found.is_readable if request.query_params.get("stale") == "ok" else found.is_ready
    facts = {
        "ready": is_ready,
        "version": found.version,
        "as_of": found.as_of and found.as_of.isoformat(),
        "age_seconds": found.age_seconds(),
        "is_stale": found.is_stale,
    }
    return JSONResponse(facts, 200 if is_ready else 503, {"Cache-Control": "no-store"})


def figures(request: Request) -> Response:
    """What is published, and how long pages took in this process."""
    now = CollectorRegistry()
    metrics.published(now, warehouse.folder())
    return Response(generate_latest(now) + generate_latest(REGISTRY), media_type=CONTENT_TYPE_LATEST)


@cache
def _frame() -> str:
    """Streamlit's own page, which loads our script first; another script has another address."""
    page = Path(get_static_dir(), "index.html").read_text(encoding="utf-8")
    mark = hashlib.sha256(SCRIPT.read_bytes()).hexdigest()[:12]
    return page.replace("<script", f'<script defer src="./-/frame.js?{mark}"></script>\n    <script', 1)


def frame(request: Request) -> HTMLResponse:
    """What every page of the app begins with."""
    return HTMLResponse(_frame(), headers=FRESH)


def script(request: Request) -> FileResponse:
    return FileResponse(SCRIPT, headers=KEPT)


def routes() -> list[Route]:
    """Below the path that the app is served under."""
    prefix = st.get_option("server.baseUrlPath").strip("/")
    at = f"/{prefix}" if prefix else ""
    asked = {"-/ready": ready, "-/metrics": figures, "-/frame.js": script}
    asked |= dict.fromkeys(("", *navigation.names()), frame)
    return [Route(f"{at}/{path}", answer) for path, answer in asked.items()]


app = st.App("app.py", routes=routes())
