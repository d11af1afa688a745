"""Every KPI's rows against flows whose times are known to the second."""

from __future__ import annotations

import itertools
import json
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta

import pytest

from queries import catalog, measure, warehouse
from tests.live.truth import working_seconds

pytestmark = pytest.mark.live

KPIS = catalog.load()
EVER = (date(2020, 1, 1), date(2030, 1, 1))
# The last day of the past in which nothing is open any more is not known: stocks are checked through their rows.
# What is told by rows of another shape, in tests of their own: integrations that fail, work without people, short
# orders, approvals within seconds and conformance here, adherence to plans, which nobody had seen while these flows
# were planned, in test_history, waits by owner in test_wait_ledger. How alike plants are and how many touches are
# empty is no fact of a flow; goods of a purchase order are held in the demo plants alone.
OTHERWISE_TOLD = {
    "integration_failure_rate",
    "conformance_rate",
    "conforming_event_share",
    "empty_touch_share",
    "harmonization_index",
    "inspected_receipt_share",
    "rubber_stamp_share",
    "short_order_share",
    "no_touch_share",
    "start_adherence",
    "completion_adherence",
    "wait_time",
}
DURATIONS = [name for name, kpi in KPIS.items() if kpi.measure == "duration" and name not in OTHERWISE_TOLD]
STOCKS = [name for name, kpi in KPIS.items() if kpi.measure == "stock" and name not in OTHERWISE_TOLD]
CLOCKS = [(name, clock) for name in DURATIONS for clock in KPIS[name].clocks]
INTEGRATIONS = sorted(name for name, kpi in KPIS.items() if kpi.domain == "integration")


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
    return by_record(row for row in truth if row.get("kpi") == kpi and not row.get("absent"))


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
        if row.get("kpi") == kpi and row.get("absent") and "step" not in row:
            assert not grouped[row["record_model"], row["record_id"]], f"{kpi}: must not count {row}"


@pytest.mark.parametrize("kpi", DURATIONS)
def test_rows_equal_the_truth(kpi, live_warehouse, truth):
    assert len(expected(truth, kpi)) >= 3
    found = measure.rows(live_warehouse, KPIS[kpi], *EVER).to_pylist()
    check_rows(found, truth, kpi, "started_at", "ended_at")


def check_working_time(found: list[dict], truth: list[dict], kpi: str, as_of: datetime) -> None:
    """Working seconds of every played row are those of the truth, of open ones to `as_of`."""
    found = by_record(found)
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


@pytest.mark.parametrize("kpi", [name for name, clock in CLOCKS if clock == "working"])
def test_working_time_equals_the_truth(kpi, live_warehouse, truth):
    found = measure.rows(live_warehouse, KPIS[kpi], *EVER, clock="working").to_pylist()
    check_working_time(found, truth, kpi, live_warehouse.as_of)


def test_a_weekend_on_which_clocks_changed_is_an_hour_longer_or_shorter_and_no_working_time(live_warehouse, truth):
    """Friday 15:10 to Monday 9:20 are 65 h 10 min or 67 h 10 min, and 3 h 10 min of work less what was closed."""
    kpi = "release_lead_time"
    [*played] = [row for row in truth if row.get("kpi") == kpi and row["flow"] == "over_the_change_of_clocks"]
    rows = by_record(measure.rows(live_warehouse, KPIS[kpi], *EVER).to_pylist())
    nights = set()
    for row in played:
        [found] = rows[row["record_model"], row["record_id"]]
        assert round((found["elapsed_seconds"] + 3) / 600) in (65 * 6 + 1, 67 * 6 + 1)
        assert found["working_seconds"] <= 3 * 3600 + 600
        assert (
            abs(found["working_seconds"] - working_seconds(row["company"], found["started_at"], found["ended_at"])) <= 2
        )
        nights.add((row["company"], found["started_at"].date()))
    assert len(played) == 3 and len(nights) == 2


@pytest.mark.parametrize(("kpi", "clock"), CLOCKS)
def test_misses_of_a_service_level_are_those_of_the_truth(kpi, clock, live_warehouse, truth):
    """Some of the played cases miss a limit that lies between their lengths, open ones among them; each falls due at
    the moment at which its length, by the clock, is the limit."""
    as_of, lengths = live_warehouse.as_of, {}
    for record, rows in expected(truth, kpi).items():
        for row in rows:
            started, ended = (row[end] and datetime.fromisoformat(row[end]) for end in ("started_at", "ended_at"))
            length = ((ended or as_of) - started).total_seconds()
            if clock == "working":
                length = working_seconds(row["company"], started, ended or as_of) if row["plant"] else None
            if length is not None and not row.get("tolerance_seconds"):
                lengths[record, started] = (length, row)
    ordered = sorted({length for length, _ in lengths.values()})
    # the widest step between two lengths: a second more or less moves no case across it
    gap, limit = max((b - a, (a + b) / 2) for a, b in itertools.pairwise(ordered))
    assert gap > 10
    found = measure.missed(live_warehouse, KPIS[kpi], clock, {"": limit}, *EVER).to_pylist()
    due_at = {
        (row["record_model"], row["record_id"], row["started_at"].replace(microsecond=0)): row["due_at"]
        for row in found
    }
    missed = 0
    for ((model, number), started), (length, row) in lengths.items():
        due = due_at.get((model, number, started)) or due_at.get((model, number, started + timedelta(seconds=1)))
        assert (due is not None) == (length > limit), (kpi, row)
        if due is not None:
            missed += 1
            reached = (due - started).total_seconds()
            if clock == "working":
                reached = working_seconds(row["company"], started, due)
            assert abs(reached - limit) <= 2, row
    assert 0 < missed < len(lengths)


