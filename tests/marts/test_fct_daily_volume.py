"""Days that are unlike others: few false alarms on ordinary plants, and an import, a loop or a silence is seen."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from queries import catalog

AS_OF = datetime(2026, 3, 2, 15)
SQL = catalog.marts()["fct_daily_volume"].sql
LIMIT = catalog.exceptions()["unusual_volume"].limit
TODAY = AS_OF.date()
# Of 3000 ordinary days, by how much they vary besides chance.
MOST_ALARMS = {0.0: 1, 0.1: 1, 0.3: 6}
DAYS = [TODAY - timedelta(days=n) for n in range(39 * 7, 0, -1)]


def judged(counts: dict[str, list[int]], closed=lambda day: day.weekday() > 4, timezone: str = "UTC") -> list[dict]:
    """The mart over plants with so many events on each day of DAYS, at noon."""
    con = duckdb.connect(":memory:")
    con.execute("set timezone = 'UTC'")
    plants = list(counts)
    con.register(
        "dim_plant",
        pa.table({"instance": ["x"] * len(plants), "plant": plants, "timezone": [timezone] * len(plants)}),
    )
    noons = np.array(DAYS, "datetime64[us]") + np.timedelta64(12, "h")
    happened = {plant: np.repeat(noons, found) for plant, found in counts.items()}
    size = {plant: len(moments) for plant, moments in happened.items()}
    total = sum(size.values())
    event = {
        "instance": np.full(total, "x"),
        "plant": np.repeat(list(size), list(size.values())),
        "workflow": np.full(total, "purchase"),
        "activity": np.full(total, "ordered"),
        "rank": np.full(total, 40),
        "record_model": np.full(total, "purchase.order"),
        "record_id": np.arange(total),
        "time_quality": np.full(total, "exact"),
        "event_at": np.concatenate(list(happened.values())),
    }
    con.register("fct_event", pa.table(event))
    open_from = [
        {"instance": "x", "plant": plant, "open_from": datetime.combine(day, datetime.min.time()) + timedelta(hours=8)}
        for plant in plants
        for day in DAYS
        if not closed(day)
    ]
    con.register("dim_calendar", pa.Table.from_pylist(open_from))
    found = con.sql(SQL, params={"as_of": AS_OF}).to_arrow_table().to_pylist()
    return [row | {"is_unusual": row["is_comparable"] and abs(row["score"]) > LIMIT} for row in found]


def steady(mean: float, weekend: float = 0.0) -> list[int]:
    return [round(mean) if day.weekday() < 5 else round(weekend) for day in DAYS]


def unusual(found: list[dict]) -> dict[date, int]:
    return {row["day"]: row["event_count"] for row in found if row["is_unusual"]}


def test_only_the_last_seven_whole_days_are_judged_by_those_before_them():
    found = judged({"A": steady(20)})
    assert {row["day"] for row in found} == {TODAY - timedelta(days=n) for n in range(1, 8)}
    assert {row["day_count"] for row in found} == {26}
    assert not unusual(found)


def test_an_import_is_seen_and_a_silence():
    counts = steady(30)
    friday = DAYS.index(date(2026, 2, 27))
    loud, silent = list(counts), list(counts)
    loud[friday], silent[friday] = 95, 0
    assert unusual(judged({"A": loud})) == {date(2026, 2, 27): 95}
    assert unusual(judged({"A": silent})) == {date(2026, 2, 27): 0}
    [row] = [row for row in judged({"A": loud}) if row["is_unusual"]]
    assert row["usual_count"] == pytest.approx(30) and row["usual_low"] < 30 < row["usual_high"] < 50
    assert row["day_began_at"] == datetime(2026, 2, 27)


def test_a_few_odd_days_before_do_not_hide_the_next():
    counts = steady(30)
    fridays = [n for n, day in enumerate(DAYS) if day.weekday() == 4]
    for n in (*fridays[-6:-1], fridays[-1]):
        counts[n] = 95
    assert unusual(judged({"A": counts})) == {date(2026, 2, 27): 95}


def test_a_holiday_is_no_silence_and_work_on_it_is_like_that_of_other_closed_days():
    friday = DAYS.index(date(2026, 2, 27))
    counts = steady(30)
    counts[friday] = 0
    assert not unusual(judged({"A": counts}, closed=lambda day: day.weekday() > 4 or day == date(2026, 2, 27)))


def test_a_busy_sunday_is_unusual_where_sundays_are_quiet():
    counts = steady(30)
    counts[DAYS.index(date(2026, 3, 1))] = 25
    assert unusual(judged({"A": counts})) == {date(2026, 3, 1): 25}


def test_small_numbers_are_never_unusual():
    counts = steady(0)
    counts[-3] = 9
    assert not unusual(judged({"A": counts}))


def test_a_plant_with_fewer_than_twelve_such_days_is_not_judged():
    counts = steady(30)
    counts = [0 if n < len(counts) - 75 else count for n, count in enumerate(counts)]
    counts[DAYS.index(date(2026, 2, 27))] = 300
    assert not unusual(judged({"A": counts}))


def test_days_are_those_of_the_plant():
    """Noon UTC is the evening of the same day in Tokyo, and 1 a.m. of the next day in Auckland."""
    counts = steady(30)
    counts[DAYS.index(date(2026, 2, 26))] = 200
    assert unusual(judged({"A": counts}, timezone="Asia/Tokyo")) == {date(2026, 2, 26): 200}
    shifted = judged({"A": counts}, timezone="Pacific/Auckland", closed=lambda day: False)
    assert unusual(shifted) == {date(2026, 2, 27): 200}


def ordinary(rng, mean: float, spread: float) -> list[int]:
    """A plant whose weekdays scatter as chance alone (Poisson), or with so much variation between days besides."""
    level = mean if not spread else mean * rng.gamma(1 / spread**2, spread**2, len(DAYS))
    return [int(n) if day.weekday() < 5 else 0 for n, day in zip(rng.poisson(level, len(DAYS)), DAYS, strict=True)]


@pytest.mark.parametrize("spread", [0.0, 0.1, 0.3])
def test_few_false_alarms(spread):
    rng = np.random.default_rng(7)
    plants = {f"{mean}/{n}": ordinary(rng, mean, spread) for mean in (2, 8, 30, 100) for n in range(150)}
    found = [row for row in judged(plants) if row["is_open"]]
    assert len(found) == 3000
    assert len([row for row in found if row["is_unusual"]]) <= MOST_ALARMS[spread]


@pytest.mark.parametrize(("mean", "times", "least"), [(30, 3, 0.9), (100, 3, 0.99), (10, 4, 0.8), (60, 0, 0.99)])
def test_what_is_out_of_the_ordinary_is_seen(mean, times, least):
    rng, day = np.random.default_rng(8), date(2026, 2, 25)
    plants = {str(n): ordinary(rng, mean, 0.1) for n in range(100)}
    for counts in plants.values():
        counts[DAYS.index(day)] = times * mean
    assert len([row for row in judged(plants) if row["day"] == day and row["is_unusual"]]) >= 100 * least
