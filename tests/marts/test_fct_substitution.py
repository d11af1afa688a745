"""Components that were consumed and are not on the bill of materials."""

import pytest

from tests.rows import at, goods, order


def raw(id: int, of: int, product: int, line: int | None, done: str | None = "08 08:00", **values) -> dict:
    return goods(id, 11, 15, done, raw_material_production_id=of, product_id=product, bom_line_id=line, **values)


@pytest.fixture(scope="module")
def built(build):
    names = {1: "Table", 2: "Leg", 3: "Screw", 4: "Steel leg"}
    return build(
        product_template=[{"id": id, "name": name, "categ_id": 1} for id, name in names.items()],
        product_product=[{"id": id, "product_tmpl_id": id} for id in names],
        mrp_bom=[{"id": 1, "product_tmpl_id": 1}],
        mrp_bom_line=[{"id": 12, "bom_id": 1, "product_id": 2}, {"id": 13, "bom_id": 1, "product_id": 3}],
        mrp_production=[order(id, state="done", bom_id=None if id == 4 else 1) for id in range(1, 7)],
        stock_move=[
            raw(1, 1, 2, 12),
            raw(2, 1, 3, 13, "09 08:00"),
            # the leg was replaced
            raw(3, 2, 4, None),
            raw(4, 2, 3, 13),
            raw(5, 2, 2, 12, quantity=0.0),
            # a leg was added
            raw(6, 3, 2, 12),
            raw(7, 3, 3, 13),
            raw(8, 3, 4, None),
            raw(9, 4, 4, None),  # made without a bill of materials
            raw(10, 5, 4, None, None),  # not consumed yet
            goods(11, 15, 11, "08 08:00", production_id=6),  # what is made
        ],
    )


def test_what_was_used_instead(built):
    rows = {row["record_id"]: row for row in built.rows("select * from fct_substitution")}
    counts = {id: (row["substitute_count"], row["component_count"]) for id, row in rows.items()}
    assert counts == {1: (0, 2), 2: (1, 2), 3: (1, 3)}
    texts = {id: (row["substitutes"], row["replaced"]) for id, row in rows.items()}
    assert texts == {1: (None, None), 2: ("Steel leg", "Leg"), 3: ("Steel leg", None)}
    assert rows[1]["consumed_at"] == at("2026-01-09 08:00")