def test_ages_in_working_time_equal_the_truth(live_warehouse, truth):
    kpi = "approval_age"
    steps = [row for row in truth if row.get("kpi") == kpi and not row.get("absent") and row["ended_at"] is None]
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
        if row.get("kpi") == kpi and row.get("absent"):
            assert not found[row["record_model"], row["record_id"]], row["note"]
        elif row.get("kpi") == kpi:
            record = row["record_model"], row["record_id"]
            [got] = [got for got in found[record] if seconds_apart(got["at"], row["at"]) <= 1]
            assert {name: got[name] for name in facts} == {name: row[name] for name in facts}, row["note"]
            assert got["error_code"] == row.get("error_code", got["error_code"]), row["note"]
            assert len(found[record]) == len(expected(truth, kpi)[record]), row["note"]
    assert {model for model, _ in expected(truth, kpi)} == {
        *("queue.job", "ir.cron", "base.automation", "mail.mail", "mail.notification", "inbox.event")
    }


@pytest.mark.parametrize("kpi", INTEGRATIONS)
def test_in_every_plant_as_many_jobs_and_reports_count_as_were_played(kpi, live_warehouse, truth):
    one = KPIS[kpi]
    if one.measure == "stock":  # what was cancelled before it was due, or is not due yet, was never there
        was_there = "entered_at <= coalesce(left_at, $as_of)"
        asked = {"as_of": live_warehouse.as_of}
        found = live_warehouse.cursor().sql(f"from ({one.sql}) where {was_there}", params=asked)
        found = found.to_arrow_table().to_pylist()
    else:
        found = measure.rows(live_warehouse, one, *EVER).to_pylist()

    def per_plant(rows) -> Counter:
        records = ("queue.job", "inbox.event", "purchase.order")
        return Counter(row["plant"] for row in rows if row["plant"] and row["record_model"] in records)

    told = [row for row in truth if row.get("kpi") == kpi and not row.get("absent")]
    assert per_plant(found) == per_plant(told) and len(per_plant(told)) == 3


def test_a_job_for_an_order_is_on_its_timeline(live_warehouse, truth):
    """From its first run to its success, with the order's own events."""
    held = [row for row in truth if row.get("held_by") == "integration"]
    assert len(held) == 3
    for row in held:
        [(instance,)] = live_warehouse.cursor().sql("select instance from odoo_instance").fetchall()
        record = {"instance": instance, "record_model": row["record_model"], "record_id": row["record_id"]}
        told = warehouse.read(live_warehouse, "record_timeline", **record).to_pylist()
        runs = [one for one in told if one["recorded_by"] == "queue_job"]
        assert [one["activity"] for one in runs] == [
            "mrp.production.message_post begun",
            "mrp.production.message_post: success",
        ]
        assert seconds_apart(runs[0]["event_at"], row["since_at"]) <= 1, row
        assert seconds_apart(runs[1]["event_at"], row["until_at"]) <= 1, row
        assert told[0]["activity"] == "created" and told[0]["event_at"] < runs[0]["event_at"]


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
        if row.get("kpi") == kpi and row.get("absent") and "step" in row:
            assert not [f for f in found if f["record_id"] == row["record_id"] and f["step"] == row["step"]]


@pytest.mark.parametrize("kpi", STOCKS)
def test_open_steps_are_those_the_truth_leaves_open(kpi, live_warehouse, truth):
    played = {row["record_id"] for row in truth if row.get("kpi") == kpi}
    found = measure.rows(live_warehouse, KPIS[kpi], *EVER).to_pylist()
    still_open = [row for row in truth if row.get("kpi") == kpi and not row.get("absent") and row["ended_at"] is None]
    assert len([row for row in found if row["record_id"] in played]) == len(still_open) > 0


def fits(found: dict, wanted: dict, tolerance: float = 1) -> bool:
    """Whether a row says what is wanted: moments to the second, numbers to rounding."""
    for name, value in wanted.items():
        got = found[name]
        if isinstance(got, datetime):
            same = seconds_apart(got, value) <= tolerance
        elif isinstance(got, float) and value is not None:
            same = got == pytest.approx(value, rel=1e-4, abs=0.01)
        else:
            same = got == value
        if not same:
            return False
    return True


