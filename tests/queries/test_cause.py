"""What slow cases have in common: hand values, independent statistics, and how often chance alone is called a cause."""

from __future__ import annotations

import math
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from scipy.stats import false_discovery_control, fisher_exact
from statsmodels.stats.contingency_tables import Table2x2
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from queries import catalog, cause, interval
from queries.catalog import CatalogError
from tests.conftest import Chatter
from tests.rows import at, order

TABLES = [(30, 100, 60, 400), (5, 20, 10, 500), (40, 60, 20, 900), (0, 30, 20, 200), (9, 200, 5, 100), (17, 40, 3, 41)]


def cases(slow: np.ndarray, **attributes) -> pd.DataFrame:
    return pd.DataFrame({"is_slow": slow} | {f"attribute {name}": values for name, values in attributes.items()})


@pytest.mark.parametrize(("a", "n1", "c", "n0"), TABLES)
def test_intervals_and_tests_are_those_of_statsmodels_and_scipy(a, n1, c, n0):
    assert interval.wilson(a, n1) == pytest.approx(proportion_confint(a, n1, method="wilson"))
    assert interval.newcombe(a, n1, c, n0) == pytest.approx(
        confint_proportions_2indep(a, n1, c, n0, compare="diff", method="newcomb")
    )
    table = [[a, n1 - a], [c, n0 - c]]
    assert cause.exact(a, n1, c, n0) == pytest.approx(fisher_exact(table, alternative="greater").pvalue)
    if a and c:
        assert cause.risk_ratio_interval(a, n1, c, n0) == pytest.approx(Table2x2(table).riskratio_confint(), rel=1e-6)


def test_the_false_discovery_rate_is_that_of_statsmodels_and_scipy():
    p_values = list(np.random.default_rng(3).uniform(size=40) ** 2)
    assert cause.adjusted(p_values) == pytest.approx(multipletests(p_values, method="fdr_bh")[1])
    assert cause.adjusted(p_values) == pytest.approx(false_discovery_control(p_values))
    assert cause.adjusted([]) == []


def test_lift_and_excess_by_hand():
    # 100 cases with the value of which 30 are slow, 400 without of which 60 are: 30 % over 18 %, and 15 too many
    slow = np.array([True] * 30 + [False] * 70 + [True] * 60 + [False] * 340)
    has = np.array([True] * 100 + [False] * 400)
    one = cause.compared("line", "L1", slow, has)
    assert (one.lift, one.excess, one.rate) == pytest.approx((0.3 / 0.18, 30 - 0.15 * 100, 0.3))
    ratio_low, ratio_high = cause.risk_ratio_interval(30, 100, 60, 400)
    assert one.lift_low == pytest.approx(ratio_low / (1 + 0.2 * (ratio_low - 1)))
    assert one.lift_low < one.lift < one.lift_high and one.lift_low > 1
    assert one.lift_high == pytest.approx(ratio_high / (1 + 0.2 * (ratio_high - 1)))


def simulated(rng, n: int, factor: float = 1.0) -> pd.DataFrame:
    """Cases of which a tenth is slow, told by attributes of which one value (line 2) multiplies that rate."""
    line, product = rng.integers(0, 6, n), rng.integers(0, 15, n)
    told = {"line": line, "product": product, "weekday": rng.integers(0, 5, n), "hour": rng.integers(6, 22, n)}
    told |= {"month": rng.integers(0, 6, n), "responsible": rng.integers(0, 8, n), "vendor": rng.zipf(1.7, n) % 60}
    slow = rng.uniform(size=n) < 0.1 * np.where(line == 2, factor, 1.0)
    return cases(slow, **{name: values.astype(str) for name, values in told.items()})


def test_chance_alone_is_called_a_cause_in_one_of_twenty_runs_at_most():
    rng = np.random.default_rng(11)
    flagged = sum(any(one.is_cause for one in cause.ranked(simulated(rng, 600))) for _ in range(200))
    assert flagged <= 0.08 * 200


def test_a_doubled_rate_is_found_first_and_hardly_anything_else():
    rng = np.random.default_rng(12)
    found = [[one for one in cause.ranked(simulated(rng, 2500, 2.0)) if one.is_cause] for _ in range(60)]
    firsts = [(ones[0].attribute, ones[0].value) if ones else None for ones in found]
    assert firsts.count(("line", "2")) >= 0.9 * 60
    assert sum(len(ones) > 1 for ones in found) <= 0.15 * 60


def test_the_interval_of_the_lift_covers_it():
    rng, covered = np.random.default_rng(13), 0
    true = 0.2 / (0.1 * 5 / 6 + 0.2 / 6)
    for _ in range(300):
        frame = simulated(rng, 1500, 2.0)
        one = cause.compared("line", "2", frame["is_slow"].to_numpy(), (frame["attribute line"] == "2").to_numpy())
        covered += one.lift_low <= true <= one.lift_high
    assert covered >= 0.92 * 300


def test_rare_values_are_not_looked_at_and_few_slow_cases_are_no_cause():
    slow = np.array([True] * 19 + [True] * 4 + [False] * 16 + [True] * 20 + [False] * 941)
    line = np.array(["rare"] * 19 + ["few"] * 20 + ["usual"] * 961)
    found = {one.value: one for one in cause.ranked(cases(slow, line=line))}
    assert set(found) == {"few", "usual"}
    assert found["few"].q_value < 0.05 and not found["few"].is_cause


