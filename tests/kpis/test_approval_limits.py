"""Approvals that take longer than they may."""

from datetime import date

import pytest

from queries.config import Config, RuleSetting
from tests.conftest import Chatter
from tests.rows import at, purchase, review

PO = "purchase.order"
ASK, GRANT, STOP = ("RFQ", "To Approve"), ("To Approve", "Purchase Order"), ("To Approve", "Cancelled")
EVER = date(2026, 1, 1), date(2026, 2, 1)


def make(build, config=None):
    """Asked for on the 5th: 1 approved in time, 2 late, 3 open, 4 cancelled late, 5 asked for this morning and decided,
    6 a first tier that is open and a second that waits, 7 approved late in the other plant."""
    chatter = Chatter()
    for id in (1, 2, 3, 4, 7):
        chatter.say("2026-01-05 09:00", PO, id, state=ASK)
    chatter.say("2026-01-07 09:00", PO, 1, state=GRANT)
    chatter.say("2026-01-09 09:00", PO, 2, state=GRANT)
    chatter.say("2026-01-09 09:00", PO, 4, state=STOP)
    chatter.say("2026-01-09 09:00", PO, 7, state=GRANT)
    chatter.say("2026-01-12 07:00", PO, 5, state=ASK).say("2026-01-12 07:30", PO, 5, state=GRANT)
    states = {3: "to approve", 4: "cancel", 6: "draft"}
    south = {"company_id": 2, "picking_type_id": 4}
    return build(
        as_of=at("2026-01-12 08:00"),
        config=config,
        purchase_order=[
            purchase(id, state=states.get(id, "purchase"), **(south if id == 7 else {})) for id in range(1, 8)
        ],
        tier_definition=[
            {"id": 1, "name": "Buyer", "approve_sequence": True, "review_type": "individual", "reviewer_id": 5},
            {"id": 2, "name": "Director", "approve_sequence": True, "review_type": "group"},
        ],
        tier_review=[
            review(1, 6, sequence=1, created_at=at("2026-01-06 09:00")),
            review(2, 6, sequence=2, status="waiting", definition_id=2, created_at=at("2026-01-06 09:00")),
        ],
        **chatter.records,
    )


@pytest.fixture(scope="module")
def built(build):
    return make(build)


def test_what_fell_due_and_was_late(built):
    rows = built.kpi_rows("approval_sla_breach_share", *EVER)
    found = {row["record_id"]: (row["is_bad"], row["due_at"]) for row in rows}
    due = at("2026-01-08 09:00")
    # 4 was cancelled, 5 is due in three days, and of 6 only the first tier had its turn
    assert found == {1: (False, due), 2: (True, due), 3: (True, due), 6: (True, at("2026-01-09 09:00")), 7: (True, due)}
    [value] = built.kpi("approval_sla_breach_share", *EVER)
    assert (value["value"], value["n"]) == (0.8, 5)


def test_what_was_overdue_when(built):
    def count(end: date, **options) -> list[tuple]:
        found = built.kpi("overdue_approval_count", date(2026, 1, 1), end, **options)
        return [(row["cut"], row["value"]) for row in found]

    assert count(date(2026, 1, 8)) == [("", None)]  # nothing was ever overdue yet
    assert count(date(2026, 1, 9)) == [("", 4)]  # 2, 3, 4 and 7 since nine o'clock on the 8th
    assert count(date(2026, 2, 1)) == [("", 2)]  # 3 and 6
    assert dict(count(date(2026, 2, 1), by="mechanism")) == {"double validation": 1, "tier review": 1}


def test_ops_toml_says_how_long_an_approval_may_take(build):
    built = make(build, Config(exceptions=(RuleSetting("waiting_approval", "South/WH", sla=5 * 86400.0),)))
    late = {row["record_id"]: row["is_bad"] for row in built.kpi_rows("approval_sla_breach_share", *EVER)}
    assert (late[2], late[7]) == (True, False)


def test_no_approval_is_no_share(build):
    for kpi in ("approval_sla_breach_share", "overdue_approval_count"):
        [found] = build().kpi(kpi, *EVER)
        assert found["value"] is None and found["reason"]


def test_who_is_waited_for(built):
    rows = built.rows("from fct_exception where exception = 'waiting_approval' order by record_id")
    told = [(row["record_id"], row["since_at"], row["responsible"], row["detail"]) for row in rows]
    assert told == [
        (3, at("2026-01-05 09:00"), "Anna", "waits for Purchase manager"),
        (6, at("2026-01-06 09:00"), "Pierre", "waits for Buyer"),
    ]
    assert {row["fallback"] for row in rows} == {"Plant manager"}
