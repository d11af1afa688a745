"""Transfers that left a back-order."""

from datetime import date

from tests.rows import PLACES, at, transfer

EVER = (date(2000, 1, 1), date(2100, 1, 1))


def test_what_was_done_in_part(build):
    done = {"state": "done", "done_at": at("2026-01-08 15:00")}
    built = build(
        stock_location=PLACES,
        stock_picking=[
            transfer(1, **done),
            transfer(2, **done, backorder_id=1),
            transfer(3, 1, 11, picking_type_id=3, **done),
            transfer(4, 1, 11, picking_type_id=3, backorder_id=3),  # not done
            transfer(5, 1, 11, picking_type_id=3, **done),
            transfer(6, state="cancel"),
        ],
    )
    assert {row["record_id"]: row["is_bad"] for row in built.kpi_rows("backorder_share", *EVER)} == {
        1: True, 2: False, 3: True, 5: False
    }  # fmt: skip
    kinds = {row["cut"]: (row["value"], row["n"]) for row in built.kpi("backorder_share", *EVER, by="kind")}
    assert kinds == {"delivery": (0.5, 2), "receipt": (0.5, 2)}


def test_without_any_there_is_no_share(build):
    [row] = build(stock_location=PLACES).kpi("backorder_share", *EVER)
    assert (row["value"], row["n"]) == (None, 0)
