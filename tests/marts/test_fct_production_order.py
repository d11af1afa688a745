"""Milestones of production orders."""

from datetime import datetime

import pytest


def order(id, **values):
    row = {"id": id, "name": f"WH/MO/{id:05d}", "state": "draft", "company_id": 1, "picking_type_id": 1}
    return row | {"product_id": 1, "user_id": 2, "created_at": datetime(2026, 1, 5, 8), "created_by_id": 2} | values


def test_release_is_the_first_confirmation_in_any_language(build, chatter):
    chatter.say("2026-01-05 10:30:00", "mrp.production", 1, user=5, state=("Brouillon", "Confirmé"))
    chatter.say("2026-01-06 10:00:00", "mrp.production", 1, state=("Draft", "Confirmed"))
    built = build(mrp_production=[order(1, state="confirmed")], **chatter.records)
    [found] = built.rows("select * from fct_production_order")
    assert found["released_at"] == datetime(2026, 1, 5, 10, 30)
    assert found["plant"] == "Nord/WH"
    assert found["responsible"] == "Anna"


@pytest.mark.parametrize("ended_by", ["Ready", "start"])
def test_material_wait_ends_when_ready_or_when_work_starts_without(build, chatter, ended_by):
    chatter.say(
        "2026-01-05 10:00:00", "mrp.production", 1, state=("Draft", "Confirmed"), reservation_state=("", "Waiting")
    )
    if ended_by == "Ready":
        chatter.say("2026-01-07 10:00:00", "mrp.production", 1, reservation_state=("Waiting", "Ready"))
    else:
        chatter.say("2026-01-07 10:00:00", "mrp.production", 1, state=("Confirmed", "In Progress"))
    [found] = build(mrp_production=[order(1, state="progress")], **chatter.records).rows(
        "select * from fct_production_order"
    )
    assert found["material_wait_ended_at"] == datetime(2026, 1, 7, 10)
