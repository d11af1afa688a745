"""Components that are not on the bill of materials."""

from datetime import date

from tests.rows import goods, order

EVER = (date(2000, 1, 1), date(2100, 1, 1))


def raw(id: int, of: int, line: int | None, done: str | None = "08 08:00") -> dict:
    return goods(id, 11, 15, done, raw_material_production_id=of, bom_line_id=line)


def test_share_of_what_was_consumed(build):
    built = build(
        mrp_production=[order(1, state="done", bom_id=1), order(2, state="done", bom_id=1), order(3, state="done")],
        stock_move=[
            raw(1, 1, 11),
            raw(2, 1, 12),
            raw(3, 2, None),
            raw(4, 2, 12),
            raw(5, 2, None, None),
            raw(6, 3, None),
        ],
    )
    [value] = built.kpi("substitution_share", *EVER)
    assert (value["value"], value["n"]) == (0.25, 2)
    rows = {row["record_id"]: (row["numerator"], row["denominator"]) for row in built.kpi_rows(
        "substitution_share", *EVER)}  # fmt: skip
    assert rows == {1: (0, 2), 2: (1, 2)}  # 3 has no bill of materials


def test_nothing_consumed_is_no_share(build):
    [value] = build().kpi("substitution_share", *EVER)
    assert (value["value"], value["n"]) == (None, 0)
