"""Companies, and the plant of those that have one."""

from tests.machines import MASTER


def test_only_plants(build):
    built = build(stock_warehouse=MASTER["stock_warehouse"])
    found = {row["company"]: (row["currency"], row["plant"]) for row in built.rows("from dim_company")}
    assert found == {"Nord": ("EUR", None), "South": ("USD", "South/WH")}