def test_what_nearly_all_cases_have_is_no_cause():
    slow = np.array([True] * 600 + [False] * 1400 + [False] * 60)
    found = {one.value: one for one in cause.ranked(cases(slow, family=np.array(["usual"] * 2000 + ["rare"] * 60)))}
    assert found["usual"].q_value < 0.05 and found["usual"].excess == 600 and not found["usual"].is_cause


def test_ranked_by_excess_and_what_holds_for_the_same_cases_is_said():
    rng = np.random.default_rng(5)
    line = np.repeat(["A", "B", "C"], [400, 50, 1550])
    slow = rng.uniform(size=2000) < np.select([line == "A", line == "B"], [0.3, 0.6], 0.1)
    foreman = np.where(line == "A", "Anna", np.where(line == "B", "Pierre", "Karl"))
    causes = [one for one in cause.ranked(cases(slow, line=line, foreman=foreman)) if one.is_cause]
    assert [(one.attribute, one.value, one.same_as) for one in causes] == [
        ("foreman", "Anna", None),
        ("line", "A", "foreman=Anna"),
        ("foreman", "Pierre", None),
        ("line", "B", "foreman=Pierre"),
    ]
    assert causes[2].lift > causes[0].lift


START, END = date(2026, 1, 1), date(2026, 3, 1)
AS_OF = at("2026-03-02 00:00")


@pytest.fixture(scope="module")
def opened(build):
    """80 orders: those of Pierre take 3 days to release, others an hour; one is open, another too young to tell."""
    chatter = Chatter()
    orders = []
    for id in range(1, 81):
        created = at("2026-01-05 08:00") + timedelta(hours=7 * id)
        slow = id % 4 == 0
        released = created + (timedelta(days=3) if slow else timedelta(hours=1))
        if id != 80:
            chatter.say(str(released), "mrp.production", id, state=("Draft", "Confirmed"))
        state = "draft" if id == 80 else "confirmed"
        user = 5 if slow else 2
        orders.append(order(id, state=state, user_id=user, created_at=created, product_qty=float(id)))
    orders.append(order(81, created_at=AS_OF - timedelta(hours=20)))
    return build(AS_OF, mrp_production=orders, **chatter.records)


class Reading:
    """What `find` reads of a warehouse."""

    def __init__(self, built):
        built.need(*catalog.marts())
        self.cursor, self.as_of, self.version = built.cursor, built.as_of, "built"

    def moment(self, sql: str):
        return self.as_of


def service_levels(monkeypatch) -> list[dict]:
    """Those that `find` reads instead of the published ones, to be filled."""
    levels, read = [], cause.warehouse.read

    def reading(opened, name, **parameters):
        return pa.Table.from_pylist(levels) if name == "service_level" else read(opened, name, **parameters)

    monkeypatch.setattr(cause.warehouse, "read", reading)
    return levels


def test_cases_beyond_the_85th_percentile_and_open_ones_past_it_are_slow(opened, monkeypatch):
    kpi = catalog.load()["release_lead_time"]
    levels = service_levels(monkeypatch)
    found = cause.find(Reading(opened), kpi, START, date(2026, 3, 3))
    assert (found.word, found.meaning) == ("slow", "longer than 85 % of all cases (3 d)")
    assert found.n == 80 and found.n_slow == 1  # the open one alone is longer than three days
    assert found.reason == "only 1 of 80 cases is slow: 5 on either side are needed"

    levels.append({"kpi": kpi.name, "plant": "", "clock": "elapsed", "objective": 0.9, "limit_seconds": 2 * 86400.0})
    found = cause.find(Reading(opened), kpi, START, date(2026, 3, 3))
    assert found.meaning == "longer than the service level allows (2 d)"
    assert (found.n, found.n_slow) == (80, 20)
    first = found.causes[0]
    assert (first.attribute, first.value, first.slow_with, first.slow_without) == ("responsible", "Pierre", 20, 0)
    assert first.lift == 4 and first.excess == 20 and math.isfinite(first.lift_high)
    evidence = found.rows("responsible", "Pierre")
    assert {row["record_id"] for row in evidence} == set(range(4, 81, 4))
    assert all(row["record_url"] and "is_slow" not in row for row in evidence)
    assert found.rows("responsible", "Anna") == []
    first = found.cases[found.cases["record_id"] == 1].iloc[0]
    assert [first[f"attribute {name}"] for name in ("weekday", "hour", "month")] == [
        "Monday",
        "16:00",
        "2026-01",
    ]  # Paris
    sizes = found.cases["attribute size"].value_counts().to_dict()
    assert sizes == {
        "quantity up to 20.75": 20,
        "quantity up to 40.5": 20,
        "quantity up to 60.25": 20,
        "quantity over 60.25": 20,
    }
    assert set(found.attributes) >= {"weekday", "hour", "month", "responsible", "product", "product_family"}


def test_too_few_cases_are_said_and_other_measures_refused(opened, monkeypatch):
    kpis = catalog.load()
    service_levels(monkeypatch)
    found = cause.find(Reading(opened), kpis["release_lead_time"], date(2025, 1, 1), date(2025, 2, 1))
    assert found.reason == "only 0 of 50 cases in this period" and found.causes == []
    for kpi, what in (("open_approval_count", "a stock"), ("harmonization_index", "an index")):
        with pytest.raises(CatalogError, match=f"{kpi} is {what}: only durations and shares"):
            cause.find(Reading(opened), kpis[kpi], START, END)
