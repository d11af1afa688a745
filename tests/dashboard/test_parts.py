"""Cards, charts, tables and navigation by themselves."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from dashboard import cards, charts, components, navigation, sparkline, tables
from dashboard.reading import Point, Reading, Verdict
from queries import catalog

KPI = replace(catalog.load()["release_lead_time"], target=86400.0)
START = date(2026, 2, 2)


def point(value, week=0, is_final=True, **more) -> Point:
    start = START + timedelta(weeks=week)
    return Point(start, start + timedelta(weeks=1), value, n=9, is_final=is_final, **more)


def reading(now, before=None, kpi=KPI, target=86400.0) -> Reading:
    then = None if before is None else point(before)
    return Reading(kpi, now, then, (point(1.0), point(2.0, 1)), datetime(2026, 3, 2), target)


def test_value_that_cannot_be_measured_is_grey_with_its_reason():
    html = cards._grey(reading(point(None, reason="too few cases <3>")))
    assert "no number" in html
    assert "too few cases &lt;3&gt;" in html
    assert "pp-good" not in html and "pp-bad" not in html


@pytest.mark.parametrize(
    ("direction", "now", "before", "words"),
    [
        ("lower", 120.0, 100.0, "▲</b>20 %"),
        ("higher", 80.0, 100.0, "▼</b>20 %"),
        ("lower", 100.2, 100.0, "unchanged"),
        ("none", 120.0, 100.0, "▲</b>20 %"),
    ],
)
def test_a_change_against_the_period_before_is_not_judged(direction, now, before, words):
    html = cards.change(reading(point(now), before, replace(KPI, direction=direction)))
    assert words in html and "pp-good" not in html and "pp-bad" not in html


MONDAY = date(2026, 2, 23)
SINCE = date(2026, 2, 9)


@pytest.mark.parametrize(
    ("direction", "verdict", "words", "kind"),
    [
        ("lower", Verdict(None, MONDAY, "above", SINCE), "real shift since 9 Feb: worse", "pp-bad"),
        ("lower", Verdict(None, MONDAY, "below", SINCE), "real shift since 9 Feb: better", "pp-good"),
        ("higher", Verdict(None, MONDAY, "below", SINCE), "real shift since 9 Feb: worse", "pp-bad"),
        ("none", Verdict(None, MONDAY, "above", SINCE), "real shift since 9 Feb: higher", "pp-none"),
        ("lower", Verdict(None, MONDAY, "normal"), "normal week", "pp-none"),
        ("lower", Verdict(None, MONDAY, "baseline"), "still in the baseline", "pp-none"),
        (
            "lower",
            Verdict(None, MONDAY, None, None, "too few to judge: 3 cases, 30 needed"),
            "too few to judge",
            "pp-none",
        ),
    ],
)
def test_signal_or_noise_in_words(direction, verdict, words, kind):
    html = cards.verdict(replace(reading(point(1.0), kpi=replace(KPI, direction=direction)), verdict=verdict))
    assert words in html and kind in html


def test_a_shift_of_one_plant_is_named_beside_a_normal_week(monkeypatch):
    monkeypatch.setattr(cards.data, "plant_names", lambda: {"LYO": "Lyon"})
    shifts = tuple(Verdict(plant, MONDAY, "above", SINCE) for plant in ("LYO", "TUL", "MIL"))
    html = cards.verdict(replace(reading(point(1.0)), verdict=Verdict(None, MONDAY, "normal"), shifts=shifts))
    assert "normal week" in html and "real shift since 9 Feb: worse in Lyon" in html
    assert "in TUL" in html and "MIL" not in html and "and in 1 more plant" in html


def test_what_is_no_series_of_weeks_has_no_verdict():
    assert cards.verdict(reading(point(1.0))) == ""
    assert cards.verdict(replace(reading(point(1.0)), verdict=Verdict(None, MONDAY))) == ""


def test_change_from_nothing_is_not_infinite():
    assert "▲</b>3" in cards.change(reading(point(3.0), 0.0, replace(KPI, unit="count")))


def test_change_without_an_earlier_value_says_so():
    assert "nothing to compare" in cards.change(reading(point(3.0)))


@pytest.mark.parametrize(("value", "words"), [(3600.0, "target 1 d met"), (90000.0, "target 1 d missed")])
def test_target_in_words(value, words):
    assert words in cards.target(reading(point(value)))


def test_sparkline_leaves_out_weeks_that_can_change():
    weeks = (point(1.0), point(2.0, 1), point(99.0, 2, is_final=False))
    html = cards.spark(replace(reading(point(1.0)), weeks=weeks))
    assert "2 final weeks: between 1 s and 2 s, last 2 s" in html


def test_sparkline_of_equal_values_is_drawn():
    assert "pp-spark-line" in sparkline.draw([5.0, 5.0, None, 5.0], 5.0, "flat")


def test_sparkline_has_gaps():
    assert sparkline._svg([(0, 1), None, (2, 1), (3, 2)]).count("M") == 2


def test_trend_draws_open_weeks_hollow_and_names_the_target():
    figure = charts.trend([point(86400.0 * 3), point(86400.0 * 4, 1, is_final=False)], "duration", 86400.0)
    final, loose = figure["data"]
    assert final["y"] == [3.0, None]
    assert loose["y"] == [3.0, 4.0]
    assert loose["marker"]["symbol"] == "circle-open"
    assert figure["layout"]["annotations"][0]["text"] == "target 1 d"
    assert figure["layout"]["yaxis"]["title"]["text"] == "days"


def test_trend_shows_the_interval_where_there_is_one():
    figure = charts.trend([point(0.1, low=0.05, high=0.2), point(0.2, 1, low=0.1, high=0.3)], "share", None)
    assert [trace.get("fill") for trace in figure["data"]].count("tonexty") == 1
    assert figure["data"][-1]["y"] == [10.0, 20.0]


def test_distribution_stacks_open_cases_with_a_pattern():
    bins = [
        {"bin_from_seconds": 0, "bin_to_seconds": 3600, "n": 5, "n_open": 1},
        {"bin_from_seconds": 3600, "bin_to_seconds": None, "n": 2, "n_open": 0},
    ]
    figure = charts.distribution(bins, {"p50": 1800.0, "p85": None}, "duration")
    ended, still_open = figure["data"]
    assert ended["y"] == [4, 2] and still_open["y"] == [1, 0]
    assert still_open["marker"]["pattern"]["shape"] == "/"
    assert ended["customdata"][1] == "1 h and more"
    assert [note["text"] for note in figure["layout"]["annotations"]] == ["p50 30 min"]


def test_charts_offer_no_upload():
    assert charts.CONFIG["displayModeBar"] is False


def test_csv_does_not_carry_formulas():
    rows = [{"name": "=1+1", "vendor": "@cmd", "amount": -5, "note": "fine"}]
    text = tables.as_csv(rows).decode("utf-8-sig")
    assert text.splitlines() == ["name,vendor,amount,note", "'=1+1,'@cmd,-5,fine"]


def test_labels_from_the_data_are_not_markdown():
    assert components.plain("P[1](x) *a*") == r"P\[1\]\(x\) \*a\*"


def test_a_page_file_is_enough(tmp_path):
    (tmp_path / "2_late_work.py").write_text('"""What is late."""\n')
    (tmp_path / "1_first.py").write_text('"""First."""\nTITLE = "At once"\n')
    (tmp_path / "10_last.py").write_text("")
    assert [file.name for file in navigation.files(tmp_path)] == ["1_first.py", "2_late_work.py", "10_last.py"]
    entries = [navigation.menu_entry(file) for file in navigation.files(tmp_path)]
    assert [entry["title"] for entry in entries] == ["At once", "Late work", "Last"]
    assert entries[1]["help"] == "What is late."
    assert navigation.path("late_work", tmp_path).endswith("2_late_work.py")
