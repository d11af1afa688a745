"""Runs of integrations as fct_integration_event holds them, for tests of what is made of them."""

from __future__ import annotations

from datetime import datetime, timedelta

from tests.rows import at

AS_OF = at("2026-03-02 12:00")  # a Monday


def run(number: int, created: str | datetime, status: str = "success", seconds: float = 60, **values) -> dict:
    """A run of the n8n workflow "Carrier labels" in Nord/WH: it waits for ten seconds, and takes so many."""
    created = at(created) if isinstance(created, str) else created
    started, ended = created + timedelta(seconds=10), created + timedelta(seconds=10 + seconds)
    is_open, failed = status in ("pending", "waiting", "running", "retrying"), status == "failed"
    row = {
        "source": "n8n",
        "instance": "prod",
        "odoo_instance": "test",
        "record_model": "n8n.execution",
        "record_id": number,
        "flow_key": "wf1",
        "flow_name": "Carrier labels",
        "trigger": "webhook",
        "is_kpi": True,
        "plant": "Nord/WH",
        "status": status,
        "attempts": None if status in ("pending", "waiting", "unknown") else 1,
        "has_failed": failed,
        "failed_attempts": int(failed),
        "first_failed_at": ended if failed else None,
        "failure_class": "technical" if failed else None,
        "error_code": "503" if failed else None,
        "is_dead_letter": failed,
        "dead_at": ended if failed else None,
        "created_at": created,
        "started_at": None if status in ("pending", "unknown") else started,
        "ended_at": None if is_open or status == "unknown" else ended,
        "ended_quality": "missing" if is_open or status == "unknown" else "exact",
        "first_seen_at": created,
    } | values
    place = f"@{row['plant']}" if row["plant"] else ""
    key = f"{row['source']}:{row['instance']}:{number}"
    row = {"event_key": key, "root_key": key, "interface": row["flow_name"]} | row
    return row | {"interface_key": f"{row['source']}:{row['instance']}:{row['flow_key']}{place}"}


def retry(number: int, of: int, created: str, status: str = "success", **values) -> dict:
    """A run that tries another one again."""
    first = f"n8n:prod:{of}"
    return run(number, created, status, **{"trigger": "retry", "root_key": first, "parent_key": first} | values)


def each(first: str, count: int, hours: float, number: int = 1000, **values) -> list[dict]:
    """So many runs, one every so many hours."""
    start = at(first)
    return [run(number + n, start + timedelta(hours=n * hours), **values) for n in range(count)]


def integrated(build, *events: dict, **given):
    """Marts over these runs."""
    return build(AS_OF, **given).put("fct_integration_event", list(events))
