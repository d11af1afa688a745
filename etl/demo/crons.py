"""Scheduled actions of the demo group: all run but one, which has failed for two days."""

from __future__ import annotations

from etl.demo.clock import stamp
from etl.demo.document import Block
from etl.demo.people import ODOOBOT

_HOUR = 3600
_KEPT = 7 * 24 * _HOUR
# name, every how many hours, first failure in hours before now
_ACTIONS = (
    ("Procurement: run scheduler", 24, None),
    ("Mail: Email Queue Manager", 1, None),
    ("Purchase: reminders", 24, None),
    ("Machines: fetch counts", 1, 49),
    ("Automation Rules: check and execute", 4, None),
)


def records(block: Block) -> dict[str, list[dict]]:
    """`ir_cron` records as they stand now, and `ir_cron_progress` records of their runs, as far as Odoo keeps them."""
    actions = [_cron(number, *action, block) for number, action in enumerate(_ACTIONS, start=1)]
    return {"ir_cron": actions, "ir_cron_progress": _runs(block)}


def _last(number: int, hours: int, block: Block) -> int:
    """When the action last ran."""
    return block.now - (block.now - number * 600) % (hours * _HOUR)


def _runs(block: Block) -> list[dict]:
    runs = sorted(
        (at, number)
        for number, (_, hours, _) in enumerate(_ACTIONS, start=1)
        for at in range(_last(number, hours, block), block.now - _KEPT, -hours * _HOUR)
    )
    return [
        {
            "id": id,
            "cron_id": number,
            "done": 1,
            "remaining": 0,
            "timed_out_counter": 0,
            "deactivate": False,
            "create_date": stamp(at),
            "write_date": stamp(min(at + 2, block.now)),
        }
        for id, (at, number) in enumerate(runs, start=1)
    ]


def _cron(number: int, name: str, hours: int, failing_since: int | None, block: Block) -> dict:
    last = _last(number, hours, block)
    return {
        "id": number,
        "cron_name": name,
        "ir_actions_server_id": 300 + number,
        "user_id": ODOOBOT,
        "interval_number": hours,
        "interval_type": "hours",
        "priority": 5,
        "lastcall": stamp(last),
        "nextcall": stamp(last + hours * _HOUR),
        "failure_count": failing_since // hours if failing_since else 0,
        "first_failure_date": stamp(block.now - failing_since * _HOUR) if failing_since else False,
        "active": True,
        "create_date": stamp(block.start - 200 * 86400),
    }
