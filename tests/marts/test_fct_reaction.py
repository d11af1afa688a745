"""What was done about delays, shortages, changed quantities and failed inspections, and when."""

from datetime import date

import pytest

from tests.conftest import PLANTS, Chatter
from tests.rows import at, order, purchase, versions

MO, QC = "mrp.production", "qc.inspection"
EVER = (date(2000, 1, 1), date(2100, 1, 1))
FIELDS = [
    {"id": 32, "document_model": MO, "field_name": "product_qty", "field_type": "float"},
    {"id": 51, "document_model": QC, "field_name": "state", "field_type": "selection"},
]
STATES = ("draft", "ready", "waiting", "success", "failed")
SELECTION = [
    {"id": 920 + n, "lang": "en_US", "field_id": 51, "value": value, "label": value.title()}
    for n, value in enumerate(STATES)
]


def planned(id: int, start: str, seen: str, state: str = "confirmed", **values) -> dict:
    start_at = at(f"2026-01-{start}")
    dates = {"started_at": start_at, "finished_at": start_at.replace(hour=start_at.hour + 2)}
    return order(id, state=state, seen=f"2026-01-{seen}") | dates | values


class Story(Chatter):
    """Chatter with fields that these tests alone track."""

    def change(self, moment: str, model: str, document: int, field: int, **values) -> None:
        self.say(moment, model, document)
        row = {"id": 5000 + len(self.records["mail_tracking_value"]), "field_id": field}
        row["message_id"] = self.records["mail_message"][-1]["id"]
        self.records["mail_tracking_value"].append(row | values)


@pytest.fixture(scope="module")
def built(build):
    story, rows = Story(), []

    def released(id: int, label: str = "Ready", begun: str | None = None, state: str = "In Progress") -> None:
        story.say("2026-01-06 10:00", MO, id, state=("Draft", "Confirmed"), reservation_state=("", label))
        if begun:
            story.say(f"2026-01-{begun}", MO, id, state=("Confirmed", state))

    # delays: 1 planned anew a day later, then begun in time; 2 begun too late without; 3 begun within the tolerance;
    # 4 planned anew before it was late; 5 neither begun nor planned anew; 6 not due yet
    released(1, begun="14 07:00")
    rows += versions(planned(1, "12 08:00", "06 12:00"), planned(1, "14 08:00", "13 08:00"),
                     planned(1, "14 07:00", "15 05:00", "progress"))  # fmt: skip
    released(2, begun="12 16:00:01")
    rows += versions(planned(2, "12 08:00", "06 12:00"), planned(2, "12 16:00:01", "15 05:00", "progress"))
    released(3, begun="12 16:00:00")
    rows += versions(planned(3, "12 08:00", "06 12:00"), planned(3, "12 16:00:00", "15 05:00", "progress"))
    released(4, begun="14 08:00")
    rows += versions(planned(4, "12 08:00", "06 12:00"), planned(4, "14 08:00", "11 08:00"),
                     planned(4, "14 08:00", "15 05:00", "progress"))  # fmt: skip
    released(5)
    rows += versions(planned(5, "12 08:00", "06 12:00"))
    released(6)
    rows += versions(planned(6, "20 08:00", "06 12:00"))
    # shortages: 7 bought for, 8 ended by itself, 9 still open with a purchase from before it, 10 a part is made for it
    for id in (7, 8, 9, 10):
        released(id, "Waiting")
        rows.append(planned(id, "20 08:00", "06 12:00"))
    for id in (7, 8, 10):
        story.say("2026-01-09 10:00", MO, id, reservation_state=("Waiting", "Ready"))
    rows.append(order(11, origin="WH/MO/00010", created_at=at("2026-01-06 10:00")))
    # quantities: 12 planned anew after it, 13 not yet, 14 changed as a draft
    for id in (12, 13):
        released(id)
        story.change("2026-01-08 10:00", MO, id, 32, old_float=5.0, new_float=9.0)
    rows += versions(planned(12, "20 08:00", "06 12:00"), planned(12, "21 08:00", "09 10:00"))
    rows.append(planned(13, "20 08:00", "06 12:00"))
    rows.append(order(14))
    story.change("2026-01-05 10:00", MO, 14, 32, old_float=5.0, new_float=9.0)

    # inspections: 1 taken up again, 2 rejected without a word, 3 waits, 4 passed
    def inspected(id: int, *steps: tuple[str, str, str]) -> None:
        for moment, old, new in steps:
            story.change(f"2026-01-{moment}", QC, id, 51, old_label=old.title(), new_label=new.title())

    inspected(1, ("07 10:00", "ready", "waiting"), ("07 11:00", "waiting", "failed"), ("08 10:00", "failed", "draft"))
    inspected(2, ("07 10:00", "ready", "waiting"), ("07 11:00", "waiting", "failed"))
    inspected(3, ("07 10:00", "ready", "waiting"))
    inspected(4, ("07 10:00", "ready", "success"))
    return build(
        at("2026-01-18 12:00"),
        ir_model_fields=[*PLANTS["ir_model_fields"], *FIELDS],
        ir_model_fields_selection=[*PLANTS["ir_model_fields_selection"], *SELECTION],
        mrp_production=[{key: value for key, value in row.items() if key != "seen"} for row in rows],
        purchase_order=[
            purchase(1, origin="WH/MO/00007", created_at=at("2026-01-07 15:00")),
            purchase(2, origin="WH/MO/00009", created_at=at("2026-01-06 09:00")),
            purchase(3, origin="WH/MO/00008", created_at=at("2026-01-09 10:01")),
        ],
        qc_inspection=[
            {"id": id, "name": f"QC{id}", "state": state, "company_id": 2, "created_at": at("2026-01-07 09:00"),
             "done_at": done and at(done)}
            for id, state, done in (
                (1, "draft", None), (2, "failed", "2026-01-07 11:00"), (3, "waiting", None),
                (4, "success", "2026-01-07 10:00"),
            )
        ],
        **story.records,
    )  # fmt: skip


