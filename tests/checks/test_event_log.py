"""Checks of the event log and of the warehouse: each finds its row, and leaves what is in order alone."""

from __future__ import annotations

from etl import publish
from etl.source import discover
from queries.config import Config, Plant
from tests.conftest import PLANTS
from tests.rows import PLACES, at, order, purchase, review
from tests.runs import integrated, run


def test_a_state_that_a_module_added_is_told(build, chatter):
    chatter.say("2026-01-05 09:00", "mrp.production", 1, state=("Draft", "Confirmed"))
    chatter.say("2026-01-05 10:00", "mrp.production", 1, state=("Confirmed", "On hold"))
    chatter.say("2026-01-05 11:00", "mrp.production", 1, reservation_state=("Waiting", ""))
    selection = {"id": 99, "lang": "en_US", "field_id": 11, "value": "on_hold", "label": "On hold"}
    built = build(
        mrp_production=[order(1)],
        ir_model_fields_selection=[*PLANTS["ir_model_fields_selection"], selection],
        **chatter.records,
    )
    [row] = built.check("state_unknown")
    assert (row["record_id"], row["plant"], row["detail"]) == (1, "Nord/WH", "state on_hold")
    assert not built.check("state_label_without_key")


def test_what_is_dated_ahead_of_the_reading_is_told(build, chatter):
    chatter.say("2026-03-02 01:00", "mrp.production", 1, state=("Draft", "Confirmed"))
    chatter.say("2026-03-02 00:59", "mrp.production", 2, state=("Draft", "Confirmed"))
    built = build(mrp_production=[order(1), order(2)], **chatter.records)
    assert not built.check("event_in_the_future")  # nothing was read yet
    built.connection.execute(
        """insert into source_state by name
            select 'test' as instance, 'x' as source, timestamp '2026-03-01 23:59:30' as read_at"""
    )
    [row] = built.check("event_in_the_future")
    assert (row["record_id"], row["detail"]) == (1, "confirmed 2026-03-02 01:00")


def test_milestones_out_of_order_are_told(build, chatter):
    for number, begun, done in ((1, "10:00", "09:58"), (2, "10:00", "09:59:30"), (3, "10:00", "12:00")):
        chatter.say("2026-01-05 08:30", "mrp.production", number, state=("Draft", "Confirmed"))
        chatter.say(f"2026-01-05 {begun}", "mrp.production", number, state=("Confirmed", "In Progress"))
        chatter.say(f"2026-01-05 {done}", "mrp.production", number, state=("In Progress", "Done"))
    chatter.say("2026-01-05 07:00", "mrp.production", 4, state=("Confirmed", "In Progress"))
    chatter.say("2026-01-05 07:00", "purchase.order", 1, state=("RFQ", "Purchase Order"))
    chatter.say("2026-01-05 09:00", "purchase.order", 2, state=("RFQ", "Purchase Order"))
    built = build(
        mrp_production=[*(order(id, state="done") for id in (1, 2, 3)), order(4, state="progress")],
        purchase_order=[purchase(1, state="purchase"), purchase(2, state="purchase")],
        **chatter.records,
    )
    found = {(row["record_model"], row["record_id"]): row["detail"] for row in built.check("milestone_out_of_order")}
    assert found == {
        ("mrp.production", 1): "done before begun",
        ("mrp.production", 4): "begun before created",
        ("purchase.order", 1): "ordered before created",
    }


def test_rows_without_their_document_are_told(build):
    built = build(
        mrp_production=[order(1)],
        purchase_order=[purchase(1)],
        purchase_order_line=[{"id": 1, "order_id": 1}, {"id": 2, "order_id": 7}],
        stock_move=[
            {"id": 1, "raw_material_production_id": 1, "reference": "WH/MO/00001"},
            {"id": 2, "raw_material_production_id": 8, "reference": "WH/MO/00008"},
            {"id": 3},
        ],
        tier_review=[review(1), review(2, document=9), review(3, document=9, document_model="stock.picking")],
    )
    found = {(row["record_model"], row["record_id"], row["detail"]) for row in built.check("orphaned_row")}
    assert found == {
        ("stock.move", 2, "production order 8"),
        ("purchase.order.line", 2, "purchase order 7"),
        ("tier.review", 2, "purchase order 9"),
    }


