"""What was planted as a change is found at its size, and what moves nothing is not claimed to."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from statistics import fmean, median

import pytest

import etl.demo
from etl.demo import changes
from etl.demo.plants import BY_CODE, LATELY_WEEKS, PLANTS
from etl.demo.truths import LYON, MILWAUKEE, SINGAPORE, TULSA
from queries.effect import LEAST_CASES, Change, answer

Weekly = dict[str, dict[date, float]]


@pytest.fixture(scope="module")
def simulated(demo_now):
    return etl.demo.simulate(1, demo_now, demo_now, 730)


@pytest.fixture(scope="module")
def without_the_rule(demo_now):
    """The same orders in Singapore, had it gone on releasing them as before."""
    as_ever = replace(BY_CODE[SINGAPORE], policy=replace(BY_CODE[SINGAPORE].policy, release_lately=None))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(etl.demo, "PLANTS", (as_ever,))
        return etl.demo.simulate(1, demo_now, demo_now, 730)


def durations(block, first: str, last: str | None) -> Weekly:
    """Median seconds from the event that brings the state `last` (None: creation) to `first`'s, by week of start."""
    reached = defaultdict(dict)
    for event in sorted(block.events, key=lambda event: event.at):
        for name, _, new in event.changes:
            if name == "state":
                reached[event.document].setdefault(new, event.at)
    found = defaultdict(lambda: defaultdict(list))
    for order in block.orders:
        begun = order.created if last is None else reached[order].get(last)
        if not order.split and begun is not None and first in reached[order]:
            day = datetime.fromtimestamp(begun, UTC).date()
            found[order.plant.code][day - timedelta(days=day.weekday())].append(reached[order][first] - begun)
    return {
        plant: {week: math.log(median(seconds)) for week, seconds in weeks.items() if len(seconds) >= LEAST_CASES}
        for plant, weeks in found.items()
    }


def made(weeks_ago: int, demo_now, *plants: str) -> Change:
    at = demo_now.replace(tzinfo=None) - timedelta(weeks=weeks_ago)
    return Change("it", "it", at, at, frozenset(plants), frozenset(["kpi"]))


def told(change: Change, weekly: Weekly, plant: str):
    """The answer, from weeks that had ended well before now."""
    end = change.last + timedelta(weeks=11)
    by_plant = {code: {week: (v, 30) for week, v in weeks.items() if week < end} for code, weeks in weekly.items()}
    return answer(change, plant, by_plant, [change], is_log=True)


def test_the_effect_of_the_rule_is_found_at_its_size(simulated, without_the_rule, demo_now):
    weekly = durations(simulated, "confirmed", None)
    change = made(LATELY_WEEKS, demo_now, SINGAPORE)
    found = told(change, weekly, SINGAPORE)
    never = durations(without_the_rule, "confirmed", None)[SINGAPORE]
    after = [week for week in never if change.last <= week < change.last + timedelta(weeks=found.weeks_after)]
    true = math.expm1(fmean(weekly[SINGAPORE][week] - never[week] for week in after))
    assert true < -0.9 and found.effect.low < true < found.effect.high < 0
    assert (found.verdict, found.untouched_count) == ("below", 3)
    before = [week for week in never if week < change.first]
    assert all(weekly[SINGAPORE][week] == never[week] for week in before[:-1]), "only the rule makes the difference"


def test_the_roll_out_that_moves_nothing_is_claimed_to_move_nothing(simulated, demo_now):
    found = told(made(changes.TABLET_WEEKS, demo_now, MILWAUKEE), durations(simulated, "done", "progress"), MILWAUKEE)
    assert found.verdict == "normal" and found.effect.low < 0 < found.effect.high
    assert found.effect.high - found.effect.low < 0.5, "the interval says something"


def test_of_invented_changes_hardly_any_is_claimed(simulated, demo_now):
    """Holidays, seasons and plants that close at other times are in these weeks: every eighth week, in each plant that
    works as ever, on two KPIs."""
    claimed, answers = [], 0
    for weekly in (durations(simulated, "confirmed", None), durations(simulated, "done", "progress")):
        for plant in (MILWAUKEE, LYON, TULSA):
            for weeks_ago in range(LATELY_WEEKS + 14, 90, 8):
                found = told(made(weeks_ago, demo_now, plant), weekly, plant)
                answers += found.effect is not None
                claimed += [(plant, weeks_ago)] if found.verdict in ("above", "below") else []
    assert answers > 40 and len(claimed) <= 0.1 * answers, claimed


def test_the_configured_changes_are_of_plants_that_there_are(demo_now):
    markers = changes.markers(demo_now)
    assert {plant for marker in markers for plant in marker.plants} <= {plant.code for plant in PLANTS}
    assert all(marker.on is None or marker.on < demo_now.date() for marker in markers)
