"""Changes of a bill of materials since the release of an order that is made by it."""

from __future__ import annotations

import pytest

from tests.conftest import Chatter
from tests.rows import at, order, versions

MO = "mrp.production"
EARLY, LATE = at("2026-01-02 08:00"), at("2026-01-12 08:00")


def component(id: int = 1, **values) -> dict:
    """A component that was there before the order's release on the 6th."""
    row = {"id": id, "bom_id": 1, "product_id": 1, "quantity": 2.0, "created_at": EARLY, "changed_at": EARLY}
    return row | values


def operation(id: int = 1, **values) -> dict:
    row = {"id": id, "name": "Weld", "bom_id": 1, "workcenter_id": 1, "cycle_minutes": 10.0, "active": True}
    return row | {"created_at": EARLY, "changed_at": EARLY} | values


@pytest.fixture
def changes(build):
    """changes(**tables) -> (order, part, what, when) of each change."""

    def make(state: str = "confirmed", mrp_bom_line=(), mrp_routing_workcenter=(), **values):
        chatter = Chatter()
        chatter.say("2026-01-06 08:00", MO, 1, state=("Draft", "Confirmed"))
        built = build(
            mrp_production=[order(1, state=state, bom_id=1, **values)],
            mrp_bom_line=list(mrp_bom_line),
            mrp_routing_workcenter=list(mrp_routing_workcenter),
            **chatter.records,
        )
        rows = built.rows("select * from fct_bom_change order by changed_at")
        return [(row["record_id"], row["part_name"], row["what"], row["changed_at"]) for row in rows]

    return make


def test_as_it_was_at_the_release(changes):
    assert changes(mrp_bom_line=[component()], mrp_routing_workcenter=[operation()]) == []


def test_written_since_without_an_earlier_version(changes):
    assert changes(mrp_bom_line=[component(changed_at=LATE)]) == [(1, "[T-1] Table", "changed", LATE)]
    assert changes(mrp_routing_workcenter=[operation(changed_at=LATE)]) == [(1, "Weld", "changed", LATE)]


def test_written_before_the_release(changes):
    assert changes(mrp_bom_line=[component(changed_at=at("2026-01-05 08:00"))]) == []


def test_added_since(changes):
    assert changes(mrp_bom_line=[component(created_at=LATE, changed_at=LATE)]) == [(1, "[T-1] Table", "added", LATE)]


def test_a_date_from_before_it_was_last_seen_unchanged_is_not_that_of_the_change(changes):
    two = versions(
        component(seen="2026-01-03 08:00"), component(quantity=3.0, changed_at=LATE, seen="2026-01-13 08:00")
    )
    assert changes(mrp_bom_line=two) == [(1, "[T-1] Table", "changed", at("2026-01-13 08:00"))]


def test_a_change_between_two_refreshes_is_dated_by_the_line_itself(changes):
    moment = at("2026-01-13 07:30")  # seen an hour earlier for the last time, as `versions` has it
    two = versions(
        component(seen="2026-01-03 08:00"), component(quantity=3.0, changed_at=moment, seen="2026-01-13 08:00")
    )
    assert changes(mrp_bom_line=two) == [(1, "[T-1] Table", "changed", moment)]


def test_a_version_that_says_the_same_is_no_change(changes):
    two = versions(component(seen="2026-01-03 08:00"), component(seen="2026-01-13 08:00", operation_id=4))
    assert changes(mrp_bom_line=two) == []


def test_removed_since(changes):
    gone = component(_valid_to=LATE, _closed_by="deleted", _seen_at=LATE)
    assert changes(mrp_bom_line=[gone]) == [(1, "[T-1] Table", "removed", LATE)]


def test_an_archived_operation(changes):
    moment = at("2026-01-13 07:30")
    two = versions(
        operation(seen="2026-01-03 08:00"), operation(active=False, changed_at=moment, seen="2026-01-13 08:00")
    )
    assert changes(mrp_routing_workcenter=two) == [(1, "Weld", "changed", moment)]


def test_of_another_bill_of_materials(changes):
    assert changes(mrp_bom_line=[component(changed_at=LATE, bom_id=2)]) == []


@pytest.mark.parametrize("state", ["draft", "done", "cancel"])
def test_orders_that_are_not_in_the_works(changes, state):
    assert changes(state=state, mrp_bom_line=[component(changed_at=LATE)]) == []


def test_an_order_that_was_brought_in_line(changes):
    assert changes(mrp_bom_line=[component(changed_at=LATE)], is_bom_outdated=False) == []
    assert len(changes(mrp_bom_line=[component(changed_at=LATE)], is_bom_outdated=True)) == 1
    # once work has begun Odoo does not note it any more
    assert len(changes(state="progress", mrp_bom_line=[component(changed_at=LATE)], is_bom_outdated=False)) == 1
