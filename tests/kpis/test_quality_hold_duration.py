"""How long goods are held for quality."""

from datetime import date

import pytest

from tests.rows import at, counted

QUARANTINE = [
    {"id": 11, "name": "Stock", "usage": "internal", "warehouse_id": 1},
    {"id": 12, "name": "Quarantine", "usage": "internal", "warehouse_id": 1},
]


def inspection(id: int, state: str, done: str | None = None, **values) -> dict:
    moments = {"created_at": at("2026-01-05 08:00"), "done_at": done and at(f"2026-01-{done}")}
    return {"id": id, "name": f"QC/{id}", "state": state, "product_id": 1, "company_id": 2, **moments} | values


def move(id: int, moved: str, source: int, target: int) -> tuple[dict, dict]:
    row = {"id": id, "state": "done", "product_id": 1, "company_id": 1, "moved_at": at(f"2026-01-{moved}")}
    row |= {"source_location_id": source, "destination_location_id": target}
    return row, row | {"move_id": id, "quantity": 5.0}


@pytest.fixture(scope="module")
def built(build):
    moves = [move(1, "05 09:00", 11, 12), move(2, "06 09:00", 12, 11), move(3, "07 09:00", 11, 12)]
    return build(
        stock_location=QUARANTINE,
        stock_move=[row for row, _ in moves],
        stock_move_line=[line for _, line in moves],
        qc_inspection=[
            inspection(1, "success", "05 20:00"),
            inspection(2, "failed", "08 08:00"),
            inspection(3, "waiting"),
            inspection(4, "canceled"),
            inspection(5, "plan"),
            inspection(6, "draft", _valid_to=at("2026-01-06 08:00"), _closed_by="deleted"),
        ],
    )


def test_what_counts(built):
    eight = at("2026-01-05 08:00")
    inspections = counted(built, "quality_hold_duration", filters={"source": ["inspection"]})
    assert inspections == {
        1: [(eight, at("2026-01-05 20:00"))],
        2: [(eight, at("2026-01-08 08:00"))],
        3: [(eight, None)],
    }  # 4 was cancelled, 5 is only planned, 6 was deleted
    assert counted(built, "quality_hold_duration", filters={"source": ["quarantine stock"]}) == {
        1: [(at("2026-01-05 09:00"), at("2026-01-06 09:00"))],
        3: [(at("2026-01-07 09:00"), None)],
    }  # 2 is a release


def test_by_plant_and_outcome(built):
    period = date(2026, 1, 5), date(2026, 1, 12)
    plants = {row["cut"]: (row["value"], row["n"], row["n_open"]) for row in built.kpi("quality_hold_duration", *period,
                                                                                        by="plant")}  # fmt: skip
    assert plants == {"Nord/WH": (86400.0, 2, 1), "South/WH": (3 * 86400.0, 3, 1)}
    outcomes = {row["cut"]: row["n"] for row in built.kpi("quality_hold_duration", *period, by="outcome")}
    assert outcomes == {"open": 2, "rejected": 1, "released": 2}
