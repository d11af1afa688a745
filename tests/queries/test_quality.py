"""Goods held for quality, themes of defects and nonconformities: what their lists count."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from queries import quality
from tests.rows import at

AS_OF = at("2026-03-02 00:00")
DAY = timedelta(days=1)


def hold(id: int, days: float, took: float | None = None, **values) -> dict:
    row = {"instance": "test", "hold_id": f"h{id}", "record_model": "qc.inspection", "record_id": id, "name": f"QC{id}"}
    row |= {"plant": "Nord/WH", "source": "inspection", "product": "Seal", "held_at": AS_OF - days * DAY}
    row |= {"ended_at": None if took is None else AS_OF - (days - took) * DAY}
    return row | {"outcome": "open" if took is None else "released"} | values


def test_open_holds_are_told_by_what_they_put_at_risk_then_by_the_usual(put):
    usual = {"kind": "hold", "instance": "test", "record_model": "qc.inspection", "usual_seconds": 2 * 86400.0}
    built = put(
        AS_OF,
        fct_hold=[hold(1, 1), hold(2, 6), hold(3, 3), hold(4, 9, 1), hold(5, 20)],
        fct_standstill=[
            usual | {"record_id": 1, "at_risk_amount": 10.0, "due_soon_count": 1},
            usual | {"record_id": 2, "timeline_model": "purchase.order", "timeline_id": 7}, usual | {"record_id": 3},
        ],
    )  # fmt: skip
    rows = built.listing("open_hold")
    assert [(row["record_id"], row["age_ratio"]) for row in rows] == [(1, 0.5), (2, 3.0), (3, 1.5), (5, None)]
    assert [quality.is_past_limit(row) for row in rows] == [False, True, False, True]  # four days, unless configured
    assert rows[1]["timeline_id"] == 7 and rows[0]["timeline_id"] is None


def test_worth_is_told_by_currency():
    rows = [{"value": 5.0, "currency": "EUR"}, {"value": 9.0, "currency": "USD"}, {"value": None, "currency": "EUR"}]
    assert quality.worth(rows) == ({"USD": 9.0, "EUR": 5.0}, 1)


OF_ALL = {"plants": [], "families": [], "people": []}
HOLDS = [
    hold(1, 5, 1, vendor="A", product_family="Seals", responsible="Ann"),
    hold(2, 5, 3, vendor="A", outcome="scrapped"), hold(3, 5, vendor="A"),
    hold(4, 5, 2, plant="South/WH", outcome="returned"), hold(5, 5, None, plant="South/WH"),
    hold(6, 90, 1, vendor="A"), hold(7, 5, 1, vendor="A", outcome="cancelled"),
]  # fmt: skip


@pytest.fixture(scope="module")
def held(put):
    return put(
        AS_OF,
        fct_hold=HOLDS,
        fct_defect_text=[
            {"instance": "test", "record_model": "qc.inspection", "record_id": 1, "plant": "Nord/WH", "text": "a leak"}
        ],
        agg_defect_text=[{"plant": "Nord/WH", "text": "a leak", "about": "", "words": "leak", "theme": 4}],
        agg_defect_theme=[{"plant": plant, "theme": 4, "label": "leak", "n": 3} for plant in (None, "Nord/WH")],
    )


def test_holds_are_cut_and_their_outcomes_add_up(held):
    asked = {"from_on": date(2026, 1, 1)} | OF_ALL
    by_vendor = {row["cut"]: row for row in held.listing("hold_time", by="vendor", **asked)}
    assert set(by_vendor) == {"A", None}
    assert by_vendor["A"]["median_seconds"] == 3 * 86400 and by_vendor["A"]["n"] == 3
    assert by_vendor[None]["median_seconds"] == 2 * 86400
    for by in ("product", "vendor", "family", "source", "plant", "theme"):
        rows = held.listing("hold_time", by=by, **asked)
        assert sum(row["n"] for row in rows) == sum(quality.outcomes(rows).values()) == 5, by
    assert quality.outcomes(by_vendor.values()) == {
        "released": 1, "reworked": 0, "returned": 1, "scrapped or rejected": 1, "still held": 2,
    }  # fmt: skip


@pytest.mark.parametrize("only", [{"families": ["Seals"]}, {"people": ["Ann"]}])
def test_holds_are_of_the_chosen_families_and_people(held, only):
    rows = held.listing("hold_time", by="vendor", from_on=date(2026, 1, 1), **(OF_ALL | only))
    assert [(row["cut"], row["n"]) for row in rows] == [("A", 1)]


def test_half_of_the_holds_being_open_is_no_time(held):
    asked = {"from_on": AS_OF - 6 * DAY} | OF_ALL
    assert held.listing("hold_time", by="vendor", **(asked | {"plants": ["South/WH"]}))[0]["n"] == 2
    by_plant = {row["cut"]: row for row in held.listing("hold_time", by="plant", **asked)}
    assert by_plant["Nord/WH"]["median_seconds"] == 3 * 86400


def test_a_hold_has_the_theme_that_its_own_record_names(held):
    rows = held.listing("hold_time", by="theme", from_on=date(2026, 1, 1), **OF_ALL)
    assert {row["cut"]: row["n"] for row in rows} == {"leak": 1, None: 4}


def test_themes_tell_how_long_their_nonconformities_take(put):
    def reported(id: int, days: float, took: float | None, plant: str = "Nord/WH") -> dict:
        closed = None if took is None else AS_OF - (days - took) * DAY
        row = {"instance": "test", "record_model": "mgmtsystem.nonconformity", "record_id": id, "plant": plant}
        return row | {
            "status": "open" if closed is None else "done",
            "created_at": AS_OF - days * DAY,
            "closed_at": closed,
        }

    records = [
        reported(1, 9, 2),
        reported(2, 9, 6),
        reported(3, 9, None),
        reported(4, 300, 1),
        reported(5, 9, 1, "South/WH"),
    ]
    built = put(
        AS_OF,
        fct_nonconformity=records,
        fct_defect_text=[
            {name: row[name] for name in ("instance", "record_model", "record_id", "plant")} | {"text": "a leak"}
            for row in records
        ],
        agg_defect_text=[
            {"plant": plant, "text": "a leak", "about": "", "theme": 4} for plant in ("Nord/WH", "South/WH")
        ],
        agg_defect_theme=[{"plant": plant, "theme": 4, "label": "leak", "n": 5} for plant in (None, "Nord/WH")],
    )  # fmt: skip
    [of_all], [of_nord] = (built.listing("theme_time", plant=plant) for plant in (None, "Nord/WH"))
    assert (of_nord["open_count"], of_nord["case_count"], of_nord["median_seconds"]) == (1, 3, 6 * 86400)
    assert (of_all["case_count"], of_all["median_seconds"]) == (4, 2 * 86400)


def test_open_nonconformities_and_actions_are_told_together(put):
    built = put(
        AS_OF,
        fct_nonconformity=[
            {"instance": "test", "record_model": "mgmtsystem.nonconformity", "record_id": id, "name": f"NC{id}",
             "status": status, "created_at": AS_OF - id * DAY}
            for id, status in ((1, "open"), (2, "done"))
        ],
        fct_corrective_action=[
            {"instance": "test", "record_model": "mgmtsystem.action", "record_id": id, "name": f"ACT{id}",
             "status": "open", "created_at": AS_OF - id * DAY, "action_type": kind, "due_at": AS_OF + due * DAY}
            for id, kind, due in ((3, "immediate action", -1), (4, None, 1))
        ],
    )  # fmt: skip
    rows = built.listing("open_nonconformity")
    assert [(row["name"], row["kind"], row["is_overdue"]) for row in rows] == [
        ("ACT3", "immediate action", True), ("ACT4", "action", False), ("NC1", "nonconformity", False),
    ]  # fmt: skip
