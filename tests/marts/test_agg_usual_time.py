"""How long standstills usually take, open ones counted: against lifelines, and what is too little to say."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from lifelines import KaplanMeierFitter

from tests.rows import at

AS_OF = at("2026-03-02 00:00")
DAY = 86400.0


def span(number: int, days: float, is_open: bool = False, **values) -> dict:
    """A shortage that took so many days, or began so many days ago."""
    began = AS_OF - timedelta(days=days if is_open else 40)
    ended = None if is_open else began + timedelta(days=days)
    row = {"kind": "shortage", "stuck_id": str(number), "instance": "test", "record_model": "mrp.production"}
    row |= {"record_id": number, "plant": "Nord/WH", "outcome": "open" if is_open else "resolved"}
    return row | {"stuck_at": began, "ended_at": ended} | values


def usual(put, spans: list[dict]) -> dict[int, dict]:
    rows = put(AS_OF, fct_stuck=spans).again("agg_usual_time").rows("select * from agg_usual_time")
    assert len({(row["kind"], row["plant"], row["percent"]) for row in rows}) == len(rows)
    return {row["percent"]: row for row in rows}


def test_of_twenty_cases_of_one_to_twenty_days_85_per_cent_end_within_17(put):
    found = usual(put, [span(days, days) for days in range(1, 21)])
    assert {percent: row["seconds"] / DAY for percent, row in found.items() if percent in (5, 6, 50, 85, 99)} == {
        5: 1, 6: 2, 50: 10, 85: 17, 99: 20,
    }  # fmt: skip
    assert (found[85]["case_count"], found[85]["open_count"]) == (20, 0)


def test_open_cases_count_as_lifelines_counts_them(put):
    chance = random.Random(5)
    cases = [(chance.expovariate(1 / 5), chance.random() < 0.3) for _ in range(200)]
    cases = [(min(days, 39.0), is_open) for days, is_open in cases]
    found = usual(put, [span(number, days, is_open) for number, (days, is_open) in enumerate(cases)])
    curve = KaplanMeierFitter().fit([days for days, _ in cases], [not is_open for _, is_open in cases])
    for percent in (10, 50, 85):
        expected = curve.percentile(1 - percent / 100)
        assert found[percent]["seconds"] / DAY == pytest.approx(expected, abs=1e-5)
    assert found[50]["open_count"] == sum(is_open for _, is_open in cases)


def test_what_is_not_reached_has_no_row(put):
    found = usual(put, [span(days, days) for days in range(1, 21)] + [span(100 + n, 39, True) for n in range(20)])
    assert 50 in found and 51 not in found


def test_fewer_than_twenty_ended_cases_say_nothing(put):
    few = [span(days, days) for days in range(1, 20)]
    assert usual(put, [*few, span(99, 30, is_open=True)]) == {}
    assert usual(put, [*few, span(99, 30, plant=None)]) == {}
