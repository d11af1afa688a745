"""Orders whose bill of materials or routing changed since their release; what is a change: test_fct_bom_change."""

from __future__ import annotations

from tests.conftest import Chatter
from tests.rows import at, named, order


def test_each_rule_names_the_orders_of_its_own_kind(build):
    early, first, second = at("2026-01-02 08:00"), at("2026-01-12 08:00"), at("2026-01-13 08:00")
    chatter = Chatter()
    for id in (1, 2, 3):
        chatter.say("2026-01-06 08:00", "mrp.production", id, state=("Draft", "Confirmed"))
    line = {"product_id": 1, "quantity": 1.0, "created_at": early, "changed_at": early}
    step = {"name": "Weld", "active": True, "created_at": early, "changed_at": early}
    built = build(
        mrp_production=[order(id, state="confirmed", bom_id=id) for id in (1, 2, 3)],
        mrp_bom_line=[
            line | {"id": 1, "bom_id": 1, "changed_at": first},
            line | {"id": 2, "bom_id": 1, "created_at": second, "changed_at": second},
            line | {"id": 3, "bom_id": 2},
        ],
        mrp_routing_workcenter=[step | {"id": 1, "bom_id": 2, "changed_at": second}, step | {"id": 2, "bom_id": 3}],
        **chatter.records,
    )
    bom, routing = named(built, "bom_changed_on_open_order"), named(built, "routing_changed_on_open_order")
    assert {id: (row["since_at"], row["detail"]) for id, row in bom.items()} == {1: (first, "[T-1] Table added")}
    assert {id: (row["since_at"], row["detail"]) for id, row in routing.items()} == {2: (second, "Weld changed")}
    assert bom[1]["record_model"] == "mrp.production" and bom[1]["plant"] == "Nord/WH"
