"""Each measure against an independent oracle, and the rules about periods, finality, filters and cuts."""

from __future__ import annotations

import itertools
import math
import random
from datetime import date, datetime, timedelta
from statistics import NormalDist

import duckdb
import pyarrow as pa
import pytest
from lifelines import KaplanMeierFitter
from statsmodels.stats.proportion import proportion_confint

from queries import catalog, measure
from queries.catalog import CatalogError, Kpi
from queries.warehouse import CLOCK_MACRO, ODOO_URL_MACRO
from tests.rows import order

START = datetime(2026, 1, 5)  # a Monday
AS_OF = datetime(2026, 3, 2)
WEEK = (date(2026, 1, 5), date(2026, 1, 12))
EVER = (date(2020, 1, 1), date(2030, 1, 1))
RECORD = {"instance": "test", "record_model": "mrp.production", "plant": "A"}
QUANTILES = {"p50": 0.5, "p85": 0.85, "p90": 0.9, "p95": 0.95}


def kpi(measure: str, statistic: str, sql: str = "select * from case_of_test", **values) -> Kpi:
    """A KPI over the rows of a Data, made without a file."""
    header = {"unit": "count", "direction": "lower", "owner": "Test", "clocks": ("elapsed",)}
    header |= {"dimensions": ("plant", "line"), "audience": ("executive",), "title": "T", "definition": "D"}
    return Kpi(
        name="test", domain="test", file="test.sql", measure=measure, statistic=statistic, sql=sql, **header | values
    )


class Data:
    """Hand-written rows behind a KPI, with what a Warehouse has."""

    def __init__(self, rows: list[dict], as_of: datetime = AS_OF, like: dict | None = None):
        self.as_of = as_of
        self.connection = duckdb.connect(":memory:")
        rows = [RECORD | {"record_id": number, "line": None} | row for number, row in enumerate(rows)]
        schema = pa.Table.from_pylist(rows or [RECORD | {"record_id": 1, "line": "x"} | (like or {})]).schema
        text = [name for name in schema.names if schema.field(name).type == pa.null() and not name.endswith("_at")]
        for name in schema.names:
            if name.endswith("_at"):
                schema = schema.set(schema.get_field_index(name), pa.field(name, pa.timestamp("us")))
            elif name in text:
                schema = schema.set(schema.get_field_index(name), pa.field(name, pa.string()))
        con = self.connection
        con.register("given", pa.Table.from_pylist(rows, schema))
        con.execute("create table case_of_test as select * from given")
        con.execute("create table odoo_instance as select 'test' as instance, '' as url, '19.0' as version")
        con.execute("create table dim_plant_calendar (instance varchar, plant varchar, gap varchar)")
        con.execute(ODOO_URL_MACRO)

    def cursor(self):
        return self.connection.cursor()

    def moment(self, sql: str) -> datetime:
        return self.as_of

    def value(self, one: Kpi, start=EVER[0], end=EVER[1], **options) -> dict:
        [found] = measure.values(self, one, start, end, **options).to_pylist()
        return found

    def table(self, one: Kpi, start=EVER[0], end=EVER[1], **options) -> list[dict]:
        return measure.values(self, one, start, end, **options).to_pylist()

    def ids(self, one: Kpi, start=EVER[0], end=EVER[1], **options) -> list[int]:
        return [row["record_id"] for row in measure.rows(self, one, start, end, **options).to_pylist()]


def span(started: datetime, seconds: float | None, as_of: datetime = AS_OF, **more) -> dict:
    """A duration row; seconds None, or an end after as_of, is open."""
    ended = None if seconds is None else started + timedelta(seconds=seconds)
    if ended is not None and ended > as_of:
        ended = None
    elapsed = ((ended or as_of) - started).total_seconds()
    return {"started_at": started, "ended_at": ended, "elapsed_seconds": elapsed, "working_seconds": elapsed / 3} | more


def kaplan_meier(rows: list[dict], quantile: float) -> float | None:
    """First time at which the survival curve of lifelines is at or below 1 - quantile."""
    fitter = KaplanMeierFitter().fit(
        [row["elapsed_seconds"] for row in rows], [row["ended_at"] is not None for row in rows]
    )
    curve = fitter.survival_function_["KM_estimate"]
    reached = curve[curve <= 1 - quantile + 1e-9]
    ends = {row["elapsed_seconds"] for row in rows if row["ended_at"] is not None}
    return next((float(t) for t in reached.index if t in ends), None)


DURATION = {name: kpi("duration", name, unit="duration") for name in QUANTILES}
LIKE_DURATION = span(START, 60)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("openness", [0.0, 0.3, 0.8])
def test_duration_is_kaplan_meier(seed, openness):
    rng = random.Random(seed * 10 + int(openness * 10))
    size = rng.choice([1, 2, 7, 60])
    step = rng.choice([1, 3600, 86400])  # coarse steps make ties, also between ends and open ages
    rows = []
    for _ in range(size):
        age = rng.randint(1, 40) * step
        if rng.random() < openness:
            rows.append(span(AS_OF - timedelta(seconds=age), None))
        else:
            rows.append(span(AS_OF - timedelta(seconds=age + 3600), rng.randint(0, 40) * step % (age + 3600)))
    data = Data(rows)
    for name, quantile in QUANTILES.items():
        found = data.value(DURATION[name])
        assert found["value"] == pytest.approx(kaplan_meier(rows, quantile)), name
        assert (found["n"], found["n_open"]) == (size, sum(row["ended_at"] is None for row in rows))
        assert (found["reason"] is None) == (found["value"] is not None)


