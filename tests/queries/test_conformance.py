"""Classes of deviations: their share, what they take longer, what is accepted of them, and which come first."""

from __future__ import annotations

import math
from datetime import date, datetime, timedelta
from random import Random
from statistics import median

import pytest
from statsmodels.stats.proportion import proportion_confint

from queries import conformance, decision, warehouse
from queries.conformance import DeviationClass, median_error, ranked
from queries.decision import Acceptance
from queries.interval import wilson
from tests.conftest import Chatter
from tests.rows import order

MO = "mrp.production"
TODAY = date(2026, 3, 2)


def a_class(rule="a", plant="X", n=10, of=100, hours=10.0, amount=100.0, weight=1.0, **values) -> DeviationClass:
    told = {
        "workflow": "purchase",
        "kind": "missing",
        "definition": "",
        "owner": "Owner",
        "n_concerned": of,
        "n_open": 0,
        "low": 0.0,
        "high": 1.0,
        "n_completed": n,
        "n_conforming": 50,
        "delay_seconds": hours and hours * 3600 / max(n, 1),
        "delay_low": hours and 1.0,
        "delay_high": hours and 1e9,
        "reason": None,
        "n_valued": n,
        "currency": "EUR",
        "last_at": None,
    }
    return DeviationClass(
        rule=rule, plant=plant, n=n, share=n / of, hours=hours, amount=amount, weight=weight, **told | values
    )


def accepted(rule="a", plant=None, until=TODAY, **values) -> Acceptance:
    return Acceptance(1, datetime(2026, 3, 1), "Ann", rule, plant, "Bo", until, "why", **values)


@pytest.mark.parametrize(("k", "n"), [(0, 5), (1, 7), (50, 100), (3, 4000), (12, 12)])
def test_shares_have_the_interval_of_wilson(k, n):
    assert wilson(k, n) == pytest.approx(proportion_confint(k, n, method="wilson"), abs=1e-12)


def test_the_error_of_a_median_by_hand():
    """Of nine values the second from either end (5 - 3 = 2), which a median lies below once in 51.2 times."""
    assert median_error(9, 10.0, 20.0) == pytest.approx(10 / (2 * 2.0649), rel=1e-3)
    assert median_error(100_000, 0.0, 4.0) == 1.0


def test_the_interval_of_a_difference_holds_what_it_promises():
    """Of skewed lead times with a known difference of medians, in 95 of 100 intervals, give or take."""
    rng, held = Random(7), 0
    for _ in range(1000):
        groups = [
            sorted(rng.lognormvariate(math.log(middle), 0.8) for _ in range(n)) for middle, n in ((15, 25), (10, 80))
        ]
        row = dict.fromkeys(("plant", "workflow", "kind", "definition", "owner", "currency", "last_at", "amount"))
        row |= {
            "rule": "a",
            "weight": 1.0,
            "concerned_count": 105,
            "case_count": 25,
            "open_count": 0,
            "amount_count": 0,
        }
        for prefix, values in zip(("", "conforming_"), groups, strict=True):
            c = max(1, int((len(values) + 1) / 2 - math.sqrt(len(values)) + 0.5))
            row |= {f"{prefix}low_seconds": values[c - 1], f"{prefix}high_seconds": values[-c]}
        row |= {"completed_count": 25, "conforming_count": 80}
        row |= {"median_seconds": median(groups[0]), "conforming_seconds": median(groups[1])}
        found = conformance._class(row, [])
        held += found.delay_low <= 5 <= found.delay_high
    assert 930 <= held <= 985


def test_the_worst_in_all_has_a_score_of_100_and_half_of_it_half():
    found = ranked([a_class("half", n=5, hours=5.0, amount=50.0), a_class("worst")])
    assert [(one.place, one.of.rule, one.score) for one in found] == [(1, "worst", 100.0), (2, "half", 50.0)]


def test_delay_money_and_weight_count_alike_and_ties_share_a_place():
    found = ranked(
        [
            a_class("slow", hours=100.0, amount=0.0, n=1),
            a_class("dear", hours=0.0, amount=100.0, n=1),
            a_class("grave", hours=0.0, amount=0.0, n=1, weight=9.0),
        ]
    )
    assert {(one.of.rule, one.place) for one in found} >= {("grave", 3)} and found[0].place == found[1].place == 1
    assert found[0].score == pytest.approx(100 / 3 * (1 + 1 / 9))


def test_what_cannot_be_told_counts_as_nothing():
    """No hours; hours that may be none; no money."""
    none = a_class("none", hours=None, amount=None)
    maybe = a_class("maybe", hours=10.0, amount=None, delay_low=-5.0)
    [first, second] = ranked([none, maybe])
    assert first.score == second.score == pytest.approx(100 / 3)
    assert ranked([]) == [] and ranked([a_class(n=0, of=5)]) == []


