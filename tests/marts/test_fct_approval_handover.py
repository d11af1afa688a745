"""Approval steps that were handed over: forwarded, given to another reviewer, decided by somebody else, reassigned."""

from datetime import date

import pytest

from tests.conftest import Chatter
from tests.rows import at, purchase, review, versions

PO = "purchase.order"
ASK, GRANT = ("RFQ", "To Approve"), ("To Approve", "Purchase Order")
MONTH = date(2026, 1, 1), date(2026, 2, 1)


def activity(id: int, document: int, user: int = 2, **values) -> dict:
    row = {
        "id": id,
        "document_model": PO,
        "document_id": document,
        "user_id": user,
        "created_at": at("2026-01-05 09:00"),
    }
    return row | values


def log(id: int, activity: int, moment: str, field: str = "user_id", model: int = 7) -> tuple[dict, dict]:
    entry = {"id": id, "model_id": model, "document_id": activity, "method": "write", "logged_at": at(moment)}
    return entry, {
        "id": id,
        "log_id": id,
        "field_name": field,
        "old_value": "x",
        "new_value": "y",
        "logged_at": at(moment),
    }


@pytest.fixture(scope="module")
def built(build):
    chatter = Chatter()
    for id in (1, 2, 3, 4):
        chatter.say("2026-01-05 09:00", PO, id, state=ASK)
    chatter.say("2026-01-07 09:00", PO, 2, state=GRANT)
    asked = {"reviewer_ids": [2]}
    approved = {"status": "approved", "done_by_id": 2, "reviewed_at": at("2026-01-06 09:30")}
    states = {1: "to approve", 3: "to approve", 4: "to approve", 5: "draft", 9: "draft"}
    reviews = [
        *versions(  # given to another reviewer while it waits, and again four days later
            review(1, 5, seen="2026-01-05 10:00", **asked),
            review(1, 5, seen="2026-01-06 10:00", reviewer_ids=[5]),
            review(1, 5, seen="2026-01-09 10:00", reviewer_ids=[2, 5]),
        ),
        *versions(  # decided by somebody else
            review(2, 6, seen="2026-01-05 10:00", **asked),
            review(2, 6, seen="2026-01-06 10:00", **approved | asked | {"done_by_id": 5}),
        ),
        *versions(  # decided by the one who was asked
            review(3, 7, seen="2026-01-05 10:00", **asked),
            review(3, 7, seen="2026-01-06 10:00", **approved, **asked),
        ),
        *versions(  # whose reviewer was changed after the decision
            review(4, 8, seen="2026-01-05 10:00", **approved, **asked),
            review(4, 8, seen="2026-01-06 10:00", **approved, reviewer_ids=[5]),
        ),
        review(5, 9, status="forwarded", done_by_id=2, reviewed_at=at("2026-01-10 09:00")),
        review(6, 9, created_at=at("2026-01-10 09:00")),
    ]  # fmt: skip
    logs = [
        log(1, 1, "2026-01-06 09:00"),
        log(2, 1, "2026-01-09 09:00"),
        log(3, 2, "2026-01-08 09:00"),  # 2 was decided the day before
        log(4, 3, "2026-01-06 09:00", field="summary"),
        log(5, 3, "2026-01-06 09:00", model=8),
    ]
    return build(
        as_of=at("2026-01-12 09:00"),
        purchase_order=[purchase(id, state=states.get(id, "purchase")) for id in range(1, 10)],
        tier_definition=[{"id": 1, "name": "Buyer"}],
        tier_review=reviews,
        ir_model=[{"id": 7, "model": "mail.activity"}, {"id": 8, "model": PO}],
        auditlog_log=[entry for entry, _ in logs],
        auditlog_log_line=[line for _, line in logs],
        mail_activity=[
            # 1 was logged, too
            *versions(activity(1, 1, seen="2026-01-05 10:00"), activity(1, 1, 5, seen="2026-01-06 10:00")),
            activity(2, 2),
            activity(3, 3),
            *versions(activity(4, 4, seen="2026-01-05 10:00"), activity(4, 4, 5, seen="2026-01-06 10:00")),
            activity(5, 8),
        ],
        **chatter.records,
    )  # fmt: skip


def test_what_was_handed_over(built):
    rows = built.rows("from fct_approval_handover order by record_id, handed_at")
    assert [
        (row["record_id"], row["way"], row["handed_at"], row["time_quality"], row["is_escalation"]) for row in rows
    ] == [
        (1, "activity given to somebody else", at("2026-01-06 09:00"), "exact", False),
        (1, "activity given to somebody else", at("2026-01-09 09:00"), "exact", True),
        (4, "activity given to somebody else", at("2026-01-06 10:00"), "seen", False),
        (5, "reviewer changed", at("2026-01-06 10:00"), "seen", False),
        (5, "reviewer changed", at("2026-01-09 10:00"), "seen", True),
        (6, "decided by somebody else", at("2026-01-06 09:30"), "exact", False),
        (9, "forwarded", at("2026-01-10 09:00"), "exact", True),
    ]


def test_delegations_and_escalations(built):
    [found] = built.kpi("approval_delegation_count", *MONTH)
    assert (found["value"], found["n"]) == (4.0, 4)
    found = {row["cut"]: row["value"] for row in built.kpi("approval_escalation_count", *MONTH, by="way")}
    assert found == {"activity given to somebody else": 1.0, "reviewer changed": 1.0, "forwarded": 1.0}


def test_where_nothing_is_told_there_is_no_number(build):
    for kpi in ("approval_delegation_count", "approval_escalation_count"):
        [found] = build().kpi(kpi, *MONTH)
        assert found["value"] is None and found["reason"]
