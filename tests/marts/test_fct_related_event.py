"""What happens to the documents around the orders, and what they tell about an order."""

from itertools import pairwise

import pytest

from tests import machines
from tests.conftest import PLANTS, Chatter
from tests.machines import BUSY, DONE, Workshop
from tests.marts import test_fct_hold as quality
from tests.marts.test_fct_hold import CAGE, SCRAP, STOCK, VENDOR, Goods, QualityChatter, inspection
from tests.marts.test_fct_nonconformity import MASTER as NONCONFORMITY_MASTER
from tests.marts.test_fct_nonconformity import NONCONFORMITY, moved, nonconformity
from tests.rows import PLACES, at, order, purchase, review, time_log, transfer, versions, work_order

PICKING = "stock.picking"
GONE = {"_valid_to": at("2026-01-20 05:00"), "_closed_by": "deleted", "_seen_at": at("2026-01-19 05:00")}


def story(built, model: str, id: int, *columns: str) -> list[tuple]:
    """(activity, day and time in January, *columns) of a document, in their order."""
    rows = built.rows(
        "select * from fct_event where record_model = $model and record_id = $id order by event_at, rank, activity",
        model=model,
        id=id,
    )
    return [(row["activity"], f"{row['event_at']:%d %H:%M}", *(row[name] for name in columns)) for row in rows]


def case(built, model: str, id: int) -> dict:
    [found] = built.rows("select * from fct_case where record_model = $model and record_id = $id", model=model, id=id)
    return found


@pytest.fixture(scope="module")
def works(build):
    return build(
        mrp_production=[order(1, state="progress"), order(2, state="done")],
        mrp_workorder=[
            work_order(1, state="done", finished_at=at("2026-01-06 12:00"), actual_minutes=100.0),
            work_order(2, state="progress", started_at=at("2026-01-06 12:00"), finished_at=at("2026-01-06 13:00")),
            work_order(3, started_at=at("2026-01-12 08:00"), finished_at=at("2026-01-12 09:00")),
            # closed with its order: the log holds what was expected
            work_order(4, 2, state="done", finished_at=at("2026-01-07 09:00"), actual_minutes=60.0),
            work_order(5, 2, state="cancel", **GONE),
            work_order(6, 99, state="done", finished_at=at("2026-01-07 09:00")),  # of an order nobody knows
        ],
        mrp_workcenter_productivity=[
            time_log(1, 1, "2026-01-06 08:00", "2026-01-06 09:00"),
            time_log(2, 1, "2026-01-06 11:20", "2026-01-06 12:00", user_id=5),
            time_log(3, 4, "2026-01-07 08:00", "2026-01-07 09:00", created="2026-01-07 09:00"),
        ],
    )


def test_work_that_was_timed_begins_and_ends_with_its_logs(works):
    assert story(works, "mrp.workorder", 1, "actor", "recorded_by", "time_quality") == [
        ("created", "05 08:00", "Anna", "create", "exact"),
        ("started", "06 08:00", "Anna", "time log", "exact"),
        ("finished", "06 12:00", "Pierre", "time log", "exact"),
    ]
    found = case(works, "mrp.workorder", 1)
    assert (found["workflow"], found["name"], found["plant"]) == ("work order", "WH/MO/00001 - Assemble", "Nord/WH")
    assert (found["ended_at"], found["outcome"]) == (at("2026-01-06 12:00"), "completed")
    assert found["variant"] == "created > started > finished"


def test_what_nobody_timed_is_told_by_the_record_and_by_nobody(works):
    assert story(works, "mrp.workorder", 2, "actor", "actor_rule")[1:] == [
        ("started", "06 12:00", None, "who did it is not recorded")
    ]
    assert case(works, "mrp.workorder", 2)["is_open"]


def test_a_plan_is_no_event(works):
    assert story(works, "mrp.workorder", 3) == [("created", "05 08:00")]


def test_closing_an_order_is_no_work_on_its_work_orders(works):
    assert story(works, "mrp.workorder", 4)[1:] == [("closed with its order", "07 09:00")]


def test_a_deleted_work_order_was_seen_to_go(works):
    assert story(works, "mrp.workorder", 5, "time_quality")[-1] == ("deleted", "20 05:00", "snapshot")
    assert case(works, "mrp.workorder", 5)["outcome"] == "deleted"
    assert story(works, "mrp.workorder", 6) == []


