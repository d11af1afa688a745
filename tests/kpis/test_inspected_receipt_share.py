"""Received purchase lines of which goods were held for quality."""

from datetime import date

from tests.conftest import Chatter
from tests.rows import PLACES, at, bought, goods, purchase, transfer

EVER = (date(2000, 1, 1), date(2100, 1, 1))
QUARANTINE = {"id": 31, "name": "Quarantine", "usage": "internal", "warehouse_id": 1}


def test_lines_with_goods_in_quarantine_or_under_inspection(build):
    def receipt(id: int, line: int, **values) -> dict:
        return goods(id, 1, 11, "08 08:00", picking_id=id, purchase_line_id=line, **values)

    chatter = Chatter()
    for id in (1, 2, 3, 4):
        chatter.say("2026-01-05 10:00", "purchase.order", id, state=("RFQ", "Purchase Order"))
    aside = goods(9, 11, 31, "08 09:00") | {"created_at": at("2026-01-08 09:00")}
    built = build(
        at("2026-01-18 12:00"),
        stock_location=[*PLACES, QUARANTINE],
        purchase_order=[purchase(id, state="purchase") for id in (1, 2, 3, 4)],
        purchase_order_line=[bought(id, id, received_quantity=0.0 if id == 4 else 10.0) for id in (1, 2, 3, 4)],
        stock_picking=[transfer(id, 1, 11, picking_type_id=3, state="done") for id in (1, 2, 3)],
        stock_move=[receipt(1, 1, destination_move_ids=[9]), receipt(2, 2), receipt(3, 3), aside],
        stock_move_line=[
            {"id": 1, "move_id": 9, "product_id": 1, "source_location_id": 11, "destination_location_id": 31,
             "quantity": 10.0, "state": "done", "company_id": 1, "product_uom_id": 1,
             "moved_at": at("2026-01-08 09:00")},
        ],
        qc_inspection=[
            {"id": 1, "name": "Incoming", "state": "success", "picking_id": 2, "product_id": 1, "company_id": 1,
             "created_at": at("2026-01-08 10:00"), "done_at": at("2026-01-08 11:00")},
        ],
        **chatter.records,
    )  # fmt: skip
    rows = built.kpi_rows("inspected_receipt_share", *EVER)
    assert {row["record_id"]: row["is_good"] for row in rows} == {1: True, 2: True, 3: False}


def test_without_receipts_there_is_no_share(build):
    [value] = build(stock_location=PLACES).kpi("inspected_receipt_share", *EVER)
    assert (value["value"], value["n"]) == (None, 0)
