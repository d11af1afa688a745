"""What people did by hand, by kind, and entries that were made after the fact."""

from datetime import date

import pytest

from queries.config import Config, Users
from tests.conftest import PLANTS, Chatter
from tests.rows import at, order, purchase, time_log, user, work_order

MO, PO, PICKING = "mrp.production", "purchase.order", "stock.picking"
EVER = (date(2000, 1, 1), date(2100, 1, 1))
ANNA, PIERRE, ROBOT = 2, 5, 8
FIELDS = [
    {"id": 31, "document_model": PO, "field_name": "locked", "field_type": "boolean"},
    {"id": 32, "document_model": MO, "field_name": "product_qty", "field_type": "float"},
    {"id": 41, "document_model": PICKING, "field_name": "state", "field_type": "selection"},
]
SELECTION = {"id": 901, "lang": "en_US", "field_id": 41, "value": "done", "label": "Done"}
READY, WAITING = ("Waiting", "Ready"), ("Ready", "Waiting")


class Story(Chatter):
    """Chatter with fields that these tests alone track."""

    def change(self, at_: str, model: str, document: int, field: int, user: int = ANNA, **values) -> None:
        self.say(at_, model, document, user)
        row = {"id": 5000 + len(self.records["mail_tracking_value"]), "field_id": field}
        row["message_id"] = self.records["mail_message"][-1]["id"]
        self.records["mail_tracking_value"].append(row | values)


def move(id: int, moment: str | None = None, **values) -> dict:
    row = {
        "id": id,
        "product_id": 2,
        "company_id": 1,
        "state": "done" if moment else "confirmed",
        "created_by_id": ANNA,
    }
    return row | {"moved_at": moment and at(moment), "created_at": at("2026-01-05 08:00")} | values


