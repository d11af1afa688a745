"""The process page over the demo plants: what is compared, the map, the ways, deviations, and what is accepted."""

from __future__ import annotations

import re
from datetime import timedelta

import duckdb
import pytest

from dashboard import process_chart, texts
from queries import conformance, decision, process_map, readable, warehouse
from queries.process_map import Passage, Step

LYON, SINGAPORE, MILWAUKEE = "Alder France/WH", "Alder Asia/SIN", "Alder Industries/WH"
PURCHASES = {"flow": "purchase", "one": SINGAPORE, "beside": LYON}
TWICE = "approved more than once"
MOST_QUERIES = 8


@pytest.fixture(scope="module")
def opened(demo_warehouse):
    return warehouse.open(warehouse=demo_warehouse)


def drawing(page) -> str:
    """The map."""
    return re.search('<div class="pp-map".*?</div>', page.html)[0]


def test_starts_with_most_cases_and_the_plants_that_have_least_in_common(open_page, opened):
    ways: dict[str, list[dict]] = {}
    for row in warehouse.read(opened, "process_way", workflow="production").to_pylist():
        if row["plant"]:
            ways.setdefault(row["plant"], []).append(row)
    one, other = process_map.least_alike(ways)[:2]
    page = open_page("process")
    assert [page.picked(key) for key in ("flow", "one", "beside")] == ["production", one, other]
    assert readable.share(process_map.in_common(ways[one], ways[other])) in page.text
    assert page.app.slider[0].value == 80


def test_second_approval_of_singapore_and_the_skipped_start_of_lyon_are_seen(open_page):
    text = open_page("process", **PURCHASES).text
    assert "review approved → review approved" in text and "only in Singapore: 51 in 100 cases" in text
    assert "Approved more than once" in text and "1.7 d longer" in text
    text = open_page("process", flow="production", one=LYON, beside=MILWAUKEE).text
    assert "only in Lyon: 13 in 100 cases" in text
    assert "Reported complete before start" in text


def test_map_is_of_as_many_cases_as_asked_for(open_page):
    few, many = (drawing(open_page("process", **PURCHASES, coverage=share)) for share in ("50", "95"))
    assert 0 < few.count('class="pp-box') < many.count('class="pp-box')
    assert '<i class="pp-one"' in many and '<i class="pp-two"' in many


def test_one_plant_alone_tells_where_cases_wait(open_page):
    page = open_page("process", flow="production", one=LYON, beside="alone")
    assert "Where cases wait longest" in page.text and "Where they differ" not in page.text
    assert "pp-one" in drawing(page) and "pp-two" not in drawing(page)


def test_plants_that_were_filtered_away_are_not_compared(open_page):
    page = open_page("process", plant=LYON)
    assert page.options("one") == {LYON: "Lyon"}
    assert "Where cases wait longest" in page.text
    assert "Milwaukee" not in page.text and "Singapore" not in page.text


@pytest.mark.parametrize("query", [{"flow": "x"}, {"one": "Atlantis"}, {"coverage": "7"}, {"beside": "'"}])
def test_an_impossible_choice_falls_back(open_page, query):
    page = open_page("process", **query)
    assert "How cases flow" in page.text and texts.NOT_LOADED not in page.text


def test_every_way_told_leads_to_its_cases(open_page, opened):
    way = warehouse.read(opened, "process_way", workflow="purchase").to_pylist()[2]
    cases = warehouse.read(opened, "way_case", workflow="purchase", plant=SINGAPORE, number=3).to_pylist()
    assert (way["plant"], way["variant_number"]) == (SINGAPORE, 3)
    assert "way=3&at=Alder+Asia%2FSIN" in open_page("process", **PURCHASES).text
    text = open_page("process", flow="purchase", way="3", at=SINGAPORE).text
    assert len(cases) == min(way["case_count"], 200)
    for row in cases:
        assert f"model=purchase.order&id={row['record_id']}" in text and row["name"] in text


def test_a_rule_leads_to_the_cases_that_break_it(open_page, opened):
    found = warehouse.read(opened, "deviation", rule=TWICE, plant=SINGAPORE, most=200).to_pylist()
    text = open_page("process", rule=TWICE, at=SINGAPORE).text
    assert len(found) == 200 and "the 200 newest" in text
    assert all(f"id={row['record_id']}" in text for row in found)
    every = warehouse.read(opened, "deviation", rule=TWICE, plant=SINGAPORE, most=None).num_rows
    assert f"{every} of " in text


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"way": "99999999999", "flow": "production", "at": LYON}, texts.NO_WAY),
        ({"way": "1", "flow": "x", "at": "y"}, texts.NO_WAY),
        ({"rule": "no such", "at": LYON}, texts.NO_RULE),
        ({"rule": "confirmed more than once", "at": LYON}, texts.NO_RULE),
    ],
)
def test_what_is_not_there_is_a_sentence(open_page, query, words):
    assert words in open_page("process", **query).text


def test_exposures_are_those_of_the_terminal(open_page, opened):
    ranked = [one for one in conformance.ranked(conformance.classes(opened)) if one.of.workflow == "purchase"]
    text = open_page("process", **PURCHASES).text
    for one in ranked:
        assert f"<b>{one.score:.0f}</b> of 100" in text
        assert f"{one.of.n} of {readable.number(one.of.n_concerned)}" in text


