"""Holds: stock in quarantine, inspections (OCA), checks and alerts (Enterprise)."""

from itertools import pairwise

import pytest

from tests.conftest import PLANTS, Chatter
from tests.rows import at

STOCK, CAGE, CAGE_2, VENDOR, SCRAP, FLOOR, CUSTOMER, SOUTH = 11, 12, 13, 14, 15, 16, 17, 18
LOCATIONS = [
    {"id": STOCK, "name": "Stock", "usage": "internal", "warehouse_id": 1},
    {"id": CAGE, "name": "Quarantine", "complete_name": "WH/Quarantine", "usage": "internal", "warehouse_id": 1},
    {"id": CAGE_2, "name": "Hold 2", "usage": "internal", "warehouse_id": 1},
    {"id": VENDOR, "name": "Vendors", "usage": "supplier"},
    {"id": SCRAP, "name": "Scrap", "usage": "inventory"},
    {"id": FLOOR, "name": "Production", "usage": "production"},
    {"id": CUSTOMER, "name": "Customers", "usage": "customer"},
    {"id": SOUTH, "name": "Quarantine", "usage": "internal", "warehouse_id": 2},
]
MASTER = {
    "stock_location": LOCATIONS,
    "uom_uom": [{"id": 1, "name": "Units", "factor": 1.0}, {"id": 2, "name": "Dozens", "factor": 12.0}],
    "product_template": [{"id": 1, "name": "Table", "categ_id": 1, "uom_id": 1}],
    "product_product": [
        {"id": 1, "product_tmpl_id": 1, "default_code": "T-1", "standard_cost": 3.0},
        {"id": 2, "product_tmpl_id": 1, "default_code": "T-2"},
    ],
    "stock_lot": [{"id": id, "name": f"LOT-{id}", "product_id": 1} for id in (1, 2, 3, 4)],
    "stock_picking": [
        {"id": 70, "name": "WH/IN/1", "picking_type_id": 3, "partner_id": 9, "company_id": 1},
        {"id": 71, "name": "WH/IN/2", "picking_type_id": 3, "partner_id": 9, "company_id": 1},
    ],
    "stock_warehouse": [*PLANTS["stock_warehouse"], {"id": 3, "code": "LYO", "name": "Lyon", "company_id": 1}],
}


class Goods:
    """Moves with one line each, numbered from 1."""

    def __init__(self):
        self.records = {"stock_move": [], "stock_move_line": []}

    def go(self, when: str, source: int, target: int, quantity: float = 10, product: int = 1, lot=None, **values):
        """Goods went from one place to another on a day of January 2026; `unit` is that of the line."""
        id, moved_at = len(self.records["stock_move"]) + 1, at(f"2026-01-{when}")
        common = {"id": id, "state": values.pop("state", "done"), "product_id": product, "company_id": 1}
        common |= {"source_location_id": source, "destination_location_id": target, "moved_at": moved_at}
        line = {"move_id": id, "quantity": quantity, "lot_id": lot, "product_uom_id": values.pop("unit", 1)}
        self.records["stock_move_line"].append(common | line)
        self.records["stock_move"].append(common | {"reference": f"REF/{id}", "reserved_quantity": quantity} | values)


def holds(built) -> list[tuple]:
    """(record, product, quantity, held on, ended on, outcome), in the order in which they began."""
    return [
        (row["record_id"], row["quantity"], row["held_at"].day, row["ended_at"] and row["ended_at"].day, row["outcome"])
        for row in built.rows("from fct_hold order by held_at, ended_at nulls last, record_id")
    ]


@pytest.fixture
def stock(build):
    def built(*moves: tuple, **values) -> list[tuple]:
        goods = Goods()
        for move in moves:
            goods.go(*move[:-1], **move[-1]) if isinstance(move[-1], dict) else goods.go(*move)
        return holds(build(**MASTER | goods.records, **values))

    return built


def test_what_became_of_goods_in_quarantine(stock):
    for target, outcome in ((STOCK, "released"), (VENDOR, "returned"), (SCRAP, "scrapped"), (FLOOR, "rework")):
        assert stock(("05 08:00", VENDOR, CAGE), ("07 08:00", CAGE, target)) == [(1, 10, 5, 7, outcome)]
    assert stock(("05 08:00", STOCK, CAGE), ("07 08:00", CAGE, CUSTOMER)) == [(1, 10, 5, 7, "released")]
    assert stock(("05 08:00", STOCK, CAGE), ("07 08:00", CAGE, SOUTH))[0] == (1, 10, 5, 7, "transferred")
    assert stock(("05 08:00", CUSTOMER, CAGE)) == [(1, 10, 5, None, "open")]


