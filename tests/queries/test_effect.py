"""What became of a KPI after a change: by hand, against independent implementations, and by seeded simulation."""

from __future__ import annotations

import math
from datetime import date, datetime, time, timedelta

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import statsmodels.formula.api as smf
from scipy import stats
from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

from queries import catalog, effect
from queries.effect import Change, answer, changes, compare, differences, drifts, effects, t_quantile
from tests.queries.test_scoreboard import board

KPIS = catalog.load()
MONDAY = date(2025, 1, 6)
BEFORE, AFTER = 26, 13
KPI = "release_lead_time"


def monday(week: int) -> date:
    return MONDAY + timedelta(weeks=week)


def change(week: float = BEFORE, *plants: str, name: str = "rule", until: float | None = None) -> Change:
    """A change `week` weeks after MONDAY, or between then and `until`."""
    moments = [datetime.combine(MONDAY, time()) + timedelta(weeks=w) for w in (week, week if until is None else until)]
    return Change(name, name, *moments, frozenset(plants or ["A"]), frozenset([KPI]))


def series(values, first: int = 0, n: int = 40) -> dict:
    return {monday(first + number): (float(value), n) for number, value in enumerate(values)}


def noise(seed: int, weeks: int = BEFORE + AFTER) -> np.ndarray:
    return np.random.default_rng(seed).normal(10, 0.2, weeks)


def one(of: Change, by_plant, *others: Change, plant: str | None = "A", is_log=True):
    return answer(of, plant, by_plant, [of, *others], is_log)


def steady(*plants: str, weeks: int = BEFORE + AFTER) -> dict:
    return {plant: series(noise(number, weeks)) for number, plant in enumerate(plants)}


# The interval, against other people's arithmetic.


@pytest.mark.parametrize("freedom", [3, 4.3, 5, 8.7, 24, 120])
def test_the_t_quantile_is_scipys(freedom):
    assert t_quantile(0.975, freedom) == pytest.approx(stats.t.ppf(0.975, freedom), rel=0.002)


@pytest.mark.parametrize("seed", range(8))
def test_without_correlation_the_interval_is_welchs(seed, monkeypatch):
    monkeypatch.setattr(effect, "_correlation", lambda before, after: 0.0)
    random = np.random.default_rng(seed)
    before, after = random.normal(3, 0.4, 26), random.normal(2.8, 0.2, 9)
    low, high = CompareMeans(DescrStatsW(after), DescrStatsW(before)).tconfint_diff(usevar="unequal")
    found = compare(list(before), list(after))
    assert (found.low, found.high) == pytest.approx((low, high), rel=1e-4, abs=1e-4)
    assert found.change == pytest.approx(after.mean() - before.mean())


def test_the_effect_is_that_of_a_regression_with_plants_and_weeks():
    """Two-way fixed effects, the textbook form, with complete weeks."""
    by_plant = steady("A", "B", "C", "D")
    rows = [
        {"plant": plant, "week": str(week), "value": value, "treated": int(plant == "A" and week >= monday(BEFORE))}
        for plant, weeks in by_plant.items()
        for week, (value, _) in weeks.items()
    ]
    fitted = smf.ols("value ~ treated + C(plant) + C(week)", pd.DataFrame(rows)).fit()
    found = one(change(), by_plant)
    assert math.log1p(found.effect.change) == pytest.approx(fitted.params["treated"], abs=1e-9)
    assert found.untouched_count == 3


def test_the_drift_is_that_of_scipys_regression():
    for seed in range(40):
        weeks = [(monday(number), value) for number, value in enumerate(noise(seed, 20) + seed * 0.0008)]
        fitted = stats.linregress([day.toordinal() for day, _ in weeks], [value for _, value in weeks])
        assert drifts(weeks) == (fitted.pvalue < 0.05)


def test_weeks_that_are_alike_widen_the_interval():
    values = np.repeat([1.0, 2.0, 3.0, 1.5, 2.5, 0.5], 3)
    shuffled = np.random.default_rng(1).permutation(values)
    wide, narrow = (compare(list(side), list(side + 1)) for side in (values, shuffled))
    assert wide.change == pytest.approx(1) and narrow.change == pytest.approx(1)
    assert wide.high - wide.low > 1.5 * (narrow.high - narrow.low)


