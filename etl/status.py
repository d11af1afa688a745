"""What the warehouse folder holds, read from the published file alone."""

from __future__ import annotations

from pathlib import Path

from etl import load
from queries import readiness
from queries import warehouse as published


def read(warehouse: Path) -> dict:
    """Version, age in seconds, runs, sources and failed checks of what is published, and one sentence about it."""
    opened = published.open(warehouse=warehouse)
    ready = readiness.of(warehouse)
    sources = published.read(opened, "source_health").to_pylist()
    checks = [check for check in published.read(opened, "check_result").to_pylist() if check["failed_count"]]
    absent = [source["model"] for source in sources if source["status"] == "absent"]
    refused = [source["model"] for source in sources if source["status"] == "no right"]
    problems = dict.fromkeys(source["problem"] for source in sources if source["problem"])
    sentence = ready.sentence
    if opened.newer:
        sentence += f" Integrations are as of {max(opened.newer.values()):%Y-%m-%d %H:%M:%S} UTC."
    sentence += f" Not installed: {', '.join(absent)}." if absent else ""
    sentence += "".join(f" Not read: {problem}" for problem in problems)
    sentence += f" Not readable by the user: {', '.join(refused)}." if refused else ""
    if checks:
        titles = ", ".join(check["title"] for check in checks)
        sentence += f" {len(checks)} {'check' if len(checks) == 1 else 'checks'} found rows: {titles}."
    counted = published.read(opened, "reconciliation").to_pylist()
    sentence += f" {reconciled(counted)}" if counted else ""
    last = load.last_run(warehouse)
    if last and last["status"] == "running":
        sentence += " A refresh is at work."
    elif last and last["status"] == "failed":
        sentence += f" The last refresh ({last['started_at']:%Y-%m-%d %H:%M} UTC) failed: {last['message']}"
    return {
        "last_run": last,
        "version": opened.version,
        "as_of": opened.as_of,
        "age_seconds": ready.age_seconds(),
        "is_stale": ready.is_stale,
        "sentence": sentence,
        "sources": sources,
        "checks": checks,
        "reconciliation": counted,
        "runs": published.read(opened, "run_log").to_pylist(),
    }


def reconciled(counted: list[dict]) -> str:
    """One sentence about the list reconciliation: how the rows compare with what Odoo counted."""
    every = {(row["instance"], row["source"]) for row in counted}
    apart = {(row["instance"], row["source"]) for row in counted if row["difference"]}
    gaps = sorted({row["source"] for row in counted if not row["is_explained"]})
    if gaps:
        return f"Rows differ from Odoo's count in {', '.join(gaps)}: run `.venv/bin/python -m etl refresh --full`."
    sentence = f"The rows of all {len(every)} counted sources equal Odoo's count"
    return sentence + (f", what came or went meanwhile in {len(apart)} of them apart." if apart else ".")
