"""Texts of defects put together by likeness of their words."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import duckdb
import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from queries import catalog
from tests.rows import at

MART = catalog.marts()["agg_defect_text"]
made = MART.build.__globals__
AS_OF = at("2026-06-01 00:00")


@pytest.fixture
def build():
    """build([(plant, text, about, days ago), ...]): the rows of the mart."""

    def make(texts: list[tuple]) -> list[dict]:
        con = duckdb.connect()
        con.execute("create table fct_defect_text (plant varchar, text varchar, about varchar, found_at timestamp)")
        for plant, text, about, ago in texts:
            con.execute("insert into fct_defect_text values (?, ?, ?, ?)", [plant, text, about, AS_OF - timedelta(ago)])
        return MART.build(con, AS_OF).to_pylist()

    return make


def test_words_without_numbers_accents_and_what_it_is_about():
    assert made["words"]("P1-03: Fuite à l'étanchéité", "[P1-03] Pompe") == ["fuite", "etancheite"]
    assert made["words"]("CNC lathe leaks oil", "CNC lathe Tulsa") == ["leaks", "oil"]
    assert made["words"]("NC0001 12.5 mm") == ["mm"]


def test_wordings_of_one_thing_are_one_theme_whichever_plant_wrote_them(build):
    texts = (
        ["seal leaks at the flange", "flange seal leaking", "leak at flange seal"],
        ["bearing noise", "noisy bearing"],
    )
    found = build(
        [("A" if number % 2 else "B", text, "Pump", number) for one in texts for text in one for number in range(4)]
    )
    theme = {row["text"]: row["theme"] for row in found}
    assert {theme[text] for text in texts[0]} == {1} and {theme[text] for text in texts[1]} == {2}


def test_a_theme_has_five_records(build):
    found = build([("A", "cracked", None, 1)] * 4 + [("A", "dropped", None, 1)] * 5)
    assert {row["text"]: (row["theme"], row["n"]) for row in found} == {"cracked": (None, 4), "dropped": (1, 5)}
    assert all(row["is_compared"] for row in found)


def test_how_many_lately_and_before(build):
    [row] = build([("A", "cracked", None, ago) for ago in (1, 90, 92, 181, 183, 400)])
    assert (row["n"], row["n_recent"], row["n_before"]) == (6, 2, 2)
    assert (row["first_at"], row["last_at"]) == (AS_OF - timedelta(400), AS_OF - timedelta(1))


def test_texts_without_a_word_are_not_compared(build):
    [row] = build([("A", "4711", None, 1)] * 6)
    assert (row["theme"], row["is_compared"], row["words"]) == (None, False, "")


def test_nothing_is_an_empty_table(build):
    assert build([]) == []


def test_only_the_most_frequent_are_compared(monkeypatch):
    monkeypatch.setitem(made, "MOST", 2)
    assert set(made["themes"](Counter({"a crack": 9, "no paint": 8, "bent": 7}))) == {"a crack", "no paint"}


def test_the_same_rows_in_another_order_give_the_same_themes():
    counts = {f"{what} {where}": 5 for what in ("crack", "scratch", "dent") for where in ("lid", "housing", "foot")}
    again = dict(reversed(counts.items()))
    assert made["themes"](Counter(counts)) == made["themes"](Counter(again))


def test_planted_themes_are_found_in_noise():
    """Six themes, each in forty wordings of three of its own words and two of anybody's."""
    rng, truth = np.random.default_rng(4), {}
    own = [
        [f"{stem}{end}" for end in ("ing", "ed", "age", "er")]
        for stem in ("leak", "crack", "stain", "bend", "burr", "jam")
    ]
    common = ["pump", "housing", "line", "shift", "again", "found", "left", "right", "top", "seen"]
    for number, stems in enumerate(own):
        for _ in range(40):
            words = [*rng.choice(stems, 3, replace=False), *rng.choice(common, 2, replace=False)]
            truth[" ".join(rng.permutation(words))] = number
    found = made["themes"](Counter(dict.fromkeys(truth, 3)))
    assert adjusted_rand_score([truth[text] for text in truth], [found[text] or -1 for text in truth]) > 0.9
