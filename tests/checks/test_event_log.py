"""Checks of the event log and of the warehouse: each finds its row, and leaves what is in order alone."""

from __future__ import annotations

from tests.rows import at, order, purchase, review


def test_a_state_that_a_module_added_is_told(build, chatter):
    chatter.say("2026-01-05 09:00", "mrp.production", 1, state=("Draft", "Confirmed"))
    chatter.say("2026-01-05 10:00", "mrp.production", 1, state=("Confirmed", "On hold"))
    chatter.say("2026-01-05 11:00", "mrp.production", 1, reservation_state=("Waiting", ""))
    selection = {"id": 99, "lang": "en_US", "field_id": 11, "value": "on_hold", "label": "On hold"}
    from tests.conftest import PLANTS

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
    assert {row["detail"] for row in built.check("row_count_differs")} == {"short", "half"}
