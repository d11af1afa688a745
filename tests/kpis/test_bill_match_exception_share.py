"""Bills that did not match order and receipt when they were posted; how lines are compared: test_fct_bill."""

from __future__ import annotations

from datetime import date

import pytest

from queries.config import Config, RuleSetting
from tests.rows import LOCATIONS, at, bill, ordered, purchase, receipt

KPI = "bill_match_exception_share"
EVER = (date(2000, 1, 1), date(2100, 1, 1))


def tables() -> dict:
    """1 matches; 2 is too many; 3 too dear; 4 too dear by less than a percent; 5 for goods nobody ordered, beside one
    that was; 6 without any order; 7 is a credit note; 8 came before the goods did; 9 is a draft."""
    changes = {
        2: {"quantity": 12.0, "subtotal_amount": 1200.0},
        3: {"subtotal_amount": 1020.0},
        4: {"subtotal_amount": 1005.0},
        6: {"purchase_line_id": None},
    }
    states = {7: {"move_type": "in_refund"}, 9: {"state": "draft"}}
    pairs = [bill(id, {"purchase_line_id": id} | changes.get(id, {}), **states.get(id, {})) for id in range(1, 10)]
    loose = {"id": 51, "move_id": 5, "display_type": "product", "product_id": 1, "quantity": 1.0, "company_id": 1}
    moves = [receipt(id, "2026-02-15 08:00" if id == 8 else "2026-01-15 08:00", line=id) for id in range(1, 10)]
    return {
        "purchase_order": [purchase(id, state="purchase") for id in range(1, 10)],
        "purchase_order_line": [ordered(id) for id in range(1, 10)],
        "stock_location": LOCATIONS,
        "stock_move": moves,
        "account_move": [row for row, _ in pairs],
        "account_move_line": [*(line for _, line in pairs), loose],
    }


@pytest.fixture(scope="module")
def built(build):
    return build(**tables())


def test_which_bills_count_and_which_do_not_match(built):
    found = {row["record_id"]: row for row in built.kpi_rows(KPI, *EVER)}
    assert {id: (row["is_bad"], row["mismatch"]) for id, row in found.items()} == {
        1: (False, None),
        2: (True, "more billed than received"),
        3: (True, "price differs"),
        4: (False, None),
        5: (True, "not ordered"),
        8: (True, "more billed than received"),
    }
    row = found[2]
    assert (row["at"], row["plant"], row["vendor"], row["currency"], row["product_family"]) == (
        at("2026-01-20 08:00"), "Nord/WH", "Steelworks", "EUR", "Frames"
    )  # fmt: skip
    assert (row["name"], row["order_name"], row["record_model"]) == ("BILL/2026/0002", "P00002", "account.move")


def test_its_value_is_their_share(built):
    [value] = built.kpi(KPI, *EVER)
    assert (value["n"], value["value"]) == (6, pytest.approx(4 / 6))


def test_it_is_the_day_of_posting_that_counts(built):
    assert built.kpi_rows(KPI, date(2026, 1, 21), date(2026, 2, 1)) == []


def test_a_plant_may_tolerate_more_and_a_rule_that_is_off_changes_no_number(build):
    tolerant = Config(exceptions=(RuleSetting("bill_receipt_mismatch", "Nord/WH", limit=0.05),))
    off = Config(exceptions=(RuleSetting("bill_receipt_mismatch", "", is_off=True),))
    for config, expected in ((tolerant, False), (off, True)):
        rows = {row["record_id"]: row for row in build(config=config, **tables()).kpi_rows(KPI, *EVER)}
        assert rows[3]["is_bad"] is expected


def test_without_accounting_there_is_no_number(build):
    [value] = build().kpi(KPI, *EVER)
    assert value["n"] == 0 and value["value"] is None
