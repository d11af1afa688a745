"""The lists that the brief and the page of plants read, over rows written here."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from types import SimpleNamespace

import duckdb
import pyarrow as pa
import pytest

from queries import warehouse

MONDAY = date(2026, 2, 23)
LINE = {
    "run": "r", "as_of": datetime(2026, 3, 2), "kpi": "a", "plant": "L", "clock": "elapsed", "period": "week",
    "value": 1.0, "n": 40, "baseline": 1.0, "limit_low": 0.5, "limit_high": 2.0, "verdict": "normal",
    "shift_since": MONDAY,
}  # fmt: skip


def line(ago: int = 0, **changes) -> dict:
    start = MONDAY - timedelta(weeks=ago)
    return LINE | {"period_start": start, "period_end": start + timedelta(days=7)} | changes


@pytest.fixture
def read():
    """read(list, lines of agg_kpi, ...) -> rows."""

    def run(name: str, lines: list[dict], **asked) -> list[dict]:
        con = duckdb.connect()
        con.register("given", pa.Table.from_pylist(lines))
        con.execute("create table agg_kpi as select * from given")
        opened = SimpleNamespace(cursor=con.cursor, moment=lambda sql: LINE["as_of"], version="v")
        return warehouse.read(opened, name, **asked).to_pylist()

    return run


def test_the_two_newest_judged_weeks_of_each_series_are_found(read):
    lines = [
        line(0, verdict=None), line(1, verdict="above"), line(2), line(3), line(4, verdict="baseline"),
        line(1, plant=None), line(0, period="28 days"), line(1, kpi="b"),
    ]  # fmt: skip
    found = read("judged_week", lines, kpis=["a"], clock="elapsed")
    assert [(row["plant"], (MONDAY - row["period_start"]).days // 7, row["verdict"]) for row in found] == [
        (None, 1, "normal"), ("L", 1, "above"), ("L", 2, "normal"),
    ]  # fmt: skip
    assert {row["kpi"] for row in read("judged_week", lines, kpis=None, clock="elapsed")} == {"a", "b"}


def test_a_kpi_without_the_clock_is_told_by_elapsed_time(read):
    lines = [line(kpi=kpi, clock=clock) for kpi, clock in (("a", "elapsed"), ("a", "working"), ("b", "elapsed"))]
    for name, asked in (
        ("judged_week", {"kpis": None}),
        ("board", {"from_on": MONDAY, "period": None, "plant": "L", "by_plant": []}),
    ):
        found = read(name, lines, clock="working", **asked)
        assert [(row["kpi"], row["clock"]) for row in found] == [("a", "working"), ("b", "elapsed")], name


def test_the_board_has_the_group_the_chosen_plant_and_every_plant_of_some_kpis(read):
    lines = [line(kpi=kpi, plant=plant) for kpi in ("a", "b") for plant in (None, "L", "N")]
    lines += [line(1), line(period="28 days")]
    asked = {"from_on": MONDAY, "clock": "elapsed"}

    def found(**more) -> list[tuple]:
        return [(row["kpi"], row["plant"], row["period"]) for row in read("board", lines, **asked, **more)]

    group = [("a", None, "week"), ("b", None, "week")]
    lyon = [("a", None, "week"), ("a", "L", "week"), ("b", None, "week"), ("b", "L", "week")]
    assert found(period="week", plant=None, by_plant=[]) == group
    assert found(period="week", plant="L", by_plant=[]) == lyon
    assert {row[1] for row in found(period="week", plant=None, by_plant=["a"]) if row[0] == "a"} == {None, "L", "N"}
    assert found(period="28 days", plant="L", by_plant=[]) == [("a", "L", "28 days")]


def test_what_waits_is_counted_by_record_with_what_it_holds_up(build):
    record = {"instance": "test", "plant": "L", "record_model": "mrp.production"}
    bought = record | {"record_model": "purchase.order"}
    built = build()
    built.put("fct_production_order", [
        record | {"record_id": 1, "is_draft": True, "is_backorder": False},
        record | {"record_id": 2, "is_draft": True, "is_backorder": False},
        record | {"record_id": 3, "is_draft": False, "is_backorder": False},
        record | {"record_id": 4, "is_draft": True, "is_backorder": True},
    ])  # fmt: skip
    built.put("fct_approval_round", [
        bought | {"record_id": 7, "is_open": True, "round_number": 1},
        bought | {"record_id": 8, "is_open": False, "round_number": 1},
    ])  # fmt: skip
    built.put("fct_hold", [
        record | {"record_model": "quality.check", "record_id": 9, "hold_id": hold, "outcome": outcome}
        for hold, outcome in (("a", "open"), ("b", "open"), ("c", "released"))
    ])  # fmt: skip
    built.put("fct_held_up", [
        record | {"record_id": 1, "amount": 100.0, "currency": "EUR"},
        bought | {"record_id": 7, "amount": 40.0, "currency": "EUR"},
    ])  # fmt: skip
    found = {row["kpi"]: row for row in built.listing("open_worth")}
    told = {kpi: (row["plant"], row["waiting_count"], row["held_up_amount"]) for kpi, row in found.items()}
    assert told == {
        "release_lead_time": ("L", 2, 100.0),
        "purchase_approval_turnaround": ("L", 1, 40.0),
        "quality_hold_duration": ("L", 1, None),  # of two portions of one record
    }
