"""How alike plants run a workflow: how far apart the ways their cases took are, and in what they differ.

A way is the order of activities in a case (its variant); a plant is the shares of its cases that took each way. Two
plants are as far apart as the earth movers' distance between these shares, with the edit distance of two ways over the
longer of them as the distance on the ground: Leemans, Syring and van der Aalst, Earth movers' stochastic conformance
checking (2019); Leemans, van der Aalst, Brockhoff and Polyvyanyy, Stochastic process mining: earth movers' stochastic
conformance (2021). From few cases even equal plants seem apart; how far is found by dealing all cases out anew:

    index = 100 x (1 - max(0, distance - mean distance of cases dealt out at random))

Whether two are told apart is a test of its own: what differs most of all that a case does or does not (an activity, a
repetition, an order of two), in standard errors, against the same when all cases are dealt out anew (Westfall and
Young, Resampling-based multiple testing, 1993). A step that is left out moves the distance little, and this a lot; and
it is told so fast that a chance of one in thousands shows. Its p-value is right however few the cases are; that of a
comparison which is soon seen to be nothing comes from fewer draws (Besag and Clifford, Sequential Monte Carlo p-values,
1991). Many comparisons are made at once: they are corrected together (Holm, A simple sequentially rejective multiple
test procedure, 1979), so that in at most one publish of twenty any two plants that work alike are called different,
whatever the other plants do. A false discovery rate would not promise that: where most plants differ, it lets one in
twenty of all that is told be wrong.
"""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

import numpy as np

from queries.interval import Z, newcombe

SEPARATOR = " > "  # between the activities of a variant (fct_case)
WAYS = 1000  # ways that are compared at most, the most frequent
LEAST_CASES = 20  # of either side
RELABELLINGS, RESAMPLINGS = 99, 100  # of the distance, at most
LEAST_DRAWS = 19
SIGNIFICANCE = 0.05  # chance that a publish calls any two plants different that are not
DRAWS = 40  # of a test, times the comparisons tested together; with 20 or more the least p-value can pass
ENOUGH = 50  # draws that are as far apart, after which a test need not go on
BATCH = 1000  # draws at a time
RARE = 10  # cases: what fewer have counts as if so many had it, lest a single case stand out
DIFFERENT, ALIKE = "different", "not distinguishable"
MOVES = 5
LEAST_EXPLAINED = 0.05  # of the distance; what moves it less is not worth a word
LARGE = 0.1  # of cases: an activity that differs by so much is told also where it moves the distance little
CANDIDATES = 20  # differences that are looked into, the largest
PREFERRED = 0.8  # an activity is told rather than an order of two where it explains this much of what that does
EXAMPLE = ("instance", "record_model", "record_id", "name")
NEARLY = 1e-6  # decides between ways that are as near
OCCURRENCE, REPETITION, SUCCESSION = "occurrence", "repetition", "succession"


@dataclass(frozen=True)
class Feature:
    """Something that a case does or does not: an activity, the same activity twice, or one directly after another."""

    kind: str
    activity: str
    following: str | None = None


@dataclass(frozen=True)
class Ways:
    """The ways of one workflow that are compared: texts as in fct_variant, how far each is from each other, and of each
    feature which ways have it."""

    variants: tuple[str, ...]
    distances: np.ndarray
    features: Mapping[Feature, np.ndarray]


@dataclass(frozen=True)
class Answer:
    """How far two plants are apart, over the ways that are compared (`coverage`: of their cases); the index and its
    95 % interval; `reason` says why that cannot be told. relabellings: how often cases were dealt out anew for it.
    p_value: how likely cases dealt out at random are as far apart; p_adjusted: the same with all comparisons tested
    together in mind, by which the state is told; None where nothing is tested, as in a single month."""

    n: int = 0
    n_other: int = 0
    variants: int = 0
    coverage: float | None = None
    emd: float | None = None
    emd_expected: float | None = None
    relabellings: int = 0
    value: float | None = None
    low: float | None = None
    high: float | None = None
    p_value: float | None = None
    p_adjusted: float | None = None
    state: str | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Move:
    """What one plant does in another share of its cases than the other (difference with its 95 % interval), and which
    share of the distance would be gone were it the same, beyond the moves before it. The interval is that of this one
    difference: moves are chosen for being large, so the largest are rather overstated, and not every one of many
    intervals holds."""

    feature: Feature
    rate: float
    rate_other: float
    difference: float
    low: float
    high: float
    explained: float

    def turned(self) -> Move:
        """The same as the other plant sees it."""
        return replace(
            self,
            rate=self.rate_other,
            rate_other=self.rate,
            difference=-self.difference,
            low=-self.high,
            high=-self.low,
        )

    @property
    def words(self) -> str:
        """skips "goods held" on 20 points more of the cases."""
        points = abs(self.difference) * 100
        amount = f"{points:.0f} points" if points >= 0.95 else f"{points:.1f} points"
        more = "more" if self.difference > 0 else "fewer"
        first, second = self.feature.activity, self.feature.following
        if self.feature.kind == OCCURRENCE:
            return f'{"does" if self.difference > 0 else "skips"} "{first}" on {amount} more of the cases'
        if self.feature.kind == REPETITION:
            return f'does "{first}" twice or more on {amount} {more} of the cases'
        return f'goes from "{first}" straight to "{second}" on {amount} {more} of the cases'


