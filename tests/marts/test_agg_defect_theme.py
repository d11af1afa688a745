"""Themes of defects per plant and for all together: their words, shares, and whether there are more lately."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import duckdb
import pytest
from scipy.stats import poisson_means_test

from queries import catalog
from tests.rows import at

MARTS = catalog.marts()
MART = MARTS["agg_defect_theme"]
made = MART.build.__globals__
AS_OF = at("2026-06-01 00:00")


@pytest.fixture
def build():
    def make(texts: list[tuple]) -> dict:
        con = duckdb.connect()
        con.execute("create table fct_defect_text (plant varchar, text varchar, about varchar, found_at timestamp)")
        for plant, text, ago in texts:
            con.execute("insert into fct_defect_text values (?, ?, null, ?)", [plant, text, AS_OF - timedelta(ago)])
        rows = MARTS["agg_defect_text"].build(con, AS_OF)
        con.register("rows", rows)
        con.execute("create table agg_defect_text as select * from rows")
        return {(row["theme"], row["plant"]): row for row in MART.build(con, AS_OF).to_pylist()}

    return make


def test_a_row_per_plant_and_one_for_all(build):
    found = build(
        [("A", "flange seal leaks", 300)] * 6 + [("B", "leaking seal, flange", 200)] * 3 + [("B", "cracked", 1)] * 5
    )
    assert set(found) == {(1, None), (1, "A"), (1, "B"), (2, None), (2, "B")}
    everywhere, own = found[1, None], found[1, "B"]
    assert (everywhere["n"], everywhere["text_count"], everywhere["plants"]) == (9, 2, "A, B")
    assert everywhere["share"] == 9 / 14 and everywhere["coverage"] == 1
    # of plant B nothing but its own texts, words and dates
    assert (own["n"], own["share"], own["plants"], own["example"]) == (3, 3 / 8, "B", "leaking seal, flange")
    assert own["label"] == "leaking seal flange"
    assert own["first_at"] == AS_OF - timedelta(200)


def test_the_label_says_one_of_words_that_are_alike():
    rows = [{"words": "seal leaks at flange", "n": 5}, {"words": "leaking seal flange", "n": 3}]
    spread = Counter(word for row in rows for word in row["words"].split())
    assert made["label"](rows, spread) == "seal leaks flange"


@pytest.mark.parametrize(("recent", "before", "trend"), [(20, 4, "more"), (4, 20, "less"), (9, 6, "as before")])
def test_more_or_less_lately(build, recent, before, trend):
    found = build([("A", "cracked", 10)] * recent + [("A", "cracked", 100)] * before + [("A", "cracked", 300)])
    assert found[1, "A"]["trend"] == trend
    assert (poisson_means_test(recent, 1, before, 1).pvalue < 0.01) == (trend != "as before")


def test_too_few_or_too_short_cannot_be_told(build):
    few = build([("A", "cracked", 300)] * 6 + [("A", "cracked", 1)] * 4)[1, "A"]
    assert (few["trend"], few["reason"]) == (None, "cannot be told: 4 of 5 records in 26 weeks")
    short = build([("A", "cracked", 1)] * 20)[1, "A"]
    assert (short["trend"], short["reason"]) == (None, "cannot be told: the texts go back less than 26 weeks")


def test_nothing_is_an_empty_table(build):
    assert build([]) == {}
