"""Flows of purchase approvals. Each function plays one case in one plant and returns its truth."""

from tests.live.player import text
from tests.live.scene import flow

PO = "purchase.order"
HIGH, LOW = 9000, 800  # above and under the limit of double validation


def approval(entered, left, decided_by=None, step=1, review=None):
    """One approval step of a purchase order's truth."""
    return {"step": step, "entered": entered, "left": left, "decided_by": decided_by, "review_id": review}


@flow(days_ago=77)
def approved(p):
    """Above the limit: asked by the buyer, approved by a manager."""
    asked, decided = p.at(hours=2, seconds=8), p.at(days=2, hours=5, minutes=6, seconds=7)
    order = p.new_purchase(p.at(), HIGH)
    p.on_purchase(asked, order, "button_confirm", "buyer")
    p.on_purchase(decided, order, "button_approve", p.approver)
    return [
        p.purchase(
            order,
            "double validation, approved",
            rounds=[(asked, decided)],
            steps=[approval(asked, decided, p.approver)],
            ordered=(decided, False),
        )
    ]


@flow(days_ago=6)
def waiting_for_approval(p):
    """Above the limit and nobody decided yet."""
    asked = p.at(hours=4, minutes=4, seconds=4)
    order = p.new_purchase(p.at(), HIGH)
    p.on_purchase(asked, order, "button_confirm", "buyer")
    return [p.purchase(order, "double validation, open", rounds=[(asked, None)], steps=[approval(asked, None)])]


@flow(days_ago=66)
def cancelled_in_approval(p):
    """Above the limit, cancelled instead of approved."""
    asked, cancelled = p.at(hours=1, seconds=9), p.at(days=3, hours=7)
    order = p.new_purchase(p.at(), HIGH)
    p.on_purchase(asked, order, "button_confirm", "buyer")
    p.on_purchase(cancelled, order, "button_cancel", "buyer")
    return [
        p.purchase(
            order,
            "outcome cancelled: no turnaround, its step ends with the cancellation",
            steps=[approval(asked, cancelled)],
        )
    ]


@flow(days_ago=55)
def second_round_approved(p):
    """Cancelled in approval, taken up again and approved: only the second round has a turnaround."""
    asked, cancelled = p.at(hours=3), p.at(days=1, hours=1, seconds=1)
    again, decided = p.at(days=4, hours=2, seconds=2), p.at(days=5, hours=3, seconds=3)
    order = p.new_purchase(p.at(), HIGH)
    p.on_purchase(asked, order, "button_confirm", "buyer")
    p.on_purchase(cancelled, order, "button_cancel", "buyer")
    p.on_purchase(p.at(days=4), order, "button_draft", "buyer")
    p.on_purchase(again, order, "button_confirm", "buyer")
    p.on_purchase(decided, order, "button_approve", p.approver)
    return [
        p.purchase(
            order,
            "first round cancelled, second approved",
            rounds=[(again, decided)],
            steps=[approval(asked, cancelled), approval(again, decided, p.approver)],
        )
    ]


@flow(days_ago=47)
def under_the_limit(p):
    """Under the limit: confirmed without approval."""
    order = p.new_purchase(p.at(), LOW)
    p.on_purchase(p.at(hours=5), order, "button_confirm", "buyer")
    return [p.purchase(order, "under the limit, no approval needed")]


@flow(days_ago=42)
def confirmed_by_manager(p):
    """Above the limit, but a purchase manager confirms: approved in one step."""
    order = p.new_purchase(p.at(), HIGH)
    p.on_purchase(p.at(hours=8, minutes=1), order, "button_confirm", p.approver)
    return [p.purchase(order, "confirmed by a manager in one step, no approval pending")]


@flow(days_ago=37)
def tiers_approved(p):
    """Two tiers in sequence, both approved, then confirmed."""
    asked, first, second = p.at(hours=1), p.at(days=1, hours=2, seconds=12), p.at(days=3, hours=4, seconds=21)
    order = ask_tiers(p, asked, "SEQ")
    p.on_purchase(first, order, "validate_tier", "pierre")
    p.on_purchase(second, order, "validate_tier", "admin")
    p.on_purchase(p.at(days=3, hours=6), order, "button_confirm", "buyer")
    review = p.reviews(order)
    return [
        p.purchase(
            order,
            "two tiers in sequence, approved",
            rounds=[(asked, second)],
            steps=[approval(asked, first, "pierre", 1, review[1]), approval(first, second, "admin", 2, review[2])],
        )
    ]