def test_a_plant_without_a_number_in_some_week_shifts_nothing():
    own = series([10.0] * 12)
    before, after = ({week: own[week] for week in list(own)[part]} for part in (slice(0, 6), slice(6, 12)))
    other, gappy = series([20.0] * 12), {week: v for week, v in series([35.0] * 12).items() if week != monday(7)}
    found = differences(before, after, [other, gappy])
    assert [value for side in found for _, value in side] == [10.0] * 12


# Durations and shares, in words that people use.


def test_a_duration_is_shorter_by_a_share_of_itself():
    by_plant = steady("A", "B", "C")
    by_plant["A"] |= {week: (value + math.log(0.7), n) for week, (value, n) in series(noise(0)[26:], 26).items()}
    found = one(change(), by_plant)
    assert found.own.change == pytest.approx(-0.3, abs=0.1)
    assert found.effect.low < -0.3 < found.effect.high < 0 and found.verdict == "below"
    assert found.value_before == pytest.approx(math.exp(10), rel=0.1)
    assert (found.weeks_before, found.weeks_after, found.n_before, found.n_after) == (26, 13, 1040, 520)


def test_a_share_moves_by_points():
    random = np.random.default_rng(4)
    by_plant = {plant: series(random.binomial(100, 0.3, 39) / 100, n=100) for plant in "ABC"}
    by_plant["A"] |= series(random.binomial(100, 0.5, 13) / 100, 26, n=100)
    found = one(change(), by_plant, is_log=False)
    assert found.effect.low < 0.2 < found.effect.high and found.verdict == "above"
    assert found.value_after == pytest.approx(0.5, abs=0.05)


def test_what_hits_every_plant_is_no_effect():
    by_plant = steady("A", "B", "C")
    for plant, weeks in by_plant.items():
        by_plant[plant] = {week: (value - (0.5 if week >= monday(26) else 0), n) for week, (value, n) in weeks.items()}
    found = one(change(), by_plant)
    assert found.own.high < 0 and found.verdict == "normal"


# Which weeks count.


def test_the_week_of_the_change_counts_on_neither_side_and_a_monday_begins_its_own():
    by_plant = steady("A", "B", "C")
    assert (change(26).first, change(26).last) == (monday(26), monday(26))
    midweek = change(26.4)
    assert (midweek.first, midweek.last) == (monday(26), monday(27))
    between = change(25.9, until=27.2)
    assert (between.first, between.last) == (monday(25), monday(28))
    assert [one(c, by_plant).weeks_after for c in (change(26), midweek, between)] == [13, 12, 11]


@pytest.mark.parametrize(
    ("week", "reason"),
    [
        (0, "too little is known: 0 of 6 weeks before it are final and have 5 cases"),
        (0.5, "too little is known: 0 of 6 weeks before it are final and have 5 cases"),
        (38.5, "too early: 0 of 6 weeks after it are final and have 5 cases"),
        (60, "too early: 0 of 6 weeks after it are final and have 5 cases"),
        (34, "too early: 5 of 6 weeks after it are final and have 5 cases"),
    ],
)
def test_at_either_end_it_is_too_early(week, reason):
    found = one(change(week), steady("A", "B", "C"))
    assert (found.reason, found.effect, found.own, found.verdict) == (reason, None, None, None)


def test_a_plant_without_cases_after_or_without_any():
    by_plant = steady("B", "C") | {"A": series(noise(0, 26))}
    assert one(change(), by_plant).reason.startswith("too early: 0 of 6 weeks after it")
    assert one(change(), by_plant | {"A": {}}).reason.startswith("too little is known: 0 of 6 weeks before it")


def test_weeks_of_nothing_but_the_same_number_tell_nothing():
    by_plant = steady("B", "C") | {"A": series([0.0] * 39)}
    assert one(change(), by_plant).reason == "its weeks do not differ at all"


def test_a_share_of_rare_cases_is_not_compared():
    random = np.random.default_rng(1)
    by_plant = {plant: series(random.binomial(40, 0.005, 39) / 40) for plant in "ABC"}
    assert one(change(), by_plant, is_log=False).reason == "too rare: fewer than 5 cases to expect on either side"


# With whom a plant is compared.


def test_one_plant_alone_has_a_before_and_after_and_no_effect():
    found = one(change(), steady("A"))
    assert (found.reason, found.effect, found.verdict) == ("there is no other plant", None, None)
    assert found.own.low < 0 < found.own.high


