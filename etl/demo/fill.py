"""Fills a warehouse with the demo plants, on the same way that Odoo's own rows take."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from pathlib import Path

import pyarrow as pa

from etl import inbox, landing, load, publish, refresh
from etl.demo import changes, interfaces, maintenance, mes, processes, with_incidents
from etl.demo.incidents import defects
from etl.demo.incidents import quality as quality_incidents
from etl.demo.people import PERSON, ROBOT
from etl.demo.scale import SHIFTED, shift
from etl.source import Source
from etl.systems import every
from etl.table import to_table
from queries import secret
from queries.config import Config, ConfigError
from queries.trust import DEMO_INSTANCE

INSTANCE = DEMO_INSTANCE
ODOO_VERSION = "19.0"


def fill(
    warehouse: Path,
    config: Config,
    progress: refresh.Progress,
    *,
    scale: int = 1,
    seed: int = 1,
    now: datetime | None = None,
) -> refresh.Outcome:
    """Lands, loads and publishes the group, simulated until `now` (UTC), with `scale` copies of its documents.

    ConfigError when the folder holds a real Odoo's data: those are never mixed with invented ones.
    """
    sources = every()
    config = configured(config)
    publish.validate(list(sources.values()), config)
    con = load.open_work(warehouse)
    others = [name for name in load.instances(con) if name != INSTANCE]
    if not others:
        load.forget_demo(con)  # ids of another simulation mean other things
    con.close()
    if others:
        raise ConfigError(
            f"{warehouse} holds data of {', '.join(others)}: set OPS_WAREHOUSE to another folder for the demo plants."
        )
    progress.say("Simulating four plants over two years ...")
    simulated, _ = with_incidents(seed=seed, now=now or refresh.utc_now())
    folder, resumed = landing.start_run(warehouse, refresh.utc_now(), f"demo {seed} {scale}")
    if resumed:
        landing.drop(folder)
        folder, _ = landing.start_run(warehouse, refresh.utc_now(), f"demo {seed} {scale}")
    for source in sources.values():
        if source.name in simulated:
            _land(folder, source, simulated[source.name], scale, progress)
    log = folder / "mes.jsonl"
    lines = mes.log(seed, simulated["mrp_production"], now or refresh.utc_now())
    landing.write_text_atomically(log, "".join(f"{json.dumps(line)}\n" for line in lines))
    inbox.land_log(mes.inbox(INSTANCE), log, folder, progress.say)
    return refresh.load_landed(warehouse, config, folder, INSTANCE, ODOO_VERSION, refresh.utc_now(), progress)


def configured(config: Config) -> Config:
    """The configuration with the demo group's own integration user, changes, process rules, places and interfaces,
    and what it names in vain."""
    users = replace(config.users, integration=(*config.users.integration, PERSON[ROBOT].login))
    return replace(
        config,
        users=users,
        markers=(*config.markers, *changes.markers(refresh.utc_now()), defects.MARKER_THAT_IS_NOT_THERE),
        plants=(*config.plants, defects.PLANT_THAT_IS_NOT_THERE),
        processes=(*config.processes, *processes.PROCESSES, defects.PROCESS_THAT_IS_NOT_THERE),
        interfaces=(*config.interfaces, *interfaces.INTERFACES, defects.INTERFACE_THAT_IS_NOT_THERE),
        places=(*config.places, *maintenance.places(), quality_incidents.PLACE_THAT_IS_NOT_THERE),
    )


def _land(folder: Path, source: Source, records: list[dict], scale: int, progress: refresh.Progress) -> None:
    """One source as pages: one per language, or one per copy."""
    fields, salt = fields_of(source, records), secret.of(folder.parents[1], secret.SALT)
    pages = {
        language: to_table(source, fields, list(rows), INSTANCE, language, salt)
        for language, rows in _by_language(source, records)
    }
    ids, rows_landed, rows_total = [], 0, scale * len(records) if source.name in SHIFTED else len(records)
    for number, table in enumerate(pages.values()):
        for copy in range(scale):
            page = table if copy == 0 else shift(table, source.name, copy)
            if page is None:
                break
            landing.write_table(landing.page_path(folder, source, INSTANCE, f"{copy:04d}{number}"), page)
            ids.append(page["id"])
            rows_landed += page.num_rows
            progress.rows(source.name, rows_landed, rows_total)
    known = pa.chunked_array([chunk for column in ids for chunk in column.chunks], pa.int64()).unique()
    landing.write_table(
        landing.plan_path(folder, source, INSTANCE), pa.table({"id": known, "is_open": pa.repeat(False, len(known))})
    )
    facts = {"absent": not records, "fields": fields, "ids": len(known), "swept": True}
    landing.write_done(folder, source, INSTANCE, facts)


def fields_of(source: Source, records: list[dict]) -> dict[str, str | None]:
    """Stable name -> the Odoo field the records carry for it."""
    carried = records[0].keys() if records else ()
    return {
        name: next((c for c in field.candidates or (name,) if c in carried), None)
        for name, field in source.fields.items()
    }


def _by_language(source: Source, records: list[dict]):
    if not source.languages:
        return [(None, records)]
    return groupby(sorted(records, key=itemgetter("lang")), key=itemgetter("lang"))