@flow(days_ago=11)
def second_tier_open(p):
    """Two tiers in sequence, the first approved."""
    asked, first = p.at(hours=2, minutes=2), p.at(days=2, hours=6, minutes=6, seconds=6)
    order = ask_tiers(p, asked, "SEQ")
    p.on_purchase(first, order, "validate_tier", "pierre")
    review = p.reviews(order)
    return [
        p.purchase(
            order,
            "first tier approved, second open",
            rounds=[(asked, None)],
            steps=[approval(asked, first, "pierre", 1, review[1]), approval(first, None, None, 2, review[2])],
        )
    ]


@flow(days_ago=32)
def first_tier_rejected(p):
    """Two tiers in sequence, rejected at the first: the second never had its turn."""
    asked, rejected = p.at(hours=3, seconds=3), p.at(days=1, hours=9, minutes=9, seconds=9)
    order = ask_tiers(p, asked, "SEQ")
    p.on_purchase(rejected, order, "reject_tier", "pierre")
    return [
        p.purchase(
            order,
            "rejected at the first of two tiers",
            rounds=[(asked, rejected)],
            steps=[approval(asked, rejected, "pierre", 1, p.reviews(order)[1])],
            waiting=[2],
        )
    ]


@flow(days_ago=5)
def both_tiers_open(p):
    """Two tiers in sequence, none decided: only the first is pending."""
    asked = p.at(hours=6, minutes=30)
    order = ask_tiers(p, asked, "SEQ")
    return [
        p.purchase(
            order,
            "two tiers in sequence, none decided",
            rounds=[(asked, None)],
            steps=[approval(asked, None, None, 1, p.reviews(order)[1])],
            waiting=[2],
        )
    ]


@flow(days_ago=28)
def parallel_tiers_approved(p):
    """Two tiers at the same time, both approved."""
    asked, first, second = p.at(minutes=30), p.at(days=1, seconds=14), p.at(days=2, hours=2, seconds=41)
    order = ask_tiers(p, asked, "PAR")
    p.on_purchase(first, order, "validate_tier", "pierre")
    p.on_purchase(second, order, "validate_tier", "admin")
    review = p.reviews(order)
    return [
        p.purchase(
            order,
            "two tiers at the same time, approved",
            rounds=[(asked, second)],
            steps=[approval(asked, first, "pierre", 1, review[1]), approval(asked, second, "admin", 2, review[2])],
        )
    ]


@flow(days_ago=24)
def parallel_tier_rejected(p):
    """Two tiers at the same time, one rejects: the other is moot from then on."""
    asked, rejected = p.at(hours=1, minutes=15), p.at(days=3, hours=3, minutes=33, seconds=33)
    order = ask_tiers(p, asked, "PAR")
    p.on_purchase(rejected, order, "reject_tier", "pierre")
    review = p.reviews(order)
    return [
        p.purchase(
            order,
            "two tiers at the same time, one rejected",
            rounds=[(asked, rejected)],
            steps=[approval(asked, rejected, "pierre", 1, review[1]), approval(asked, rejected, None, 2, review[2])],
        )
    ]


@flow(days_ago=4)
def parallel_tiers_open(p):
    """Two tiers at the same time, none decided."""
    asked = p.at(hours=5, minutes=45)
    order = ask_tiers(p, asked, "PAR")
    review = p.reviews(order)
    return [
        p.purchase(
            order,
            "two tiers at the same time, none decided",
            rounds=[(asked, None)],
            steps=[approval(asked, None, None, 1, review[1]), approval(asked, None, None, 2, review[2])],
        )
    ]


@flow(days_ago=12)
def given_to_somebody_else(p):
    """Asked for by an activity that is given away in time, and then again when it is late; a second one once the order
    is decided."""
    asked, first, second = p.at(hours=1, seconds=1), p.at(days=1, seconds=2), p.at(days=4, hours=2, seconds=3)
    decided = p.at(days=5, seconds=4)
    order = p.new_purchase(p.at(), HIGH)
    p.on_purchase(asked, order, "button_confirm", "buyer")
    activity = p.ask_by_activity(asked, order)
    p.give_away(first, activity)
    p.step(second, "admin", "mail.activity", "write", [activity], {"user_id": p.scene.player.uid("buyer")})
    p.on_purchase(decided, order, "button_approve", p.approver)
    p.give_away(p.at(days=6), p.ask_by_activity(p.at(days=5, hours=1), order))
    way = {"way": "activity given to somebody else", "amount": 1.0}
    return [
        p.purchase(order, "given away", rounds=[(asked, decided)], steps=[approval(asked, decided, p.approver)]),
        p.expected("approval_delegation_count", PO, order, "in time", at=text(first), **way),
        p.expected("approval_escalation_count", PO, order, "late", at=text(second), **way),
    ]


def ask_tiers(p, asked, kind):
    """A purchase order that asks for its tiers' reviews; returns its id."""
    order = p.new_purchase(p.at(), LOW, reference=f"{kind}-{p.code}")
    p.on_purchase(asked, order, "request_validation", "buyer")
    return order
