"""In what plants differ that are told apart, and that of others nothing is said."""

import numpy as np
import pytest

from tests.marts.test_agg_harmonization import built, closed, usual

BOTH = ("agg_harmonization", "agg_harmonization_move")
INSPECTED, SKIPPED = "created > confirmed > inspected > done", "created > confirmed > done"


@pytest.fixture(scope="module")
def moves():
    rows = []
    for plant, n, skips in (("A", 500, 0.2), ("B", 480, 0.0), ("C", 510, 0.0)):
        skipped = int(np.random.default_rng(len(rows) + 3).binomial(n, skips))
        rows += closed(plant, {INSPECTED: n - skipped, SKIPPED: skipped}, workflow="production")
    return {(row["plant"], row["other"], row["rank"]): row for row in built(rows, marts=BOTH)[1]}


def test_the_step_that_a_plant_skips_comes_first(moves):
    first = moves["A", "B", 1]
    assert (first["kind"], first["activity"], first["following"]) == ("occurrence", "inspected", None)
    assert first["low"] <= -0.2 <= first["high"] < 0
    assert first["move"] == f'skips "inspected" on {round(-first["difference"] * 100)} points more of the cases'
    assert first["explained"] == pytest.approx(1)
    assert (first["name"], first["record_id"]) == ("P2", 2)  # one that skipped it


def test_the_other_plant_sees_the_same_the_other_way_round(moves):
    mine, other = moves["A", "B", 1], moves["B", "A", 1]
    assert (other["low"], other["high"], other["difference"]) == (-mine["high"], -mine["low"], -mine["difference"])
    assert other["move"].startswith('does "inspected" on ')
    assert (other["rate"], other["rate_other"]) == (mine["rate_other"], mine["rate"])
    assert other["name"] == "P1"


def test_against_all_together_a_plant_differs_less_than_from_the_others(moves):
    assert moves["A", "B", 1]["difference"] < moves["A", None, 1]["difference"] < 0
    assert moves["A", None, 1]["low"] <= -0.2 * 990 / 1490 <= moves["A", None, 1]["high"]
    assert moves["B", None, 1]["difference"] > 0


def test_of_plants_that_are_not_told_apart_nothing_is_said(moves):
    assert not [key for key in moves if key[:2] in (("B", "C"), ("C", "B"))]
    assert built(usual("A") + usual("B"), marts=BOTH)[1] == []
    assert built([], marts=BOTH)[1] == []
    assert built(closed("A", {SKIPPED: 5}) + closed("B", {INSPECTED: 5}), marts=BOTH)[1] == []


def test_there_are_at_most_five():
    """Of seven steps, of which each is done in a tenth of the cases of one plant, the other does none."""
    ways = {f"created > step {number} > done": 50 for number in range(7)}
    found = built(closed("A", {"created > done": 500}) + closed("B", ways | {"created > done": 150}), marts=BOTH)[1]
    mine = [row for row in found if (row["plant"], row["other"]) == ("A", "B")]
    assert [row["rank"] for row in mine] == [1, 2, 3, 4, 5]
    assert mine[0]["move"].startswith('skips "step ') and mine[0]["move"].endswith("on 10 points more of the cases")
    assert all(row["low"] > 0 or row["high"] < 0 for row in mine)
    assert sum(row["explained"] for row in mine) <= 1