def test_a_document_that_was_deleted_since_has_its_rows(build):
    gone = {"_valid_to": at("2026-02-01 00:00"), "_closed_by": "deleted", "_seen_at": at("2026-01-31 00:00")}
    built = build(purchase_order=[purchase(1, **gone)], purchase_order_line=[{"id": 1, "order_id": 1}])
    assert not built.check("orphaned_row")


def test_sources_whose_rows_differ_from_odoos_are_told(build):
    built = build()
    for source, counted, kept, came, went in (
        ("equal", 10, 10, None, None),
        ("short", 10, 9, 0, 0),
        ("moving", 10, 9, 1, 0),  # one came while it was read
        ("half", 10, 8, 1, 0),
    ):
        built.connection.execute(
            """insert into reconciliation by name
                select 'test' as instance, $source as source, 1 as company_id, $counted as odoo_count,
                    $kept as warehouse_count, $came as came, $went as went""",
            {"source": source, "counted": counted, "kept": kept, "came": came, "went": went},
        )
    found = {row["name"]: row["detail"] for row in built.check("row_count_differs")}
    assert found == {"short": "the warehouse has 9 rows, Odoo 10", "half": "the warehouse has 8 rows, Odoo 10"}


def test_a_label_that_nobody_knows_is_told(build, chatter):
    chatter.say("2026-01-05 09:00", "mrp.production", 1, state=("Planned", "Closed"))
    chatter.say("2026-01-05 09:00", "mrp.production", 2, user=5, state=("Brouillon", "Confirmé"))
    built = build(mrp_production=[order(1), order(2)], **chatter.records)
    [row] = built.check("state_label_without_key")
    assert (row["record_id"], row["plant"], row["detail"]) == (1, "Nord/WH", "state Closed")


def test_an_approval_nobody_asked_for_is_told(build, chatter):
    chatter.say("2026-01-05 09:00", "purchase.order", 1, state=("RFQ", "To Approve"))
    built = build(
        purchase_order=[
            purchase(1, state="to approve"),
            purchase(2, state="to approve", name="P/API/1"),
            purchase(3, state="purchase"),
        ],
        **chatter.records,
    )
    [row] = built.check("approval_without_request")
    assert (row["record_model"], row["record_id"], row["name"], row["plant"]) == (
        "purchase.order", 2, "P/API/1", "Nord/WH"
    )  # fmt: skip


def test_a_release_without_a_trace_is_told(build, chatter):
    """Of orders that are past draft; drafts, backorders and what was cancelled need none."""
    chatter.say("2026-01-05 09:00", "mrp.production", 1, state=("Draft", "Confirmed"))
    built = build(
        mrp_production=[
            order(1, state="done"),
            order(2, state="confirmed"),
            order(3, state="draft"),
            order(4, state="done", backorder_sequence=2),
            order(5, state="cancel"),
        ],
        **chatter.records,
    )
    assert [row["record_id"] for row in built.check("release_not_recorded")] == [2]


def test_records_that_became_hidden_are_told(build):
    gone = {"_valid_to": at("2026-02-01 00:00"), "_seen_at": at("2026-01-31 00:00")}
    built = build(
        mrp_production=[order(1), order(2, **gone, _closed_by="hidden"), order(3, **gone, _closed_by="deleted")]
    )
    assert [row["record_id"] for row in built.check("record_hidden")] == [2]


def test_orders_of_no_plant_are_told(build):
    """Of an operation type without a warehouse, or without any; what is shipped from the vendor to the customer needs
    none."""
    types = [
        {"id": 7, "name": "Prototypes", "code": "mrp_operation", "company_id": 1},
        {"id": 8, "name": "Dropship", "code": "dropship", "company_id": 1},
        {"id": 9, "name": "Dropship (until 16)", "code": "incoming", "company_id": 1, "destination_location_id": 2},
        {"id": 10, "name": "Receipts", "code": "incoming", "company_id": 1, "destination_location_id": 11},
    ]
    built = build(
        stock_location=PLACES,
        stock_picking_type=[*PLANTS["stock_picking_type"], *types],
        mrp_production=[order(1), order(2, picking_type_id=7)],
        purchase_order=[purchase(1), *(purchase(id, picking_type_id=id) for id in (8, 9, 10)),
                        purchase(11, picking_type_id=None)],
    )  # fmt: skip
    found = {(row["record_model"], row["record_id"]): row["detail"] for row in built.check("order_without_plant")}
    assert found == {
        ("mrp.production", 2): "Prototypes",
        ("purchase.order", 10): "Receipts",
        ("purchase.order", 11): "no operation type",
    }