def test_a_portion_that_leaves_is_a_hold_of_its_own(stock):
    assert stock(("05 08:00", STOCK, CAGE), ("06 08:00", CAGE, STOCK, 6), ("08 08:00", CAGE, SCRAP, 3)) == [
        (1, 6, 5, 6, "released"),
        (1, 3, 5, 8, "scrapped"),
        (1, 1, 5, None, "open"),
    ]


def test_what_came_first_leaves_first(stock):
    assert stock(("05 08:00", STOCK, CAGE, 4), ("06 08:00", STOCK, CAGE, 4), ("09 08:00", CAGE, STOCK, 6)) == [
        (1, 4, 5, 9, "released"),
        (2, 2, 6, 9, "released"),
        (2, 2, 6, None, "open"),
    ]


def test_lots_and_products_are_told_apart(stock):
    assert stock(
        ("05 08:00", STOCK, CAGE, 4, 1, 1), ("06 08:00", STOCK, CAGE, 4, 1, 2), ("07 08:00", STOCK, CAGE, 4, 2),
        ("09 08:00", CAGE, STOCK, 4, 1, 2),
    ) == [(1, 4, 5, None, "open"), (2, 4, 6, 9, "released"), (3, 4, 7, None, "open")]  # fmt: skip


def test_units_are_those_of_the_product(stock):
    moves = ("05 08:00", STOCK, CAGE, 1, {"unit": 2}), ("06 08:00", CAGE, STOCK, 6)
    assert stock(*moves) == [(1, 6, 5, 6, "released"), (1, 6, 5, None, "open")]


def test_from_one_place_of_quarantine_to_another_the_hold_goes_on(stock):
    assert stock(("05 08:00", STOCK, CAGE), ("06 08:00", CAGE, CAGE_2), ("07 08:00", CAGE_2, STOCK)) == [
        (1, 10, 5, 7, "released")
    ]


def test_what_leaves_without_having_come_in_ends_no_hold(stock):
    assert stock(("05 08:00", CAGE, STOCK, 5), ("06 08:00", STOCK, CAGE, 4), ("08 08:00", CAGE, STOCK, 1)) == [
        (2, 1, 6, 8, "released"),
        (2, 3, 6, None, "open"),
    ]


def test_only_what_was_done_counts(stock):
    assert stock(("05 08:00", STOCK, CAGE, {"state": "assigned"}), ("05 08:00", VENDOR, STOCK)) == []


def test_a_hold_tells_its_goods_and_where_they_are_from(build):
    goods = Goods()
    goods.go("02 08:00", VENDOR, STOCK, 10, 1, 1, partner_id=9, picking_id=70, unit_price=2.0)
    goods.go("05 08:00", STOCK, CAGE, 4, 1, 1)
    goods.go("06 08:00", VENDOR, CAGE, 5, 2, partner_id=9, picking_id=71, unit_price=2.0)
    goods.go("07 08:00", CUSTOMER, CAGE, 1, partner_id=9)
    columns = "record_model, record_id, lot, vendor, plant, location, value, currency"
    rows = build(**MASTER | goods.records).rows(f"select {columns} from fct_hold order by held_at")
    assert [tuple(row.values()) for row in rows] == [
        ("stock.move", 2, "LOT-1", "Steelworks", "Nord/WH", "WH/Quarantine", 12.0, "EUR"),  # at standard cost
        ("stock.picking", 71, None, "Steelworks", "Nord/WH", "WH/Quarantine", 10.0, "EUR"),  # as it was bought
        ("stock.move", 4, None, None, "Nord/WH", "WH/Quarantine", 3.0, "EUR"),  # a customer is no vendor
    ]


# ---------------------------------------------------------------------------------------------- inspections


def inspection(id: int, state: str, done: str | None = None, **values) -> dict:
    row = {"id": id, "name": f"QC/{id}", "state": state, "product_id": 1, "quantity": 2.0, "company_id": 1}
    return row | {"created_at": at("2026-01-05 08:00"), "done_at": done and at(f"2026-01-{done}")} | values


def scrap(id: int, when: str, **values) -> dict:
    return {"id": id, "state": "done", "product_id": 1, "done_at": at(f"2026-01-{when}")} | values


FIELDS = [
    {"id": 31, "document_model": "qc.inspection", "field_name": "state", "field_type": "selection"},
    {"id": 32, "document_model": "quality.check", "field_name": "quality_state", "field_type": "selection"},
]
LABELS = [
    {"id": number, "lang": "en_US", "field_id": field, "value": value, "label": value.title()}
    for number, (field, value) in enumerate(
        [*((31, value) for value in ("plan", "draft", "ready", "waiting", "success", "failed", "canceled")),
         *((32, value) for value in ("none", "pass", "fail"))],
        start=500,
    )
]  # fmt: skip


