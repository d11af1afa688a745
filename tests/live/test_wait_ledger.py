"""The wait ledger against flows whose times are known: who held each order, and for how long."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

import pytest

from tests.live.test_truth import by_record, expected
from tests.live.truth import working_seconds

pytestmark = pytest.mark.live

MO = "mrp.production"
ENDS = ("from_at", "to_at")


@pytest.fixture(scope="module")
def ledger(live_warehouse) -> dict[int, list[dict]]:
    """The stretches of each production order in the order of time."""
    rows = (
        live_warehouse.cursor().sql("select * from fct_wait order by record_id, from_at").to_arrow_table().to_pylist()
    )
    return {record: stretches for (_, record), stretches in by_record(rows).items()}


@pytest.fixture(scope="module")
def played(truth) -> dict[str, dict[int, list[dict]]]:
    """By KPI, the rows that the truth has of each production order."""
    found = defaultdict(dict)
    for kpi in ("release_lead_time", "shortage_resolution_time", "work_in_process", "production_cycle_time"):
        found[kpi] = {record: rows for (model, record), rows in expected(truth, kpi).items() if model == MO}
    return found


def seconds(row: dict, as_of: datetime) -> float:
    """How long a row of the truth took, to `as_of` if it is open."""
    ended = datetime.fromisoformat(row["ended_at"]) if row["ended_at"] else as_of
    return (ended - datetime.fromisoformat(row["started_at"])).total_seconds()


def held(stretches: list[dict], owner: str) -> float:
    """How long an owner held the order, whether another one came before it or not."""
    return sum(row["elapsed_seconds"] for row in stretches if owner in (row["owner"], *row["losers"]))


def told(stretch: dict) -> tuple[str, str, str, list[str]]:
    """From, to, owner and losers, of a row of the mart or of the truth."""
    return (*(str(stretch[end]) for end in ENDS), stretch["owner"], stretch["losers"])


@pytest.mark.parametrize(
    ("kpi", "owner"), [("release_lead_time", "planner"), ("shortage_resolution_time", "supplier or stock")]
)
def test_drafts_are_the_planners_and_shortages_the_suppliers(kpi, owner, ledger, played, live_warehouse):
    wrong = []
    for record, rows in played[kpi].items():
        wanted = sum(seconds(row, live_warehouse.as_of) for row in rows)
        tolerance = 2 + max(row.get("tolerance_seconds", 0) for row in rows)
        if abs(held(ledger.get(record, []), owner) - wanted) > tolerance:
            wrong.append((rows, wanted, ledger.get(record)))
    assert len(played[kpi]) >= 3 and not wrong, f"{len(wrong)} differ, first: {wrong[0]}"


def test_the_stretches_of_an_order_are_its_lead_time_by_both_clocks(ledger, played, live_warehouse):
    """From creation to the end, of orders that were released; the plant closed as the truth has it."""
    checked = 0
    for record, [release] in played["release_lead_time"].items():
        if record not in played["work_in_process"]:
            continue
        [process] = played["work_in_process"][record]
        created = datetime.fromisoformat(release["started_at"])
        ended = datetime.fromisoformat(process["ended_at"]) if process["ended_at"] else live_warehouse.as_of
        tolerance = 2 + release.get("tolerance_seconds", 0)
        total = {clock: sum(row[f"{clock}_seconds"] for row in ledger[record]) for clock in ("elapsed", "open")}
        assert abs(total["elapsed"] - (ended - created).total_seconds()) <= tolerance, release
        assert abs(total["open"] - working_seconds(release["company"], created, ended)) <= tolerance, release
        checked += 1
    assert checked >= 10


def test_work_holds_an_order_once_it_has_begun(ledger, played):
    """Up to the start nothing has begun, and from then on nobody waits for a planner."""
    for record, [cycle] in played["production_cycle_time"].items():
        started = datetime.fromisoformat(cycle["started_at"])
        for row in ledger[record]:
            is_begun = (row["from_at"] - started).total_seconds() > -1 - cycle.get("tolerance_seconds", 0)
            assert row["is_begun"] == is_begun, (cycle, row)
            assert not is_begun or row["owner"] != "planner", (cycle, row)


def test_a_draft_whose_purchases_wait_for_approval_is_the_approvers(ledger, truth, live_warehouse):
    """The planner, whose draft it is as well, loses."""
    rows = [
        row
        for row in truth
        if row.get("kpi") == "release_blocker_count" and row.get("expect", {}).get("blocker") == "approval"
    ]
    assert len(rows) >= 3
    for row in rows:
        asked = datetime.fromisoformat(row["expect"]["entered_at"])
        stretches = ledger[row["record_id"]]
        owned = [one for one in stretches if one["owner"] == "approver"]
        waited = sum(one["elapsed_seconds"] for one in owned)
        assert abs(waited - (live_warehouse.as_of - asked).total_seconds()) <= 2, row
        assert {tuple(one["losers"]) for one in owned} == {("planner",)}
        assert {one["owner"] for one in stretches} == {"planner", "approver"}


def test_an_order_that_a_job_failed_for_is_the_integrations_until_it_succeeds(ledger, truth):
    """The planner, whose draft it is as well, loses."""
    rows = [row for row in truth if row.get("held_by") == "integration"]
    assert len(rows) == 3
    for row in rows:
        owned = [one for one in ledger[row["record_id"]] if one["owner"] == "integration"]
        since, until = (datetime.fromisoformat(row[end]) for end in ("since_at", "until_at"))
        assert abs(sum(one["elapsed_seconds"] for one in owned) - (until - since).total_seconds()) <= 2, row
        assert {tuple(one["losers"]) for one in owned} == {("planner",)}
        assert {one["detail"] for one in owned} == {"mrp.production.message_post failed"}


def test_each_stretch_has_the_owner_the_losers_and_the_seconds_that_were_played(ledger, truth):
    """Who comes before whom is told by the losers: with two ranks exchanged, owners and losers would be, too."""
    rows = [row for row in truth if "stretches" in row]
    assert {row["flow"] for row in rows} == {"held_while_short", "begun_while_short", "two_work_centers"}
    for row in rows:
        found = ledger[row["record_id"]]
        assert [told(one) for one in found] == [told(one) for one in row["stretches"]], row
        for one, wanted in zip(found, row["stretches"], strict=True):
            since, until = (datetime.fromisoformat(wanted[end]) for end in ("from_at", "to_at"))
            worked = working_seconds(row["company"], since, until)
            assert (one["elapsed_seconds"], one["open_seconds"]) == ((until - since).total_seconds(), worked), wanted
            assert {name: one[name] for name in wanted if name not in ENDS} == {
                name: value for name, value in wanted.items() if name not in ENDS
            }, row
