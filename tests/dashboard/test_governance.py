"""Governance over the demo plants, with names and without, and over what is missing, old or empty."""

from __future__ import annotations

from datetime import date, timedelta

import duckdb
import pytest

from dashboard import data, governance_view, texts
from queries import catalog, decision, governance, measure, readable, warehouse
from queries.decision import Acceptance, Correction, Decision
from queries.warehouse import Scope

SINGAPORE, LYON = "Alder Asia/SIN", "Alder France/WH"
MOST_QUERIES = 8
FRAME = {"plant", "source_health", "check_result"}
MARTS = {"fct_exception", "agg_control_month", "fct_role", "fct_change_marker", "fct_automation", "agg_approver_group",
         "fct_intervention", "fct_approval"}  # fmt: skip
RULES = governance.rules(catalog.exceptions())


@pytest.fixture(scope="module")
def found(demo_warehouse):
    opened = warehouse.open(warehouse=demo_warehouse)
    return warehouse.read(opened, "governance_finding", rules=list(RULES)).to_pylist()


def change(own, *statements: str) -> None:
    with duckdb.connect(str(own / warehouse.current_version(own))) as con:
        for statement in statements:
            con.execute(statement)


def panel(text: str, name: str) -> str:
    return text.partition(f"<caption>{name}</caption>")[2].partition("</table>")[0]


def test_all_that_was_planted_is_found_and_leads_on(open_page, found):
    assert {row["exception"] for row in found} == set(RULES)
    page = open_page("governance")
    text = page.text
    assert all(f"id={row['record_id']}" in text for row in found)
    duties = panel(text, texts.GOVERNED["duties"])
    by_requester = duties[duties.index(RULES["approved_by_requester"].title) :].partition("</tr>")[0]
    assert "plant=Alder+France" in by_requester  # one of Lyon's buyers approved what he had asked for
    assert "Approvals, rubber stamps and overload" in page.links


def test_findings_are_narrowed_to_a_rule_and_a_plant(open_page, found):
    page = open_page("governance", finding="approved_without_role", plant="Alder Industries/TUL")
    own = [row for row in found if row["exception"] == "approved_without_role"]
    assert page.chosen("finding") == [RULES["approved_without_role"].title]
    shown = panel(page.text, RULES["approved_without_role"].title)
    assert shown.count("<tr>") - 1 == len(own) == 2
    assert all(row["responsible"] in shown for row in own)
    assert open_page("governance", finding="no such rule").chosen("finding") == []


def test_people_are_told_only_to_those_who_may_see_names(open_page, found, monkeypatch):
    monkeypatch.setattr(data, "reader", lambda: Scope(sees_names=False))
    text = open_page("governance").text
    people = {row["responsible"] for row in found if row["responsible"]}
    assert texts.NOT_LOADED not in text and people
    assert not [name for name in people if name in text]


def test_a_way_round_leads_to_its_records(open_page, demo_warehouse):
    opened = warehouse.open(warehouse=demo_warehouse)
    rows = warehouse.read(opened, "override", kind="unlocked", plants=[LYON], most=200).to_pylist()
    assert "way=unlocked" in open_page("governance").text
    text = open_page("governance", way="unlocked", plant=LYON).text
    assert rows and all(row["name"] in text for row in rows)
    assert "Milwaukee" not in text
    assert panel(open_page("governance", way=governance.REQUESTER).text, "Approved by who asked").count("<tr>") > 1


def test_what_was_decided_stands_there_until_it_is_over(open_page, own):
    today = readable.utc_now().date()
    decision.accept("Ann", "Bo", "the new press", "approved after order", today + timedelta(days=5), warehouse=own)
    decision.decide("Cy", "mute", "exception:approved_by_creator:demo:purchase.order,12", "known", warehouse=own,
                    until_on=today + timedelta(days=60))  # fmt: skip
    shown = panel(open_page("governance", warehouse=own).text, "Decided in this app, and in force")
    assert "soon over" in shown and "the new press" in shown and "Bo" in shown
    assert "Approved by who made it: purchase.order 12" in shown and "role not said" in shown


