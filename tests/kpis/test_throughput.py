"""Production orders completed."""

from datetime import date

import pytest

from tests.conftest import Chatter
from tests.rows import at, order

MO = "mrp.production"


@pytest.fixture(scope="module")
def built(build):
    chatter = Chatter()
    for id, moment in ((1, "2026-01-11 23:59:59"), (2, "2026-01-12 00:00:00"), (3, "2026-01-18 23:00")):
        chatter.say(moment, MO, id, state=("In Progress", "Done"))
    chatter.say("2026-01-13 09:00", MO, 4, state=("In Progress", "Cancelled"))
    return build(
        at("2026-02-01 12:00"),
        mrp_production=[
            order(1, state="done"),
            order(2, state="done", product_qty=7.0),
            order(3, state="done", backorder_sequence=2, picking_type_id=2, company_id=2),
            order(4, state="cancel"),
            order(5, state="progress"),
            order(6, state="done"),  # nobody knows when
        ],
        **chatter.records,
    )


def test_an_order_counts_in_the_week_it_is_done(built):
    weeks = built.kpi("throughput", date(2026, 1, 5), date(2026, 1, 26), every="week")
    assert [(week["value"], week["reason"]) for week in weeks if week["period_start"] < date(2026, 1, 26)] == [
        (1, None), (2, None), (0, None),
    ]  # fmt: skip


def test_rows_tell_the_pieces(built):
    rows = {row["record_id"]: row for row in built.kpi_rows("throughput", date(2026, 1, 12), date(2026, 1, 19))}
    assert {id: (row["plant"], row["quantity"], row["is_backorder"]) for id, row in rows.items()} == {
        2: ("Nord/WH", 7.0, False),
        3: ("South/WH", None, True),
    }