@dataclass(frozen=True)
class Workflow:
    """One workflow: its ways, and by plant and month (None: the last 26 weeks) how many of the closed cases took each,
    how many cases there were in all, and the newest case of each way."""

    name: str
    ways: Ways
    counts: Mapping[tuple[str, date | None], np.ndarray]
    totals: Mapping[tuple[str, date | None], int]
    examples: Mapping[tuple[str, date | None], Mapping[str, dict]]

    @property
    def plants(self) -> list[str]:
        return sorted({plant for plant, _ in self.counts})


@dataclass(frozen=True)
class Pair:
    """A plant and what it is compared with: another plant, or (None) the reference, of whose plants `other_count` are
    others. is_part: whether the plant is one of them."""

    plant: str
    other: str | None
    rest: tuple[str, ...]
    is_part: bool = False

    @property
    def other_count(self) -> int:
        return len(self.rest)


def workflows(rows: Iterable[Mapping]) -> list[Workflow]:
    """Rows of agg_variant_month by workflow."""
    by_workflow: dict[str, list[Mapping]] = defaultdict(list)
    for row in rows:
        by_workflow[row["workflow"]].append(row)
    return [_workflow(name, found) for name, found in sorted(by_workflow.items())]


def _workflow(name: str, rows: list[Mapping]) -> Workflow:
    frequency: dict[str, int] = defaultdict(int)
    for row in rows:
        frequency[row["variant"]] += row["case_count"]
    compared = ways(frequency)
    place = {variant: number for number, variant in enumerate(compared.variants)}
    counts: dict = defaultdict(lambda: np.zeros(len(place), dtype=np.int64))
    totals: dict = defaultdict(int)
    examples: dict = defaultdict(dict)
    for row in sorted(rows, key=lambda row: row["month"]):
        for month, count in ((row["month"], row["case_count"]), (None, row["recent_count"])):
            if not count:
                continue
            key = row["plant"], month
            totals[key] += count
            if row["variant"] in place:
                counts[key][place[row["variant"]]] += count
                examples[key][row["variant"]] = {column: row[column] for column in EXAMPLE}
        counts[row["plant"], None]  # a plant that closed nothing lately is one, too
    return Workflow(name, compared, counts, totals, examples)


def pairs(plants: Sequence[str], named: Sequence[str]) -> list[Pair]:
    """Each plant with each plant after it, and each with the reference: the plants `named` as such, or all."""
    found = [Pair(plant, other, (other,)) for number, plant in enumerate(plants) for other in plants[number + 1 :]]
    reference = [plant for plant in plants if plant in named] if named else plants
    for plant in plants:
        found.append(Pair(plant, None, tuple(one for one in reference if one != plant), plant in reference))
    return found


def answer(workflow: Workflow, pair: Pair, month: date | None, cost: float, tests: int = 0) -> Answer:
    """How far the two are apart in a month, or (None) over the last 26 weeks."""
    own, rest = vectors(workflow, pair, month)
    n, m = (sum(workflow.totals.get((one, month), 0) for one in plants) for plants in ((pair.plant,), pair.rest))
    seed = zlib.crc32(f"{workflow.name}/{pair.plant}/{pair.other}/{month}".encode())
    found = compare(own, rest, pair.is_part, workflow.ways, seed, cost, tests)
    coverage = float(own.sum() + rest.sum()) / (n + m) if n + m else None
    found = replace(found, n=n, n_other=n + m if pair.is_part else m, coverage=coverage)
    if not pair.rest:
        return replace(found, reason="there is no other plant to compare with")
    if found.reason and min(n, m) >= LEAST_CASES:
        return replace(found, reason=f"too few cases went one of the {WAYS} most frequent ways")
    return found


