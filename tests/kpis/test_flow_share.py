"""How much of the time from start to completion was work."""

from datetime import date

import pytest

from tests.conftest import Chatter
from tests.rows import at, order, time_log, work_order

MO = "mrp.production"
EVER = (date(2000, 1, 1), date(2100, 1, 1))


@pytest.fixture(scope="module")
def built(build):
    chatter = Chatter()
    for id in range(1, 7):
        chatter.say("2026-01-06 10:00", MO, id, state=("Draft", "Confirmed"))
        if id != 6:
            chatter.say("2026-01-12 08:00", MO, id, state=("Confirmed", "In Progress"))
    for id in (1, 2, 3, 4, 6):
        chatter.say("2026-01-12 18:00", MO, id, state=("In Progress", "Done"))
    done = {"state": "done", "finished_at": at("2026-01-12 18:00")}
    return build(
        at("2026-01-18 12:00"),
        mrp_production=[order(id, state="progress" if id == 5 else "done") for id in range(1, 7)],
        mrp_workorder=[
            # 1: an hour and two hours of ten, and an operation that was cancelled; 2: an hour side by side
            work_order(1, 1, actual_minutes=60.0, **done),
            work_order(2, 1, actual_minutes=120.0, **done),
            work_order(3, 1, state="cancel"),
            work_order(4, 2, actual_minutes=600.0, **done),
            work_order(5, 2, actual_minutes=300.0, **done),
            # 3: without work orders; 4: one of two was never timed; 5: not done; 6: begun at an unknown time
            work_order(6, 4, actual_minutes=60.0, **done),
            work_order(7, 4, actual_minutes=90.0, **done),
            work_order(8, 5, actual_minutes=60.0, **done),
            work_order(9, 6, actual_minutes=60.0, **done),
        ],
        mrp_workcenter_productivity=[
            time_log(1, 1, "2026-01-12 08:00", "2026-01-12 09:00"),
            time_log(2, 2, "2026-01-12 10:00", "2026-01-12 12:00"),
            time_log(3, 4, "2026-01-12 08:00", "2026-01-12 18:00"),
            time_log(4, 5, "2026-01-12 08:00", "2026-01-12 13:00"),
            time_log(5, 6, "2026-01-12 17:00", "2026-01-12 18:00", created="2026-01-12 18:00"),
            time_log(6, 7, "2026-01-12 08:00", "2026-01-12 09:30"),
            time_log(7, 8, "2026-01-12 08:00", "2026-01-12 09:00"),
            time_log(8, 9, "2026-01-12 08:00", "2026-01-12 09:00"),
        ],
        **chatter.records,
    )


def test_rows(built):
    rows = {row["record_id"]: row for row in built.kpi_rows("flow_share", *EVER)}
    assert {id: (row["numerator"], row["denominator"]) for id, row in rows.items()} == {
        1: (3 * 3600, 10 * 3600),
        2: (15 * 3600, 10 * 3600),
    }
    assert (rows[1]["at"], rows[1]["work_order_count"]) == (at("2026-01-12 18:00"), 2)


def test_value_is_a_ratio_of_sums_beside_how_many_were_timed(built):
    [value] = built.kpi("flow_share", *EVER)
    assert (value["value"], value["n"], value["n_unmeasured"]) == (18 / 20, 2, 1)


def test_without_time_logs_there_is_no_number(build, chatter):
    chatter.say("2026-01-12 08:00", MO, 1, state=("Confirmed", "In Progress"))
    chatter.say("2026-01-12 18:00", MO, 1, state=("In Progress", "Done"))
    built = build(
        mrp_production=[order(1, state="done")],
        mrp_workorder=[work_order(1, state="done", actual_minutes=60.0)],
        **chatter.records,
    )
    [value] = built.kpi("flow_share", *EVER)
    assert (value["value"], value["reason"]) == (None, "time recorded for none of 1 case")
