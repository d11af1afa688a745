"""Cases that break process rules: each kind, when and how often, and how much longer they took than others."""

from __future__ import annotations

import pytest

from queries.config import Config, PlantRule, Process, ProcessRule
from tests.conftest import Chatter
from tests.rows import at, order, purchase, review

MO, PO = "mrp.production", "purchase.order"
NONE = ("production", "purchase")


def rules(workflow: str, *given: ProcessRule) -> Config:
    """Only the rules given."""
    from queries.process_rules import built_in

    ours = {name: tuple(rule.name for rule in built_in().values() if rule.workflow == name) for name in NONE}
    return Config(processes=tuple(Process(name, ours[name], given if name == workflow else ()) for name in NONE))


def rule(kind: str, *activity: str, name: str = "the rule", workflow: str = "production", **values) -> ProcessRule:
    return ProcessRule(name, workflow, kind, activity, owner="Owner", **values)


def states(chatter: Chatter, id: int, *changes: tuple[str, str], model: str = MO, **values) -> None:
    """Changes of state, one an hour from 2026-01-06 08:00 on unless a moment is given."""
    before = "Draft" if model == MO else "RFQ"
    for hour, (state, moment) in enumerate(changes, start=8):
        chatter.say(moment or f"2026-01-06 {hour:02d}:00", model, id, state=(before, state), **values)
        before = state


@pytest.fixture
def produce(build):
    """produce(rules, {id: [state, ...]}, **values) -> deviations of production orders by id."""

    def make(config: Config, ways: dict[int, list[str]], **values):
        chatter = Chatter()
        for id, way in ways.items():
            states(chatter, id, *((state, None) for state in way))
        keys = {"Draft": "draft", "Confirmed": "confirmed", "In Progress": "progress", "To Close": "to_close"}
        keys |= {"Done": "done", "Cancelled": "cancel"}
        orders = [order(id, state=keys[way[-1]], **values.get(f"of_{id}", {})) for id, way in ways.items()]
        built = build(config=config, mrp_production=orders, **chatter.records)
        return {row["record_id"]: row for row in built.rows("select * from fct_deviation order by record_id")}

    return make


def test_no_rules_find_nothing(produce):
    assert produce(rules("production"), {1: ["Done"], 2: ["Confirmed", "Draft"]}) == {}


def test_a_rule_for_a_workflow_without_cases_finds_nothing(produce):
    config = rules("purchase", rule("missing", "ordered", workflow="purchase"))
    assert produce(config, {1: ["Done"]}) == {}


def test_a_missing_step_is_one_once_the_case_is_completed(produce):
    ways = {1: ["Done"], 2: ["In Progress", "Done"], 3: ["Confirmed"], 4: ["Cancelled"]}
    found = produce(rules("production", rule("missing", "started")), ways)
    assert list(found) == [1]
    assert (found[1]["times"], found[1]["deviating_event_count"], found[1]["is_open"]) == (1, 0, False)
    assert found[1]["at"] == at("2026-01-06 08:00")


def test_one_of_several_activities_is_enough(produce):
    found = produce(
        rules("production", rule("missing", "started", "confirmed")), {1: ["Done"], 2: ["Confirmed", "Done"]}
    )
    assert list(found) == [1]


def test_too_often_counts_what_is_beyond(produce):
    ways = {1: ["Confirmed", "In Progress", "Confirmed", "In Progress", "Confirmed"], 2: ["Confirmed", "Done"]}
    found = produce(rules("production", rule("too often", "confirmed", at_most=1)), ways)
    assert list(found) == [1]
    assert (found[1]["times"], found[1]["at"]) == (2, at("2026-01-06 10:00"))
    assert found[1]["is_open"] and found[1]["delay_seconds"] is None


def test_out_of_sequence_is_what_comes_before_the_first(produce):
    ways = {
        1: ["To Close", "In Progress", "Done"],
        2: ["In Progress", "To Close", "Done"],
        3: ["To Close", "Done"],  # never started: that is missing, not out of sequence
    }
    found = produce(rules("production", rule("out of sequence", "started", before=("ready to close",))), ways)
    assert list(found) == [1]
    assert (found[1]["times"], found[1]["at"]) == (1, at("2026-01-06 08:00"))


@pytest.mark.parametrize(
    ("values", "deviating", "moment"),
    [
        ({}, [1, 2, 3], "08:00"),
        ({"after": ("done",)}, [2], "09:00"),
        ({"with_": ("done",)}, [1, 2], "08:00"),
    ],
)
def test_excluded_always_after_or_with_another(produce, values, deviating, moment):
    ways = {1: ["In Progress", "Done"], 2: ["Done", "In Progress"], 3: ["In Progress"], 4: ["Done"]}
    found = produce(rules("production", rule("excluded", "started", **values)), ways)
    assert list(found) == deviating
    assert found[deviating[0]]["at"] == at(f"2026-01-06 {moment}")


