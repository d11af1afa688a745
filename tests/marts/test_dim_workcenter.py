"""Where a work center stands."""

from queries.config import Config, Place
from tests.machines import MASTER
from tests.rows import order


def test_what_can_be_told(build):
    orders = [order(1), order(2), order(4, picking_type_id=2, company_id=2)]
    centers = [(1, "Lathe", 1), (2, "Press", 1), (3, "Saw", 1), (4, "Oven", 2), (5, "Shared", None), (6, "Saw", 2)]
    built = build(
        config=Config(places=(Place("Saw", "Nord/LYO"), Place("Elsewhere", "No such plant"))),
        mrp_production=orders,
        mrp_workcenter=[{"id": id, "name": name, "company_id": company} for id, name, company in centers],
        mrp_workorder=[
            {"id": 1, "workcenter_id": 1, "production_id": 1},
            {"id": 2, "workcenter_id": 1, "production_id": 2},
            {"id": 3, "workcenter_id": 5, "production_id": 1},
            {"id": 4, "workcenter_id": 5, "production_id": 4},
            {"id": 5, "workcenter_id": 3, "production_id": 1},
        ],
        stock_warehouse=MASTER["stock_warehouse"],
    )
    found = {row["workcenter_id"]: row["plant"] for row in built.rows("from dim_workcenter")}
    # 1: all its orders are of one plant; 2: nothing tells; 3: ops.toml does, before its orders; 4: the only plant;
    # 5: orders of two plants; 6: has the name of 3, and is of another company
    assert found == {1: "Nord/WH", 2: None, 3: "Nord/LYO", 4: "South/WH", 5: None, 6: "South/WH"}
