"""Orders of a closed month that cost more or less than their standard, and nobody looked into it."""

from __future__ import annotations

from tests.conftest import Chatter
from tests.rows import at, named, order

COSTS = [
    {"id": 1, "product_id": 1, "company_id": 1, "value": 40.0, "valid_from_at": at("2025-01-01")},
    {"id": 2, "product_id": 2, "company_id": 1, "value": 4.0, "valid_from_at": at("2025-01-01")},
]


def test_only_what_is_off_and_closed_and_not_commented_on(build):
    chatter, moves = Chatter(), []
    # order: done on, components consumed (ten are as planned)
    orders = {
        1: ("2026-02-10", 13.0),
        2: ("2026-02-10", 10.5),
        3: ("2026-02-10", 7.0),
        4: ("2026-03-01", 13.0),
        5: ("2025-11-10", 13.0),
        6: ("2026-02-10", 13.0),
        7: ("2026-02-10", 13.0),
        8: ("2026-02-10", 13.0),
        9: ("2026-01-31", 13.0),
    }
    for id, (on, consumed) in orders.items():
        chatter.say(f"{on} 07:00", "mrp.production", id, state=("Draft", "Confirmed"))
        moment = f"{on} 23:30" if id == 9 else f"{on} 08:00"
        chatter.say(moment, "mrp.production", id, state=("Confirmed", "Done"))
        move = {"state": "done", "company_id": 1, "moved_at": at(moment)}
        component = {"product_id": 2, "raw_material_production_id": id, "reserved_quantity": consumed}
        product = {"product_id": 1, "production_id": id, "reserved_quantity": 1.0}
        moves += [move | component | {"id": 10 * id}, move | product | {"id": 10 * id + 1}]
    # 6: somebody commented after it was done; 7: before; 8: its value was set by hand
    chatter.say("2026-02-12 08:00", "mrp.production", 6)
    chatter.say("2026-02-09 08:00", "mrp.production", 7)
    for message in chatter.records["mail_message"][-2:]:
        message["message_type"] = "comment"
    by_hand = {"id": 9, "move_id": 81, "product_id": 1, "company_id": 1, "value": 52.0}
    by_hand |= {"valid_from_at": at("2026-02-11"), "created_at": at("2026-02-11 08:00")}
    built = build(
        at("2026-03-02 12:00"),
        mrp_production=[order(id, state="done") for id in orders],
        product_product=[{"id": id, "product_tmpl_id": 1, "default_code": f"T-{id}"} for id in (1, 2)],
        product_value=[*COSTS, by_hand],
        stock_move=moves,
        **chatter.records,
    )
    found = named(built, "variance_unreviewed")
    assert {id: row["detail"] for id, row in found.items()} == {
        1: "+30 % against standard",
        3: "-30 % against standard",
        7: "+30 % against standard",
        9: "+30 % against standard",
    }
    row = found[1]
    assert (row["amount"], row["currency"], row["plant"]) == (12.0, "EUR", "Nord/WH")
    # the month of the plant's own clock: Paris is an hour ahead, and the last night of January was February there
    assert row["since_at"] == at("2026-02-28 23:00")
    assert found[9]["since_at"] == at("2026-02-28 23:00")
