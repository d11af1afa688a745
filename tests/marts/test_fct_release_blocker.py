"""What keeps orders that have not begun from beginning."""

from datetime import date

import pytest

from tests.conftest import Chatter
from tests.rows import at, order, purchase, time_log, versions, work_order

MO, PO = "mrp.production", "purchase.order"
RELEASED, BEGUN = at("2026-01-06 10:00"), at("2026-01-14 08:00")
READY = {"reservation_state": ("", "Ready")}
SHORT = {"reservation_state": ("", "Waiting")}


def planned(id: int, start: str = "12 08:00", state: str = "confirmed", **values) -> dict:
    """An order that a refresh saw on the 6th at noon, planned to start in January."""
    start_at = at(f"2026-01-{start}")
    dates = {"started_at": start_at, "finished_at": start_at.replace(hour=start_at.hour + 2)}
    return order(id, state=state, seen="2026-01-06 12:00") | dates | values


@pytest.fixture(scope="module")
def built(build):
    chatter, orders = Chatter(), []

    def released(id: int, begun: str | None = None, material: dict = READY, **values) -> None:
        chatter.say("2026-01-06 10:00", MO, id, state=("Draft", "Confirmed"), **material)
        first = planned(id, **values)
        if begun:
            chatter.say(f"2026-01-{begun}", MO, id, state=("Confirmed", "In Progress"))
            orders.extend(versions(first, {**first, "state": "progress", "seen": "2026-01-17 05:00"}))
        else:
            orders.extend(versions(first))

    # material: 1 still short, 2 until it was reserved, 3 until it was begun without, 4 cancelled while short
    released(1, material=SHORT)
    released(2, material=SHORT, start="20 08:00")
    chatter.say("2026-01-09 08:00", MO, 2, reservation_state=("Waiting", "Ready"))
    released(3, begun="14 08:00", material=SHORT)
    chatter.say("2026-01-14 08:00", MO, 3, reservation_state=("Waiting", "Ready"))
    released(4, material=SHORT, state="cancel")
    chatter.say("2026-01-10 08:00", MO, 4, state=("Confirmed", "Cancelled"), reservation_state=("Waiting", ""))
    # capacity: 5 when it should have begun 11 was worked on; 6 the line was closed; 7 it was free; 8 not due yet
    released(5, begun="14 08:00", start="12 09:00")
    released(6, start="13 09:00")
    released(7, begun="14 08:00", start="12 20:00")
    released(8, start="19 09:00")
    # 9: a back-order; 10: a draft without work orders
    orders.append(planned(9, backorder_sequence=2))
    orders.append(order(10))
    released(11, begun="12 08:00", start="12 08:00")
    # approval: 12 and the draft 13 wait for a purchase; 14 was begun before it was asked for
    orders.append(order(12, seen="2026-01-06 12:00"))
    orders.append(order(13, origin="P00002"))
    released(14, begun="06 11:00", start="12 08:00")
    for id, asked in ((1, "07 09:00"), (2, "04 09:00"), (3, "08 09:00")):
        chatter.say(f"2026-01-{asked}", PO, id, state=("RFQ", "To Approve"))
    chatter.say("2026-01-08 09:00", PO, 2, state=("To Approve", "Purchase Order"))
    return build(
        at("2026-01-18 12:00"),
        mrp_workcenter=[{"id": 1, "name": "Line 1", "resource_id": 77}],
        resource_calendar_leaves=[
            {"id": 1, "resource_id": 77, "kind": "leave", "closed_from_at": at("2026-01-13 06:00"),
             "closed_to_at": at("2026-01-13 22:00")},
            # what Odoo takes up for a planned work order
            {"id": 2, "resource_id": 77, "kind": "other", "closed_from_at": at("2026-01-12 20:00"),
             "closed_to_at": at("2026-01-12 22:00")},
        ],
        product_product=[{"id": 1, "product_tmpl_id": 1}, {"id": 2, "product_tmpl_id": 1, "default_code": "C-1"}],
        mrp_production=[{key: value for key, value in row.items() if key != "seen"} for row in orders],
        mrp_workorder=[
            work_order(id, id, workcenter_id=1) for id in (*range(1, 10), 12, 13, 14)
        ] + [work_order(11, 11, state="done", actual_minutes=600.0, finished_at=at("2026-01-12 18:00"))],
        mrp_workcenter_productivity=[time_log(1, 11, "2026-01-12 08:00", "2026-01-12 18:00")],
        stock_move=[
            {"id": 1, "raw_material_production_id": 1, "product_id": 2, "state": "confirmed", "demand_quantity": 4.0,
             "forecast_at": at("2026-02-03 08:00"), "created_at": at("2026-01-05 08:00")},
            {"id": 2, "purchase_line_id": 1, "state": "assigned", "destination_move_ids": [3]},
            {"id": 3, "raw_material_production_id": 12, "product_id": 2, "state": "draft"},
            {"id": 4, "purchase_line_id": 2, "state": "assigned", "destination_move_ids": [5]},
            {"id": 5, "raw_material_production_id": 14, "product_id": 2, "state": "done"},
        ],
        purchase_order=[
            purchase(1, state="to approve"), purchase(2, state="purchase"), purchase(3, state="to approve"),
        ],
        purchase_order_line=[{"id": 1, "order_id": 1}, {"id": 2, "order_id": 3}],
        **chatter.records,
    )  # fmt: skip


