"""An n8n beside Odoo: a workflow that has failed for a week without a word, one whose runs are not kept, one that
works."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from random import Random

from etl.demo.clock import stamp
from etl.demo.document import Block
from etl.demo.incidents import Incident
from etl.demo.plants import PLANTS
from etl.n8n import EXECUTION, WORKFLOW, count_row, key_of

_HOUR, _DAY = 3600, 86400
_MILWAUKEE, _, _, _TULSA = PLANTS
DISPATCH, RATES, NOTICES = "Send dispatch notes", "Fetch exchange rates", "Announce deliveries"
MISTYPED = "Count pallets"
CODES = {
    MISTYPED: "countPallets0001",
    DISPATCH: "dispatchNotes001",
    RATES: "exchangeRates001",
    NOTICES: "deliveryNotice01",
}
FAILING_DAYS, _BEGAN, _NOTICES_BEGAN = 7, 180, 60
_FAILS = 0.02
_REFUSED = {
    "status": "error",
    "error_name": "NodeApiError",
    "error_code": "401",
    "error_text": "Authorization failed - please check your credentials",
    "error_node": "Send",
    "error_node_type": "n8n-nodes-base.httpRequest",
}
_BUSY = _REFUSED | {"error_code": "503", "error_text": "Service unavailable - try again later"}


def plant(block: Block, found: dict[str, list[dict]]) -> list[Incident]:
    made = stamp(block.start - 30 * _DAY)
    found["n8n_workflow"] = [
        _workflow(DISPATCH, made, plant=_TULSA.code, owner="Head of logistics"),
        _workflow(RATES, made, owner="Head of finance"),
        _workflow(NOTICES, made, plant=_MILWAUKEE.code, keeps_success=False),
        _workflow(MISTYPED, made, plant="Milwaukee 2"),  # it has not run yet
    ]
    runs = sorted([*_dispatch(block), *_rates(block), *_notices(block)], key=lambda run: run["at"])
    for number, run in enumerate(runs, start=1):
        run["id"] = number
    found["n8n_execution"] = [_record(run) for run in runs]
    found["n8n_count"] = _counts(block, runs)
    given_up = [run["id"] for run in runs if run.get("error_code") == "401"]
    return [
        *(Incident("dead_letter", "n8n.execution", id, _TULSA.code) for id in given_up),
        Incident("n8n_run_not_kept", plant=_MILWAUKEE.code),
        Incident("n8n_run_missing"),
        Incident("n8n_plant_unknown"),
        Incident("n8n_count_differs"),
    ]


def _counts(block: Block, runs: list[dict]) -> list[dict]:
    """What n8n itself has counted, a week ago and now: runs that are not kept, too."""
    week = FAILING_DAYS * _DAY
    started, *readings = (datetime.fromisoformat(stamp(block.now - age)) for age in (2 * week, week, 0))
    counts = (sum(run["at"] < block.now - age for run in runs) for age in (week, 0))
    return [count_row(started, *reading) for reading in zip(readings, counts, strict=True)]


def _dispatch(block: Block) -> Iterator[dict]:
    """Four runs on each working day; a failure now and then, which somebody repeats, until the key expired."""
    for opening in block.offices[_TULSA.company.id].opens:
        for at in (opening + hour * _HOUR for hour in (1, 3, 5, 7)):
            if not block.now - _BEGAN * _DAY < at < block.now - 60:
                continue
            dice = Random(f"{block.seed}/n8n/{at}")
            if at > block.now - FAILING_DAYS * _DAY:
                yield _run(DISPATCH, at, 1, **_REFUSED)
            elif dice.random() < _FAILS:
                failed = _run(DISPATCH, at, 2, **_BUSY)
                yield failed
                yield _run(DISPATCH, at + _HOUR, 3, mode="retry", repeats=failed)
            else:
                yield _run(DISPATCH, at, dice.randint(2, 6))


def _rates(block: Block) -> Iterator[dict]:
    """One each morning."""
    first = (block.now - _BEGAN * _DAY) // _DAY * _DAY + 5 * _HOUR + 1800
    return (_run(RATES, at, 4, mode="trigger") for at in range(first, block.now - 60, _DAY))


def _notices(block: Block) -> Iterator[dict]:
    """One on each working day, of which nothing but its number is left."""
    for opening in block.offices[_MILWAUKEE.company.id].opens:
        at = opening + 2 * _HOUR
        if block.now - _NOTICES_BEGAN * _DAY < at < block.now - 2 * _HOUR:
            yield {"at": at, "missed_since_at": stamp(at + 300), "is_given_up": True}


def _run(workflow: str, at: int, took: int, **values) -> dict:
    run = {"at": at, "workflow_id": CODES[workflow], "mode": "webhook", "status": "success", "is_detailed": True}
    moments = {"created_at": stamp(at), "started_at": stamp(at), "stopped_at": stamp(at + took)}
    return run | moments | {"correlation_id": f"{CODES[workflow]}-{at}"} | values


def _record(run: dict) -> dict:
    """A run as it is landed."""
    repeated = run.get("repeats")
    told = run | ({"retry_of_id": repeated["id"], "correlation_id": repeated["correlation_id"]} if repeated else {})
    return {"id": run["id"]} | {name: told.get(name, False) for name in EXECUTION.fields}


def _workflow(name: str, made: str, **values) -> dict:
    told = {"name": name, "workflow_id": CODES[name], "active": True, "keeps_success": True, "keeps_failure": True}
    tags = ", ".join(f"{key}:{values[key]}" for key in ("owner", "plant") if key in values)
    told |= {"created_at": made, "updated_at": made, "tags": tags}
    return {"id": key_of(CODES[name])} | dict.fromkeys(WORKFLOW.fields, False) | told | values
