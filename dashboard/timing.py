"""How long pages take and how often a part of one fails, in this process, for Prometheus (dashboard/server.py)."""

from __future__ import annotations

from prometheus_client import Counter, Histogram

SECONDS = Histogram(
    "plant_pulse_page_seconds",
    "How long a page takes from being asked for to being drawn, on the server.",
    ["page"],
    buckets=(0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10),
)
FAILURES = Counter("plant_pulse_part_failures", "Parts of pages that could not be shown.")
