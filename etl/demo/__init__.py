"""The demo plants: two simulated years of a manufacturing group, as Odoo's RPC would return it."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta
from random import Random

from etl.demo import (
    accounting,
    approvals,
    audit,
    basics,
    changes,
    chatter,
    crons,
    incidents,
    inspections,
    jobs,
    logistics,
    maintenance,
    messages,
    production,
    prototypes,
    purchasing,
    quality,
    rows,
    samples,
    shopfloor,
)
from etl.demo.clock import clock, seconds, stamp, whole_hour
from etl.demo.document import Block
from etl.demo.plants import COMPANIES, OFFICE, PLANTS, SHIFTS

_WEEKDAY = (1.25, 1.1, 1.0, 0.95, 0.7)
# Plans reach this far beyond now.
_HORIZON = timedelta(days=200)


def records(
    seed: int = 1, now: datetime | None = None, days: int = 730, anchor: datetime | None = None
) -> dict[str, list[dict]]:
    """Records by source name, sorted by id: what happened in the `days` before `now`, and how it stands.

    Selection records carry their language in `lang`, one record per id and language. The same seed and now
    give the same records. The start and the moments at which plants change their ways are counted back from
    `anchor` (default: now): with the anchor of an earlier call, a later `now` continues that call's records,
    every id and message of which stays what it was.
    """
    return _simulated(seed, now, days, anchor)[1]


def with_incidents(
    seed: int = 1, now: datetime | None = None, days: int = 730, anchor: datetime | None = None
) -> tuple[dict[str, list[dict]], list[incidents.Incident]]:
    """The same records with what does go wrong in plants and data, and what exceptions and checks must find of it."""
    block, found = _simulated(seed, now, days, anchor)
    planted = incidents.plant(block, found)
    return dict(sorted(found.items())), planted


def _simulated(
    seed: int, now: datetime | None, days: int, anchor: datetime | None
) -> tuple[Block, dict[str, list[dict]]]:
    until = whole_hour(now)
    counted_from = whole_hour(anchor) if anchor else until
    block = simulate(seed, until, counted_from, days)
    rows.number(block)
    found = basics.records(seed, block.start, block.now)
    found |= chatter.definitions(stamp(block.start - 200 * 86400))
    found |= rows.records(block)
    found |= chatter.records(block.events)
    found |= jobs.records(block)
    found |= shopfloor.records(block)
    found |= audit.records(block)
    for source, more in (
        maintenance.records(block) | quality.records(block) | approvals.records(block) | samples.records(block)
    ).items():
        found[source] = rows.joined(found[source], more) if source in found else more
    found |= inspections.records(block)
    found |= crons.records(block)
    found |= changes.records(block)
    found |= messages.records(block, found)
    found |= accounting.records(block)
    return block, dict(sorted(found.items()))


def simulate(seed: int, now: datetime, anchor: datetime, days: int) -> Block:
    """Let all plants live from `days` before `anchor` until `now`."""
    block = empty(seed, now, anchor, days)
    start = datetime.fromtimestamp(block.start, UTC)
    for plant in PLANTS:
        office = block.offices[plant.company.id]
        for day, opening in zip(office.days, office.opens, strict=True):
            # Each day has its own random numbers: a later now does not change the days before it.
            rng = Random(f"{seed}/{plant.code}/{day}")
            if start.date() < day <= now.date() + timedelta(days=1):
                demand = _WEEKDAY[day.weekday()] * season(day)
                for _ in range(poisson(rng, plant.orders * demand)):
                    production.arrive(block, plant, Random(rng.getrandbits(64)), opening)
                for _ in range(poisson(rng, plant.purchases * demand)):
                    purchasing.replenish(block, plant, Random(rng.getrandbits(64)), opening)
    samples.simulate(block)
    prototypes.simulate(block)
    logistics.simulate(block)
    jobs.simulate(block)
    maintenance.simulate(block)
    quality.simulate(block)
    inspections.simulate(block)
    approvals.simulate(block)
    accounting.simulate(block)
    return block


def empty(seed: int, now: datetime, anchor: datetime, days: int) -> Block:
    """The group before anything happens in it: its moments, and the hours its companies work."""
    start = (anchor - timedelta(days=days)).replace(hour=0, minute=0, second=0, microsecond=0)
    first, last = start.date() - timedelta(days=15), (now + _HORIZON).date()
    return Block(
        seed=seed,
        start=seconds(start),
        anchor=seconds(anchor),
        now=seconds(now),
        offices={company.id: clock(company, first, last, *OFFICE) for company in COMPANIES},
        shops={company.id: clock(company, first, last, SHIFTS[0], SHIFTS[-1]) for company in COMPANIES},
    )


def season(day: date) -> float:
    """Demand over the year: a busy spring, a quiet August and a short December."""
    wave = 1 + 0.10 * math.sin(2 * math.pi * (day.timetuple().tm_yday - 20) / 365)
    return wave * {8: 0.75, 12: 0.85}.get(day.month, 1.0)


def poisson(rng: Random, mean: float) -> int:
    """A Poisson number (Knuth)."""
    limit, count, product = math.exp(-mean), 0, rng.random()
    while product > limit:
        count += 1
        product *= rng.random()
    return count