def test_what_the_data_cannot_tell_is_said(open_page, own):
    blind = panel(open_page("governance").text, "What cannot be seen")
    assert "never" in blind and "Seen with user, moment and old value" in blind
    change(own, "update source_state set absent = true where source = 'auditlog_log'")
    blind = panel(open_page("governance", warehouse=own).text, "What cannot be seen")
    assert "no: auditlog_log absent" in blind and "Seen with user, moment and old value" not in blind


def test_first_day_is_a_page_that_says_so(open_page, own):
    change(own, *(f"delete from {mart}" for mart in MARTS))
    text = open_page("governance", warehouse=own).text
    assert texts.NOT_LOADED not in text
    for words in (texts.FINDINGS_NONE, texts.WAYS_ROUND_NONE, texts.HELD_DECISIONS_NONE, texts.SWITCHED_NONE,
                  texts.ROLES_NONE, texts.BLIND_SPOTS):  # fmt: skip
        assert words in text


def test_a_plant_without_data_leaves_the_others(open_page, own):
    with_plant = MARTS - {"fct_automation"}
    change(own, *(f"delete from {mart} where plant = '{SINGAPORE}'" for mart in with_plant))
    text = open_page("governance", warehouse=own, plant=SINGAPORE).text
    assert texts.NOT_LOADED not in text and texts.FINDINGS_NONE in text


def test_stale_data_are_marked(open_page, monkeypatch):
    now = readable.utc_now()
    monkeypatch.setattr(readable, "utc_now", lambda: now + timedelta(hours=27))
    assert "Stale: the data is from" in open_page("governance").text


def test_one_part_that_cannot_be_read_leaves_the_others(open_page, own, monkeypatch):
    change(own, "drop table agg_control_month")
    asked = []
    read = warehouse.read
    monkeypatch.setattr(warehouse, "read", lambda *of, **given: asked.append(of[1]) or read(*of, **given))
    for of in ("values", "distribution", "survival"):
        monkeypatch.setattr(measure, of, lambda *a, of=of, **k: asked.append(of))
    text = open_page("governance", warehouse=own).text
    assert "was published before it held" in text and texts.BLIND_SPOTS in text
    assert 0 < len([one for one in asked if one not in FRAME]) <= MOST_QUERIES, asked


# What is put together for the page


def test_months_are_those_of_the_year_before_and_the_running_one():
    today = date(2026, 3, 10)
    assert governance.first_month(today) == date(2025, 3, 1)
    line = {"kind": "unlocked", "of_count": None}
    rows = [
        line | {"plant": "a", "month": date(2025, 3, 1), "n": 2},
        line | {"plant": "b", "month": date(2026, 3, 1), "n": 1},
        {"kind": governance.REQUESTER, "plant": "a", "month": date(2026, 2, 1), "n": 0, "of_count": 40},
    ]
    asked, unlocked = governance.ways(rows, today)
    assert (asked.kind, asked.total, asked.of_count) == (governance.REQUESTER, 0, 40)
    assert unlocked.months == (2, *[0] * 11, 1) and unlocked.by_plant == {"a": 2, "b": 1}
    assert set(texts.WAY_ROUND) == set(governance_view.KINDS)


def test_decisions_are_sorted_by_what_is_over_first():
    today = date(2026, 3, 10)
    at = readable.utc_now()

    def mute(number: int, days: int, **more) -> Decision:
        until = today + timedelta(days=days)
        return Decision(
            number, at, "Cy", None, "mute", f"record:x:stock.picking,{number}", None, None, until, "w", **more
        )

    held = governance.held(
        [Correction(1, at, "Ann", "kpi", "a", today, today, "stocktake", "counted")],
        [Acceptance(2, at, "Ann", "rule", None, "Bo", today - timedelta(days=3), "why", role="executive"),
         Acceptance(3, at, "Ann", "old", None, "Bo", today - timedelta(days=300), "why")],
        [mute(4, 100), mute(5, 3), mute(6, 90, withdrawn_at=at)],
        {"kpi": "Title of the KPI"},
        today,
        ["a"],
    )  # fmt: skip
    assert [(one.about, one.state) for one in held] == [
        ("rule", "expired"), ("stock.picking 5", "soon over"), ("Title of the KPI", "holds"),
        ("stock.picking 4", "holds"), ("stock.picking 6", "withdrawn"),
    ]  # fmt: skip
    assert (
        governance.held([Correction(1, at, "Ann", None, "b", today, today, "other", "x")], [], [], {}, today, ["a"])
        == []
    )
