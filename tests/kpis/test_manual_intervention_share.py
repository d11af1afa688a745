"""Completed orders in which a person had to intervene."""

from datetime import date

from tests.conftest import Chatter
from tests.rows import at, order, time_log, work_order

MO = "mrp.production"
EVER = (date(2000, 1, 1), date(2100, 1, 1))


def test_which_orders_count_and_which_are_touched(build):
    chatter = Chatter()
    for id in range(1, 6):
        chatter.say("2026-01-06 10:00", MO, id, state=("Draft", "Confirmed"), reservation_state=("", "Ready"))
        if id != 5:
            chatter.say("2026-01-12 10:00", MO, id, state=("Confirmed", "Done"), reservation_state=("Ready", ""))
    chatter.say("2026-01-07 10:00", MO, 2, reservation_state=("Ready", "Waiting"))
    chatter.say("2026-01-08 10:00", MO, 2, reservation_state=("Waiting", "Ready"))
    chatter.say("2026-01-07 10:00", MO, 5, reservation_state=("Ready", "Waiting"))
    built = build(
        at("2026-01-18 12:00"),
        # 1: only confirmed by hand; 2: reservation taken away and made again; 3: entered late; 4: in time; 5: not done
        mrp_production=[order(id, state="confirmed" if id == 5 else "done") for id in range(1, 6)],
        mrp_workorder=[work_order(id, id, state="done", actual_minutes=90.0) for id in (3, 4)],
        mrp_workcenter_productivity=[
            time_log(1, 3, "2026-01-08 08:00", "2026-01-08 09:30", created="2026-01-09 08:00"),
            time_log(2, 4, "2026-01-08 08:00", "2026-01-08 09:30"),
        ],
        **chatter.records,
    )
    rows = {row["record_id"]: row for row in built.kpi_rows("manual_intervention_share", *EVER)}
    assert {id: row["is_bad"] for id, row in rows.items()} == {1: False, 2: True, 3: True, 4: False}
    assert (rows[2]["kinds"], rows[3]["kinds"]) == ("reservation taken away, reserved by hand", "back-dated entry")
    [value] = built.kpi("manual_intervention_share", *EVER)
    assert (value["value"], value["n"]) == (0.5, 4)
