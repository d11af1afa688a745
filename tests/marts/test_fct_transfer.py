"""Transfers: their kinds, when they were ready and done, and whose back-order they are."""

import pytest

from tests.conftest import Chatter
from tests.rows import PLACES, at, goods, transfer

PICKING = "stock.picking"


@pytest.fixture(scope="module")
def found(build):
    chatter = Chatter()
    # 1: waits, is ready, loses its goods, is ready again, and done; planned anew twice
    chatter.say("2026-01-05 08:00", PICKING, 1, scheduled_date=(None, at("2026-01-07 08:00")))
    chatter.say("2026-01-06 09:00", PICKING, 1, state=("Waiting", "Ready"))
    chatter.say("2026-01-06 10:00", PICKING, 1, state=("Ready", "Waiting"))
    chatter.say("2026-01-06 11:00", PICKING, 1, state=("Waiting", "Ready"))
    chatter.say("2026-01-06 12:00", PICKING, 1, scheduled_date=(at("2026-01-07 08:00"), at("2026-01-09 08:00")))
    chatter.say("2026-01-07 12:00", PICKING, 1, scheduled_date=(at("2026-01-09 08:00"), at("2026-01-08 08:00")))
    chatter.say("2026-01-08 15:00", PICKING, 1, user=5, state=("Prêt", "Terminé"))
    # 2: born ready, as Odoo makes receipts; 3: cancelled; 4: nothing recorded
    chatter.say("2026-01-09 15:00", PICKING, 2, state=("Ready", "Done"))
    chatter.say("2026-01-06 16:00", PICKING, 3, state=("Waiting", "Cancelled"))
    built = build(
        stock_location=PLACES,
        stock_picking=[
            transfer(1, state="done", done_at=at("2026-01-08 15:00"), partner_id=9, user_id=5),
            transfer(2, 1, 11, state="done", done_at=at("2026-01-09 15:00"), picking_type_id=3, partner_id=2),
            transfer(3, state="cancel"),
            transfer(4, state="assigned", backorder_id=1),
            transfer(5, 11, 12, picking_type_id=6),
            transfer(6, 11, 3),
            transfer(7, 3, 21, picking_type_id=4, company_id=2),
            transfer(8, 11, 21, picking_type_id=6),
            transfer(9, 2, 11, picking_type_id=3, return_id=1),
            transfer(10, 1, 2, picking_type_id=3),
            transfer(11, 1, 11, picking_type_id=3),
            transfer(12, state="confirmed", _valid_to=at("2026-01-20"), _closed_by="deleted"),
        ],
        stock_move=[
            goods(1, picking_id=1, quantity=2.0),
            goods(2, picking_id=1, product_id=None, quantity=1.0),
            goods(3, 4, 11, picking_id=11, is_subcontract=True),
        ],
        **chatter.records,
    )
    return {row["record_id"]: row for row in built.rows("select * from fct_transfer")}


def test_kinds_and_places(found):
    kinds = {id: (row["kind"], row["leg"], row["plant"]) for id, row in found.items()}
    assert kinds == {
        1: ("delivery", None, "Nord/WH"),
        2: ("receipt", None, "Nord/WH"),
        3: ("delivery", None, "Nord/WH"),
        4: ("delivery", None, "Nord/WH"),
        5: ("internal", None, "Nord/WH"),
        6: ("between warehouses", "out", "Nord/WH"),
        7: ("between warehouses", "in", "South/WH"),
        8: ("between warehouses", "direct", "Nord/WH"),
        9: ("return", None, "Nord/WH"),
        10: ("dropship", None, "Nord/WH"),
        11: ("subcontracted receipt", None, "Nord/WH"),
        12: ("delivery", None, "Nord/WH"),
    }
    assert (found[8]["from_plant"], found[8]["to_plant"]) == ("Nord/WH", "South/WH")


def test_milestones(found):
    row = found[1]
    assert (row["ready_at"], row["done_at"]) == (at("2026-01-06 09:00"), at("2026-01-08 15:00"))
    assert (row["first_scheduled_at"], row["scheduled_at"], row["replan_count"]) == (
        at("2026-01-07 08:00"), at("2026-01-08 08:00"), 2
    )  # fmt: skip
    assert (found[2]["ready_at"], found[4]["ready_at"]) == (at("2026-01-05 08:00"), at("2026-01-05 08:00"))
    assert found[5]["ready_at"] is found[5]["done_at"] is None
    assert found[3]["is_cancelled"] and found[3]["cancelled_at"] == at("2026-01-06 16:00")
    assert found[12]["is_cancelled"] and found[12]["cancelled_at"] == at("2026-01-20")


def test_what_it_is_about(found):
    row = found[1]
    assert (row["product"], row["partner"], row["move_count"], row["backorder_count"]) == (
        "[T-1] Table", "Steelworks", 2, 1
    )  # fmt: skip
    assert (found[2]["partner"], found[5]["partner"]) == ("private partner 2", None)
    assert (found[4]["backorder_of_id"], found[4]["backorder_count"]) == (1, 0)
