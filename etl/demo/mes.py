"""The MES of one demo plant, which reports each finished order to Odoo and logs that in a file of its inbox."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from etl.demo.basics import picking_type_id
from etl.demo.plants import MES
from queries.config import Inbox

_MENDED = 0.7  # of the failures, within the hour
_BUSY = ("timeout", "ERP did not answer within 30 s")
_REFUSED = ("422", "quantity exceeds the open quantity of the order")


def inbox(instance: str) -> Inbox:
    """Where the log lies: among the rows of the demo plants."""
    return Inbox(instance, system="MES", direction="in", plant=MES.plant.code)


def log(seed: int, orders: list[dict], now: datetime) -> list[dict]:
    """The lines of its log in their order, from the `mrp_production` records of the demo plants up to `now` (UTC)."""
    lines = []
    for order in orders:
        if order["picking_type_id"] == picking_type_id(MES.plant, "mrp_operation") and order["state"] == "done":
            lines += _reports(order, Random(f"{seed}/mes/{order['id']}"))
    reported = [line for line in lines if datetime.fromisoformat(line["ended_at"]) <= now.replace(tzinfo=None)]
    return sorted(reported, key=lambda line: line["ended_at"])


def _reports(order: dict, dice: Random) -> list[dict]:
    """What it logs of one order: that it was reported, at once or after a failure; or that it was not, and somebody
    closed the order by hand, up to eighty minutes later."""
    closed, took = datetime.fromisoformat(order["date_finished"]), timedelta(seconds=dice.randint(1, 30))
    run = {"run_id": f"REP-{order['id']}", "flow": "report_completion"}
    run |= {"odoo_model": "mrp.production", "odoo_res_id": order["id"], "max_attempts": 5}
    if dice.random() >= MES.fails:
        return [run | {"status": "OK", "attempts": 1, "created_at": str(closed - took), "ended_at": str(closed)}]
    is_mended = dice.random() < _MENDED
    code, text = _BUSY if is_mended else _REFUSED
    begun = closed - took - timedelta(minutes=dice.randint(5, 40 if is_mended else 80))
    run["created_at"] = str(begun)
    failed = run | {"status": "ERROR", "attempts": 1, "ended_at": str(begun + took)}
    failed |= {"error_code": code, "error_text": text, "failure_class": "technical" if is_mended else "business"}
    if not is_mended:
        return [failed]
    return [failed | {"status": "RETRY"}, run | {"status": "OK", "attempts": 2, "ended_at": str(closed)}]
