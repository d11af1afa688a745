"""Goods that are held for too long."""

from queries.config import Config, RuleSetting
from tests.kpis.test_quality_hold_duration import QUARANTINE, inspection, move
from tests.rows import at

COSTS = {
    "product_template": [{"id": 1, "name": "Table", "categ_id": 1, "uom_id": 1}],
    "product_product": [{"id": 1, "product_tmpl_id": 1, "default_code": "T-1", "standard_cost": 3.0}],
}


def make(build, config=None):
    moves = [move(1, "05 09:00", 11, 12), move(2, "08 09:00", 11, 12), move(3, "10 09:00", 12, 11)]
    moves += [move(4, "10 10:00", 11, 12)]
    return build(
        as_of=at("2026-01-12 12:00"),
        config=config,
        stock_location=QUARANTINE,
        stock_move=[row for row, _ in moves],
        stock_move_line=[line for _, line in moves],
        qc_inspection=[
            inspection(1, "waiting"),
            inspection(2, "success", "12 09:00"),
            inspection(3, "plan"),
            inspection(4, "ready", created_at=at("2026-01-09 08:00")),
            inspection(5, "waiting", product_id=None, user_id=2),
        ],
        **COSTS,
    )


def told(built) -> dict[tuple, tuple]:
    rows = built.rows("from fct_exception where exception = 'hold_past_limit'")
    return {(row["record_model"], row["record_id"]): (row["plant"], row["since_at"], row["detail"]) for row in rows}


def test_what_is_held_too_long(build):
    """Move 1 left as the first that came in, 4 is held for two days only; of the inspections 2 is over, 3
    planned, and 4 began three days ago."""
    built = make(build)
    assert told(built) == {
        ("stock.move", 2): ("Nord/WH", at("2026-01-12 09:00"), "quarantine stock: 5 × [T-1] Table"),
        ("qc.inspection", 1): ("South/WH", at("2026-01-09 08:00"), "inspection: [T-1] Table"),
        ("qc.inspection", 5): ("South/WH", at("2026-01-09 08:00"), "inspection: goods that are not named"),
    }
    [row] = built.rows("from fct_exception where exception = 'hold_past_limit' and record_model = 'stock.move'")
    assert (row["amount"], row["currency"]) == (15.0, "EUR")
    [row] = built.rows("from fct_exception where exception = 'hold_past_limit' and record_id = 5")
    assert row["responsible"] == "Anna"


def test_ops_toml_says_how_long_goods_may_be_held(build):
    rules = (RuleSetting("hold_past_limit", "Nord/WH", limit=86400.0),)
    found = told(make(build, Config(exceptions=rules)))
    assert {key: since for key, (plant, since, _) in found.items() if plant == "Nord/WH"} == {
        ("stock.move", 2): at("2026-01-09 09:00"),
        ("stock.move", 4): at("2026-01-11 10:00"),
    }
