"""How long after the fact work and transfers are entered."""

from datetime import date

import pytest

from tests.rows import at, order, time_log, work_order

EVER = (date(2000, 1, 1), date(2100, 1, 1))
WEEKDAYS = [
    {"id": day, "calendar_id": 1, "weekday": str(day), "hour_from": 8.0, "hour_to": 18.0, "day_period": "morning"}
    for day in range(5)
]


@pytest.fixture(scope="module")
def built(build):
    """Work of Friday the 9th, entered at once, an hour later, on Monday at ten in Lille, and by the clock."""
    return build(
        at("2026-01-18 12:00"),
        resource_calendar_attendance=WEEKDAYS,
        mrp_production=[order(1, state="progress")],
        mrp_workcenter=[{"id": 1, "name": "Line 1"}],
        mrp_workorder=[work_order(1, 1, state="progress", actual_minutes=400.0)],
        mrp_workcenter_productivity=[
            time_log(1, 1, "2026-01-09 08:00", "2026-01-09 09:00", created="2026-01-09 09:00"),
            time_log(2, 1, "2026-01-09 10:00", "2026-01-09 11:00", created="2026-01-09 12:00"),
            time_log(3, 1, "2026-01-09 12:00", "2026-01-09 16:00", created="2026-01-12 09:00"),
            time_log(4, 1, "2026-01-09 12:00", "2026-01-09 13:00"),
            time_log(5, 1, "2026-01-09 14:00"),  # goes on
        ],
    )


def test_lag_by_both_clocks(built):
    rows = {row["record_id"]: row for row in built.kpi_rows("recording_lag", *EVER)}
    lags = {id: (row["elapsed_seconds"] / 3600, row["working_seconds"] / 3600) for id, row in rows.items()}
    # Paris: the plant closes on Friday at 17:00 UTC, and opens on Monday at 7:00
    assert lags == {1: (0, 0), 2: (1, 1), 3: (65, 3), 4: (0, 0)}
    assert (rows[3]["place"], rows[3]["entered_by"]) == ("Line 1", "Anna")


def test_value_is_what_nine_of_ten_keep(built):
    [value] = built.kpi("recording_lag", *EVER)
    assert (value["value"], value["n"], value["n_open"]) == (65 * 3600, 4, 0)


def test_without_time_logs_there_is_no_number(build):
    [value] = build(mrp_production=[order(1)]).kpi("recording_lag", *EVER)
    assert (value["value"], value["reason"]) == (None, "no case started in this period")
