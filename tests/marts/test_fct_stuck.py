"""Spans in which something stood still: of each kind one that ended, one that is open, and what is none."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.rows import at

AS_OF = at("2026-03-02 00:00")
EARLY, LATER = at("2026-02-02 08:00"), at("2026-02-05 08:00")


def row(id: int, **values) -> dict:
    common = {"instance": "test", "record_id": id, "name": f"no {id}", "plant": "Nord/WH", "product": "Table"}
    return common | {"responsible": "Anna"} | values


def order(id: int, **values) -> dict:
    return row(id, record_model="mrp.production", is_backorder=False, is_draft=False, created_at=EARLY) | values


def approval(id: int, **values) -> dict:
    step = {"approval_id": f"a{id}", "workflow": "purchase", "step_name": "Finance", "pending_at": EARLY}
    return row(id, record_model="purchase.order", outcome="open") | step | values


def run(id: int, **values) -> dict:
    about = {"odoo_instance": "test", "odoo_model": "purchase.order", "odoo_res_id": 7, "interface": "Prices"}
    state = {"is_dead_letter": False, "is_open": False, "status": "success", "transaction_key": f"r{id}"}
    return (
        {"instance": "test", "record_model": "queue.job", "record_id": id, "plant": "Nord/WH"} | about | state | values
    )


def work(id: int, **values) -> dict:
    plan = {"production_id": 3, "work_center": "Press", "state": "ready", "production_state": "confirmed"}
    return row(id, record_model="mrp.workorder", planned_finish_at=EARLY) | plan | values


@pytest.fixture(scope="module")
def found(put) -> dict[str, dict[int, dict]]:
    built = put(AS_OF)
    built.put("fct_approval", [
        approval(1), approval(2, outcome="approved", closed_at=LATER, approver="Pierre"),
        approval(3, pending_at=None), approval(4, outcome="end not recorded"),
        approval(5, outcome="approved", pending_at=at("2025-01-01"), closed_at=at("2025-01-02")),
    ])  # fmt: skip
    short = {"record_model": "mrp.production", "interval_number": 1, "short_at": EARLY}
    built.put("fct_shortage", [
        row(3, outcome="open", **short), row(2, outcome="resolved", ended_at=LATER, **short),
        row(4, outcome="end not recorded", **short),
    ])  # fmt: skip
    held = {"record_model": "stock.move", "held_at": EARLY, "purchase_id": 9}
    built.put("fct_hold", [
        row(1, hold_id="h1", outcome="open", **held), row(2, hold_id="h2", outcome="released", ended_at=LATER, **held),
    ])  # fmt: skip
    built.put("fct_production_order", [
        order(1, is_draft=True), order(2, released_at=LATER), order(4), order(5, is_backorder=True, is_draft=True),
    ])  # fmt: skip
    bought = {"record_model": "purchase.order", "created_at": EARLY}
    built.put("fct_purchase_order", [
        row(1, state="sent", **bought), row(2, state="purchase", ordered_at=LATER, **bought),
        row(3, state="cancel", **bought),
    ])  # fmt: skip
    line = {"record_model": "purchase.order", "due_at": EARLY}
    built.put("fct_promise", [
        row(1, line_id=1, outcome="open", **line), row(2, line_id=2, outcome="in full", fulfilled_at=LATER, **line),
        row(3, line_id=3, outcome="in full", fulfilled_at=EARLY, **line),
        row(4, line_id=4, outcome="open", **(line | {"due_at": at("2026-03-09")})),
    ])  # fmt: skip
    built.put("fct_work_order", [
        work(1), work(2, state="done", finished_at=LATER),
        work(4, state="done", finished_at=EARLY - timedelta(hours=1)),
        work(5, production_state="cancel"),
    ])  # fmt: skip
    built.put("fct_integration_transaction", [
        run(1, is_dead_letter=True, dead_at=EARLY, status="failed"),
        run(2, stuck_at=EARLY, ended_at=LATER, resolved_by="later success"), run(3, ended_at=LATER),
    ])  # fmt: skip
    spans: dict[str, dict[int, dict]] = {}
    for one in built.again("fct_stuck").rows("select * from fct_stuck"):
        spans.setdefault(one["kind"], {})[one["record_id"]] = one
    return spans


@pytest.mark.parametrize(
    ("kind", "open_one", "ended_one"),
    [
        ("approval", 1, 2),
        ("shortage", 3, 2),
        ("hold", 1, 2),
        ("release", 1, 2),
        ("quotation", 1, 2),
        ("receipt", 1, 2),
        ("operation", 1, 2),
        ("run", 1, 2),
    ],
)
def test_of_each_kind_one_is_open_one_ended_and_the_rest_is_none(found, kind, open_one, ended_one):
    assert set(found[kind]) == {open_one, ended_one}
    assert {one["stuck_at"] for one in found[kind].values()} == {EARLY}
    assert found[kind][open_one]["ended_at"] is None and found[kind][open_one]["outcome"] == "open"
    assert found[kind][ended_one]["ended_at"] == LATER and found[kind][ended_one]["outcome"] != "open"


def test_an_approval_is_with_whom_it_waits_for_and_by_whom_it_was_decided(found):
    waiting, decided = found["approval"][1], found["approval"][2]
    assert (waiting["responsible"], waiting["role"]) == (None, "Finance")
    assert decided["ended_by"] == "Pierre"


def test_what_stands_still_with_it_is_the_document(found):
    def about(kind: str, id: int) -> tuple:
        one = found[kind][id]
        return one["about_model"], one["about_id"], one["timeline_model"], one["timeline_id"]

    assert about("run", 1) == ("purchase.order", 7, "purchase.order", 7)
    assert about("operation", 1) == ("mrp.production", 3, "mrp.workorder", 1)
    assert about("hold", 1) == ("stock.move", 1, "purchase.order", 9)
    assert about("approval", 1) == ("purchase.order", 1, "purchase.order", 1)


def test_a_short_order_stands_at_the_work_center_of_its_next_operation(found):
    assert found["shortage"][3]["work_center"] == "Press"
