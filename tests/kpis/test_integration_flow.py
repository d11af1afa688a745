"""How long transactions take and wait, how many are late, pile up, are given up or stuck, and how fast they recover."""

from __future__ import annotations

from datetime import date

import pytest

from queries.config import Config, Interface
from tests.conftest import Chatter
from tests.rows import at, order
from tests.runs import AS_OF, integrated, retry, run

T = "2026-03-02"
EVER = (date(2000, 1, 1), date(2100, 1, 1))
WEEK = (date(2026, 2, 23), date(2026, 3, 2))  # until the midnight before


@pytest.fixture(scope="module")
def built(build):
    """Runs of Monday morning: through, tried again, given up, waiting, running, cancelled, not known."""
    return integrated(
        build,
        run(1, f"{T} 08:00"),
        run(2, f"{T} 08:00", "failed"),
        retry(3, 2, f"{T} 08:30"),
        run(4, f"{T} 09:00", "failed", error_code="timeout"),
        run(5, f"{T} 10:00", "pending"),
        run(6, f"{T} 08:00", "pending", eligible_at=at(f"{T} 20:00")),  # put off
        run(7, f"{T} 11:30", "running"),
        run(8, f"{T} 09:00", "cancelled"),
        run(9, f"{T} 09:00", "unknown", native_status="404", error_text="not saved"),
        run(10, f"{T} 09:00", ended_quality="lower_bound"),
        run(11, f"{T} 09:00", attempts=None),
        run(12, f"{T} 09:00", source="cron", trigger="schedule", attempts=1),
    )


def spans(built, kpi: str) -> dict[int, tuple]:
    return {row["record_id"]: (row["started_at"], row["ended_at"]) for row in built.kpi_rows(kpi, *EVER)}


def hours(built, kpi: str) -> dict[int, float]:
    return {row["record_id"]: row["elapsed_seconds"] for row in built.kpi_rows(kpi, *EVER)}


@pytest.mark.parametrize("kpi", ["integration_latency", "integration_latency_p95"])
def test_latency_is_from_end_to_end_and_what_is_not_through_is_open(built, kpi):
    assert spans(built, kpi) == {
        1: (at(f"{T} 08:00"), at(f"{T} 08:01:10")),
        2: (at(f"{T} 08:00"), at(f"{T} 08:31:10")),
        4: (at(f"{T} 09:00"), None),
        5: (at(f"{T} 10:00"), None),
        6: (at(f"{T} 08:00"), None),
        7: (at(f"{T} 11:30"), None),
        11: (at(f"{T} 09:00"), at(f"{T} 09:01:10")),
    }
    [value] = built.kpi(kpi, *EVER)
    assert (value["n"], value["n_open"], value["n_unmeasured"]) == (7, 4, 1), "the end of one is not known"
    assert value["value"] is None or kpi == "integration_latency"


def test_queue_time(built):
    found = hours(built, "integration_queue_time")
    assert found.pop(5) == 2 * 3600 and set(found.values()) == {10}
    assert set(found) == {1, 2, 4, 7, 8, 10, 11}, "what is put off does not wait yet"


def test_execution_time(built):
    found = hours(built, "integration_execution_time")
    assert {id: found[id] for id in (1, 2, 7)} == {1: 60, 2: 31 * 60, 7: 1790}
    assert set(found) == {1, 2, 7, 11, 12}, "what failed does not run any more"


def test_recovery(built, build):
    failed = at(f"{T} 08:01:10")
    assert spans(built, "integration_recovery_time") == {
        2: (failed, at(f"{T} 08:31:10")),
        4: (at(f"{T} 09:01:10"), None),
    }
    nightly = {"trigger": "schedule", "flow_name": "Nightly"}
    scheduled = integrated(
        build,
        run(1, f"{T} 05:00", **nightly),
        run(2, f"{T} 06:00", "failed", **nightly),
        run(3, f"{T} 07:00", "failed", **nightly),
        run(4, f"{T} 08:00", **nightly),
        run(5, f"{T} 08:30", flow_key="other"),  # of another flow
        run(6, f"{T} 09:00", "failed", **nightly),
        run(7, f"{T} 10:00", "failed", **nightly),
    )
    assert spans(scheduled, "integration_recovery_time") == {
        2: (at(f"{T} 06:01:10"), at(f"{T} 08:01:10")),  # two failures in a row are one
        6: (at(f"{T} 09:01:10"), None),
    }


