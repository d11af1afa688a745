"""Signal or noise: the limits by hand, the rates of false and missed flags by seeded simulation."""

from __future__ import annotations

import math
from datetime import date, timedelta

import numpy as np
import pytest

from queries.signal import ABOVE, BELOW, LEAST_POINTS, NORMAL, Week, judge, lock

MONDAY = date(2025, 1, 6)
AFTER = 26  # weeks judged after the baseline


def weeks(values, first: int = 0) -> list[Week]:
    return [Week(MONDAY + timedelta(weeks=first + n), float(value)) for n, value in enumerate(values)]


# Mean 10, mean moving range 1.
STEADY = [9.5, 10.5] * 12


def test_the_limits_are_the_mean_and_2_66_mean_moving_ranges():
    baseline = lock(weeks(STEADY), is_log=False)
    assert baseline.limits == pytest.approx((10 - 2.66, 10, 10 + 2.66))
    assert (baseline.first, baseline.last, baseline.points) == (MONDAY, MONDAY + timedelta(weeks=23), 24)


def test_durations_are_judged_by_their_logarithm():
    baseline = lock(weeks(np.exp(STEADY)), is_log=True)
    assert baseline.limits == pytest.approx(tuple(math.exp(x) for x in (10 - 2.66, 10, 10 + 2.66)))


@pytest.mark.parametrize(
    ("later", "kinds"),
    [
        ([12.6], [NORMAL]),
        ([12.7], [ABOVE]),  # rule 1
        ([7.3], [BELOW]),
        ([11.8, 10.5, 11.8], [NORMAL, NORMAL, ABOVE]),  # 2 of 3
        ([11.8, 11.8, 11.0], [NORMAL, ABOVE, NORMAL]),  # the week itself must be one of the two
        ([11.8, 8.2, 11.7], [NORMAL, NORMAL, NORMAL]),  # one on either side, one short of two thirds
        ([11.8, 10.1, 10.1, 11.8], [NORMAL] * 4),  # three apart
    ],
)
def test_both_rules(later, kinds):
    found = judge(weeks([*STEADY, *later]), lock(weeks(STEADY), is_log=False))
    assert [verdict.kind for verdict in found] == kinds


def test_a_shift_began_where_a_step_fits_best():
    found = judge(weeks([*STEADY, 9.9, 10.2, 11.6, 13.0]), lock(weeks(STEADY), is_log=False))
    assert found[-1].kind == ABOVE and found[-1].since == MONDAY + timedelta(weeks=LEAST_POINTS + 2)
    assert [verdict.since for verdict in found[:-1]] == [None] * 3


def test_a_shift_is_not_dated_to_before_weeks_in_which_all_was_as_ever():
    """Weeks a little above the centre for a year are no part of a step that comes after them."""
    found = judge(weeks([*STEADY, 14.0, *[10.3] * 40, 14.0, 14.0]), lock(weeks(STEADY), is_log=False))
    assert [verdict.since for verdict in found if verdict.since] == [
        MONDAY + timedelta(weeks=LEAST_POINTS + number) for number in (0, 41, 41)
    ]
    lasting = judge(weeks([*STEADY, *[12.8, 11.0] * 20]), lock(weeks(STEADY), is_log=False))
    assert {verdict.since for verdict in lasting if verdict.since} == {MONDAY + timedelta(weeks=LEAST_POINTS)}


def test_where_weeks_spread_wider_than_they_follow_each_other_the_standard_deviation_sets_the_limits():
    values = [9.0] * 12 + [11.0] * 12  # moves once: mean moving range 2 / 23, standard deviation 1.02
    reach = 3 * np.std(values, ddof=1)
    assert lock(weeks(values), is_log=False).limits == pytest.approx((10 - reach, 10, 10 + reach), rel=1e-3)


def test_the_first_week_of_a_step_is_found_within_two_weeks_most_of_the_time():
    random, near = np.random.default_rng(5), 0
    for _ in range(1000):
        step = LEAST_POINTS + 20
        values = random.normal(10, 1, step + 12) + 3.0 * (np.arange(step + 12) >= step)
        series = weeks(values)
        since = [verdict.since for verdict in judge(series, lock(series, is_log=False)) if verdict.since]
        near += bool(since) and abs((since[-1] - MONDAY).days // 7 - step) <= 2
    assert near >= 850


def test_too_few_weeks_or_weeks_that_never_differ_have_no_baseline():
    assert lock(weeks(STEADY[:-1]), is_log=False) is None
    assert lock(weeks([5.0] * 24), is_log=False) is None
    assert lock(weeks([0.0] * 24), is_log=True) is None
    assert lock([], is_log=True) is None


def test_weeks_before_and_in_the_baseline_are_not_judged():
    baseline = lock(weeks(STEADY, first=4), is_log=False)
    assert judge(weeks([99.0] * 4) + weeks([*STEADY, 10.0], first=4), baseline)[0].week == MONDAY + timedelta(weeks=28)


SHARES = {"share": 0.12, "rare share": 0.03}


def medians(random, shape: str, count: int) -> np.ndarray:
    """Weekly medians of 40 cases each, skewed as durations are; of two kinds of cases, three in ten over at once and
    the others after days; their p85; or weekly shares of 200 cases."""
    if shape in SHARES:
        return random.binomial(200, SHARES[shape], count) / 200
    if shape in ("two kinds", "p85 of two kinds"):
        at_once, days = (random.lognormal(math.log(seconds), 0.5, (count, 40)) for seconds in (1100.0, 60_000.0))
        mixed = np.where(random.random((count, 40)) < 0.3, at_once, days)
        return np.quantile(mixed, 0.5 if shape == "two kinds" else 0.85, axis=1, method="inverted_cdf")
    sigma = {"skewed": 1.0, "very skewed": 1.5}[shape]
    return np.median(random.lognormal(math.log(5 * 86400), sigma, (count, 40)), axis=1)


def spread(shape: str) -> float:
    """Standard deviation of a weekly value, of its logarithm for durations, by simulation."""
    values = medians(np.random.default_rng(99), shape, 20_000)
    return float(np.std(values if shape in SHARES else np.log(values)))


@pytest.mark.parametrize("shape", ["skewed", "very skewed", "two kinds", "p85 of two kinds", "share", "rare share"])
def test_at_most_one_false_flag_in_forty_weeks(shape):
    random, flags, judged = np.random.default_rng(7), 0, 0
    for _ in range(1500):
        series = weeks(medians(random, shape, LEAST_POINTS + AFTER))
        found = judge(series, lock(series, is_log=shape not in SHARES))
        flags += sum(verdict.kind != NORMAL for verdict in found)
        judged += len(found)
    assert judged == 1500 * AFTER and 0 < flags / judged <= 0.025


@pytest.mark.parametrize("shape", ["skewed", "very skewed", "two kinds", "share"])
@pytest.mark.parametrize("side", [1, -1])
def test_a_step_of_two_standard_deviations_is_seen_within_six_weeks(shape, side):
    random, seen, step = np.random.default_rng(11), 0, 2 * side * spread(shape)
    for _ in range(1500):
        values = medians(random, shape, LEAST_POINTS + 6)
        moved = values[LEAST_POINTS:] + step if shape in SHARES else values[LEAST_POINTS:] * math.exp(step)
        series = weeks([*values[:LEAST_POINTS], *moved])
        found = judge(series, lock(series, is_log=shape not in SHARES))
        seen += any(verdict.kind == (ABOVE if side > 0 else BELOW) for verdict in found)
    assert seen / 1500 >= 0.75