def test_a_deviation_is_accepted_until_a_day_and_taken_back(open_page, own):
    app = open_page("process", warehouse=own, **PURCHASES).app
    which = next(box for box in app.selectbox if box.label == "Which")
    assert which.value.rule == TWICE and which.value.plant == SINGAPORE
    fields = {field.label: field for field in app.text_input}
    fields["Who decides"].set_value("Bo"), fields["Why"].set_value("audit in spring")
    button = next(button for button in app.button if button.label == "Accept it")
    button.click().run()
    assert "Say who owns it" in app.error[0].value
    next(field for field in app.text_input if field.label == "Owner until then").set_value("Ann")
    next(button for button in app.button if button.label == "Accept it").click().run()
    [kept] = decision.acceptances(own)
    assert (kept.rule, kept.plant, kept.owner, kept.who) == (TWICE, SINGAPORE, "Ann", "Bo")
    assert kept.until_on == readable.utc_now().date() + timedelta(days=28)
    page = open_page("process", warehouse=own, **PURCHASES)
    assert "audit in spring" in page.text and "owned by Ann" in page.text and "accepted until" in page.text
    fields = {field.label: field for field in page.app.text_input if field.form_id == "take back"}
    fields["Who decides"].set_value("Cy"), fields["Why"].set_value("done early")
    next(button for button in page.app.button if button.label == "Take it back").click().run()
    assert decision.acceptances(own)[0].withdrawn_by == "Cy"
    assert "owned by Ann" not in open_page("process", warehouse=own, **PURCHASES).text


def test_a_page_asks_no_more_than_eight_queries(open_page, own, monkeypatch):
    asked, read = [], warehouse.read
    monkeypatch.setattr(warehouse, "read", lambda *of, **given: asked.append(of[1]) or read(*of, **given))
    open_page("process", warehouse=own)
    assert 0 < len(asked) <= MOST_QUERIES, asked


def test_first_day_without_a_case_says_so(open_page, own):
    with duckdb.connect(str(own / warehouse.current_version(own))) as con:
        con.execute("delete from fct_variant")
    text = open_page("process", warehouse=own).text
    assert texts.NO_PROCESS in text and texts.NOT_LOADED not in text


def test_a_plant_that_is_missing_leaves_the_others(open_page, own):
    with duckdb.connect(str(own / warehouse.current_version(own))) as con:
        for table in ("fct_variant", "agg_dfg", "agg_deviation"):
            con.execute(f"delete from {table} where plant <> '{LYON}'")
    text = open_page("process", warehouse=own).text
    assert "How cases flow" in text and "Lyon" in text and texts.NOT_LOADED not in text


def test_one_failing_part_leaves_the_rest(open_page, own):
    with duckdb.connect(str(own / warehouse.current_version(own))) as con:
        con.execute("drop table agg_dfg")
    text = open_page("process", warehouse=own).text
    assert "was published before it held" in text and "Ways that cases take" in text and "What breaks the rules" in text


# The map


def path(before: str, after: str, *shares: float | None) -> Step:
    return Step(before, after, tuple(share and Passage(round(100 * share), share, 7200.0) for share in shares))


def test_map_runs_down_past_on_the_right_and_back_on_the_left():
    steps = [path("a", "b", 1.0), path("a", "c", 0.5), path("b", "c", 0.5), path("c", "a", 0.1), path("b", "b", 0.2)]
    lanes = process_chart._lanes(steps, {"a": 0, "b": 1, "c": 2})
    across = {f"{step.before}{step.after}": lane.across for step, lane in lanes.items()}
    assert across["ab"] == across["bc"] == 0
    assert across["ac"] > 0
    assert across["ca"] < across["bb"] < 0, "what would cover each other stands side by side"


def test_no_words_stand_on_others():
    names = "abcdefg"
    steps = [path(one, other, 0.5) for one in names for other in names]
    lanes = process_chart._lanes(steps, {name: number for number, name in enumerate(names)})
    beside = [(lane.across > 0, lane.at) for lane in lanes.values() if abs(lane.across) > 0]
    first = beside[: 2 * (len(names) - 1)]
    assert len(set(first)) == len(first)


def test_width_and_dash_tell_plants_and_frequency():
    drawn = process_chart.draw([path("a", "b", 1.0, 0.25)], ["a", "b"], ["a"], "a, then b")
    widths = re.findall(r'<i class="(\S+)" style="[^"]*border-left-width:([\d.]+)px', drawn)
    assert widths == [("pp-one", "8.0"), ("pp-two", "2.0")]
    assert re.findall(r"<b [^>]*>(.*?)</b>", drawn) == ["100 · 2 h", "25 · 2 h"]
    assert re.findall(r'class="(pp-box.*?)"', drawn) == ["pp-box", "pp-box pp-rare"]
    assert 'aria-label="a, then b"' in drawn


def test_a_step_back_runs_on_the_left_and_ends_at_the_box_it_goes_to():
    drawn = process_chart.draw([path("b", "a", 0.5)], ["a", "b"], ["a", "b"], "back")
    left = float(re.search(r'class="pp-box" style="left:([\d.]+)%', drawn)[1])
    [(tip, top, size)] = re.findall(
        r'pp-tip pp-right" style="left:calc\(([\d.]+)% - [\d.]+px\);top:([\d.]+)px;width:([\d.]+)px', drawn
    )
    assert float(tip) == left
    assert float(top) + float(size) / 2 == pytest.approx(process_chart.ROW * (process_chart.EDGE - 0.1), abs=0.1)
    lane = {float(at) for at in re.findall(r'<i class="pp-one" style="left:calc\(([\d.]+)%', drawn)}
    assert min(lane) < left


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "at once"), (40, "40 s"), (720, "12 min"), (3599, "1 h"), (61200, "17 h"), (86000, "1 d"), (280000, "3.2 d")],
)
def test_waits_on_the_map_are_short(seconds, words):
    assert process_chart.roughly(seconds) == words
