"""Reads an n8n as a refresh does, and builds the marts over what was read."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from etl import landing, load, n8n, refresh
from queries.config import Config, N8n, Plant
from tests.conftest import PLANTS, SILENT, Built

LYON = Plant("LYON", "Nord", "WH")


class Reader:
    """A warehouse folder into which n8n is read, time after time."""

    def __init__(self, folder: Path, *places: N8n):
        self.folder, self.config, self.said = folder, Config(n8n=places, plants=(LYON,)), []

    def read(self) -> Built:
        """One refresh of n8n alone, and the marts after it."""
        now = n8n.now()
        progress = refresh.Progress(self.said.append, SILENT.rows, SILENT.building)
        con = load.open_work(self.folder)
        try:
            run, _ = landing.start_run(self.folder, now.replace(microsecond=0), "n8n")
            n8n.land(con, self.config, run, n8n.SOURCES, progress)
            refresh._load(con, run, n8n.SOURCES, [], now)
            records = {
                name: con.sql(f"select * exclude (_run) from raw.{name}").to_arrow_table().to_pylist()
                for name in n8n.SOURCES
            }
        finally:
            con.close()
        return Built(PLANTS | records, now, self.config)


def events(built: Built) -> dict[int, dict]:
    """The runs of n8n by number."""
    return {row["record_id"]: row for row in built.rows("from fct_integration_event where source = 'n8n'")}


def at_hour(monkeypatch, moment: datetime) -> None:
    """From now on n8n is read at this moment (UTC)."""
    monkeypatch.setattr(n8n, "now", lambda: moment)
