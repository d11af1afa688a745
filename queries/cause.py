"""What slow or bad cases have in common: which values of which attributes are over-represented among them.

Of a duration a case is slow when it took longer than the limit of the KPI's service level in its plant or, without one,
than the 85th percentile of all cases, open ones included. Cases so young that they could not be slow yet are left out,
whether they have ended or not: of them only the fast ones would be known. Of a share a case is bad as the KPI says.

For each value: its lift, the share of slow cases among those with it over that among all (Brin, Motwani and
Silverstein, Beyond market baskets, 1997). Its interval comes from the ratio of the rates with and without the value,
whose logarithm is nearly normal (Katz et al., Obtaining confidence intervals for the risk ratio in cohort studies,
1978), carried over to the lift at the given share of cases with it. Whether it is over-represented is Fisher's exact
test, one-sided (Fisher 1935), at a false discovery rate of 5 % over all values looked at (Benjamini and Hochberg,
Controlling the false discovery rate, 1995; it holds too for values that go together, Benjamini and Yekutieli 2001). The
excess is how many cases would not have been slow at the rate of the others: by it causes are ranked, because a rare
value with a large lift explains little. Its interval is that of a difference of two shares (Newcombe 1998, method 10).

A value that fewer than LEAST_CASES have, or lack, is not looked at; with fewer than LEAST_SLOW slow cases or a lift
below LEAST_LIFT it is no cause. Of values that hold for nearly the same cases (a product and the only plant that
makes it) the one with the largest lift names the others. What goes together is not proof of a cause.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from queries import measure, readable, warehouse
from queries.catalog import CatalogError, Kpi
from queries.interval import Z, newcombe

DAYS = 182
LEAST_CASES, LEAST_SLOW = 20, 5
LEAST_OF_ALL = 50  # cases of the KPI
LEAST_LIFT = 1.1  # what nearly all cases have is told by little else
RATE = 0.05  # false discoveries among what is called a cause
SLOW_QUANTILE = 0.85
SAME = 0.9  # share of common cases (Jaccard) from which on two values say the same
MOST_VALUES = 200  # of one attribute, the most frequent
SIZES = 4  # bands of the size of orders, by quarters
BEFORE = timedelta(days=364)  # how long before the period an order may have been created


@dataclass(frozen=True)
class Value:
    """One value of an attribute, and how slow cases with it are beside the others.

    excess: slow cases with it beyond what the rate of the others would give. q_value: the false discovery rate at which
    it is a cause. same_as: the cause before it that holds for nearly the same cases.
    """

    attribute: str
    value: str
    n_with: int
    slow_with: int
    n_without: int
    slow_without: int
    lift: float
    lift_low: float
    lift_high: float
    excess: float
    excess_low: float
    excess_high: float
    p_value: float
    q_value: float = 1.0
    is_cause: bool = False
    same_as: str | None = None

    @property
    def rate(self) -> float:
        return self.slow_with / self.n_with


@dataclass(frozen=True)
class Found:
    """What was looked at; `reason` says why there is nothing to tell."""

    start: date
    last: date
    word: str
    meaning: str
    n: int
    n_slow: int
    values: Sequence[Value] = ()
    reason: str | None = None
    cases: pd.DataFrame | None = field(default=None, repr=False)

    @property
    def is_mixed(self) -> bool:
        """Whether cases of several plants were compared: one that is slow brings its products and people with it."""
        return bool(self.values) and self.cases["plant"].nunique() > 1

    @property
    def causes(self) -> list[Value]:
        return [one for one in self.values if one.is_cause]

    @cached_property
    def attributes(self) -> list[str]:
        return [name.removeprefix(_PREFIX) for name in self.cases if name.startswith(_PREFIX)]

    def rows(self, attribute: str, value: str) -> list[dict]:
        """The slow or bad cases with that value, the longest first: the evidence."""
        chosen = self.cases[self.cases["is_slow"] & (self.cases[_PREFIX + attribute] == value)]
        shown = [name for name in chosen if not name.startswith(_PREFIX) and name not in ("is_slow", "is_known")]
        found = chosen[shown].astype(object)
        return found.where(found.notna(), None).to_dict("records")


_PREFIX = "attribute "


def find(
    opened: warehouse.Warehouse, kpi: Kpi, start: date, end: date, *, plant: str | None = None, clock: str = "elapsed"
) -> Found:
    """The values over-represented among the slow or bad cases of [start, end); CatalogError where a KPI has none."""
    if kpi.measure not in ("duration", "share"):
        what = readable.a(kpi.measure)
        raise CatalogError(f"KPI {kpi.name} is {what}: only durations and shares have slow or bad cases.")
    filters = {"plant": [plant]} if plant else None
    table = measure.rows(opened, kpi, start, end, filters=filters, clock=clock)
    cases = table.to_pandas(date_as_object=False)
    zones = {row["plant"]: row["timezone"] for row in warehouse.read(opened, "plant").to_pylist()}
    levels = {
        row["plant"]: row
        for row in warehouse.read(opened, "service_level").to_pylist()
        if row["kpi"] == kpi.name and row["clock"] == clock
    }
    word, meaning = judge(cases, kpi, clock, levels, opened.moment(kpi.sql))
    describe(cases, kpi, zones, _orders(opened, start, end))
    cases = cases[cases["is_known"]]
    n, n_slow = len(cases), int(cases["is_slow"].sum())
    said = {"start": start, "last": end - timedelta(days=1), "word": word, "meaning": meaning, "n": n, "n_slow": n_slow}
    if n < LEAST_OF_ALL:
        return Found(**said, reason=f"only {n} of {LEAST_OF_ALL} cases in this period", cases=cases)
    if n_slow < LEAST_SLOW or n - n_slow < LEAST_SLOW:
        some = f"only {n_slow} of {n} cases {'is' if n_slow == 1 else 'are'} {word}"
        few = some if n_slow < LEAST_SLOW else f"nearly all cases are {word}"
        return Found(**said, reason=f"{few}: {LEAST_SLOW} on either side are needed", cases=cases)
    return Found(**said, values=ranked(cases), cases=cases)


def _orders(opened: warehouse.Warehouse, start: date, end: date) -> pd.DataFrame:
    """Size and responsible of the orders that cases of the period may be about."""
    span = {"since_at": datetime.combine(start, time()) - BEFORE, "until_at": datetime.combine(end, time())}
    return warehouse.read(opened, "order_size", **span).to_pandas()


def judge(cases: pd.DataFrame, kpi: Kpi, clock: str, levels: Mapping, as_of) -> tuple[str, str]:
    """Adds is_slow and is_known to the cases; the word for such a case, and what it means."""
    if kpi.measure == "share":
        bad = cases["is_bad"] if "is_bad" in cases else ~cases["is_good"].astype(bool)
        cases["is_slow"], cases["is_known"] = bad.astype(bool), True
        return "bad", "as the KPI counts" if "is_bad" in cases else "not good, as the KPI counts"
    seconds, is_open = cases[f"{clock}_seconds"].astype(float), cases["ended_at"].isna()
    general = levels.get("") or levels.get(None)
    if general and general["limit_seconds"]:
        limit = cases["plant"].map({name: row["limit_seconds"] for name, row in levels.items() if name})
        limit = limit.astype(float).fillna(general["limit_seconds"])
        meaning = f"longer than the service level allows ({_length(general['limit_seconds'], clock)})"
        if limit.nunique() > 1:
            meaning = "longer than the service level of the plant allows"
    else:
        # An open case has not ended yet: it is longer than whatever it has reached.
        ordered = np.sort(seconds.where(~is_open, np.inf).dropna())
        at = ordered[math.ceil(SLOW_QUANTILE * len(ordered)) - 1] if len(ordered) else math.nan
        if math.isinf(at):
            at = np.quantile(seconds.dropna(), SLOW_QUANTILE)
        limit = pd.Series(at, index=cases.index)
        meaning = f"longer than 85 % of all cases ({_length(at, clock)})"
    cases["is_slow"] = seconds > limit
    if clock == "elapsed":
        since = pd.Timestamp(as_of) - pd.to_timedelta(limit, unit="s")
    else:  # what began before the first that is still open and not slow could be slow by now
        young = cases[is_open & ~cases["is_slow"]].groupby("plant")["started_at"].min().to_dict()
        since = pd.Series([young.get(plant, as_of) for plant in cases["plant"]], cases.index, "datetime64[us]")
    cases["is_known"] = seconds.notna() & (cases["started_at"] < since)
    return "slow", meaning


def _length(seconds: float, clock: str) -> str:
    return f"{readable.working_time(seconds)} of working time" if clock == "working" else readable.duration(seconds)


def describe(cases: pd.DataFrame, kpi: Kpi, zones: Mapping[str, str], orders: pd.DataFrame) -> None:
    """Adds what each case may be told by: the KPI's dimensions, size and responsible of the order, and when it began in
    the time of its plant."""
    key = ["instance", "record_model", "record_id"]
    of_order = cases[key].merge(orders.drop_duplicates(key), how="left", on=key).set_index(cases.index)
    for name in kpi.dimensions:
        cases[_PREFIX + name] = _texts(cases[name])
    if _PREFIX + "responsible" not in cases:
        cases[_PREFIX + "responsible"] = _texts(of_order["responsible"])
    at = next(name for name in ("started_at", "due_at", "at") if name in cases)
    zone = {plant: ZoneInfo(name) for plant, name in zones.items()}
    local = [
        moment.replace(tzinfo=UTC).astimezone(zone.get(plant, UTC))
        for moment, plant in zip(cases[at].dt.to_pydatetime() if len(cases) else [], cases["plant"], strict=True)
    ]
    for name, told in (("weekday", "%A"), ("hour", "%H:00"), ("month", "%Y-%m")):
        cases[_PREFIX + name] = pd.Series([moment.strftime(told) for moment in local], cases.index, object)
    if of_order["size"].nunique() > SIZES and of_order["size_of"].nunique() == 1:
        cases[_PREFIX + "size"] = _bands(of_order["size"].astype(float), of_order["size_of"].dropna().iloc[0])


def _texts(values: pd.Series) -> pd.Series:
    return pd.Series([measure.NONE if pd.isna(value) else str(value) for value in values], values.index, object)


def _bands(amount: pd.Series, name: str) -> pd.Series:
    """Quarters of the cases by size: "quantity up to 20", ..., "quantity over 80"."""
    ends = sorted({float(amount.quantile(part / SIZES)) for part in range(1, SIZES)})
    words = [f"{name} up to {ends[0]:g}", *(f"{name} up to {end:g}" for end in ends[1:]), f"{name} over {ends[-1]:g}"]
    band = pd.Series(np.searchsorted(ends, amount, side="left"), index=amount.index)
    return band.map(dict(enumerate(words))).where(amount.notna(), measure.NONE)


def ranked(cases: pd.DataFrame) -> list[Value]:
    """Every value that is frequent enough, causes first, by how many cases they explain."""
    slow, total = cases["is_slow"].to_numpy(), len(cases)
    looked, holds = [], {}
    for column in (name for name in cases if name.startswith(_PREFIX)):
        values = cases[column].to_numpy()
        counts = pd.Series(values).value_counts()
        for value in sorted(counts[counts >= LEAST_CASES].index[:MOST_VALUES]):
            has = values == value
            if total - has.sum() >= LEAST_CASES:
                one = compared(column.removeprefix(_PREFIX), value, slow, has)
                looked.append(one)
                holds[one.attribute, one.value] = has
    sure = adjusted([one.p_value for one in looked])
    looked = [
        replace(one, q_value=q, is_cause=q <= RATE and one.slow_with >= LEAST_SLOW and one.lift >= LEAST_LIFT)
        for one, q in zip(looked, sure, strict=True)
    ]
    looked.sort(key=lambda one: (not one.is_cause, -one.excess, one.attribute, one.value))
    return _grouped(looked, holds)


def _grouped(values: list[Value], holds: Mapping[tuple[str, str], np.ndarray]) -> list[Value]:
    """Causes that hold for nearly the same cases follow each other, the one with the largest lift first."""
    groups: list[list[Value]] = []
    for one in (one for one in values if one.is_cause):
        has = holds[one.attribute, one.value]
        own = next((group for group in groups if _same(has, holds[group[0].attribute, group[0].value])), None)
        if own is None:
            groups.append([one])
        else:
            own.append(one)
    found = []
    for group in groups:
        first, *others = sorted(group, key=lambda one: -one.lift)
        found += [first, *(replace(one, same_as=f"{first.attribute}={first.value}") for one in others)]
    return [*found, *(one for one in values if not one.is_cause)]


def _same(one: np.ndarray, other: np.ndarray) -> bool:
    return (one & other).sum() >= SAME * (one | other).sum()


def compared(attribute: str, value: str, slow: np.ndarray, has: np.ndarray) -> Value:
    """How slow the cases with a value are beside those without."""
    n1, n0 = int(has.sum()), int((~has).sum())
    a, c = int((slow & has).sum()), int((slow & ~has).sum())
    low, high = lift_interval(a, n1, c, n0)
    difference_low, difference_high = newcombe(a, n1, c, n0)
    return Value(
        attribute=attribute,
        value=value,
        n_with=n1,
        slow_with=a,
        n_without=n0,
        slow_without=c,
        lift=(a / n1) / ((a + c) / (n1 + n0)),
        lift_low=low,
        lift_high=high,
        excess=a - c / n0 * n1,
        excess_low=n1 * difference_low,
        excess_high=n1 * difference_high,
        p_value=exact(a, n1, c, n0),
    )


def exact(a: int, n1: int, c: int, n0: int) -> float:
    """Fisher's exact test, one-sided: how likely so many slow cases or more with the value are by chance."""
    from scipy.stats import hypergeom

    return float(hypergeom.sf(a - 1, n1 + n0, a + c, n1))


