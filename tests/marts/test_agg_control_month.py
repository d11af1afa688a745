"""Ways round controls by month: approvals by who asked or made the document, and what was done by hand round a lock."""

from __future__ import annotations

from tests.rows import at

PLANT = "Nord/WH"


def test_approvals_and_overrides_by_month(put):
    approval = {"instance": "test", "record_model": "purchase.order", "plant": PLANT, "outcome": "approved"}
    document = {"instance": "test", "record_model": "purchase.order", "plant": PLANT, "state": "purchase"}
    done = {"instance": "test", "record_model": "purchase.order", "plant": PLANT, "confidence": "A"}
    anna, bo = 2, 5
    given = [  # of document, asked for by, given by, when
        (1, anna, anna, "2026-01-31 23:00"),
        (2, bo, anna, "2026-01-05 08:00"),  # made by Anna
        (3, bo, anna, "2026-02-01 08:00"),
        (4, anna, anna, "2026-01-06 08:00"),  # cancelled since
    ]
    built = put(
        fct_approval=[
            approval | {"approval_id": str(id), "record_id": id, "requester_id": asked, "approver_id": by,
                        "closed_at": at(when)}
            for id, asked, by, when in given
        ] + [approval | {"approval_id": "5", "record_id": 3, "requester_id": bo, "outcome": "rejected",
                         "approver_id": bo, "closed_at": at("2026-01-05 08:00")}],
        dim_document=[
            document | {"record_id": id, "created_by_id": {1: bo, 2: anna}.get(id, bo),
                        "state": "cancel" if id == 4 else "purchase"}
            for id in range(1, 5)
        ],
        fct_intervention=[
            done | {"kind": "unlocked", "record_id": 1, "intervened_at": at("2026-01-05 08:00")},
            done | {"kind": "unlocked", "record_id": 2, "intervened_at": at("2026-01-07 08:00")},
            done | {"kind": "confirmed by hand", "record_id": 1, "intervened_at": at("2026-01-05 08:00")},
        ],
    )  # fmt: skip
    built.connection.execute("delete from agg_control_month")
    rows = built.again("agg_control_month").rows("select * from agg_control_month")
    found = {(row["kind"], row["month"].month): (row["n"], row["of_count"]) for row in rows}
    assert found == {
        ("approved by who asked", 1): (1, 2),
        ("approved by who made it", 1): (1, 2),
        ("approved by who asked", 2): (0, 1),
        ("approved by who made it", 2): (0, 1),
        ("unlocked", 1): (2, None),
    }


def test_months_ahead_of_the_data_are_not_listed(put):
    built = put()
    month = {"plant": PLANT, "kind": "unlocked", "n": 1}
    built.put(
        "agg_control_month", [month | {"month": at(f"{day} 00:00").date()} for day in ("2026-03-01", "2038-01-01")]
    )
    assert [str(row["month"]) for row in built.listing("control_month", from_on=at("2025-03-01"))] == ["2026-03-01"]
