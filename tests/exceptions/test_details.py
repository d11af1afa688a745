"""What the exceptions of production say is wrong."""

from tests.conftest import Chatter
from tests.rows import at, order, purchase, review, work_order

MO = "mrp.production"
PRODUCTS = [
    {"id": 1, "product_tmpl_id": 1, "default_code": "T-1"},
    {"id": 2, "product_tmpl_id": 1, "default_code": "C-1"},
    {"id": 3, "product_tmpl_id": 1, "default_code": "C-2"},
]


def details(built, rule: str) -> dict:
    found = built.rows(f"select record_id, detail, responsible from fct_exception where exception = '{rule}'")
    return {row["record_id"]: row["detail"] for row in found}


def short(id: int, production: int, product: int, **values) -> dict:
    row = {"id": id, "raw_material_production_id": production, "product_id": product, "state": "confirmed"}
    return row | {"demand_quantity": 4.0, "reserved_quantity": 1.5, "created_at": at("2026-01-05 08:00")} | values


def test_a_short_order_says_which_components_it_waits_for_and_until_when(build):
    chatter = Chatter()
    for id, label in ((1, "Waiting"), (2, "Waiting Another Operation"), (3, "Ready"), (4, "Waiting")):
        chatter.say("2026-01-06 10:00", MO, id, state=("Draft", "Confirmed"), reservation_state=("", label))
    built = build(
        at("2026-01-18 12:00"),
        product_product=PRODUCTS,
        mrp_production=[order(id, state="confirmed") for id in range(1, 5)],
        stock_move=[
            short(1, 1, 3, forecast_quantity=0.0),
            short(2, 1, 2, forecast_at=at("2026-02-03 08:00"), forecast_quantity=4.0),
            short(3, 3, 2),
            short(4, 4, 2, reserved_quantity=None),  # Odoo 16 tells neither
        ],
        **chatter.records,
    )
    assert details(built, "short_order") == {
        1: "[C-1] Table (2.5 missing), expected 2026-02-03; "
        "[C-2] Table (2.5 missing), not covered by what is on its way",
        2: "waits for another operation",
        4: "[C-1] Table",
    }


def test_a_draft_says_what_keeps_it(build):
    built = build(at("2026-01-18 12:00"), mrp_production=[order(1), order(2)], mrp_workorder=[work_order(1, 1)])
    assert details(built, "stalled_draft_order") == {
        1: "nothing known keeps it waiting",
        2: "routing: no work orders, unlike other orders of the product",
    }


def test_a_request_for_quotation_is_a_draft_unless_it_waits_for_an_approval(build, chatter):
    chatter.say("2026-01-05 09:00", "purchase.order", 4, state=("RFQ", "To Approve"))
    built = build(
        at("2026-01-18 12:00"),
        purchase_order=[
            purchase(1),
            purchase(2, state="sent"),
            purchase(3),  # a reviewer is asked
            purchase(4, state="to approve"),
            purchase(5, state="purchase"),
            purchase(6, state="cancel"),
            purchase(7),  # a reviewer has approved it
        ],
        tier_review=[
            review(1, 3),
            review(2, 7, status="approved", done_by_id=2, reviewed_at=at("2026-01-06 08:00")),
        ],
        **chatter.records,
    )
    assert details(built, "stalled_draft_purchase") == {
        1: "not sent to Steelworks", 2: "sent to Steelworks", 7: "not sent to Steelworks"
    }  # fmt: skip
    [row] = [row for row in built.exceptions("stalled_draft_purchase").values() if row["record_id"] == 1]
    assert (row["since_at"], row["responsible"], row["held_up_amount"]) == (at("2026-01-05 08:00"), "Anna", 9000.0)
