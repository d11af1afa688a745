"""The lists behind the page of a record: its timeline, what it is linked to, and how it is found."""

import pytest

from queries import catalog, warehouse
from tests.conftest import Chatter
from tests.rows import PLACES, at, bought, goods, order, purchase, transfer, work_order


@pytest.fixture(scope="module")
def built(build):
    chatter = Chatter()
    chatter.say("2026-01-06 10:00", "purchase.order", 1, state=("RFQ", "Purchase Order"))
    chatter.say("2026-01-08 10:00", "stock.picking", 1, user=5, state=("Prêt", "Terminé"))
    return build(
        mrp_production=[order(1), order(2, created_at=at("2026-01-04 08:00"))],
        mrp_workorder=[work_order(number) for number in range(1, 61)],
        purchase_order=[purchase(1, state="purchase")],
        purchase_order_line=[bought(1, 1)],
        stock_location=PLACES,
        stock_picking=[transfer(1, 1, 11, name="WH/IN/1", origin="P00001", state="done", picking_type_id=3,
                                done_at=at("2026-01-08 10:00"))],
        stock_move=[goods(1, 1, 11, done="08 10:00", picking_id=1, purchase_line_id=1)],
        **chatter.records,
    )  # fmt: skip


def read(built, name: str, **parameters) -> list[dict]:
    return warehouse.read(built._reading(catalog.lists()[name].sql), name, **parameters).to_pylist()


def test_a_timeline_holds_what_others_tell_and_the_runs_for_the_document(built):
    built.need("fct_integration_event")
    built._connection.execute(
        """insert into fct_integration_event by name
            select 'n8n:' || document as event_key, 'n8n' as source, 'test' as odoo_instance, 'Send order' as flow_name,
                'failed' as status, 'technical' as failure_class, 'purchase.order' as odoo_model,
                document as odoo_res_id, timestamp '2026-01-07 10:00' as started_at,
                timestamp '2026-01-07 10:01' as ended_at, 'exact' as ended_quality
            from (values (1), (2)) as other (document)"""
    )
    found = read(built, "record_timeline", instance="test", record_model="purchase.order", record_id=1)
    assert [(row["activity"], row["actor"], row["actor_kind"], row["told_by_model"]) for row in found] == [
        ("created", "Anna", "human", None),
        ("ordered", "Anna", "human", None),
        ("Send order begun", None, "integration", None),
        ("Send order: failed", None, "integration", None),
        ("received", "Pierre", "human", "stock.picking"),
    ]
    assert [row["gap_seconds"] for row in found] == [None, 26 * 3600, 86400, 60, 86340]


def test_what_an_order_led_to_is_linked(built):
    found = read(built, "record_link", instance="test", record_model="purchase.order", record_id=1)
    assert [(row["direction"], row["kind"], row["name"]) for row in found] == [("after", "is received by", "WH/IN/1")]
    assert len(read(built, "record_link", instance="test", record_model="mrp.production", record_id=1)) == 60


def test_a_search_shows_orders_before_what_is_around_them(built):
    found = read(built, "record_search", text="WH/MO/0000")
    assert [row["name"] for row in found[:3]] == ["WH/MO/00001", "WH/MO/00002", "WH/MO/00001 - Assemble"]
    assert len(found) == 50
    assert [row["name"] for row in read(built, "record_search", text="p00001")] == ["P00001", "WH/IN/1"]
