"""Exceptions as one queue: states, who is in charge, kinds that cannot be told, and what became of those of before."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from etl.systems import every
from queries import catalog, exception, subject, warehouse
from queries.catalog import ExceptionRule
from queries.decision import ASSIGNMENT, MUTE, Decision

AS_OF = datetime(2026, 3, 2)
RULE = ExceptionRule(
    "short_order", "", "", "Short", "is short", "high", 86400.0, "Planner", "Head", "buy", needs=("a or b", "c")
)


def row(kind: str = "short_order", number: int = 1, **given) -> dict:
    return {
        "exception": kind, "instance": "demo", "record_model": "mrp.production", "record_id": number,
        "responsible": None, "owner": "Planner", "fallback": "Head", "is_overdue": False,
        "age_seconds": 7200.0, "limit_seconds": 3600.0,
    } | given  # fmt: skip


def said(what: str, about: str, **given) -> Decision:
    return Decision(1, AS_OF, "Bo", None, what, about, None, given.get("owner"), given.get("until_on"), "why")


def test_the_fallback_is_in_charge_once_it_is_overdue():
    assert exception.in_charge(row()) == "Planner"
    late = row(is_overdue=True, responsible="Ann")
    assert exception.in_charge(late) == "Head"
    assert exception.is_with(late, "Ann") and exception.is_with(late, "Head") and not exception.is_with(late, "Planner")
    assert exception.holders([late, row(), row()]) == {"Planner": 2, "Ann": 1, "Head": 1}
    assert exception.beyond(late) == 3600 and exception.beyond(row(age_seconds=None)) is None


def test_a_decision_about_the_record_holds_for_what_stands_still_and_not_for_who_approved_it():
    decided = [said(MUTE, subject.of_record(row()), until_on=AS_OF.date() + timedelta(days=3000))]
    short, approved = exception.with_states([row(), row("approved_by_creator")], decided, AS_OF)
    assert (short["state"], approved["state"]) == ("muted", "open")
    assert exception.also(short) == (subject.of_record(row()),) and exception.also(approved) == ()


def test_a_decision_about_an_exception_holds_for_that_one():
    decided = [said(ASSIGNMENT, subject.of_exception(row()), owner="Ann")]
    one, other = exception.with_states([row(), row(number=2)], decided, AS_OF)
    assert (one["standing"], other["standing"]) == ("owned by Ann", "open")


def source(name: str, status: str) -> dict:
    return {"source": name, "status": status, "cost": f"no {name}"}


@pytest.mark.parametrize(
    ("sources", "reason"),
    [
        ([source("a", "ok"), source("c", "ok")], None),
        ([source("a", "absent"), source("b", "stale"), source("c", "field missing")], None),
        ([source("a", "absent"), source("b", "no right"), source("c", "ok")], "a: absent, b: no right (no a; no b)"),
        ([source("a", "ok"), source("c", "absent"), source("c", "ok")], None),
        ([source("a", "ok")], "c was never read"),
    ],
)
def test_a_kind_that_finds_none_says_whether_it_could(sources, reason):
    [kind] = exception.kinds({"short_order": RULE}, [], [], sources)
    assert kind.reason == reason and not kind.is_off


def test_a_kind_is_told_as_it_applies_and_those_with_most_overdue_come_first():
    other = replace(RULE, name="late_receipt", title="Late")
    applied = [
        {"exception": "short_order", "plant": plant, "severity": severity, "owner": "Ann", "fallback": "Head",
         "sla": 60.0, "is_off": False}
        for plant, severity in (("", "low"), ("Nord/WH", "high"))
    ]  # fmt: skip
    rows = [row(), row("late_receipt", is_overdue=True)]
    late, short = exception.kinds({"short_order": RULE, "late_receipt": other}, applied, rows, [])
    assert (late.rule.name, late.open_count, late.overdue_count, late.reason) == ("late_receipt", 1, 1, None)
    assert (short.rule.severity, short.rule.owner, short.rule.sla) == ("low", "Ann", 60)


def test_what_is_switched_off_is_told():
    applied = [{"exception": "short_order", "plant": "", "severity": "low", "owner": "", "fallback": "", "sla": 1.0}]
    [kind] = exception.kinds({"short_order": RULE}, [applied[0] | {"is_off": True}], [], [])
    assert kind.is_off


def test_what_is_new_and_what_is_gone():
    than = exception.since([row(number=1), row(number=2)], [row(number=2), row(number=3)], AS_OF)
    assert [one["record_id"] for one in than.gone] == [3]
    assert exception.is_new(row(number=1), than) and not exception.is_new(row(number=2), than)


def test_every_kind_says_which_sources_it_needs_and_they_exist():
    known = set(every())
    for rule in catalog.exceptions().values():
        assert rule.needs, rule.name
        assert {name for need in rule.needs for name in need.split(" or ")} <= known, rule.name


def test_standstills_are_those_of_the_unblock_list():
    sql = catalog.lists()["stuck"].sql
    named = {name for name in catalog.exceptions() if f"('{name}'," in sql}
    assert set(exception.STANDSTILLS) == named


def test_the_newest_file_that_is_old_enough_is_the_earlier_one(tmp_path):
    names = [f"ops_202603{day:02d}T{hour:02d}0000Z.duckdb" for day, hour in ((1, 5), (2, 5), (3, 1), (3, 5))]
    for name in [*names, "ops_other.duckdb"]:
        (tmp_path / name).touch()
    assert warehouse.earlier_version(names[3], 20 * 3600, tmp_path) == names[1]
    assert warehouse.earlier_version(names[0], 20 * 3600, tmp_path) is None
    assert warehouse.earlier_version("ops_other.duckdb", 20 * 3600, tmp_path) is None
