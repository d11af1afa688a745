"""How long vendors take to confirm."""

from datetime import date

from tests.conftest import Chatter
from tests.rows import PLACES, at, bought, counted, goods, purchase

ORDERED = at("2026-01-05 10:00")


def test_from_ordering_to_the_word_of_the_vendor_or_the_goods(build):
    chatter = Chatter()
    for id in range(1, 7):
        chatter.say("2026-01-05 10:00", "purchase.order", id, state=("RFQ", "Purchase Order"))
    chatter.say("2026-01-06 09:30", "purchase.order", 1, acknowledged=(False, True))
    chatter.say("2026-01-08 09:30", "purchase.order", 2, acknowledged=(False, True))
    built = build(
        stock_location=PLACES,
        purchase_order=[
            purchase(1, state="purchase", is_acknowledged=True),
            purchase(2, state="purchase", is_acknowledged=True),  # with its receipt
            purchase(3, state="purchase"),  # open
            purchase(4, state="cancel"),
            purchase(5, state="purchase", is_acknowledged=True),  # nobody knows when
            purchase(6, state="purchase", company_id=2, picking_type_id=4),  # nobody keeps track there
            purchase(7),  # not ordered
        ],
        purchase_order_line=[bought(2, 2)],
        stock_move=[goods(2, 1, 11, "08 09:30", purchase_line_id=2)],
        **chatter.records,
    )
    assert counted(built, "vendor_confirmation_time") == {
        1: [(ORDERED, at("2026-01-06 09:30"))],
        2: [(ORDERED, at("2026-01-08 09:30"))],
        3: [(ORDERED, None)],
    }
    ended = {row["cut"]: row["n"] for row in built.kpi("vendor_confirmation_time", date(2000, 1, 1), date(2100, 1, 1),
                                                       by="ended_by")}  # fmt: skip
    assert ended == {"vendor": 1, "receipt": 1, "open": 1}