def some_spans(rng: random.Random, size: int, openness: float) -> list[dict]:
    step = rng.choice([1, 3600, 86400])
    return [
        span(AS_OF - timedelta(seconds=rng.randint(1, 40) * step), None)
        if rng.random() < openness
        else span(AS_OF - timedelta(days=60), rng.randint(0, 40) * step)
        for _ in range(size)
    ]


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("openness", [0.0, 0.4, 1.0])
def test_survival_curve_and_its_band_are_those_of_lifelines(seed, openness):
    rng = random.Random(seed)
    rows = some_spans(rng, rng.choice([1, 2, 30, 200]), openness)
    lengths, is_ended = [row["elapsed_seconds"] for row in rows], [row["ended_at"] is not None for row in rows]
    fitter = KaplanMeierFitter().fit(lengths, is_ended)
    found = measure.survival(Data(rows), DURATION["p50"], *EVER).to_pylist()
    assert [point["seconds"] for point in found] == sorted(set(lengths))
    for point in found:
        seconds = point["seconds"]
        assert point["still_open"] == pytest.approx(fitter.survival_function_.at[seconds, "KM_estimate"], abs=1e-12)
        low, high = fitter.confidence_interval_.loc[seconds]
        if 0 < point["still_open"] < 1:
            assert (point["low"], point["high"]) == pytest.approx((low, high), abs=1e-9)
        else:
            assert (point["low"], point["high"]) == (None, None)
        at_risk = fitter.event_table.at[seconds, "at_risk"]
        assert (point["at_risk"], point["ended"]) == (at_risk, fitter.event_table.at[seconds, "observed"])


def test_survival_is_of_durations_and_of_nothing_empty():
    assert measure.survival(Data([], like=LIKE_DURATION), DURATION["p50"], *EVER).num_rows == 0
    share = kpi("share", "rate")
    assert measure.survival(Data([{"at": START, "is_bad": True}]), share, *EVER).num_rows == 0


@pytest.mark.parametrize("seed", range(4))
def test_beside_it_stands_the_figure_of_ended_cases_alone(seed):
    """Plain quantile of what has ended: never above the one that counts open cases."""
    rows = some_spans(random.Random(seed), 50, 0.4)
    ended = sorted(row["elapsed_seconds"] for row in rows if row["ended_at"])
    for name, quantile in QUANTILES.items():
        found = Data(rows).value(DURATION[name])
        assert found["value_closed"] == ended[math.ceil(quantile * len(ended)) - 1]
        assert found["value"] is None or found["value"] >= found["value_closed"]
    assert Data([span(START, None)]).value(DURATION["p50"])["value_closed"] is None
    assert Data([{"at": START, "is_bad": True}]).value(kpi("share", "rate"))["value_closed"] is None


def test_with_a_quarter_still_open_it_is_within_a_twentieth_of_the_truth_and_ended_cases_alone_are_not():
    """Approvals of 30 days, lognormal with a median of 5 days; a quarter is still open when the data are read."""
    rng = random.Random(1)
    truth = {name: 5 * 86400 * math.exp(NormalDist().inv_cdf(q)) for name, q in QUANTILES.items() if name != "p95"}
    rows = [
        span(AS_OF - timedelta(seconds=rng.uniform(0, 30 * 86400)), 5 * 86400 * math.exp(rng.gauss(0, 1)))
        for _ in range(20_000)
    ]
    assert 0.25 < sum(row["ended_at"] is None for row in rows) / len(rows) < 0.45
    data = Data(rows)
    for name, length in truth.items():
        found = data.value(DURATION[name])
        assert found["value"] == pytest.approx(length, rel=0.05)
        assert found["value_closed"] < 0.8 * length


def test_duration_without_open_cases_is_the_plain_quantile():
    data = Data([span(START, seconds) for seconds in (10, 20, 20, 40)])
    assert [data.value(DURATION[name])["value"] for name in QUANTILES] == [20, 40, 40, 40]


def test_duration_of_open_cases_only_has_no_value():
    found = Data([span(START, None)] * 3).value(DURATION["p50"])
    assert found["value"] is None
    assert found["reason"] == "not reached yet: 3 of 3 are still open"
    assert (found["n"], found["n_open"], found["is_final"]) == (3, 3, False)


def test_open_case_is_still_at_risk_at_its_own_age():
    """Ended at 100 s beside open for 100 s: one of two has ended, so the median is reached there."""
    data = Data([span(AS_OF - timedelta(seconds=500), 100), span(AS_OF - timedelta(seconds=100), None)])
    assert data.value(DURATION["p50"])["value"] == 100


