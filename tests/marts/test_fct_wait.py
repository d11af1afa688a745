"""Who had each second of an order's lead time, and who held it besides."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest

from queries import warehouse
from tests.conftest import Chatter
from tests.marts.test_dim_calendar import week
from tests.marts.test_fct_integration_event import SUBTYPES, failed, job
from tests.rows import at, bought, order, purchase, time_log, transfer, work_order

MO, PO = "mrp.production", "purchase.order"
AS_OF = at("2026-01-30")
RELEASED = {"state": ("Draft", "Confirmed")}
READY, SHORT = {"reservation_state": ("", "Ready")}, {"reservation_state": ("", "Waiting")}
SUPPLIER, CENTER = "supplier or stock", "work center"


@pytest.fixture(scope="module")
def built(build):
    chatter = Chatter()

    def say(id: int, moment: str, model: str = MO, **changes):
        chatter.say(f"2026-01-{moment}", model, id, **changes)

    def run(id: int, released: str, begun: str | None = None, done: str | None = None, material=READY):
        say(id, released, **RELEASED, **material)
        if begun:
            say(id, begun, state=("Confirmed", "In Progress"))
        if done:
            say(id, done, state=("In Progress", "Done"))

    # 1: begun, made and closed; 15: the same, made in two goes
    run(1, "05 10:00", "06 10:00", "07 12:00")
    say(1, "07 10:00", state=("In Progress", "To Close"))
    run(15, "05 10:00", "06 10:00", "07 12:00")
    for moment, old, new in (("06 12", "In Progress", "To Close"), ("06 13", "To Close", "In Progress")):
        say(15, f"{moment}:00", state=(old, new))
    # 2: short of what a purchase brings, which waits for approval; a job fails, and what is there is held
    run(2, "05 10:00", "13 08:00", material=SHORT)
    say(2, "12 10:00", reservation_state=("Waiting", "Ready"))
    say(1, "06 09:00", PO, state=("RFQ", "To Approve"))
    say(1, "08 09:00", PO, state=("To Approve", "Purchase Order"))
    # 3: nothing recorded but its end; 5: cancelled as a draft; 7: within a second; 8: long ago
    say(3, "06 08:00", state=("In Progress", "Done"))
    say(5, "06 08:00", state=("Draft", "Cancelled"))
    say(7, "05 08:00", state=("Draft", "Cancelled"))
    chatter.say("2025-06-02 08:00", MO, 8, state=("In Progress", "Done"))
    # 6: its purchase waits for approval from before its creation until after its end; 16: only until work begins
    run(6, "10 09:00", done="12 08:00")
    run(16, "10 09:00", "11 08:00", "12 08:00")
    say(2, "06 09:00", PO, state=("RFQ", "To Approve"))
    say(2, "15 09:00", PO, state=("To Approve", "Purchase Order"))
    # 9: ready, short again, ready; 10: two timed work orders; 11 waits for what 12 makes
    run(9, "05 10:00", "08 10:00", "08 12:00")
    say(9, "06 10:00", reservation_state=("Ready", "Waiting"))
    say(9, "07 10:00", reservation_state=("Waiting", "Ready"))
    run(10, "05 10:00", "06 10:00", "07 12:00")
    run(11, "05 10:00", material={"reservation_state": ("", "Waiting Another Operation")})
    run(12, "05 10:00", "06 10:00")
    # 13: nobody asked for its material until the next day; 14: begun while short
    run(13, "05 10:00", material={})
    say(13, "06 10:00", reservation_state=("", "Ready"))
    run(14, "05 10:00", "06 10:00", "07 12:00", material=SHORT)
    states = {1: "done", 2: "progress", 3: "done", 4: "draft", 5: "cancel", 7: "cancel", 8: "done", 6: "done"}
    states |= {9: "done", 10: "done", 11: "confirmed", 12: "progress", 13: "confirmed", 14: "done", 15: "done"}
    states |= {16: "done"}
    orders = [order(id, state=state) for id, state in states.items()]
    for row in orders:
        if row["id"] == 8:
            row["created_at"] = at("2025-05-05 08:00")
        if row["id"] in (6, 16):
            row["created_at"] = at("2026-01-10 08:00")
    failures = [failed(901, 1, "07 09:00"), failed(902, 4, "11 09:00")]
    built = build(
        AS_OF,
        mrp_production=orders,
        mrp_workcenter=[{"id": 1, "name": "Assembly"}, {"id": 2, "name": "Test bench"}],
        mrp_workorder=[
            work_order(101, 10, state="done", finished_at=at("2026-01-06 15:00")),
            work_order(102, 10, state="done", finished_at=at("2026-01-07 11:00"), workcenter_id=2),
            work_order(121, 12, state="progress"),
            work_order(122, 12, state="ready", workcenter_id=2),
        ],
        mrp_workcenter_productivity=[
            time_log(1, 101, "2026-01-06 10:00", "2026-01-06 12:00"),
            time_log(2, 101, "2026-01-06 13:00", "2026-01-06 15:00"),
            # split in two, while somebody else works, too: one stretch of work
            time_log(3, 102, "2026-01-07 09:00", "2026-01-07 10:00"),
            time_log(5, 102, "2026-01-07 10:00", "2026-01-07 11:00"),
            time_log(6, 102, "2026-01-07 09:30", "2026-01-07 10:30"),
            time_log(4, 121, "2026-01-06 10:00"),
        ],
        product_product=[{"id": 1, "product_tmpl_id": 1}, {"id": 2, "product_tmpl_id": 1, "default_code": "C-1"}],
        stock_move=[
            {"id": 20, "raw_material_production_id": 2, "product_id": 2, "state": "assigned"},
            {"id": 21, "raw_material_production_id": 11, "product_id": 2, "state": "waiting"},
            {"id": 22, "production_id": 12, "product_id": 2, "state": "draft", "destination_move_ids": [21]},
            {"id": 23, "picking_id": 1, "purchase_line_id": 2, "product_id": 1, "state": "assigned"},
        ],
        stock_move_line=[{"id": 1, "move_id": 20, "created_at": at("2026-01-12 10:00")}],
        qc_inspection=[
            {"id": 1, "name": "QC1", "state": "success", "product_id": 2, "company_id": 1,
             "created_at": at("2026-01-07 20:00"), "done_at": at("2026-01-09 20:00")},
        ],
        purchase_order=[
            purchase(1, state="purchase", origin="WH/MO/00002"),
            purchase(2, state="purchase", origin="WH/MO/00006, WH/MO/00016"),
        ],
        purchase_order_line=[bought(1, 1, product_id=2), bought(2, 1)],
        stock_picking=[transfer(1, 1, 11, picking_type_id=3, state="assigned")],
        # One for the purchase failed for three hours, one for its receipt for one.
        queue_job=[
            job(1, "done", "07 08:00", started="07 11:59", done="07 12:00", records="purchase.order(1)"),
            job(2, "pending", "29 20:00", records="mrp.production(3,4)"),
            job(3, "pending", "29 23:30", records="mrp.production(12)"),
            job(4, "done", "11 08:00", started="11 09:59", done="11 10:00", records="stock.picking(1)"),
        ],
        mail_message_subtype=SUBTYPES,
        **chatter.records | {"mail_message": chatter.records["mail_message"] + failures},
    )  # fmt: skip
    return built


@pytest.fixture(scope="module")
def found(built):
    rows: dict[int, list[dict]] = {}
    for row in built.rows("select * from fct_wait order by record_id, from_at"):
        rows.setdefault(row["record_id"], []).append(row)
    return rows


def told(rows: list[dict]) -> list[tuple]:
    """(from, owner, losers) of each stretch."""
    return [(f"{row['from_at']:%d %H}", row["owner"], row["losers"]) for row in rows]


def test_of_several_claims_the_first_by_precedence_owns_and_the_others_lose(found):
    assert told(found[2]) == [
        ("05 08", "planner", []),
        ("05 10", SUPPLIER, []),
        ("06 09", "approver", [SUPPLIER]),
        ("07 09", "integration", ["approver", SUPPLIER]),
        ("07 12", "approver", [SUPPLIER]),
        ("07 20", "approver", ["quality", SUPPLIER]),
        ("08 09", "quality", [SUPPLIER]),
        ("09 20", SUPPLIER, []),
        ("11 09", "integration", [SUPPLIER]),
        ("11 10", SUPPLIER, []),
        ("12 10", CENTER, []),
        ("13 08", CENTER, []),
    ]


def test_a_stretch_says_whom_or_what_it_waits_for(found):
    planner, short, approval, run, *_ = found[2]
    assert (planner["detail"], planner["held_by"]) == ("draft", "Anna")
    assert (short["detail"], short["component"], short["supplier"]) == (
        "waits for [C-1] Table",
        "[C-1] Table",
        None,
    )
    assert (approval["detail"], approval["held_by"]) == ("P00001 waits for Purchase manager", "Anna")
    assert (run["detail"], run["held_by"]) == ("stock.picking.send failed", None)
    assert found[2][6]["detail"] == "[C-1] Table is held (QC1)"
    assert found[11][1]["detail"] == "waits for WH/MO/00012"


def test_from_draft_to_all_is_made(found):
    assert told(found[1]) == [
        ("05 08", "planner", []),
        ("05 10", CENTER, []),
        ("06 10", CENTER, []),
        ("07 10", "nobody", []),
    ]
    assert [row["detail"] for row in found[1]] == ["draft", "ready, not begun", "begun", "all is made, not closed"]
    assert [row["is_begun"] for row in found[1]] == [False, False, True, True]
    assert [row["is_touch"] for row in found[1]] == [False, False, None, False], "work that nobody timed"
    assert told(found[15])[2:] == [("06 10", CENTER, [])], "what was made was too little"


def test_an_order_without_any_claim_is_nobodys(found):
    assert told(found[3]) == [("05 08", "nobody", [])] and found[3][0]["detail"] == "not recorded"


def test_an_open_order_to_the_moment_of_the_data(found):
    assert told(found[4]) == [("05 08", "planner", []), ("29 20", "integration", ["planner"])]
    assert found[4][1]["detail"] == "stock.picking.send does not run"
    assert found[4][-1]["to_at"] == AS_OF and found[4][-1]["order_ended_at"] is None
    assert {row["outcome"] for row in found[4]} == {"open"}
    assert "integration" not in {row["owner"] for row in found[12]}, "a job of half an hour is not stuck"


def test_a_cancelled_order_to_its_end(found):
    [row] = found[5]
    assert (row["owner"], row["outcome"], row["to_at"]) == ("planner", "cancelled", at("2026-01-06 08:00"))


def test_an_order_of_no_length_and_one_of_long_ago_have_no_stretch(found):
    assert not {7, 8} & found.keys()


def test_claims_are_cut_to_the_order(found):
    assert told(found[6]) == [("10 08", "approver", ["planner"]), ("10 09", "approver", [CENTER])]
    assert found[6][0]["from_at"] == at("2026-01-10 08:00") and found[6][-1]["to_at"] == at("2026-01-12 08:00")


def test_nobody_waits_for_a_purchase_once_work_has_begun(found):
    assert told(found[16])[1:] == [("10 09", "approver", [CENTER]), ("11 08", CENTER, [])]


def test_material_that_is_lost_again_is_no_wait_for_work(found):
    assert told(found[9])[1:4] == [("05 10", CENTER, []), ("06 10", SUPPLIER, []), ("07 10", CENTER, [])]


def test_material_that_nobody_asked_for_is_the_planners(found):
    assert told(found[13]) == [("05 08", "planner", []), ("05 10", "planner", []), ("06 10", CENTER, [])]
    assert found[13][1]["detail"] == "its material is not asked for"


def test_a_shortage_goes_on_while_work_does(found):
    assert told(found[14])[1:] == [("05 10", SUPPLIER, []), ("06 10", SUPPLIER, [CENTER])]


def test_each_work_center_holds_from_the_end_of_the_one_before(found):
    assert [(f"{row['from_at']:%d %H}", row["work_center"], row["is_touch"]) for row in found[10][1:]] == [
        ("05 10", "Assembly", False),
        ("06 10", "Assembly", True),
        ("06 12", "Assembly", False),
        ("06 13", "Assembly", True),
        ("06 15", "Test bench", False),
        ("07 09", "Test bench", True),
        ("07 11", None, False),
    ]
    assert found[10][-1]["owner"] == "nobody"
    assert [(row["work_center"], row["is_touch"]) for row in found[12][2:]] == [("Assembly", True)], "it runs"


def exact(rows: list[dict]) -> bool:
    """Whether the stretches of orders follow each other from creation to end, and add up to the microsecond."""
    orders: dict[tuple, list[dict]] = {}
    for row in rows:
        orders.setdefault((row["instance"], row["record_id"]), []).append(row)
    for stretches in orders.values():
        first, last = stretches[0], stretches[-1]
        lead = first["ended_at"] - first["created_at"]
        assert first["from_at"] == first["created_at"] and last["to_at"] == first["ended_at"], first
        assert all(a["to_at"] == b["from_at"] for a, b in pairwise(stretches)), first
        assert sum((row["to_at"] - row["from_at"] for row in stretches), timedelta()) == lead
        parts = sum(round(1e6 * row["open_seconds"]) + round(1e6 * row["closed_seconds"]) for row in stretches)
        assert parts == lead // timedelta(microseconds=1), first
    return bool(orders)


LEDGER = """
    select wait.*, coalesce(production.done_at, production.cancelled_at, $as_of::timestamp) as ended_at,
        production.created_at
    from fct_wait as wait
    inner join fct_production_order as production
        on production.instance = wait.instance and production.record_id = wait.record_id
    order by wait.instance, wait.record_id, wait.from_at"""


def test_stretches_add_up_to_the_lead_time(built):
    assert exact(built.rows(LEDGER, as_of=AS_OF))


def test_where_no_calendar_is_known_nothing_is_closed(built):
    [row] = built.rows("select bool_or(has_calendar) as known, sum(closed_seconds) as closed from fct_wait")
    assert row == {"known": False, "closed": 0}


def test_hours_in_which_the_plant_is_closed_are_apart_also_where_clocks_change(build):
    """From Friday 9:00 to Monday 10:00 in Paris, while clocks go forward: 72 hours, 9 of them open."""
    chatter = Chatter().say("2026-03-30 08:00", MO, 1, state=("In Progress", "Done"))
    built = build(
        at("2026-04-10"),
        mrp_production=[order(1, state="done", created_at=at("2026-03-27 08:00"))],
        resource_calendar_attendance=week((8, 16)),
        **chatter.records,
    )
    [row] = built.rows("select * from fct_wait")
    assert (row["elapsed_seconds"], row["open_seconds"], row["closed_seconds"]) == (72 * 3600, 9 * 3600, 63 * 3600)
    assert row["has_calendar"] and exact(built.rows(LEDGER, as_of=built.as_of))


def test_no_order_no_stretch(build):
    assert build().rows("select * from fct_wait") == []


def test_in_the_demo_plants_every_order_adds_up(demo_warehouse):
    opened = warehouse.open(warehouse=demo_warehouse)
    rows = opened.cursor().sql(LEDGER, params={"as_of": opened.as_of}).to_arrow_table().to_pylist()
    assert exact(rows)
    counted = """select count(*) from fct_production_order
        where created_at < coalesce(done_at, cancelled_at, $as_of) and (
            coalesce(done_at, cancelled_at) >= $as_of::timestamp - interval 26 week
            or (done_at is null and state not in ('done', 'cancel', 'deleted')))"""
    [(orders,)] = opened.cursor().sql(counted, params={"as_of": opened.as_of}).fetchall()
    assert len({(row["instance"], row["record_id"]) for row in rows}) == orders > 3000
