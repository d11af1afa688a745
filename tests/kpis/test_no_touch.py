"""How many orders are processed, and how much of what happens to them is done, without a person."""

from datetime import date

import pytest

from queries.config import Config, Touch, Users
from tests.conftest import PLANTS, Chatter
from tests.rows import PLACES, at, bought, goods, order, purchase, time_log, transfer, user, work_order

PO, MO = "purchase.order", "mrp.production"
EVER = (date(2000, 1, 1), date(2100, 1, 1))
BOT, ANNA, ROBOT = 1, 2, 7
ROBOT_USER, ROBOT_PARTNER = user(ROBOT, "n8n")


@pytest.fixture(scope="module")
def make(build):
    chatter = Chatter()
    ordered = {"state": ("RFQ", "Purchase Order")}
    creators = {1: ROBOT, 2: BOT, 3: ROBOT, 4: ANNA, 5: ROBOT, 6: ROBOT, 7: ROBOT, 8: ROBOT, 9: ROBOT, 10: ROBOT}
    chatter.say("2026-01-06 10:00", PO, 1, user=ROBOT, **ordered)
    chatter.say("2026-01-06 10:00", PO, 2, user=BOT, **ordered)
    chatter.say("2026-01-06 10:01", PO, 3, user=ANNA, **ordered)
    chatter.say("2026-01-06 10:00", PO, 4, user=ROBOT, **ordered)
    # 5: touched only after it was ordered; 6: in a job of Anna's; 7: cancelled; 8: open; 9, 10: together with 3 more
    chatter.say("2026-01-06 10:00", PO, 5, user=ROBOT, **ordered)
    chatter.say("2026-01-07 10:00", PO, 5, user=ANNA, user_id=("Anna", "Pierre"))
    chatter.say("2026-01-06 11:00:30", PO, 6, user=ANNA, **ordered)
    chatter.say("2026-01-06 10:00", PO, 7, user=ROBOT, state=("RFQ", "Cancelled"))
    for id in (9, 10):
        chatter.say("2026-01-06 12:00", PO, id, user=ANNA, **ordered)
    # a production order that a person starts, in the minute of the job for purchase orders
    chatter.say("2026-01-06 11:00:30", MO, 1, user=ANNA, state=("Draft", "Done"))
    states = {7: "cancel", 8: "draft"}
    job = {"id": 1, "uuid": "u", "state": "done", "user_id": ANNA, "document_model": PO, "execution_seconds": 60.0}
    job |= {"retry": 1, "started_at": at("2026-01-06 11:00"), "done_at": at("2026-01-06 11:01")}

    def made(batch: int = 3, **users):
        return build(
            config=Config(users=Users(integration=("n8n",), **users), touch=Touch(batch)),
            res_users=[*PLANTS["res_users"], ROBOT_USER],
            res_partner=[*PLANTS["res_partner"], ROBOT_PARTNER],
            purchase_order=[
                purchase(id, state=states.get(id, "purchase"), created_by_id=by) for id, by in creators.items()
            ],
            mrp_production=[order(1, state="done", created_by_id=ROBOT)],
            queue_job=[job],
            **chatter.records,
        )

    return made


def verdicts(built) -> dict[tuple, tuple]:
    rows = built.kpi_rows("no_touch_share", *EVER)
    return {(row["workflow"], row["record_id"]): (row["is_good"], row["confidence"]) for row in rows}


def test_completed_orders_that_no_person_touched(make):
    assert verdicts(make()) == {
        ("purchase", 1): (True, "A"),
        ("purchase", 2): (True, "C"),  # created by the system user, who may stand in for a person
        ("purchase", 3): (False, "B"),
        ("purchase", 4): (False, "B"),  # created by a person
        ("purchase", 5): (True, "A"),  # what came later does not count
        ("purchase", 6): (True, "B"),  # the job acts in the name of who enqueued it
        ("purchase", 9): (False, "B"),
        ("purchase", 10): (False, "B"),
        ("production", 1): (False, "B"),  # the job was about other documents
    }  # 7 was cancelled, 8 is open


