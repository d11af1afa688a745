"""Distances between ways and between plants against independent answers, and what is told apart and what is not."""

from __future__ import annotations

import itertools
import random
from functools import cache

import numpy as np
import pytest
from scipy.optimize import linprog
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from queries import harmonization, interval
from queries.harmonization import ALIKE, DIFFERENT, LEAST_CASES, OCCURRENCE, REPETITION, SUCCESSION, Feature, Pair

DRAWN = 1.5e5  # cells for a hundred draws over a few ways


def by_recursion(one: tuple, other: tuple) -> int:
    """Levenshtein's distance as it is defined."""

    @cache
    def between(i: int, j: int) -> int:
        if not i or not j:
            return i + j
        kept = between(i - 1, j - 1) + (one[i - 1] != other[j - 1])
        return min(between(i - 1, j) + 1, between(i, j - 1) + 1, kept)

    return between(len(one), len(other))


@pytest.mark.parametrize(
    ("one", "other", "distance"),
    [
        ("kitten", "sitting", 3 / 7),
        ("abc", "abc", 0),
        ("abc", "xyz", 1),
        ("abcd", "abd", 1 / 4),
        ("ab", "ba", 1),
        ("a", "aaaa", 3 / 4),
    ],
)
def test_edit_distance_by_hand(one, other, distance):
    found = harmonization.edit_distances([tuple(one), tuple(other)])
    assert found[0, 1] == found[1, 0] == pytest.approx(distance)
    assert found[0, 0] == found[1, 1] == 0


@pytest.mark.parametrize("seed", range(5))
def test_edit_distance_is_levenshteins_over_the_longer(seed):
    rng = random.Random(seed)
    traces = [tuple(rng.choices("abcd", k=rng.randint(1, 9))) for _ in range(12)]
    found = harmonization.edit_distances(traces)
    for (i, one), (j, other) in itertools.product(enumerate(traces), repeat=2):
        assert found[i, j] == pytest.approx(by_recursion(one, other) / max(len(one), len(other)))


def by_linear_program(shares, others, distances) -> float:
    """The cheapest plan of all that carry one distribution to the other."""
    rows, columns = distances.shape
    leaves = np.kron(np.eye(rows), np.ones(columns))
    arrives = np.kron(np.ones(rows), np.eye(columns))
    found = linprog(distances.ravel(), A_eq=np.vstack([leaves, arrives]), b_eq=np.concatenate([shares, others]))
    return found.fun


@pytest.mark.parametrize("seed", range(8))
def test_earth_movers_distance_is_the_least_of_all_plans(seed):
    rng = np.random.default_rng(seed)
    size = int(rng.integers(2, 7))
    traces = [tuple(rng.choice(list("abcde"), rng.integers(1, 6))) for _ in range(size)]
    distances = harmonization.edit_distances(traces)
    shares, others = rng.dirichlet(np.ones(size)), rng.dirichlet(np.ones(size))
    shares[rng.integers(size)] = 0
    shares /= shares.sum()
    found = harmonization.earth_movers(shares, others, distances)
    assert found == pytest.approx(by_linear_program(shares, others, distances), abs=1e-9)
    assert found == pytest.approx(harmonization.earth_movers(others, shares, distances.T), abs=1e-9)


def test_earth_movers_distance_by_hand():
    distances = harmonization.edit_distances([tuple("abcd"), tuple("abd"), tuple("ad")])
    # A fifth of the cases skips c: that fifth goes one step in four.
    assert harmonization.earth_movers(
        np.array([100, 0, 0]), np.array([80, 20, 0]), distances
    ) == pytest.approx(0.2 / 4)  # fmt: skip
    # The nearest go first: 0.5 of abd from abcd (1/4); 0.5 of ad from abd (1/3).
    assert harmonization.earth_movers(np.array([1, 1, 0]), np.array([0, 1, 1]), distances) == pytest.approx(
        min(0.5 / 4 + 0.5 / 3, 0.5 * 0.5)
    )
    assert harmonization.earth_movers(np.array([3, 1, 0]), np.array([300, 100, 0]), distances) == 0


@pytest.mark.parametrize(
    ("hits", "n", "other_hits", "m"), [(56, 70, 48, 80), (0, 30, 5, 40), (10, 10, 0, 20), (1, 9, 3, 9)]
)
def test_rate_difference_is_newcombes(hits, n, other_hits, m):
    difference, low, high = harmonization.rate_difference(hits, n, other_hits, m)
    expected = confint_proportions_2indep(hits, n, other_hits, m, method="newcomb", compare="diff")
    assert difference == pytest.approx(hits / n - other_hits / m)
    assert (low, high) == pytest.approx(expected)
    assert interval.wilson(hits, n) == pytest.approx(proportion_confint(hits, n, method="wilson"))


