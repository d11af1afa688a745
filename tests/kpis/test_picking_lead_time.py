"""How long transfers take, and how long they lie ready."""

import pytest

from tests.conftest import Chatter
from tests.rows import PLACES, at, counted, transfer


@pytest.fixture(scope="module")
def built(build):
    chatter = Chatter()
    chatter.say("2026-01-06 09:00", "stock.picking", 1, state=("Waiting", "Ready"))
    done = {"state": "done", "done_at": at("2026-01-08 15:00")}
    return build(
        stock_location=PLACES,
        stock_picking=[
            transfer(1, **done),
            transfer(2, 11, 12, picking_type_id=6),  # internal, waits
            transfer(3, 1, 11, picking_type_id=3, **done),  # a receipt
            transfer(4, 2, 11, picking_type_id=3, return_id=1, **done),
            transfer(5, state="cancel"),
            transfer(6, backorder_id=1, created_at=at("2026-01-08 15:00"), state="assigned"),
        ],
        **chatter.records,
    )


def test_from_creation_to_done(built):
    eight = at("2026-01-05 08:00")
    assert counted(built, "picking_lead_time") == {
        1: [(eight, at("2026-01-08 15:00"))],
        2: [(eight, None)],
        6: [(at("2026-01-08 15:00"), None)],
    }
    [delivery] = counted(built, "picking_lead_time", filters={"kind": ["internal"]}).items()
    assert delivery == (2, [(eight, None)])


def test_from_ready_to_done(built):
    assert counted(built, "picking_handling_time") == {
        1: [(at("2026-01-06 09:00"), at("2026-01-08 15:00"))],
        6: [(at("2026-01-08 15:00"), None)],
    }
