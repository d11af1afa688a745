"""When entries say that something happened, and when they were entered."""

from tests.rows import at, order, time_log, work_order


def test_working_times_that_odoo_wrote_are_nobodys_entries(build):
    built = build(
        mrp_production=[order(1, state="done"), order(2, state="done")],
        mrp_workorder=[
            work_order(1, 1, state="done", actual_minutes=60.0),
            work_order(2, 2, state="done", actual_minutes=45.0),
        ],
        mrp_workcenter_productivity=[
            time_log(1, 1, "2026-01-12 09:00", "2026-01-12 10:00", created="2026-01-12 10:00"),
            time_log(2, 2, "2026-01-12 09:15", "2026-01-12 10:00", created="2026-01-12 10:00"),
            # downtime of a work center is no work
            time_log(3, None, "2026-01-12 09:15", "2026-01-12 10:00", created="2026-01-13 10:00"),
        ],
    )
    [row] = built.rows("select * from fct_recording")
    assert (row["record_id"], row["entered_by"], row["entered_by_kind"]) == (2, "Anna", "human")
    assert row["said_at"] == row["entered_at"] == at("2026-01-12 10:00")


def test_an_effective_date_in_the_future_is_no_negative_lag(build, chatter):
    from tests.conftest import PLANTS
    from tests.marts.test_fct_intervention import FIELDS, PICKING, SELECTION, Story

    story = Story()
    story.change("2026-01-12 09:00", PICKING, 1, 41, old_label="Ready", new_label="Done")
    built = build(
        ir_model_fields=[*PLANTS["ir_model_fields"], *FIELDS],
        ir_model_fields_selection=[*PLANTS["ir_model_fields_selection"], SELECTION],
        stock_picking=[{"id": 1, "name": "WH/IN/1", "state": "done", "picking_type_id": 3, "company_id": 1,
                        "done_at": at("2026-01-13 09:00")}],
        **story.records,
    )  # fmt: skip
    [row] = built.rows("select * from fct_recording")
    assert row["said_at"] == row["entered_at"] == at("2026-01-13 09:00")
