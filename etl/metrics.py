"""Figures about the warehouse for Prometheus, as a text file that its node exporter reads (textfile collector)."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from prometheus_client import CollectorRegistry, Gauge, generate_latest

from etl import landing, load, status
from queries import metrics

STATUSES = ("published", "loaded", "failed", "running")


def write(path: Path, warehouse: Path) -> None:
    """Writes the file anew, whole or not at all, and readable by all: it holds no secret, no name and no number of the
    business. OSError when it cannot be written."""
    landing.write_text_atomically(path, text(warehouse), mode=0o644)


def text(warehouse: Path) -> str:
    """What is published, each source and check of it, and how the last run ended; moments in seconds since 1970."""
    registry = CollectorRegistry()
    found = metrics.published(registry, warehouse)
    _last_run(registry, warehouse)
    if found.is_readable:
        facts = status.read(warehouse)
        _sources(registry, facts["sources"])
        _checks(registry, facts["checks"])
    return generate_latest(registry).decode()


def _last_run(registry: CollectorRegistry, warehouse: Path) -> None:
    last = load.last_run(warehouse)
    if last is None:
        return
    state = _gauge(registry, "last_run_status", "1 for how the last run stands.", "status")
    for name in STATUSES:
        state.labels(name).set(last["status"] == name)
    if last["started_at"]:
        _gauge(registry, "last_run_timestamp_seconds", "When the last run began.").set(_seconds(last["started_at"]))


def _sources(registry: CollectorRegistry, sources: list[dict]) -> None:
    rows = _gauge(registry, "source_rows", "Rows of a source.", "instance", "source")
    read = _gauge(registry, "source_read_timestamp_seconds", "When a source was read last.", "instance", "source")
    ok = _gauge(registry, "source_ok", "1 when a source was read as it should be.", "instance", "source")
    apart = _gauge(
        registry, "source_rows_apart", "Rows by which a source differs from Odoo's count.", "instance", "source"
    )
    for source in sources:
        of = (source["instance"], source["source"])
        rows.labels(*of).set(source["row_count"] or 0)
        ok.labels(*of).set(source["status"] in ("ok", "absent"))
        if source["last_read_at"]:
            read.labels(*of).set(_seconds(source["last_read_at"]))
        if source["odoo_count"] is not None:
            apart.labels(*of).set(0 if source["is_explained"] else source["rows_apart"])


def _checks(registry: CollectorRegistry, checks: list[dict]) -> None:
    found = _gauge(registry, "check_found_rows", "Rows that a check of the data found.", "check", "severity")
    for check in checks:
        found.labels(check["name"], check["severity"]).set(check["failed_count"])


def _gauge(registry: CollectorRegistry, name: str, said: str, *labels: str) -> Gauge:
    return Gauge(f"plant_pulse_{name}", said, labels, registry=registry)


def _seconds(moment: datetime) -> float:
    return moment.replace(tzinfo=UTC).timestamp()
