"""How fast machines are mended, how long they stand, and whether they are kept."""

from datetime import date

import pytest

from queries import catalog, measure
from tests.conftest import PLANTS
from tests.machines import BUSY, DONE, Workshop
from tests.marts.test_dim_calendar import week
from tests.marts.test_fct_downtime import MACHINES, log
from tests.rows import at, counted, order

EIGHT = at("2026-01-05 08:00")
WEEK = date(2026, 1, 5), date(2026, 1, 12)


@pytest.fixture(scope="module")
def built(build):
    shop = Workshop()
    shop.request(1, ("2026-01-05 09:00", BUSY), ("2026-01-07 08:00", DONE))
    shop.request(2, ("2026-01-05 12:00", BUSY))
    shop.request(3)
    shop.request(4, is_archived=True)
    shop.request(5, ("2026-01-05 09:00", DONE), maintenance_type="preventive")
    shop.request(6, _valid_to=at("2026-01-06"), _closed_by="deleted")
    shop.mark("2026-01-05 10:00", 1, "normal", "blocked").mark("2026-01-05 16:00", 1, "blocked", "normal")
    shop.mark("2026-01-05 12:00", 4, "normal", "blocked")
    return build(as_of=at("2026-01-12 08:00"), **shop.records)


def test_what_waits_for_a_response(built):
    assert counted(built, "maintenance_response_time") == {
        1: [(EIGHT, at("2026-01-05 09:00"))],
        2: [(EIGHT, at("2026-01-05 12:00"))],
        3: [(EIGHT, None)],
    }  # 4 was cancelled, 6 deleted, and 5 is preventive
    [found] = built.kpi("maintenance_response_time", *WEEK)
    assert (found["value"], found["n"], found["n_open"]) == (4 * 3600, 3, 1)


def test_what_waits_for_restoration(built):
    assert counted(built, "time_to_restoration") == {
        1: [(EIGHT, at("2026-01-07 08:00"))],
        2: [(EIGHT, None)],
        3: [(EIGHT, None)],
    }
    [found] = built.kpi("time_to_restoration", *WEEK, by="team")
    assert (found["cut"], found["n"], found["n_open"]) == ("Mechanics", 3, 2)


def test_what_is_blocked(built):
    assert counted(built, "maintenance_wait") == {1: [(at("2026-01-05 10:00"), at("2026-01-05 16:00"))]}


def test_no_request_is_no_number(build):
    for kpi in (
        "maintenance_response_time",
        "time_to_restoration",
        "maintenance_wait",
        "downtime",
        "preventive_compliance",
    ):
        [found] = build().kpi(kpi, *WEEK)
        assert found["value"] is None and found["n"] == 0 and found["reason"], kpi


def test_preventive_compliance(build):
    shop, planned = Workshop(), {"maintenance_type": "preventive", "scheduled_at": at("2026-01-06 10:00")}
    shop.request(1, ("2026-01-06 23:00", DONE), **planned)  # late in the evening of its day
    shop.request(2, ("2026-01-07 00:30", DONE), **planned)
    shop.request(3, **planned)  # open
    shop.request(4, **planned | {"scheduled_at": at("2026-01-12 10:00")})  # its day is not over
    shop.request(5, ("2026-01-06 09:00", DONE), maintenance_type="preventive")  # without a day
    shop.request(6, ("2026-01-06 09:00", DONE), **planned | {"maintenance_type": "corrective"})
    shop.request(7, is_archived=True, **planned)
    shop.request(8, ("2026-01-05 09:00", DONE), **planned)  # early
    built = build(as_of=at("2026-01-12 18:00"), **shop.records)
    rows = built.kpi_rows("preventive_compliance", date(2026, 1, 5), date(2026, 1, 20))
    assert {row["record_id"]: row["is_good"] for row in rows} == {1: True, 2: False, 3: False, 8: True}
    assert {row["due_at"] for row in rows} == {at("2026-01-07")}
    [found] = built.kpi("preventive_compliance", *WEEK)
    assert (found["value"], found["n"]) == (0.5, 4)


def test_downtime_counts_the_hours_in_which_the_plant_works(build):
    """South works from Monday to Friday, eight to noon; it was down over a night, and is down since Friday."""
    nord, south = PLANTS["res_company"]
    built = build(
        as_of=at("2026-01-12 09:00"),
        res_company=[nord, south | {"resource_calendar_id": 2}],
        resource_calendar=[{"id": 1, "tz": "Europe/Paris"}, {"id": 2, "tz": "UTC"}],
        mrp_production=[order(1)],
        resource_calendar_attendance=week((8, 12), calendar=2),
        mrp_workcenter_productivity=[
            log(1, "2026-01-05 11:00", "2026-01-06 09:00"),
            log(2, "2026-01-09 11:30"),
            log(3, "2026-01-06 08:00", "2026-01-06 09:00", loss_id=2),
            log(4, "2026-01-05 08:00", "2026-01-05 20:00", workcenter_id=2, company_id=1),
        ],
        **MACHINES,
    )
    rows = built.kpi_rows("downtime", *WEEK)
    # 4: nobody knows which plant it is, so the clock on the wall counts
    assert {row["record_id"]: row["amount"] for row in rows} == {1: 2 * 3600, 2: 1.5 * 3600, 4: 12 * 3600}
    found = {row["cut"]: row["value"] for row in built.kpi("downtime", *WEEK, by="plant")}
    assert found["South/WH"] == 3.5 * 3600


def test_a_request_falls_due_under_a_service_level_by_its_age_and_not_by_its_day(build):
    planned = {"scheduled_at": at("2026-01-20 10:00")}
    built = build(as_of=at("2026-01-12 08:00"), **Workshop().request(1, **planned).records)
    for name in ("maintenance_response_time", "time_to_restoration"):
        kpi = catalog.load()[name]
        [row] = measure.missed(built, kpi, "elapsed", {"": 86400.0}, *WEEK).to_pylist()
        assert row["due_at"] == at("2026-01-06 08:00")