@pytest.mark.parametrize("plant", ["A", "B", None])
def test_when_every_plant_was_touched_there_is_a_before_and_after_and_no_effect(plant):
    by_plant = steady("A", "B") | {None: series(noise(7))}
    found = one(change(BEFORE, "A", "B"), by_plant, plant=plant)
    assert (found.reason, found.effect) == ("every plant was touched", None) and found.own is not None


def test_a_plant_that_changed_meanwhile_is_no_comparison():
    by_plant = steady("A", "B", "C")
    elsewhere, both = change(30, "B", name="other"), change(20.5, "B", "C", name="both")
    assert one(change(), by_plant, elsewhere).untouched_count == 1
    assert one(change(), by_plant, both).reason == "every other plant changed in these weeks, too"
    assert one(change(), by_plant, change(45, "B", name="later")).untouched_count == 2


def test_plants_with_too_few_weeks_are_no_comparison():
    by_plant = steady("A", "B") | {"B": series(noise(3, 30))}
    assert one(change(), by_plant).reason == "no other plant has 6 such weeks of 5 cases on either side"


def test_two_changes_of_a_plant_share_the_weeks_between_them():
    by_plant = steady("A", "B", "C")
    first, second = change(20, name="first"), change(28, name="second")
    assert (one(first, by_plant, second).weeks_after, one(second, by_plant, first).weeks_before) == (8, 8)
    near = change(23, name="near")
    assert (
        one(first, by_plant, near).reason == "“near” came too close: 3 of 6 weeks after it are final and have 5 cases"
    )
    assert one(near, by_plant, first).reason.startswith("“first” came too close: 3 of 6 weeks before it")
    for together in (change(20, name="twin"), change(19.5, until=20.5, name="around")):
        assert one(first, by_plant, together).reason == f"“{together.name}” changed in the same week"
    assert one(change(20.2), by_plant, change(20.7, name="later")).reason == "“later” changed in the same week"


def test_plants_that_drifted_apart_before_give_no_answer():
    by_plant = steady("A", "B", "C")
    by_plant["A"] = {
        week: (value + 0.03 * number, n) for number, (week, (value, n)) in enumerate(by_plant["A"].items())
    }
    found = one(change(), by_plant)
    assert found.reason == "the plants were drifting apart already before" and found.own is not None


# From the scoreboard to the table.


def marker(name: str, plant: str, **values) -> dict:
    moment = datetime.combine(monday(BEFORE), time())
    common = {"marker": name, "name": name, "after_at": moment, "changed_at": moment, "models": None, "kpis": None}
    return common | {"plant": plant} | values


def test_which_kpis_a_change_concerns():
    models = {"release_lead_time": {"mrp.production"}, "purchase_approval_turnaround": {"purchase.order"}}
    rows = [
        marker("everything", "A"),
        marker("orders", "A", models=["mrp.production"]),
        marker("orders", "B", models=["mrp.production"]),
        marker("lines", "A", models=["purchase.order.line", "res.partner"]),
        marker("mail", "A", models=["mail.mail"]),
        marker("unknown", "A", models=[]),
        marker("named", "A", models=["mail.mail"], kpis=["release_lead_time"]),
    ]
    found = {one.marker: (set(one.plants), set(one.kpis)) for one in changes(rows, models, models)}
    assert found == {
        "everything": ({"A"}, set(models)),
        "orders": ({"A", "B"}, {"release_lead_time"}),
        "lines": ({"A"}, {"purchase_approval_turnaround"}),
        "mail": ({"A"}, set()),
        "unknown": ({"A"}, set()),
        "named": ({"A"}, {"release_lead_time"}),
    }


def test_one_row_for_each_change_kpi_clock_and_plant_it_touched():
    boards = [board(np.exp(noise(n)), plant=plant) for n, plant in enumerate(("A", "B", "C", None))]
    queue = board([5.0] * 39, kpi="open_approval_count", plant="A")
    tiles = board([9e9] * 39, plant="A", period="28 days")
    given = pa.concat_tables([*boards, queue, tiles])
    everywhere = change(BEFORE, "A", "B", "C", name="everywhere")
    past = change(-1, "A", name="before the scoreboard")
    rows = effects(given, KPIS, [change(BEFORE - 8, "B", "Atlantis"), everywhere, past]).to_pylist()
    assert sorted((row["marker"], str(row["plant"])) for row in rows) == [
        ("everywhere", "A"),
        ("everywhere", "B"),
        ("everywhere", "C"),
        ("everywhere", "None"),
        ("rule", "B"),
    ]
    ruled = next(row for row in rows if row["marker"] == "rule")
    assert (ruled["weeks_before"], ruled["weeks_after"], ruled["untouched_count"]) == (18, 8, 2)
    assert ruled["effect_low"] < ruled["effect"] < ruled["effect_high"] and ruled["change"] is not None
    whole = next(row for row in rows if row["plant"] is None)
    assert (whole["reason"], whole["effect"], whole["verdict"]) == ("every plant was touched", None, None)


