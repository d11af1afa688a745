"""One row per document: when it began and ended, and what happened in which order."""

import pytest

from queries.config import Config, Users
from tests.conftest import Chatter
from tests.rows import at, order, purchase, review

MO, PO = "mrp.production", "purchase.order"


@pytest.fixture(scope="module")
def cases(build):
    chatter = Chatter()
    say = chatter.say
    # 1: two people, three messages of which one carries two changes
    say("2026-01-05 10:00", MO, 1, state=("Draft", "Confirmed"), reservation_state=("", "Waiting"))
    say("2026-01-06 10:00", MO, 1, user=5, reservation_state=("En attente", "Prêt"))
    say("2026-01-07 10:00", MO, 1, user=5, state=("Confirmé", "Terminé"), reservation_state=("Prêt", ""))
    # 3: all within the second of its creation
    say("2026-01-05 08:00", MO, 3, user=1, reservation_state=("", "Ready"))
    say("2026-01-05 08:00", MO, 3, user=1, state=("Draft", "Confirmed"))
    say("2026-01-05 08:00", MO, 3, user=1, state=("Confirmed", "Done"))
    # 4: cancelled, and alive again; 5: cancelled
    say("2026-01-06 10:00", PO, 4, state=("RFQ", "Cancelled"))
    say("2026-01-07 10:00", PO, 4, state=("Cancelled", "RFQ"))
    say("2026-01-06 10:00", PO, 5, state=("RFQ", "Cancelled"))
    # 6: asked, granted; the buyer changed in between; 7: ordered, cancelled, ordered again
    say("2026-01-06 10:00", PO, 6, state=("RFQ", "To Approve"))
    say("2026-01-07 10:00", PO, 6, user_id=("Anna", "Pierre"))
    say("2026-01-08 10:00", PO, 6, user=5, state=("À approuver", "Bon de commande"))
    say("2026-01-06 10:00", PO, 7, state=("RFQ", "Purchase Order"))
    say("2026-01-07 10:00", PO, 7, state=("Purchase Order", "Cancelled"))
    say("2026-01-08 10:00", PO, 7, state=("Cancelled", "RFQ"))
    say("2026-01-09 10:00", PO, 7, state=("RFQ", "Purchase Order"))
    built = build(
        config=Config(users=Users(integration=("pierre",))),
        mrp_production=[order(1, state="done"), order(2), order(3, state="done"), order(8, state="done")],
        purchase_order=[
            purchase(4),
            purchase(5, state="cancel"),
            purchase(6, state="purchase"),
            purchase(7, state="purchase"),
            purchase(9, created_at=None),
            purchase(10),
        ],
        tier_review=[review(1, 10, status="approved", reviewed_at=at("2026-01-05 10:00"), done_by_id=2)],
        **chatter.records,
    )
    return {row["record_id"]: row for row in built.rows("select * from fct_case")}


def test_variant_is_the_order_of_activities(cases):
    assert cases[1]["variant"] == "created > confirmed > material short > material ready > done"
    assert cases[6]["variant"] == "created > approval requested > approved"
    assert cases[7]["variant"] == "created > ordered > cancelled > reset to draft > ordered"
    assert cases[10]["variant"] == "created > review requested > review approved"


def test_within_one_second_the_rank_of_activities_orders(cases):
    assert cases[3]["variant"] == "created > confirmed > material ready > done"


def test_changes_of_other_fields_count_as_events_and_not_in_the_variant(cases):
    assert cases[6]["event_count"] == 4


def test_touches_are_messages_of_people(cases):
    # created, and one message with two changes, by Anna; two messages by Pierre, who is a machine here
    assert (cases[1]["event_count"], cases[1]["human_event_count"], cases[1]["human_touch_count"]) == (6, 3, 2)
    assert (cases[3]["event_count"], cases[3]["human_touch_count"]) == (4, 1)


@pytest.mark.parametrize(
    ("id", "ended_at", "outcome"),
    [
        (1, "2026-01-07 10:00", "completed"),
        (2, None, "open"),
        (4, None, "open"),
        (5, "2026-01-06 10:00", "cancelled"),
        (6, "2026-01-08 10:00", "completed"),
        (7, "2026-01-09 10:00", "completed"),
        (8, None, "completed"),
        (10, None, "open"),
    ],
)
def test_end_and_outcome(cases, id, ended_at, outcome):
    assert (cases[id]["ended_at"], cases[id]["outcome"]) == (ended_at and at(ended_at), outcome)
    assert cases[id]["is_open"] == (outcome == "open")


def test_case_to_which_nothing_happened(cases):
    found = cases[9]
    assert (found["event_count"], found["human_touch_count"], found["variant"]) == (0, 0, None)
    assert (found["started_at"], found["last_event_at"]) == (None, None)


def test_one_row_per_document(cases):
    assert len(cases) == 10