def test_first_try(built):
    rows = {row["record_id"]: row["is_bad"] for row in built.kpi_rows("integration_first_try_failure_rate", *EVER)}
    assert rows == {1: False, 2: True, 4: True, 10: False, 12: False}
    [value] = built.kpi("integration_first_try_failure_rate", *EVER)
    assert (value["value"], value["n"], value["n_unmeasured"]) == (0.4, 5, 1)


def test_late_are_those_that_fell_due_without_success(build):
    def labelled(number, created, status="success", seconds=60.0, **values):
        return run(number, created, status, seconds, interface_number=1, **values)

    built = integrated(
        build,
        labelled(1, f"{T} 08:00"),
        labelled(2, f"{T} 08:00", seconds=1000),
        labelled(3, f"{T} 08:00", "failed"),
        retry(4, 3, f"{T} 08:20"),
        labelled(5, f"{T} 08:00", "pending"),
        labelled(6, f"{T} 11:50", "pending"),  # not due yet
        labelled(7, f"{T} 11:57"),
        labelled(8, f"{T} 08:00", "cancelled"),
        labelled(9, f"{T} 08:00", "unknown"),
        run(10, f"{T} 08:00", seconds=9999, flow_key="without"),
        config=Config(interfaces=(Interface("Labels", "n8n", latency=900.0),)),
    )
    rows = {row["record_id"]: row["is_good"] for row in built.kpi_rows("integration_on_time_share", *EVER)}
    assert rows == {1: True, 2: False, 3: False, 5: False, 7: True}
    assert built.kpi_rows("integration_on_time_share", *EVER)[0]["due_at"] == at(f"{T} 08:15")


def ages(built, kpi: str, period=EVER) -> dict[int, float]:
    return {row["record_id"]: row["age_seconds"] for row in built.kpi_rows(kpi, *period)}


@pytest.mark.parametrize("kpi", ["integration_backlog_count", "integration_backlog_age"])
def test_backlog_is_what_is_due_and_has_no_outcome(built, kpi):
    assert ages(built, kpi) == {5: 7200, 7: 1800}
    [value] = built.kpi(kpi, *EVER)
    assert value["value"] == (2 if kpi == "integration_backlog_count" else 7200)


def test_what_was_there_a_week_ago_is_told(build):
    """One was accepted on Thursday and failed on Tuesday; another one has waited since Friday."""
    days = 5 * 86400
    built = integrated(build, run(1, "2026-02-26", "failed", days), run(2, "2026-02-27", "pending"))
    assert set(ages(built, "integration_backlog_count", WEEK)) == {1, 2}
    assert set(ages(built, "integration_backlog_count")) == {1, 2}
    built = integrated(build, run(1, "2026-02-20", "failed", days), run(2, "2026-02-27", "pending"))
    assert set(ages(built, "integration_backlog_count", WEEK)) == {2}
    assert set(ages(built, "integration_dead_letter_count", WEEK)) == {1}


def test_dead_letters(built):
    assert set(ages(built, "integration_dead_letter_count")) == {4}
    [row] = built.kpi_rows("integration_dead_letter_count", *EVER)
    assert (row["entered_at"], row["error_code"]) == (at(f"{T} 09:01:10"), "timeout")


def test_stuck(built):
    assert set(ages(built, "integration_stuck_count")) == {5}
    [row] = built.kpi_rows("integration_stuck_count", *EVER)
    assert (row["stuck_by"], row["age_seconds"]) == ("does not begin", 3600)


