"""What ops.toml puts into a plant."""

from queries import catalog
from queries.config import Config, Place


def test_places_of_plants_that_exist(build):
    built = build(config=Config(places=(Place("Press", "Nord/WH"), Place("Saw", "nowhere"))))
    assert built.rows("select name, plant, company_id from dim_place") == [
        {"name": "Press", "plant": "Nord/WH", "company_id": 1}
    ]


def test_a_place_that_matches_nothing_is_told(build):
    named = ("Press", "Shared", "Saw", "Mechanics")
    places = (*(Place(name, "Nord/WH") for name in named), Place("Lathe", "x"))
    built = build(
        config=Config(places=places),
        maintenance_team=[{"id": 1, "name": "Mechanics", "company_id": 1}, {"id": 2, "name": "Shared"}],
        maintenance_equipment=[{"id": 1, "name": "Press", "company_id": 1}],
        mrp_workcenter=[{"id": 1, "name": "Saw", "company_id": 2}, {"id": 2, "name": "Lathe", "company_id": 1}],
    )
    found = built.rows(catalog.checks()["configured_place_without_match"].sql)
    assert {row["name"] for row in found} == {"Saw", "Lathe"}  # of another company; into no plant