@pytest.fixture(scope="module")
def transfers(build):
    chatter = Chatter()
    chatter.say("2026-01-06 08:00", PICKING, 1, state=("Waiting", "Ready"))
    chatter.say("2026-01-07 08:00", PICKING, 1, state=("Ready", "Waiting"))
    chatter.say("2026-01-08 08:00", PICKING, 1, user=5, state=("En attente", "Prêt"))
    chatter.say("2026-01-08 09:00", PICKING, 1, scheduled_date=(at("2026-01-09 08:00"), at("2026-01-10 08:00")))
    chatter.say("2026-01-09 08:00", PICKING, 1, user=5, state=("Prêt", "Terminé"))
    chatter.say("2026-01-06 08:00", PICKING, 2, state=("Ready", "Done"))  # ready from its birth
    chatter.say("2026-01-06 08:00", PICKING, 4, state=("Waiting", "Cancelled"))
    chatter.say("2026-01-05 08:00", PICKING, 5, state=("Waiting", "Ready"))  # in the moment of its creation
    return build(
        stock_location=PLACES,
        stock_picking=[
            transfer(1, state="done", done_at=at("2026-01-09 08:00"), created_by_id=2),
            transfer(2, state="done", done_at=at("2026-01-06 08:00"), created_by_id=1),
            transfer(3, state="done", done_at=at("2026-01-06 10:00")),  # imported: nothing is tracked
            transfer(4, state="cancel"),
            transfer(5, state="assigned"),
            transfer(6),
        ],
        tier_review=[review(1, 6, document_model=PICKING)],
        **chatter.records,
    )


def test_the_chatter_tells_the_states_of_a_transfer(transfers):
    assert story(transfers, PICKING, 1, "actor", "rank") == [
        ("created", "05 08:00", "Anna", 0),
        ("ready", "06 08:00", "Anna", 30),
        ("goods awaited", "07 08:00", "Anna", 21),
        ("ready", "08 08:00", "Pierre", 30),
        ("scheduled date changed", "08 09:00", "Anna", 90),
        ("done", "09 08:00", "Pierre", 60),
    ]
    found = case(transfers, PICKING, 1)
    assert (found["workflow"], found["outcome"], found["ended_at"]) == ("transfer", "completed", at("2026-01-09 08:00"))
    assert found["variant"] == "created > ready > goods awaited > ready > done"


def test_what_was_ready_from_its_birth_is_derived(transfers):
    assert story(transfers, PICKING, 2, "time_quality") == [
        ("created", "05 08:00", "exact"),
        ("ready", "05 08:00", "derived"),
        ("done", "06 08:00", "exact"),
    ]
    assert [activity for activity, _ in story(transfers, PICKING, 5)] == ["created", "ready"]


def test_the_end_that_only_the_record_tells(transfers):
    assert story(transfers, PICKING, 3, "recorded_by", "actor") == [
        ("created", "05 08:00", "create", None),
        ("done", "06 10:00", "record", None),
    ]


def test_cancelled_open_and_reviewed_transfers(transfers):
    assert story(transfers, PICKING, 4)[-1] == ("cancelled", "06 08:00")
    assert case(transfers, PICKING, 4)["outcome"] == "cancelled"
    assert story(transfers, PICKING, 6)[1:] == [("review requested", "05 09:00")]
    assert case(transfers, PICKING, 6)["is_open"]


LABELS = {
    "ir_model_fields": [*PLANTS["ir_model_fields"], *quality.FIELDS],
    "ir_model_fields_selection": [*PLANTS["ir_model_fields_selection"], *quality.LABELS],
}


