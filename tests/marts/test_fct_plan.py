"""The plan frozen at the release of a production order, and every change of it."""

import pytest

from tests.conftest import Chatter
from tests.rows import at, order, versions

MO = "mrp.production"
JAN = "2026-01-"


def planned(id: int, state: str, seen: str, start: str, **values) -> dict:
    """A production order as a refresh saw it; on Odoo 17 and later its start is the plan until it begins."""
    start_at = at(JAN + start)
    finish = {"finished_at": start_at.replace(hour=start_at.hour + 2)}
    return order(id, state=state, started_at=start_at, seen=JAN + seen, last_writer_id=5) | finish | values


class Log:
    """An audit log: who wrote which date over which."""

    def __init__(self):
        self.logs, self.lines = [], []

    def write(self, moment: str, document: int, user: int = 5, method: str = "write", **changes) -> None:
        number, logged = len(self.logs) + 1, at(JAN + moment)
        row = {"id": number, "model_id": 7, "document_id": document, "method": method, "user_id": user}
        self.logs.append(row | {"logged_at": logged})
        for field, (old, new) in changes.items():
            values = {"old_value": old and f"2026-01-{old}:00", "new_value": new and f"2026-01-{new}:00"}
            line = {"id": len(self.lines) + 1, "log_id": number, "field_name": field, "logged_at": logged}
            self.lines.append(line | values)

    @property
    def records(self) -> dict:
        return {
            "ir_model": [{"id": 7, "model": MO}, {"id": 8, "model": "stock.move"}],
            "auditlog_log": self.logs,
            "auditlog_log_line": self.lines,
        }


@pytest.fixture(scope="module")
def plans(build):
    """Plans by order: (number, start, changed after, changed at, by, confidence, quality)."""
    chatter, log = Chatter(), Log()
    rows = []
    for id in range(1, 15):
        chatter.say("2026-01-06 10:00", MO, id, state=("Draft", "Confirmed"))
    # 1: planned before its release and never moved; begun, so that the plan is gone
    rows += versions(
        planned(1, "draft", "06 05:00", "12 08:00"),
        planned(1, "confirmed", "07 05:00", "12 08:00"),
        planned(1, "progress", "13 05:00", "12 14:00"),
    )
    # 2: moved with the release, moved twice more, and something else changed in between
    rows += versions(
        planned(2, "draft", "06 05:00", "12 08:00"),
        planned(2, "confirmed", "07 05:00", "13 08:00"),
        planned(2, "confirmed", "07 06:00", "13 08:00", product_qty=9.0),
        planned(2, "confirmed", "07 07:00", "14 08:00", last_writer_id=2),
        planned(2, "confirmed", "07 08:00", "15 08:00"),
    )
    # 3: first seen 26 hours after its release, 4: a second later, 5: begun before anybody looked
    rows += versions(planned(3, "confirmed", "07 12:00", "12 08:00"))
    rows += versions(planned(4, "confirmed", "07 12:00:01", "12 08:00"))
    rows += versions(planned(5, "progress", "07 05:00", "06 11:00"))
    # 6: moved away and back
    rows += versions(
        planned(6, "confirmed", "07 05:00", "12 08:00"),
        planned(6, "confirmed", "07 06:00", "13 08:00"),
        planned(6, "confirmed", "07 07:00", "12 08:00"),
    )
    # 7: Odoo 16, where the plan stays beside the actual start
    old = {"planned_start_at": at("2026-01-12 08:00"), "planned_finish_at": at("2026-01-12 10:00")}
    rows += versions(planned(7, "progress", "07 05:00", "06 11:00", **old))
    # 8: the audit log has it: planned, moved in the release, moved once more, and then begun
    log.write("05 09:00", 8, date_start=("09 08:00", "12 08:00"))
    log.write("06 10:00", 8, date_start=("12 08:00", "13 08:00"), date_finished=("09 10:00", "13 10:00"))
    log.write("08 10:30", 8, user=2, date_finished=("13 10:00", "14 10:00"))
    log.write("12 07:00", 8, date_start=("13 08:00", "12 07:00"), date_finished=("14 10:00", "12 09:00"))
    chatter.say("2026-01-12 07:00", MO, 8, state=("Confirmed", "In Progress"))
    rows += versions(planned(8, "progress", "13 05:00", "12 07:00"))
    # 9: the log has its creation; 10: only what came after the release; 11: what it was when the first entry was made
    log.write("05 08:00", 9, method="create", date_start=(None, "10 08:00"), date_finished=(None, "10 10:00"))
    rows += versions(planned(9, "confirmed", "09 05:00", "10 08:00"))
    log.write("07 08:00", 10, date_start=(None, "11 08:00"))
    rows += versions(planned(10, "confirmed", "06 12:00", "10 08:00"), planned(10, "confirmed", "07 12:00", "11 08:00"))
    log.write("07 08:00", 11, date_start=("10 08:00", "11 08:00"))
    rows += versions(planned(11, "confirmed", "09 05:00", "11 08:00"))
    # 12: an entry of another model with its id; 13: an entry about something else; 14: a draft
    log.write("05 09:00", 12, date_start=("09 08:00", "12 08:00"))
    log.logs[-1]["model_id"] = 8
    rows += versions(planned(12, "confirmed", "06 12:00", "10 08:00"))
    log.write("05 09:00", 13, name=("01 01:00", "02 02:00"))
    rows += versions(planned(13, "confirmed", "06 12:00", "10 08:00"))
    rows += versions(planned(14, "draft", "06 05:00", "12 08:00"))
    built = build(mrp_production=rows, **chatter.records, **log.records)
    found: dict[int, list[tuple]] = {}
    for row in built.rows("select * from fct_plan order by record_id, plan_number"):
        assert row["is_frozen"] == (row["plan_number"] == 1)
        found.setdefault(row["record_id"], []).append(
            (
                f"{row['planned_start_at']:%d %H:%M}",
                row["changed_after_at"] and f"{row['changed_after_at']:%d %H:%M}",
                f"{row['changed_at']:%d %H:%M}",
                row["changed_by"],
                row["changed_by_confidence"],
                row["quality"],
            )
        )
    return found