def vectors(workflow: Workflow, pair: Pair, month: date | None) -> tuple[np.ndarray, np.ndarray]:
    """The cases of the plant and those of the others by way."""
    none = np.zeros(len(workflow.ways.variants), dtype=np.int64)
    return workflow.counts.get((pair.plant, month), none), sum(
        (workflow.counts.get((plant, month), none) for plant in pair.rest), none
    )


def example(workflow: Workflow, plant: str, month: date | None, move: Move | None = None) -> dict:
    """The newest case of the way that most cases of a plant took or, of a move, that most took of those it is about."""
    counts = workflow.counts.get((plant, month))
    if counts is None or not counts.any():
        return dict.fromkeys(EXAMPLE)
    if move is not None:
        counts = np.where(workflow.ways.features[move.feature] == (move.difference > 0), counts, 0)
    return workflow.examples[plant, month][workflow.ways.variants[int(np.argmax(counts))]]


def ways(counts: Mapping[str, int], most: int = WAYS) -> Ways:
    """The most frequent ways of a workflow, from how many cases took each."""
    chosen = tuple(sorted(counts, key=lambda variant: (-counts[variant], variant))[:most])
    traces = [tuple(variant.split(SEPARATOR)) for variant in chosen]
    return Ways(chosen, edit_distances(traces), _features(traces))


def edit_distances(traces: Sequence[Sequence[str]]) -> np.ndarray:
    """Levenshtein's distance of each trace to each other, over the longer of the two: Wagner and Fischer, The
    string-to-string correction problem (1974), row by row for all traces that are not longer."""
    number = {name: code for code, name in enumerate(dict.fromkeys(step for trace in traces for step in trace))}
    lengths = np.array([len(trace) for trace in traces], dtype=np.int64)
    order = np.argsort(lengths, kind="stable")
    codes = np.full((len(traces), max(lengths, default=0)), -1, dtype=np.int32)
    for row, index in enumerate(order):
        codes[row, : lengths[index]] = [number[step] for step in traces[index]]
    found = np.zeros((len(traces), len(traces)))
    for row, index in enumerate(order):
        length = lengths[index]
        shorter, columns = codes[: row + 1, :length], np.arange(length + 1)
        steps = np.broadcast_to(columns, (row + 1, length + 1))
        for done, code in enumerate(codes[row, :length], start=1):
            changed = np.empty((row + 1, length + 1), dtype=np.int64)
            changed[:, 0] = done
            changed[:, 1:] = np.minimum(steps[:, 1:] + 1, steps[:, :-1] + (shorter != code))
            steps = np.minimum.accumulate(changed - columns, axis=1) + columns
        edits = steps[np.arange(row + 1), lengths[order[: row + 1]]] / max(length, 1)
        found[index, order[: row + 1]] = found[order[: row + 1], index] = edits
    return found


def earth_movers(shares: np.ndarray, others: np.ndarray, distances: np.ndarray) -> float:
    """The least distance over which mass must be carried to turn one distribution over ways into the other."""
    import ot  # takes a second to load, which only a publish needs

    here, there = np.flatnonzero(shares), np.flatnonzero(others)
    ground = np.ascontiguousarray(distances[np.ix_(here, there)])
    if 1 in ground.shape:
        return float(shares[here] @ ground @ others[there] / shares.sum() / others.sum())
    mass, other_mass = shares[here] / shares.sum(), others[there] / others.sum()
    found = ot.emd2(mass, other_mass, ground, numItermax=10**7, center_dual=False, check_marginals=False)
    return max(float(found), 0.0)


