"""Every KPI's rows against flows whose times are known to the second."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date, datetime

import pytest

from queries import catalog, measure
from tests.live.truth import working_seconds

pytestmark = pytest.mark.live

KPIS = catalog.load()
EVER = (date(2020, 1, 1), date(2030, 1, 1))
# The last day of the past in which nothing is open any more is not known: stocks are checked through their rows.
DURATIONS = [name for name, kpi in KPIS.items() if kpi.measure == "duration"]
STOCKS = [name for name, kpi in KPIS.items() if kpi.measure == "stock"]


def seconds_apart(found, expected: str | None) -> float:
    if (found is None) != (expected is None):
        return float("inf")
    if found is None:
        return 0
    found = datetime.fromisoformat(found) if isinstance(found, str) else found
    return abs((found - datetime.fromisoformat(expected)).total_seconds())


def by_record(rows) -> dict[tuple, list[dict]]:
    grouped = defaultdict(list)
    for row in rows:
        grouped[row["record_model"], row["record_id"]].append(row)
    return grouped


def expected(truth, kpi: str) -> dict[tuple, list[dict]]:
    return by_record(row for row in truth if row["kpi"] == kpi and not row.get("absent"))


def check_rows(found: list[dict], truth: list[dict], kpi: str, start: str, end: str) -> None:
    """Same number of rows per record, and each within a second of the truth, on the right plant."""
    grouped = by_record(found)
    wrong = []
    for record, rows in expected(truth, kpi).items():
        got = sorted(grouped[record], key=lambda row: (str(row[start]), str(row[end])))
        want = sorted(rows, key=lambda row: (row["started_at"], str(row["ended_at"])))
        tolerance = 1 + max(row.get("tolerance_seconds", 0) for row in want)
        fits = len(got) == len(want) and all(
            seconds_apart(g[start], w["started_at"]) <= tolerance
            and seconds_apart(g[end], w["ended_at"]) <= tolerance
            and g["plant"] == w["plant"]
            for g, w in zip(got, want, strict=True)
        )
        if not fits:
            wrong.append((record, want, [(g[start], g[end], g["plant"]) for g in got]))
    assert not wrong, f"{kpi}: {len(wrong)} records differ, first: {wrong[0]}"
    for row in truth:
        if row["kpi"] == kpi and row.get("absent") and "step" not in row:
            assert not grouped[row["record_model"], row["record_id"]], f"{kpi}: must not count {row}"


@pytest.mark.parametrize("kpi", DURATIONS)
def test_rows_equal_the_truth(kpi, live_warehouse, truth):
    assert len(expected(truth, kpi)) >= 3
    found = measure.rows(live_warehouse, KPIS[kpi], *EVER).to_pylist()
    check_rows(found, truth, kpi, "started_at", "ended_at")


@pytest.mark.parametrize("kpi", DURATIONS)
def test_working_time_equals_the_truth(kpi, live_warehouse, truth):
    as_of = live_warehouse.as_of
    found = by_record(measure.rows(live_warehouse, KPIS[kpi], *EVER, clock="working").to_pylist())
    hours, wrong = [], []
    for record, rows in expected(truth, kpi).items():
        got = sorted(found[record], key=lambda row: (str(row["started_at"]), str(row["ended_at"])))
        in_plants = [row for row in rows if row["plant"]]  # no hours are known outside the plants
        wanted = sorted(in_plants, key=lambda row: (row["started_at"], str(row["ended_at"])))
        for g, w in zip(got, wanted, strict=True):
            started, ended = (w[end] and datetime.fromisoformat(w[end]) for end in ("started_at", "ended_at"))
            want = working_seconds(w["company"], started, ended or as_of)
            hours.append((want, ((ended or as_of) - started).total_seconds()))
            if abs(g["working_seconds"] - want) > 2 + w.get("tolerance_seconds", 0):
                wrong.append((w, g["working_seconds"], want))
    assert not wrong, f"{kpi}: {len(wrong)} of {len(hours)} differ, first: {wrong[0]}"
    assert any(0 < want < elapsed for want, elapsed in hours)


def test_ages_in_working_time_equal_the_truth(live_warehouse, truth):
    kpi = "approval_age"
    steps = [row for row in truth if row["kpi"] == kpi and not row.get("absent") and row["ended_at"] is None]
    rows = by_record(measure.rows(live_warehouse, KPIS[kpi], *EVER, clock="working").to_pylist())
    for record, open_steps in by_record(steps).items():
        ages = sorted(row["age_seconds"] for row in rows[record])
        starts = [datetime.fromisoformat(step["started_at"]) for step in open_steps]
        company = open_steps[0]["company"]
        assert ages == pytest.approx(
            sorted(working_seconds(company, start, live_warehouse.as_of) for start in starts), abs=2
        )


def test_every_plant_has_the_hours_of_the_truth(live_warehouse, truth):
    gaps = live_warehouse.cursor().sql("select plant, gap from dim_plant_calendar").fetchall()
    played = {row["plant"] for row in truth if row.get("plant")}
    assert {plant: gap for plant, gap in gaps if plant in played} == dict.fromkeys(played)
    named = live_warehouse.cursor().sql("select distinct closure_before from dim_calendar").fetchall()
    assert {"Holiday", "Afternoon off"} <= {name for (name,) in named}


def test_holds_tell_what_became_of_the_goods(live_warehouse, truth):
    def told(rows) -> set[tuple]:
        return {(row["record_model"], row["record_id"], row["outcome"], row["quantity"]) for row in rows}

    kpi = "quality_hold_duration"
    played = [row for rows in expected(truth, kpi).values() for row in rows]
    records = {(row["record_model"], row["record_id"]) for row in played}
    found = measure.rows(live_warehouse, KPIS[kpi], *EVER).to_pylist()
    assert told(row for row in found if (row["record_model"], row["record_id"]) in records) == told(played)
    assert {row["outcome"] for row in played} == {"released", "scrapped", "returned", "rework", "rejected", "open"}


def test_transactions_equal_the_truth(live_warehouse, truth):
    """Every failure is there, whatever was done afterwards to the job's row."""
    kpi = "integration_failure_rate"
    facts = ("is_bad", "attempts", "failed_attempts", "status", "plant")
    found = by_record(measure.rows(live_warehouse, KPIS[kpi], *EVER).to_pylist())
    for row in truth:
        if row["kpi"] == kpi and row.get("absent"):
            assert not found[row["record_model"], row["record_id"]], row["note"]
        elif row["kpi"] == kpi:
            record = row["record_model"], row["record_id"]
            [got] = [got for got in found[record] if seconds_apart(got["at"], row["at"]) <= 1]
            assert {name: got[name] for name in facts} == {name: row[name] for name in facts}, row["note"]
            assert len(found[record]) == len(expected(truth, kpi)[record]), row["note"]
    assert {model for model, _ in expected(truth, kpi)} == {"queue.job", "ir.cron"}


