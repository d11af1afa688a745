"""How many cases, and how many steps, break no process rule."""

from datetime import date

import pytest

from queries.config import Config, Process, ProcessRule
from queries.process_rules import built_in
from tests.conftest import Chatter
from tests.rows import order, purchase

MO, PO = "mrp.production", "purchase.order"
EVER = (date(2000, 1, 1), date(2100, 1, 1))


@pytest.fixture(scope="module")
def make(build):
    chatter = Chatter()
    # 1 conforms: 3 steps; 2 reports early and confirms twice: 6 steps, of which 2 deviate; 3 is cancelled: 2 steps
    chatter.say("2026-01-06 08:00", MO, 1, state=("Draft", "Confirmed"))
    chatter.say("2026-01-06 09:00", MO, 1, state=("Confirmed", "Done"))
    for hour, old, new in (
        (8, "Draft", "Confirmed"),
        (9, "Confirmed", "To Close"),
        (10, "To Close", "Confirmed"),
        (11, "Confirmed", "In Progress"),
        (12, "In Progress", "Done"),
    ):
        chatter.say(f"2026-01-06 {hour:02d}:00", MO, 2, state=(old, new))
    chatter.say("2026-01-07 09:00", MO, 3, state=("Draft", "Cancelled"))
    # 4 is open, and breaks a rule; 5 is of the other plant
    chatter.say("2026-01-07 09:00", MO, 4, state=("Draft", "To Close"))
    chatter.say("2026-01-07 10:00", MO, 4, state=("To Close", "In Progress"))
    chatter.say("2026-01-07 09:00", MO, 5, state=("Draft", "Done"))
    chatter.say("2026-01-06 10:00", PO, 1, state=("RFQ", "Purchase Order"))
    states = {1: "done", 2: "done", 3: "cancel", 4: "progress", 5: "done"}
    south = {"company_id": 2, "picking_type_id": 2}

    def made(config: Config | None = None):
        return build(
            config=config,
            mrp_production=[order(id, state=state, **(south if id == 5 else {})) for id, state in states.items()],
            purchase_order=[purchase(1, state="purchase")],
            **chatter.records,
        )

    return made


def test_cases_that_ended_without_a_deviation(make):
    rows = make().kpi_rows("conformance_rate", *EVER)
    assert {(row["workflow"], row["record_id"]): row["is_good"] for row in rows} == {
        ("production", 1): True,
        ("production", 2): False,
        ("production", 3): True,
        ("production", 5): True,
        ("purchase", 1): True,
    }
    assert [row["rules"] for row in rows if row["rules"]] == [
        "confirmed more than once, reported complete before start"
    ]


def test_cut_by_workflow_plant_and_product_family(make):
    built = make()
    assert {
        by: {row["cut"]: (row["value"], row["n"]) for row in built.kpi("conformance_rate", *EVER, by=by)}
        for by in ("workflow", "plant", "product_family")
    } == {
        "workflow": {"production": (0.75, 4), "purchase": (1.0, 1)},
        "plant": {"Nord/WH": (0.75, 4), "South/WH": (1.0, 1)},
        "product_family": {"Frames": (0.75, 4), "(none)": (1.0, 1)},
    }


def test_steps_that_break_no_rule(make):
    rows = make().kpi_rows("conforming_event_share", *EVER)
    assert {(row["workflow"], row["record_id"]): (row["numerator"], row["denominator"]) for row in rows} == {
        ("production", 1): (3, 3),
        ("production", 2): (4, 6),
        ("production", 3): (2, 2),
        ("production", 5): (2, 2),
        ("purchase", 1): (2, 2),
    }
    [value] = make().kpi("conforming_event_share", *EVER)
    assert (value["value"], value["n"]) == (pytest.approx(13 / 15), 5)


def without_rules(*workflows: str, rules=()) -> Config:
    return Config(
        processes=tuple(
            Process(name, tuple(rule.name for rule in built_in().values() if rule.workflow == name), rules)
            for name in workflows
        )
    )


def test_where_no_rule_holds_there_is_no_number(make):
    built = make(without_rules("production", "purchase"))
    for kpi in ("conformance_rate", "conforming_event_share"):
        [value] = built.kpi(kpi, *EVER)
        assert (value["value"], value["n"], value["reason"]) == (None, 0, "no case in this period")


def test_a_plant_without_a_rule_does_not_conform_by_that(make):
    rules = (ProcessRule("x", "production", "missing", ("started",), owner="X", plants=("South/WH",)),)
    config = Config(
        processes=(*without_rules("production", rules=rules).processes, *without_rules("purchase").processes)
    )
    rows = make(config).kpi_rows("conformance_rate", *EVER)
    assert [(row["record_id"], row["plant"], row["is_good"]) for row in rows] == [(5, "South/WH", False)]
    [value] = make(config).kpi("conforming_event_share", *EVER)
    assert value["value"] == 1.0  # what is missing is no step