def compare(
    own: np.ndarray,
    rest: np.ndarray,
    is_part: bool,
    ways: Ways,
    seed: int,
    cost: float = 0.0,
    tests: int = 0,
) -> Answer:
    """Cases of a plant by way against those of another or, where `is_part`, against itself and the rest together.

    The interval is from cases drawn again (bootstrap). What cases dealt out at random are apart is right to take off
    where nothing differs and too much where plants do; the lower end therefore takes nothing off.
    cost: how many cells of distance matrices may be gone through; few draws are made where ways are many.
    tests: how many comparisons are tested together, this one among them; 0: none is tested. `judged` tells the state.
    """
    n, m = int(own.sum()), int(rest.sum())
    used = int(np.count_nonzero(own + rest))
    found = Answer(n, n + m if is_part else m, used, 1.0)
    if reason := too_few(n, m):
        return replace(found, reason=reason)
    together = own + rest

    def apart(mine: np.ndarray, others: np.ndarray) -> float:
        return earth_movers(mine, mine + others if is_part else others, ways.distances)

    def dealt() -> float:
        mine = rng.multivariate_hypergeometric(together, n, method="marginals")
        return apart(mine, together - mine)

    def drawn() -> float:
        return apart(rng.multinomial(n, own / n), rng.multinomial(m, rest / m))

    rng = np.random.default_rng(seed)
    emd = apart(own, rest)
    times = cost / (used * used + 1000) / (RELABELLINGS + RESAMPLINGS) if cost else 1.0
    counts = [max(LEAST_DRAWS, int(most * min(times, 1.0))) for most in (RELABELLINGS, RESAMPLINGS)]
    chance, again = (
        np.array([draw() for _ in range(count)]) for draw, count in zip((dealt, drawn), counts, strict=True)
    )
    expected = float(chance.mean())
    reach = Z * float(again.std(ddof=1))
    return replace(
        found,
        emd=emd,
        emd_expected=expected,
        relabellings=len(chance),
        value=_index(emd - expected),
        low=_index(emd + reach),
        high=_index(emd - expected - reach),
        p_value=chance_of(own, rest, ways, rng, DRAWS * tests - 1) if tests else None,
    )


def chance_of(own: np.ndarray, rest: np.ndarray, ways: Ways, rng: np.random.Generator, draws: int) -> float:
    """How likely cases dealt out at random differ as much in any feature as these. A plant is as far from all together
    as from the others, but for a factor."""
    present = np.flatnonzero(own + rest)
    patterns = np.array([has[present] for has in ways.features.values()], dtype=float).reshape(-1, len(present)).T
    own, together = own[present], (own + rest)[present]
    n, m = int(own.sum()), int(rest.sum())
    rate = together @ patterns / (n + m)
    spread = np.sqrt(np.maximum(rate * (1 - rate), RARE / (n + m)))

    def apart(mine: np.ndarray) -> np.ndarray:
        gaps = mine / n - (together - mine) / m
        return (np.abs(gaps @ patterns) / spread).max(axis=-1, initial=0.0)

    least, beyond = apart(own) - 1e-12, 0
    for done in range(0, draws, BATCH):
        size = min(BATCH, draws - done)
        [found] = np.nonzero(apart(rng.multivariate_hypergeometric(together, n, size, method="marginals")) >= least)
        if beyond + len(found) >= ENOUGH:
            return ENOUGH / (done + int(found[ENOUGH - beyond - 1]) + 1)
        beyond += len(found)
    return (beyond + 1) / (draws + 1)


def judged(answers: Sequence[Answer]) -> list[Answer]:
    """The answers of one publish, those that were tested with their state: Holm's correction over all of these."""
    tested = [number for number, found in enumerate(answers) if found.p_value is not None]
    told = list(answers)
    for number, p_adjusted in zip(tested, holm([answers[number].p_value for number in tested]), strict=True):
        state = DIFFERENT if p_adjusted <= SIGNIFICANCE else ALIKE
        told[number] = replace(answers[number], p_adjusted=p_adjusted, state=state)
    return told


def holm(p_values: Sequence[float]) -> list[float]:
    """For each test the least chance of telling anything wrongly at which it is told: Holm (1979)."""
    order = np.argsort(p_values, kind="stable")
    adjusted = np.empty(len(p_values))
    steps = np.asarray(p_values, dtype=float)[order] * np.arange(len(p_values), 0, -1)
    adjusted[order] = np.minimum(np.maximum.accumulate(steps), 1.0)
    return adjusted.tolist()


def _index(gap: float) -> float:
    return 100 * (1 - min(max(gap, 0.0), 1.0))


def too_few(n: int, m: int) -> str | None:
    if min(n, m) >= LEAST_CASES:
        return None
    if n == 0:
        return "no case closed in this period"
    if n < LEAST_CASES:
        return f"too few cases: {n}, {LEAST_CASES} needed"
    return f"too few cases to compare with: {m}, {LEAST_CASES} needed"