def test_no_scoreboard_and_no_changes_give_an_empty_table():
    assert effects(board([]), KPIS, [change()]).num_rows == 0
    assert effects(board(np.exp(noise(1)), plant="A"), KPIS, []).schema == effect.TABLE


# Rates, by simulation: four plants, two thousand times nothing or something happens in the first.

SHAPES = {  # of a week: median of so many durations with that spread of their logarithms, or share of so many cases
    "durations": (1.0, 40),
    "few durations": (1.5, 8),
    "share": (0.12, 40),
    "rare share": (0.03, 100),
}


def simulated(random, shape: str, shock: float, weeks: int) -> np.ndarray:
    """Weekly values of four plants, with a shock that hits all of them in the same week."""
    how, count = SHAPES[shape]
    common = random.normal(0, shock, weeks)
    if "share" in shape:
        rate = 1 / (1 + np.exp(-(math.log(how / (1 - how)) + common)))
        return random.binomial(count, rate, (4, weeks)) / count
    return np.median(random.lognormal(math.log(2 * 86400), how, (4, weeks, count)), axis=2) * np.exp(common)


def rates(shape: str, shock: float, step: float = 0.0, after: int = AFTER, repeats: int = 600, before: int = BEFORE):
    """(answers given, of them: with an effect claimed, with the interval over the true one)."""
    random, is_log, n = np.random.default_rng(3), "share" not in shape, SHAPES[shape][1]
    told = claimed = covered = 0
    for _ in range(repeats):
        values = simulated(random, shape, shock, before + after)
        values[0, before:] = values[0, before:] * (1 + step) if is_log else values[0, before:] + step
        scale = np.log(np.maximum(values, 1)) if is_log else values
        found = one(change(before), {p: series(scale[i], n=n) for i, p in enumerate("ABCD")}, is_log=is_log)
        if found.effect:
            told += 1
            claimed += found.verdict != "normal"
            covered += found.effect.low <= step <= found.effect.high
    return told / repeats, claimed / told, covered / told


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("shock", [0.0, 0.5], ids=["independent weeks", "a common shock"])
@pytest.mark.parametrize("after", [13, 6])
def test_where_nothing_changed_hardly_any_effect_is_claimed(shape, shock, after):
    told, claimed, covered = rates(shape, shock, after=after)
    assert told > 0.9
    assert claimed <= 0.05 + 2 * math.sqrt(0.05 * 0.95 / 600)
    assert covered >= 0.93


@pytest.mark.parametrize(("shape", "step"), [("durations", -0.3), ("few durations", -0.3), ("share", 0.1)])
def test_the_interval_holds_the_true_effect(shape, step):
    assert rates(shape, 0.5, step)[2] >= 0.93


@pytest.mark.parametrize(
    ("shape", "after", "power"), [("durations", 13, 0.95), ("durations", 6, 0.75), ("few durations", 13, 0.25)]
)
def test_how_often_a_shortening_by_30_per_cent_is_seen(shape, after, power):
    assert rates(shape, 0.5, -0.3, after=after, repeats=300)[1] >= power


def test_weeks_that_follow_each_other_alike_claim_little_more_than_they_may():
    """Correlation 0.3 from week to week: without the correction one in seven would be claimed."""
    random, claimed, told = np.random.default_rng(5), 0, 0
    for _ in range(1000):
        shocks = random.normal(0, 0.2, (4, BEFORE + AFTER + 20))
        for week in range(1, shocks.shape[1]):
            shocks[:, week] = 0.3 * shocks[:, week - 1] + math.sqrt(1 - 0.09) * shocks[:, week]
        by_plant = {plant: series(10 + shocks[number, 20:]) for number, plant in enumerate("ABCD")}
        found = one(change(), by_plant)
        told, claimed = told + bool(found.effect), claimed + (found.verdict in ("above", "below"))
    assert claimed / told <= 0.08
