"""Cards, charts, tables and navigation by themselves."""

from __future__ import annotations

import io
import json
import re
import zipfile
from dataclasses import replace
from datetime import date, datetime, timedelta
from html import unescape
from pathlib import Path

import plotly.graph_objects
import pytest

from dashboard import budget_view, cards, charts, components, download, navigation, sparkline, tables, texts
from dashboard.reading import Change, Point, Reading, Verdict
from queries import catalog, readable, spark
from queries.budget import Budget
from queries.measure import NONE

KPI = replace(catalog.load()["release_lead_time"], target=86400.0)
START = date(2026, 2, 2)


def point(value, week=0, is_final=True, **more) -> Point:
    start = START + timedelta(weeks=week)
    return Point(start, start + timedelta(weeks=1), value, n=30, is_final=is_final, **more)


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


def test_an_index_says_the_days_it_covers_and_is_not_held_against_one_of_other_days():
    kpi = catalog.load()["harmonization_index"]
    half_year = point(93.0, covers=(date(2025, 8, 11), date(2026, 2, 9)))
    month = point(88.0, -1, covers=(date(2026, 1, 1), date(2026, 2, 1)))
    one = replace(reading(half_year, kpi=kpi), before=month)
    assert f"26 weeks to {readable.day(date(2026, 2, 8))}" in cards._live(one)
    assert "nothing to compare" in cards.change(one) and "31 days to " in cards.change(one)
    assert cards.before(one) == ""
    months = replace(one, now=point(84.0, covers=(date(2026, 2, 1), date(2026, 3, 1))))
    assert "▼</b>5 %" in cards.change(months) and "was 88" in cards.before(months)
    assert "28 days to " in cards._live(months)
    ordinary = replace(reading(point(1.0), 2.0), before=point(2.0, -1))
    assert "7 days to " in cards._live(ordinary) and "was " in cards.before(ordinary)


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


def test_sparkline_shades_what_is_ordinary_as_far_as_there_is_room():
    top, bottom = spark.shape([1.0, 5.0, 9.0], None, (3.0, 7.0)).band
    assert 10 < top < 14 and 14 < bottom - top < 18  # of 40
    top, bottom = spark.shape([1.0, 2.0], None, (0.5, 900.0)).band
    assert top == 0 and bottom > top
    assert spark.shape([1.0, 2.0], None).band is None
    limited = [replace(week, limits=(0.5, 1.0, 2.0)) for week in (point(1.0), point(2.0, 1))]
    assert "data-band=" in cards.spark(replace(reading(point(1.0)), weeks=tuple(limited)))


def test_sparkline_of_equal_values_is_drawn():
    found = spark.shape([5.0, 5.0, None, 5.0], 5.0)
    assert found.line == "M0.0 20.0h0L33.3 20.0M100.0 20.0h0" and found.end == (100.0, 20.0) and found.target == 20.0
    assert f'data-line="{found.line}" data-end="100.0 20.0" data-target="20.0"' in sparkline.draw(
        [5.0, 5.0, None, 5.0], 5.0, "flat"
    )


def test_the_browser_draws_sparklines_in_the_room_they_are_made_for():
    room = f'viewBox: "0 0 {spark.WIDTH + spark.BESIDE:g} {spark.HEIGHT:g}"'
    assert room in (Path(sparkline.__file__).parent / "chart.js").read_text(encoding="utf-8")


def test_sparkline_of_one_value_is_words():
    assert spark.shape([5.0, None], 5.0) is None and spark.picture([5.0, None], 5.0, None) == ""
    assert "data-line" not in sparkline.draw([5.0, None], None, "too few")


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


def test_charts_offer_a_picture_and_no_upload():
    config = charts.config("trend_approval_age")
    assert config["modeBarButtons"] == [["toImage"]] and config["displaylogo"] is False
    assert config["toImageButtonOptions"] == {"format": "png", "filename": "trend_approval_age", "scale": 2}


