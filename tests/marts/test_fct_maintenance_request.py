"""Maintenance requests: when they were taken up and done, how they stand, and in which plant."""

import pytest

from queries.config import Config, Place
from tests.machines import BUSY, DONE, NEW, SCRAP, Workshop
from tests.rows import at, order

EIGHT, NINE, TEN, ELEVEN = (at(f"2026-01-05 {hour:02d}:00") for hour in (8, 9, 10, 11))


def by_record(built) -> dict[int, dict]:
    return {row["record_id"]: row for row in built.rows("from fct_maintenance_request")}


@pytest.fixture(scope="module")
def stages(build):
    shop = Workshop()
    shop.request(1, ("2026-01-05 09:00", BUSY), ("2026-01-05 10:00", DONE))
    shop.request(2)
    shop.request(3, ("2026-01-05 09:00", BUSY))
    shop.request(4, ("2026-01-05 09:00", DONE), ("2026-01-05 10:00", BUSY), ("2026-01-05 11:00", SCRAP))
    shop.request(5, ("2026-01-05 09:00", DONE), ("2026-01-05 10:00", BUSY))
    shop.request(6, ("2026-01-05 09:00", DONE), ("2026-01-05 10:00", SCRAP))  # one end after the other
    shop.request(7, stage_id=DONE, closed_on=at("2026-01-07").date())  # nobody knows the hour
    shop.request(8, stage_id=BUSY)  # begun when it was made
    shop.request(9, is_archived=True)
    shop.request(10, ("2026-01-05 09:00", DONE), is_archived=True)
    shop.request(11, _valid_to=at("2026-01-06"), _closed_by="deleted")
    shop.request(12, stage_id=DONE, closed_on=at("2026-03-02").date())  # the day is not over
    shop.request(13, ("2026-01-05 09:00", BUSY), ("2026-01-05 10:00", NEW))  # put back
    return by_record(build(**shop.records))


@pytest.mark.parametrize(
    ("id", "status", "responded", "done"),
    [
        (1, "done", NINE, TEN),
        (2, "open", None, None),
        (3, "open", NINE, None),
        (4, "done", NINE, ELEVEN),
        (5, "open", NINE, None),
        (6, "done", NINE, NINE),
        (7, "done", at("2026-01-08"), at("2026-01-08")),
        (8, "open", EIGHT, None),
        (9, "cancelled", None, None),
        (10, "done", NINE, NINE),
        (11, "deleted", None, None),
        (12, "done", at("2026-03-02"), at("2026-03-02")),
        (13, "open", NINE, None),
    ],
)
def test_milestones(stages, id, status, responded, done):
    found = stages[id]
    assert (found["status"], found["responded_at"], found["done_at"]) == (status, responded, done)


def test_the_quality_of_the_end_is_told(stages):
    assert (stages[1]["done_quality"], stages[7]["done_quality"], stages[2]["done_quality"]) == ("exact", "day", None)


def test_what_is_told_of_a_request(stages):
    row = stages[1]
    assert (row["plant"], row["company"], row["team"], row["priority"]) == ("South/WH", "South", "Mechanics", "normal")
    assert (row["responsible"], row["name"], row["stage"]) == ("Anna", "Request 1", "Repaired")


def test_it_is_due_when_its_day_is_over_where_the_plant_is(build):
    shop = Workshop().request(1, company_id=1, team_id=2, scheduled_at=at("2026-01-05 23:30"))
    shop.request(2, scheduled_at=at("2026-01-05 23:30"))
    built = build(config=Config(places=(Place("Electricians", "Nord/LYO"),)), **shop.records)
    # Half past eleven at night in UTC is the next day in Paris.
    due = {id: row["due_at"] for id, row in by_record(built).items()}
    assert due == {1: at("2026-01-06 23:00"), 2: at("2026-01-06 00:00")}


def test_plants(build):
    """What says most goes first: order, work center, place, machine, team, and the only plant of the company."""
    equipment = [
        {"id": 1, "name": "Press", "workcenter_id": 1, "company_id": 1},
        {"id": 2, "name": "Saw", "location_id": 31, "company_id": 1},
        {"id": 3, "name": "Oven", "company_id": 1},
        {"id": 4, "name": "Lamp", "company_id": 1},
    ]
    shop, one = Workshop(), {"company_id": 1}
    shop.request(1, **one, production_id=7, equipment_id=3)
    shop.request(2, **one, equipment_id=1)
    shop.request(3, **one, equipment_id=2)
    shop.request(4, **one, equipment_id=3, team_id=2)
    shop.request(5, **one, equipment_id=4, team_id=2)
    shop.request(6, **one, equipment_id=4)
    shop.request(7, equipment_id=3)  # of that name, and of another company
    shop.request(8, **one, workcenter_id=1)
    places = (Place("Oven", "Nord/LYO"), Place("Electricians", "Nord/WH"), Place("Line 1", "Nord/LYO"))
    built = build(
        config=Config(places=places),
        mrp_production=[order(7)],
        mrp_workcenter=[{"id": 1, "name": "Line 1", "company_id": 1}],
        stock_location=[{"id": 31, "name": "Hall", "usage": "internal", "warehouse_id": 3}],
        maintenance_equipment=equipment,
        **shop.records,
    )
    assert {id: row["plant"] for id, row in by_record(built).items()} == {
        1: "Nord/WH", 2: "Nord/LYO", 3: "Nord/LYO", 4: "Nord/LYO", 5: "Nord/WH", 6: None, 7: "South/WH", 8: "Nord/LYO",
    }  # fmt: skip