def test_duration_over_the_leap_day():
    data = Data([span(datetime(2028, 2, 28, 12), 2 * 86400, datetime(2028, 4, 1))], datetime(2028, 4, 1))
    assert data.value(DURATION["p50"], date(2028, 2, 28), date(2028, 2, 29))["value"] == 2 * 86400
    assert data.ids(DURATION["p50"], date(2028, 2, 29), date(2028, 3, 1)) == []


def test_whole_seconds_as_integers_measure_as_well():
    rows = [span(START, 60) | {"elapsed_seconds": 60}, span(START, 120) | {"elapsed_seconds": 120}]
    table = measure.values(Data(rows), DURATION["p50"], *EVER)
    assert table.schema.field("value").type == pa.float64()
    assert table["value"].to_pylist() == [60.0]


@pytest.mark.parametrize(("bad", "n"), [(0, 1), (1, 1), (0, 20), (3, 20), (20, 20), (499, 1000)])
def test_share_has_the_wilson_interval(bad, n):
    data = Data([{"at": START, "is_bad": number < bad} for number in range(n)])
    found = data.value(kpi("share", "rate", unit="share"))
    low, high = proportion_confint(bad, n, method="wilson")
    assert found["value"] == pytest.approx(bad / n)
    assert (found["low"], found["high"]) == (pytest.approx(low, abs=1e-9), pytest.approx(high, abs=1e-9))
    assert 0 <= found["low"] <= found["value"] <= found["high"] <= 1


def test_share_of_good_ones_by_due_date_and_without_the_undecided():
    rows = [
        {"due_at": START, "is_good": True},
        {"due_at": START, "is_good": False},
        {"due_at": START, "is_good": None},
        {"due_at": None, "is_good": True},
    ]
    data, one = Data(rows), kpi("share", "rate")
    found = data.value(one)
    assert (found["value"], found["n"]) == (0.5, 2)
    assert data.ids(one) == [1, 0]  # the bad one first


def test_ratio_is_of_sums_not_of_ratios():
    rows = [
        {"at": START, "numerator": 1.0, "denominator": 1.0},
        {"at": START, "numerator": 1.0, "denominator": 9.0},
        {"at": START, "numerator": None, "denominator": 9.0},
        {"at": START, "numerator": 5.0, "denominator": None},
    ]
    data, one = Data(rows), kpi("ratio", "ratio")
    found = data.value(one)
    assert (found["value"], found["n"]) == (0.2, 2)
    assert data.ids(one) == [0, 1]


def test_ratio_over_zero_has_no_value_but_a_reason():
    found = Data([{"at": START, "numerator": 3, "denominator": 0}]).value(kpi("ratio", "ratio"))
    assert (found["value"], found["reason"], found["n"]) == (None, "the denominator is zero", 1)
    assert found["is_final"] is False


def test_sum_adds_up_and_leaves_out_the_unknown():
    data = Data([{"at": START, "amount": amount} for amount in (1.5, 2.5, None, -1.0)])
    one = kpi("sum", "total", unit="currency")
    assert (data.value(one)["value"], data.value(one)["n"]) == (3.0, 3)
    assert data.ids(one) == [0, 1, 3]


def test_sum_of_a_period_in_which_nothing_happened_is_zero_once_something_had():
    week = timedelta(days=7)
    data = Data([{"at": START, "amount": 2.0, "plant": "A"}, {"at": START + 2 * week, "amount": None, "plant": "B"}])
    one = kpi("sum", "total")
    periods = [((START + week * number).date(), (START + week * (number + 1)).date()) for number in (-1, 0, 1, 500)]
    found = measure.compute(data.connection, one, periods, START + 2 * week, by="plant").to_pylist()
    told = {(row["cut"], periods.index((row["period_start"], row["period_end"]))): row for row in found}
    assert [told["A", number]["value"] for number in range(4)] == [None, 2.0, 0.0, None]
    assert told["A", 3]["reason"] == "the period has not begun"
    assert [told["A", number]["is_final"] for number in range(4)] == [False, True, True, False]
    assert (told["A", 2]["n"], told["A", 2]["reason"]) == (0, None)
    assert {(row["value"], row["reason"]) for (cut, number), row in told.items() if cut == "B" and number < 3} == {
        (None, "nothing was ever recorded up to then")
    }


def stock(entered: datetime, left: datetime | None = None, **more) -> dict:
    return {"entered_at": entered, "left_at": left} | more


COUNT, AGE = kpi("stock", "count"), kpi("stock", "p85", unit="duration")


def test_stock_counts_what_is_there_at_the_end_of_the_period():
    day = timedelta(days=1)
    rows = [
        stock(START - day, START + day),  # gone within the week
        stock(START - day, START + 7 * day),  # leaves in the moment the week ends
        stock(START + 2 * day),
        stock(START + 7 * day),  # enters when the week is over
    ]
    data = Data(rows)
    week = (START.date(), START.date() + timedelta(days=7))
    found = data.value(COUNT, *week)
    assert (found["value"], found["n"], found["n_open"], found["is_final"]) == (2, 2, 2, True)
    assert data.ids(COUNT, *week) == [1, 2]


