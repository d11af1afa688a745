"""What changed in the demo group: automation rules as `base_automation` records, roll-outs as `ops.toml` names them.

One rule moves releases in one plant, one roll-out breaks a connection there, and one roll-out moves nothing.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from etl.demo.audit import MODEL_ID
from etl.demo.clock import stamp
from etl.demo.document import Block
from etl.demo.people import ADMIN, ODOOBOT
from etl.demo.plants import LATELY_WEEKS, PLANTS
from queries.config import Marker

_WEEK = 7 * 86400
RELEASE_RULE, SLIPPING_RULE = "Release orders at once", "Tell the planner of slipping dates"
WEBHOOK = "Book what machines have made"
GATEWAY, TABLETS = "Machine gateway 2", "Tablets on the shop floor"
TABLET_WEEKS = 20
_SLIPPING_WEEKS = 40
MILWAUKEE, _, SINGAPORE, _ = (plant.code for plant in PLANTS)


def records(block: Block) -> dict[str, list[dict]]:
    """Two rules that came with modules, one of which machines call; one about all plants, and one that Singapore
    releases its orders by."""
    rules = (
        ("Follow new orders", block.start - 200 * 86400, ODOOBOT, "on_create"),
        (WEBHOOK, block.start - 200 * 86400 + 1, ODOOBOT, "on_webhook"),
        (SLIPPING_RULE, block.anchor - _SLIPPING_WEEKS * _WEEK, ADMIN, "on_time"),
        (RELEASE_RULE, block.lately, ADMIN, "on_create"),
    )
    return {"base_automation": [_rule(id, *rule) for id, rule in enumerate(sorted(rules, key=lambda r: r[1]), start=1)]}


def _rule(id: int, name: str, created: int, by: int, trigger: str) -> dict:
    return {
        "id": id,
        "name": name,
        "model_id": MODEL_ID,
        "trigger": trigger,
        "last_run": False,
        "log_webhook_calls": trigger == "on_webhook",
        "active": True,
        "create_date": stamp(created),
        "create_uid": by,
        "write_date": stamp(created),
    }


def markers(anchor: datetime) -> tuple[Marker, ...]:
    """The roll-outs, counted back from `anchor` (UTC), and which plant the rule is about."""
    lately = (anchor - timedelta(weeks=LATELY_WEEKS)).date()
    return (
        Marker(RELEASE_RULE, plants=(SINGAPORE,), owner="Head of production planning"),
        Marker(GATEWAY, on=lately, plants=(SINGAPORE,), kpis=("integration_failure_rate",), owner="IT Asia"),
        Marker(
            TABLETS,
            on=(anchor - timedelta(weeks=TABLET_WEEKS)).date(),
            plants=(MILWAUKEE,),
            kpis=("production_cycle_time",),
            owner="Head of production",
        ),
    )