@pytest.mark.parametrize("unit", ["duration", "share", "count", readable.WORKING_TIME])
def test_charts_are_what_plotly_knows(unit):
    weeks = [point(0.1, low=0.05, high=0.2, limits=(0.0, 0.1, 0.3)), point(0.4, 1, is_final=False, low=0.1, high=0.5)]
    found = [changed("Tablets", 4)]
    bins = [{"bin_from_seconds": 0, "bin_to_seconds": 60, "n": 3, "n_open": 1}]
    curve = [{"seconds": 60.0, "still_open": 0.5, "low": 0.2, "high": 0.8}]
    hour = {"label": "Vendors", "hour_at": datetime(2026, 3, 2, 10), "failure_count": 1, "run_count": 3}
    for figure in (
        charts.trend(weeks, unit, 0.2, found),
        charts.distribution(bins, {"p50": 30.0}, unit),
        charts.survival(curve, unit),
        charts.hours([hour], datetime(2026, 3, 2, 12)),
    ):
        plotly.graph_objects.Figure(figure)  # which refuses what it does not know
        place = charts.draw(figure, "one", 'said "so"')
        assert 'aria-label="said &quot;so&quot;"' in place
        [drawn] = re.findall('data-figure="(.*?)"', place)
        assert json.loads(unescape(drawn))["layout"]["height"] == figure["layout"]["height"]


def test_an_hour_tells_how_many_of_its_runs_failed():
    hour = {"label": "Vendors", "hour_at": datetime(2026, 3, 2, 10), "failure_count": 1, "run_count": 3}
    [trace] = charts.hours([hour], datetime(2026, 3, 2, 12, 40))["data"]
    [shares], [runs] = trace["z"], trace["customdata"]
    assert len(shares) == 24 * charts.DAYS + 1 and trace["x0"] == "2026-02-23T12:00:00"
    assert [(at, share, runs[at]) for at, share in enumerate(shares) if share is not None] == [(166, 0.3333, 3)]


def test_labels_of_the_heat_map_leave_room_for_its_cells():
    rows = [
        {"label": f"E-mails to vendors of the plant number {n}", "hour_at": datetime(2026, 3, 2), "failure_count": 0}
        | {"run_count": 1}
        for n in range(30)
    ]
    figure = charts.hours(rows, datetime(2026, 3, 2, 12))
    assert len(set(figure["data"][0]["y"])) == 30
    assert figure["layout"]["margin"]["l"] < 160  # of the 330 pixels of a phone


def test_csv_does_not_carry_formulas():
    rows = [{"name": "=1+1", "vendor": "@cmd", "amount": -5, "note": "fine"}]
    text = download.as_csv(rows).decode("utf-8-sig")
    assert text.splitlines() == ["name,vendor,amount,note", "'=1+1,'@cmd,-5,fine"]


def sheets(file: bytes) -> tuple[str, str, str]:
    """The two sheets of a spreadsheet, and its texts."""
    with zipfile.ZipFile(io.BytesIO(file)) as book:
        names = ("worksheets/sheet1", "worksheets/sheet2", "sharedStrings")
        return tuple(book.read(f"xl/{name}.xml").decode() for name in names)


def test_a_spreadsheet_holds_texts_as_texts_and_says_what_it_is():
    row = {"name": "=1+1", "vendor": "@cmd", "amount": -5.5, "age_seconds": 5400, "due_at": datetime(2026, 3, 2, 12)}
    row |= {"is_late": True, "record_id": 42, "share": None, "big_id": 2**60}
    rows, about, words = sheets(download.as_xlsx([row], {texts.FILE_AS_OF: "2026-03-02 10:00 UTC"}))
    assert "<f>" not in rows and "=1+1" in words and "@cmd" in words and str(2**60) in words
    assert "<v>-5.5</v>" in rows and "<v>1.5</v>" in rows and "<v>42</v>" in rows and "<v>46083.5</v>" in rows
    for said in ("Age (hours)", "Due (UTC)", "Share (1 is all)", "2026-03-02 10:00 UTC", "age_seconds"):
        assert said in words
    assert "autoFilter" in rows and about.count("<row") == 2 + 2 + len(row)


def test_a_spreadsheet_of_nothing_or_of_too_much_says_so(monkeypatch):
    assert "<row" not in sheets(download.as_xlsx([], {}))[0]
    monkeypatch.setattr(download, "MOST", 2)
    rows, _, words = sheets(download.as_xlsx([{"n": number} for number in range(3)], {}))
    assert rows.count("<row") == 3 and texts.cut_file(2, 3) in words


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