def test_stock_of_the_running_period_counts_to_as_of():
    data = Data([stock(AS_OF - timedelta(days=3)), stock(AS_OF - timedelta(days=1))], as_of=AS_OF)
    period = (AS_OF.date() - timedelta(days=5), AS_OF.date() + timedelta(days=5))
    assert data.value(AGE, *period)["value"] == 3 * 86400
    assert data.value(COUNT, *period)["is_final"] is False
    [oldest, _] = measure.rows(data, AGE, *period).to_pylist()
    assert (oldest["record_id"], oldest["age_seconds"]) == (0, 3 * 86400)


@pytest.mark.parametrize("n", [1, 2, 7, 20, 21])
def test_age_is_one_that_the_share_of_cases_does_not_exceed(n):
    ages = [60.0 * (number + 1) for number in range(n)]
    data = Data([stock(AS_OF - timedelta(seconds=age)) for age in ages])
    for name, quantile in QUANTILES.items():
        found = data.value(kpi("stock", name))["value"]
        smallest = min(age for age in ages if sum(a <= age for a in ages) >= quantile * n - 1e-9)
        assert found == smallest, name


def test_empty_stock_is_zero_only_once_something_was_ever_there():
    data = Data([stock(START, START + timedelta(days=1))])
    later, before = (date(2026, 2, 2), date(2026, 2, 9)), (date(2025, 12, 1), date(2025, 12, 8))
    assert (data.value(COUNT, *later)["value"], data.value(COUNT, *later)["reason"]) == (0, None)
    assert data.value(AGE, *later)["reason"] == "nothing was open"
    assert data.value(COUNT, *before)["value"] is None
    assert data.value(COUNT, *before)["reason"] == "nothing was ever recorded up to then"


def index(value: float | None = 90.0, weight: float = 10.0, at: datetime = START, **more) -> dict:
    """A row of a mart of indices, or one of its moves."""
    row = {
        "from_on": at.date() - timedelta(days=181),
        "at": at,
        "value": value,
        "low": value and value - 5.0,
        "high": value and value + 2.0,
        "weight": weight,
    }
    return row | {"plant_count": 4, "reason": None if value else "too few"} | more


INDEX = kpi("index", "index", unit="index")


def test_index_is_the_mean_over_plants_by_their_cases_with_its_interval():
    rows = [index(90.0, 10.0), index(80.0, 15.0, plant="B"), index(80.0, 15.0, plant="B")]  # two moves of one index
    found = Data(rows).value(INDEX)
    assert (found["value"], found["low"], found["high"], found["n"]) == (82.5, 77.5, 84.5, 40)
    assert found["plant_count"] == 4
    assert Data(rows).value(INDEX, filters={"plant": ["B"]})["value"] == 80
    assert {row["cut"]: (row["value"], row["n"]) for row in Data(rows).table(INDEX, by="plant")} == {
        "A": (90, 10),
        "B": (80, 30),
    }


def test_of_an_index_the_newest_of_each_plant_in_the_period_counts():
    later = START + timedelta(days=3)
    data = Data([index(90.0), index(70.0, at=later), index(60.0, plant="B"), index(50.0, at=later + timedelta(days=4))])
    assert data.value(INDEX, *WEEK)["value"] == 65
    assert data.ids(INDEX, *WEEK) == [1, 2]
    assert data.value(INDEX, WEEK[0], WEEK[0] + timedelta(days=3))["value"] == 75


def test_what_an_index_covers_is_said_where_it_is_not_the_period():
    day = timedelta(days=1)
    month = {"from_on": date(2025, 12, 1), "at": datetime(2025, 12, 31)}
    data = Data([index(), index(plant="B"), index(**month), index(None, plant="C", **month)])
    half_year, december = data.value(INDEX, *WEEK), data.value(INDEX, WEEK[0] - 7 * day, WEEK[0])
    assert measure.covered(half_year) == (START.date() - 181 * day, START.date() + day)
    assert measure.covered(december) == (date(2025, 12, 1), date(2026, 1, 1))
    assert december["n"] == 20 and (december["period_start"], december["period_end"]) == (WEEK[0] - 7 * day, WEEK[0])
    nothing = data.value(INDEX, WEEK[1], WEEK[1] + 7 * day)
    assert (nothing["covers_start"], nothing["covers_end"]) == (None, None)
    assert measure.covered(nothing) == (WEEK[1], WEEK[1] + 7 * day)


def test_of_all_other_measures_the_number_is_of_the_period():
    found = Data([stock(START, None)]).value(COUNT, *WEEK)
    assert (found["covers_start"], found["covers_end"], measure.covered(found)) == (None, None, WEEK)


