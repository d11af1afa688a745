"""What the warehouse folder holds, read from the published file alone."""

from __future__ import annotations

from pathlib import Path

from etl import load
from etl.refresh import utc_now
from queries import warehouse as published

STALE_HOURS = 26


def read(warehouse: Path) -> dict:
    """Version, age in seconds, runs, sources and failed checks of what is published, and one sentence about it."""
    opened = published.open(warehouse=warehouse)
    age = (utc_now() - opened.as_of).total_seconds()
    sources = published.read(opened, "source_health").to_pylist()
    checks = [check for check in published.read(opened, "check_result").to_pylist() if check["failed_count"]]
    absent = [source["model"] for source in sources if source["status"] == "absent"]
    refused = [source["model"] for source in sources if source["status"] == "no right"]
    sentence = f"{opened.version} is published, data as of {opened.as_of:%Y-%m-%d %H:%M:%S} UTC, {age / 3600:.1f} h old"
    sentence += "." if age < STALE_HOURS * 3600 else ": stale, run `python -m etl refresh`."
    sentence += f" Not installed: {', '.join(absent)}." if absent else ""
    sentence += f" Not readable by the user: {', '.join(refused)}." if refused else ""
    if checks:
        titles = ", ".join(check["title"] for check in checks)
        sentence += f" {len(checks)} {'check' if len(checks) == 1 else 'checks'} found rows: {titles}."
    counted = published.read(opened, "reconciliation").to_pylist()
    apart = sorted({row["source"] for row in counted if row["difference"]})
    if apart:
        sentence += f" Rows differ from Odoo's count in {', '.join(apart)}."
    elif counted:
        sentence += f" The rows of all {len({row['source'] for row in counted})} sources equal Odoo's count."
    last = load.last_run(warehouse)
    if last and last["status"] == "running":
        sentence += " A refresh is at work."
    elif last and last["status"] == "failed":
        sentence += f" The last refresh ({last['started_at']:%Y-%m-%d %H:%M} UTC) failed: {last['message']}"
    return {
        "last_run": last,
        "version": opened.version,
        "as_of": opened.as_of,
        "age_seconds": age,
        "is_stale": age >= STALE_HOURS * 3600,
        "sentence": sentence,
        "sources": sources,
        "checks": checks,
        "reconciliation": counted,
        "runs": published.read(opened, "run_log").to_pylist(),
    }