@pytest.fixture(scope="module")
def judged(build):
    chatter = QualityChatter()
    chatter.turn("06 08:00", 1, "ready", "success")
    chatter.turn("06 08:00", 2, "plan", "ready")
    chatter.turn("07 08:00", 2, "ready", "failed")
    chatter.turn("07 08:00", 10, "none", "fail", field=32)
    scraps = [quality.scrap(1, "09 08:00", lot_id=1)]
    return build(
        **quality.MASTER | LABELS | chatter.records,
        stock_scrap=scraps,
        qc_inspection=[
            inspection(1, "success", "06 08:00", created_by_id=2),
            inspection(2, "failed", "07 08:00", lot_id=1, picking_id=70),
            inspection(3, "success", "08 08:00"),  # nothing is tracked
            inspection(4, "plan"),
        ],
        quality_alert_stage=[{"id": 1, "name": "New", "is_done": False}, {"id": 2, "name": "Done", "is_done": True}],
        quality_check=[
            {"id": 10, "name": "QC10", "result": "fail", "picking_id": 70, "company_id": 1,
             "checked_at": at("2026-01-07 08:00"), "created_at": at("2026-01-05 08:00")},
            {"id": 11, "name": "QC11", "result": "pass", "picking_id": 70, "company_id": 1, "user_id": 5,
             "checked_at": at("2026-01-07 08:00"), "created_at": at("2026-01-05 08:00")},
            {"id": 12, "name": "QC12", "result": "none", "test_type": "picture", "picking_id": 70, "company_id": 1,
             "created_at": at("2026-01-05 08:00")},  # a step of work
        ],
        quality_alert=[
            {"id": 20, "name": "QA20", "check_id": 10, "stage_id": 2, "company_id": 1, "picking_id": 70,
             "created_at": at("2026-01-07 09:00"), "closed_at": at("2026-01-10 09:00")},
        ],
    )  # fmt: skip


def test_an_inspection_that_passes_lets_goods_go(judged):
    assert story(judged, "qc.inspection", 1, "time_quality") == [
        ("created", "05 08:00", "exact"),
        ("goods held", "05 08:00", "derived"),
        ("passed", "06 08:00", "exact"),
        ("goods released", "06 08:00", "derived"),
    ]
    assert case(judged, "qc.inspection", 1)["variant"] == "created > goods held > passed > goods released"


def test_goods_that_failed_are_held_until_they_are_gone(judged):
    assert story(judged, "qc.inspection", 2) == [
        ("created", "05 08:00"),
        ("goods held", "06 08:00"),  # it was only planned before
        ("ready to inspect", "06 08:00"),
        ("failed", "07 08:00"),
        ("goods scrapped", "09 08:00"),
    ]
    assert case(judged, "qc.inspection", 2)["ended_at"] == at("2026-01-09 08:00")


def test_a_verdict_that_only_the_record_tells(judged):
    assert ("passed", "08 08:00", "record") in story(judged, "qc.inspection", 3, "recorded_by")
    assert ("passed", "07 08:00", "Pierre") in story(judged, "quality.check", 11, "actor")


def test_an_inspection_that_is_planned_holds_nothing(judged):
    assert story(judged, "qc.inspection", 4) == [("created", "05 08:00")]


def test_a_check_and_its_alert_are_documents_of_their_own(judged):
    assert story(judged, "quality.check", 10) == [
        ("created", "05 08:00"),
        ("goods held", "05 08:00"),
        ("failed", "07 08:00"),
        ("goods released", "10 09:00"),
    ]
    assert story(judged, "quality.alert", 20) == [("created", "07 09:00"), ("closed", "10 09:00")]
    assert case(judged, "quality.alert", 20)["plant"] == "Nord/WH"
    assert story(judged, "quality.check", 12) == []


@pytest.fixture(scope="module")
def shop(build):
    shop = Workshop()
    shop.request(1, ("2026-01-05 09:00", BUSY), ("2026-01-07 08:00", DONE))
    shop.mark("2026-01-05 10:00", 1, "normal", "blocked").mark("2026-01-05 16:00", 1, "blocked", "normal")
    shop.request(2, stage_id=BUSY)
    shop.request(3, stage_id=DONE, closed_on=at("2026-01-09 00:00").date())
    shop.request(4, ("2026-01-06 09:00", DONE), ("2026-01-07 09:00", BUSY))
    records = shop.records
    called_off = Workshop().request(5).requests[0]
    records["maintenance_request"] = [
        *records["maintenance_request"],
        *versions({**called_off, "seen": "2026-01-05 12:00"},
                  {**called_off, "seen": "2026-01-08 12:00", "is_archived": True}),
        {**called_off, "id": 6, "is_archived": True},  # was never seen otherwise
    ]  # fmt: skip
    return build(as_of=at("2026-01-12 08:00"), **records)


def test_a_repair(shop):
    assert story(shop, machines.MODEL, 1) == [
        ("reported", "05 08:00"),
        ("work begun", "05 09:00"),
        ("blocked", "05 10:00"),
        ("no longer blocked", "05 16:00"),
        ("repaired", "07 08:00"),
    ]
    assert (case(shop, machines.MODEL, 1)["workflow"], case(shop, machines.MODEL, 1)["plant"]) == (
        "maintenance",
        "South/WH",
    )