def test_index_that_cannot_be_told_has_its_reason_and_takes_no_part_in_the_mean():
    alone = Data([index(None)]).value(INDEX)
    assert (alone["value"], alone["low"], alone["reason"], alone["n"]) == (None, None, "too few", 10)
    assert alone["is_final"] is False
    both = Data([index(None, plant="B"), index(90.0)]).value(INDEX)
    assert (both["value"], both["reason"]) == (90, None)
    none = Data([index(90.0, weight=0.0)]).value(INDEX)
    assert (none["value"], none["reason"]) == (None, "no index of this period")


EMPTY = [
    (DURATION["p50"], LIKE_DURATION),
    (COUNT, stock(START, START)),
    (AGE, stock(START, START)),
    (kpi("share", "rate"), {"at": START, "is_bad": True}),
    (kpi("ratio", "ratio"), {"at": START, "numerator": 1.0, "denominator": 1.0}),
    (kpi("sum", "total"), {"at": START, "amount": 1.0}),
    (kpi("index", "index"), index()),
]


@pytest.mark.parametrize(
    ("one", "like"), EMPTY, ids=lambda v: f"{v.measure}-{v.statistic}" if isinstance(v, Kpi) else ""
)
def test_nothing_at_all_is_one_row_without_a_value(one, like):
    data = Data([], like=like)
    data.connection.execute("truncate case_of_test")
    found = data.value(one)
    assert (found["value"], found["n"], found["n_open"], found["cut"]) == (None, 0, 0, "")
    assert (found["low"], found["high"]) == (None, None)
    assert found["reason"]
    assert found["is_final"] is False
    assert data.table(one, by="plant") == []
    assert data.ids(one) == []
    assert sum(row["n"] for row in measure.distribution(data, one, *EVER).to_pylist()) == 0


@pytest.mark.parametrize(
    ("one", "like"), EMPTY, ids=lambda v: f"{v.measure}-{v.statistic}" if isinstance(v, Kpi) else ""
)
def test_every_measure_answers_in_the_same_columns(one, like):
    found = measure.values(Data([like]), one, *EVER)
    assert found.schema.names == [
        *(
            "period_start",
            "period_end",
            "cut",
            "value",
            "value_closed",
            "low",
            "high",
            "n",
            "n_open",
            "plant_count",
            "is_final",
        ),
        *("reason", "covers_start", "covers_end", "n_unmeasured"),
    ]
    assert found.schema.field("value").type == pa.float64()


def known(**values) -> Kpi:
    return kpi("share", "rate", coverage="plan known", **values)


def test_cases_nothing_is_known_of_are_counted_beside_the_number():
    cases = [{"at": START, "is_bad": bad, "is_measured": True} for bad in (True, False, False)]
    unknown = {"at": START, "is_bad": None, "is_measured": False}
    data = Data([*cases, unknown, unknown | {"is_bad": True}, {"at": START, "is_bad": None, "is_measured": True}])
    found = data.value(known(), *WEEK)
    assert (found["value"], found["n"], found["n_unmeasured"], found["is_final"]) == (1 / 3, 3, 2, True)
    assert measure.coverage(found["n"], found["n_unmeasured"]) == 0.6
    assert data.ids(known()) == [0, 1, 2]
    assert measure.values(data, known(), *EVER, by="line")["n_unmeasured"].to_pylist() == [2]


@pytest.mark.parametrize(
    ("measured", "unmeasured", "reason"),
    [
        (2, 2, None),
        (2, 3, "plan known for only 2 of 5 cases"),
        (0, 1, "plan known for none of 1 case"),
        (0, 7, "plan known for none of 7 cases"),
        (0, 0, "no case in this period"),
    ],
)
def test_a_number_of_the_minority_is_none(measured, unmeasured, reason):
    rows = [{"at": START, "is_bad": True, "is_measured": True}] * measured
    rows += [{"at": START, "is_bad": None, "is_measured": False}] * unmeasured
    data = Data(rows, like={"at": START, "is_bad": True, "is_measured": True})
    if not rows:
        data.connection.execute("truncate case_of_test")
    found = data.value(known(), *WEEK)
    assert found["reason"] == reason
    assert (found["value"] is None) == (found["low"] is None) == (reason is not None)
    assert found["is_final"] == (reason is None)


def test_a_kpi_that_measures_every_case_has_no_coverage():
    found = Data([{"at": START, "is_bad": True}]).value(kpi("share", "rate"))
    assert found["n_unmeasured"] is None and measure.coverage(1, None) is None and measure.coverage(0, 0) is None


@pytest.mark.parametrize("given", [{"coverage": "plan known"}, {}])
def test_what_is_measured_and_the_word_for_it_go_together(given):
    row = {"at": START, "is_bad": True} | ({} if given else {"is_measured": True})
    with pytest.raises(CatalogError, match="column is_measured and the header key 'coverage'"):
        Data([row]).value(kpi("share", "rate", **given))


# Periods


def test_period_holds_its_first_moment_and_not_its_end():
    moments = [datetime(2026, 1, 4, 23, 59, 59), START, datetime(2026, 1, 11, 23, 59, 59), datetime(2026, 1, 12)]
    data = Data([span(moment, 60) for moment in moments])
    assert data.ids(DURATION["p50"], date(2026, 1, 5), date(2026, 1, 12)) == [1, 2]


