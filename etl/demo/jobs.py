"""Background jobs (OCA queue_job) of the demo group: what it exchanges with vendors, carriers and machines. Each is for
the document that its company had made last."""

from __future__ import annotations

import uuid
from bisect import bisect_right
from random import Random

from etl.demo.clock import stamp
from etl.demo.document import Block, Document, Event, Job
from etl.demo.people import ROBOT
from etl.demo.plants import COMPANIES, CONNECTOR, Company, Wait

FLOWS = (
    ("purchase.order", "send_to_vendor"),
    ("stock.picking", "announce_to_carrier"),
    ("mrp.production", "send_to_machine"),
)
_A_DAY = 6
_FAILS = 0.02
_REACTION = Wait(6.0, 0.8)


def simulate(block: Block) -> None:
    """The jobs of all companies up to now, with a message for each failure."""
    deliveries = [transfer for transfer in block.transfers if transfer.kind == "outgoing"]
    documents = {"purchase.order": block.purchases, "stock.picking": deliveries, "mrp.production": block.orders}
    for company in COMPANIES:
        office = block.offices[company.id]
        made = {model: _made(company, found) for model, found in documents.items()}
        for day, opening in zip(office.days, office.opens, strict=True):
            if opening >= block.start:
                dice = Random(f"{block.seed}/jobs/{company.id}/{day}")
                for _ in range(_A_DAY):
                    flow, created = dice.choice(FLOWS), opening + int(dice.uniform(0, office.length))
                    if created < block.now:
                        times, found = made[flow[0]]
                        last = bisect_right(times, created)
                        job = Job(
                            company=company, flow=flow, created=created, document=found[last - 1] if last else None
                        )
                        _live(block, job, Random(dice.getrandbits(64)))


def _made(company: Company, documents: list[Document]) -> tuple[list[int], list[Document]]:
    """The documents of a company in the order of their creation, and when that was."""
    found = sorted((one for one in documents if one.plant.company is company), key=lambda one: one.created)
    return [one.created for one in found], found


def _live(block: Block, job: Job, dice: Random) -> None:
    """One job: done at once, or failed and then requeued, set to done by hand, or left."""
    block.jobs.append(job)
    company, flow, created = job.company, job.flow, job.created
    broken = company.name == CONNECTOR.company and flow[1] == CONNECTOR.method and created >= block.lately
    fails = dice.random() < (CONNECTOR.fails if broken else _FAILS)
    started, ended = created + dice.randint(1, 40), created + dice.randint(41, 90)
    if ended >= block.now:
        return
    job.started, job.retry = started, 1
    if not fails:
        job.state, job.done = "done", ended
        return
    job.state, job.failed = "failed", True
    block.events.append(Event(ended, job, ROBOT, kind="comment"))
    mended, what = block.offices[company.id].wait(dice, ended, _REACTION), dice.random()
    if mended + 20 >= block.now or what < 0.15:
        return
    job.state, job.failed = "done", False
    if what < 0.35:
        job.done, job.result = mended, "Manually set to done by Administrator"
    else:
        job.started, job.done = mended + 5, mended + 15


def records(block: Block) -> dict[str, list[dict]]:
    """`queue_job` records; jobs must have their ids."""
    return {"queue_job": [_record(job, block.seed) for job in block.jobs]}


def _record(job: Job, seed: int) -> dict:
    model, method = job.flow
    records = f"{model}({f'{job.document.id},' if job.document else ''})"
    return {
        "id": job.id,
        "uuid": str(uuid.UUID(int=Random(f"{seed}/{job.id}").getrandbits(128), version=4)),
        "graph_uuid": False,
        "name": f"{model}.{method}",
        "state": job.state,
        "model_name": model,
        "method_name": method,
        "func_string": f"{records}.{method}()",
        "channel": "root",
        "job_function_id": False,
        "user_id": ROBOT,
        "company_id": job.company.id,
        "priority": 10,
        "retry": job.retry,
        "max_retries": 5,
        "exc_name": "requests.exceptions.ConnectTimeout" if job.failed else False,
        "exc_message": f"{records}: the other side did not answer within 30 s" if job.failed else False,
        "result": job.result,
        "exec_time": float(job.done - job.started) if job.done else 0.0,
        "date_created": stamp(job.created),
        "eta": False,
        "date_enqueued": stamp(job.started) if job.started else False,
        "date_started": stamp(job.started) if job.started else False,
        "date_done": stamp(job.done) if job.done else False,
        "date_cancelled": False,
    }
