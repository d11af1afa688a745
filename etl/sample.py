"""A sample: what integrations recorded up to now, landed for the next refresh to load.

Odoo and n8n forget: jobs are requeued, failures are overwritten by the next success, runs are cleared away. A sample
every few minutes costs a few questions and keeps them. It does not touch the work database, so it may be taken while a
refresh works; what earlier samples saw it knows from a small database of its own. Files in inboxes wait by themselves.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from etl import inbox, landing, load, plan, refresh, systems
from etl.log import event
from queries import warehouse as published
from queries.config import Config

KEEP = plan.LATE_IDS  # newest rows of each source that later samples compare with
FIRST = timedelta(days=1)  # before the last refresh, the first sample begins: what is open is read whatever its age


def take(warehouse: Path, config: Config, progress: refresh.Progress, transport: str | None = None) -> int:
    """Takes one sample of every Odoo and n8n; how many rows it holds. One that fails leaves nothing behind."""
    con = load.open_work(warehouse, landing.SAMPLES_KNOWN, "sample")
    try:
        folder = landing.start_sample(warehouse, refresh.utc_now())
        try:
            return _take(con, warehouse, folder, config, progress, transport)
        except BaseException:
            if not (folder / "taken").exists():
                landing.drop(folder)
            raise
    finally:
        load.close(con)


def _take(con, warehouse: Path, folder: Path, config: Config, progress, transport: str | None) -> int:
    sources = {name: source for name, source in systems.recorded().items() if name not in inbox.SOURCES}
    seen, now = load.instances(con), refresh.utc_now()
    usual, first = plan.Mode(now, only_open=True), plan.Mode(now, since=_last_refresh(warehouse, now) - FIRST)
    connections, _ = refresh.open_all(con, config, refresh.Request(only=tuple(sources)), transport, progress)
    for connection in connections:
        begins = connection.upgraded_from or connection.odoo.login.instance not in seen
        refresh.land(con, folder, connection, progress, first if begins else usual)
    for system in systems.SYSTEMS:
        system.land(con, config, folder, sources, progress)
    as_of = refresh.utc_now()
    landing.finish_sample(folder, as_of)
    odoos = [connection.odoo for connection in connections]
    instances = [(one.login.instance, one.login.url, one.version, one.transport.name) for one in odoos]
    loaded = refresh.load_pages(con, folder, sources, instances, as_of)
    load.forget_settled(con, sources.values(), KEEP)
    event("sample", sample=folder.name, as_of=as_of, rows=sum(item.read for item in loaded))
    return sum(item.read for item in loaded)


def _last_refresh(warehouse: Path, now: datetime) -> datetime:
    """The moment that the published data are from; now where there are none."""
    try:
        return published.open(warehouse=warehouse).as_of
    except published.WarehouseMissing:
        return now