@pytest.fixture(scope="module")
def found(built):
    rows = built.rows("select * from fct_reaction")
    return {
        (row["record_model"], row["record_id"], row["trigger"]): tuple(
            row[name] and str(row[name]) for name in ("triggered_at", "reaction", "reacted_at", "closed_at")
        )
        for row in rows
    }


def test_delays(found):
    assert found[MO, 1, "delay"] == ("2026-01-12 08:00:00", "re-plan", "2026-01-13 08:00:00", "2026-01-14 07:00:00")
    assert found[MO, 2, "delay"] == ("2026-01-12 08:00:00", None, None, "2026-01-12 16:00:01")
    assert found[MO, 5, "delay"] == ("2026-01-12 08:00:00", None, None, None)
    assert not {(MO, id, "delay") for id in (3, 4, 6)} & found.keys()


def test_shortages(found):
    short, ready = "2026-01-06 10:00:00", "2026-01-09 10:00:00"
    assert found[MO, 7, "shortage"] == (short, "procurement", "2026-01-07 15:00:00", ready)
    assert found[MO, 8, "shortage"] == (short, None, None, ready), "bought for after it had ended"
    assert found[MO, 9, "shortage"] == (short, None, None, None), "bought for before it began"
    assert found[MO, 10, "shortage"] == (short, "procurement", short, ready)


def test_changes_of_quantity(found):
    changed = "2026-01-08 10:00:00"
    assert found[MO, 12, "demand change"] == (changed, "re-plan", "2026-01-09 10:00:00", None)
    assert found[MO, 13, "demand change"] == (changed, None, None, None)
    assert (MO, 14, "demand change") not in found


def test_failed_inspections(found):
    failed = "2026-01-07 10:00:00"
    assert found[QC, 1, "failed check"][:3] == (failed, "rework", "2026-01-08 10:00:00")
    assert found[QC, 2, "failed check"] == (failed, None, None, "2026-01-07 11:00:00")
    assert found[QC, 3, "failed check"] == (failed, None, None, None)
    assert (QC, 4, "failed check") not in found


def test_the_kpis(built, found):
    answered = [row for row in found.values() if row[2]]
    ended = [row for row in found.values() if row[3] and not row[2]]
    still_open = [row for row in found.values() if not row[2] and not row[3]]
    assert (len(answered), len(ended), len(still_open)) == (5, 3, 4)
    rows = built.kpi_rows("reaction_time", *EVER)
    assert len(rows) == 9 and sum(row["ended_at"] is None for row in rows) == 4
    assert {row["record_id"]: row["elapsed_seconds"] for row in rows if row["ended_at"]} == {
        7: 29 * 3600, 10: 0, 12: 86400, 1: 86400,
    }  # fmt: skip
    [share] = built.kpi("no_reaction_share", *EVER)
    assert (share["value"], share["n"]) == (3 / 8, 8)
    by_trigger = {row["cut"]: (row["value"], row["n"]) for row in built.kpi("no_reaction_share", *EVER, by="trigger")}
    assert by_trigger == {
        "delay": (0.5, 2), "shortage": (pytest.approx(1 / 3), 3), "demand change": (0.0, 1), "failed check": (0.5, 2),
    }  # fmt: skip
