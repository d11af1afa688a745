"""The scoreboard, and what is measured when it is asked for, are two ways to the same numbers and the same rows."""

from datetime import date, timedelta

import pytest

from queries import catalog, measure, warehouse

KPIS = catalog.load()
MEASURED = ("value", "low", "high", "n", "n_open", "plant_count", "is_final", "reason", "n_unmeasured")


@pytest.fixture(scope="module")
def opened(demo_warehouse):
    return warehouse.open(warehouse=demo_warehouse)


@pytest.mark.parametrize(("name", "clock"), [(name, clock) for name, kpi in KPIS.items() for clock in kpi.clocks])
def test_the_scoreboard_says_what_measuring_says(opened, name, clock):
    board = {
        (row["plant"], row["period_start"]): {column: row[column] for column in MEASURED}
        for row in measure.scoreboard(opened, name, period="week", clock=clock).to_pylist()
    }
    last = opened.as_of.date() - timedelta(days=opened.as_of.weekday())
    asked = {"every": "week", "clock": clock}
    first = last - timedelta(weeks=12)
    together = measure.values(opened, KPIS[name], first, last + timedelta(weeks=1), **asked).to_pylist()
    plants = measure.values(opened, KPIS[name], first, last + timedelta(weeks=1), by="plant", **asked).to_pylist()
    assert len(together) == 13 and len(plants) >= (13 if name == "integration_odoo_lag" else 26)  # one plant has an MES
    for row in together + plants:
        close = {
            column: pytest.approx(row[column]) if isinstance(row[column], float) else row[column] for column in MEASURED
        }
        assert board[row["cut"] or None, row["period_start"]] == close


@pytest.mark.parametrize("name", [name for name, kpi in KPIS.items() if kpi.measure in measure.OF_A_DAY])
def test_a_plant_of_which_nothing_is_told_in_a_period_is_told_as_such(opened, name):
    ever = measure.values(opened, KPIS[name], date(2000, 1, 1), opened.as_of.date(), by="plant").to_pylist()
    found = measure.values(opened, KPIS[name], date(2000, 1, 1), date(2000, 1, 8), by="plant").to_pylist()
    assert {row["cut"] for row in found} == {row["cut"] for row in ever} != set()
    [together] = measure.values(opened, KPIS[name], date(2000, 1, 1), date(2000, 1, 8)).to_pylist()
    assert all(row["value"] is None and row["n"] == 0 and row["reason"] for row in [*found, together])


@pytest.mark.parametrize(
    "name", [name for name, kpi in KPIS.items() if kpi.measure == "duration" and "working" in kpi.clocks]
)
def test_a_row_has_both_clocks_whichever_is_asked_for(opened, name):
    end = opened.as_of.date() + timedelta(days=1)
    found = {}
    for clock in KPIS[name].clocks:
        rows = measure.rows(opened, KPIS[name], end - timedelta(days=28), end, clock=clock).to_pylist()
        found[clock] = sorted(
            (row["record_model"], row["record_id"], row["started_at"], row["elapsed_seconds"], row["working_seconds"])
            for row in rows
        )
    assert found["elapsed"] == found["working"] != []
