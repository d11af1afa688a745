"""Lists of the governance page: automation that was switched, and who holds the role that approves."""

from __future__ import annotations

import pytest

from tests.rows import at

NORD, SOUTH = "Nord/WH", "South/WH"


@pytest.fixture(scope="module")
def built(put):
    marker = {"instance": "test", "kind": "rule switched off", "name": "Release", "marker": "a"}
    marker |= {"record_model": "base.automation", "record_id": 1, "changed_at": at("2026-02-01 08:00")}
    automation = {"instance": "test", "record_model": "ir.cron", "kind": "scheduled action"}
    role = {"instance": "test", "role": "purchase manager"}
    approval = {"instance": "test", "outcome": "approved", "approver_id": 2, "record_model": "purchase.order"}
    return put(
        at("2026-03-02 12:00"),
        fct_change_marker=[
            marker | {"plant": NORD},
            marker | {"plant": SOUTH},
            marker | {"marker": "b", "kind": "roll-out", "record_id": None, "plant": NORD},
        ],
        fct_automation=[
            automation | {"record_model": "base.automation", "record_id": 1, "state": "switched off"},
            automation | {"record_id": 2, "name": "Fetch", "state": "deactivated by Odoo"},
            automation | {"record_id": 3, "name": "Mail", "state": "works"},
            automation | {"record_id": 4, "name": "Gone", "state": "switched off", "gone_at": at("2026-02-01 08:00")},
        ],
        fct_role=[
            role | {"user_id": 2, "person": "Anna", "is_held": True, "held_from": at("1970-01-01 00:00")},
            role | {"user_id": 5, "person": "Bo", "is_held": True, "held_from": at("2026-01-01 02:00"),
                    "held_to": at("2026-02-01 02:00")},
            role | {"user_id": 5, "person": "Bo", "is_held": False, "held_from": at("2026-02-01 02:00")},
        ],
        fct_approval=[
            approval | {"approval_id": "1", "closed_at": at("2026-02-01 08:00")},
            approval | {"approval_id": "2", "closed_at": at("2025-02-01 08:00")},  # long ago
            approval | {"approval_id": "3", "closed_at": at("2026-02-02 08:00"), "outcome": "rejected"},
        ],
    )  # fmt: skip


def test_what_was_switched_is_there_once_and_what_stands_still_too(built):
    found = built.listing("switched_automation")
    assert [(row["name"], row["what"], row["plants"], row["state"]) for row in found] == [
        ("Release", "rule switched off", [NORD, SOUTH], "switched off"),
        ("Fetch", "scheduled action deactivated by Odoo", None, "deactivated by Odoo"),
    ]


def test_who_got_or_lost_a_role_comes_first(built):
    found = built.listing("role_holder")
    assert [(row["person"], row["held_from"], row["held_to"], row["approval_count"]) for row in found] == [
        ("Bo", at("2026-01-01 02:00"), at("2026-02-01 02:00"), 0),
        ("Anna", None, None, 1),
    ]
