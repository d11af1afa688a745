"""What became of what was decided lately: of issues, exceptions, records, budgets and accepted deviations."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from types import SimpleNamespace

import pytest

from queries import catalog, review, warehouse
from queries.decision import Acceptance, Correction, Decision

NOW = datetime(2026, 3, 10, 12)
AS_OF = datetime(2026, 3, 10, 5)
SUBJECT = "exception:short_order:test:mrp.production,7"
KPIS = catalog.load()


def decided(
    what="acknowledgement", subject=SUBJECT, id=1, at=NOW - timedelta(days=2), plant="L", **changes
) -> Decision:
    given = {"owner": None, "until_on": None, "why": "", "role": None} | changes
    return Decision(id=id, decided_at=at, who="Ann", what=what, subject=subject, plant=plant, **given)


@pytest.fixture
def read(monkeypatch):
    """read(decisions, ..., issues, named) -> Actions, over rows of the two lists."""

    def run(*found, corrections=(), acceptances=(), issues=(), named=None, only=(), as_of=AS_OF):
        record = {"exception": "short_order", "instance": "test", "record_model": "mrp.production", "record_id": 7}
        seen = {"subject": SUBJECT, "name": "WH/MO/7", "is_there": True}
        rows = {"error_issue": list(issues), "decided_subject": [record | seen | (named or {})]}
        monkeypatch.setattr(
            warehouse, "read", lambda opened, name, **given: SimpleNamespace(to_pylist=lambda: rows[name])
        )
        opened = SimpleNamespace(as_of=as_of)
        return review.read(opened, list(found), corrections, acceptances, KPIS, NOW, only)

    return run


def test_what_is_still_there_is_in_hand_and_what_is_gone_is_done(read):
    [there] = read(decided("assignment", owner="Bo"))
    assert there.about == f"{catalog.exceptions()['short_order'].title}: WH/MO/7"
    assert (there.what, there.who) == ("given to Bo", "Ann")
    assert (there.state, there.outcome) == ("in hand", "still there")
    assert there.link == "record?instance=test&model=mrp.production&id=7"
    [gone] = read(decided(), named={"is_there": False})
    assert (gone.state, gone.outcome) == ("done", "no longer in the data")


def test_what_was_resolved_and_is_seen_again_is_back(read):
    [back] = read(decided("resolution", why="done"))
    assert (back.what, back.state, back.outcome) == ("resolved", "back", "seen again on 10 Mar")
    [fresh] = read(decided("resolution", why="done", at=AS_OF + timedelta(hours=1)))
    assert (fresh.state, fresh.outcome) == ("in hand", "no newer data yet")


def test_an_issue_is_done_while_it_does_not_fail_again(read):
    issue = {"issue": "e1-5", "flow_name": "Send orders", "source": "n8n", "last_seen_at": NOW - timedelta(days=3)}
    [done] = read(decided("resolution", "issue:e1-5", why="x"), issues=[issue])
    assert (done.about, done.state, done.outcome) == ("Error issue of Send orders", "done", "not seen since")
    assert done.link == "integrations?issue=e1-5"
    [muted] = read(decided("mute", "issue:e1-5", until_on=date(2026, 3, 20)), issues=[issue])
    assert (muted.what, muted.state) == ("muted until 20 Mar", "in hand")


def test_only_what_was_decided_lately_and_holds_is_a_line_the_newest_for_each_subject(read):
    old = decided(at=NOW - timedelta(days=8))
    taken_back = decided(id=2, withdrawn_at=NOW, withdrawn_by="Bo", withdrawn_why="no")
    assert read(old, taken_back) == []
    [one] = read(old, decided("assignment", id=3, owner="Bo"), decided("comment", id=4, why="asked"))
    assert one.what == "commented"
    assert read(decided(plant="N"), only=("L",)) == [] and len(read(decided(plant=None), only=("L",))) == 1


def test_budgets_and_accepted_deviations_have_their_line(read):
    days = date(2026, 3, 2), date(2026, 3, 3)
    kept = Correction(1, NOW - timedelta(days=1), "Ann", "release_lead_time", "L", *days, "shutdown", "flood")
    back = Correction(2, NOW - timedelta(days=2), "Ann", None, None, days[0], days[0], "upgrade", "x", NOW, "Bo", "no")
    accepted = Acceptance(3, NOW - timedelta(days=3), "Ann", "approved twice", "L", "Cy", date(2026, 4, 1), "ok")
    found = read(corrections=[back, kept], acceptances=[accepted])
    assert [(one.about, one.what, one.state, one.outcome) for one in found] == [
        ("Budget of Release lead time", "2 Mar to 3 Mar left out, shutdown", "in hand", "holds"),
        ("All budgets", "2 Mar left out, upgrade", "back", "taken back by Bo"),
        ("Deviation “approved twice”", "accepted until 1 Apr, owned by Cy", "in hand", "holds"),
    ]


def test_the_list_tells_of_each_subject_whether_it_is_there(demo_warehouse):
    opened = warehouse.open(warehouse=demo_warehouse)
    [row] = warehouse.read(opened, "open_exception").to_pylist()[:1]
    record = f"{row['instance']}:{row['record_model']},{row['record_id']}"
    asked = [f"exception:{row['exception']}:{record}", f"exception:no_such:{record}", f"record:{record}", "issue:e1-1"]
    found = {one["subject"]: one for one in warehouse.read(opened, "decided_subject", subjects=asked).to_pylist()}
    assert [found[name]["is_there"] for name in asked[:3]] == [True, False, True] and asked[3] not in found
    assert {one["record_id"] for one in found.values()} == {row["record_id"]}
