"""The dashboard as it is served: the app, which loads our scripts first, and beside it what a monitor asks.

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

HERE = Path(__file__).parent
SCRIPTS = tuple(HERE / name for name in ("frame.js", "chart.js", "picture.js"))
STYLE = HERE / "style.css"
LOGO, ICON = HERE / "images/logo.svg", HERE / "images/icon.png"
PLOTLY = HERE / "plotly/plotly-cartesian.min.js"  # as npm has it: the part of Plotly that charts need
OURS = {file.name: file for file in (*SCRIPTS, STYLE, LOGO, ICON, PLOTLY)}
SOON = ("Html", "purify.es")  # parts of Streamlit that every page shows
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
def _frame(page: str) -> str:
    """Streamlit's own page with our scripts before its own and our style after it; changed ones have another address.
    What the page shows is loaded while the connection is made, not after its first words."""
    built = Path(get_static_dir())
    soon = [file.name for part in SOON for file in built.glob(f"static/js/{part}.*.js")]
    links = [f'<link rel="modulepreload" crossorigin href="./static/js/{name}">' for name in soon]
    links += [f'<script defer src="{_address(file)}" data-plotly="{_address(PLOTLY)}"></script>' for file in SCRIPTS]
    own = (built / "index.html").read_text(encoding="utf-8")
    own = own.replace("./favicon.png", _address(ICON)).replace("<script", "\n    ".join([*links, "<script"]), 1)
    last = [f'<link rel="stylesheet" href="{_address(STYLE)}">']
    if navigation.has_charts(page):
        last.append(f'<script defer src="{_address(PLOTLY)}"></script>')
    return own.replace("</body>", "\n    ".join(["", *last, "</body>"]), 1)


@cache
def _address(file: Path) -> str:
    return f"./-/{file.name}?{hashlib.sha256(file.read_bytes()).hexdigest()[:12]}"


def frame(request: Request) -> HTMLResponse:
    """What every page of the app begins with."""
    return HTMLResponse(_frame(Path(request.url.path).name), headers=FRESH)


def of_frame(request: Request) -> FileResponse:
    """What it loads of ours."""
    return FileResponse(OURS[Path(request.url.path).name], headers=KEPT)


def routes() -> list[Route]:
    """Below the path that the app is served under."""
    prefix = st.get_option("server.baseUrlPath").strip("/")
    at = f"/{prefix}" if prefix else ""
    asked = {"-/ready": ready, "-/metrics": figures}
    asked |= {f"-/{name}": of_frame for name in OURS}
    asked |= dict.fromkeys(("", *navigation.names()), frame)
    return [Route(f"{at}/{path}", answer) for path, answer in asked.items()]


app = st.App("app.py", routes=routes())
