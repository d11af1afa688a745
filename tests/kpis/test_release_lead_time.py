"""From the creation of a production order to its first confirmation."""

from datetime import date

import pytest

from queries import catalog
from tests.conftest import Chatter
from tests.rows import at, counted, order

MO = "mrp.production"
CREATED, RELEASED = at("2026-01-05 08:00"), at("2026-01-06 10:00")


@pytest.fixture(scope="module")
def built(build):
    chatter = Chatter()
    for id in (1, 2, 3, 5, 6, 8):
        chatter.say("2026-01-06 10:00", MO, id, state=("Draft", "Confirmed"))
    chatter.say("2026-01-08 10:00", MO, 2, state=("Confirmed", "Cancelled"))
    chatter.say("2026-01-07 10:00", MO, 3, state=("Confirmed", "Draft"))
    chatter.say("2026-01-09 10:00", MO, 3, state=("Draft", "Confirmed"))
    chatter.say("2026-01-06 10:00", MO, 7, state=("Draft", "Cancelled"))
    return build(
        as_of=at("2026-01-12 08:00"),
        mrp_production=[
            order(1, state="confirmed"),
            order(2, state="cancel"),
            order(3, state="confirmed"),
            order(4),
            order(5, state="confirmed", backorder_sequence=2),
            order(6, state="confirmed", backorder_sequence=1),
            order(7, state="cancel"),
            order(8, state="confirmed", company_id=2, picking_type_id=2, product_id=None, user_id=None),
            order(9, state="progress"),
            order(10, created_at=None),
        ],
        **chatter.records,
    )


def test_what_counts(built):
    assert counted(built, "release_lead_time") == {
        1: [(CREATED, RELEASED)],
        2: [(CREATED, RELEASED)],  # cancelled later
        3: [(CREATED, RELEASED)],  # the first of two releases
        4: [(CREATED, None)],  # a draft
        6: [(CREATED, RELEASED)],  # the first of a series is no back-order
        8: [(CREATED, RELEASED)],  # without product and responsible
    }


def test_value_and_open_cases(built):
    [found] = built.kpi("release_lead_time", date(2026, 1, 5), date(2026, 1, 12))
    assert (found["value"], found["n"], found["n_open"]) == (26 * 3600, 6, 1)


def test_two_plants_with_one_warehouse_code_are_two(built):
    found = {
        row["cut"]: row["n"] for row in built.kpi("release_lead_time", date(2026, 1, 5), date(2026, 1, 12), by="plant")
    }
    assert found == {"Nord/WH": 5, "South/WH": 1}


def test_missing_product_is_a_value_to_filter_by(built):
    assert counted(built, "release_lead_time", filters={"product": ["(none)"]}).keys() == {8}


def test_draft_is_open_up_to_as_of(built):
    rows = built.kpi_rows("release_lead_time", date(2026, 1, 5), date(2026, 1, 12))
    assert {row["record_id"]: row["elapsed_seconds"] for row in rows}[4] == 7 * 86400


def test_a_release_that_a_wrong_clock_put_before_the_creation_took_no_time_and_is_reported(build):
    """Its moments stay as they were recorded; a check names the event."""
    chatter = Chatter()
    chatter.say("2026-01-05 07:30", MO, 1, state=("Draft", "Confirmed"))
    chatter.say("2026-01-05 09:00", MO, 2, state=("Draft", "Confirmed"))
    found = build(mrp_production=[order(1, state="confirmed"), order(2, state="confirmed")], **chatter.records)
    rows = {row["record_id"]: row for row in found.kpi_rows("release_lead_time", *DECADE)}
    assert (rows[1]["started_at"], rows[1]["ended_at"]) == (CREATED, at("2026-01-05 07:30"))
    assert (rows[1]["elapsed_seconds"], rows[2]["elapsed_seconds"]) == (0, 3600)
    [value] = found.kpi("release_lead_time", *DECADE)
    assert (value["value"], value["n"], value["n_open"]) == (0, 2, 0)
    assert len(found.rows(catalog.checks()["event_before_creation"].sql)) == 1


DECADE = (date(2020, 1, 1), date(2030, 1, 1))
