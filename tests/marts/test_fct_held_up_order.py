"""Each order that waits for a holder is a row, with the plant of the holder: fct_held_up adds them up."""

from __future__ import annotations

from tests.marts.test_fct_held_up import chain, made
from tests.marts.test_fct_open_order import sale, sale_line
from tests.rows import at, bought, purchase


def test_a_purchase_is_waited_for_by_the_order_and_the_sale_behind_it(build):
    built = build(
        product_product=[{"id": 1, "product_tmpl_id": 1, "standard_cost": 10.0}],
        purchase_order=[purchase(1, state="purchase")],
        purchase_order_line=[bought(1, 1, subtotal_amount=80.0)],
        mrp_production=[made(1, deadline_at=at("2026-03-05 08:00"))],
        sale_order=[sale(1, promised_at=at("2026-03-20 08:00"))],
        sale_order_line=[sale_line(1, 1)],
        stock_move=[
            chain(1, 11, purchase_line_id=1),
            {"id": 11, "raw_material_production_id": 1},
            chain(3, 13, production_id=1),
            {"id": 13, "sale_line_id": 1},
        ],
    )
    rows = built.rows("select * from fct_held_up_order where holder_model = 'purchase.order'")
    said = {
        row["record_model"]: (
            row["plant"],
            row["is_waiting"],
            row["is_due_soon"],
            row["is_end"],
            row["reporting_amount"],
        )
        for row in rows
    }
    assert said == {
        "purchase.order": ("Nord/WH", False, False, False, 80.0),
        "mrp.production": ("Nord/WH", True, True, False, 10.0),
        "sale.order": ("Nord/WH", True, False, True, 400.0),
    }
    [held_up] = built.rows("select * from fct_held_up where record_model = 'purchase.order'")
    assert (held_up["amount"], held_up["due_soon_count"], held_up["due_soon_amount"]) == (400.0, 1, None)