def test_plants_of_the_configuration_that_are_not_there_are_told(build):
    there = Plant("Lille", company="Nord", warehouse="WH")
    gone = Plant("Old mill", company="Nord", warehouse="OLD")
    built = build(config=Config(plants=(there, gone)))
    [row] = built.check("configured_plant_without_warehouse")
    assert (row["name"], row["detail"]) == ("Old mill", "company Nord, warehouse OLD")
    assert built.check("plant_code_not_unique") == []


def test_a_code_for_two_warehouses_is_told(build):
    both = (Plant("Works", company="Nord", warehouse="WH"), Plant("Works", company="South", warehouse="WH"))
    assert build(config=Config(plants=both)).check("plant_code_not_unique") == [
        {"plant": "Works", "detail": "2 warehouses"}
    ]


def test_data_from_before_those_of_an_earlier_run_are_told(build):
    built = build()

    def told(run: str, as_of: str | None) -> list[dict]:
        built.connection.execute(
            "insert into run (run, started_at, as_of) values ($run, $started, $as_of)",
            {"run": run, "started": at(as_of or "2026-01-05 03:00"), "as_of": as_of and at(as_of)},
        )
        return built.check("data_older_than_before")

    assert not told("r1", "2026-01-01 02:01")
    assert not told("r2", "2026-01-05 02:01")
    assert not told("r3", None), "it read nothing yet"
    [row] = told("r4", "2026-01-04 02:01")
    assert (row["name"], row["detail"]) == ("r4", "as of 2026-01-04 02:01, after 2026-01-05 02:01")
    assert not told("r5", "2026-01-05 02:02")


def test_versions_that_end_before_they_begin_are_told(build):
    began = {"_valid_from": at("2026-02-02 00:00"), "_closed_by": "change"}
    built = build(
        mrp_production=[
            order(1, **began, _valid_to=at("2026-02-01 00:00")),
            order(1, **began),
            order(2, **began, _valid_to=at("2026-02-03 00:00")),
        ],
    )
    [row] = built.rows(publish._version_check(list(discover().values())).sql)
    assert (row["name"], row["detail"]) == ("mrp_production", "1 versions end before they begin")


def test_runs_dated_ahead_of_the_reading_are_told(build):
    built = integrated(build, run(1, "2026-03-02 08:00"), run(2, "2038-01-20 08:00"))
    built.connection.execute(
        """insert into source_state by name
            select 'test' as instance, 'x' as source, timestamp '2026-03-02 12:00' as read_at"""
    )
    [row] = built.check("event_in_the_future")
    assert (row["record_id"], row["name"], row["detail"]) == (2, "Carrier labels", "success 2038-01-20 08:01")


def test_days_and_numbers_that_cannot_be_count_as_empty_and_are_told(build):
    first = purchase(1, created_at=at("1899-12-31 00:00"), untaxed_amount=1e15)
    built = build(purchase_order=[first, purchase(2, created_at=at("9999-12-31 23:59")), purchase(3)])
    sql = "select id, created_at, untaxed_amount from stg_purchase_order order by id"
    assert [tuple(row.values()) for row in built.rows(sql)] == [
        (1, None, None),
        (2, at("2200-01-01"), 9000),
        (3, at("2026-01-05 08:00"), 9000),
    ]
    found = built.rows(publish._possible_check(list(discover().values()), "raw").sql)
    assert {row["record_id"]: (row["record_model"], row["detail"]) for row in found} == {
        1: ("purchase.order", "untaxed_amount 1000000000000000.0, created_at 1899-12-31 00:00:00"),
        2: ("purchase.order", "created_at 9999-12-31 23:59:00"),
    }
