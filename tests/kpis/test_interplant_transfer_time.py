"""How long goods take from one warehouse to another."""

from tests.rows import PLACES, at, counted, goods, transfer


def test_from_asking_to_the_last_arrival(build):
    done = {"state": "done", "done_at": at("2026-01-07 08:00")}
    built = build(
        stock_location=PLACES,
        stock_picking=[
            transfer(1, 11, 3, **done),
            transfer(2, 3, 21, picking_type_id=4, state="done", done_at=at("2026-01-09 08:00")),
            transfer(3, 11, 3, state="assigned"),
            transfer(4, 11, 3, state="cancel"),
            transfer(5, **done),  # a delivery
        ],
        stock_move=[
            goods(1, 11, 3, "07 08:00", picking_id=1, destination_move_ids=[2]),
            goods(2, 3, 21, "09 08:00", picking_id=2),
        ],
    )
    assert counted(built, "interplant_transfer_time") == {
        1: [(at("2026-01-05 08:00"), at("2026-01-09 08:00"))],
        3: [(at("2026-01-05 08:00"), None)],
    }
    assert set(counted(built, "interplant_transfer_time", filters={"plant": ["South/WH"]})) == {1}