class QualityChatter(Chatter):
    """Changes of the state of inspections and checks, by their keys."""

    def turn(self, when: str, id: int, *states: str, field: int = 31) -> None:
        for old, new in pairwise(states):
            self.say(f"2026-01-{when}", "qc.inspection" if field == 31 else "quality.check", id)
            number = len(self.records["mail_message"])
            self.records["mail_tracking_value"].append(
                {"id": number, "message_id": number, "field_id": field, "old_label": old.title(),
                 "new_label": new.title()}
            )  # fmt: skip


@pytest.fixture
def judged(build):
    def built(chatter: QualityChatter | None = None, **records) -> dict[tuple[str, int], tuple]:
        labels = {
            "ir_model_fields": [*PLANTS["ir_model_fields"], *FIELDS],
            "ir_model_fields_selection": [*PLANTS["ir_model_fields_selection"], *LABELS],
        }
        said = chatter.records if chatter else {}
        rows = build(**MASTER | labels | said | records).rows("from fct_hold")
        return {
            (row["record_model"], row["record_id"]): (
                row["held_at"].day,
                row["ended_at"] and row["ended_at"].day,
                row["outcome"],
            )
            for row in rows
        }

    return built


def test_an_inspection_holds_until_it_is_decided(judged):
    chatter = QualityChatter()
    chatter.turn("06 08:00", 3, "ready", "waiting", "failed", "draft", "ready", "success")
    chatter.turn("07 08:00", 5, "draft", "canceled")
    chatter.turn("08 08:00", 6, "plan", "ready")
    rows = [
        inspection(1, "success", "07 08:00"),
        inspection(2, "waiting"),
        inspection(3, "success", "06 08:00"),
        inspection(4, "failed", "07 08:00"),
        inspection(5, "canceled"),
        inspection(6, "ready"),
        inspection(7, "plan"),
    ]
    found = judged(chatter, qc_inspection=rows)
    assert {id: row for (_, id), row in found.items()} == {
        1: (5, 7, "released"),
        2: (5, None, "open"),
        3: (5, 6, "rework"),  # failed before it passed
        4: (5, 7, "rejected"),  # nobody knows which goods they were
        5: (5, 7, "cancelled"),
        6: (8, None, "open"),  # 7 is only planned
    }


def test_what_failed_is_held_until_its_goods_are_gone(judged):
    lot, transfer = {"lot_id": 1}, {"picking_id": 70}
    goods = Goods()
    goods.go("12 08:00", STOCK, VENDOR, 10, 1, 2)
    goods.go("02 08:00", VENDOR, STOCK, 10, 1, picking_id=71)
    goods.go("11 08:00", STOCK, VENDOR, 10, 1, returned_move_id=2)
    rows = [
        inspection(1, "failed", "07 08:00", **lot),
        inspection(2, "failed", "07 08:00", lot_id=2),
        inspection(3, "failed", "07 08:00", lot_id=3),
        inspection(4, "failed", "07 08:00", **transfer),
        inspection(5, "failed", "07 08:00", document="stock.picking,71"),
        inspection(6, "waiting", production_id=8),
        inspection(7, "success", "07 08:00", **lot),
    ]
    scraps = [
        scrap(1, "04 08:00", lot_id=1),  # before the inspection
        scrap(2, "09 08:00", lot_id=1),
        scrap(3, "08 08:00", picking_id=70, product_id=2),  # other goods of the transfer
        scrap(4, "10 08:00", picking_id=70),
        scrap(5, "13 08:00", production_id=8),
        scrap(6, "13 08:00", lot_id=3, state="draft"),
    ]
    found = judged(qc_inspection=rows, stock_scrap=scraps, **goods.records)
    assert {id: row for (_, id), row in found.items()} == {
        1: (5, 9, "scrapped"),
        2: (5, 12, "returned"),
        3: (5, None, "open"),
        4: (5, 10, "scrapped"),
        5: (5, 11, "returned"),
        6: (5, 13, "scrapped"),
        7: (5, 7, "released"),
    }


def test_the_plant_of_an_inspection(build):
    places = [{"id": 1, "name": "LOT-1", "product_id": 1, "location_id": SOUTH}]
    rows = [
        inspection(1, "draft", picking_id=70),
        inspection(2, "draft", lot_id=1),
        inspection(3, "draft"),
        inspection(4, "draft", company_id=2),
    ]
    built = build(**MASTER | {"stock_lot": places}, qc_inspection=rows)
    assert {row["record_id"]: (row["plant"], row["vendor"]) for row in built.rows("from fct_hold")} == {
        1: ("Nord/WH", "Steelworks"),
        2: ("South/WH", None),
        3: (None, None),  # the company has two plants
        4: ("South/WH", None),  # and this one
    }


