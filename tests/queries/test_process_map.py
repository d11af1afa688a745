"""Maps of a process: which ways and steps are on them, what differs between plants, and the lists they are made of."""

from __future__ import annotations

import pytest

from queries import process_map
from queries.process_map import Passage, Step
from tests.conftest import Chatter
from tests.rows import order

MO = "mrp.production"
HOUR = 3600.0


def ways(**shares: float) -> list[dict]:
    """Ways of a plant by their activities, a letter each, with shares of cases."""
    found, coverage = [], 0.0
    for names, share in shares.items():
        coverage += share
        found.append({"variant": " > ".join(names), "share": share, "coverage": coverage})
    return found


def arrow(plant: str, before: str, after: str, count: int, wait: float | None = None) -> dict:
    row = {"plant": plant, "from_activity": before, "to_activity": after, "step_count": count}
    return row | {"median_wait_seconds": wait}


def step(*passages: tuple[float, float | None] | None) -> Step:
    return Step("a", "b", tuple(one and Passage(round(100 * one[0]), *one) for one in passages))


@pytest.mark.parametrize(("coverage", "count"), [(0.1, 1), (0.5, 1), (0.51, 2), (0.8, 2), (0.9, 3), (1.0, 3)])
def test_as_few_ways_as_cover_the_share(coverage, count):
    assert len(process_map.covering(ways(ab=0.5, ac=0.3, ad=0.2), coverage)) == count


def test_what_plants_have_in_common_and_which_have_least():
    plants = {"X": ways(ab=0.5, ac=0.5), "Y": ways(ab=0.6, ac=0.4), "Z": ways(ab=0.2, ad=0.8)}
    assert process_map.in_common(plants["X"], plants["Y"]) == pytest.approx(0.9)
    assert process_map.in_common(plants["Z"], plants["X"]) == pytest.approx(0.2)
    assert process_map.least_alike(plants)[:2] == ["X", "Z"]
    assert process_map.least_alike({"X": plants["X"]}) == ["X"]


def test_steps_are_those_of_the_ways_kept_with_figures_of_all_cases():
    rows = [
        arrow("X", "start", "a", 10), arrow("X", "a", "b", 9, 60.0), arrow("X", "b", "c", 2, 30.0),
        arrow("X", "a", "c", 1, 5.0), arrow("Y", "a", "c", 4, HOUR), arrow("Z", "a", "b", 99, 1.0),
    ]  # fmt: skip
    plants = {"X": ways(ab=0.8, abc=0.2), "Y": ways(ac=1.0)}
    found = process_map.steps(rows, plants, {"X": 10, "Y": 4}, 0.8)
    assert [(one.before, one.after) for one in found] == [("a", "c"), ("a", "b")]
    assert found[0].passages == (Passage(1, 0.1, 5.0), Passage(4, 1.0, HOUR))
    assert found[1].passages == (Passage(9, 0.9, 60.0), None)
    every = process_map.all_steps(rows, {"X": 10, "Y": 4})
    assert {(one.before, one.after) for one in every} == {("start", "a"), ("a", "b"), ("b", "c"), ("a", "c")}


def test_activities_stand_in_the_order_of_cases():
    plants = {"X": ways(abd=0.6, acbd=0.3, ax=0.1), "Y": ways(abd=1.0)}
    assert process_map.order(plants, 0.9) == ["a", "c", "b", "d"]
    assert set(process_map.order(plants, 1.0)) == {"a", "b", "c", "d", "x"}


@pytest.mark.parametrize(
    ("passages", "found"),
    [
        ([(0.5, HOUR)], None),
        ([(0.5, HOUR), None], ("only", 0)),
        ([None, (0.5, HOUR)], ("only", 1)),
        ([(0.5, HOUR), (0.6, 9 * HOUR)], ("share", pytest.approx(0.1))),
        ([(0.5, HOUR), (0.46, 9 * HOUR)], ("wait", 8 * HOUR)),
        ([(0.5, 9 * HOUR), (0.5, 5 * HOUR)], None),
        ([(0.5, 60.0), (0.5, 600.0)], None),
        ([(0.5, None), (0.5, 9 * HOUR)], None),
    ],
)
def test_what_differs(passages, found):
    assert process_map.differs(step(*passages)) == found


@pytest.mark.parametrize(
    ("way", "added", "missing"),
    [
        ("abcd", [], []),
        ("abd", [], ["c"]),
        ("abxcd", ["x"], []),
        ("abcbd", ["b again"], []),
        ("ax", ["x"], ["b", "c", "d"]),
        ("acbd", ["c"], []),
    ],
)
def test_a_way_beside_the_usual_one(way, added, missing):
    usual = {"variant": "a > b > c > d"}
    assert process_map.beside({"variant": " > ".join(way)}, usual) == (added, missing)


@pytest.fixture(scope="module")
def built(build):
    chatter = Chatter()
    for number in (1, 2, 3):
        chatter.say(f"2026-01-0{5 + number} 08:00", MO, number, state=("Draft", "Confirmed"))
        chatter.say(f"2026-01-0{5 + number} 09:00", MO, number, state=("Confirmed", "Done"))
    chatter.say("2026-01-06 08:00", MO, 4, state=("Draft", "Cancelled"))
    orders = [order(number, state="cancel" if number == 4 else "done") for number in (1, 2, 3, 4)]
    return build(mrp_production=[*orders, order(5)], **chatter.records)


def test_list_of_workflows_counts_cases_and_ways(built):
    [row] = built.listing("process_size")
    assert row == {"workflow": "production", "plant": "Nord/WH", "case_count": 5, "open_count": 1, "way_count": 3}


def test_list_of_ways_is_of_one_workflow(built):
    found = built.listing("process_way", workflow="production")
    assert (found[0]["variant"], found[0]["case_count"]) == ("created > confirmed > done", 3)
    assert [row["variant_number"] for row in found] == [1, 2, 3]
    assert found[-1]["coverage"] == 1.0
    assert built.listing("process_way", workflow="purchase") == []


def test_list_of_the_cases_of_a_way_has_them_all_and_no_others(built):
    found = built.listing("way_case", workflow="production", plant="Nord/WH", number=1)
    assert sorted(row["record_id"] for row in found) == [1, 2, 3]
    assert found[0]["record_url"].endswith("/3") or "3" in found[0]["record_url"]
    assert not found[0]["is_open"]
    assert built.listing("way_case", workflow="production", plant="Süd/WH", number=1) == []
    assert built.listing("way_case", workflow="production", plant=None, number=1) == []
    [still] = [
        row
        for number in (2, 3)
        for row in built.listing("way_case", workflow="production", plant="Nord/WH", number=number)
        if row["is_open"]
    ]
    assert (still["record_id"], still["elapsed_seconds"]) == (5, (built.as_of - still["started_at"]).total_seconds())
