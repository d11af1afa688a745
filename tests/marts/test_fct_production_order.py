"""Milestones of production orders."""

import pytest

from tests.conftest import Chatter
from tests.rows import at, order

MO = "mrp.production"


@pytest.fixture(scope="module")
def orders(build):
    """Production orders by id, one per question."""
    chatter = Chatter()
    say = chatter.say
    # 1: released twice, first in French
    say("2026-01-05 10:30", MO, 1, user=5, state=("Brouillon", "Confirmé"))
    say("2026-01-06 10:00", MO, 1, state=("Draft", "Confirmed"))
    # 2: ready after release; 3: started without; 4: done without either
    for id in (2, 3, 4):
        say("2026-01-05 10:00", MO, id, state=("Draft", "Confirmed"), reservation_state=("", "Waiting"))
    say("2026-01-07 10:00", MO, 2, reservation_state=("Waiting", "Ready"))
    say("2026-01-07 10:00", MO, 3, state=("Confirmed", "In Progress"))
    say("2026-01-07 10:00", MO, 4, state=("Confirmed", "Done"))
    # 5: ready only before its release; 6: released and ready in one moment
    say("2026-01-05 09:00", MO, 5, reservation_state=("", "Ready"))
    say("2026-01-05 10:00", MO, 5, state=("Draft", "Confirmed"))
    say("2026-01-05 10:00", MO, 6, state=("Draft", "Confirmed"), reservation_state=("", "Ready"))
    # 7: cancelled; 8: seen cancelled once, alive again
    say("2026-01-06 10:00", MO, 7, state=("Draft", "Cancelled"))
    say("2026-01-06 10:00", MO, 8, state=("Draft", "Cancelled"))
    say("2026-01-07 10:00", MO, 8, state=("Cancelled", "Draft"))
    # 9, 10: done without a tracked start; the kept start lies before, or after the end
    for id in (9, 10):
        say("2026-01-09 10:00", MO, id, state=("Confirmed", "Done"))
    # 11: to close counts as started; 12: done twice
    say("2026-01-09 10:00", MO, 11, state=("Confirmed", "To Close"))
    say("2026-01-09 10:00", MO, 12, state=("In Progress", "Done"))
    say("2026-01-10 10:00", MO, 12, state=("Done", "In Progress"))
    say("2026-01-11 10:00", MO, 12, state=("In Progress", "Done"))
    # 14: done, then back in progress
    say("2026-01-09 10:00", MO, 14, state=("In Progress", "Done"))
    say("2026-01-10 10:00", MO, 14, state=("Done", "In Progress"))
    # 16: ready, lost, ready again
    say("2026-01-05 10:00", MO, 16, state=("Draft", "Confirmed"), reservation_state=("", "Ready"))
    say("2026-01-06 10:00", MO, 16, reservation_state=("Ready", "Waiting"))
    say("2026-01-07 10:00", MO, 16, reservation_state=("Waiting", "Ready"))
    # a purchase order with the id of an untouched production order
    say("2026-01-06 10:00", "purchase.order", 13, state=("RFQ", "Cancelled"))
    kept = {"state": "done", "started_at": at("2026-01-08 10:00")}
    built = build(
        mrp_production=[
            order(1, state="confirmed", product_qty=3.0, priority="1", deadline_at=at("2026-02-01")),
            order(2, state="confirmed"),
            order(3, state="progress"),
            order(4, state="done"),
            order(5, state="confirmed"),
            order(6, state="confirmed"),
            order(7, state="cancel"),
            order(8),
            order(9, **kept),
            order(10, **kept | {"started_at": at("2026-03-01")}),
            order(11, state="to_close"),
            order(12, state="done"),
            order(13, state="confirmed", started_at=at("2026-01-20"), backorder_sequence=2),
            order(14, state="progress"),
            order(15, picking_type_id=99, user_id=None, product_id=None, backorder_sequence=1),
            order(16, state="confirmed"),
        ],
        **chatter.records,
    )
    return {row["record_id"]: row for row in built.rows("select * from fct_production_order")}


def test_release_is_the_first_confirmation_in_any_language(orders):
    assert orders[1]["released_at"] == at("2026-01-05 10:30")


def test_what_the_order_says_of_itself(orders):
    found = orders[1]
    assert (found["plant"], found["responsible"], found["product"]) == ("Nord/WH", "Anna", "[T-1] Table")
    assert (found["quantity"], found["priority"], found["deadline_at"]) == (3.0, "1", at("2026-02-01"))
    assert (found["is_draft"], found["is_cancelled"], found["is_backorder"]) == (False, False, False)


@pytest.mark.parametrize("id", [2, 3, 4])
def test_material_wait_ends_when_ready_or_when_work_starts_or_ends_without(orders, id):
    assert orders[id]["material_wait_ended_at"] == at("2026-01-07 10:00")
    assert orders[id]["ready_at"] == (at("2026-01-07 10:00") if id == 2 else None)


def test_ready_before_release_does_not_end_the_wait(orders):
    assert (orders[5]["ready_at"], orders[5]["material_wait_ended_at"]) == (None, None)


def test_ready_in_the_moment_of_release_is_no_wait(orders):
    assert orders[6]["ready_at"] == orders[6]["released_at"] == at("2026-01-05 10:00")


def test_first_readiness_ends_the_wait_even_when_lost_again(orders):
    assert orders[16]["ready_at"] == at("2026-01-05 10:00")


def test_cancellation_counts_only_while_the_order_is_cancelled(orders):
    assert (orders[7]["is_cancelled"], orders[7]["cancelled_at"]) == (True, at("2026-01-06 10:00"))
    assert (orders[8]["is_cancelled"], orders[8]["cancelled_at"]) == (False, None)


def test_start_is_tracked(orders):
    assert orders[3]["started_at"] == at("2026-01-07 10:00")
    assert orders[11]["started_at"] == at("2026-01-09 10:00")


@pytest.mark.parametrize("id", [9, 10])
def test_start_kept_by_a_finished_order_may_be_a_plan_and_is_not_taken(orders, id):
    assert (orders[id]["started_at"], orders[id]["done_at"]) == (None, at("2026-01-09 10:00"))


def test_planned_start_of_an_order_that_runs_is_no_start(orders):
    assert orders[13]["started_at"] is None


def test_last_completion_counts_and_only_while_done(orders):
    assert orders[12]["done_at"] == at("2026-01-11 10:00")
    assert orders[14]["done_at"] is None


def test_backorder_is_released_by_the_split_that_made_it(orders):
    assert orders[13]["released_at"] == orders[13]["created_at"]


def test_backorder_is_a_sequence_above_one(orders):
    assert (orders[13]["is_backorder"], orders[15]["is_backorder"]) == (True, False)


def test_events_of_another_model_with_the_same_id_are_not_its_own(orders):
    assert orders[13]["cancelled_at"] is None


def test_order_without_plant_product_or_responsible_stays(orders):
    assert [orders[15][name] for name in ("plant", "product", "responsible")] == [None, None, None]
    assert orders[15]["is_draft"]
