"""A process rule that names what does not exist finds nothing, and says so."""

from queries.config import Config, PlantRule, Process, ProcessRule
from tests.rows import order


def test_names_that_are_not_there(build):
    rules = (
        ProcessRule("good", "production", "missing", ("started",), owner="X", product_families=("Frames",)),
        ProcessRule("named", "production", "missing", ("started",), owner="X", products=("Table", "[T-1] Table")),
        ProcessRule("chairs", "production", "missing", ("started",), owner="X", products=("Chair",)),
        ProcessRule("wheels", "production", "missing", ("started",), owner="X", product_families=("Frames", "Wheels")),
        ProcessRule("there", "production", "missing", ("started",), owner="X", plants=("Nord/WH",)),
        ProcessRule(
            "elsewhere", "production", "missing", ("started",), owner="X", plant=(PlantRule("Oslo", is_off=True),)
        ),
    )
    built = build(config=Config(processes=(Process("production", rules=rules),)), mrp_production=[order(1)])
    assert sorted(tuple(row.values()) for row in built.check("configured_rule_without_match")) == [
        ("chairs", "product: Chair"),
        ("elsewhere", "plant: Oslo"),
        ("wheels", "product family: Wheels"),
    ]