# Plants

COMMON = {"created > confirmed > inspected > started > done": 6, "created > confirmed > started > done": 0}
COMMON |= {"created > confirmed > short > inspected > started > done": 3, "created > cancelled": 1}
STEPS = harmonization.ways(dict.fromkeys(COMMON, 1))
SHARES = np.array([COMMON[variant] for variant in STEPS.variants]) / sum(COMMON.values())


def sample(n: int, seed: int, shares=SHARES) -> np.ndarray:
    return np.random.default_rng(seed).multinomial(n, shares)


def skipping(share: float) -> np.ndarray:
    """The same plant, but of its orders a share is not inspected, instead of none."""
    shares = SHARES.copy()
    skipped, inspected = (
        STEPS.variants.index(f"created > confirmed > {way}started > done") for way in ("", "inspected > ")
    )
    shares[inspected] -= share
    shares[skipped] += share
    return shares


@pytest.mark.parametrize("is_part", [False, True], ids=["against another", "against all"])
def test_a_plant_that_skips_a_step_on_a_fifth_is_told_apart_and_the_step_named(is_part):
    own, rest = sample(500, 1, skipping(0.2)), sample(500, 2)
    [found] = harmonization.judged([harmonization.compare(own, rest, is_part, STEPS, 3, tests=20)])
    assert found.state == DIFFERENT
    assert found.p_value == 1 / 800  # none of 799 draws is as far apart
    assert found.low <= found.value < 100 and found.high < 100
    told = harmonization.moves(own, rest, is_part, STEPS)
    first = told[0]
    assert (first.feature, first.rate_other > first.rate) == (Feature(OCCURRENCE, "inspected"), True)
    expected = -0.1 if is_part else -0.2  # half of all are the plant's own
    assert first.low <= expected <= first.high < 0
    assert first.difference == pytest.approx(first.rate - first.rate_other)
    assert first.words.startswith('skips "inspected" on ') and first.words.endswith(" points more of the cases")
    assert first.explained > 0.5
    assert sum(move.explained for move in told) <= 1 + 1e-9


def test_where_nothing_differs_one_comparison_alone_is_called_different_one_time_in_twenty():
    states = [
        harmonization.compare(
            sample(120, 2 * seed), sample(80, 2 * seed + 1), seed % 2 == 0, STEPS, seed, DRAWN, tests=1
        )
        for seed in range(200)
    ]
    assert sum(found.p_value <= 0.05 for found in states) <= 200 * 0.05 + 6  # a chance of 2 % to be beyond
    assert sum(found.low <= 100 <= found.high for found in states) >= 190
    assert np.mean([found.value for found in states]) > 98


PUBLISHES = 400


def publish(seed: int, shares: dict[str, np.ndarray]) -> dict[tuple[str, str | None], harmonization.Answer]:
    """The comparisons of two workflows of plants with these shares, judged together: those that plants of the same
    shares make up, by workflow and pair."""
    plants, asked = list(shares), []
    for workflow in ("production", "purchase"):
        rng = np.random.default_rng([seed, len(workflow)])
        counts = {plant: rng.multinomial(int(rng.integers(60, 240)), shares[plant]) for plant in plants}
        asked += [(workflow, pair, counts) for pair in harmonization.pairs(plants, [])]
    answers = [
        harmonization.Answer(
            p_value=harmonization.chance_of(
                counts[pair.plant],
                sum(counts[one] for one in pair.rest),
                STEPS,
                np.random.default_rng([seed, number]),
                harmonization.DRAWS * len(asked) - 1,
            )
        )
        for number, (_, pair, counts) in enumerate(asked)
    ]
    return {
        (workflow, pair.plant, pair.other): found
        for (workflow, pair, _), found in zip(asked, harmonization.judged(answers), strict=True)
        if len({shares[one].tobytes() for one in (pair.plant, *pair.rest)}) == 1
    }


@pytest.mark.parametrize(
    ("shares", "compared"),
    [
        (dict.fromkeys("ABCD", SHARES), 20),
        (dict.fromkeys("ABC", SHARES) | {"D": skipping(0.4)}, 6),
    ],
    ids=["all plants work alike", "one plant works otherwise"],
)
def test_plants_that_work_alike_are_called_different_in_at_most_one_publish_of_twenty(shares, compared):
    """Whatever the others do; without the correction it would be far more."""
    found = [publish(seed, shares) for seed in range(PUBLISHES)]
    assert {len(one) for one in found} == {compared}
    told = sum(any(answer.state == DIFFERENT for answer in one.values()) for one in found)
    uncorrected = sum(any(answer.p_value <= 0.05 for answer in one.values()) for one in found)
    assert told <= 0.05 * PUBLISHES
    assert uncorrected > 0.15 * PUBLISHES