def test_two_rules_make_two_rows_and_count_an_event_once(build):
    config = rules(
        "production",
        rule("too often", "confirmed", name="once", at_most=1),
        rule("excluded", "confirmed", name="never after start", after=("started",)),
    )
    chatter = Chatter()
    states(chatter, 1, ("Confirmed", None), ("In Progress", None), ("Confirmed", None))
    built = build(config=config, mrp_production=[order(1, state="confirmed")], **chatter.records)
    rows = built.rows("select rule, times, deviating_event_count from fct_deviation order by rule")
    assert [tuple(row.values()) for row in rows] == [("never after start", 1, 1), ("once", 1, 1)]


def test_only_these_products_and_families(produce):
    ways = {1: ["Done"], 2: ["Done"]}
    for values, found in (
        ({"product_families": ("Frames",)}, [1, 2]),
        ({"product_families": ("Wheels",)}, []),
        ({"products": ("[T-1] Table",)}, [1, 2]),
        ({"products": ("Table",)}, [1, 2]),
        ({"products": ("Chair",)}, []),
    ):
        assert list(produce(rules("production", rule("missing", "started", **values)), ways)) == found, values


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ({"plants": ("Nord/WH",)}, [1]),
        ({"except_plants": ("Nord/WH",)}, [2]),
        ({"plant": (PlantRule("South/WH", is_off=True),)}, [1]),
        ({"plants": ("Elsewhere",)}, []),
    ],
)
def test_only_these_plants_or_all_but_these(produce, values, found):
    of = {"of_2": {"company_id": 2, "picking_type_id": 2}}
    assert (
        list(produce(rules("production", rule("missing", "started", **values)), {1: ["Done"], 2: ["Done"]}, **of))
        == found
    )


def test_thresholds_of_one_plant(produce):
    """Nord may confirm twice, all others once."""
    config = rules("production", rule("too often", "confirmed", at_most=1, plant=(PlantRule("Nord/WH", at_most=2),)))
    twice = ["Confirmed", "In Progress", "Confirmed"]
    of = {f"of_{id}": {"company_id": 2, "picking_type_id": 2} for id in (3,)}
    found = produce(config, {1: twice, 2: [*twice, "In Progress", "Confirmed"], 3: twice}, **of)
    assert {id: row["times"] for id, row in found.items()} == {2: 1, 3: 1}
    assert found[2]["definition"] == "confirmed at most twice" and found[3]["definition"] == "confirmed at most once"


def test_from_an_amount_on_in_the_reporting_currency(build):
    """A dollar is worth half a euro in January, and a whole one from February on."""
    chatter = Chatter()
    for id in (1, 2, 3):
        states(chatter, id, ("Purchase Order", None), model=PO)
    far = {"company_id": 2, "picking_type_id": 4, "currency_id": 2}
    config = rules("purchase", rule("excluded", "ordered", workflow="purchase", from_amount=1000.0))
    built = build(
        config=config,
        purchase_order=[
            purchase(1, state="purchase", untaxed_amount=1000.0),
            purchase(2, state="purchase", untaxed_amount=999.0),
            purchase(3, state="purchase", untaxed_amount=1500.0, **far),
            purchase(4, state="purchase", untaxed_amount=5000.0),
        ],
        res_currency_rate=[
            {"id": 1, "currency_id": 2, "company_id": 1, "rate_on": at("2025-01-01").date(), "rate": 2.0},
            {"id": 2, "currency_id": 2, "company_id": 1, "rate_on": at("2026-02-01").date(), "rate": 1.0},
        ],
        **chatter.records,
    )
    [row] = built.rows("select record_id, amount, currency from fct_deviation")
    assert row == {"record_id": 1, "amount": 1000.0, "currency": "EUR"}  # 3 is worth 750
    assert built.rows("select plant, concerned_count from agg_deviation") == [
        {"plant": "Nord/WH", "concerned_count": 2}
    ]


