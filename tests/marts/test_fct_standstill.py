"""What stands still: its age against what is usual, and what it puts at risk, by hand."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.marts.test_agg_usual_time import span
from tests.rows import at

AS_OF = at("2026-03-02 00:00")
DAY = timedelta(days=1)
GRID = 0.01  # shares are told to a whole per cent
HISTORY = [span(days, days) for days in range(1, 21)]  # half of them take less than ten days


def standing(days: float, id: int = 77, **values) -> dict:
    about = {"about_instance": "test", "about_model": "mrp.production", "about_id": id}
    return span(1000 + id, days, is_open=True, record_id=id, **about) | values


def waits(id: int, due_in: float, amount: float | None = 1000.0, holder: int = 77, **values) -> dict:
    row = {"instance": "test", "holder_model": "mrp.production", "holder_id": holder, "plant": "Nord/WH"}
    row |= {"record_model": "sale.order", "record_id": id, "due_at": AS_OF + due_in * DAY, "is_demand": True}
    row |= {"is_waiting": True, "is_due_soon": due_in < 7, "is_end": True}
    return row | {"reporting_amount": amount, "reporting_currency": "EUR"} | values


@pytest.fixture(scope="module")
def judged(put):
    def of(spans: list[dict], orders: list[dict]) -> dict:
        built = put(AS_OF, fct_stuck=spans, fct_held_up_order=orders)
        built.again("fct_held_up", "agg_usual_time", "fct_standstill")
        [row] = built.rows("select * from fct_standstill where record_id = 77")
        return row

    return of


def test_the_chance_is_that_of_cases_that_lasted_as_long(judged):
    """After 4 days 16 of 20 still stood still; on the day of the order, after 10, it were 10: 10 of 16."""
    row = judged([*HISTORY, standing(4.5)], [waits(1, 6)])
    assert row["chance"] == pytest.approx(0.625, abs=GRID) and row["at_risk_amount"] == pytest.approx(625, rel=GRID)
    assert row["age_ratio"] == pytest.approx(4.5 / 18) and row["usual_case_count"] == 21
    assert (row["due_soon_count"], row["due_soon_amount"], row["held_up_currency"]) == (1, 1000.0, "EUR")


def test_each_order_has_its_own_chance_and_one_that_is_late_is_lost(judged):
    row = judged([*HISTORY, standing(4.5)], [waits(1, 6), waits(2, -3, 500.0), waits(3, 20, 9000.0)])
    assert row["at_risk_amount"] == pytest.approx(625 + 500, rel=GRID)
    assert row["chance"] == pytest.approx(1125 / 1500, abs=GRID)
    assert (row["waiting_count"], row["due_soon_count"], row["held_up_amount"]) == (3, 2, 10500.0)


@pytest.mark.parametrize(("spans", "why"), [([], "nothing usual"), (HISTORY, "nothing lasted as long")])
def test_what_cannot_be_told_from_cases_counts_in_full(judged, spans, why):
    row = judged([*spans, standing(35)], [waits(1, 6)])
    assert (row["chance"], row["at_risk_amount"]) == (1, 1000.0), why


def test_an_order_that_another_waits_for_counts_once(judged):
    row = judged([*HISTORY, standing(4.5)], [waits(1, 6), waits(2, 6, 300.0, is_end=False)])
    assert row["at_risk_amount"] == pytest.approx(625, rel=GRID) and row["due_soon_count"] == 2


def test_a_value_that_is_not_known_is_counted_and_not_guessed(judged):
    row = judged([*HISTORY, standing(4.5)], [waits(1, 6, None)])
    assert row["at_risk_amount"] is None and row["chance"] == pytest.approx(0.625, abs=GRID)
    assert row["unvalued_count"] == 1


def test_what_nothing_waits_for_puts_nothing_at_risk(judged):
    row = judged([*HISTORY, standing(4.5)], [])
    assert (row["at_risk_amount"], row["chance"], row["waiting_count"]) == (None, None, 0)


def test_two_open_spans_of_a_record_are_one_from_the_first(judged):
    row = judged([*HISTORY, standing(4.5), standing(2) | {"stuck_id": "b", "product": "Chair"}], [])
    assert row["age_seconds"] == pytest.approx(4.5 * 86400)
