"""What runs by itself under review: owner, who made it, use, failures, and what is dead."""

from __future__ import annotations

import pytest

from queries.config import Config, Interface
from tests.marts.test_fct_automation import cron, rule
from tests.marts.test_fct_integration_event import CALLED, NO_RECORD, day, entry, run
from tests.rows import at, user

CONFIG = Config(interfaces=(Interface("Fetch", "cron", flow=("Action 1",), owner="Head of IT"),))
FLOW = {"active": True, "keeps_success": True, "keeps_failure": True}


@pytest.fixture(scope="module")
def found(build) -> dict[str, dict]:
    users, partners = zip(user(1, "__system__", "OdooBot"), user(5, "ann@x.example", "Ann Moreau"), strict=True)
    built = build(
        config=CONFIG,
        res_users=list(users),
        res_partner=list(partners),
        ir_cron=[cron(1, user_id=1), cron(2, user_id=5, active=False), cron(3, user_id=5)],
        ir_cron_progress=[run(1, 1, "05:00"), run(2, 1, "06:00"), run(3, 1, "07:00")],
        base_automation=[
            rule(1, "on_webhook", is_logged=True, created_by_id=5),
            rule(2, "on_webhook", is_logged=False, created_by_id=1),
            rule(3, "on_write", created_by_id=5),
        ],
        ir_actions_server=[{"id": 30, "name": "Tell the hub", "state": "webhook", "created_by_id": 5}],
        ir_logging=[entry(1, "INFO", "08:00", CALLED, rule=1), entry(2, "ERROR", "08:00", NO_RECORD, rule=1)],
        n8n_workflow=[
            FLOW | {"id": 1, "workflow_id": "w1", "name": "Runs", "owner": "Head of logistics"},
            FLOW | {"id": 2, "workflow_id": "w2", "name": "Never ran", "owner": "Head of logistics"},
            FLOW | {"id": 3, "workflow_id": "w3", "name": "Off", "active": False},
            FLOW | {"id": 4, "workflow_id": "w4", "name": "Not kept", "keeps_success": False},
            FLOW | {"id": 5, "workflow_id": "w5", "name": "Gone", "_valid_to": at("2026-01-08 00:00"),
                    "_closed_by": "deleted"},
        ],
        n8n_execution=[
            {"id": 1, "workflow_id": "w1", "status": "success", "mode": "trigger",
             "started_at": day("07 08:00"), "stopped_at": day("07 08:01"), "created_at": day("07 08:00")},
        ],
    )  # fmt: skip
    return {row["name"]: row for row in built.listing("automation_review", since_at=day("07 05:30"))}


def told(found: dict[str, dict], *names: str) -> dict[str, tuple]:
    return {name: tuple(row[column] for column in names) for name, row in found.items()}


def test_owner_is_who_answers_for_it_and_beside_it_stands_who_made_it(found):
    assert told(found, "owner", "made_by") == {
        "Action 1": ("Head of IT", None),
        "Action 2": (None, "Ann Moreau"),
        "Action 3": (None, "Ann Moreau"),
        "Rule 1": (None, "Ann Moreau"),
        "Rule 2": (None, None),  # by a machine
        "Rule 3": (None, "Ann Moreau"),
        "Tell the hub": (None, "Ann Moreau"),
        "Runs": ("Head of logistics", None),
        "Never ran": ("Head of logistics", None),
        "Off": (None, None),
        "Not kept": (None, None),
    }


def test_runs_and_failures_of_the_period_are_told_as_far_as_they_are_kept(found):
    assert told(found, "kind", "run_count", "failure_count") == {
        "Action 1": ("scheduled action", 2, None),
        "Action 2": ("scheduled action", None, None),
        "Action 3": ("scheduled action", None, None),
        "Rule 1": ("incoming webhook", 1, 1),
        "Rule 2": ("incoming webhook", None, None),
        "Rule 3": ("rule by event", None, None),
        "Tell the hub": ("outgoing webhook", None, None),
        "Runs": ("n8n flow", 1, 0),
        "Never ran": ("n8n flow", 0, 0),
        "Off": ("n8n flow", 0, 0),
        "Not kept": ("n8n flow", None, None),
    }


def test_flows_that_never_ran_or_are_off_are_there_too(found):
    flows = {name: row for name, row in found.items() if row["kind"] == "n8n flow"}
    assert {name: row["state"] for name, row in flows.items() if name != "Runs"} == {
        "Never ran": "never ran", "Off": "switched off", "Not kept": "unknown"
    }  # fmt: skip
    assert flows["Not kept"]["reason"] == "n8n is told to keep no run of it that went well"
