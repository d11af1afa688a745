"""Numbers and moments as people read them."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from queries import readable


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, "–"),
        (0, "0 s"),
        (45, "45 s"),
        (90, "2 min"),
        (3569, "59 min"),
        (3599, "1 h"),
        (20400, "5 h 40 min"),
        (86399, "1 d"),
        (86400, "1 d"),
        (276480, "3.2 d"),
        (100 * 86400, "100 d"),
        (44638027, "517 d"),
        (-7200, "−2 h"),
    ],
)
def test_duration(seconds, words):
    assert readable.duration(seconds) == words


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (17, "count", "17"),
        (12345, "count", "12,345"),
        (0.042, "share", "4.2 %"),
        (None, "count", "–"),
        (7200, "duration", "2 h"),
    ],
)
def test_measured(value, unit, words):
    assert readable.measured(value, unit) == words


@pytest.mark.parametrize(
    ("then", "words"),
    [
        (datetime(2026, 3, 2, 11, 59, 30), "just now"),
        (datetime(2026, 3, 2, 11, 48), "12 min ago"),
        (datetime(2026, 3, 2, 10, 0), "2 h ago"),
        (datetime(2026, 3, 1, 10, 0), "26 h ago"),
        (datetime(2026, 2, 27, 10, 0), "3 d ago"),
        (None, "never"),
    ],
)
def test_ago(then, words):
    assert readable.ago(then, datetime(2026, 3, 2, 12)) == words


def test_moment_is_shown_in_the_plants_time():
    assert readable.moment(datetime(2026, 3, 2, 23, 30), "Europe/Paris").startswith("3 Mar")


def test_day_names_the_year_only_where_it_is_another():
    assert readable.day(date(2026, 11, 22), date(2026, 12, 1)) == "22 Nov"
    assert readable.day(date(2025, 11, 22), date(2026, 12, 1)) == "22 Nov 2025"


def test_money_without_a_currency_says_so():
    assert readable.money(1234.4, None) == "1,234 (no currency)"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(None, "–"), (45, "45 s"), (20400, "5 h 40 min"), (86400, "24 h"), (1_123_200, "312 h"), (-172_800, "−48 h")],
)
def test_working_time_knows_no_days(seconds, text):
    assert readable.working_time(seconds) == text
    assert readable.measured(seconds, readable.WORKING_TIME) == text
