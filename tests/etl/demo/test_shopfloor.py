"""Work orders and time logs of the demo plants follow their production orders."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta

import pytest

from etl.demo import records, shopfloor
from etl.demo.products import PRODUCT, PROTOTYPE


@pytest.fixture(scope="module")
def works(demo):
    """Work orders by production order."""
    found = defaultdict(list)
    for work in demo["mrp_workorder"]:
        found[work["production_id"]].append(work)
    return found


def test_orders_have_the_work_orders_of_their_product(demo, works):
    for order in demo["mrp_production"]:
        routing = shopfloor.ROUTINGS.get(PRODUCT[order["product_id"]].code[:2], ())
        names = [work["name"] for work in works[order["id"]]]
        # Those of some prototypes were forgotten.
        assert names == [name for name, _ in routing] or (order["product_id"] == PROTOTYPE.id and not names)
    counts = [len(works[order["id"]]) for order in demo["mrp_production"]]
    assert set(counts) == {0, 1, 2}


def test_work_orders_stand_where_their_orders_stand(demo, works):
    allowed = {
        "draft": {"ready", "blocked"},
        "confirmed": {"ready", "blocked"},
        "progress": {"ready", "progress", "done"},
        "to_close": {"done"},
        "done": {"done"},
        "cancel": {"cancel"},
    }
    for order in demo["mrp_production"]:
        assert {work["state"] for work in works[order["id"]]} <= allowed[order["state"]]


def test_work_lies_between_start_and_completion_and_adds_up(demo, demo_now):
    orders = {order["id"]: order for order in demo["mrp_production"]}
    works = {work["id"]: work for work in demo["mrp_workorder"]}
    minutes, now = defaultdict(float), f"{demo_now:%Y-%m-%d %H:%M:%S}"
    for log in demo["mrp_workcenter_productivity"]:
        if not log["workorder_id"]:  # a machine that was down
            continue
        work = works[log["workorder_id"]]
        order = orders[work["production_id"]]
        assert log["workcenter_id"] == work["workcenter_id"] and log["company_id"] == order["company_id"]
        assert log["date_start"] <= (log["date_end"] or now) <= now and log["create_date"] <= now
        if order["state"] == "done":
            assert log["date_end"] and log["date_end"] <= order["date_finished"]
            is_filled = log["create_date"] == log["date_end"] == order["date_finished"]
            assert is_filled or log["date_start"] >= order["date_start"]
        minutes[work["id"]] += log["duration"]
    assert all(work["duration"] == pytest.approx(minutes[work["id"]], abs=0.01) for work in works.values())


def test_a_later_now_continues_the_shop_floor():
    anchor = datetime(2026, 6, 17, 14, tzinfo=UTC)
    before, after = (records(now=anchor + timedelta(hours=h), days=30, anchor=anchor) for h in (0, 30))
    old = before["mrp_workorder"]
    assert [(w["id"], w["production_id"], w["name"]) for w in after["mrp_workorder"][: len(old)]] == [
        (w["id"], w["production_id"], w["name"]) for w in old
    ]
    logs = {log["id"]: log for log in after["mrp_workcenter_productivity"]}
    for log in before["mrp_workcenter_productivity"]:
        same = ("workorder_id", "date_start", "create_date", *(("date_end", "duration") if log["date_end"] else ()))
        assert [logs[log["id"]][name] for name in same] == [log[name] for name in same]
    assert len(logs) > len(before["mrp_workcenter_productivity"])