def test_a_plant_that_skips_a_step_on_a_fifth_is_still_told_apart_among_twenty_comparisons():
    shares = dict.fromkeys("ABC", SHARES) | {"D": skipping(0.2)}
    missed = 0
    for seed in range(100):
        rng = np.random.default_rng(seed)
        counts = {plant: rng.multinomial(250, one) for plant, one in shares.items()}
        found = [
            harmonization.Answer(p_value=harmonization.chance_of(counts[one], counts[other], STEPS, rng, 20 * 40 - 1))
            for one, other in itertools.combinations("ABCD", 2)
        ] + [harmonization.Answer(p_value=1.0)] * 14
        told = harmonization.judged(found)
        missed += sum(told[number].state == ALIKE for number in (2, 4, 5))
    assert missed <= 0.05 * 300


@pytest.mark.parametrize("seed", range(4))
def test_correction_is_holms(seed):
    p_values = np.random.default_rng(seed).beta(0.3, 2, size=seed * 7 + 1).round(3).tolist()
    assert harmonization.holm(p_values) == pytest.approx(multipletests(p_values, method="holm")[1])
    assert harmonization.holm([]) == []


def test_what_is_not_tested_has_no_state_and_counts_for_no_correction():
    tested, month = harmonization.Answer(p_value=0.03), harmonization.Answer(value=70.0)
    assert harmonization.judged([month, tested, month]) == [
        month,
        harmonization.Answer(p_value=0.03, p_adjusted=0.03, state=DIFFERENT),
        month,
    ]


def by_all_ways_to_deal(own: np.ndarray, rest: np.ndarray, ways: harmonization.Ways) -> float:
    """The share of all ways to deal the cases out in which the two are at least as far apart."""
    cases = np.repeat(np.arange(len(own)), own + rest)
    n, m = own.sum(), rest.sum()

    def apart(mine: np.ndarray) -> float:
        """The largest difference of two shares of cases, over what it would be for cases that are dealt out."""
        found = []
        for has in ways.features.values():
            rate = (own + rest)[has].sum() / (n + m)
            spread = max(rate * (1 - rate), harmonization.RARE / (n + m)) ** 0.5
            found.append(abs(mine[has].sum() / n - (own + rest - mine)[has].sum() / m) / spread)
        return max(found)

    found = [
        apart(np.bincount(cases[list(chosen)], minlength=len(own)))
        for chosen in itertools.combinations(range(n + m), n)
    ]
    return float(np.mean(np.array(found) >= apart(own) - 1e-12))


@pytest.mark.parametrize(
    ("own", "rest"), [([4, 1, 1, 0], [0, 3, 2, 2]), ([2, 1, 2, 1], [3, 2, 1, 1]), ([6, 0, 0, 0], [1, 3, 2, 1])]
)
def test_the_chance_is_that_of_all_ways_to_deal_cases_out(own, rest):
    own, rest = np.array(own), np.array(rest)
    exact = by_all_ways_to_deal(own, rest, STEPS)
    found = [harmonization.chance_of(own, rest, STEPS, np.random.default_rng(seed), 20_000) for seed in range(20)]
    assert np.mean(found) == pytest.approx(exact, rel=0.1)


@pytest.mark.parametrize("n", [100, 400])
def test_the_interval_contains_the_index_of_the_plants_themselves(n):
    truth = 100 * (1 - harmonization.earth_movers(skipping(0.3), SHARES, STEPS.distances))
    found = [
        harmonization.compare(sample(n, seed, skipping(0.3)), sample(n, 500 + seed), False, STEPS, seed, DRAWN)
        for seed in range(60)
    ]
    assert sum(one.low <= truth <= one.high for one in found) >= 57
    assert all(one.low <= one.value <= one.high for one in found)


def test_the_same_question_has_the_same_answer():
    asked = sample(100, 1), sample(90, 2), False, STEPS
    assert harmonization.compare(*asked, 7) == harmonization.compare(*asked, 7)


def test_against_all_together_cases_are_dealt_out_of_all():
    """A plant that is nearly all there is cannot be far from all together."""
    own, rest = sample(900, 1), sample(60, 2)
    apart, part = (harmonization.compare(own, rest, is_part, STEPS, 1, DRAWN) for is_part in (False, True))
    assert (apart.n_other, part.n_other) == (60, 960)
    assert part.emd < apart.emd and part.emd_expected < apart.emd_expected


