"""The unblock list: what is on it, one line for a document, how it stands by decisions, and in the terminal."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta

import pytest
from typer.testing import CliRunner

from queries import decision, subject, unblock, warehouse
from queries.__main__ import app
from queries.decision import ACKNOWLEDGEMENT, MUTE, Decision
from tests.marts.test_agg_usual_time import span
from tests.marts.test_fct_standstill import waits
from tests.rows import at

AS_OF = at("2026-03-02 12:00")


def standstill(kind: str, id: int, days: float, **values) -> dict:
    model = {"approval": "purchase.order", "hold": "stock.move", "run": "queue.job", "operation": "mrp.workorder"}
    row = span(id, days, is_open=True, kind=kind, stuck_id=f"{kind} {id}", record_id=id, workflow="production")
    row |= {"record_model": model.get(kind, "mrp.production"), "about_instance": "test", "name": f"{kind} {id}"}
    row["stuck_at"] = AS_OF - timedelta(days=days)
    return row | {"about_model": row["record_model"], "about_id": id} | values


def exception(name: str, id: int, model: str = "mrp.production", **values) -> dict:
    row = {"exception": name, "title": name, "owner": "Planner", "fallback": "Head", "instance": "test"}
    row |= {"record_model": model, "record_id": id, "name": f"no {id}", "plant": "Nord/WH", "is_overdue": False}
    return row | {"severity": "high", "since_at": AS_OF - timedelta(days=3), "age_seconds": 259200.0} | values


@pytest.fixture(scope="module")
def listed(put) -> dict[str, dict]:
    built = put(AS_OF)
    about = {"about_model": "purchase.order", "about_id": 8}
    built.put("fct_stuck", [
        standstill("shortage", 1, 3, responsible="Anna"),
        standstill("operation", 2, 2, about_model="mrp.production", about_id=1),
        standstill("hold", 3, 1), standstill("release", 4, 1), standstill("release", 5, 9),
        standstill("approval", 6, 5, role="Finance"), standstill("run", 7, 5, **about),
        standstill("run", 9, 5, about_model="purchase.order", about_id=10),
    ])  # fmt: skip
    built.put("fct_held_up_order", [
        waits(1, 3, 500.0, holder=1), waits(2, 3, 700.0, holder=8, holder_model="purchase.order"),
    ])  # fmt: skip
    built.again("fct_held_up", "agg_usual_time", "fct_standstill").put_exceptions([
        exception("short_order", 1, responsible="Anna"), exception("overdue_work_order", 2, "mrp.workorder"),
        exception("stalled_draft_order", 4), exception("stalled_draft_order", 5, is_overdue=True),
        exception("waiting_approval", 6, "purchase.order", responsible="the buyer"),
        exception("dead_letter", 7, "queue.job"), exception("dead_letter", 9, "queue.job"),
        exception("margin_below_limit", 11, "sale.order"),
        exception("bom_changed_on_open_order", 12, due_soon_count=1),
    ])  # fmt: skip
    return {row["name"]: row for row in built.listing("stuck")}


def test_list_holds_what_stands_still_and_what_is_waited_for(listed):
    """Not a draft within its limit, nor a run or another exception that no order due soon waits for."""
    assert list(listed) == ["no 7", "no 1", "no 12", "no 6", "no 5", "hold 3"]


def test_a_document_is_one_line_that_tells_the_rest(listed):
    assert listed["no 1"]["also"] == "overdue_work_order" and listed["no 1"]["at_risk_amount"] == 500.0
    assert listed["no 7"]["also"] is None


def test_an_exception_without_a_history_has_no_chance_and_comes_after_what_has_one(listed):
    row = listed["no 12"]
    assert (row["kind"], row["chance"], row["at_risk_amount"]) == ("exception", None, None)
    assert unblock.risk(row) == "chance not known"


def test_an_approval_is_with_whom_it_waits_for_not_with_who_asked(listed):
    assert unblock.holder(listed["no 6"]) == "Finance"
    assert unblock.holder(listed["no 1"]) == "Anna"
    assert unblock.holder(listed["no 5"]) == "Head"


def decided(what: str, about: str, number: int = 1, until: date | None = None) -> Decision:
    return Decision(number, datetime(2026, 3, 1), "Bo", None, what, about, "Nord/WH", None, until, "why")


@pytest.mark.parametrize("name", [subject.of_record, subject.of_exception])
def test_a_decision_about_the_record_or_its_exception_holds(listed, name):
    rows = list(listed.values())
    about = name(listed["no 1"])
    found = {row["name"]: row for row in unblock.with_states(rows, [decided(ACKNOWLEDGEMENT, about)], AS_OF)}
    assert found["no 1"]["state"] == "acknowledged" and found["no 6"]["state"] == "open"
    assert found["no 1"]["subject"] == subject.of_record(listed["no 1"])


def test_a_mute_holds_until_its_day(listed):
    tomorrow = datetime.now().date() + timedelta(days=1)
    mute = decided(MUTE, subject.of_record(listed["no 1"]), until=tomorrow)
    [row] = unblock.with_states([listed["no 1"]], [mute], AS_OF)
    assert row["state"] in subject.PUT_ASIDE
    over = decided(MUTE, subject.of_record(listed["no 1"]), until=tomorrow - timedelta(days=9))
    assert unblock.with_states([listed["no 1"]], [over], AS_OF)[0]["state"] == "open"


def test_counts_are_of_every_row_the_most_first(listed):
    rows = list(listed.values())
    assert dict(unblock.counts(rows, "kind")) == {
        "approval": 1, "exception": 1, "hold": 1, "release": 1, "run": 1, "shortage": 1
    }  # fmt: skip
    assert unblock.counts(rows, "person") == [("nobody named", 5), ("Anna", 1)]
    assert unblock.counts(rows, "work center") == [("no work center", 6)]
    assert all(sum(count for _, count in unblock.counts(rows, cut)) == len(rows) for cut in unblock.CUTS)


@pytest.mark.parametrize(
    ("ratio", "cases", "words"),
    [
        (2.34, 50, "2.3 × usual"),
        (0.99, 50, "0.9 × usual"),
        (0.04, 50, "under 0.1 × usual"),
        (None, None, "usual time not known"),
        (None, 50, "usual time not reached: too many are open"),
    ],
)
def test_an_age_is_told_against_the_usual(ratio, cases, words):
    assert unblock.age({"age_ratio": ratio, "usual_case_count": cases}) == words


def test_totals_are_of_the_chosen_plants():
    row = {"plant": "A", "order_count": 2, "late_count": 1, "amount": 10.0, "currency": "EUR"}
    rows = [row, row | {"plant": "B", "order_count": 1, "late_count": 0, "amount": None, "currency": None}]
    assert unblock.totals(rows) == {"order_count": 3, "late_count": 1, "amount": 10.0, "currency": "EUR"}
    assert unblock.totals(rows, ("B",)) == {"order_count": 1, "late_count": 0, "amount": None, "currency": None}


def test_an_order_that_waits_for_two_records_counts_once(put):
    built = put(AS_OF, fct_stuck=[standstill("shortage", 1, 3), standstill("approval", 8, 3)])
    held = {"holder": 8, "holder_model": "purchase.order"}
    built.put(
        "fct_held_up_order", [waits(1, 3, 500.0, holder=1), waits(1, 3, 500.0, **held), waits(2, -1, 70.0, **held)]
    )
    [row] = built.again("fct_standstill").listing("stuck_total")
    assert (row["order_count"], row["late_count"], row["amount"]) == (2, 1, 570.0)


@pytest.mark.parametrize(
    ("ended", "is_today"),
    [
        ("2026-03-02 04:01", True),  # 05:01 in Lille
        ("2026-03-02 03:59", False),
        ("2026-03-02 12:30", False),  # after the moment of the data
    ],
)
def test_what_moved_on_since_five_in_the_morning_of_the_plant(put, ended, is_today):
    row = standstill("hold", 1, 2, outcome="released", ended_at=at(ended))
    found = put(AS_OF, fct_stuck=[row]).listing("unblocked")
    assert bool(found) == is_today
    if found:
        assert found[0]["began_at"] == at("2026-03-02 04:00")


def test_before_five_the_day_is_the_one_before(put):
    row = standstill("hold", 1, 2, outcome="released", ended_at=at("2026-03-01 20:00"))
    assert put(at("2026-03-02 03:00"), fct_stuck=[row]).listing("unblocked")


def test_command_prints_the_list(demo_warehouse):
    def call(*arguments: str):
        return CliRunner().invoke(app, ["unblock", *arguments], env={"OPS_WAREHOUSE": str(demo_warehouse)})

    rows = json.loads(call("--json").output)
    opened = warehouse.open(warehouse=demo_warehouse)
    assert [row["subject"] for row in rows] == [row["subject"] for row in unblock.stuck(opened, [])]
    worth = [row["at_risk_amount"] or 0 for row in rows]
    assert worth == sorted(worth, reverse=True) and worth[0] > 0
    plant = rows[0]["plant"]
    assert {row["plant"] for row in json.loads(call("--plant", plant, "--json").output)} == {plant}
    assert rows[0]["name"] in call("--plant", plant).output
    assert call("--csv").output.startswith("kind,exception,title")
    assert call("--plant", "Atlantis").exit_code == 1


def test_what_the_list_shows_can_be_decided_in_the_terminal(own):
    opened = warehouse.open(warehouse=own)
    held = next(row for row in unblock.stuck(opened, []) if row["record_model"] == "stock.move")
    done = CliRunner().invoke(app, ["decide", "ack", held["subject"], "--who", "Bo"], env={"OPS_WAREHOUSE": str(own)})
    assert done.exit_code == 0, done.output
    [kept] = decision.decisions(own)
    assert (kept.subject, kept.plant) == (held["subject"], held["plant"])
