"""Transfers between warehouses: both legs are one."""

import pytest

from tests.rows import PLACES, at, goods, transfer


@pytest.fixture(scope="module")
def found(build):
    def done(moment):
        return {"state": "done", "done_at": at(f"2026-01-{moment}")}

    into = {"picking_type_id": 4, "company_id": 2}
    built = build(
        stock_location=PLACES,
        stock_picking=[
            # out and in; the arrival was asked for first
            transfer(1, 11, 3, **done("07 08:00")),
            transfer(2, 3, 21, **into, **done("09 08:00"), created_at=at("2026-01-04 08:00")),
            # on the road; straight; cancelled; its arrival in two parts, one of them not there; not linked
            transfer(3, 11, 3, **done("07 08:00")),
            transfer(4, 3, 21, **into),
            transfer(5, 11, 21, picking_type_id=6, **done("06 08:00")),
            transfer(6, 11, 3, state="cancel"),
            transfer(7, 11, 3, **done("07 08:00")),
            transfer(8, 3, 21, **into, **done("09 08:00")),
            transfer(9, 3, 21, **into, backorder_id=8),
            transfer(10, 11, 3, **done("07 08:00")),
            transfer(11, 11, 2, **done("07 08:00")),  # a delivery
        ],
        stock_move=[
            goods(1, 11, 3, "07 08:00", picking_id=1, destination_move_ids=[2]),
            goods(2, 3, 21, "09 08:00", picking_id=2),
            goods(3, 11, 3, "07 08:00", picking_id=3, destination_move_ids=[4]),
            goods(4, 3, 21, picking_id=4),
            goods(7, 11, 3, "07 08:00", picking_id=7, destination_move_ids=[8, 9]),
            goods(8, 3, 21, "09 08:00", picking_id=8),
            goods(9, 3, 21, picking_id=9),
        ],
    )
    return {row["record_id"]: row for row in built.rows("select * from fct_interplant_transfer")}


def test_both_legs_are_linked(found):
    moments = {id: [row[name] and f"{row[name]:%d}" for name in ("asked_at", "gone_at", "arrived_at")]
               for id, row in found.items()}  # fmt: skip
    assert moments == {
        1: ["04", "07", "09"],
        3: ["05", "07", None],
        5: ["05", "06", "06"],
        6: ["05", None, None],
        7: ["05", "07", None],
        10: ["05", "07", None],
    }


def test_it_belongs_to_the_plant_that_waits(found):
    plants = {id: (row["from_plant"], row["plant"]) for id, row in found.items()}
    assert plants[1] == plants[5] == ("Nord/WH", "South/WH")
    assert plants[10] == ("Nord/WH", "Nord/WH")  # where it goes is not known
    assert found[7]["arrivals"] == "WH/OUT/00008, WH/OUT/00009"
