"""Receipts against what was promised: how late, how many, and by subcontractors how long."""

from datetime import date

import pytest

from tests.conftest import Chatter
from tests.rows import PLACES, at, bought, counted, goods, purchase

EVER = (date(2000, 1, 1), date(2100, 1, 1))
DUE = at("2026-01-12 23:00")  # midnight in Paris


@pytest.fixture(scope="module")
def built(build):
    chatter, orders, lines, moves = Chatter(), [], [], []

    def order(id, *received, state="purchase", **values):
        chatter.say("2026-01-05 10:00", "purchase.order", id, state=("RFQ", "Purchase Order"))
        orders.append(purchase(id, state=state))
        lines.append(bought(id, id, received_quantity=sum(m["reserved_quantity"] for m in received
                                                          if m["state"] == "done"), **values))  # fmt: skip
        moves.extend(move | {"purchase_line_id": id} for move in received)

    order(1, goods(1, 1, 11, "12 23:00:00"))  # on the stroke of midnight
    order(2, goods(2, 1, 11, "12 23:00:01"))
    order(3, goods(3, 1, 11, "09 08:00", 4.0), goods(4, 1, 11, "15 08:00", 6.0, is_subcontract=True))
    order(4, goods(5, 1, 11))  # due and open
    order(5, goods(6, 1, 11), planned_at=at("2026-01-19 12:00"))  # not due yet
    order(6, goods(7, 1, 11, "09 08:00", 4.0), goods(8, 1, 11, quantity=6.0, state="cancel"))  # the rest cancelled
    order(7, goods(9, 1, 11, state="cancel"), state="cancel")
    return build(at("2026-01-18 12:00"), stock_location=PLACES, purchase_order=orders, purchase_order_line=lines,
                 stock_move=moves, **chatter.records)  # fmt: skip


def test_how_late(built):
    assert counted(built, "receipt_delay") == {
        1: [(DUE, DUE)],
        2: [(DUE, at("2026-01-12 23:00:01"))],
        3: [(DUE, at("2026-01-15 08:00"))],
        4: [(DUE, None)],
        6: [(DUE, DUE)],
    }


def test_how_many(built):
    bad = {row["record_id"]: row["is_bad"] for row in built.kpi_rows("late_receipt_share", *EVER)}
    assert bad == {1: False, 2: True, 3: True, 4: True, 6: True}
    [vendor] = built.kpi("late_receipt_share", *EVER, by="vendor")
    assert (vendor["cut"], vendor["value"], vendor["n"]) == ("Steelworks", 0.8, 5)


def test_subcontractors_from_ordering_on(built):
    assert counted(built, "subcontracted_order_lead_time") == {3: [(at("2026-01-05 10:00"), at("2026-01-15 08:00"))]}
