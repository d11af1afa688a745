"""Transactions given up and stuck, interfaces that are silent; and interfaces that nobody answers for."""

from datetime import timedelta

import pytest

from queries.config import Config, Interface, RuleSetting
from tests.rows import at, named
from tests.runs import AS_OF, each, integrated, retry, run

T = "2026-03-02"


def test_what_is_given_up_and_has_not_succeeded_since(build):
    built = integrated(
        build,
        run(1, f"{T} 08:00"),
        run(2, f"{T} 08:00", "failed", odoo_model="stock.picking", odoo_res_id=101, side_effects=True),
        run(3, f"{T} 08:00", "failed"),
        retry(4, 3, f"{T} 09:00"),
        run(5, f"{T} 08:00", "failed", is_dead_letter=False, dead_at=None),
        run(6, f"{T} 08:00", "failed"),
        retry(7, 6, f"{T} 11:59", "running"),
    )
    found = named(built, "dead_letter")
    assert set(found) == {2}
    row = found[2]
    assert (row["name"], row["plant"], row["since_at"]) == ("Carrier labels", "Nord/WH", at(f"{T} 08:01:10"))
    assert row["detail"] == "for stock.picking 101, 503, 1 attempt, half of it may have happened"
    assert not row["is_overdue"]


def test_what_is_stuck_now(build):
    again = {"has_failed": True, "attempts": 2, "max_attempts": 5}
    events = [
        *each("2026-02-20", 5, 24),  # usually it takes a minute
        run(1, f"{T} 10:00", "running"),
        run(2, f"{T} 11:30", "running"),
        run(3, f"{T} 09:00", seconds=9000),  # came through
        run(4, f"{T} 11:00", "retrying", first_failed_at=at(f"{T} 11:30"), **again),
        run(5, f"{T} 10:00", "retrying", first_failed_at=at(f"{T} 10:30"), error_code="503", **again),
    ]
    found = named(integrated(build, *events), "stuck_run")
    assert {id: row["detail"] for id, row in found.items()} == {
        1: "runs for longer than usual, 1 attempt",
        5: "tried again, 2 of 5 attempts, 503",
    }
    config = Config(exceptions=(RuleSetting("stuck_run", "Nord/WH", limit=600.0),))
    assert set(named(integrated(build, *events, config=config), "stuck_run")) == {1, 4, 5}


def test_what_is_silent(build):
    day = AS_OF - timedelta(days=56)
    built = integrated(
        build,
        *each(str(day), 55 * 24, 1, 10_000),
        *each(str(day), 56 * 24, 1, 20_000, flow_key="wf2", flow_name="Orders"),
    )
    found = named(built, "silent_interface")
    last = 10_000 + 55 * 24 - 1
    assert set(found) == {last} and found[last]["name"] == "Carrier labels"
    assert found[last]["detail"] == "no run for 1 d, usual is one in 1 h"


@pytest.fixture(scope="module")
def owned(build):
    config = Config(
        interfaces=(
            Interface("Labels", "n8n", owner="Head of logistics", latency=900.0),
            Interface("Orders", "queue_job", owner="Head of IT"),
            Interface("Ghost", "inbox", "mes", ("Ghost*", "Spook"), "Nord/WH"),
        )
    )
    jobs = {"source": "queue_job", "record_model": "queue.job", "instance": "test"}
    return integrated(
        build,
        run(1, f"{T} 08:00", interface_number=1),
        run(2, f"{T} 08:00", interface_number=2, flow_key="b", interface="Orders", **jobs),
        run(3, f"{T} 08:00", flow_key="c", flow_name="Mail", **jobs),
        run(4, "2025-11-01", flow_key="d", flow_name="Fax", **jobs),  # not for months
        run(5, f"{T} 08:00", source="cron", record_model="ir.cron"),
        run(6, f"{T} 08:00", flow_key="e", flow_name="Call", ended_quality="lower_bound"),
        config=config,
    )


def test_who_answers_for_what_runs_is_asked(owned):
    rows = {row["name"]: row["detail"] for row in owned.check("interface_without_owner")}
    assert rows == {
        "Orders": "no latency objective (queue_job, flow b)",
        "Mail": "no owner, no latency objective (queue_job, flow c)",
        "Call": "no owner (n8n, flow e)",  # nobody knows how long it takes
    }


def test_a_section_that_fits_nothing_is_named(owned):
    assert owned.check("configured_interface_without_match") == [
        {"name": "Ghost", "plant": "Nord/WH", "detail": "source inbox, instance mes, flow Ghost*, Spook"}
    ]