def test_checks_and_alerts_of_enterprise(judged):
    def check(id: int, result: str, done: str | None = None, **values) -> dict:
        moments = {"created_at": at("2026-01-05 08:00"), "checked_at": done and at(f"2026-01-{done}")}
        return {"id": id, "name": f"QC{id}", "result": result, "company_id": 2, **moments} | values

    def alert(id: int, closed: str | None = None, **values) -> dict:
        moments = {"created_at": at("2026-01-06 08:00"), "closed_at": closed and at(f"2026-01-{closed}")}
        return {"id": id, "name": f"QA{id}", "company_id": 2, "stage_id": 1, **moments} | values

    chatter = QualityChatter()
    chatter.turn("06 08:00", 7, "none", "fail", "pass", field=32)
    found = judged(
        chatter,
        quality_check=[
            check(1, "pass", "07 08:00"),
            check(2, "none"),
            check(3, "fail", "07 08:00"),
            check(4, "fail", "07 08:00", lot_ids=[1]),
            check(5, "fail", "07 08:00", lot_ids=[2, 3]),
            check(6, "pass", "07 08:00", test_type="instructions"),
            check(7, "pass", "07 08:00"),
            check(8, "fail", "07 08:00"),
            check(9, "fail", "07 08:00"),
        ],
        quality_alert=[
            alert(1, "09 08:00"),
            alert(2),
            alert(3, stage_id=2),
            alert(4, "09 08:00", lot_ids=[3]),
            alert(5, "10 08:00", check_id=8),
            alert(6, "10 08:00", check_id=9),
            alert(7, check_id=9),
        ],
        quality_alert_stage=[{"id": 1, "name": "New", "is_done": False}, {"id": 2, "name": "Done", "is_done": True}],
        stock_scrap=[scrap(1, "08 08:00", lot_id=3)],
    )
    assert found == {
        ("quality.check", 1): (5, 7, "released"),
        ("quality.check", 2): (5, None, "open"),
        ("quality.check", 3): (5, 7, "rejected"),
        ("quality.check", 4): (5, None, "open"),
        ("quality.check", 5): (5, 8, "scrapped"),
        ("quality.check", 7): (5, 7, "rework"),
        ("quality.check", 8): (5, 10, "released"),  # with its alert
        ("quality.check", 9): (5, None, "open"),
        ("quality.alert", 1): (6, 9, "released"),
        ("quality.alert", 2): (6, None, "open"),
        ("quality.alert", 3): (6, None, "end not recorded"),
        ("quality.alert", 4): (6, 9, "scrapped"),
    }


def test_a_hold_names_the_purchase_order_that_brought_its_goods(build):
    goods = Goods()
    goods.go("02 08:00", VENDOR, STOCK, purchase_line_id=11, picking_id=70, destination_move_ids=[2])
    goods.go("05 08:00", STOCK, CAGE)  # handed on by the receipt
    goods.go("05 09:00", VENDOR, CAGE, 10, 2, purchase_line_id=12, picking_id=71)  # received into quarantine
    goods.go("02 09:00", VENDOR, STOCK, 10, 1, 3, purchase_line_id=13, partner_id=9)
    goods.go("05 10:00", STOCK, CAGE, 10, 1, 3)  # by its lot
    goods.go("05 11:00", STOCK, CAGE, 10, 1, 4)  # nobody knows where from
    lines = [{"id": 10 + id, "order_id": id} for id in (1, 2, 3)]
    inspections = [
        inspection(1, "ready", picking_id=70, product_id=None),
        inspection(2, "ready", picking_id=71, product_id=2),
        inspection(3, "ready", picking_id=71, product_id=1),  # that receipt did not bring it
        inspection(4, "ready", lot_id=3),
    ]
    built = build(**MASTER | goods.records, purchase_order_line=lines, qc_inspection=inspections)
    found = built.rows("select record_model, record_id, purchase_id from fct_hold order by all")
    assert [tuple(row.values()) for row in found] == [
        ("qc.inspection", 1, 1),
        ("qc.inspection", 2, 2),
        ("qc.inspection", 3, None),
        ("qc.inspection", 4, 3),
        ("stock.move", 2, 1),
        ("stock.move", 5, 3),
        ("stock.move", 6, None),
        ("stock.picking", 71, 2),
    ]
