"""The KPI page over the real Odoo: its number is the one an independent estimate gives over the truth."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

import pytest
from lifelines import KaplanMeierFitter

from queries import budget, catalog, measure
from queries.readable import measured
from tests.dashboard.conftest import open_page  # noqa: F401 (a fixture)
from tests.live.test_truth import DURATIONS, STOCKS

pytestmark = pytest.mark.live

KPIS = catalog.load()
QUANTILES = {"p50": 0.5, "p85": 0.85, "p90": 0.9, "p95": 0.95}
# Plants in which nothing but the flows of these tests ever happened.
PLAYED = ("/LYO", "Plant Pulse Nord/WH")


def intervals(kpi, truth: list[dict], opened, plant: str) -> list[tuple[datetime, datetime | None]]:
    """(start, end or None) of every case of a plant: the scripted times where the truth speaks of the record, and the
    warehouse's own where a flow made it only to serve another record."""
    told = [row for row in truth if row.get("kpi") == kpi.name]
    records = {(row["record_model"], row["record_id"]) for row in told}
    start, end = ("entered_at", "left_at") if kpi.measure == "stock" else ("started_at", "ended_at")
    measured = "and is_measured" if kpi.coverage else ""
    query = f"select {start}, {end}, record_model, record_id from ({kpi.sql}) where plant = $plant {measured}"
    parameters = {"plant": plant} | ({"as_of": opened.as_of} if "$as_of" in kpi.sql else {})
    found = opened.cursor().sql(query, params=parameters).fetchall()
    moments = [
        tuple(row[moment] and datetime.fromisoformat(row[moment]) for moment in ("started_at", "ended_at"))
        for row in told
        if row.get("plant") == plant and not row.get("absent")
    ]
    assert moments
    return moments + [(begun, over) for begun, over, *record in found if tuple(record) not in records]


def expected_value(kpi, cases: list[tuple[datetime, datetime | None]], as_of: datetime) -> float | None:
    """The KPI's number by other means: lifelines for durations, by hand for stocks. None where so many are open that it
    lies beyond all that ended."""
    started, ended = zip(*cases, strict=True)
    if kpi.measure == "stock":
        ages = sorted(
            (as_of - start).total_seconds()
            for start, end in zip(started, ended, strict=True)
            if end is None and start < as_of
        )
        if kpi.statistic == "count":
            return len(ages)
        return ages[math.ceil(len(ages) * QUANTILES[kpi.statistic] - 1e-9) - 1]
    seconds = [((end or as_of) - start).total_seconds() for start, end in zip(started, ended, strict=True)]
    fitted = KaplanMeierFitter().fit(seconds, [end is not None for end in ended])
    survival = fitted.survival_function_["KM_estimate"]
    # A half that floating point makes a little more than a half is a half.
    reached = survival.index[survival <= 1 - QUANTILES[kpi.statistic] + 1e-9]
    return float(reached[0]) if len(reached) else None


# Nobody looked while the flows were planned: adherence has flows of its own, in test_history.
@pytest.mark.parametrize("kpi", sorted(set(DURATIONS) | set(STOCKS)))
def test_page_shows_the_truth_per_plant(kpi, truth, live_warehouse, warehouses, open_page):  # noqa: F811
    folder = next(folder for folder in warehouses.values() if (folder / live_warehouse.version).exists())
    plants = {row["plant"] for row in truth if row.get("kpi") == kpi and not row.get("absent")}
    checked = 0
    for plant in sorted(plant for plant in plants if plant and plant.endswith(PLAYED)):
        cases = intervals(KPIS[kpi], truth, live_warehouse, plant)
        value = expected_value(KPIS[kpi], cases, live_warehouse.as_of)
        [found] = measure.values(
            live_warehouse,
            KPIS[kpi],
            datetime(2020, 1, 1).date(),
            datetime(2030, 1, 1).date(),
            filters={"plant": [plant]},
        ).to_pylist()
        page = open_page("kpi", warehouse=folder, kpi=kpi, weeks="52", plant=plant)
        if value is None:
            assert found["value"] is None and found["reason"] in page.text
        else:
            assert found["value"] == pytest.approx(value, abs=1)
            assert f"<strong>{measured(found['value'], KPIS[kpi].unit)}</strong>" in page.text
        checked += 1
    assert checked == (1 if kpi == "interplant_transfer_time" else 2)  # goods are sent one way


@pytest.mark.parametrize(
    "kpi", sorted(name for name, kpi in KPIS.items() if kpi.measure == "duration" and kpi.objective)
)
def test_budgets_count_what_fell_due_by_the_truth(kpi, truth, live_warehouse, warehouses, open_page):  # noqa: F811
    """Month by month, for the page, the terminal and the records behind it: due when the limit was reached, missed when
    it ended later or is still open."""
    folder = next(folder for folder in warehouses.values() if (folder / live_warehouse.version).exists())
    one, as_of = KPIS[kpi], live_warehouse.as_of
    budgets = [found for found in budget.read(live_warehouse, []) if found.kpi == kpi]
    played = {
        row["plant"]
        for row in truth
        if row.get("kpi") == kpi and not row.get("absent") and (row["plant"] or "").endswith(PLAYED)
    }
    missed_ever = 0
    for plant in sorted(played):
        cases = intervals(one, truth, live_warehouse, plant)
        months = [found for found in budgets if found.plant == plant]
        falls_due = [started + timedelta(seconds=one.limit) for started, _ in cases]
        assert months or all(due >= as_of for due in falls_due)
        for month in months:
            due = missed = 0
            for started, ended in cases:
                falls_due = started + timedelta(seconds=one.limit)
                if month.start <= falls_due.date() < month.end and falls_due < as_of:
                    due += 1
                    missed += (ended or as_of) > falls_due
            assert (month.n_due, month.n_missed) == (due, missed), (plant, month.start)
            rows = budget.misses(live_warehouse, one, month, [], [plant])
            assert len(rows) == missed
            missed_ever += missed
        page = open_page("kpi", warehouse=folder, kpi=kpi, plant=plant)
        if months:
            assert f"{months[0].n_due} of about {months[0].n_expected:.0f}" in page.text
    assert missed_ever > 0 or not any(found.plant in played for found in budgets)