def test_many_documents_in_one_second_are_a_batch(make):
    found = verdicts(make(batch=2))
    assert found["purchase", 9] == found["purchase", 10] == (True, "C")
    assert found["purchase", 3] == (False, "B")


def test_who_is_listed_as_a_person_is_one(make):
    found = verdicts(make(batch=2, human=("anna",)))
    assert found["purchase", 6] == found["purchase", 9] == (False, "A")


def test_each_row_names_the_rule(make):
    rows = make(batch=2).kpi_rows("no_touch_share", *EVER, filters={"workflow": ["purchase"]})
    rules = {row["record_id"]: row["rule"] for row in rows}
    assert rules[1] == "listed in ops.toml"
    assert rules[2].startswith("created by Odoo's system user")
    assert rules[3].startswith("internal user")
    assert rules[6] == "while a background job of that user ran on such documents"
    assert rules[9] == "one of 2 documents that the user changed within one second"


def test_by_plant_and_workflow(make):
    built = make()
    [value] = built.kpi("no_touch_share", *EVER, filters={"plant": ["Nord/WH"]})
    assert (value["value"], value["n"]) == (pytest.approx(4 / 9), 9)
    flows = {row["cut"]: row["n"] for row in built.kpi("no_touch_share", *EVER, by="workflow")}
    assert flows == {"purchase": 8, "production": 1}


def test_events_by_machines(make):
    rows = make().kpi_rows("automated_event_share", *EVER)
    created = {row["record_id"] for row in rows if row["activity"] == "created" and row["workflow"] == "purchase"}
    assert created == set(range(1, 11))
    by_hand = {(row["workflow"], row["record_id"], row["activity"]) for row in rows if not row["is_good"]}
    assert by_hand == {
        ("purchase", 3, "ordered"),
        ("purchase", 4, "created"),
        ("purchase", 5, "user id changed"),
        ("purchase", 9, "ordered"),
        ("purchase", 10, "ordered"),
        ("production", 1, "done"),
    }
    assert {row["confidence"] for row in rows if row["is_good"]} == {"A", "B", "C"}


def test_what_happens_around_an_order_is_counted_there(build):
    """A receipt that a person books in, and a work order that a person works on, are no touch of the order."""
    chatter = Chatter()
    chatter.say("2026-01-06 10:00", PO, 1, user=BOT, state=("RFQ", "Purchase Order"))
    chatter.say("2026-01-05 09:00", "stock.picking", 1, user=ANNA, state=("Ready", "Done"))
    chatter.say("2026-01-06 10:00", MO, 1, user=BOT, state=("Draft", "Done"))
    built = build(
        purchase_order=[purchase(1, state="purchase", created_by_id=BOT)],
        purchase_order_line=[bought(1, 1)],
        stock_location=PLACES,
        stock_picking=[transfer(1, 1, 11, state="done", picking_type_id=3, done_at=at("2026-01-05 09:00"))],
        stock_move=[goods(1, 1, 11, done="05 09:00", picking_id=1, purchase_line_id=1)],
        mrp_production=[order(1, state="done", created_by_id=BOT)],
        mrp_workorder=[work_order(1, state="done", finished_at=at("2026-01-06 09:00"), actual_minutes=30.0)],
        mrp_workcenter_productivity=[time_log(1, 1, "2026-01-06 08:30", "2026-01-06 09:00")],
        **chatter.records,
    )
    human = built.rows("select distinct record_model from fct_event where actor_kind = 'human' order by all")
    assert [row["record_model"] for row in human] == ["mrp.workorder", PO, "stock.picking"]
    assert verdicts(built) == {("purchase", 1): (True, "C"), ("production", 1): (True, "C")}
    counted = {(row["workflow"], row["activity"]) for row in built.kpi_rows("automated_event_share", *EVER)}
    assert counted == {
        ("purchase", "created"),
        ("purchase", "ordered"),
        ("production", "created"),
        ("production", "done"),
    }