@pytest.fixture(scope="module")
def built(build):
    story = Story()
    robot, partner = user(ROBOT, "n8n")
    say = story.say
    # confirmed: 1 by a person, 2 by a machine
    say("2026-01-06 10:00", MO, 1, ANNA, state=("Draft", "Confirmed"), reservation_state=("", "Ready"))
    say("2026-01-06 10:00", MO, 2, ROBOT, state=("Draft", "Confirmed"), reservation_state=("", "Waiting"))
    # reservations: taken away and made again by hand; made as a component came in; made by a machine; with the start
    say("2026-01-07 10:00", MO, 1, PIERRE, reservation_state=WAITING)
    say("2026-01-08 10:00", MO, 1, PIERRE, reservation_state=READY)
    say("2026-01-08 11:00:01", MO, 2, ANNA, reservation_state=READY)
    say("2026-01-08 12:00", MO, 2, ROBOT, reservation_state=WAITING)
    say("2026-01-08 13:00", MO, 2, ANNA, reservation_state=READY, state=("Confirmed", "In Progress"))
    story.change("2026-01-09 10:00", MO, 3, 32, ANNA, old_float=5.0, new_float=9.0)
    story.records["mail_tracking_value"].append(
        {"id": 6000, "message_id": len(story.records["mail_message"]), "field_id": 12, "old_label": "Ready",
         "new_label": "Waiting"}
    )  # fmt: skip
    # 4 cancelled and made again as 5 by the same person; 6 by another one; 7 with another quantity; 9 too late
    for id, moment in ((4, "12 10:00"), (6, "13 10:00"), (7, "14 10:00"), (8, "15 10:00")):
        say(f"2026-01-{moment}", MO, id, ANNA, state=("Draft", "Cancelled"))
    # purchase orders: unlocked by a person, by the robot; locked
    story.change("2026-01-12 09:00", PO, 1, 31, PIERRE, old_integer=1, new_integer=0)
    story.change("2026-01-12 09:00", PO, 2, 31, ROBOT, old_integer=1, new_integer=0)
    story.change("2026-01-12 09:00", PO, 3, 31, PIERRE, old_integer=0, new_integer=1)
    # transfers validated on the 12th: one dated back by a day
    for id in (1, 2):
        story.change("2026-01-12 09:00", PICKING, id, 41, ANNA, old_label="Ready", new_label="Done")
    made = {"product_qty": 7.0, "product_id": 1}
    return build(
        at("2026-01-18 12:00"),
        Config(users=Users(integration=("n8n",))),
        res_users=[*PLANTS["res_users"], robot],
        res_partner=[*PLANTS["res_partner"], partner],
        ir_model_fields=[*PLANTS["ir_model_fields"], *FIELDS],
        ir_model_fields_selection=[*PLANTS["ir_model_fields_selection"], SELECTION],
        ir_model=[{"id": 7, "model": MO}],
        auditlog_log=[{"id": 1, "model_id": 7, "document_id": 1, "method": "write", "user_id": PIERRE,
                       "logged_at": at("2026-01-16 09:00")}],
        auditlog_log_line=[{"id": 1, "log_id": 1, "field_name": "is_locked", "old_value": "True", "new_value": "False",
                            "logged_at": at("2026-01-16 09:00")}],
        mrp_production=[
            order(1, state="confirmed"),
            order(2, state="progress"),
            order(3, state="confirmed"),
            *(order(id, state="cancel", **made) for id in (4, 6, 7, 8)),
            order(5, created_at=at("2026-01-12 11:00"), **made),
            order(9, created_at=at("2026-01-13 11:00"), created_by_id=PIERRE, **made),
            order(10, created_at=at("2026-01-14 11:00"), **made | {"product_qty": 8.0}),
            order(11, created_at=at("2026-01-16 10:00:01"), **made),
        ],
        mrp_workcenter=[{"id": 1, "name": "Line 1"}],
        mrp_workorder=[work_order(1, 2, state="progress", actual_minutes=120.0)],
        mrp_workcenter_productivity=[
            time_log(1, 1, "2026-01-08 13:00", "2026-01-08 14:00"),
            time_log(2, 1, "2026-01-09 08:00", "2026-01-09 09:00", created="2026-01-09 10:00:00"),
            time_log(3, 1, "2026-01-10 08:00", "2026-01-10 09:00", created="2026-01-10 10:00:01"),
            time_log(4, 1, "2026-01-11 08:00"),
        ],
        stock_location=[
            {"id": 8, "name": "Stock", "usage": "internal", "warehouse_id": 1},
            {"id": 9, "name": "Adjustment", "usage": "inventory"},
        ],
        stock_move=[
            move(1, raw_material_production_id=1),
            move(2, raw_material_production_id=2),
            move(3, "2026-01-08 11:00:00", source_location_id=9, destination_location_id=8, is_inventory=True),
            move(4, "2026-01-08 10:00:00", product_id=1, source_location_id=9, is_inventory=False),
            move(5, "2026-01-08 10:00:00", raw_material_production_id=3),
            move(6, "2026-01-09 10:00:00", source_location_id=8, destination_location_id=9, is_inventory=True,
                 created_by_id=ROBOT),
        ],
        stock_picking=[
            {"id": 1, "name": "WH/IN/1", "state": "done", "picking_type_id": 3, "company_id": 1,
             "done_at": at("2026-01-11 09:00")},
            {"id": 2, "name": "WH/IN/2", "state": "done", "picking_type_id": 3, "company_id": 1,
             "done_at": at("2026-01-12 09:00")},
        ],
        queue_job=[
            {"id": 1, "uuid": "a", "state": "done", "retry": 1, "company_id": 2, "started_at": at("2026-01-12 08:00"),
             "done_at": at("2026-01-12 09:00"), "result": "Manually set to done by Anna"},
            {"id": 2, "uuid": "b", "state": "done", "retry": 1, "company_id": 2, "started_at": at("2026-01-12 08:00"),
             "done_at": at("2026-01-12 09:00")},
        ],
        purchase_order=[purchase(id, state="purchase") for id in (1, 2, 3)],
        **story.records,
    )  # fmt: skip


@pytest.fixture(scope="module")
def found(built):
    kinds = {}
    rows = built.rows("select * from fct_intervention order by kind, record_model, record_id, intervened_at")
    for row in rows:
        kinds.setdefault(row["kind"], []).append(
            (row["record_model"], row["record_id"], str(row["intervened_at"]), row["intervened_by"], row["plant"])
        )
    return kinds


