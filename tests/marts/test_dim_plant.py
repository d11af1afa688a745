"""A plant is a warehouse of a company; its code is unique, and ops.toml may give another."""

import pytest

from queries.config import Config, Plant


def plants(built) -> dict[int, dict]:
    return {row["warehouse_id"]: row for row in built.rows("select * from dim_plant")}


def test_code_is_company_and_warehouse(build):
    found = plants(build())
    assert {row["plant"] for row in found.values()} == {"Nord/WH", "South/WH"}
    assert found[1] == {
        "instance": "test",
        "plant": "Nord/WH",
        "name": "Lille",
        "company_id": 1,
        "company": "Nord",
        "warehouse_id": 1,
        "warehouse": "WH",
        "timezone": "Europe/Paris",
        "configured_timezone": None,
        "calendar_id": 1,
        "calendar": None,
        "configured_calendar": None,
        "currency": "EUR",
    }


def test_without_a_calendar_the_time_zone_is_utc(build):
    assert plants(build())[2]["timezone"] == "UTC"


def test_same_company_and_code_twice_is_told_apart_by_id(build):
    twins = [
        {"id": 1, "code": "WH", "name": "Lille", "company_id": 1},
        {"id": 2, "code": "WH", "name": "Lens", "company_id": 1},
        {"id": 3, "code": "TUL", "name": "Tulle", "company_id": 1},
    ]
    found = plants(build(stock_warehouse=twins))
    assert [found[i]["plant"] for i in (1, 2, 3)] == ["test:Nord/WH#1", "test:Nord/WH#2", "Nord/TUL"]


def test_two_companies_of_one_name_are_told_apart(build):
    companies = [{"id": 1, "name": "Nord"}, {"id": 2, "name": "Nord"}]
    assert [row["plant"] for _, row in sorted(plants(build(res_company=companies)).items())] == [
        "test:Nord/WH#1",
        "test:Nord/WH#2",
    ]


def test_two_instances_with_the_same_plant_are_told_apart(build):
    company = {"id": 1, "name": "Nord", "currency_id": None}
    warehouse = {"id": 1, "code": "WH", "name": "Lille", "company_id": 1}
    built = build(
        res_company=[company, company | {"instance": "other"}],
        stock_warehouse=[warehouse, warehouse | {"instance": "other"}],
    )
    assert {row["plant"] for row in built.rows("select plant from dim_plant")} == {
        "test:Nord/WH#1",
        "other:Nord/WH#1",
    }


def test_configuration_names_a_plant(build):
    config = Config(plants=(Plant("LIL", "Nord", "WH", name="Lille works", timezone="Europe/Madrid"),))
    found = plants(build(config=config))
    assert (found[1]["plant"], found[1]["name"], found[1]["timezone"]) == ("LIL", "Lille works", "Europe/Madrid")
    assert found[2]["plant"] == "South/WH"


def test_configuration_keeps_what_it_leaves_empty(build):
    found = plants(build(config=Config(plants=(Plant("LIL", "Nord", "WH"),))))
    assert (found[1]["name"], found[1]["timezone"]) == ("Lille", "Europe/Paris")


@pytest.mark.parametrize(("instance", "expected"), [("", "LIL"), ("test", "LIL"), ("other", "Nord/WH")])
def test_configuration_may_hold_for_one_instance(build, instance, expected):
    found = plants(build(config=Config(plants=(Plant("LIL", "Nord", "WH", instance=instance),))))
    assert found[1]["plant"] == expected


def test_configuration_of_the_instance_wins_over_the_general_one(build):
    config = Config(plants=(Plant("ANY", "Nord", "WH"), Plant("LIL", "Nord", "WH", instance="test")))
    assert [row["plant"] for row in build(config=config).rows("select plant from dim_plant where company_id = 1")] == [
        "LIL"
    ]


def test_no_warehouse_no_plant(build):
    assert build(stock_warehouse=[]).rows("select * from dim_plant") == []


def test_a_time_zone_that_is_none_is_utc(build):
    calendar = [{"id": 1, "tz": "-2+3"}]
    assert plants(build(resource_calendar=calendar))[1]["timezone"] == "UTC"
