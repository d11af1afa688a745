"""Numbers and moments as people read them."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from queries import readable


@pytest.mark.parametrize(("noun", "words"), [("share", "a share"), ("index", "an index")])
def test_the_article_of_a_noun(noun, words):
    assert readable.a(noun) == words


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


@pytest.mark.parametrize(
    ("change", "measure", "words"),
    [
        (-0.224, "duration", "22 % shorter"),
        (-0.9917, "duration", "99.2 % shorter"),
        (0.09, "duration", "9 % longer"),
        (2.1, "duration", "3.1 times as long"),
        (205.9, "duration", "207 times as long"),
        (0.041, "share", "4.1 points more"),
        (-0.004, "share", "0.4 points less"),
    ],
)
def test_how_far_a_kpi_moved(change, measure, words):
    assert readable.moved(change, measure) == words


def told(effect=None, change=None, **values) -> dict:
    named = {"effect": effect or (None,) * 3, "change": change or (None,) * 3}
    found = {f"{part}{end}": n for part, ns in named.items() for end, n in zip(("", "_low", "_high"), ns, strict=True)}
    return found | {"verdict": None, "reason": None} | values


@pytest.mark.parametrize(
    ("row", "measure", "words"),
    [
        (told((-0.22, -0.33, -0.09), verdict="below"), "duration", "22 % shorter (9 % to 33 %)"),
        (told((3.0, 1.5, 5.0), verdict="above"), "duration", "4.0 times as long (2.5 to 6.0)"),
        (told((0.041, 0.012, 0.07), verdict="above"), "share", "4.1 points more (1.2 to 7.0)"),
        (
            told((-0.01, -0.12, 0.1), verdict="normal"),
            "duration",
            "no effect shown: 12 % shorter to 10 % longer",
        ),
        (told(reason="too early: 2 of 6 weeks"), "duration", "cannot be told: too early: 2 of 6 weeks"),
        (
            told(change=(-0.23, -0.33, -0.09), reason="every plant was touched"),
            "duration",
            "23 % shorter than before (9 % to 33 %); whether through the change cannot be told: "
            "every plant was touched",
        ),
        (
            told(change=(0.01, -0.02, 0.04), reason="there is no other plant"),
            "share",
            "much as before (2.0 points less to 4.0 points more); what it would be without the change cannot be told: "
            "there is no other plant",
        ),
    ],
)
def test_what_a_change_did_to_a_kpi(row, measure, words):
    assert readable.effect(row, measure) == words


def test_when_a_change_was_seen():
    noon = datetime(2026, 3, 2, 12)
    assert readable.seen(noon, noon) == f"{readable.day(noon.date())}"
    assert readable.seen(noon, datetime(2026, 3, 4)).count(" to ") == 1


def test_counts_show_what_lies_between_whole_numbers_where_it_matters():
    said = [readable.measured(value, "count") for value in (0.43, 3, 3.0, 12.5, 1234.5, 0, None)]
    assert said == ["0.43", "3", "3", "12.50", "1,234", "0", "–"]


def test_what_is_held_up():
    def words(waiting, soon, amount):
        row = {"waiting_count": waiting, "due_soon_count": soon, "held_up_amount": amount, "held_up_currency": "EUR"}
        return readable.held_up(row)

    assert words(3, 1, 12300.4) == "3 orders (1 due soon), 12,300 EUR"
    assert words(1, 0, None) == "1 order"
    assert words(0, 1, 20.0) == "due soon, 20 EUR"
    assert words(0, 0, 0.0) == "0 EUR"
    assert words(None, None, None) == ""


@pytest.fixture
def read_in(monkeypatch):
    """read_in("de-DE"): in this test the reader has this locale; other tests of this process keep their own."""
    return lambda name: monkeypatch.setattr(readable, "_telling", [lambda: name])


@pytest.mark.parametrize(
    ("locale", "number", "four", "share", "days", "day"),
    [
        (None, "12,345.6", "1,234", "4.2 %", "3.2 d", "22 Nov 2020"),
        ("en-GB", "12,345.6", "1,234", "4.2 %", "3.2 d", "22 Nov 2020"),
        ("en-US", "12,345.6", "1,234", "4.2 %", "3.2 d", "Nov 22, 2020"),
        ("de-DE", "12.345,6", "1.234", "4,2 %", "3,2 d", "22 Nov 2020"),
        ("fr-FR", "12\u202f345,6", "1\u202f234", "4,2 %", "3,2 d", "22 Nov 2020"),
        ("es-ES", "12.345,6", "1234", "4,2 %", "3,2 d", "22 Nov 2020"),
        ("es-MX", "12,345.6", "1234", "4.2 %", "3.2 d", "22 Nov 2020"),
        ("pl", "12\u00a0345,6", "1234", "4,2 %", "3,2 d", "22 Nov 2020"),
        ("de-Latn-CH", "12’345.6", "1’234", "4.2 %", "3.2 d", "22 Nov 2020"),
        ("nonsense", "12,345.6", "1,234", "4.2 %", "3.2 d", "22 Nov 2020"),
    ],
)
def test_numbers_and_days_in_the_locale_of_the_reader(read_in, locale, number, four, share, days, day):
    read_in(locale)
    assert readable.number(12345.6, 1) == number
    assert readable.money(1234, "EUR") == f"{four} EUR" and readable.number(-1234) == f"-{four}"
    assert readable.share(0.042) == share
    assert readable.duration(276480) == days
    assert readable.day(date(2020, 11, 22)) == day


def test_words_around_numbers_stay_whole_in_any_locale(read_in):
    read_in("de-DE")
    assert readable.moved_between(-0.22, -0.33, -0.09, "duration") == "22 % shorter (9 % to 33 %)"
    assert readable.moved_between(0.5, -0.98, 50.4, "duration") == "too uncertain to tell"
    assert readable.moved(3.15, "duration") == "4,2 times as long"
    assert readable.service_level(0.985, 7200, "elapsed") == "98,5 % within 2 h"


def test_zones_that_a_browser_may_tell():
    assert readable.is_zone("Europe/Paris") and not readable.is_zone("Mars/Base") and not readable.is_zone("../etc")