def test_case_belongs_to_the_period_it_starts_in_whenever_it_ends():
    data = Data([span(START, 30 * 86400)])
    assert data.value(DURATION["p50"], date(2026, 1, 5), date(2026, 1, 12))["n"] == 1
    assert data.value(DURATION["p50"], date(2026, 2, 2), date(2026, 2, 9))["n"] == 0


def test_weeks_run_from_monday_to_the_running_one():
    assert measure.weeks(date(2026, 1, 7), datetime(2026, 1, 14, 9)) == [
        (date(2026, 1, 5), date(2026, 1, 12)),
        (date(2026, 1, 12), date(2026, 1, 19)),
    ]
    assert measure.weeks(date(2026, 1, 7), datetime(2026, 1, 12)) == measure.weeks(
        date(2026, 1, 7), datetime(2026, 1, 18, 23, 59)
    )
    assert measure.weeks(date(2026, 1, 20), datetime(2026, 1, 14)) == []


def test_week_with_the_leap_day():
    assert measure.weeks(date(2028, 2, 29), datetime(2028, 3, 1)) == [(date(2028, 2, 28), date(2028, 3, 6))]


def test_tiles_are_28_days_up_to_today_newest_first():
    tiles = measure.tiles(date(2028, 1, 1), datetime(2028, 2, 29, 10))
    assert tiles[0] == (date(2028, 2, 2), date(2028, 3, 1))
    assert all((end - start).days == 28 for start, end in tiles)
    assert all(newer[0] == older[1] for newer, older in itertools.pairwise(tiles))
    assert tiles[-1][0] <= date(2028, 1, 1) < tiles[-1][1]


def test_tiles_of_a_warehouse_that_began_today_are_one():
    assert len(measure.tiles(date(2026, 3, 2), AS_OF)) == 1
    assert len(measure.tiles(date(2026, 3, 9), AS_OF)) == 1


def test_week_by_week():
    data = Data([span(START + timedelta(days=day), 3600 * (day + 1)) for day in (0, 1, 15)])
    found = data.table(DURATION["p50"], date(2026, 1, 7), date(2026, 1, 26), every="week")
    assert [(row["period_start"], row["n"]) for row in found] == [
        (date(2026, 1, 5), 2),
        (date(2026, 1, 12), 0),
        (date(2026, 1, 19), 1),
    ]
    assert found[1]["reason"] == "no case started in this period"


def test_running_week_is_never_final():
    as_of = AS_OF + timedelta(hours=12)
    data = Data([span(AS_OF + timedelta(hours=1), 60, as_of)], as_of)
    [found] = data.table(DURATION["p50"], AS_OF.date(), AS_OF.date() + timedelta(days=1), every="week")
    assert (found["value"], found["is_final"]) == (60, False)


# Finality: what is marked final may not change when time goes on and open cases end


@pytest.mark.parametrize("clock", ["elapsed", "working"])
@pytest.mark.parametrize("seed", range(4))
def test_final_values_never_change(seed, clock):
    rng = random.Random(seed)
    cases = [
        (START + timedelta(hours=rng.randint(0, 24 * 21)), rng.choice([0, 1, 6, 24, 100, 400]) * 3600 * rng.random())
        for _ in range(rng.randint(1, 30))
    ]
    one = kpi("duration", rng.choice(list(QUANTILES)), clocks=("elapsed", "working"))
    final: dict[date, float] = {}
    became_final = 0
    for hours in range(30, 24 * 45, 97):
        as_of = START + timedelta(hours=hours)
        begun = [span(started, seconds, as_of) for started, seconds in cases if started <= as_of]
        data = Data(begun, as_of, like=LIKE_DURATION)
        if not begun:
            continue
        for row in data.table(one, START.date(), START.date() + timedelta(days=21), every="week", clock=clock):
            if row["period_start"] in final:
                assert row["value"] == pytest.approx(final[row["period_start"]])
                assert row["is_final"]
            elif row["is_final"]:
                final[row["period_start"]] = row["value"]
                became_final += 1
    assert became_final


def test_value_above_the_age_of_the_youngest_open_case_is_not_final():
    week = (START.date(), START.date() + timedelta(days=7))
    old, young = datetime(2026, 1, 5), datetime(2026, 1, 11, 12)
    as_of = datetime(2026, 1, 12)
    rows = [span(old, 6 * 3600), span(old, 2 * 86400), span(young, None, as_of)]
    assert Data(rows, as_of).value(DURATION["p50"], *week)["is_final"] is False  # 2 d, youngest 12 h
    short = [span(old, 6 * 3600), span(old, 7 * 3600), span(young, None, as_of)]
    assert Data(short, as_of).value(DURATION["p50"], *week)["is_final"] is True


