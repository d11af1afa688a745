"""Which automation works, which fails or never ran, and of which nothing is known."""

from __future__ import annotations

import pytest

from tests.marts.test_fct_integration_event import CALLED, NO_RECORD, day, entry
from tests.rows import versions


def cron(id: int, **values) -> dict:
    row = {"id": id, "name": f"Action {id}", "active": True, "last_run_at": day("20 08:00"), "failure_count": 0}
    return row | values


def rule(id: int, trigger: str, **values) -> dict:
    return {"id": id, "name": f"Rule {id}", "trigger": trigger, "model_id": 8, "active": True} | values


@pytest.fixture(scope="module")
def found(build):
    failing = {"failure_count": 6, "failing_since_at": day("10 08:00")}
    built = build(
        ir_cron=[
            cron(1),
            cron(2, **failing),
            cron(3, last_run_at=None),
            cron(4, failure_count=None),
            cron(8, next_run_at=day("20 08:00"), interval_number=1, interval_type="hours"),
            cron(9, next_run_at=day("20 08:00"), interval_number=900, interval_type="months"),
            cron(10, next_run_at=day("20 08:00"), interval_number=1, interval_type="hours", failure_count=None),
            *versions(
                cron(5, **failing) | {"seen": "2026-01-20 09:00"},
                cron(5, active=False) | {"seen": "2026-01-21 09:00"},
            ),
            *versions(
                cron(6) | {"seen": "2026-01-20 09:00"},
                cron(6, active=False) | {"seen": "2026-01-21 09:00"},
            ),
            *versions(  # failed, but not for a week yet: somebody switched it off
                cron(7, **failing) | {"seen": "2026-01-12 09:00"},
                cron(7, active=False) | {"seen": "2026-01-13 09:00"},
            ),
        ],
        base_automation=[
            rule(1, "on_create_or_write"),
            rule(2, "on_time", last_run_at=day("20 08:00")),
            rule(3, "on_webhook", is_logged=True),
            rule(4, "on_webhook", is_logged=True),
            rule(5, "on_webhook", is_logged=False),
            rule(6, "on_time_created"),
            rule(7, "on_webhook", is_logged=True),
            rule(8, "on_write", active=False),
            rule(9, "on_write", name=None, model_id=None, action_id=31),  # as up to Odoo 16
        ],
        ir_actions_server=[
            {"id": 30, "name": "Tell the hub", "state": "webhook", "usage": "base_automation", "model_id": 8},
            {"id": 31, "name": "Old rule", "state": "code", "usage": "base_automation", "model_id": 8},
        ],
        ir_model=[{"id": 8, "model": "sale.order"}],
        ir_logging=[
            entry(1, "INFO", "08:00", CALLED, rule=3),
            entry(2, "ERROR", "08:00", NO_RECORD, rule=3),
            entry(3, "INFO", "09:00", CALLED, rule=3),
            entry(4, "INFO", "08:00", CALLED, rule=4),
            entry(5, "INFO", "09:00", CALLED, rule=4),
            entry(6, "ERROR", "09:00", NO_RECORD, rule=4),
            entry(7, "INFO", "10:00", CALLED, rule=4),
            entry(8, "ERROR", "10:00", NO_RECORD, rule=4),
        ],
    )
    rows = built.rows("from fct_automation")
    assert {row["kind"] for row in rows} == {
        "scheduled action", "webhook", "rule by time", "rule by event", "outgoing webhook"
    }  # fmt: skip
    return {(row["record_model"], row["record_id"]): row for row in rows}


def of(found, model: str, *names: str) -> dict[int, tuple]:
    return {id: tuple(row[name] for name in names) for (of, id), row in found.items() if of == model}


def test_scheduled_actions(found):
    assert of(found, "ir.cron", "state", "failing_since_at") == {
        1: ("works", None),
        2: ("failing", day("10 08:00")),
        3: ("never ran", None),
        4: ("unknown", None),
        5: ("deactivated by Odoo", None),
        6: ("switched off", None),
        7: ("switched off", None),
        8: ("late", None),
        9: ("works", None),
        10: ("late", None),
    }
    assert [found["ir.cron", number]["late_since_at"] for number in (8, 9, 10)] == [
        day("20 08:00"),
        None,
        day("20 08:00"),
    ]
    assert found["ir.cron", 4]["unknown_because"] == "Odoo counts failures of scheduled actions from version 18 on"


def test_automation_rules(found):
    assert of(found, "base.automation", "state", "last_run_at", "failing_since_at") == {
        1: ("unknown", None, None),
        2: ("works", day("20 08:00"), None),
        3: ("works", day("07 09:00"), None),
        4: ("failing", day("07 10:00"), day("07 09:00")),
        5: ("unknown", None, None),
        6: ("never ran", None, None),
        7: ("never ran", None, None),
        8: ("switched off", None, None),
        9: ("unknown", None, None),
    }
    assert found["base.automation", 5]["unknown_because"] == "its calls are not logged"
    assert (found["base.automation", 9]["name"], found["base.automation", 9]["target_model"]) == (
        "Old rule",
        "sale.order",
    )


def test_actions_that_call_another_system(found):
    assert of(found, "ir.actions.server", "state", "unknown_because") == {
        30: ("unknown", "Odoo keeps nothing of the calls it makes")
    }


def test_only_what_is_unknown_has_a_reason(found):
    assert all((row["state"] == "unknown") == (row["unknown_because"] is not None) for row in found.values())