def test_a_plan_that_outlives_the_release_is_the_frozen_one(plans):
    assert plans[1] == [("12 08:00", "07 04:00", "07 05:00", "Pierre", "C", "exact")]


def test_every_change_lies_between_two_refreshes_and_names_the_last_writer(plans):
    assert plans[2] == [
        ("13 08:00", "07 04:00", "07 05:00", "Pierre", "C", "seen"),
        ("14 08:00", "07 06:00", "07 07:00", "Anna", "C", "seen"),
        ("15 08:00", "07 07:00", "07 08:00", "Pierre", "C", "seen"),
    ]


def test_a_plan_first_seen_a_day_after_the_release_is_no_promise(plans):
    assert [plans[id][0][-1] for id in (3, 4)] == ["seen", "late"]


def test_an_order_that_began_unseen_has_no_plan(plans):
    assert 5 not in plans and 14 not in plans


def test_a_plan_moved_back_was_moved_twice(plans):
    assert [plan[0] for plan in plans[6]] == ["12 08:00", "13 08:00", "12 08:00"]


def test_older_versions_of_odoo_keep_the_plan_beside_the_actual_start(plans):
    assert plans[7] == [("12 08:00", None, "07 05:00", "Pierre", "C", "seen")]


def test_the_audit_log_is_exact_and_its_last_entry_is_the_start_itself(plans):
    assert plans[8] == [
        ("13 08:00", None, "06 10:00", "Pierre", "A", "exact"),
        ("13 08:00", None, "08 10:30", "Anna", "A", "exact"),
    ]
    assert plans[9] == [("10 08:00", None, "05 08:00", "Pierre", "A", "exact")]


def test_an_audit_log_that_knows_nothing_of_the_release_is_not_used(plans):
    assert plans[10] == [
        ("10 08:00", None, "06 12:00", "Pierre", "C", "seen"),
        ("11 08:00", "07 11:00", "07 12:00", "Pierre", "C", "seen"),
    ]
    assert plans[12] == plans[13] == [("10 08:00", None, "06 12:00", "Pierre", "C", "seen")]


def test_the_first_entry_tells_what_was_there_before_it(plans):
    assert plans[11] == [
        ("10 08:00", None, "05 08:00", "Anna", "A", "exact"),
        ("11 08:00", None, "07 08:00", "Pierre", "A", "exact"),
    ]


def test_no_order_no_plan(build):
    assert build().rows("select * from fct_plan") == []
