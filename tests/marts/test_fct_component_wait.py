"""Which component an order waited for, and when that ran short before."""

import pytest

from tests.conftest import Chatter
from tests.rows import PLACES, at, bought, goods, order, purchase, versions

MO = "mrp.production"


def raw(id: int, of: int, product: int = 1, **values) -> dict:
    return goods(id, 11, 15, raw_material_production_id=of, product_id=product, **values)


def reserved(move: int, moment: str) -> dict:
    return {"id": move, "move_id": move, "created_at": at(f"2026-01-{moment}")}


@pytest.fixture(scope="module")
def found(build):
    chatter = Chatter()

    def short(id: int, since: str, until: str | None = None):
        chatter.say(f"2026-01-{since}", MO, id, state=("Draft", "Confirmed"), reservation_state=("", "Waiting"))
        if until:
            chatter.say(f"2026-01-{until}", MO, id, reservation_state=("Waiting", "Ready"))

    def buy(id: int, moment: str, vendor: int):
        chatter.say(f"2026-01-{moment}", "purchase.order", id, state=("RFQ", "Purchase Order"))
        return purchase(id, state="purchase", partner_id=vendor)

    short(1, "06 10:00", "08 10:00")
    short(2, "07 10:00", "12 10:00")  # overlaps with the first
    short(3, "20 10:00", "21 10:00")
    short(4, "22 10:00", "23 10:00")  # another component of the order was there from the beginning
    short(5, "24 10:00", "25 10:00")  # what was missing was there in part: nothing tells
    short(6, "26 10:00")  # open, seen by a refresh
    short(8, "07 09:00", "07 11:00")  # nothing tells, while legs are short
    chatter.say("2026-01-27 10:00", MO, 7, state=("Draft", "Confirmed"), reservation_state=("", "Ready"))
    built = build(
        at("2026-01-30"),
        stock_location=PLACES,
        product_template=[{"id": 1, "name": "Table", "categ_id": 1}, {"id": 2, "name": "Leg", "categ_id": 1}],
        product_product=[
            {"id": 1, "product_tmpl_id": 1, "default_code": "T-1"},
            {"id": 2, "product_tmpl_id": 2, "default_code": "L-1"},
        ],
        res_partner=[{"id": n, "name": f"Vendor {n}", "is_company": True, "commercial_partner_id": n} for n in (8, 9)],
        purchase_order=[buy(1, "10 08:00", 9), buy(2, "20 08:00", 8)],
        purchase_order_line=[bought(1, 1, product_id=2), bought(2, 2, product_id=2)],
        mrp_production=[order(id, state="confirmed") for id in range(1, 9)],
        stock_move=[
            *(raw(id, id, 2) for id in (1, 2, 3, 4, 5, 7, 8)),
            *(raw(10 + id, id, 1) for id in (1, 2, 3, 4, 5, 7)),
            *versions(raw(6, 6, 2, state="confirmed", reserved_quantity=0.0) | {"seen": "2026-01-27 05:00"}),
            goods(31, 1, 11, purchase_line_id=1),
            goods(32, 1, 11, purchase_line_id=2),
        ],
        stock_move_line=[
            *(reserved(10 + id, "05 08:00") for id in (1, 2, 3, 4, 5)),
            reserved(1, "08 10:00"),
            reserved(2, "12 10:00"),
            reserved(3, "21 10:00"),
            reserved(4, "23 10:00:40"),
            reserved(5, "05 08:00"),
            reserved(7, "27 10:00"),
            reserved(8, "05 08:00"),
        ],
        **chatter.records,
    )
    return {row["record_id"]: row for row in built.rows("select * from fct_component_wait")}


def test_what_was_set_aside_at_the_end_was_awaited(found):
    awaited = {id: (row["component"], row["told_by"]) for id, row in found.items()}
    leg = "[L-1] Leg"
    assert awaited == {
        1: (leg, "reservation"),
        2: (leg, "reservation"),
        3: (leg, "reservation"),
        4: (leg, "reservation"),
        5: (None, None),
        6: (leg, "seen"),
        8: (None, None),
    }


def test_overlapping_waits_are_one_shortage(found):
    def day(moment):
        return moment and f"{moment:%d}"

    shortages = {id: tuple(day(row[name]) for name in ("began_at", "filled_at", "previous_ended_at"))
                 for id, row in found.items() if row["component"]}  # fmt: skip
    assert shortages == {
        1: ("06", "12", None), 2: ("06", "12", None), 3: ("20", "21", "12"), 4: ("22", "23", "21"),
        6: ("26", None, "23"),
    }  # fmt: skip
    assert {id for id, row in found.items() if row["is_first"]} == {1, 3, 4, 6}


def test_an_order_that_needs_what_was_short_then_likely_waited_for_that(found):
    """Order 5 needs a leg while none was known to be short; order 8 while order 1 waited for one."""
    assert {id: row["is_likely_known"] for id, row in found.items() if not row["component"]} == {5: False, 8: True}


def test_the_vendor_is_the_last_one_before(found):
    vendors = {id: row["vendor"] for id, row in found.items()}
    assert vendors == {1: "Vendor 9", 2: "Vendor 9", 3: "Vendor 8", 4: "Vendor 8", 5: None, 6: "Vendor 8", 8: None}
