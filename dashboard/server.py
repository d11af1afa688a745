"""The dashboard as it is served: the app, and beside it what a monitor asks.

`/-/ready` tells whether a published version can be read and is not stale (`?stale=ok`: whether it can be read),
`/-/metrics` the same and how long pages take, for Prometheus. Neither holds a number of the business.

Start it from the repository's root, which `-m` puts on the path: python -m streamlit run dashboard/server.py
"""

from __future__ import annotations

import streamlit as st
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from queries import metrics, readiness, warehouse


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


def routes() -> list[Route]:
    """Below the path that the app is served under."""
    prefix = st.get_option("server.baseUrlPath").strip("/")
    at = f"/{prefix}" if prefix else ""
    return [Route(f"{at}/-/ready", ready), Route(f"{at}/-/metrics", figures)]


app = st.App("app.py", routes=routes())
