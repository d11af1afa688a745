"""Orders that were done and consumed nothing."""

from queries.config import Config, RuleSetting
from tests.conftest import Chatter
from tests.rows import at, order

MO = "mrp.production"


def component(id: int, production: int, state: str = "done", quantity: float = 0.0, **values) -> dict:
    row = {"id": id, "raw_material_production_id": production, "product_id": 1, "state": state}
    return row | {"demand_quantity": quantity, "reserved_quantity": quantity} | values


def rows() -> dict:
    chatter = Chatter()
    for id in range(1, 9):
        chatter.say("2026-01-12 10:00", MO, id, state=("Confirmed", "Done"))
    chatter.say("2025-10-01 10:00", MO, 9, state=("Confirmed", "Done"))
    orders = [order(id, state="progress" if id == 7 else "done", company_id=1) for id in range(1, 10)]
    return chatter.records | {
        "mrp_production": orders,
        "stock_move": [
            # 1: nothing of two; 2: cancelled components; 3: one of two; 4: all
            component(1, 1),
            component(2, 1),
            component(3, 2, "cancel", 2.0),
            component(4, 3),
            component(5, 3, quantity=2.0),
            component(6, 4, quantity=2.0),
            # 5: Odoo 16, which keeps what was done by itself; 6: no components; 7: not done; 9: long ago
            component(7, 5, done_quantity=3.0, reserved_quantity=None),
            component(8, 7),
            component(9, 9),
            # 8: Odoo 14: a move that was not done is cancelled, one that was done holds its quantity
            component(10, 8, quantity=2.0, reserved_quantity=None),
        ],
    }


def named(built) -> dict:
    found = built.rows("select * from fct_exception where exception = 'order_done_without_consumption'")
    return {row["record_id"]: (row["since_at"], row["detail"], row["responsible"]) for row in found}


def test_who_is_named(build):
    assert named(build(at("2026-01-18 12:00"), **rows())) == {
        1: (at("2026-01-12 10:00"), "2 components planned, none consumed", "Anna"),
        2: (at("2026-01-12 10:00"), "1 component planned, none consumed", "Anna"),
    }


def test_how_long_an_order_is_looked_at_is_the_plants_own(build):
    longer = RuleSetting("order_done_without_consumption", "Nord/WH", limit=200 * 86400.0)
    assert set(named(build(at("2026-01-18 12:00"), Config(exceptions=(longer,)), **rows()))) == {1, 2, 9}


def test_what_was_not_consumed_is_worth_its_cost(build):
    """Order 1 takes two dozen at 5 apiece, and 3 pieces; of order 2 one component has no known cost."""
    chatter = Chatter()
    for id in (1, 2):
        chatter.say("2026-01-12 10:00", MO, id, state=("Confirmed", "Done"))
    built = build(
        at("2026-01-18 12:00"),
        uom_uom=[{"id": 1, "name": "Units", "factor": 1.0}, {"id": 2, "name": "Dozens", "factor": 12.0}],
        product_template=[{"id": 1, "name": "Table", "categ_id": 1, "uom_id": 1}],
        product_product=[
            {"id": 1, "product_tmpl_id": 1, "standard_cost": 5.0},
            {"id": 2, "product_tmpl_id": 1, "standard_cost": None},
        ],
        mrp_production=[order(id, state="done") for id in (1, 2)],
        stock_move=[
            component(1, 1, "cancel", 2.0, product_uom_id=2),
            component(2, 1, "cancel", 3.0, product_uom_id=1),
            component(3, 2, "cancel", 3.0, product_id=2),
            component(4, 2, "cancel", 3.0),
        ],
        **chatter.records,
    )
    found = built.exceptions("order_done_without_consumption")
    assert {id: (row["amount"], row["held_up_amount"]) for id, row in found.items()} == {
        1: (135.0, 135.0), 2: (None, None),
    }  # fmt: skip
    assert found[1]["currency"] == "EUR"