@pytest.mark.parametrize(
    ("n", "m", "reason"),
    [
        (0, 100, "no case closed in this period"),
        (1, 100, f"too few cases: 1, {LEAST_CASES} needed"),
        (100, 0, f"too few cases to compare with: 0, {LEAST_CASES} needed"),
        (LEAST_CASES, LEAST_CASES, None),
    ],
)
def test_few_cases_have_no_index_but_a_reason(n, m, reason):
    found = harmonization.compare(sample(n, 1), sample(m, 2), False, STEPS, 1, DRAWN, tests=1)
    assert found.reason == reason and (found.value is None) == (reason is not None)
    assert (found.emd is None) == (reason is not None)
    assert (found.p_value is None) == (reason is not None)


def test_one_way_alone_is_the_same_everywhere():
    only = harmonization.ways({"created > done": 5})
    [found] = harmonization.judged(
        [harmonization.compare(np.array([30]), np.array([40]), False, only, 1, DRAWN, tests=1)]
    )
    assert (found.emd, found.value, found.low, found.high, found.state) == (0, 100, 100, 100, ALIKE)
    assert harmonization.moves(np.array([30]), np.array([40]), False, only) == []


def test_nothing_in_common():
    both = harmonization.ways({"a > b": 2, "c > d": 1})
    own, rest = np.array([40, 0]), np.array([0, 40])
    [found] = harmonization.judged([harmonization.compare(own, rest, False, both, 1, DRAWN, tests=1)])
    assert (found.emd, found.state) == (1, DIFFERENT)
    assert found.low == 0
    [move] = harmonization.moves(own, rest, False, both)
    assert (move.explained, move.difference, move.words) == (1, 1, 'does "a" on 100 points more of the cases')


def test_a_repeated_step_is_a_move_of_its_own():
    both = harmonization.ways({"created > approved > done": 2, "created > approved > approved > done": 1})
    own, rest = np.array([355, 145]), np.array([400, 100])
    [move] = harmonization.moves(own, rest, False, both)
    assert move.feature == Feature(REPETITION, "approved")
    assert move.words == 'does "approved" twice or more on 9 points more of the cases'
    turned = move.turned()
    assert (turned.low, turned.high, turned.difference) == (-move.high, -move.low, -move.difference)
    assert turned.words == 'does "approved" twice or more on 9 points fewer of the cases'


def test_another_order_is_a_move_where_no_step_is_left_out():
    both = harmonization.ways({"a > b > c": 2, "a > c > b": 1})
    move = harmonization.moves(np.array([300, 200]), np.array([400, 100]), False, both)[0]
    assert (move.feature.kind, move.explained) == (SUCCESSION, pytest.approx(1))
    assert move.words == 'goes from "a" straight to "b" on 20 points fewer of the cases'


def test_where_nothing_is_large_the_surest_difference_is_told():
    """A rework in few cases, one step of many, moves the distance by less than one in twenty of the noise elsewhere."""
    steps = " > ".join(f"step {number}" for number in range(24))
    ways = {steps: 0, f"{steps} > rework": 0, "p > q > r > s > t > u": 0, "v > w > x > y > z > e": 0}
    both = harmonization.ways(ways)
    own, rest = (
        np.array([dict(zip(ways, counts, strict=True))[variant] for variant in both.variants])
        for counts in ((1000, 30, 500, 470), (1030, 0, 470, 500))
    )
    [move] = harmonization.moves(own, rest, False, both)
    assert move.words == 'does "rework" on 2 points more of the cases' and move.low > 0
    assert 0 < move.explained < harmonization.LEAST_EXPLAINED
    [told] = harmonization.judged([harmonization.compare(own, rest, False, both, 1, DRAWN, tests=20)])
    assert told.state == DIFFERENT and told.value > 97


def test_a_difference_whose_interval_holds_nothing_at_all_is_no_move():
    assert harmonization.moves(np.array([20, 0, 10, 0]), np.array([18, 0, 12, 0]), False, STEPS) == []


def test_pairs_are_each_two_once_and_each_with_the_reference():
    found = harmonization.pairs(["A", "B", "C"], [])
    assert [(one.plant, one.other) for one in found if one.other] == [("A", "B"), ("A", "C"), ("B", "C")]
    assert next(one for one in found if one.other is None) == Pair("A", None, ("B", "C"), True)
    named = [one for one in harmonization.pairs(["A", "B", "C"], ["C", "gone"]) if one.other is None]
    assert named == [Pair("A", None, ("C",)), Pair("B", None, ("C",)), Pair("C", None, (), True)]


def test_the_most_frequent_ways_are_compared():
    assert harmonization.ways({"a": 1, "b": 3, "c": 2}, most=2).variants == ("b", "c")
