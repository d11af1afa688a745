"""Nonconformities and the actions they lead to: how they stand, when they were closed, and in which plant."""

from datetime import date

import pytest

from tests import machines
from tests.conftest import PLANTS
from tests.rows import at, order, purchase

NONCONFORMITY, ACTION = "mgmtsystem.nonconformity", "mgmtsystem.action"
FIELDS = [
    {"id": 41, "document_model": NONCONFORMITY, "field_name": "stage_id", "field_type": "many2one"},
    {"id": 42, "document_model": ACTION, "field_name": "stage_id", "field_type": "many2one"},
]
STATES = ("draft", "analysis", "pending", "open", "done", "cancel")
DRAFT, OPEN, CLOSED, CANCELLED = 1, 2, 3, 4  # of actions
ENDS = {CLOSED, CANCELLED}
MASTER = {
    "mgmtsystem_nonconformity_stage": [{"id": n, "name": s.title(), "state": s} for n, s in enumerate(STATES, start=1)],
    "mgmtsystem_nonconformity_severity": [{"id": 1, "name": "Major"}],
    "mgmtsystem_action_stage": [
        {"id": id, "name": name, "is_starting": id == DRAFT, "is_ending": id in ENDS}
        for id, name in ((DRAFT, "Draft"), (OPEN, "In Progress"), (CLOSED, "Closed"), (CANCELLED, "Cancelled"))
    ],
    "stock_warehouse": machines.MASTER["stock_warehouse"],
    "ir_model_fields": [*PLANTS["ir_model_fields"], *FIELDS],
}


def nonconformity(id: int, state: str = "open", **values) -> dict:
    """One of South, reported by Anna on Monday 2026-01-05 at 08:00."""
    row = {"id": id, "number": f"NC/{id}", "name": "Scratches", "state": state, "stage_id": STATES.index(state) + 1}
    row |= {"company_id": 2, "responsible_id": 2, "severity_id": 1, "partner_id": 9}
    return row | {"created_at": at("2026-01-05 08:00")} | values


def action(id: int, stage: int = OPEN, **values) -> dict:
    """One of South, Pierre's, made on Monday 2026-01-05 at 08:00."""
    row = {"id": id, "reference": f"A/{id}", "name": "Cover it", "type": "correction", "stage_id": stage, "user_id": 5}
    return row | {"company_id": 2, "active": True, "created_at": at("2026-01-05 08:00")} | values


def moved(*moves: tuple[str, str, int, int, int]) -> dict[str, list[dict]]:
    """Chatter of changed stages: (when, model, record, from, to)."""
    messages, changes = [], []
    for number, (moment, model, record, old, new) in enumerate(moves, start=1):
        messages.append({"id": number, "document_model": model, "document_id": record, "created_by_id": 2,
                         "message_type": "notification", "sent_at": at(moment), "created_at": at(moment)})  # fmt: skip
        field = 41 if model == NONCONFORMITY else 42
        changes.append({"id": number, "message_id": number, "field_id": field, "old_integer": old, "new_integer": new})
    return {"mail_message": messages, "mail_tracking_value": changes}


@pytest.fixture(scope="module")
def built(build):
    nine = at("2026-01-06 09:00")
    return build(
        mrp_production=[order(1)],
        stock_picking=[{"id": 70, "name": "WH/IN/1", "picking_type_id": 4}],
        mgmtsystem_nonconformity=[
            nonconformity(1, action_ids=[1, 3]),
            nonconformity(2, "done", closed_at=nine),
            nonconformity(3, "cancel"),
            nonconformity(4, _valid_to=nine, _closed_by="deleted"),
            nonconformity(5, "done", closed_at=nine, _valid_to=nine, _closed_by="deleted"),
            nonconformity(6, company_id=1, document_model="mrp.production", document_id=1, action_ids=[2, 3]),
            nonconformity(7, company_id=1, document_model="stock.picking", document_id=70),
            nonconformity(8, company_id=1),
            nonconformity(9, "done"),  # whose end is in the chatter alone
        ],
        mgmtsystem_action=[
            action(1, due_on=date(2026, 1, 7)),
            action(2, company_id=1, due_on=date(2026, 1, 7), type="immediate"),
            action(3, company_id=1),  # of nonconformities of two plants
            action(4, CLOSED, closed_at=nine),
            action(5, CLOSED, closed_at=nine),  # taken up again, and closed again
            action(6, OPEN, closed_at=nine),  # taken up again
            action(7, active=False),
            action(8, CANCELLED, closed_at=nine),
            action(9, _valid_to=nine, _closed_by="deleted"),
        ],
        **MASTER,
        **moved(
            ("2026-01-05 12:00", NONCONFORMITY, 1, 1, 4),
            ("2026-01-06 10:00", NONCONFORMITY, 9, 4, 5),
            ("2026-01-06 09:00", ACTION, 5, OPEN, CLOSED),
            ("2026-01-07 09:00", ACTION, 5, CLOSED, OPEN),
            ("2026-01-08 09:00", ACTION, 5, OPEN, CLOSED),
        ),
    )


