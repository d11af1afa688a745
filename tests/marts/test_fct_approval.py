"""Steps of approval: who was asked when, whose turn it was since when, and how it ended."""

import pytest

from tests.conftest import PLANTS, Chatter
from tests.rows import at, order, purchase, review, versions

PO = "purchase.order"
ASK, GRANT = ("RFQ", "To Approve"), ("To Approve", "Purchase Order")
TIERS = [
    {"id": 1, "name": "Buyer", "approve_sequence": True},
    {"id": 2, "name": "Director", "approve_sequence": True},
    {"id": 3, "name": "Safety", "approve_sequence": False},
]
NINE, TEN, ELEVEN = at("2026-01-05 09:00"), at("2026-01-05 10:00"), at("2026-01-05 11:00")


@pytest.fixture(scope="module")
def double(build):
    """Double validation: steps by purchase order."""
    chatter = Chatter()
    say = chatter.say
    for id in (1, 2, 3, 4, 5, 7, 8, 9):
        say("2026-01-05 09:00", PO, id, user=2, state=ASK)
    say("2026-01-05 10:00", PO, 1, user=5, state=("À approuver", "Bon de commande"))
    say("2026-01-05 10:00", PO, 2, user=2, state=("To Approve", "Cancelled"))
    say("2026-01-05 10:00", PO, 3, user=2, state=("To Approve", "RFQ"))
    # 4 is open; 5: cancelled, reset, asked again, approved
    say("2026-01-05 10:00", PO, 5, state=("To Approve", "Cancelled"))
    say("2026-01-05 11:00", PO, 5, state=("Cancelled", "RFQ"))
    say("2026-01-06 09:00", PO, 5, state=ASK)
    say("2026-01-06 10:00", PO, 5, user=99, state=GRANT)
    # 6: below the limit; 7: asked, but nothing says how it became an order; 8: neither how it became a draft
    say("2026-01-05 10:00", PO, 6, state=("RFQ", "Purchase Order"))
    # 9: the next state is a label nobody knows
    say("2026-01-05 10:00", PO, 9, state=("To Approve", "Bestellung"))
    # 10: another manager's automation approves, in the same second
    say("2026-01-05 09:00", PO, 10, state=ASK)
    say("2026-01-05 09:00", PO, 10, user=1, state=GRANT)
    # 11: an order with two steps forward before the request
    say("2026-01-05 08:30", PO, 11, state=("RFQ", "RFQ Sent"))
    say("2026-01-05 09:00", PO, 11, state=("RFQ Sent", "To Approve"))
    states = {2: "cancel", 3: "draft", 4: "to approve", 8: "draft", 11: "to approve"}
    built = build(
        purchase_order=[purchase(id, state=states.get(id, "purchase")) for id in range(1, 12)], **chatter.records
    )
    return by_document(built)


@pytest.fixture(scope="module")
def tiers(build):
    """Tier reviews: steps by purchase order."""
    chatter = Chatter()
    chatter.say("2026-01-05 11:00", PO, 6, state=("RFQ", "Cancelled"))
    chatter.say("2026-01-05 11:00", PO, 7, state=("RFQ", "Purchase Order"))
    chatter.say("2026-01-04 11:00", PO, 8, state=("RFQ", "Cancelled"))
    approved = {"status": "approved", "reviewed_at": TEN, "done_by_id": 5}
    rejected = approved | {"status": "rejected"}
    reviews = [
        # 1: in turn, the first still to decide; 2: in turn, the second's turn; 3: both at once
        review(11, 1, sequence=1),
        review(12, 1, sequence=2, definition_id=2, status="waiting"),
        review(21, 2, sequence=1, **approved),
        review(22, 2, sequence=2, definition_id=2),
        review(31, 3, sequence=1, definition_id=3),
        review(32, 3, sequence=2, definition_id=3),
        # 4: the first refuses; 5: one of two at once refuses
        review(41, 4, sequence=1, **rejected),
        review(42, 4, sequence=2, definition_id=2, status="waiting"),
        review(51, 5, sequence=1, definition_id=3),
        review(52, 5, sequence=2, definition_id=3, **rejected),
        # 6: cancelled meanwhile; 7: confirmed meanwhile; 8: cancelled before, and asked again
        review(61, 6),
        review(71, 7, sequence=1, **approved),
        review(72, 7, sequence=2, definition_id=3),
        review(81, 8),
        # 9: asked for later than the one before was decided; 10: called off; 11: handed on to somebody else
        review(91, 9, sequence=1, **approved),
        review(92, 9, sequence=2, definition_id=2, created_at=ELEVEN),
        review(101, 10, status="cancel"),
        review(111, 11, sequence=1, status="forwarded", reviewed_at=TEN, done_by_id=2),
        review(112, 11, sequence=2, definition_id=1, created_at=TEN),
        # 12: the order is past its draft, untracked; 13: no definition any more; 14: a production order
        review(121, 12),
        review(131, 13, sequence=7, definition_id=99),
        review(141, 14, document_model="mrp.production"),
    ]
    states = {6: "cancel", 7: "purchase", 12: "purchase"}
    built = build(
        purchase_order=[purchase(id, state=states.get(id, "draft")) for id in range(1, 14)],
        mrp_production=[order(14)],
        tier_review=reviews,
        tier_definition=TIERS,
        **chatter.records,
    )
    return by_document(built)


