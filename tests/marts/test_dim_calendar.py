"""Open hours of plants in UTC, and the working time between two moments that is counted over them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest

from queries.config import Config, Plant
from tests.rows import at, order, versions

HOUR = 3600
AS_OF = at("2026-03-02 08:00")


def week(*hours: tuple[float, float], calendar: int = 1, days=range(5), first: int = 1, **values) -> list[dict]:
    """Attendances: the same hours on each of `days` (0 is Monday)."""
    rows = [{"weekday": str(day), "hour_from": a, "hour_to": b} for day in days for a, b in hours]
    return [
        {"id": id, "calendar_id": calendar, "day_period": "morning"} | row | values
        for id, row in enumerate(rows, start=first)
    ]


def leave(id: int, first: str, last: str, **values) -> dict:
    row = {"id": id, "name": "Holiday", "calendar_id": 1, "company_id": 1, "kind": "leave"}
    return row | {"closed_from_at": at(first), "closed_to_at": at(last)} | values


@pytest.fixture
def make(build):
    """Marts over one production order of January 2026 and the given calendar rows."""

    def of(as_of=AS_OF, config=None, created="2026-01-05 08:00", **records):
        given = {"mrp_production": [order(1, created_at=at(created))]} | records
        return build(as_of=as_of, config=config, **given)

    return of


def worked(built, start: str, end: str, plant: str = "Nord/WH") -> float | None:
    """Hours of working time from `start` to `end` (UTC)."""
    [row] = built.rows(
        """with one as (select 'test' as instance, $plant as plant, $start::timestamp as started_at,
                $end::timestamp as ended_at)
            select working_seconds from with_clocks('one', 'dim_calendar', $as_of)""",
        plant=plant,
        start=start,
        end=end,
        as_of=datetime(2100, 1, 1),
    )
    return None if row["working_seconds"] is None else row["working_seconds"] / HOUR


def intervals(built, day: str, plant: str = "Nord/WH") -> list[tuple[str, str]]:
    """The open intervals that begin on a day (UTC)."""
    rows = built.rows(
        "select * from dim_calendar where plant = $plant and open_from::date = $day::date order by open_from",
        plant=plant,
        day=day,
    )
    return [(f"{row['open_from']:%H:%M}", f"{row['open_to']:%H:%M}") for row in rows]


def gap(built, plant: str = "Nord/WH") -> str | None:
    [found] = built.rows("select max(gap) as gap from dim_plant_calendar where plant = $plant", plant=plant)
    return found["gap"]


def test_hours_are_local_and_stored_in_utc(make):
    built = make(resource_calendar_attendance=week((8, 12), (13, 17)))
    assert intervals(built, "2026-01-07") == [("07:00", "11:00"), ("12:00", "16:00")]
    assert intervals(built, "2026-01-10") == []


def test_it_covers_the_time_before_the_first_event_and_a_year_after_the_data(make):
    [span] = make(resource_calendar_attendance=week((8, 12))).rows(
        "select min(open_from) as first_at, max(open_to) as last_at from dim_calendar"
    )
    assert span["first_at"] < at("2025-12-01") and span["last_at"] > AS_OF + timedelta(days=360)


def test_across_a_weekend(make):
    built = make(resource_calendar_attendance=week((8, 12), (13, 17)))
    assert worked(built, "2026-01-09 15:00", "2026-01-12 08:00") == 2


def test_start_and_end_in_closed_time(make):
    built = make(resource_calendar_attendance=week((8, 12), (13, 17)))
    assert worked(built, "2026-01-10 03:00", "2026-01-11 20:00") == 0
    assert worked(built, "2026-01-07 11:15", "2026-01-07 12:30") == 0.5
    assert worked(built, "2026-01-07 02:00", "2026-01-07 22:00") == 8


def test_an_end_before_the_start_is_no_time(make):
    built = make(resource_calendar_attendance=week((8, 12), (13, 17)))
    assert worked(built, "2026-01-12 08:00", "2026-01-09 15:00") == 0


def test_a_break_and_rows_that_overlap(make):
    hours = [*week((6, 14), (12, 20)), *week((11, 11.5), day_period="lunch", first=90)]
    assert intervals(make(resource_calendar_attendance=hours), "2026-01-07") == [("05:00", "19:00")]


def test_shifts_around_the_clock_are_one_interval(make):
    built = make(resource_calendar_attendance=week((0, 24)))
    assert worked(built, "2026-01-05 00:00", "2026-01-12 00:00") == 120
    assert intervals(built, "2026-01-04") == [("23:00", "23:00")]


def test_a_public_holiday_is_closed_and_named(make):
    built = make(
        resource_calendar_attendance=week((0, 24)),
        resource_calendar_leaves=[leave(1, "2026-01-06 23:00:00", "2026-01-07 22:59:59", name="Midwinter")],
    )
    assert worked(built, "2026-01-05 00:00", "2026-01-12 00:00") == 96
    named = built.rows("select open_from, closure_before from dim_calendar where closure_before is not null")
    assert named == [{"open_from": at("2026-01-07 23:00"), "closure_before": "Midwinter"}]


@pytest.mark.parametrize(
    ("values", "hours"),
    [
        ({}, 8),
        ({"calendar_id": None}, 8),
        ({"calendar_id": None, "company_id": None}, 8),
        ({"calendar_id": None, "company_id": 2}, 16),  # another company's
        ({"calendar_id": 2}, 16),
        ({"resource_id": 7}, 16),  # a machine is blocked
        ({"kind": "other"}, 16),  # counts as work
    ],
)
def test_whose_closure_it_is(make, values, hours):
    built = make(
        resource_calendar_attendance=week((8, 16)),
        resource_calendar_leaves=[leave(1, "2026-01-06 23:00:00", "2026-01-07 22:59:59", **values)],
    )
    assert worked(built, "2026-01-07 00:00", "2026-01-09 00:00") == hours


def test_closures_that_overlap_close_once(make):
    built = make(
        resource_calendar_attendance=week((8, 16)),
        resource_calendar_leaves=[
            leave(1, "2026-01-06 23:00:00", "2026-01-07 22:59:59"),
            leave(2, "2026-01-07 10:00:00", "2026-01-08 10:59:59", name="Repairs"),
        ],
    )
    assert intervals(built, "2026-01-08") == [("11:00", "15:00")]
    [row] = built.rows("select closure_before from dim_calendar where open_from = timestamp '2026-01-08 11:00'")
    assert row["closure_before"] == "Holiday, Repairs"


def test_the_day_with_23_hours(make):
    built = make(resource_calendar_attendance=week((0, 24), days=range(7)))
    assert worked(built, "2026-03-28 23:00", "2026-03-29 22:00") == 23
    shift = make(resource_calendar_attendance=week((0, 6), days=range(7)))
    assert worked(shift, "2026-03-28 12:00", "2026-03-29 12:00") == 5


def test_the_day_with_25_hours(make):
    built = make(as_of=at("2026-11-02 08:00"), resource_calendar_attendance=week((0, 24), days=range(7)))
    assert worked(built, "2026-10-24 22:00", "2026-10-25 23:00") == 25
    shift = make(as_of=at("2026-11-02 08:00"), resource_calendar_attendance=week((0, 6), days=range(7)))
    assert worked(shift, "2026-10-24 12:00", "2026-10-25 12:00") == 7


def test_hours_that_the_clock_leaves_out_or_has_twice(make):
    spring = make(resource_calendar_attendance=week((2, 3), days=[6]))
    assert intervals(spring, "2026-03-29") == []  # 02:00 to 03:00 did not exist
    autumn = make(as_of=at("2026-11-02 08:00"), resource_calendar_attendance=week((2.5, 4), days=[6]))
    assert intervals(autumn, "2026-10-25") == [("01:30", "03:00")]  # the second 02:30, as Odoo has it


def test_two_plants_in_two_time_zones(make):
    companies = [
        {"id": 1, "name": "Nord", "resource_calendar_id": 1},
        {"id": 2, "name": "South", "resource_calendar_id": 2},
    ]
    built = make(
        res_company=companies,
        resource_calendar=[{"id": 1, "tz": "Europe/Paris"}, {"id": 2, "tz": "America/New_York"}],
        resource_calendar_attendance=[*week((8, 16)), *week((8, 16), calendar=2, first=50)],
    )
    assert worked(built, "2026-01-07 10:00", "2026-01-07 14:00") == 4
    assert worked(built, "2026-01-07 10:00", "2026-01-07 14:00", "South/WH") == 1


def test_a_calendar_of_two_weeks(make):
    # Odoo counts weeks from Monday 1 January of year 1: that of 2026-01-05 is a first week.
    hours = [*week((8, 16), week_type="0"), *week((8, 12), days=[0], week_type="1", first=50)]
    both = make(
        resource_calendar=[{"id": 1, "tz": "Europe/Paris", "is_two_weeks": True}], resource_calendar_attendance=hours
    )
    assert worked(both, "2026-01-05 00:00", "2026-01-12 00:00") == 40
    assert worked(both, "2026-01-12 00:00", "2026-01-19 00:00") == 4
    assert worked(both, "2026-12-28 00:00", "2027-01-04 00:00") == 4  # week 53, a second week
    one = make(
        resource_calendar=[{"id": 1, "tz": "Europe/Paris", "is_two_weeks": False}], resource_calendar_attendance=hours
    )
    assert worked(one, "2026-01-12 00:00", "2026-01-19 00:00") == 40  # switched off: every week


def test_leap_day(make):
    built = make(as_of=at("2028-03-06 08:00"), created="2028-02-01", resource_calendar_attendance=week((8, 16)))
    assert worked(built, "2028-02-28 00:00", "2028-03-02 00:00") == 24


def test_hours_of_a_time_and_of_a_machine_before_odoo_19(make):
    hours = [
        *week((8, 16), valid_to_on=date(2026, 1, 6)),
        *week((8, 12), valid_from_on=date(2026, 1, 7), first=50),
        *week((16, 24), resource_id=3, first=90),
    ]
    assert worked(make(resource_calendar_attendance=hours), "2026-01-05 00:00", "2026-01-10 00:00") == 2 * 8 + 3 * 4


def test_an_edit_counts_from_its_day_on(make):
    tuesday = versions(
        week((8, 16), days=[1])[0] | {"seen": "2026-01-01 02:00", "changed_at": at("2025-06-01")},
        week((8, 12), days=[1])[0] | {"seen": "2026-01-14 02:00", "changed_at": at("2026-01-13 11:00")},
    )
    built = make(resource_calendar_attendance=tuesday)
    assert worked(built, "2025-12-23 00:00", "2025-12-24 00:00") == 8  # before the first refresh: as it was found
    assert worked(built, "2026-01-06 00:00", "2026-01-07 00:00") == 8
    assert worked(built, "2026-01-13 00:00", "2026-01-14 00:00") == 4  # edited at noon, seen by night
    assert worked(built, "2026-01-20 00:00", "2026-01-21 00:00") == 4


def test_hours_added_and_taken_away_later(make):
    def booked(row, **values):
        return row | {f"_{key}": at(value) for key, value in values.items()}

    hours = [
        booked(week((8, 16), days=[1])[0], valid_from="2026-01-01", valid_to="2026-01-15"),
        booked(week((8, 20), days=[1], first=2)[0], valid_from="2026-01-22"),
    ]
    built = make(resource_calendar_attendance=hours)
    days = ["2025-12-30", "2026-01-13", "2026-01-20", "2026-01-27"]
    assert [worked(built, day, f"{day} 23:59") for day in days] == [8, 8, 0, 12]


def test_a_holiday_entered_later_closes_what_lies_ahead(make):
    known = leave(1, "2025-12-24 23:00:00", "2025-12-25 22:59:59") | {"_valid_from": at("2026-01-01 02:00")}
    late = leave(2, "2026-01-06 23:00:00", "2026-01-07 22:59:59", changed_at=at("2026-01-07 11:00"))
    built = make(
        resource_calendar_attendance=week((8, 16)),
        resource_calendar_leaves=[known, late | {"_valid_from": at("2026-01-08 02:00")}],
    )
    assert worked(built, "2025-12-25 00:00", "2025-12-26 00:00") == 0
    assert intervals(built, "2026-01-07") == [("07:00", "11:00")]


def test_a_company_that_changes_its_calendar(make):
    nord = {"id": 1, "name": "Nord"}
    built = make(
        res_company=versions(
            nord | {"seen": "2026-01-01 02:00", "resource_calendar_id": 1},
            nord | {"seen": "2026-01-14 02:00", "resource_calendar_id": 2},
        ),
        stock_warehouse=[{"id": 1, "code": "WH", "company_id": 1}],
        resource_calendar=[{"id": 1, "tz": "Europe/Paris"}, {"id": 2, "tz": "Europe/Paris"}],
        resource_calendar_attendance=[*week((8, 16)), *week((8, 12), calendar=2, first=50)],
    )
    assert [worked(built, day, f"{day} 23:59") for day in ("2026-01-13", "2026-01-14")] == [8, 4]


def test_ops_toml_names_the_calendar(make):
    config = Config(plants=(Plant("LIL", "Nord", "WH", calendar="Three shifts"),))
    calendars = [
        {"id": 1, "name": "Office", "tz": "Europe/Paris"},
        {"id": 2, "name": "Three shifts", "tz": "America/New_York", "company_id": 2},
        {"id": 3, "name": "Three shifts", "tz": "Europe/Madrid"},
    ]
    hours = [*week((8, 16)), *week((0, 8), calendar=2, first=50), *week((0, 24), calendar=3, first=90)]
    built = make(config=config, resource_calendar=calendars, resource_calendar_attendance=hours)
    assert worked(built, "2026-01-07 00:00", "2026-01-08 00:00", "LIL") == 24
    [plant] = built.rows("select * from dim_plant where plant = 'LIL'")
    assert (plant["calendar"], plant["timezone"]) == ("Three shifts", "Europe/Madrid")


def test_ops_toml_gives_the_time_zone_of_the_hours(make):
    config = Config(plants=(Plant("LIL", "Nord", "WH", timezone="America/New_York"),))
    built = make(config=config, resource_calendar_attendance=week((8, 16)))
    assert intervals(built, "2026-01-07", "LIL") == [("13:00", "21:00")]


@pytest.mark.parametrize(
    ("records", "config", "words"),
    [
        ({}, None, "the work calendar number 1 has no working hours"),
        (
            {"resource_calendar_attendance": week((12, 13), day_period="lunch")},
            None,
            "the work calendar number 1 has no working hours",
        ),
        ({"res_company": [{"id": 1, "name": "Nord"}]}, None, "Nord has no work calendar in Odoo"),
        (
            {"resource_calendar": [{"id": 1, "name": "Free", "tz": "Europe/Paris", "is_flexible": True}]},
            None,
            "the work calendar Free is flexible: it says how many hours, not which",
        ),
        (
            {"resource_calendar": [{"id": 1, "name": "Lost", "tz": "Mars/Base"}]},
            None,
            "the work calendar Lost has no known time zone",
        ),
        (
            {},
            Config(plants=(Plant("Nord/WH", "Nord", "WH", calendar="Nights"),)),
            "ops.toml names the work calendar Nights, which Odoo does not have for Nord",
        ),
    ],
)
def test_no_working_time_without_hours(make, records, config, words):
    hours = {} if "no working hours" in words else {"resource_calendar_attendance": week((8, 16))}
    built = make(config=config, **hours | records)
    assert gap(built) == words
    assert worked(built, "2026-01-05 08:00", "2026-01-06 08:00") is None
    options = {"clock": "working", "filters": {"plant": ["Nord/WH"]}}
    [found] = built.kpi("release_lead_time", date(2026, 1, 5), date(2026, 1, 12), **options)
    assert (found["value"], found["n"], found["n_unmeasured"]) == (None, 0, 1)
    assert found["reason"] == f"working time known for none of 1 case: {words}"
    assert built.kpi_rows("release_lead_time", date(2026, 1, 5), date(2026, 1, 12), **options) == []


def test_a_plant_without_hours_is_warned_of_once_it_has_cases(make):
    from queries import catalog

    check = catalog.checks()["plant_without_working_hours"]
    found = make(resource_calendar_attendance=week((8, 16))).rows(check.sql)
    assert found == []  # South has no calendar and no case
    [row] = make().rows(check.sql)
    assert (row["plant"], row["gap"]) == ("Nord/WH", "the work calendar number 1 has no working hours")


def test_working_time_before_a_flexible_calendar_ended_is_not_known(make):
    calendar = {"id": 1, "name": "Shop", "tz": "Europe/Paris"}
    built = make(
        resource_calendar=versions(
            calendar | {"seen": "2026-01-01 02:00", "is_flexible": True},
            calendar | {"seen": "2026-01-14 02:00", "is_flexible": False},
        ),
        resource_calendar_attendance=week((8, 16)),
    )
    assert worked(built, "2026-01-12 00:00", "2026-01-16 00:00") is None
    assert worked(built, "2026-01-15 00:00", "2026-01-16 00:00") == 8


def test_before_the_calendar_begins_nothing_is_known(make):
    built = make(resource_calendar_attendance=week((8, 16)))
    assert worked(built, "2020-01-01 00:00", "2026-01-06 00:00") is None


def test_many_cases_are_no_range_join(make):
    built = make(resource_calendar_attendance=week((8, 16)))
    built.connection.execute(
        """create table many as select 'test' as instance, 'Nord/WH' as plant,
            timestamp '2026-01-05' + to_minutes(range::integer) as started_at, null::timestamp as ended_at
            from range(100000)"""
    )
    plan = built.connection.execute("explain select * from with_clocks('many', 'dim_calendar', now()::timestamp)")
    joins = re.findall(r"[─ ](\w+ Join|\w+ Product) ─", plan.fetchall()[0][1])
    assert joins == ["Asof Join", "Asof Join"]


# ---------------------------------------------------------------- against an oracle that counts quarters of an hour

ZONES = (
    "Europe/Paris", "America/New_York", "Australia/Sydney", "Australia/Lord_Howe", "Asia/Kolkata", "Asia/Kathmandu",
    "Pacific/Auckland", "America/St_Johns", "Asia/Singapore", "Europe/London", "America/Sao_Paulo", "UTC",
)  # fmt: skip
FIRST, LAST = datetime(2026, 3, 1), datetime(2026, 11, 30)
QUARTER = 900


class Oracle:
    """A random calendar; every quarter of an hour, taken for itself, is open or closed by its local time."""

    def __init__(self, number: int):
        rng = Random(number)
        self.id, self.zone, self.two_weeks = number, ZONES[number % len(ZONES)], rng.random() < 0.4
        self.hours, self.leaves = [], []
        for kind in (0, 1) if self.two_weeks else (None,):
            for day in rng.sample(range(7), rng.randint(1, 7)):
                # Hours that a change of the clock does not touch; those it does have tests of their own.
                edges = sorted(rng.sample([0, *(hour / 4 for hour in range(16, 97))], rng.choice((2, 4))))
                self.hours += [(kind, day, a, b) for a, b in zip(edges[::2], edges[1::2], strict=True)]
        for _ in range(rng.randint(0, 12)):
            start = FIRST + timedelta(seconds=QUARTER * rng.randrange(96 * 270))
            self.leaves.append((start, start + timedelta(seconds=QUARTER * rng.randint(1, 96 * 9))))
        self.before = [0]
        moment, zone = FIRST, ZoneInfo(self.zone)
        while moment < LAST:
            local = moment.replace(tzinfo=UTC).astimezone(zone)
            self.before.append(self.before[-1] + QUARTER * self._is_open(moment, local))
            moment += timedelta(seconds=QUARTER)

    def _is_open(self, moment: datetime, local: datetime) -> bool:
        if any(start <= moment < end for start, end in self.leaves):
            return False
        clock, parity = local.hour + local.minute / 60, (local.toordinal() - 1) // 7 % 2
        return any(
            kind in (None, parity) and day == local.weekday() and a <= clock < b for kind, day, a, b in self.hours
        )

    def until(self, moment: datetime) -> float:
        whole, rest = divmod((moment - FIRST).total_seconds(), QUARTER)
        start, end = self.before[int(whole)], self.before[int(whole) + 1]
        return start + (rest if end > start else 0)

    def rows(self) -> dict[str, list[dict]]:
        own = {"calendar_id": self.id, "company_id": self.id}
        return {
            "res_company": [{"id": self.id, "name": f"C{self.id}", "resource_calendar_id": self.id}],
            "stock_warehouse": [{"id": self.id, "code": "WH", "company_id": self.id}],
            "resource_calendar": [{"id": self.id, "tz": self.zone, "is_two_weeks": self.two_weeks}],
            "resource_calendar_attendance": [
                {"id": self.id * 1000 + n, "calendar_id": self.id, "weekday": str(day), "hour_from": a, "hour_to": b}
                | {"week_type": None if kind is None else str(kind)}
                for n, (kind, day, a, b) in enumerate(self.hours)
            ],
            "resource_calendar_leaves": [
                own | {"id": self.id * 1000 + n, "kind": "leave", "closed_from_at": a, "closed_to_at": b}
                for n, (a, b) in enumerate(self.leaves)
            ],
        }


def test_random_calendars_and_moments_equal_the_oracle(build):
    oracles = [Oracle(number) for number in range(1, 49)]
    records: dict[str, list[dict]] = {"mrp_production": [order(1, created_at=FIRST)]}
    for oracle in oracles:
        for name, rows in oracle.rows().items():
            records.setdefault(name, []).extend(rows)
    built = build(as_of=LAST, **records)
    rng, cases = Random(7), []
    for oracle in oracles:
        for _ in range(60):
            start, end = sorted(FIRST + timedelta(seconds=rng.randrange(QUARTER * 96 * 270)) for _ in range(2))
            cases.append((oracle, start, end))
    values = ", ".join(
        f"({n}, 'test', 'C{o.id}/WH', '{a}'::timestamp, '{b}'::timestamp)" for n, (o, a, b) in enumerate(cases)
    )
    found = built.rows(
        f"""with one as (from (values {values}) as v (n, instance, plant, started_at, ended_at))
            select n, working_seconds from with_clocks('one', 'dim_calendar', $as_of)""",
        as_of=built.as_of,
    )
    counted = {row["n"]: row["working_seconds"] for row in found}
    wrong = [
        (o.id, o.zone, a, b, counted[n], o.until(b) - o.until(a))
        for n, (o, a, b) in enumerate(cases)
        if counted[n] != o.until(b) - o.until(a)
    ]
    assert not wrong, (len(wrong), wrong[:3])
    assert len(cases) == 2880 and sum(oracle.before[-1] > 0 for oracle in oracles) == 48


def test_a_week_or_a_day_that_is_none_opens_nothing_or_every_week(make):
    hours = [*week((8, 12)), *week((8, 18), days=["Monday'; --"], first=50), *week((13, 14), days=[0], week_type="odd")]
    for id, row in enumerate(hours, start=1):
        row["id"] = id
    assert worked(make(resource_calendar_attendance=hours), "2026-01-05 00:00", "2026-01-12 00:00") == 21


def test_hours_that_no_day_has_open_nothing(make):
    hours = week((8, 12)) + week((-1, 2), (22, 25), (1, 1e14), (-1e14, 3), first=50)
    assert worked(make(resource_calendar_attendance=hours), "2026-01-05 00:00", "2026-01-12 00:00") == 20
