"""The interfaces of the demo group, and who answers for them.

One flow nobody answers for (see incidents/transactions.py), and nobody noticed that it stopped.
"""

from __future__ import annotations

from etl.demo.incidents import n8n
from etl.demo.plants import PLANTS
from queries.config import Interface

_SINGAPORE, _QUARTER = PLANTS[2].code, 900.0
MACHINES_OF_SINGAPORE = "Machines of Singapore"
INTERFACES = (
    Interface(
        MACHINES_OF_SINGAPORE,
        "queue_job",
        flow=("mrp.production.*",),
        plant=_SINGAPORE,
        owner="IT Asia",
        system_of_record="Machine gateway",
        latency=_QUARTER,
    ),
    Interface("Machines", "queue_job", flow=("mrp.production.*",), owner="Head of IT", latency=_QUARTER),
    Interface("Carriers", "queue_job", flow=("stock.picking.*",), owner="Head of logistics", latency=_QUARTER),
    Interface("Vendors", "queue_job", flow=("purchase.order.*",), owner="Head of purchasing", latency=_QUARTER),
    Interface(
        "Completions of the MES",
        "inbox",
        owner="Head of production",
        system_of_record="MES",
        latency=_QUARTER,
    ),
    Interface("E-mails to vendors", "mail", flow=("purchase.order",), owner="Head of purchasing"),
    Interface("Counts of machines", "webhook_in", owner="Head of IT"),
    Interface("Mailboxes", "fetchmail", owner="Head of IT"),
    Interface("Dispatch notes", "n8n", flow=(n8n.DISPATCH,), owner="Head of logistics", latency=_QUARTER),
    Interface("Exchange rates", "n8n", flow=(n8n.RATES,), owner="Head of finance", latency=_QUARTER),
)