def by_document(built) -> dict[int, list[dict]]:
    found = {}
    for row in built.rows("select * from fct_approval order by record_id, round_number, step"):
        found.setdefault(row["record_id"], []).append(row)
    return found


def steps(rows: list[dict]) -> list[tuple]:
    return [(row["pending_at"], row["closed_at"], row["outcome"]) for row in rows]


@pytest.mark.parametrize(
    ("id", "closed_at", "outcome"),
    [(1, TEN, "approved"), (2, TEN, "cancelled"), (3, TEN, "withdrawn"), (4, None, "open"), (10, NINE, "approved")],
)
def test_double_validation_ends(double, id, closed_at, outcome):
    assert steps(double[id]) == [(NINE, closed_at, outcome)]


def test_who_asked_and_who_decided(double):
    [found] = double[1]
    assert (found["requester"], found["approver"], found["approver_kind"]) == ("Anna", "Pierre", "human")
    assert (found["mechanism"], found["step_name"]) == ("double validation", "Purchase manager")
    assert (found["plant"], found["vendor"], found["amount"]) == ("Nord/WH", "Steelworks", 9000.0)


def test_who_cancels_or_withdraws_is_no_approver(double):
    assert [double[id][0]["approver"] for id in (2, 3, 4)] == [None, None, None]


def test_machine_may_approve(double):
    assert double[10][0]["approver_kind"] == "automation"


def test_asked_again_after_cancelling_is_a_second_round(double):
    assert steps(double[5]) == [
        (NINE, TEN, "cancelled"),
        (at("2026-01-06 09:00"), at("2026-01-06 10:00"), "approved"),
    ]
    assert [row["round_number"] for row in double[5]] == [1, 2]
    assert double[5][1]["approver"] is None  # a deleted user


def test_order_below_the_limit_was_never_asked_for(double):
    assert 6 not in double


@pytest.mark.parametrize("id", [7, 8])
def test_request_whose_end_left_no_trace_is_not_open(double, id):
    assert steps(double[id]) == [(NINE, None, "end not recorded")]


def test_request_that_ended_under_an_unknown_label(double):
    assert steps(double[9]) == [(NINE, TEN, "end not recorded")]


def test_request_from_a_sent_quotation(double):
    assert steps(double[11]) == [(NINE, None, "open")]


