"""The KPI page over the real Odoo: its number is the one an independent estimate gives over the truth."""

from __future__ import annotations

from datetime import datetime

import pytest
from lifelines import KaplanMeierFitter

from queries import catalog, measure
from queries.readable import measured
from tests.dashboard.conftest import open_page  # noqa: F401 (a fixture)

pytestmark = pytest.mark.live

KPIS = catalog.load()
QUANTILES = {"p50": 0.5, "p85": 0.85}
# Plants in which nothing but the flows ever happened.
PLAYED = ("/LYO", "Plant Pulse Nord/WH")


def expected_value(kpi, rows: list[dict], as_of: datetime) -> float:
    """The KPI's number from the truth alone: lifelines for durations, by hand for stocks."""
    started = [datetime.fromisoformat(row["started_at"]) for row in rows]
    ended = [datetime.fromisoformat(row["ended_at"]) if row["ended_at"] else None for row in rows]
    if kpi.measure == "stock":
        ages = sorted((as_of - start).total_seconds() for start, end in zip(started, ended, strict=True) if end is None)
        if kpi.statistic == "count":
            return len(ages)
        return ages[max(0, -(-len(ages) * 85 // 100) - 1)]
    seconds = [((end or as_of) - start).total_seconds() for start, end in zip(started, ended, strict=True)]
    fitted = KaplanMeierFitter().fit(seconds, [end is not None for end in ended])
    survival = fitted.survival_function_["KM_estimate"]
    # A half that floating point makes a little more than a half is a half.
    return float(survival.index[survival <= 1 - QUANTILES[kpi.statistic] + 1e-9][0])


# Nobody looked while the flows were planned: adherence has flows of its own, in test_history.
@pytest.mark.parametrize("kpi", sorted(name for name, kpi in KPIS.items() if kpi.measure in ("duration", "stock")))
def test_page_shows_the_truth_per_plant(kpi, truth, live_warehouse, warehouses, open_page):  # noqa: F811
    folder = next(folder for folder in warehouses.values() if (folder / live_warehouse.version).exists())
    plants = {row["plant"] for row in truth if row["kpi"] == kpi and not row.get("absent")}
    checked = 0
    for plant in sorted(plant for plant in plants if plant and plant.endswith(PLAYED)):
        rows = [row for row in truth if row["kpi"] == kpi and row.get("plant") == plant and not row.get("absent")]
        value = expected_value(KPIS[kpi], rows, live_warehouse.as_of)
        [found] = measure.values(
            live_warehouse,
            KPIS[kpi],
            datetime(2020, 1, 1).date(),
            datetime(2030, 1, 1).date(),
            filters={"plant": [plant]},
        ).to_pylist()
        assert found["value"] == pytest.approx(value, abs=1)
        page = open_page("kpi", warehouse=folder, kpi=kpi, weeks="52", plant=plant)
        assert f"<strong>{measured(found['value'], KPIS[kpi].unit)}</strong>" in page.text
        checked += 1
    assert checked == 2
