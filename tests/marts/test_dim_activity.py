"""Which activity entering a state stands for."""

from etl.demo.chatter import TRACKED


def test_every_state_odoo_tracks_has_an_activity(build):
    known = {(row["record_model"], row["field"], row["value"]) for row in build().rows("select * from dim_activity")}
    tracked = {
        (field.model, field.name, value)
        for field in TRACKED
        if field.model in ("mrp.production", "purchase.order", "stock.picking")
        and field.name in ("state", "reservation_state")
        for value in field.labels
        if value
    }
    assert tracked
    assert tracked <= known


def test_ranks_order_what_one_moment_holds(build):
    rank = {
        (row["field"], row["value"]): row["rank"]
        for row in build().rows("select * from dim_activity where record_model = 'mrp.production'")
    }
    assert rank["state", "confirmed"] < rank["reservation_state", "assigned"] < rank["state", "progress"]
    assert rank["state", "progress"] < rank["state", "done"]


def test_state_without_an_activity_of_its_own_is_a_changed_field(build, chatter):
    from tests.rows import order

    chatter.say("2026-01-06 10:00", "mrp.production", 1, reservation_state=("Waiting", ""))
    built = build(mrp_production=[order(1)], **chatter.records)
    assert [row["activity"] for row in built.rows("select activity from fct_event order by event_at")] == [
        "created",
        "material no longer awaited",
    ]