@pytest.fixture(scope="module")
def spans(built):
    found = {}
    for row in built.rows("select * from fct_release_blocker order by record_id, blocker"):
        found.setdefault(row["record_id"], []).append((row["blocker"], row["entered_at"], row["left_at"]))
    return found


def test_material_from_the_release_until_it_is_there_or_not_waited_for(spans):
    assert spans[1] == [("material", RELEASED, None)]
    assert spans[2] == [("material", RELEASED, at("2026-01-09 08:00"))]
    assert spans[3] == [("material", RELEASED, BEGUN)]
    assert spans[4] == [("material", RELEASED, at("2026-01-10 08:00"))]


def test_capacity_from_the_planned_start_when_the_work_center_was_taken_or_closed(spans):
    assert spans[5] == [("capacity", at("2026-01-12 09:00"), BEGUN)]
    assert spans[6] == [("capacity", at("2026-01-13 09:00"), None)]
    assert not {7, 8, 11} & spans.keys()


def test_routing_where_other_orders_of_the_product_have_work_orders(spans):
    assert spans[10] == [("routing", at("2026-01-05 08:00"), None)]
    assert 9 not in spans, "a back-order has begun"


def test_approvals_of_the_purchases_an_order_waits_for(spans):
    assert spans[12] == [("approval", at("2026-01-07 09:00"), None)]
    assert spans[13] == [("approval", at("2026-01-05 08:00"), at("2026-01-08 09:00"))]
    assert 14 not in spans


def test_what_exactly(built):
    rows = built.rows("select record_id, detail from fct_release_blocker where left_at is null")
    assert {row["record_id"]: row["detail"] for row in rows} == {
        1: "[C-1] Table, expected 2026-02-03",
        6: "Line 1 was closed",
        10: "no work orders, unlike other orders of the product",
        12: "P00001 waits for Purchase manager",
    }


def test_where_nothing_is_known_of_work_orders_none_are_missed(build):
    assert build(mrp_production=[order(1)]).rows("select * from fct_release_blocker") == []


def test_the_kpi_counts_what_blocks_at_the_end_of_a_week(built):
    first, last = date(2026, 1, 5), date(2026, 1, 19)
    weeks = built.kpi("release_blocker_count", first, last, every="week")
    assert [week["value"] for week in weeks] == [4, 4]
    kinds = {
        row["cut"]: row["value"] for row in built.kpi("release_blocker_count", last, last.replace(day=26), by="blocker")
    }
    assert kinds == {"approval": 1, "capacity": 1, "material": 1, "routing": 1}
    rows = built.kpi_rows("release_blocker_count", first, date(2026, 1, 12))
    assert sorted((row["record_id"], row["blocker"]) for row in rows) == [
        (1, "material"), (3, "material"), (10, "routing"), (12, "approval"),
    ]  # fmt: skip
