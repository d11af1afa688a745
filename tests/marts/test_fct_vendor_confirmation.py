"""When vendors confirmed what was ordered."""

from tests.conftest import Chatter
from tests.rows import PLACES, at, bought, goods, purchase, versions


def confirmations(build, chatter, orders, received=()):
    for id in {order["id"] for order in orders}:
        chatter.say("2026-01-05 10:00", "purchase.order", id, state=("RFQ", "Purchase Order"))
    built = build(
        stock_location=PLACES,
        purchase_order=orders,
        purchase_order_line=[bought(id, id) for id, _ in received],
        stock_move=[goods(id, 1, 11, moment, purchase_line_id=id) for id, moment in received],
        **chatter.records,
    )
    return {row["record_id"]: row for row in built.rows("select * from fct_vendor_confirmation")}


def confirmed(id, seen=None, **values):
    row = purchase(id, state="purchase", is_acknowledged=True, **values)
    return row | {"seen": seen} if seen else row


def test_what_odoo_19_tracks_is_exact(build):
    chatter = Chatter()
    chatter.say("2026-01-06 09:30", "purchase.order", 1, acknowledged=(False, True))
    chatter.say("2026-01-08 09:30", "purchase.order", 2, acknowledged=(False, True))  # with its receipt
    orders = [confirmed(1), confirmed(2), purchase(3, state="purchase"), purchase(4, state="purchase")]
    found = confirmations(build, chatter, orders, received=[(2, "08 09:30"), (4, "09 08:00")])
    moments = {id: (row["acknowledged_at"], row["received_at"]) for id, row in found.items()}
    assert moments == {
        1: (at("2026-01-06 09:30"), None),
        2: (at("2026-01-08 09:30"), at("2026-01-08 09:30")),
        3: (None, None),
        4: (None, at("2026-01-09 08:00")),
    }


def test_before_odoo_19_two_refreshes_bound_it(build):
    orders = [
        *versions(purchase(1, state="purchase", seen="2026-01-05 12:00"), confirmed(1, "2026-01-07 05:00")),
        *versions(confirmed(2, "2026-01-07 05:00")),
    ]
    found = confirmations(build, Chatter(), orders)
    assert found[1]["acknowledged_at"] == at("2026-01-07 05:00") and not found[1]["is_acknowledged_before"]
    assert found[2]["acknowledged_at"] is None and found[2]["is_acknowledged_before"]


def test_a_company_in_which_only_receipts_set_the_mark_keeps_no_track(build):
    chatter = Chatter()
    chatter.say("2026-01-08 09:30", "purchase.order", 1, acknowledged=(False, True))
    chatter.say("2026-01-06 09:30", "purchase.order", 3, acknowledged=(False, True))
    south = {"company_id": 2, "picking_type_id": 4}
    orders = [confirmed(1), purchase(2, state="purchase"), confirmed(3, **south)]
    assert set(confirmations(build, chatter, orders, received=[(1, "08 09:30")])) == {3}