def test_delay_is_beyond_the_median_of_cases_that_break_no_rule(build):
    """Orders without a deviation take 10, 20 and 60 hours; those with one 50 and 15, and one is cancelled."""
    chatter = Chatter()
    made = at("2026-01-05 08:00")
    ends = {1: "2026-01-05 18:00", 2: "2026-01-06 04:00", 3: "2026-01-07 20:00"}
    for id, end in ends.items():
        states(chatter, id, ("In Progress", "2026-01-05 09:00"), ("Done", end))
    for id, end in {4: "2026-01-07 10:00", 5: "2026-01-05 23:00"}.items():
        states(chatter, id, ("To Close", "2026-01-05 08:30"), ("In Progress", "2026-01-05 09:00"), ("Done", end))
    states(chatter, 6, ("To Close", None), ("In Progress", None), ("Cancelled", None))
    orders = [order(id, state="cancel" if id == 6 else "done", created_at=made) for id in range(1, 7)]
    built = build(
        config=rules("production", rule("out of sequence", "started", before=("ready to close",))),
        mrp_production=orders,
        **chatter.records,
    )
    rows = built.rows("select * from fct_deviation order by record_id")
    assert [(row["record_id"], row["delay_seconds"]) for row in rows] == [(4, 30 * 3600.0), (5, -5 * 3600.0), (6, None)]
    assert {(row["conforming_count"], row["conforming_seconds"]) for row in rows} == {(3, 20 * 3600.0)}
    [found] = built.rows("select * from agg_deviation where case_count > 0")
    assert (found["case_count"], found["concerned_count"], found["completed_count"]) == (3, 6, 2)
    assert found["median_seconds"] == 32.5 * 3600


def test_where_all_cases_deviate_there_is_nothing_to_compare_with(produce):
    found = produce(rules("production", rule("missing", "started")), {1: ["Done"], 2: ["Done"]})
    assert [(row["delay_seconds"], row["conforming_count"], row["conforming_seconds"]) for row in found.values()] == [
        (None, 0, None)
    ] * 2


def test_money_at_stake(build):
    """An open order stands for what it holds up or its own amount, a cancelled one for nothing."""
    chatter = Chatter()
    for id in (1, 2):
        chatter.say("2026-01-06 08:00", PO, id, state=("RFQ", "RFQ Sent"))
    chatter.say("2026-01-06 09:00", PO, 2, state=("RFQ Sent", "Cancelled"))
    built = build(
        config=rules("purchase", rule("excluded", "request sent", workflow="purchase")),
        purchase_order=[purchase(1, state="sent"), purchase(2, state="cancel")],
        **chatter.records,
    )
    rows = built.rows("select record_id, amount, currency, is_open from fct_deviation order by record_id")
    assert [tuple(row.values()) for row in rows] == [(1, 9000.0, "EUR", True), (2, None, None, False)]


def test_reviews_are_approvals(build):
    """Two tiers approved, where one approval is enough."""
    config = rules("purchase", rule("too often", "approved", "review approved", workflow="purchase", at_most=1))
    decided = {"status": "approved", "done_by_id": 5}
    built = build(
        config=config,
        purchase_order=[purchase(1), purchase(2)],
        tier_review=[
            review(1, reviewed_at=at("2026-01-06 08:00"), **decided),
            review(2, reviewed_at=at("2026-01-07 08:00"), **decided),
            review(3, 2, reviewed_at=at("2026-01-07 08:00"), **decided),
        ],
    )
    [row] = built.rows("select record_id, fct_deviation.at, times, activity from fct_deviation")
    assert row == {"record_id": 1, "at": at("2026-01-07 08:00"), "times": 1, "activity": "review approved"}


def test_what_is_built_in_leaves_an_ordinary_case_alone(build):
    chatter = Chatter()
    chatter.say("2026-01-06 08:00", MO, 1, state=("Draft", "Confirmed"), reservation_state=("", "Waiting"))
    chatter.say("2026-01-06 09:00", MO, 1, reservation_state=("Waiting", "Ready"))
    chatter.say("2026-01-06 10:00", MO, 1, state=("Confirmed", "In Progress"))
    chatter.say("2026-01-06 11:00", MO, 1, state=("In Progress", "To Close"))
    chatter.say("2026-01-06 12:00", MO, 1, state=("To Close", "Done"))
    chatter.say("2026-01-06 08:00", PO, 1, state=("RFQ", "RFQ Sent"))
    chatter.say("2026-01-06 09:00", PO, 1, state=("RFQ Sent", "To Approve"))
    chatter.say("2026-01-06 10:00", PO, 1, state=("To Approve", "Purchase Order"))
    chatter.say("2026-01-07 10:00", PO, 2, state=("RFQ", "Purchase Order"))
    chatter.say("2026-01-07 11:00", PO, 2, state=("Purchase Order", "RFQ"))
    chatter.say("2026-01-07 12:00", PO, 2, state=("RFQ", "Purchase Order"))
    built = build(
        mrp_production=[order(1, state="done")],
        purchase_order=[purchase(1, state="purchase"), purchase(2, state="purchase")],
        **chatter.records,
    )
    rows = built.rows("select record_model, record_id, rule, fct_deviation.at from fct_deviation order by rule")
    assert [tuple(row.values()) for row in rows] == [
        (PO, 2, "ordered more than once", at("2026-01-07 12:00")),
        (PO, 2, "reset to draft after order", at("2026-01-07 11:00")),
    ]