def test_a_repair_that_begins_with_its_report_or_is_taken_up_again(shop):
    assert story(shop, machines.MODEL, 2, "time_quality")[1:] == [("work begun", "05 08:00", "derived")]
    assert [activity for activity, _ in story(shop, machines.MODEL, 4)] == ["reported", "repaired", "reopened"]


def test_an_end_of_which_only_the_day_is_recorded_says_so(shop):
    assert story(shop, machines.MODEL, 3, "time_quality", "recorded_by")[1:] == [
        ("repaired", "10 00:00", "date", "record")
    ]


def test_a_request_called_off_is_dated_by_the_refresh_that_saw_it(shop):
    assert story(shop, machines.MODEL, 5, "time_quality", "recorded_by")[1:] == [
        ("cancelled", "08 12:00", "snapshot", "snapshot")
    ]
    assert story(shop, machines.MODEL, 6)[1:] == []
    assert case(shop, machines.MODEL, 6)["outcome"] == "cancelled"


def test_nonconformities(build):
    stages = [1, 2, 3, 4, 5]
    told = [(f"2026-01-{6 + n:02} 09:00", NONCONFORMITY, 1, old, new) for n, (old, new) in enumerate(pairwise(stages))]
    built = build(
        mrp_production=[order(1)],
        mgmtsystem_nonconformity=[
            nonconformity(1, "done", document_model="mrp.production", document_id=1),
            nonconformity(2, "done", closed_at=at("2026-01-09 08:00")),
            nonconformity(3, "cancel"),
        ],
        **NONCONFORMITY_MASTER,
        **moved(*told),
    )
    assert [activity for activity, _ in story(built, NONCONFORMITY, 1)] == [
        "reported", "analysis begun", "actions planned", "actions begun", "closed",
    ]  # fmt: skip
    assert story(built, NONCONFORMITY, 2, "recorded_by")[1:] == [("closed", "09 08:00", "record")]
    assert story(built, NONCONFORMITY, 3)[1:] == []  # when it was cancelled is not recorded
    assert case(built, NONCONFORMITY, 3)["outcome"] == "cancelled"


def test_approval_requests_and_approvals_through_studio(build):
    request = {"company_id": 2, "requested_by_id": 2, "created_at": at("2026-01-05 08:00"), "created_by_id": 2}
    built = build(
        stock_location=PLACES,
        mrp_production=[order(1)],
        stock_picking=[transfer(1)],
        approval_category=[{"id": 1, "name": "Scrap over limit"}],
        approval_request=[
            {"id": 1, "category_id": 1, "status": "pending", "submitted_at": at("2026-01-05 09:00")} | request,
            {"id": 2, "name": "Overtime", "status": "approved"} | request,
        ],
        studio_approval_rule=[{"id": 1, "name": "Release", "document_model": "mrp.production"}],
        studio_approval_entry=[
            {"id": number, "rule_id": 1, "document_model": model, "document_id": id, "user_id": 5,
             "is_approved": number != 2, "created_at": at("2026-01-06 08:00")}
            for number, (model, id) in enumerate([("mrp.production", 1), (PICKING, 1), ("mrp.production", 99)], start=1)
        ],
    )  # fmt: skip
    assert story(built, "approval.request", 1, "recorded_by") == [
        ("created", "05 08:00", "create"),
        ("submitted", "05 09:00", "record"),
    ]
    found = case(built, "approval.request", 1)
    assert (found["name"], found["plant"], found["workflow"]) == ("Scrap over limit", "South/WH", "approval")
    assert story(built, "approval.request", 2)[1:] == []  # when it was approved is not recorded
    assert story(built, "mrp.production", 1, "actor")[1:] == [("approval granted", "06 08:00", "Pierre")]
    assert story(built, PICKING, 1)[1:] == [("approval refused", "06 08:00")]


