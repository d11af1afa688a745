"""Each process rule in each plant: how many cases it is about, and how many break it."""

from queries.config import Config, Process, ProcessRule
from tests.conftest import Chatter
from tests.rows import order, purchase

MO, PO = "mrp.production", "purchase.order"


def test_cases_that_a_rule_is_about(build):
    """A missing step is looked for in completed cases only, everything else in all; products limit both."""
    chatter = Chatter()
    for id, ends in ((1, True), (2, True), (3, False), (4, True)):
        chatter.say("2026-01-06 08:00", MO, id, state=("Draft", "Confirmed"))
        if ends:
            chatter.say("2026-01-06 09:00", MO, id, state=("Confirmed", "Done"))
    chatter.say("2026-01-06 08:30", MO, 4, state=("Confirmed", "In Progress"))
    rules = (
        ProcessRule("starts", "production", "missing", ("started",), owner="X", weight=4.0),
        ProcessRule("once", "production", "too often", ("confirmed",), at_most=1, owner="X"),
        ProcessRule("wheels", "production", "missing", ("started",), owner="X", product_families=("Wheels",)),
    )
    states = {1: "done", 2: "done", 3: "confirmed", 4: "done"}
    built = build(
        config=Config(processes=(Process("production", rules=rules),)),
        mrp_production=[order(id, state=state) for id, state in states.items()],
        purchase_order=[purchase(1)],
        **chatter.records,
    )
    rows = built.rows("select * from agg_deviation where rule in ('starts', 'once', 'wheels') order by rule")
    assert [(row["rule"], row["plant"], row["concerned_count"], row["case_count"]) for row in rows] == [
        ("once", "Nord/WH", 4, 0),
        ("starts", "Nord/WH", 3, 2),
    ]
    assert (rows[1]["weight"], rows[1]["times"], rows[1]["completed_count"], rows[1]["conforming_count"]) == (
        4,
        2,
        2,
        1,
    )
    assert (rows[0]["median_seconds"], rows[0]["first_at"], rows[0]["amount"]) == (None, None, None)


def test_money_is_added_up_and_how_many_are_valued_is_told(build):
    chatter = Chatter()
    for id in (1, 2, 3):
        chatter.say("2026-01-06 08:00", PO, id, state=("RFQ", "RFQ Sent"))
    chatter.say("2026-01-06 09:00", PO, 3, state=("RFQ Sent", "Cancelled"))
    rules = (ProcessRule("no mails", "purchase", "excluded", ("request sent",), owner="X"),)
    built = build(
        config=Config(processes=(Process("purchase", rules=rules),)),
        purchase_order=[
            purchase(1, state="sent", untaxed_amount=100.5),
            purchase(2, state="sent", untaxed_amount=50.0),
            purchase(3, state="cancel"),
        ],
        **chatter.records,
    )
    [row] = built.rows("select * from agg_deviation where case_count > 0")
    assert (row["case_count"], row["open_count"], row["amount"], row["amount_count"], row["currency"]) == (
        3,
        2,
        150.5,
        2,
        "EUR",
    )