@pytest.mark.parametrize(
    ("id", "expected"),
    [
        (1, [(NINE, None, "open"), (None, None, "open")]),
        (2, [(NINE, TEN, "approved"), (TEN, None, "open")]),
        (3, [(NINE, None, "open"), (NINE, None, "open")]),
        (5, [(NINE, TEN, "moot"), (NINE, TEN, "rejected")]),
        (6, [(NINE, ELEVEN, "cancelled")]),
        (7, [(NINE, TEN, "approved"), (NINE, ELEVEN, "moot")]),
        (8, [(NINE, None, "open")]),
        (9, [(NINE, TEN, "approved"), (ELEVEN, None, "open")]),
        (10, [(NINE, None, "withdrawn")]),
        (11, [(NINE, TEN, "forwarded"), (TEN, None, "open")]),
        (12, [(NINE, None, "end not recorded")]),
        (13, [(NINE, None, "open")]),
        (14, [(NINE, None, "open")]),
    ],
    ids=[
        "in turn, first to decide",
        "in turn, second to decide",
        "all at once",
        "one of two refuses",
        "cancelled meanwhile",
        "confirmed meanwhile",
        "cancelled before it was asked for",
        "asked for after the step before",
        "called off",
        "handed on",
        "confirmed without a trace",
        "definition gone",
        "of a production order",
    ],
)
def test_tier_reviews(tiers, id, expected):
    assert steps(tiers[id]) == expected


def test_a_turn_is_dated_by_the_audit_log_before_the_review_before_it(build):
    approved = {"status": "approved", "reviewed_at": TEN, "done_by_id": 5}
    log = {"id": 1, "model_id": 9, "document_id": 12, "method": "write", "user_id": 5, "logged_at": ELEVEN}
    line = {"id": 1, "log_id": 1, "field_name": "status", "old_value": "waiting", "new_value": "pending"}
    given = {
        "purchase_order": [purchase(1)],
        "tier_review": [review(11, 1, sequence=1, **approved), review(12, 1, sequence=2, definition_id=2)],
        "tier_definition": TIERS,
    }
    logged = {"ir_model": [{"id": 9, "model": "tier.review"}], "auditlog_log": [log], "auditlog_log_line": [line]}
    turns = "select pending_at, pending_quality from fct_approval where step = 2"
    assert build(**given).rows(turns) == [{"pending_at": TEN, "pending_quality": "derived"}]
    assert build(**given, **logged).rows(turns) == [{"pending_at": ELEVEN, "pending_quality": "exact"}]
    line["field_name"] = "sequence"
    assert build(**given, **logged).rows(turns) == [{"pending_at": TEN, "pending_quality": "derived"}]


def test_a_turn_nobody_recorded_is_dated_by_when_it_was_seen(build):
    """Odoo gave the second tier its turn although the first is open: its definition was changed."""
    second = {"sequence": 2, "definition_id": 2}
    seen = versions(
        review(12, 1, status="waiting", seen="2026-01-06 05:00", **second),
        review(12, 1, status="pending", seen="2026-01-06 06:00", **second),
    )
    built = build(purchase_order=[purchase(1)], tier_review=[review(11, 1, sequence=1), *seen], tier_definition=TIERS)
    turns = built.rows("select pending_at, pending_quality from fct_approval where step = 2")
    assert turns == [{"pending_at": at("2026-01-06 06:00"), "pending_quality": "seen"}]


def test_refusal_makes_the_steps_behind_it_moot(tiers):
    assert [(row["closed_at"], row["outcome"]) for row in tiers[4]] == [(TEN, "rejected"), (TEN, "moot")]


def test_tier_review_names(tiers):
    assert [row["step_name"] for row in tiers[2]] == ["Buyer", "Director"]
    assert tiers[13][0]["step_name"] == "tier 7"
    assert [tiers[2][0][name] for name in ("requester", "approver", "mechanism")] == ["Anna", "Pierre", "tier review"]
    assert tiers[11][0]["approver"] is None


def test_steps_of_one_sequence_have_keys_of_their_own(build):
    twins = [review(1, sequence=1, definition_id=3), review(2, sequence=1, definition_id=3)]
    built = build(purchase_order=[purchase(1)], tier_review=twins, tier_definition=TIERS)
    [found] = built.rows("select count(*) as n, count(distinct approval_id) as ids from fct_approval")
    assert (found["n"], found["ids"]) == (2, 2)


def test_approvals_of_another_instance_are_its_own(build, chatter):
    chatter.say("2026-01-05 09:00", PO, 1, state=ASK)
    built = build(
        purchase_order=[purchase(1, state="to approve"), purchase(1, instance="other", state="to approve")],
        stock_warehouse=PLANTS["stock_warehouse"],
        **chatter.records,
    )
    assert [row["instance"] for row in built.rows("select instance from fct_approval")] == ["test"]