def test_nonconformities(built):
    found = {row["record_id"]: (row["status"], row["closed_at"]) for row in built.rows("from fct_nonconformity")}
    nine = at("2026-01-06 09:00")
    assert found == {
        1: ("open", None),
        2: ("done", nine),
        3: ("cancelled", None),
        4: ("deleted", None),
        5: ("done", nine),
        6: ("open", None),
        7: ("open", None),
        8: ("open", None),
        9: ("done", at("2026-01-06 10:00")),
    }


def test_what_is_told_of_a_nonconformity(built):
    [row] = built.rows("from fct_nonconformity where record_id = 1")
    assert (row["name"], row["subject"], row["severity"], row["partner"]) == (
        "NC/1",
        "Scratches",
        "Major",
        "Steelworks",
    )
    assert (row["responsible"], row["planned_at"], row["action_count"]) == ("Anna", at("2026-01-05 12:00"), 2)


def test_plants_of_nonconformities(built):
    found = {
        row["record_id"]: row["plant"] for row in built.rows("from fct_nonconformity where record_id in (1, 6, 7, 8)")
    }
    assert found == {1: "South/WH", 6: "Nord/WH", 7: "South/WH", 8: None}


def test_actions(built):
    found = {row["record_id"]: (row["status"], row["closed_at"]) for row in built.rows("from fct_corrective_action")}
    nine = at("2026-01-06 09:00")
    assert found == {
        1: ("open", None),
        2: ("open", None),
        3: ("open", None),
        4: ("done", nine),
        5: ("done", at("2026-01-08 09:00")),
        6: ("open", None),
        7: ("cancelled", None),
        8: ("done", nine),
        9: ("deleted", None),
    }


def test_what_is_told_of_an_action(built):
    rows = {row["record_id"]: row for row in built.rows("from fct_corrective_action")}
    assert (rows[1]["action_type"], rows[2]["action_type"]) == ("corrective action", "immediate action")
    assert (rows[1]["nonconformity"], rows[3]["nonconformity"], rows[4]["nonconformity"]) == (
        "NC/1",
        "NC/1, NC/6",
        None,
    )
    assert {id: row["plant"] for id, row in rows.items() if id < 5} == {
        1: "South/WH",
        2: "Nord/WH",
        3: None,
        4: "South/WH",
    }


def test_an_action_is_due_when_its_day_is_over_where_the_plant_is(built):
    due = {row["record_id"]: row["due_at"] for row in built.rows("from fct_corrective_action where record_id < 4")}
    assert due == {1: at("2026-01-08"), 2: at("2026-01-07 23:00"), 3: None}


def test_an_action_is_worth_the_document_its_nonconformity_is_about(build):
    built = build(
        purchase_order=[purchase(1)],
        mgmtsystem_nonconformity=[
            nonconformity(1, company_id=1, document_model="purchase.order", document_id=1, action_ids=[1]),
            nonconformity(2, company_id=1, action_ids=[2]),
        ],
        mgmtsystem_action=[action(id, company_id=1, due_on=date(2026, 1, 7)) for id in (1, 2)],
    )
    found = built.exceptions("overdue_corrective_action")
    assert {id: (row["amount"], row["currency"]) for id, row in found.items()} == {1: (9000.0, "EUR"), 2: (None, None)}