@pytest.mark.parametrize(("one", "like"), EMPTY[3:], ids=lambda v: v.measure if isinstance(v, Kpi) else "")
def test_other_measures_are_final_once_the_period_is_over(one, like):
    data = Data([like])
    assert data.value(one, date(2026, 1, 5), date(2026, 1, 12))["is_final"] is True
    assert data.value(one, date(2026, 1, 5), AS_OF.date())["is_final"] is True
    assert data.value(one, date(2026, 1, 5), AS_OF.date() + timedelta(days=1))["is_final"] is False


# Cuts and filters


@pytest.fixture(scope="module")
def cut():
    lines = ["L1", "L1", "L2", None, "it's", None]
    return Data([span(START, 60.0 * (n + 1), line=line, plant="AB"[n % 2]) for n, line in enumerate(lines)])


def test_cut_shows_every_value_and_the_missing_one(cut):
    found = {row["cut"]: row["n"] for row in cut.table(DURATION["p50"], by="line")}
    assert found == {"L1": 2, "L2": 1, "(none)": 2, "it's": 1}


def test_cut_has_a_row_for_values_without_a_case_in_the_period(cut):
    found = cut.table(DURATION["p50"], date(2026, 2, 2), date(2026, 2, 9), by="line")
    assert {(row["cut"], row["n"], row["value"]) for row in found} == {
        (name, 0, None) for name in ("L1", "L2", "(none)", "it's")
    }


@pytest.mark.parametrize(
    ("filters", "ids"),
    [
        ({"line": ["L1"]}, {0, 1}),
        ({"line": ["L1", "L2"]}, {0, 1, 2}),
        ({"line": ["(none)"]}, {3, 5}),
        ({"line": ["(none)", "L2"], "plant": ["A"]}, {2}),
        ({"line": ["it's"]}, {4}),
        ({"line": ["'; drop table case_of_test; --"]}, set()),
        ({"line": []}, set()),
        ({}, {0, 1, 2, 3, 4, 5}),
    ],
)
def test_filters_choose_the_rows_behind_the_number(cut, filters, ids):
    assert set(cut.ids(DURATION["p50"], filters=filters)) == ids
    assert cut.value(DURATION["p50"], filters=filters)["n"] == len(ids)


def test_plants_of_a_number_are_counted(cut):
    assert cut.value(DURATION["p50"])["plant_count"] == 2
    assert cut.value(DURATION["p50"], filters={"plant": ["A"]})["plant_count"] == 1


@pytest.mark.parametrize("options", [{"by": "record_id"}, {"filters": {"colour": ["red"]}}])
def test_unknown_dimension_is_refused_with_those_there_are(cut, options):
    with pytest.raises(CatalogError, match=r"KPI test has no dimension '(record_id|colour)': use plant, line\."):
        cut.value(DURATION["p50"], **options)


def test_clock_the_kpi_does_not_have_is_refused(cut):
    with pytest.raises(CatalogError, match="KPI test has no working clock: use elapsed"):
        cut.value(DURATION["p50"], clock="working")


def test_working_clock_measures_working_time(cut):
    both = kpi("duration", "p50", clocks=("elapsed", "working"))
    assert cut.value(both, clock="working")["value"] == pytest.approx(cut.value(both)["value"] / 3)


def test_kpi_that_lacks_a_column_names_it(cut):
    lacking = kpi("duration", "p50", sql="select * exclude (ended_at, line) from case_of_test")
    with pytest.raises(CatalogError, match=r"test\.sql: column line, ended_at is not returned by the SELECT.*add it"):
        cut.value(lacking)


def test_kpi_that_does_not_run_names_its_file(cut):
    with pytest.raises(CatalogError, match=r"test\.sql: the SELECT does not run: .*nowhere"):
        cut.value(kpi("duration", "p50", sql="select * from nowhere"))


def test_kpi_may_end_in_a_comment(cut):
    assert cut.value(kpi("duration", "p50", sql="select * from case_of_test -- all of them"))["n"] == 6


# Rows and distribution


def test_rows_come_longest_first_and_up_to_a_limit(cut):
    assert cut.ids(DURATION["p50"]) == [5, 4, 3, 2, 1, 0]
    assert cut.ids(DURATION["p50"], limit=2) == [5, 4]


def test_rows_carry_what_the_select_returns_and_a_link(cut):
    found = measure.rows(cut, DURATION["p50"], *EVER).schema.names
    assert set(found) == {
        *("instance", "record_model", "record_id", "plant", "line", "started_at", "ended_at", "elapsed_seconds"),
        *("working_seconds", "record_url"),
    }


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("longest", [30, 90_000, 400 * 86400])
def test_distribution_sums_to_the_number_of_cases(seed, longest):
    rng = random.Random(seed)
    as_of = datetime(2028, 3, 1)
    rows = [
        span(as_of - timedelta(seconds=longest), rng.choice([None, rng.random() * longest, 0]), as_of)
        for _ in range(rng.randint(1, 80))
    ]
    bins = measure.distribution(Data(rows, as_of), DURATION["p50"], *EVER).to_pylist()
    assert sum(row["n"] for row in bins) == len(rows)
    assert sum(row["n_open"] for row in bins) == sum(row["ended_at"] is None for row in rows)
    assert bins[0]["bin_from_seconds"] == 0
    assert len(bins) <= measure.BINS + 1
    for left, right in itertools.pairwise(bins):
        assert left["bin_to_seconds"] == right["bin_from_seconds"]
    for row in bins:
        upper = row["bin_to_seconds"] if row["bin_to_seconds"] is not None else math.inf
        inside = [r for r in rows if row["bin_from_seconds"] <= r["elapsed_seconds"] < upper]
        assert row["n"] == len(inside)


