"""Runs that other systems report in files: how they stand, what failed before, and which of them count."""

from __future__ import annotations

from datetime import date

import pytest

from tests.rows import at


def report(id: int, run: str, status: str, when: str, **values) -> dict:
    """A report of the MES about a run, in the 5th of January 2026's file, as the inbox keeps it."""
    moment = at(f"2026-01-05 {when}")
    row = {"instance": "mes", "id": id, "run_id": run, "flow": "label", "system": "MES", "status": status}
    row |= {"native_status": status.upper(), "plant": "Nord/WH", "reported_at": moment, "line": id}
    return row | {"file": "log.csv", "file_at": at("2026-01-05 20:00"), "_valid_from": at("2026-01-05 21:00")} | values


def ends(id: int, run: str, status: str, when: str, **values) -> dict:
    """A report of the end of a run."""
    return report(id, run, status, when, ended_at=at(f"2026-01-05 {when}"), **values)


REPORTS = [
    ends(1, "good", "success", "09:00", created_at=at("2026-01-05 08:00"), started_at=at("2026-01-05 08:30")),
    # reported as it went; the reports came in another order
    ends(2, "mended", "success", "10:00"),
    report(3, "mended", "running", "08:00", started_at=at("2026-01-05 08:00"), correlation_id="c-1"),
    ends(4, "mended", "failed", "09:00", error_code="503", error_text="no answer", failure_class="technical"),
    ends(5, "lost", "failed", "09:00"),
    report(6, "again", "retrying", "09:00", changed_at=at("2026-01-05 09:00")),
    report(7, "open", "running", "09:00", started_at=at("2026-01-05 09:00")),
    report(8, "untold", "success", "20:00", reported_at=at("2026-01-05 20:00")),  # without any time
    ends(9, "counted", "success", "09:00", attempts=3),
    ends(10, "stopped", "cancelled", "09:00"),
    ends(11, "what", "unknown", "09:00"),
    # a run that others repeat: the first is the transaction
    ends(20, "first", "failed", "09:00", attempts=1),
    ends(21, "second", "failed", "09:10", parent_run_id="first", trigger="retry", attempts=1),
    ends(22, "third", "success", "09:20", parent_run_id="second", trigger="retry", attempts=1),
    ends(23, "part", "failed", "09:20", parent_run_id="good", trigger="sub"),
    ends(24, "by hand", "failed", "09:20", trigger="manual"),
    ends(25, "orphan", "success", "09:20", parent_run_id="never reported"),
    ends(26, "waits", "failed", "09:00"),
    report(27, "its repeat", "running", "09:30", parent_run_id="waits"),
    # two that call each other their parent
    ends(28, "hen", "success", "09:00", parent_run_id="egg"),
    ends(29, "egg", "success", "09:00", parent_run_id="hen"),
    # the same number in another inbox is another run
    ends(30, "good", "failed", "09:00", instance="wms"),
]


@pytest.fixture(scope="module")
def built(build):
    return build(at("2026-01-10 00:00"), inbox_event=REPORTS)


@pytest.fixture(scope="module")
def runs(built):
    rows = built.rows("from fct_integration_event where source = 'inbox'")
    assert len(rows) == len({(row["instance"], row["run_id"]) for row in REPORTS})
    return {row["event_key"].removeprefix("inbox:mes:"): row for row in rows}


def test_the_newest_report_says_how_a_run_stands_whatever_came_first(runs):
    assert {run: row["status"] for run, row in runs.items()} == {
        "good": "success", "mended": "success", "lost": "failed", "again": "retrying", "open": "running",
        "untold": "success", "counted": "success", "stopped": "cancelled", "what": "unknown", "first": "success",
        "second": "failed", "third": "success", "part": "failed", "by hand": "failed", "orphan": "success",
        "waits": "retrying", "its repeat": "running", "hen": "success", "egg": "success", "inbox:wms:good": "failed",
    }  # fmt: skip
    assert runs["mended"]["native_status"] == "SUCCESS"


def test_a_failure_stays_one_and_what_an_earlier_report_said_is_not_lost(runs):
    mended = runs["mended"]
    assert (mended["has_failed"], mended["first_failed_at"]) == (True, at("2026-01-05 09:00"))
    assert (mended["error_code"], mended["error_text"], mended["failure_class"]) == ("503", "no answer", "technical")
    assert (mended["correlation_id"], mended["started_at"]) == ("c-1", at("2026-01-05 08:00"))
    assert (mended["resolved_by"], mended["resolved_at"]) == ("later success", at("2026-01-05 10:00"))
    failed = {run for run, row in runs.items() if row["has_failed"]}
    assert failed == {"mended", "lost", "again", "counted", "first", "second", "part", "by hand", "waits",
                      "inbox:wms:good"}  # fmt: skip


def test_attempts_are_known_only_where_the_system_tells_them(runs):
    told = {run: (row["attempts"], row["failed_attempts"]) for run, row in runs.items() if row["attempts"]}
    assert told == {"counted": (3, 2), "first": (3, 2), "second": (2, 1), "third": (1, 0)} | told
    assert runs["mended"]["attempts"] is None and runs["mended"]["failed_attempts"] == 1


def test_only_the_first_run_of_a_chain_counts(runs):
    counting = {run for run, row in runs.items() if row["is_kpi"] and row["root_key"] == row["event_key"]}
    assert runs.keys() - counting == {"second", "third", "part", "by hand", "its repeat"}
    assert {runs[run]["root_key"] for run in ("first", "second", "third")} == {"inbox:mes:first"}
    assert runs["third"]["parent_key"] == "inbox:mes:second"
    first = runs["first"]
    assert (first["native_status"], first["ended_at"], first["ended_quality"]) == (
        "FAILED", at("2026-01-05 09:20"), "derived",
    )  # fmt: skip


def test_how_the_end_is_known(runs):
    assert (runs["good"]["ended_at"], runs["good"]["ended_quality"]) == (at("2026-01-05 09:00"), "exact")
    assert (runs["untold"]["ended_at"], runs["untold"]["ended_quality"]) == (at("2026-01-05 20:00"), "upper_bound")
    assert (runs["open"]["ended_at"], runs["open"]["ended_quality"]) == (None, "missing")
    good = runs["good"]
    assert (good["queue_seconds"], good["exec_seconds"], good["e2e_seconds"]) == (1800, 1800, 3600)


def test_what_nobody_repeats_any_more_is_told(runs):
    assert {run for run, row in runs.items() if row["is_dead_letter"]} == {"lost", "by hand", "inbox:wms:good"}


def test_flows_are_told_apart_by_their_system(runs):
    assert {row["flow_name"] for row in runs.values()} == {"MES: label"}
    assert {row["plant"] for row in runs.values()} == {"Nord/WH"}


def test_the_kpis_count_them(built):
    """Of 12 that came to an outcome 7 failed at least once: those left open, cancelled or unknown do not count, unless
    they failed."""
    period = date(2026, 1, 1), date(2026, 2, 1)
    [row] = built.kpi("integration_failure_rate", *period, filters={"source": ["inbox"]})
    assert (row["n"], round(row["value"] * row["n"])) == (12, 7)
    [row] = built.kpi("integration_loss_rate", *period, filters={"source": ["inbox"]})
    assert (row["n"], round(row["value"] * row["n"])) == (10, 2)
