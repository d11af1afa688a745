"""Approvals by classes of risk: what is asked for, in the currency of the company."""

from datetime import date

from queries.config import Config, RiskClass
from tests.conftest import Chatter
from tests.rows import purchase

PO = "purchase.order"
ASK = ("RFQ", "To Approve")


def classes(build, config=None) -> dict[int, str | None]:
    """Orders of Nord, in euros but for 5 and 6, which are in dollars: two for a euro since the 5th, one before; and 7
    of South, whose own currency that is."""
    chatter = Chatter()
    amounts = {1: 999.99, 2: 1000.0, 3: 9999.0, 4: 25000.0, 5: 1500.0, 6: 1500.0, 7: 1500.0, 8: None}
    for id in amounts:
        chatter.say("2026-01-04 12:00" if id == 6 else "2026-01-05 12:00", PO, id, state=ASK)
    dollars, south = {"currency_id": 2}, {"currency_id": 2, "company_id": 2, "picking_type_id": 4}
    more = {5: dollars, 6: dollars, 7: south}
    built = build(
        config=config,
        purchase_order=[
            purchase(id, state="to approve", untaxed_amount=amount, **more.get(id, {}))
            for id, amount in amounts.items()
        ],
        res_currency_rate=[
            {"id": 1, "currency_id": 2, "company_id": 1, "rate_on": date(2026, 1, 1), "rate": 1.0},
            {"id": 2, "currency_id": 2, "company_id": 1, "rate_on": date(2026, 1, 5), "rate": 2.0},
        ],
        **chatter.records,
    )
    return {row["record_id"]: row["risk_class"] for row in built.rows("from fct_approval")}, built


def test_classes_of_amounts(build):
    found, built = classes(build)
    assert found == {1: "low", 2: "medium", 3: "medium", 4: "high", 5: "low", 6: "medium", 7: "medium", 8: None}
    counts = built.kpi("open_approval_count", date(2026, 1, 1), date(2026, 2, 1), by="risk_class")
    assert {row["cut"]: row["value"] for row in counts} == {"low": 2, "medium": 4, "high": 1, "(none)": 1}


def test_ops_toml_says_where_classes_begin(build):
    found, _ = classes(build, Config(risk_classes=(RiskClass("usual", 0.0), RiskClass("board", 20000.0))))
    assert {id: name for id, name in found.items() if id < 5} == {1: "usual", 2: "usual", 3: "usual", 4: "board"}


def test_a_round_is_of_the_class_of_its_document(build):
    _, built = classes(build)
    rows = built.rows("select record_id, risk_class from fct_approval_round where record_id in (1, 4)")
    assert {row["record_id"]: row["risk_class"] for row in rows} == {1: "low", 4: "high"}
