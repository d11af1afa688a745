"""Work orders that should be finished and are not."""

from tests.conftest import Chatter
from tests.rows import at, order, time_log, work_order

MO = "mrp.production"


def plan(day: int) -> dict:
    return {"started_at": at(f"2026-01-{day} 08:00"), "finished_at": at(f"2026-01-{day} 09:00")}


def test_who_is_named_and_since_when(build):
    chatter = Chatter()
    for id in (1, 2, 3, 5, 6):
        chatter.say("2026-01-06 10:00", MO, id, state=("Draft", "Confirmed"))
    chatter.say("2026-01-14 08:00", MO, 2, state=("Confirmed", "In Progress"))
    chatter.say("2026-01-14 08:00", MO, 6, state=("Confirmed", "Cancelled"))
    built = build(
        at("2026-01-18 12:00"),
        product_value=[
            {"id": 1, "product_id": 1, "company_id": 1, "value": 20.0, "valid_from_at": at("2026-01-01 08:00")}
        ],
        mrp_workcenter=[{"id": 1, "name": "Line 1"}],
        mrp_production=[
            order(1, state="confirmed", product_qty=4.0, **plan(12)),
            order(2, state="progress", **plan(14)),
            order(3, state="confirmed", **plan(13)),
            order(4, **plan(10)),
            order(5, state="confirmed", **plan(25)),
            order(6, state="cancel", **plan(12)),
        ],
        mrp_workorder=[
            work_order(1, 1, **plan(12)),
            work_order(2, 2, state="progress", **plan(14)),
            work_order(3, 3, state="blocked"),  # not planned by itself: as its order
            work_order(4, 4, **plan(10)),  # a draft
            work_order(5, 5, **plan(25)),  # not yet
            work_order(6, 6, **plan(12)),  # its order was cancelled
            work_order(7, 1, state="done", **plan(11)),
        ],
        mrp_workcenter_productivity=[time_log(1, 2, "2026-01-14 08:00")],
        **chatter.records,
    )
    found = built.rows("select * from fct_exception where exception = 'overdue_work_order' order by record_id")
    assert [(row["record_id"], row["since_at"]) for row in found] == [
        (1, at("2026-01-12 09:00")), (2, at("2026-01-14 09:00")), (3, at("2026-01-13 09:00")),
    ]  # fmt: skip
    assert {(row["plant"], row["record_model"]) for row in found} == {("Nord/WH", "mrp.workorder")}
    assert [row["detail"] for row in found] == ["not begun at Line 1", "begun at Line 1", "not begun at Line 1"]
    assert [(row["held_up_amount"], row["held_up_currency"]) for row in found] == [
        (80.0, "EUR"), (None, None), (None, None),
    ], "what its production order is worth"  # fmt: skip