def test_confirmed_by_hand(found):
    assert found["confirmed by hand"] == [(MO, 1, "2026-01-06 10:00:00", "Anna", "Nord/WH")]


def test_reservations(found):
    assert found["reservation taken away"] == [(MO, 1, "2026-01-07 10:00:00", "Pierre", "Nord/WH")]
    assert found["reserved by hand"] == [(MO, 1, "2026-01-08 10:00:00", "Pierre", "Nord/WH")]


def test_unlocked(found):
    assert found["unlocked"] == [
        (MO, 1, "2026-01-16 09:00:00", "Pierre", "Nord/WH"),
        (PO, 1, "2026-01-12 09:00:00", "Pierre", "Nord/WH"),
    ]


def test_cancelled_and_made_again(found, built):
    assert found["cancelled and made again"] == [(MO, 4, "2026-01-12 10:00:00", "Anna", "Nord/WH")]
    [row] = built.rows("select detail from fct_intervention where kind = 'cancelled and made again'")
    assert row["detail"] == "again as WH/MO/00005"


def test_jobs_and_stock(found):
    assert found["job done by hand"] == [("queue.job", 1, "2026-01-12 09:00:00", None, "South/WH")]
    assert found["stock adjusted"] == [("stock.move", 3, "2026-01-08 11:00:00", "Anna", "Nord/WH")]


def test_up_to_odoo_14_a_count_is_known_by_its_places(build):
    places = {"source_location_id": 9, "destination_location_id": 8}
    built = build(
        stock_location=[
            {"id": 8, "name": "Stock", "usage": "internal", "warehouse_id": 1},
            {"id": 9, "name": "Adjustment", "usage": "inventory"},
        ],
        stock_move=[
            move(1, "2026-01-08 11:00:00", **places),
            move(2, "2026-01-08 11:00:00", **places, is_scrapped=True),
            move(3, "2026-01-08 11:00:00", **places, picking_id=7),
            move(4, "2026-01-08 11:00:00", source_location_id=8, destination_location_id=8),
            move(5, **places),
        ],
    )
    assert [row["record_id"] for row in built.rows("select record_id from fct_intervention")] == [1]


def test_entries_made_after_the_fact(found, built):
    assert found["back-dated entry"] == [
        ("mrp.workcenter.productivity", 3, "2026-01-10 10:00:01", "Anna", "Nord/WH"),
        (PICKING, 1, "2026-01-12 09:00:00", "Anna", "Nord/WH"),
    ]
    rows = built.rows("select * from fct_recording order by record_model, record_id")
    assert [(row["record_id"], row["kind"], str(row["said_at"]), str(row["entered_at"])) for row in rows] == [
        (1, "time log", "2026-01-08 14:00:00", "2026-01-08 14:00:00"),
        (2, "time log", "2026-01-09 09:00:00", "2026-01-09 10:00:00"),
        (3, "time log", "2026-01-10 09:00:00", "2026-01-10 10:00:01"),
        (1, "transfer", "2026-01-11 09:00:00", "2026-01-12 09:00:00"),
        (2, "transfer", "2026-01-12 09:00:00", "2026-01-12 09:00:00"),
    ]


def test_nothing_else_is_one(found):
    assert set(found) == {
        "confirmed by hand", "reservation taken away", "reserved by hand", "unlocked", "cancelled and made again",
        "job done by hand", "stock adjusted", "back-dated entry",
    }  # fmt: skip


def test_the_kpis_count_them(built):
    [total] = built.kpi("manual_intervention_count", *EVER)
    by_kind = {row["cut"]: row["value"] for row in built.kpi("manual_intervention_count", *EVER, by="kind")}
    assert total["value"] == sum(by_kind.values()) == 10
    assert (by_kind["unlocked"], by_kind["back-dated entry"]) == (2, 2)
    [lag] = built.kpi("recording_lag", *EVER)
    assert (lag["value"], lag["n"]) == (86400, 5)
    kinds = {row["cut"]: row["n"] for row in built.kpi("recording_lag", *EVER, by="kind")}
    assert kinds == {"time log": 3, "transfer": 2}