@pytest.mark.parametrize("kpi", sorted(set(KPIS) - set(DURATIONS) - set(STOCKS) - OTHERWISE_TOLD))
def test_facts_equal_the_truth(kpi, live_warehouse, truth):
    """Of shares, ratios and sums the truth says what the columns of a record's row hold."""
    told = [row for row in truth if row.get("kpi") == kpi and "expect" in row]
    assert told
    found = by_record(measure.rows(live_warehouse, KPIS[kpi], *EVER).to_pylist())
    for row in told:
        of_record = found[row["record_model"], row["record_id"]]
        wanted = row["expect"] | {"plant": row["plant"]}
        tolerance = 1 + row.get("tolerance_seconds", 0)
        said = [{name: one[name] for name in wanted} for one in of_record]
        assert any(fits(one, wanted, tolerance) for one in of_record), (kpi, row["note"], wanted, said)
    for row in truth:
        if row.get("kpi") == kpi and row.get("absent"):
            assert not found[row["record_model"], row["record_id"]], (kpi, row["note"])


def test_short_orders_are_those_that_lacked_a_component(live_warehouse, truth):
    short = expected(truth, "shortage_resolution_time")
    released = {record for record, rows in expected(truth, "release_lead_time").items() if rows[0]["ended_at"]}
    found = by_record(measure.rows(live_warehouse, KPIS["short_order_share"], *EVER).to_pylist())
    assert len(released & short.keys()) >= 10
    assert all(row["is_bad"] for record in released & short.keys() for row in found[record])
    assert any(not row["is_bad"] for record in released - short.keys() for row in found[record])


def test_no_flow_breaks_a_rule_that_holds_in_every_odoo(live_warehouse):
    deviations = live_warehouse.cursor().sql("select rule, name from fct_deviation").fetchall()
    found = measure.rows(live_warehouse, KPIS["conformance_rate"], *EVER).to_pylist()
    assert deviations == [] and len(found) > 100 and all(row["is_good"] for row in found)


def test_approvals_hours_after_they_were_asked_for_are_no_rubber_stamps(live_warehouse, truth):
    asked = expected(truth, "purchase_approval_step_time")
    found = by_record(measure.rows(live_warehouse, KPIS["rubber_stamp_share"], *EVER).to_pylist())
    assert len(asked.keys() & found.keys()) >= 10
    assert not any(row["is_bad"] for record in asked for row in found[record])


# Years of ordinary days are no flow: unusual days are shown in the demo plants and by simulation.
NOT_PLAYED = {"unusual_volume"}


@pytest.mark.parametrize("rule", sorted(set(catalog.exceptions()) - NOT_PLAYED))
def test_exceptions_equal_the_truth(rule, live_warehouse, truth):
    """What was played to be an exception is one, since then, and what nearly was is none."""
    told = [row for row in truth if row.get("exception") == rule]
    assert {row.get("absent", False) for row in told} == {True, False}
    query = "select * from fct_exception where exception = $rule"
    found = by_record(live_warehouse.cursor().sql(query, params={"rule": rule}).to_arrow_table().to_pylist())
    for row in told:
        rows = found[row["record_model"], row["record_id"]]
        if row.get("absent"):
            assert not rows, (rule, row.get("note"))
            continue
        wanted = {name: row[name] for name in ("since_at", "plant", "detail", "responsible") if name in row}
        tolerance = 1 + row.get("tolerance_seconds", 0)
        assert len(rows) == 1 and fits(rows[0], wanted, tolerance), (rule, row.get("note"), wanted, rows)


@pytest.mark.parametrize("kpi", sorted(KPIS))
def test_command_line_gives_the_same_rows(kpi, login, warehouses, truth):
    live_warehouse = warehouse.open(warehouse=warehouses["json-2"])
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
        assert sum(part["n"] for part in parts) == total["n"], dimension
        assert total["n"] > 0, "no flow has such a case"


def test_two_warehouses_of_one_code_are_two_plants(live_warehouse, truth):
    plants = {row["plant"] for row in truth if row.get("plant")}
    assert len([plant for plant in plants if plant.endswith("/WH")]) == 2
    assert plants <= {row["plant"] for row in measure.scoreboard(live_warehouse).to_pylist()}


def test_french_labels_are_understood(live_warehouse):
    french = live_warehouse.cursor().sql("select count(*) from fct_event where new_label in ('Confirmé', 'Prêt')")
    assert french.fetchall()[0][0] > 0
    assert warehouse.read(live_warehouse, "unmatched_label").num_rows == 0


def test_records_open_in_odoo(live_warehouse, odoo):
    for row in measure.rows(live_warehouse, KPIS["release_lead_time"], *EVER).to_pylist()[:3]:
        assert row["record_url"] == f"{odoo['ODOO_URL']}/odoo/mrp.production/{row['record_id']}"