def test_pages_of_a_section_stand_together_in_the_menu(tmp_path):
    for name, text in {"1_a": "", "2_b": 'SECTION = "Later"', "3_c": "", "10_d": 'SECTION = "Later"'}.items():
        (tmp_path / f"{name}.py").write_text(text)
    found = [(section, [file.stem for file in pages]) for section, pages in navigation.sections(tmp_path).items()]
    assert found == [("", ["1_a", "3_c"]), ("Later", ["2_b", "10_d"])]


def changed(name, week, **answer) -> Change:
    at = datetime.combine(START + timedelta(weeks=week), datetime.min.time())
    row = {"name": name, "after_at": at, "changed_at": at, "kind": "roll-out", "owner": None, "note": None}
    row |= {"record_url": None, "plant": "A", "value_before": 7200.0, "value_after": 3600.0}
    row |= dict.fromkeys(("effect", "effect_low", "effect_high", "change", "change_low", "change_high", "verdict"))
    return Change(name, at, (row | {"reason": "there is no other plant"} | answer,))


TREND = [point(3600.0 * week, week) for week in range(1, 13)]


def upright(figure: dict) -> list[str]:
    return [shape["x0"] for shape in figure["layout"]["shapes"] if shape.get("yref") == "paper"]


def test_changes_stand_in_the_trend_with_the_names_of_the_newest_on_lines_of_their_own():
    found = [changed(f"Change {week}", week) for week in (2, 4, 6, 8, 0, 13)]
    figure = charts.trend(TREND, "duration", None, found)
    assert upright(figure) == [(START + timedelta(weeks=week)).isoformat() + "T00:00:00" for week in (8, 6, 4, 2)]
    labels = figure["layout"]["annotations"]
    assert [label["text"] for label in labels] == ["Change 8", "Change 6", "Change 4"]
    assert len({label["yshift"] for label in labels}) == 3
    assert [label["xanchor"] for label in labels] == ["right", "left", "left"]
    assert figure["layout"]["height"] > charts.trend(TREND, "duration", None)["layout"]["height"]


def test_labels_stay_short_and_beside_the_target():
    figure = charts.trend(TREND, "duration", 7200.0, [changed("A very long name of a roll-out in a plant", 5)])
    assert [label["text"] for label in figure["layout"]["annotations"]] == ["target 2 h", "A very long name of a r…"]
    assert all(len(label["text"]) <= 25 for label in figure["layout"]["annotations"])


def test_a_trend_without_changes_is_as_it_was():
    assert charts.trend(TREND, "duration", None, [changed("Old", -5)]) == charts.trend(TREND, "duration", None)
    words = charts.trend_words(TREND, KPI, None, [changed("Tablets", 4)])
    assert words.endswith(f"; what changed: Tablets on {readable.day(START + timedelta(weeks=4))}")


@pytest.mark.parametrize(
    ("direction", "verdict", "kind"),
    [("lower", "below", "pp-good"), ("lower", "above", "pp-bad"), ("higher", "above", "pp-good"),
     ("none", "above", "pp-none"), ("lower", "normal", "pp-none")],
)  # fmt: skip
def test_an_effect_is_good_or_bad_by_the_direction_of_its_kpi(direction, verdict, kind):
    numbers = {"effect": -0.2, "effect_low": -0.3, "effect_high": -0.1, "change": -0.2, "untouched_count": 3}
    weeks = {"weeks_before": 26, "weeks_after": 13}
    [row] = changed("Tablets", 4, verdict=verdict, **numbers, **weeks).answers
    html = tables.effect(row, replace(KPI, direction=direction))
    assert kind in html and "20 % shorter (10 % to 30 %)" in html
    assert "26 weeks before, 13 after, against 3 plants" in html


def test_a_change_leads_to_its_record_and_its_name_is_only_text():
    [row] = changed("<b>Rule</b>", 4, record_url="https://odoo.test/odoo/base.automation/7?a=1&b=2").answers
    html = tables.change(row)
    assert 'href="https://odoo.test/odoo/base.automation/7?a=1&amp;b=2"' in html and "&lt;b&gt;Rule" in html
    [row] = changed("Roll", 4, record_url=None, owner="Anna", note="<i>").answers
    assert "<a " not in tables.change(row) and "Roll-out, Anna, &lt;i&gt;" in tables.change(row)