@pytest.fixture(scope="module")
def bought(build):
    """A purchase order whose goods come in two receipts and are held in portions; one whose goods are all scrapped; one
    whose goods nobody holds; and one that is sent back."""
    chatter = Chatter()
    for id, moment in ((70, "2026-01-06 08:00"), (71, "2026-01-09 08:00"), (72, "2026-01-06 08:00")):
        chatter.say(moment, PICKING, id, user=5, state=("Ready", "Done"))
    goods = Goods()
    goods.go("06 08:00", VENDOR, STOCK, 10, purchase_line_id=11, picking_id=70, destination_move_ids=[3, 5])
    goods.go("09 08:00", VENDOR, STOCK, 4, purchase_line_id=11, picking_id=71, destination_move_ids=[])
    goods.go("06 09:00", STOCK, CAGE, 6)
    goods.go("06 10:00", CAGE, STOCK, 2)
    goods.go("07 09:00", STOCK, CAGE, 4)
    goods.go("08 09:00", CAGE, STOCK, 4)
    goods.go("08 10:00", CAGE, SCRAP, 4)
    goods.go("06 08:00", VENDOR, CAGE, 5, 2, purchase_line_id=12, picking_id=72)  # straight into quarantine
    goods.go("07 08:00", CAGE, SCRAP, 5, 2)
    goods.go("06 08:00", VENDOR, STOCK, 5, purchase_line_id=13, picking_id=73, state="assigned")
    goods.go("10 08:00", STOCK, VENDOR, 5, purchase_line_id=13, picking_id=74)
    places = {"source_location_id": VENDOR, "destination_location_id": STOCK}
    pickings = [
        {"id": id, "name": f"WH/IN/{id}", "state": "done", "picking_type_id": 3, "company_id": 1, "partner_id": 9,
         "created_at": at("2026-01-05 09:00"), "done_at": at(f"2026-01-{done}"), **places}
        for id, done in ((70, "06 08:00"), (71, "09 08:00"), (72, "06 08:00"))
    ]  # fmt: skip
    pickings += [
        transfer(73, VENDOR, STOCK, state="assigned", picking_type_id=3),
        transfer(74, STOCK, VENDOR, state="done", done_at=at("2026-01-10 08:00"), return_id=73),
    ]
    return build(
        **quality.MASTER | goods.records | {"stock_picking": pickings} | chatter.records,
        purchase_order=[purchase(id, state="purchase") for id in (1, 2, 3)],
        purchase_order_line=[{"id": 10 + id, "order_id": id, "product_id": 1} for id in (1, 2, 3)],
    )


def test_each_receipt_is_told_to_its_order(bought):
    found = story(bought, "purchase.order", 1, "told_by_model", "told_by_id", "actor")
    assert [row for row in found if row[0] == "received"] == [
        ("received", "06 08:00", PICKING, 70, "Pierre"),
        ("received", "09 08:00", PICKING, 71, "Pierre"),
    ]


def test_portions_that_are_held_at_a_time_are_one_hold(bought):
    assert story(bought, "purchase.order", 1, "time_quality") == [
        ("created", "05 08:00", "exact"),
        ("received", "06 08:00", "exact"),
        ("goods held", "06 09:00", "exact"),
        ("goods released", "08 10:00", "exact"),  # the last of them was scrapped, others were released
        ("received", "09 08:00", "exact"),
    ]


def test_goods_that_are_all_scrapped_are_rejected(bought):
    found = story(bought, "purchase.order", 2)
    assert found[1:] == [("received", "06 08:00"), ("goods held", "06 08:00"), ("goods rejected", "07 08:00")]


def test_what_is_expected_or_sent_back_was_not_received(bought):
    assert story(bought, "purchase.order", 3) == [("created", "05 08:00")]


def test_an_order_whose_goods_are_held_again_is_held_twice(build):
    goods = Goods()
    goods.go("06 08:00", VENDOR, STOCK, 10, purchase_line_id=11, destination_move_ids=[2, 4])
    goods.go("06 09:00", STOCK, CAGE, 3)
    goods.go("06 10:00", CAGE, STOCK, 3)
    goods.go("07 09:00", STOCK, CAGE, 3)
    built = build(
        **quality.MASTER | goods.records,
        purchase_order=[purchase(1, state="purchase")],
        purchase_order_line=[{"id": 11, "order_id": 1, "product_id": 1}],
    )
    assert [activity for activity, _ in story(built, "purchase.order", 1)] == [
        "created", "goods held", "goods released", "goods held",
    ]  # fmt: skip


def test_what_others_tell_is_no_touch_of_the_order(bought):
    found = case(bought, "purchase.order", 1)
    assert (found["event_count"], found["human_event_count"], found["human_touch_count"]) == (5, 1, 1)
    assert found["variant"] == "created > received > goods held > goods released > received"


def test_empty_log(build):
    assert build().rows("select * from fct_related_event") == []
    assert build().rows("select * from dim_related_document") == []
