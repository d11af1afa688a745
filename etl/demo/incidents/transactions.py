"""What goes wrong between systems: jobs that nobody requeues, jobs that are stuck, and a flow that stopped."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from random import Random

from etl import inbox
from etl.demo import mes
from etl.demo.clock import stamp
from etl.demo.document import Block
from etl.demo.incidents import Incident, add_like
from etl.demo.plants import MES, PLANTS
from queries.trust import DEMO_INSTANCE

_HOUR, _DAY = 3600, 86400
_MILWAUKEE, _LYON, _SINGAPORE, _TULSA = PLANTS
TAXES = ("account.move", "send_to_tax_office")
_BEGAN, SILENT_DAYS = 77, 21


def plant(block: Block, found: dict[str, list[dict]]) -> list[Incident]:
    given_up = [job for job in block.jobs if job.state == "failed"]
    return [
        *(Incident("dead_letter", "queue.job", job.id, job.document and job.document.plant.code) for job in given_up),
        *_refused(block, found),
        *_rejected(block, found),
        *_stuck(block, found),
        *_stopped(block, found),
    ]


def _refused(block: Block, found: dict[str, list[dict]]) -> Iterator[Incident]:
    """Orders that could not be sent to vendors by e-mail."""
    ordered = {message["id"]: message["res_id"] for message in found["mail_message"]}
    plants = {purchase.id: purchase.plant.code for purchase in block.purchases}
    for mail in found["mail_notification"]:
        if mail["notification_status"] == "exception":
            yield Incident("dead_letter", "mail.notification", mail["id"], plants[ordered[mail["mail_message_id"]]])


def _rejected(block: Block, found: dict[str, list[dict]]) -> Iterator[Incident]:
    """What the MES reported and Odoo would not have; the orders of all other incidents are there by now."""
    for line in mes.log(block.seed, found["mrp_production"], datetime.fromtimestamp(block.now, UTC)):
        if line["status"] == "ERROR":
            id = inbox.id_of(line, mes.inbox(DEMO_INSTANCE))
            yield Incident("dead_letter", "inbox.event", id, MES.plant.code)


def _stuck(block: Block, found: dict[str, list[dict]]) -> Iterator[Incident]:
    """In Singapore one job has been running for five hours, and one has been tried again for three. A third one took
    long, but is done."""
    company, flow = _SINGAPORE.company.id, ("mrp.production", "send_to_machine")
    begun = {hours: block.now - hours * _HOUR for hours in (2, 3, 5)}
    started = {hours: {"date_enqueued": stamp(at), "date_started": stamp(at)} for hours, at in begun.items()}
    running = _job(found, company, flow, begun[5], state="started", retry=1, **started[5])
    again = _job(found, company, flow, begun[3], state="pending", retry=2, eta=stamp(block.now - 60))
    _job(found, company, flow, begun[2], state="done", retry=1, date_done=stamp(begun[2] + 3000), **started[2])
    for id in (running, again):
        yield Incident("stuck_run", "queue.job", id, _SINGAPORE.code)


def _stopped(block: Block, found: dict[str, list[dict]]) -> Iterator[Incident]:
    """Four times on each working day Lyon told the tax office of its invoices, until three weeks ago; nobody answers
    for it."""
    office, id = block.offices[_LYON.company.id], None
    for opening in office.opens:
        if block.now - _BEGAN * _DAY < opening < block.now - SILENT_DAYS * _DAY:
            for hour in (1, 3, 5, 7):
                at = opening + hour * _HOUR
                moments = {name: stamp(at + 30) for name in ("date_enqueued", "date_started")}
                id = _job(
                    found, _LYON.company.id, TAXES, at, state="done", retry=1, date_done=stamp(at + 60), **moments
                )
    if id is not None:
        yield Incident("silent_interface", "queue.job", id, _LYON.code)
        yield Incident("interface_without_owner")


def _job(found: dict[str, list[dict]], company: int, flow: tuple[str, str], created: int, **values) -> int:
    """Adds a job like the first one that went well; returns its id."""
    model, method = flow
    good = next(job for job in found["queue_job"] if job["state"] == "done" and not job["result"])
    empty = dict.fromkeys(("date_enqueued", "date_started", "date_done", "eta", "exc_name", "exc_message"), False)
    named = {"name": f"{model}.{method}", "func_string": f"{model}().{method}()", "company_id": company}
    named |= {"model_name": model, "method_name": method}
    number = str(uuid.UUID(int=Random(f"{model}.{method}/{created}").getrandbits(128), version=4))
    return add_like(
        found,
        "queue_job",
        good["id"],
        **(empty | named | {"uuid": number, "date_created": stamp(created), "exec_time": 0.0} | values),
    )