def test_coverage(built):
    rows = built.kpi_rows("integration_coverage", *EVER)
    assert [(row["record_id"], row["reason"]) for row in rows if not row["is_good"]] == [(9, "not saved")]
    [value] = built.kpi("integration_coverage", *EVER)
    assert (value["value"], value["n"]) == (pytest.approx(10 / 11), 11)


def test_correlation_ids(build):
    built = integrated(
        build,
        run(1, f"{T} 08:00", correlation_id="a"),
        run(2, f"{T} 08:00"),
        run(3, f"{T} 08:00", source="cron", record_model="ir.cron"),
        run(4, f"{T} 08:00", "unknown"),
    )
    rows = {row["record_id"]: row["is_good"] for row in built.kpi_rows("integration_correlation_share", *EVER)}
    assert rows == {1: True, 2: False}


def test_what_was_processed_twice(build):
    built = integrated(
        build,
        run(1, f"{T} 08:00", correlation_id="a"),
        run(2, f"{T} 09:00", correlation_id="a"),
        run(3, f"{T} 09:00", correlation_id="a", flow_key="another"),  # the next step of its path
        run(4, f"{T} 08:00", correlation_id="b"),
        run(5, f"{T} 09:00", "failed", correlation_id="b"),
        run(6, f"{T} 08:00", "failed", correlation_id="c"),
        retry(7, 6, f"{T} 09:00", correlation_id="c"),
        run(8, f"{T} 08:00"),
        run(9, f"{T} 08:00"),
    )
    rows = {row["record_id"]: row["is_bad"] for row in built.kpi_rows("integration_duplicate_share", *EVER)}
    assert rows == {1: False, 2: True, 3: False, 4: False, 6: False}
    [value] = built.kpi("integration_duplicate_share", *EVER)
    assert (value["value"], value["n_unmeasured"]) == (0.2, 2)


def test_lag_until_it_shows_in_odoo(build):
    """The MES reports at eight and at nine; the order is confirmed at eight past five and done at ten."""
    chatter = Chatter().say(f"{T} 08:05", "mrp.production", 1, state=("Draft", "Confirmed"))
    chatter.say(f"{T} 10:00", "mrp.production", 1, state=("Confirmed", "Done"))
    mes = {"source": "inbox", "direction": "in", "odoo_model": "mrp.production", "odoo_res_id": 1}
    built = integrated(
        build,
        run(1, f"{T} 08:00", **mes),
        run(2, f"{T} 09:00", "failed", **mes),
        run(3, f"{T} 10:00", **mes),  # at that moment
        run(4, f"{T} 11:00", **mes),  # nothing since
        run(5, f"{T} 08:00", **mes | {"direction": "out"}),
        run(6, f"{T} 08:00", "cancelled", **mes),
        run(7, f"{T} 08:00", **mes | {"odoo_res_id": None}),
        run(8, f"{T} 08:00", **mes | {"source": "webhook_in"}),  # Odoo's own log
        mrp_production=[order(1, state="done")],
        **chatter.records,
    )
    rows = built.kpi_rows("integration_odoo_lag", *EVER)
    assert {row["event_key"]: (row["elapsed_seconds"], row["activity"]) for row in rows} == {
        "inbox:prod:1": (300, "confirmed"),
        "inbox:prod:2": (3600, "done"),
        "inbox:prod:3": (0, "done"),
        "inbox:prod:4": (3600, None),
    }
    assert {(row["record_model"], row["record_id"], row["instance"]) for row in rows} == {("mrp.production", 1, "test")}


def test_each_is_cut_by_interface_and_flow(built):
    for by, cut in (("interface", "Carrier labels"), ("source", "n8n"), ("plant", "Nord/WH")):
        [value] = built.kpi("integration_latency", *EVER, by=by)
        assert (value["cut"], value["n"]) == (cut, 7)
    classes = {row["cut"]: row["n"] for row in built.kpi("integration_latency", *EVER, by="failure_class")}
    assert classes == {"technical": 2, "(none)": 5}
    assert built.as_of == AS_OF