def test_distribution_of_a_stock_is_of_its_ages():
    data = Data([stock(AS_OF - timedelta(minutes=m)) for m in (1, 2, 90)])
    bins = measure.distribution(data, COUNT, *EVER).to_pylist()
    assert sum(row["n"] for row in bins) == sum(row["n_open"] for row in bins) == 3


def test_other_measures_have_no_distribution():
    data = Data([{"at": START, "is_bad": True}])
    assert measure.distribution(data, kpi("share", "rate"), *EVER).to_pylist() == []


def test_periods_of_one_call_may_overlap():
    data = Data([span(START, 60), span(START + timedelta(days=10), 120), span(START + timedelta(days=20), 180)])
    month = (WEEK[0], WEEK[0] + timedelta(days=28))
    found = measure.compute(data.cursor(), DURATION["p50"], [WEEK, month], AS_OF).to_pylist()
    assert [(row["period_end"], row["n"], row["value"]) for row in found] == [(WEEK[1], 1, 60), (month[1], 3, 120)]


def test_weeks_that_have_not_begun_are_none():
    later = AS_OF.date() + timedelta(days=30)
    assert Data([span(START, 60)]).table(DURATION["p50"], later, later + timedelta(days=30), every="week") == []


def test_the_models_of_a_kpi_are_those_of_its_records(build):
    built = build(mrp_production=[order(1)])
    con, kpis = built.cursor(), catalog.load()
    asked = [kpis["release_lead_time"], kpis["open_approval_count"]]
    models = measure.record_models(con, asked, built.as_of)
    assert models == {"release_lead_time": {"mrp.production"}, "open_approval_count": set()}


def test_of_a_kpi_that_does_not_reach_back_only_whole_periods_count():
    """From noon of the 12th of January on: the week of that day lacks half a day, the one after nothing."""
    reach = (AS_OF - datetime(2026, 1, 12, 12)).total_seconds()
    weeks = measure.weeks(date(2026, 1, 5), AS_OF)
    assert measure.within(weeks, kpi("sum", "total"), AS_OF) == weeks
    assert measure.within(weeks, kpi("sum", "total", reach=reach), AS_OF)[0] == (date(2026, 1, 19), date(2026, 1, 26))
    assert measure.within(weeks, kpi("sum", "total", reach=reach + 12 * 3600), AS_OF)[0][0] == date(2026, 1, 12)


def test_what_cannot_be_measured_and_has_no_day_falls_due_on_none():
    case = {"due_at": START, "is_bad": None, "is_measured": False}
    data = Data([case, case | {"due_at": None}, case | {"is_bad": True, "is_measured": True}])
    share = kpi("share", "rate", coverage="known")
    [found] = measure.due(data.cursor(), share, "elapsed", {}, AS_OF).to_pylist()
    assert (found["due_on"], found["n_due"], found["n_missed"], found["n_unmeasured"]) == (START.date(), 1, 1, 1)


def test_a_case_that_ends_after_the_data_were_read_took_what_it_took_until_then():
    con = duckdb.connect()
    con.execute("create table dim_calendar (instance varchar, plant varchar, open_from timestamp, open_to timestamp, "
                "open_seconds_before double)")  # fmt: skip
    con.execute(CLOCK_MACRO)
    ends = {datetime(2038, 1, 20): 3600, AS_OF - timedelta(minutes=30): 1800, None: 3600, datetime(2000, 1, 1): 0}
    for name in ("with_clocks", "with_elapsed"):
        for end, seconds in ends.items():
            sql = f"""with one as (select 'i' as instance, 'p' as plant, $start::timestamp as started_at,
                    $end::timestamp as ended_at)
                select elapsed_seconds from {name}('one', 'dim_calendar', $as_of)"""
            given = {"start": AS_OF - timedelta(hours=1), "end": end, "as_of": AS_OF}
            assert con.execute(sql, given).fetchall() == [(seconds,)]


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf"), 1e300])
def test_what_is_no_number_is_in_no_sum(number):
    good = {"at": START, "numerator": 1.0, "denominator": 4.0, "amount": 3.0}
    data = Data([good, good | {"numerator": number, "amount": number}, good | {"denominator": number}])
    assert [data.value(kpi("ratio", "ratio"))[name] for name in ("value", "n")] == [0.25, 1]
    assert [data.value(kpi("sum", "total"))[name] for name in ("value", "n")] == [6, 2]
    assert data.ids(kpi("sum", "total")) == [0, 2]