def test_only_orders_that_no_person_touched_count_as_such(live_warehouse, truth):
    kpi = "no_touch_share"
    told = expected(truth, kpi)
    played = {
        (row["record_model"], row["record_id"])
        for row in truth
        if row["record_model"] in ("purchase.order", "mrp.production")
    }
    found = by_record(measure.rows(live_warehouse, KPIS[kpi], *EVER).to_pylist())
    for record, [row] in told.items():
        [got] = found[record]
        assert (got["is_good"], got["confidence"], got["plant"]) == (row["is_good"], row["confidence"], row["plant"])
        assert seconds_apart(got["at"], row["at"]) <= 1
    alone = {record for record in played if any(row["is_good"] for row in found[record])}
    assert alone == {record for record, [row] in told.items() if row["is_good"]} and len(alone) == 9
    assert len([record for record in played if found[record]]) > len(told)


@pytest.mark.parametrize("kpi", STOCKS)
def test_steps_equal_the_truth_open_or_closed(kpi, live_warehouse, truth):
    found = live_warehouse.cursor().sql(KPIS[kpi].sql).to_arrow_table().to_pylist()
    check_rows(found, truth, kpi, "entered_at", "left_at")
    for row in truth:
        if row["kpi"] == kpi and row.get("absent") and "step" in row:
            assert not [f for f in found if f["record_id"] == row["record_id"] and f["step"] == row["step"]]


@pytest.mark.parametrize("kpi", STOCKS)
def test_open_steps_are_those_the_truth_leaves_open(kpi, live_warehouse, truth):
    played = {row["record_id"] for row in truth if row["kpi"] == kpi}
    found = measure.rows(live_warehouse, KPIS[kpi], *EVER).to_pylist()
    still_open = [row for row in truth if row["kpi"] == kpi and not row.get("absent") and row["ended_at"] is None]
    assert len([row for row in found if row["record_id"] in played]) == len(still_open) > 0


@pytest.mark.parametrize("kpi", sorted(KPIS))
def test_command_line_gives_the_same_rows(kpi, login, warehouses, truth, live_warehouse):
    said = login.run(warehouses["json-2"], "queries", "rows", kpi, "--from", "2020-01-01", "--json")
    assert said.returncode == 0, said.stderr
    found = json.loads(said.stdout)
    same = measure.rows(live_warehouse, KPIS[kpi], EVER[0], live_warehouse.as_of.date().replace(year=2030)).to_pylist()
    key = ("record_model", "record_id", "plant")
    assert sorted([tuple(str(row[k]) for k in key) for row in found]) == sorted(
        [tuple(str(row[k]) for k in key) for row in same]
    )
    if kpi in DURATIONS:
        check_rows(found, truth, kpi, "started_at", "ended_at")


@pytest.mark.parametrize("kpi", sorted(KPIS))
def test_plants_add_up(kpi, live_warehouse):
    one = KPIS[kpi]
    [total] = measure.values(live_warehouse, one, *EVER).to_pylist()
    for dimension in one.dimensions:
        parts = measure.values(live_warehouse, one, *EVER, by=dimension).to_pylist()
        assert sum(part["n"] for part in parts) == total["n"] > 0, dimension


def test_two_warehouses_of_one_code_are_two_plants(live_warehouse, truth):
    plants = {row["plant"] for row in truth if row.get("plant")}
    assert len([plant for plant in plants if plant.endswith("/WH")]) == 2
    assert plants <= {row["plant"] for row in measure.scoreboard(live_warehouse).to_pylist()}


def test_french_labels_are_understood(live_warehouse):
    from queries import warehouse

    french = live_warehouse.cursor().sql("select count(*) from fct_event where new_label in ('Confirmé', 'Prêt')")
    assert french.fetchall()[0][0] > 0
    assert warehouse.read(live_warehouse, "unmatched_label").num_rows == 0


def test_records_open_in_odoo(live_warehouse, odoo):
    for row in measure.rows(live_warehouse, KPIS["release_lead_time"], *EVER).to_pylist()[:3]:
        assert row["record_url"] == f"{odoo['ODOO_URL']}/odoo/mrp.production/{row['record_id']}"
