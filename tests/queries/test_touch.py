"""Shares without a person, the order of steps, which steps a rule could do, and interventions by week."""

from __future__ import annotations

from datetime import date

import pytest
from statsmodels.stats.proportion import proportion_confint

from queries import touch


def at(stands_at: str, kind: str, plant: str = "Nord", touched: int = 40, once: int | None = None, orders: int = 100):
    return {
        "workflow": "production", "plant": plant, "stands_at": stands_at, "kind": kind, "order_count": orders,
        "touched_order_count": touched, "once_order_count": touched if once is None else once,
        "touch_count": 2 * touched, "empty_count": 0, "told_count": touched,
    }  # fmt: skip


def test_orders_without_a_person_are_of_a_plant_and_of_all():
    rows = [
        {"workflow": "production", "plant": plant, "confidence": grade, "rule": rule, "case_count": count,
         "untouched_count": free, "touch_count": 3 * count}
        for plant, grade, rule, count, free in (("Nord", "B", "internal", 30, 3), ("Nord", "C", "system", 10, 10),
                                                ("South", "B", "internal", 5, 0))
    ]  # fmt: skip
    found = touch.untouched(rows)
    nord, south, both = (found["production", plant] for plant in ("Nord", "South", None))
    assert (nord.case_count, nord.share, nord.touches) == (40, 13 / 40, 3)
    assert nord.interval == pytest.approx(proportion_confint(13, 40, method="wilson"), abs=1e-9)
    assert south.interval is None and (both.case_count, both.untouched_count) == (45, 13)
    assert touch.Untouched(0, 0, 0).share is None
    assert [(one["rule"], one["case_count"]) for one in touch.known_by(rows)] == [("internal", 35), ("system", 10)]


def test_positions_stand_in_the_order_of_steps():
    rows = [at("started", "done"), at("created", "wrote a message", touched=5), at("created", "confirmed"),
            at("created", "confirmed", "South"), at("somewhere", "else")]  # fmt: skip
    found = touch.positions(rows)
    assert [(one.stands_at, one.kind) for one in found] == [
        ("created", "confirmed"), ("created", "wrote a message"), ("started", "done"), ("somewhere", "else")
    ]  # fmt: skip
    assert set(found[0].cells) == {"Nord", "South"} and found[0].share == 0.4


def test_a_candidate_is_volume_times_share_times_regularity():
    rows = [at("created", "confirmed", touched=60, once=45), at("confirmed", "confirmed", touched=15)]
    found = touch.candidates(rows, [*rows, at("created", "confirmed", "South", touched=10)])
    first = found[0]
    assert (first.stands_at, first.order_count, first.share, first.regular) == ("created", 100, 0.6, 0.6)
    assert first.orders == pytest.approx(100 * 0.6 * 0.6)
    assert (first.most, first.least) == (("Nord", 0.6), ("South", 0.1))
    assert [one.stands_at for one in found] == ["created"]  # 15 × 15 / 75 spares fewer than one order in twenty


def test_decisions_messages_and_few_orders_are_no_candidates():
    rows = [
        at("approval requested", "approved"),
        at("created", "wrote a message"),
        at("created", "saved without a change"),
    ]
    assert touch.candidates(rows, rows) == []
    few = [at("created", "confirmed", touched=10, orders=12)]
    assert touch.candidates(few, few) == []


def test_what_changed_nothing_is_counted_beside_what_can_be_told():
    rows = [at("created", "a") | {"empty_count": 2}, at("created", "b") | {"told_count": 0}, at("created", "c")]
    assert touch.told(rows) == (2, 80, 240)
    assert [row["kind"] for row in touch.empty(rows)] == ["a"]


def test_interventions_have_a_count_for_each_whole_week():
    def row(kind, week, count, now=0, before=0):
        return {"kind": kind, "plant": "Nord", "week": week, "intervention_count": count, "now_count": now,
                "before_count": before}  # fmt: skip

    monday = date(2026, 1, 5)
    rows = [
        row("unlocked", monday, 2, before=2),
        row("unlocked", date(2026, 1, 19), 3, now=3),
        row("unlocked", date(2026, 1, 26), 1, now=1),
        row("new kind", monday, 1),
    ]
    found = touch.interventions(rows, monday, date(2026, 1, 26))
    assert [one["kind"] for one in found[:2]] == ["unlocked", "new kind"]
    assert (found[0]["now_count"], found[0]["before_count"], found[0]["weeks"]) == (4, 2, [2, 0, 3])
    assert {one["kind"] for one in found} == {*touch.INTERVENTIONS, "new kind"}
    assert all(one["weeks"] == [0, 0, 0] for one in found[2:])
