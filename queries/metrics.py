"""What is published, as figures for Prometheus."""

from __future__ import annotations

from datetime import UTC
from pathlib import Path

from prometheus_client import CollectorRegistry, Gauge

from queries import readiness


def published(registry: CollectorRegistry, folder: Path) -> readiness.Readiness:
    """Adds whether what is published in the warehouse folder can be read and from when it is; moments in seconds since
    1970."""
    found = readiness.of(folder)
    Gauge("plant_pulse_ready", "1 when a published version can be read and is not stale.", registry=registry).set(
        found.is_ready
    )
    if found.as_of:
        Gauge(
            "plant_pulse_data_timestamp_seconds", "The moment that the published data are from.", registry=registry
        ).set(found.as_of.replace(tzinfo=UTC).timestamp())
    return found