def moves(own: np.ndarray, rest: np.ndarray, is_part: bool, ways: Ways) -> list[Move]:
    """What explains most of the distance: features whose shares of cases differ (interval without 0), each time the one
    whose equal share would take most of what is left, until that is little or there are MOVES of them; then activities
    that still differ by LARGE, the largest first. A short step that is skipped moves the distance little. Where nothing
    is large, the surest difference, so that plants that are told apart are told by something."""
    shares, others = own / own.sum(), (own + rest if is_part else rest) / (rest.sum() + own.sum() * is_part)
    whole = left = earth_movers(shares, others, ways.distances)
    found, candidates = [], _differing(own, rest, is_part, ways.features)
    while candidates and len(found) < MOVES and left > 0:
        trials = [_equalled(shares, others, ways.features[one.feature], ways.distances) for one in candidates]
        taken = [left - earth_movers(trial, others, ways.distances) for trial in trials]
        chosen = int(np.argmax(taken))
        if taken[chosen] < LEAST_EXPLAINED * whole:
            break
        if candidates[chosen].feature.kind == SUCCESSION:  # an activity where it says nearly as much
            steps = [i for i, one in enumerate(candidates) if one.feature.kind != SUCCESSION]
            step = max(steps, key=lambda i: taken[i], default=chosen)
            chosen = step if taken[step] >= PREFERRED * taken[chosen] else chosen
        found.append(replace(candidates.pop(chosen), explained=taken[chosen] / whole))
        left, shares = left - taken[chosen], trials[chosen]
    surest = max(candidates, key=lambda one: abs(one.difference) / (one.high - one.low), default=None)
    for one in candidates:
        has = ways.features[one.feature]
        is_large = one.feature.kind == OCCURRENCE and abs(others[has].sum() - shares[has].sum()) >= LARGE
        if len(found) >= MOVES or not (is_large or (not found and one is surest)):
            continue
        shares = _equalled(shares, others, has, ways.distances)
        still = earth_movers(shares, others, ways.distances)
        found.append(replace(one, explained=max(0.0, left - still) / whole))
        left = min(left, still)
    return found


def _differing(own: np.ndarray, rest: np.ndarray, is_part: bool, features: Mapping[Feature, np.ndarray]) -> list[Move]:
    """Features whose shares of cases differ, the largest difference first; of those that the same cases have, one.

    A plant is a part of all: it differs from them by the share of the others among them less than from these others.
    """
    n, m = int(own.sum()), int(rest.sum())
    part = m / (n + m) if is_part else 1.0
    found, seen = [], set()
    present = (own + rest) > 0
    for feature, has in features.items():
        pattern = has[present].tobytes()
        if pattern in seen:
            continue
        seen.add(pattern)
        hits, others = int(own[has].sum()), int(rest[has].sum())
        difference, low, high = (part * end for end in rate_difference(hits, n, others, m))
        if low <= 0 <= high:
            continue
        found.append(Move(feature, hits / n, hits / n - difference, difference, low, high, 0.0))
    return sorted(found, key=lambda move: -abs(move.difference))[:CANDIDATES]


def _equalled(shares: np.ndarray, others: np.ndarray, has: np.ndarray, distances: np.ndarray) -> np.ndarray:
    """The first distribution after as many of its cases as differ from the other's share of a feature went the nearest
    way that has it (or has it not) instead, those that come off cheapest; of ways as near the other's more frequent."""
    lacking = others[has].sum() - shares[has].sum()
    goal = has if lacking > 0 else ~has
    sources, goals = np.flatnonzero(~goal & (shares > 0)), np.flatnonzero(goal)
    ground = distances[np.ix_(sources, goals)] + NEARLY * (1 - others[goals])
    left, changed = abs(lacking), shares.copy()
    for row in np.argsort(ground.min(axis=1), kind="stable"):
        moved = min(left, shares[sources[row]])
        changed[sources[row]] -= moved
        changed[goals[int(np.argmin(ground[row]))]] += moved
        left -= moved
    return changed


def rate_difference(hits: int, n: int, other_hits: int, m: int) -> tuple[float, float, float]:
    """Share less the other's, with its 95 % interval."""
    return hits / n - other_hits / m, *newcombe(hits, n, other_hits, m)


def _features(traces: Sequence[Sequence[str]]) -> dict[Feature, np.ndarray]:
    """Which traces have what; activities first, then repetitions, then orders of two."""
    found: dict[Feature, np.ndarray] = {}
    for kind, of in FEATURES.items():
        for row, trace in enumerate(traces):
            for activity, following in of(trace):
                feature = Feature(kind, activity, following)
                found.setdefault(feature, np.zeros(len(traces), dtype=bool))[row] = True
    return found


FEATURES: dict[str, Callable[[Sequence[str]], Iterable[tuple[str, str | None]]]] = {
    OCCURRENCE: lambda trace: [(step, None) for step in trace],
    REPETITION: lambda trace: [(step, None) for step in trace if trace.count(step) > 1],
    SUCCESSION: lambda trace: pairwise(trace),
}
