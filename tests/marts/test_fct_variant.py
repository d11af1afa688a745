"""How many cases took which way: counts, durations and how much of all cases the most frequent ways cover."""

import pytest

from tests.conftest import Chatter
from tests.rows import order

MO = "mrp.production"


@pytest.fixture(scope="module")
def variants(build):
    chatter = Chatter()
    for number, day in ((1, "06"), (2, "07"), (3, "09")):
        chatter.say(f"2026-01-{day} 08:00", MO, number, state=("Draft", "Confirmed"))
        chatter.say(f"2026-01-{day} 08:00", MO, number, state=("Confirmed", "Done"))
    chatter.say("2026-01-06 08:00", MO, 4, state=("Draft", "Cancelled"))
    chatter.say("2026-01-08 08:00", MO, 5, state=("Draft", "Confirmed"))
    states = {1: "done", 2: "done", 3: "done", 4: "cancel", 5: "confirmed"}
    built = build(mrp_production=[order(number, state=state) for number, state in states.items()], **chatter.records)
    return built.rows("select * from fct_variant order by coverage")


def test_the_most_frequent_comes_first_in_the_coverage(variants):
    assert [(row["variant"], row["case_count"], row["share"], row["coverage"]) for row in variants] == [
        ("created > confirmed > done", 3, 0.6, 0.6),
        ("created > cancelled", 1, 0.2, 0.8),
        ("created > confirmed", 1, 0.2, 1.0),
    ]


def test_of_equally_frequent_ones_the_name_decides_and_a_map_can_be_drawn(variants):
    assert [
        (row["variant_number"], row["first_activity"], row["last_activity"], row["open_count"]) for row in variants
    ] == [
        (1, "created", "done", 0),
        (2, "created", "cancelled", 0),
        (3, "created", "confirmed", 1),
    ]
    assert [row["activity_count"] for row in variants] == [3, 2, 2]


def test_median_duration_is_of_ended_cases(variants):
    assert [row["median_seconds"] for row in variants] == [2 * 86400, 86400, None]