def risk_ratio_interval(a: int, n1: int, c: int, n0: int) -> tuple[float, float]:
    """Katz' interval of the ratio of two rates; where one has no slow case, half a case is added to both."""
    if 0 in (a, c):
        a, c, n1, n0 = a + 0.5, c + 0.5, n1 + 0.5, n0 + 0.5
    reach = Z * math.sqrt(max(1 / a - 1 / n1 + 1 / c - 1 / n0, 0))
    ratio = (a / n1) / (c / n0)
    return ratio * math.exp(-reach), ratio * math.exp(reach)


def lift_interval(a: int, n1: int, c: int, n0: int) -> tuple[float, float]:
    """The lift is ratio / (1 + share (ratio - 1)) with `share` the share of cases that have the value."""
    share = n1 / (n1 + n0)
    low, high = (ratio / (1 + share * (ratio - 1)) for ratio in risk_ratio_interval(a, n1, c, n0))
    return low, high


def adjusted(p_values: Sequence[float]) -> list[float]:
    """Benjamini and Hochberg: for each test the lowest false discovery rate at which it is told."""
    count = len(p_values)
    order = np.argsort(p_values)
    found, least = [0.0] * count, 1.0
    for rank in range(count, 0, -1):
        place = int(order[rank - 1])
        least = min(least, p_values[place] * count / rank)
        found[place] = least
    return found


def columns(one: Value) -> dict:
    """A value as a row."""
    return {"attribute": one.attribute, "value": one.value, "is_cause": one.is_cause, "rate": one.rate} | {
        name: value for name, value in asdict(one).items() if name not in ("attribute", "value", "is_cause")
    }
