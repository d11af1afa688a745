"""Which process rule holds in which plant, and with which thresholds."""

from queries.config import Config, PlantRule, Process, ProcessRule
from tests.rows import order

ONCE = ProcessRule(
    "once",
    "production",
    "too often",
    ("confirmed",),
    at_most=1,
    owner="Planner",
    plant=(PlantRule("Nord/WH", at_most=3, weight=5.0, owner="Anna"),),
)
NOT_THERE = ProcessRule(
    "not in the south", "production", "missing", ("started",), owner="Foreman", except_plants=("South/WH",)
)


def test_a_plants_own_line_goes_before_that_of_all(build):
    config = Config(processes=(Process("production", rules=(ONCE, NOT_THERE)),))
    elsewhere = order(2, company_id=2, picking_type_id=2)
    nowhere = order(3, picking_type_id=None)
    built = build(config=config, mrp_production=[order(1), elsewhere, nowhere])
    rows = built.rows(
        "select rule, plant, at_most, weight, owner from dim_process_rule where not is_built_in order by all"
    )
    assert [tuple(row.values()) for row in rows] == [
        ("not in the south", "Nord/WH", None, 1.0, "Foreman"),
        ("not in the south", None, None, 1.0, "Foreman"),
        ("once", "Nord/WH", 3, 5.0, "Anna"),
        ("once", "South/WH", 1, 1.0, "Planner"),
        ("once", None, 1, 1.0, "Planner"),
    ]
    assert built.rows("select count(*) as n from dim_process_rule where is_built_in")[0]["n"] % 3 == 0


def test_without_cases_no_rule_holds_anywhere(build):
    assert build().rows("select * from dim_process_rule") == []
