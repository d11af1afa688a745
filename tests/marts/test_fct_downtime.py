"""Time in which work centers were down."""

from tests.machines import MASTER
from tests.rows import at, order

TYPES = [{"id": 1, "loss_type": "availability"}, {"id": 2, "loss_type": "performance"}]
LOSSES = [
    {"id": 1, "name": "Equipment Failure", "loss_type_id": 1},
    {"id": 2, "name": "Reduced Speed", "loss_type_id": 2},
]
MACHINES = MASTER | {
    "mrp_workcenter_productivity_loss_type": TYPES,
    "mrp_workcenter_productivity_loss": LOSSES,
    "mrp_workcenter": [{"id": 1, "name": "Line 1", "company_id": 2}, {"id": 2, "name": "Line 2", "company_id": 1}],
}


def log(id: int, started: str, ended: str | None = None, **values) -> dict:
    row = {"id": id, "workcenter_id": 1, "loss_id": 1, "company_id": 2, "user_id": 2, "started_at": at(started)}
    return row | {"ended_at": ended and at(ended)} | values


def test_what_is_downtime(build):
    built = build(
        mrp_production=[order(1)],
        mrp_workorder=[{"id": 1, "workcenter_id": 2, "production_id": 1}],
        mrp_workcenter_productivity=[
            log(1, "2026-01-05 08:00", "2026-01-05 10:00"),
            log(2, "2026-01-05 08:00", "2026-01-05 10:00", loss_id=2),
            log(3, "2026-01-06 08:00"),
            log(4, "2026-01-05 08:00", "2026-01-05 09:00", loss_id=None, loss_type="availability"),  # up to Odoo 18
            log(5, "2026-01-05 08:00", workcenter_id=2, workorder_id=1, company_id=1),
            log(6, "2026-04-05 08:00"),  # planned: it has not begun
            log(7, "2026-01-05 08:00", _valid_to=at("2026-01-06"), _closed_by="deleted"),
        ],
        **MACHINES,
    )
    found = {row["record_id"]: (row["plant"], row["name"], row["reason"]) for row in built.rows("from fct_downtime")}
    assert found == {
        1: ("South/WH", "Line 1", "Equipment Failure"),
        3: ("South/WH", "Line 1", "Equipment Failure"),
        4: ("South/WH", "Line 1", None),
        5: ("Nord/WH", "Line 2", "Equipment Failure"),
    }
