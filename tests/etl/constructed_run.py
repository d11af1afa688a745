"""Runs the real ETL against a *constructed* Odoo, and reads what it published."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import duckdb

from etl import refresh
from queries import catalog, config, measure, warehouse
from tests.conftest import SILENT
from tests.etl.constructed_odoo import Served
from tests.live.conftest import environment

EVER = (date(2020, 1, 1), date(2100, 1, 1))
STOCKS = ("approval_age", "open_approval_count")
# The KPIs that the scene tells every row of. Others take modules or facts that it has not.
TOLD = {
    *("release_lead_time", "material_wait", "time_to_ready", "shortage_resolution_time", "production_cycle_time"),
    *("purchase_approval_turnaround", "purchase_first_decision_time", "purchase_approval_step_time", *STOCKS),
    *("quality_hold_duration", "picking_lead_time", "picking_handling_time", "interplant_transfer_time"),
    *("vendor_confirmation_time", "receipt_delay", "orderpoint_order_time"),
}


def run(served: Served, folder: Path, **request) -> tuple[refresh.Outcome, list[str]]:
    """A refresh over HTTP into `folder`, and what it said; `request` are fields of refresh.Request."""
    said: list[str] = []
    progress = refresh.Progress(said.append, SILENT.rows, SILENT.building)
    with environment(served.environment):
        return refresh.refresh(folder, config.load(), progress, refresh.Request(**request)), said


def timed_kpis() -> dict[str, catalog.Kpi]:
    """The KPIs whose rows have a start and an end, and are told."""
    return {name: kpi for name, kpi in catalog.load().items() if name in TOLD}


def kpi_rows(folder: Path) -> dict[str, list[tuple]]:
    """KPI -> its rows as (record, plant, start, end), sorted."""
    published = warehouse.open(warehouse=folder)
    found = {}
    for name, kpi in timed_kpis().items():
        if name in STOCKS:  # closed ones too
            rows = published.cursor().sql(kpi.sql).to_arrow_table().to_pylist()
        else:
            rows = measure.rows(published, kpi, *EVER).to_pylist()
        start, end = ("entered_at", "left_at") if name in STOCKS else ("started_at", "ended_at")
        found[name] = sorted([_row(row, row[start], row[end]) for row in rows], key=str)
    return found


def true_rows(truth: list[dict]) -> dict[str, list[tuple]]:
    """The same of a scene's truth."""
    found: dict[str, list[tuple]] = {name: [] for name in timed_kpis()}
    for row in truth:
        if row.get("kpi") not in found:
            continue
        times = [datetime.fromisoformat(row[key]) if row[key] else None for key in ("started_at", "ended_at")]
        found[row["kpi"]].append(_row(row, *times))
    return {name: sorted(rows, key=str) for name, rows in found.items()}


def plans(folder: Path) -> dict[tuple[int, int], tuple]:
    """Released order and number of the plan -> planned start and end, and how well that is known."""
    columns = "record_id, plan_number, planned_start_at, planned_finish_at, quality"
    statement = f"select {columns} from fct_plan where released_at is not null"
    rows = warehouse.open(warehouse=folder).cursor().sql(statement).fetchall()
    return {(order, number): plan for order, number, *plan in rows}


def _row(row: dict, start: datetime, end: datetime | None) -> tuple:
    return row["record_model"], row["record_id"], row["plant"], start, end


def work(folder: Path, statement: str) -> list[tuple]:
    """Rows of the work database."""
    with duckdb.connect(str(folder / "work.duckdb"), read_only=True) as con:
        return con.execute(statement).fetchall()
