"""Where stock lies: the plant of a location, and whether goods there are held."""

import pytest

from queries.config import Config, Quality


def location(id: int, name: str, parent: int | None = None, usage: str = "internal", **values) -> dict:
    return {"id": id, "name": name, "complete_name": f"WH/{name}", "parent_id": parent, "usage": usage} | values


WAREHOUSES = [
    {"id": 1, "code": "WH", "name": "Lille", "company_id": 1, "view_location_id": 10},
    {"id": 2, "code": "WH", "name": "Austin", "company_id": 2},
]
PLACES = [
    location(10, "QC", usage="view"),  # a warehouse in Québec
    location(11, "Stock", 10),
    location(12, "Quarantine North", 11),
    location(13, "Shelf 1", 12),
    location(14, "Household goods", 10),
    location(15, "On-hold", 10),
    location(16, "Sperrlager", 10, complete_name="QC/Sperrlager"),
    location(17, "Quarantine losses", usage="inventory"),
    location(18, "QUALITY CONTROL", warehouse_id=2),
    location(19, "Zone d'accès", 10),
    location(20, "Old scrap", 10, is_scrap=True),
]


@pytest.fixture
def places(build):
    def built(config: Config | None = None) -> dict[int, dict]:
        rows = build(config=config, stock_warehouse=WAREHOUSES, stock_location=PLACES).rows("from dim_location")
        return {row["location_id"]: row for row in rows}

    return built


def test_the_plant_is_that_of_the_warehouse_or_of_the_nearest_view_above(places):
    found = {id: row["plant"] for id, row in places().items()}
    assert found[10] == found[11] == found[13] == "Nord/WH"
    assert found[18] == "South/WH"
    assert found[17] is None


def test_goods_are_held_where_a_word_of_the_name_says_so_and_below(places):
    assert {id for id, row in places().items() if row["is_quarantine"]} == {12, 13, 15, 18}


def test_ops_toml_says_which_locations_hold_goods(places):
    named = Config(quality=Quality(("qc/sperrlager", "accès")))
    assert {id for id, row in places(named).items() if row["is_quarantine"]} == {16, 19}
    assert not any(row["is_quarantine"] for row in places(Config(quality=Quality(()))).values())


def test_where_goods_are_lost(places):
    assert {id for id, row in places().items() if row["is_loss"]} == {17, 20}