def test_the_figure_of_ended_cases_alone_is_struck_through_beside_the_value():
    html = cards._live(reading(point(7200.0, value_closed=3600.0, n_open=4)))
    assert "closed only <s>1 h</s>" in html and "of the 26 ended cases alone: too short by what the 4 open" in html
    for same in (point(7200.0, value_closed=3600.0), point(7200.0, value_closed=7201.0, n_open=4)):
        assert "closed only" not in cards._live(reading(same))


@pytest.mark.parametrize(("n", "words"), [(9, "too few to judge: 9 cases, 10 needed"), (10, "target 1 d missed")])
def test_a_target_is_not_judged_on_a_few_cases(n, words):
    few = replace(point(90000.0), n=n)
    assert words in cards.target(reading(few))
    assert ("pp-bad" in cards.target(reading(few))) == (n >= 10)
    assert ("too few to judge" in tables._measured(few, KPI, 86400.0)) == (n < 10)


def test_a_queue_is_as_long_as_it_is_however_few_are_in_it():
    queue = replace(KPI, measure="stock", statistic="count", unit="count", target=0.0)
    assert "missed" in cards.target(reading(replace(point(2.0), n=2), kpi=queue, target=0.0))


def month(**values) -> Budget:
    given = {
        "kpi": "release_lead_time", "plant": None, "clock": "elapsed", "start": date(2026, 3, 1),
        "end": date(2026, 4, 1), "objective": 0.9, "limit": 86400.0, "n_due": 60, "n_missed": 5, "n_expected": 120.4,
        "allowed": 12.04, "n_corrected": 0, "n_unmeasured": 0, "plant_count": 1, "as_of": datetime(2026, 3, 16),
        "pace": 0.3,
    }  # fmt: skip
    return Budget(**given | values)


@pytest.mark.parametrize(
    ("budget", "words", "kind"),
    [
        (month(), "budget 5 of about 12 misses, lasts<", "pp-good"),
        (month(gone_on=date(2026, 3, 26)), "budget 5 of about 12 misses, gone by Thu 26 Mar<", "pp-warn"),
        (month(n_missed=12, gone_on=date(2026, 3, 12)), "12 of about 12 misses, used up since 12 Mar<", "pp-bad"),
        (month(n_missed=15, gone_on=date(2026, 3, 12)), "15 of about 12 misses, used up since 12 Mar<", "pp-bad"),
        (month(reason="nothing falls due"), "no budget: nothing falls due", "pp-none"),
    ],
)
def test_a_card_says_what_is_left_of_the_budget(budget, words, kind):
    html = budget_view.line([budget])
    assert words in html and kind in html


def test_a_card_names_the_plant_that_is_furthest_over(monkeypatch):
    monkeypatch.setattr(budget_view.data, "plant_names", lambda: {"LYO": "Lyon"})
    over = [month(plant=plant, n_missed=12 + more) for plant, more in (("TUL", 1), ("LYO", 5), (NONE, 90))]
    whole = budget_view.line([month(), *over, month(plant="MIL")])
    assert "used up in Lyon and 1 more, and outside the plants<" in whole
    assert "used up outside the plants<" in budget_view.line([month(), over[2]])
    assert budget_view.line([]) == "" and "no budget could be read" in budget_view.line(None)


def test_a_survival_chart_begins_with_all_and_shows_no_more_points_than_a_screen_has():
    curve = [{"seconds": 60.0 * n, "still_open": 1 - n / 5000, "low": None, "high": None} for n in range(1, 5001)]
    drawn = charts.survival(curve, "duration")["data"][-1]
    assert (drawn["x"][0], drawn["y"][0]) == (0, 1.0)
    assert len(drawn["x"]) <= charts.POINTS + 2
    assert drawn["y"][-1] == pytest.approx(charts.TAIL, abs=3e-4)  # what is longer would leave no room for the others
    [first, last] = charts.survival([{"seconds": 60.0, "still_open": 1.0, "low": None, "high": None}], "duration")[
        "data"
    ][-1]["y"]
    assert (first, last) == (1.0, 1.0)  # all of them are open
