"""Budgets in cases: by hand, against an account kept day by day in another way, and at the edges."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from queries import budget, catalog, measure
from queries.budget import Day, ServiceLevel
from queries.config import ConfigError, Objective
from queries.decision import Correction
from tests.queries.test_measure import AS_OF, Data, kpi, span

RELEASE = catalog.load()["release_lead_time"]
LEVEL = ServiceLevel("release_lead_time", "", 0.9, 86400.0, "elapsed")
NOON = datetime(2026, 3, 16, 12)  # 15 whole days and a half of March's 31


def days(first: date, *missed: int, n_due: int = 10, plant: str = "A") -> list[Day]:
    """A day for each number of misses, from `first` on."""
    return [Day(plant, first + timedelta(days=number), n_due, one) for number, one in enumerate(missed)]


def correction(first: str, last: str, **values) -> Correction:
    values = {"kpi": None, "plant": None} | values
    return Correction(
        id=1, decided_at=AS_OF, who="Ann", cause="shutdown", why="closed", from_on=date.fromisoformat(first),
        until_on=date.fromisoformat(last), **values,
    )  # fmt: skip


def of(days, corrections=(), as_of=NOON, levels=(LEVEL,), plant: str | None = "A", month: int = 3) -> budget.Budget:
    [found] = [
        one
        for one in budget.budgets(levels, days, corrections, as_of)
        if one.plant == plant and one.start.month == month and one.start.year == as_of.year
    ]
    return found


def test_a_running_month_by_hand():
    """Ten a day fell due, every day: 155 so far and 155 to come make 310, of which a tenth may be missed."""
    past = days(date(2026, 1, 19), *[0] * 41)  # the eight weeks before
    march = [*days(date(2026, 3, 1), *([1] * 15)), Day("A", date(2026, 3, 16), 5, 1)]
    found = of(past + march)
    assert (found.n_due, found.n_missed, found.start, found.end) == (155, 16, date(2026, 3, 1), date(2026, 4, 1))
    assert found.n_expected == pytest.approx(310) and found.n_allowed == 31
    assert found.pace == pytest.approx(16 / 15.5)
    # 15 left at 1.032 a day take 14.5 days from noon of the 16th
    assert found.gone_on == date(2026, 3, 31)
    assert budget.state(found) == "gone by Tue 31 Mar at this pace"
    assert budget.state(replace(found, gone_on=None)) == "lasts at this pace"


def test_a_budget_that_is_used_up_says_since_when():
    found = of(days(date(2026, 3, 1), *[10] * 15))
    assert found.is_over and found.is_used_up
    assert found.n_allowed == 30  # 150, and 155 to come
    assert found.gone_on == date(2026, 3, 3)
    assert budget.state(found) == "used up since 3 Mar"


def test_the_last_allowed_miss_uses_a_budget_up_and_does_not_exceed_it():
    found = of(days(date(2026, 3, 1), 30, *[0] * 14, n_due=30), as_of=datetime(2026, 4, 2), month=3)
    assert (found.n_due, found.n_allowed, found.n_missed) == (450, 45, 30)
    exact = of(days(date(2026, 3, 1), 20, 25, n_due=225), as_of=datetime(2026, 4, 2), month=3)
    assert (exact.n_allowed, exact.n_missed, exact.is_used_up, exact.is_over) == (45, 45, True, False)
    assert (exact.gone_on, budget.state(exact)) == (None, "kept")
    over = of(days(date(2026, 3, 1), 20, 26, n_due=225), as_of=datetime(2026, 4, 2), month=3)
    assert (over.gone_on, budget.state(over)) == (date(2026, 3, 2), "over since 2 Mar")


def test_a_month_that_has_ended_is_what_it_was_and_needs_no_estimate():
    found = of(days(date(2026, 2, 1), *[0] * 28) + days(date(2026, 3, 1), 1), month=2)
    assert (found.n_due, found.n_expected, found.n_allowed, found.pace) == (280, 280, 28, None)
    assert not found.is_running


def test_the_leap_day_belongs_to_its_month():
    found = of(days(date(2028, 2, 1), *[0] * 29), as_of=datetime(2028, 3, 2), month=2)
    assert found.n_due == 290 and found.end == date(2028, 3, 1)


def test_days_left_out_count_neither_as_due_nor_as_missed_nor_for_what_is_to_come():
    all_days = days(date(2026, 1, 19), *[0] * 41) + days(date(2026, 3, 1), *[1] * 15)
    plain = of(all_days)
    shut = of(all_days, [correction("2026-03-09", "2026-03-11")])
    assert (shut.n_due, shut.n_missed, shut.n_corrected) == (plain.n_due - 30, plain.n_missed - 3, 30)
    assert shut.n_expected == pytest.approx(plain.n_expected - 30)
    ahead = of(all_days, [correction("2026-03-20", "2026-03-21")])
    assert (ahead.n_due, ahead.n_expected) == (plain.n_due, pytest.approx(plain.n_expected - 20))
    assert ahead.n_corrected == 0
    for other in ({"plant": "B"}, {"kpi": "time_to_ready"}, {"withdrawn_at": AS_OF}):
        assert of(all_days, [correction("2026-03-09", "2026-03-11", **other)]) == plain


def test_corrections_of_one_plant_move_all_plants_together_by_that_plant_alone():
    both = days(date(2026, 3, 1), *[1] * 15) + days(date(2026, 3, 1), *[2] * 15, plant="B")
    found = of(both, [correction("2026-03-02", "2026-03-02", plant="B")], plant=None)
    assert (found.n_due, found.n_missed, found.n_corrected, found.plant_count) == (290, 43, 10, 2)


def test_all_plants_together_are_allowed_what_each_of_them_is():
    levels = (LEVEL, replace(LEVEL, plant="B", objective=0.95))
    both = days(date(2026, 3, 1), *[1] * 15) + days(date(2026, 3, 1), *[1] * 15, plant="B")
    a, b, together = (of(both, levels=levels, plant=plant) for plant in ("A", "B", None))
    assert together.allowed == pytest.approx(a.allowed + b.allowed)
    assert (together.n_missed, together.pace) == (30, pytest.approx(a.pace + b.pace))
    assert (together.objective, b.objective) == (None, 0.95)
    assert of(both, plant=None).objective == 0.9


def test_a_plant_without_a_service_level_has_no_budget_and_does_not_count():
    both = days(date(2026, 3, 1), *[1] * 15) + days(date(2026, 3, 1), *[5] * 15, plant="B")
    found = budget.budgets([LEVEL, replace(LEVEL, plant="B", objective=None)], both, [], NOON)
    assert {one.plant for one in found} == {None, "A"} and {one.n_missed for one in found} == {15}
    assert budget.budgets([replace(LEVEL, plant="A")], both, [], NOON)[1].plant == "A"
    assert budget.budgets([replace(LEVEL, objective=None)], both, [], NOON) == []


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ([Day("A", date(2026, 3, 2), 1, 1)], "too few to judge: about 2 fall due, which allows no miss at all"),
        ([Day("A", date(2026, 3, 2), 0, 0, 4)], "known for none of 4 cases only"),
        ([Day("A", date(2026, 3, 2), 30, 0, 31)], "known for 30 of 61 cases only"),
        ([Day("A", date(2025, 12, 1), 30, 0)], "nothing falls due"),
    ],
)
def test_a_month_without_a_budget_says_why(given, reason):
    found = of(given)
    assert (found.reason, found.pace, found.gone_on, found.is_over) == (reason, None, None, False)
    assert budget.state(found) == reason


def test_no_day_is_no_budget():
    assert budget.budgets([LEVEL], [], [], NOON) == []


def test_the_first_day_of_a_month_has_a_pace_of_the_week_before():
    first = datetime(2026, 3, 1, 6)
    found = of(days(date(2026, 2, 1), *[2] * 28), as_of=first)
    assert found.pace == pytest.approx(14 / 7.25)
    assert (found.n_due, found.n_missed, found.n_allowed) == (0, 0, 30)  # 30.75 days at ten a day
    assert found.gone_on == date(2026, 3, 16)


def test_a_month_that_is_left_out_whole_has_no_budget():
    found = of(days(date(2026, 3, 1), *[1] * 15), [correction("2026-02-01", "2026-04-30")])
    assert (found.reason, found.n_corrected) == ("nothing falls due", 150)


@pytest.mark.parametrize("seed", range(8))
def test_budgets_equal_an_account_kept_day_by_day(seed):
    """The same month simulated forwards: each day used up in turn, then each day to come at the rate and pace known."""
    rng = random.Random(seed)
    as_of = datetime(2026, 5, rng.randint(2, 30), rng.randint(0, 23))
    first = date(2026, 1, rng.randint(1, 28))
    given = []
    for number in range((as_of.date() - first).days + 1):
        due = rng.randint(0, 40)
        given.append(Day("A", first + timedelta(days=number), due, rng.randint(0, due // rng.choice([4, 12, 40]))))
    start = date(2026, 5, rng.randint(1, 20))
    shut = [correction(start.isoformat(), (start + timedelta(days=rng.randint(0, 4))).isoformat())]
    closed = {start + timedelta(days=n) for n in range((shut[0].until_on - start).days + 1)}
    found = of(given, shut, as_of=as_of, month=5)

    today, hours = as_of.date(), as_of.hour / 24
    book = {day.on: day for day in given if day.on not in closed}
    before = [today - timedelta(days=n) for n in range(1, 57)]
    rated = [on for on in before if on >= min(book) and on not in closed]
    rate = sum(book[on].n_due for on in rated) / len(rated)
    may = [date(2026, 5, n) for n in range(1, 32)]
    due = sum(book[on].n_due for on in may if on in book)
    ahead = sum((1 - hours if on == today else 1) for on in may if on >= today and on not in closed)
    allowed = int((due + rate * ahead) * 0.1 + 1e-6)
    assert (found.n_due, found.n_expected) == (due, pytest.approx(due + rate * ahead))
    assert found.n_allowed == allowed
    missed, gone = 0, None
    for on in may:
        missed += book[on].n_missed if on in book else 0
        if gone is None and missed >= allowed:
            gone = on
    assert found.n_missed == missed
    since = min(may[0], today - timedelta(days=7))
    passed = sum(1 for n in range((today - since).days) if since + timedelta(days=n) not in closed)
    passed += 0 if today in closed else hours
    counted = sum(day.n_missed for on, day in book.items() if since <= on <= today)
    assert found.pace == pytest.approx(counted / max(passed, 1))
    left, on = allowed - missed, today
    while gone is None and on <= may[-1]:
        part = 0 if on in closed else (1 - hours if on == today else 1)
        left -= found.pace * part
        gone = on if left <= 1e-9 else None
        on += timedelta(days=1)
    assert found.gone_on == gone


# What falls due


def due(data: Data, one, limit: float | None, clock: str = "elapsed", **plants: float) -> list[tuple]:
    """(plant, day, due, missed, not measured)."""
    return [
        tuple(row.values())
        for row in measure.due(data.cursor(), one, clock, {"": limit} | plants, data.as_of).to_pylist()
    ]


SPAN = kpi("duration", "p50", unit="duration")
MONDAY = datetime(2026, 1, 5)


def test_a_case_falls_due_when_it_reaches_the_limit_not_when_it_starts_or_ends():
    data = Data([span(MONDAY, 3600), span(MONDAY, 86400), span(MONDAY, 86401), span(MONDAY, None)])
    assert due(data, SPAN, 86400.0) == [("A", date(2026, 1, 6), 4, 2, 0)]
    assert due(data, SPAN, 60 * 86400.0) == []  # nothing has reached it yet


def test_what_has_not_fallen_due_is_not_good_yet():
    data = Data([span(AS_OF - timedelta(hours=30), 60), span(AS_OF - timedelta(hours=12), 60)])
    assert due(data, SPAN, 86400.0) == [("A", date(2026, 3, 1), 1, 0, 0)]
    exactly = Data([span(AS_OF - timedelta(days=1), None)])
    assert due(exactly, SPAN, 86400.0) == []


def test_every_plant_has_its_own_limit():
    data = Data([span(MONDAY, 7200), span(MONDAY, 7200, plant="B"), span(MONDAY, 7200, plant=None)])
    assert due(data, SPAN, 86400.0, B=3600.0) == [
        ("(none)", date(2026, 1, 6), 1, 0, 0),
        ("A", date(2026, 1, 6), 1, 0, 0),
        ("B", date(2026, 1, 5), 1, 1, 0),
    ]


def test_an_end_before_the_start_by_a_wrong_clock_is_no_miss():
    assert due(Data([span(MONDAY, -500)]), SPAN, 3600.0) == [("A", date(2026, 1, 5), 1, 0, 0)]


@pytest.mark.parametrize(("column", "bad"), [("is_bad", True), ("is_good", False)])
def test_a_share_says_itself_when_it_fell_due_and_whether_it_was_missed(column, bad):
    rows = [{"due_at": MONDAY, column: bad}, {"due_at": MONDAY, column: not bad}]
    rows += [{"due_at": MONDAY, column: None}, {"due_at": AS_OF + timedelta(days=1), column: bad}]
    assert due(Data(rows), kpi("share", "rate"), None) == [("A", date(2026, 1, 5), 2, 1, 0)]
    data = Data([{"at": MONDAY, column: bad}])
    assert due(data, kpi("share", "rate"), None) == [("A", date(2026, 1, 5), 1, 1, 0)]


def test_cases_that_cannot_be_measured_are_counted_apart_on_the_day_they_are_of():
    rows = [{"due_at": MONDAY, "is_bad": True, "is_measured": measured} for measured in (True, False)]
    assert due(Data(rows), kpi("share", "rate", coverage="plan known"), None) == [("A", date(2026, 1, 5), 1, 1, 1)]


HOURS = """
    create table dim_calendar as
    select 'test' as instance, 'A' as plant, open_from, open_from + interval 8 hours as open_to,
        (row_number() over (order by open_from) - 1) * 28800.0 as open_seconds_before
    from (select unnest(range(timestamp '2025-12-01 08:00', timestamp '2026-12-01', interval 1 day)) as open_from)
    where isodow(open_from) < 6"""


def in_hours(rows: list[dict]) -> Data:
    """Rows in a plant that works from 8 to 16 UTC, Monday to Friday."""
    from queries.warehouse import MACROS

    data = Data(rows)
    for statement in (HOURS, *MACROS):
        data.connection.execute(statement)
    return data


@pytest.mark.parametrize(
    ("started", "hours", "falls_due"),
    [
        ("2026-01-05 08:00", 4, "2026-01-05 12:00"),
        ("2026-01-05 15:00", 4, "2026-01-06 11:00"),
        ("2026-01-09 15:00", 4, "2026-01-12 11:00"),  # over a weekend
        ("2026-01-10 11:00", 4, "2026-01-12 12:00"),  # begun on a Saturday
        ("2026-01-05 08:00", 8, "2026-01-06 08:00"),  # the day is used up: due when work begins again
        ("2026-01-05 20:00", 80, "2026-01-20 08:00"),
    ],
)
def test_by_working_time_a_case_falls_due_when_its_hours_are_used_up(started, hours, falls_due):
    """A second before it is due a case is in order, a second after it is not."""
    started, falls_due = datetime.fromisoformat(started), datetime.fromisoformat(falls_due)
    took = (falls_due - started).total_seconds()
    working = kpi("duration", "p50", unit="duration", clocks=("elapsed", "working"))
    for seconds, missed in ((took - 1, 0), (took, 0), (took + 1, 1), (None, 1)):
        data = in_hours([span(started, seconds)])
        assert due(data, working, hours * 3600.0, "working") == [("A", falls_due.date(), 1, missed, 0)]
        rows = measure.missed(data, working, "working", {"": hours * 3600.0}, falls_due.date(), date(2027, 1, 1))
        assert [row["due_at"] for row in rows.to_pylist()] == [falls_due] * missed


def test_by_either_clock_a_case_that_ended_before_it_began_took_no_time():
    data = in_hours([span(MONDAY, None)])
    wrong = "select 'test' as instance, 'A' as plant, timestamp '2026-01-06 12:00' as started_at"
    for ended, wanted in (
        ("2026-01-06 11:00", (0, 0)),
        ("2026-01-02 09:00", (0, 0)),
        ("2026-01-06 12:30", (1800, 1800)),
    ):
        data.connection.execute(f"create or replace table wrong_case as {wrong}, timestamp '{ended}' as ended_at")
        clocks = "select elapsed_seconds, working_seconds from with_clocks('wrong_case', 'dim_calendar', $as_of)"
        assert data.connection.execute(clocks, {"as_of": AS_OF}).fetchall() == [wanted]


def test_a_plant_without_hours_is_not_measured_by_working_time():
    working = kpi("duration", "p50", unit="duration", clocks=("elapsed", "working"))
    data = in_hours([span(MONDAY, 60, plant="B", working_seconds=None) | {"working_seconds": None}, span(MONDAY, 60)])
    assert due(data, working, 3600.0, "working") == [
        ("A", date(2026, 1, 5), 1, 0, 0),
        ("B", date(2026, 1, 5), 0, 0, 1),
    ]


def test_misses_are_the_rows_behind_the_number():
    starts = [MONDAY + timedelta(days=n) for n in range(20)]
    data = Data([span(start, 3600 * (n % 5), plant="AB"[n % 2]) for n, start in enumerate(starts)])
    limits = {"": 2 * 3600.0, "B": 3600.0}
    counted = measure.due(data.cursor(), SPAN, "elapsed", limits, AS_OF).to_pylist()
    for plants in ((), ("A",), ("B",), ("A", "B"), ("C",)):
        rows = measure.missed(data, SPAN, "elapsed", limits, date(2026, 1, 8), date(2026, 1, 20), plants=plants)
        number = sum(
            row["n_missed"]
            for row in counted
            if date(2026, 1, 8) <= row["due_on"] < date(2026, 1, 20) and (not plants or row["plant"] in plants)
        )
        assert rows.num_rows == number
    assert measure.missed(data, SPAN, "elapsed", limits, *DECADE, limit=2).num_rows == 2


DECADE = (date(2020, 1, 1), date(2030, 1, 1))


# Service levels of ops.toml


def level(*given: Objective, one=RELEASE) -> list[tuple]:
    return [(held.plant, held.objective, held.limit, held.clock) for held in budget.levels(one, given)]


def test_ops_toml_overrides_what_the_kpi_was_written_with():
    name = RELEASE.name
    assert level() == [("", RELEASE.objective, RELEASE.limit, "elapsed")]
    assert level(Objective(name, "", 0.8)) == [("", 0.8, RELEASE.limit, "elapsed")]
    own = level(Objective(name, "", limit=10.0, clock="working"), Objective(name, "LYON", 0.7))
    assert own == [("", RELEASE.objective, 10.0, "working"), ("LYON", 0.7, 10.0, "working")]
    assert level(Objective("time_to_ready", "", 0.5, 5.0)) == [("", RELEASE.objective, RELEASE.limit, "elapsed")]


def test_a_budget_can_be_switched_off_for_all_or_for_one_plant():
    assert level(Objective(RELEASE.name, "", is_off=True)) == [("", None, RELEASE.limit, "elapsed")]
    assert level(Objective(RELEASE.name, "LYON", is_off=True))[1] == ("LYON", None, RELEASE.limit, "elapsed")


def test_a_kpi_without_a_service_level_can_be_given_one():
    bare = replace(RELEASE, objective=None, limit=None)
    assert level(one=bare) == []
    assert level(Objective(RELEASE.name, "LYON", 0.9, 60.0), one=bare) == [("LYON", 0.9, 60.0, "elapsed")]


@pytest.mark.parametrize(
    ("given", "one", "words"),
    [
        (Objective(RELEASE.name, "", 1.0), RELEASE, r"objective 1 must be a share between 0 and 1"),
        (Objective(RELEASE.name, "LYON", limit=-1.0), RELEASE, r"\[budget.release_lead_time\] plant LYON: .*limit"),
        (Objective(RELEASE.name, "", limit=0.0), RELEASE, "needs the limit"),
        (Objective("x", "", 0.9, 5.0), replace(RELEASE, name="x", measure="share"), "leave the limit out"),
        (Objective("x", "", 0.9), replace(RELEASE, name="x", measure="stock", objective=None), "has none"),
        (
            Objective("x", "", limit=5.0),
            replace(RELEASE, name="x", objective=None, limit=None),
            "add the objective",
        ),
        (
            Objective("x", "", clock="working"),
            replace(RELEASE, name="x", clocks=("elapsed",)),
            "the KPI has elapsed only",
        ),
    ],
)
def test_what_makes_no_service_level_is_refused(given, one, words):
    with pytest.raises(ConfigError, match=words):
        budget.levels(one, [given])
