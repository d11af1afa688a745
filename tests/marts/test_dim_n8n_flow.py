"""Flows of n8n, also those that never ran."""

from tests.rows import at

FLOW = {"id": 1, "workflow_id": "w1", "name": "Send orders", "active": True, "owner": "Head of IT", "plant": "Nord/WH"}


def test_flows_are_there_whether_they_ran_or_not_and_say_whether_they_are_on(build):
    built = build(
        n8n_workflow=[
            FLOW | {"keeps_success": True, "created_at": at("2026-01-01 00:00")},
            FLOW | {"id": 2, "workflow_id": "w2", "active": False},
            FLOW | {"id": 3, "workflow_id": "w3", "is_archived": True, "name": None},
        ]
    )
    rows = built.rows("from dim_n8n_flow order by flow_key")
    names = ("flow_key", "name", "owner", "plant", "is_active", "keeps_success")
    assert [tuple(row[name] for name in names) for row in rows] == [
        ("w1", "Send orders", "Head of IT", "Nord/WH", True, True),
        ("w2", "Send orders", "Head of IT", "Nord/WH", False, False),
        ("w3", "w3", "Head of IT", "Nord/WH", False, False),
    ]
