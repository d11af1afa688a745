"""Production orders against the plan frozen at their release."""

from __future__ import annotations

from datetime import date

import pytest

from queries.config import Config, Tolerance
from tests.conftest import Chatter
from tests.rows import at, order, versions

MO = "mrp.production"
EVER = (date(2000, 1, 1), date(2100, 1, 1))


def frozen(id: int, state: str = "confirmed", start: str = "12 08:00", seen: str = "06 12:00", **values) -> dict:
    """An order released on the 6th at 10:00, to start then and to finish two hours later."""
    start_at = at(f"2026-01-{start}")
    dates = {"started_at": start_at, "finished_at": start_at.replace(hour=start_at.hour + 2)}
    return order(id, state=state, seen=f"2026-01-{seen}", **dates) | values


@pytest.fixture(scope="module")
def make(build):
    chatter, rows = Chatter(), []

    def began(id: int, moment: str, state: str = "In Progress") -> None:
        chatter.say(f"2026-01-{moment}", MO, id, state=("Confirmed", state))

    for id in range(1, 12):
        chatter.say("2026-01-06 10:00", MO, id, state=("Draft", "Confirmed"))
    # 1: begun eight hours late to the second, done at once; 2: a second later; 3: early; 4: not begun and overdue
    for id, moment in ((1, "12 16:00:00"), (2, "12 16:00:01"), (3, "07 09:00")):
        began(id, moment)
        began(id, moment, "Done")
        rows += versions(frozen(id), frozen(id, "done", moment, seen="13 05:00"))
    rows += versions(frozen(4))
    # 5: due tomorrow; 6: planned anew before it began, which does not help; 7: began before anybody saw its plan
    rows += versions(frozen(5, start="19 08:00"))
    rows += versions(
        frozen(6), frozen(6, start="14 08:00", seen="12 05:00"), frozen(6, "progress", "14 08:00", "15 05:00")
    )
    began(6, "14 08:00")
    rows += versions(frozen(7, "progress", "08 08:00", seen="09 05:00"))
    began(7, "08 08:00")
    # 8: seen too late for its plan to be the frozen one; 9: cancelled; 10: a back-order; 11: done, begun unrecorded
    rows += versions(frozen(8, seen="09 05:00"))
    rows += versions(frozen(9), frozen(9, "cancel", seen="09 05:00"))
    rows += versions(frozen(10, backorder_sequence=2))
    began(11, "12 09:30", "Done")
    rows += versions(frozen(11), frozen(11, "done", seen="13 05:00"))

    def made(config: Config | None = None):
        return build(at("2026-01-18 12:00"), config, mrp_production=rows, **chatter.records)

    return made


def verdicts(built, kpi: str) -> dict[int, bool]:
    return {row["record_id"]: row["is_good"] for row in built.kpi_rows(kpi, *EVER)}


def test_starts_against_the_frozen_plan(make):
    built = make()
    assert verdicts(built, "start_adherence") == {1: True, 2: False, 3: True, 4: False, 6: False, 11: True}
    [value] = built.kpi("start_adherence", *EVER)
    assert (value["value"], value["n"], value["n_unmeasured"]) == (0.5, 6, 2)


def test_completions_against_the_frozen_plan(make):
    built = make()
    assert verdicts(built, "completion_adherence") == {1: True, 2: True, 3: True, 4: False, 6: False, 11: True}
    [value] = built.kpi("completion_adherence", *EVER)
    assert (value["n"], value["n_unmeasured"]) == (6, 2)


def test_the_tolerance_is_the_plants_own(make):
    built = make(Config(tolerances=(Tolerance("", 0.0), Tolerance("South/WH", 86400.0))))
    assert verdicts(built, "start_adherence") == {1: False, 2: False, 3: True, 4: False, 6: False, 11: False}
    built = make(Config(tolerances=(Tolerance("", 0.0), Tolerance("Nord/WH", 5 * 86400.0))))
    assert verdicts(built, "start_adherence")[6] is True


def test_rows_tell_the_plan_and_how_late(make):
    rows = {row["record_id"]: row for row in make().kpi_rows("start_adherence", *EVER)}
    assert (rows[2]["planned_at"], rows[2]["actual_at"]) == (at("2026-01-12 08:00"), at("2026-01-12 16:00:01"))
    assert rows[2]["late_seconds"] == 8 * 3600 + 1
    assert (rows[6]["replan_count"], rows[6]["plan_quality"], rows[1]["replan_count"]) == (1, "seen", 0)
    assert rows[3]["late_seconds"] < 0