def test_accepted_classes_are_counted_apart():
    held = accepted(plant="X")
    found = ranked([a_class("a", acceptance=held, n=90), a_class("b", n=1, hours=1.0, amount=1.0)])
    assert [(one.of.rule, one.place, one.score) for one in found] == [("b", 1, 100.0), ("a", None, None)]


@pytest.fixture(scope="module")
def folder(publish):
    """Eight orders that were reported before they began take 30 hours, eight others 10; one of those was reset."""
    chatter = Chatter()

    def live(id: int, hours: float, early: bool) -> None:
        begun = datetime(2026, 1, 5, 9)
        if early:
            chatter.say("2026-01-05 08:30", MO, id, state=("Draft", "To Close"))
        chatter.say(str(begun), MO, id, state=("To Close" if early else "Draft", "In Progress"))
        chatter.say(str(datetime(2026, 1, 5, 8) + timedelta(hours=hours)), MO, id, state=("In Progress", "Done"))

    for id in range(1, 9):
        live(id, 30 + id / 10, True)
        live(id + 10, 10 + id / 10, False)
    chatter.say("2026-01-05 08:10", MO, 11, state=("Draft", "Confirmed"))
    chatter.say("2026-01-05 08:20", MO, 11, state=("Confirmed", "Draft"))
    return publish(mrp_production=[order(id, state="done") for id in (*range(1, 9), *range(11, 19))], **chatter.records)


@pytest.fixture
def opened(folder):
    return warehouse.open(warehouse=folder)


def test_classes_with_their_impact(opened):
    found = {one.rule: one for one in conformance.classes(opened)}
    early, reset = found["reported complete before start"], found["reset to draft after release"]
    assert (early.n, early.n_concerned, early.n_completed, early.n_conforming) == (8, 16, 8, 7)
    assert (early.low, early.high) == pytest.approx(proportion_confint(8, 16, method="wilson"))
    assert early.delay_seconds == pytest.approx((30.45 - 10.5) * 3600)
    assert early.hours == pytest.approx(8 * 19.95) and early.delay_low > 19 * 3600
    assert (reset.n, reset.hours, reset.reason) == (1, None, "fewer than 6 completed cases break the rule")
    assert found["confirmed more than once"].n == 0
    assert next(iter(found)) == "reported complete before start"


@pytest.mark.parametrize(
    ("until", "withdrawn", "holds"),
    [
        (TODAY, None, True),  # the last day
        (TODAY - timedelta(days=1), None, False),
        (TODAY + timedelta(days=90), None, True),
        (TODAY + timedelta(days=90), datetime(2026, 3, 1), False),
    ],
)
def test_what_is_accepted_holds_until_its_day(opened, until, withdrawn, holds):
    decided = accepted("reported complete before start", "Nord/WH", until, withdrawn_at=withdrawn)
    found = {one.rule: one.acceptance for one in conformance.classes(opened, [decided], TODAY)}
    assert found["reported complete before start"] == (decided if holds else None)
    assert found["reset to draft after release"] is None
    [row] = conformance.shares(opened, [decided], today=TODAY)
    assert (row["case_count"], row["conforming_count"], row["accepted_count"]) == (16, 7, 8 * holds)
    assert row["share_with_accepted"] == (15 / 16 if holds else 7 / 16)
    assert row["deviating_count"] == 16 - 7 - 8 * holds


def test_accepted_in_all_plants_or_in_another_one(opened):
    for plant, count in ((None, 8), ("South/WH", 0)):
        [row] = conformance.shares(opened, [accepted("reported complete before start", plant)], today=TODAY)
        assert row["accepted_count"] == count


def test_cases_that_ended_since(opened):
    [row] = conformance.shares(opened, since=datetime(2026, 1, 6), today=TODAY)
    assert (row["case_count"], row["conforming_count"]) == (8, 0)
    assert (row["from"], row["to"]) == (date(2026, 1, 6), opened.as_of.date())
    [row] = conformance.shares(opened, today=TODAY)
    assert (row["from"], row["to"]) == (date(2026, 1, 5), opened.as_of.date()), "since the first that ended"
    assert conformance.shares(opened, since=datetime(2027, 1, 6), today=TODAY) == []


def test_a_reader_sees_the_plants_in_scope(folder):
    other = warehouse.open(warehouse.Scope(plants=frozenset({"South/WH"})), folder)
    assert conformance.classes(other) == [] and conformance.shares(other) == []
    own = warehouse.open(warehouse.Scope(plants=frozenset({"Nord/WH"})), folder)
    assert len(conformance.classes(own)) == 5


def test_decisions_are_read_from_the_folder(folder, opened, tmp_path):
    number = decision.accept("Ann", "Bo", "old gateway", "x", TODAY, today=TODAY, warehouse=tmp_path)
    [one] = decision.acceptances(tmp_path)
    assert (one.id, one.rule, one.owner, one.plant, one.until_on) == (number, "x", "Bo", None, TODAY)
