"""Touches of 100 orders, by where an order stands and what people do: counts, intervals, gaps, what changed nothing."""

import pytest
from scipy.stats import norm
from statsmodels.stats.proportion import proportion_confint

from tests.conftest import Chatter
from tests.rows import at, order

MO = "mrp.production"


@pytest.fixture(scope="module")
def rows(build):
    """25 closed orders of Nord, of which 10 are saved once and 5 twice on the way; an open one; and 2 of South."""
    chatter = Chatter()
    orders = []
    for id in range(1, 29):
        here = {} if id <= 26 else {"company_id": 2, "picking_type_id": 2}
        chatter.say(f"2026-01-05 10:00:{id:02d}", MO, id, state=("Draft", "Confirmed"))
        for number in range(1 if id <= 10 else 2 if id <= 15 or id == 26 else 0):
            chatter.say(f"2026-01-05 1{1 + number}:00:{id:02d}", MO, id)
        if id != 26:
            chatter.say("2026-01-06 10:00", MO, id, user=1, state=("Confirmed", "Done"))
        orders.append(order(id, state="confirmed" if id == 26 else "done", created_by_id=1, **here))
    built = build(at("2026-03-02 00:00"), mrp_production=orders, **chatter.records)
    return {(row["plant"], row["kind"]): row for row in built.rows("select * from agg_touch_map")}


def test_of_100_closed_orders(rows):
    saved = rows["Nord/WH", "saved without a tracked change"]
    assert (saved["order_count"], saved["touched_order_count"], saved["touch_count"]) == (25, 15, 20)
    assert saved["once_order_count"] == 10
    assert saved["stands_at"] == "confirmed"
    assert saved["touches_per_100"] == 80
    counts = [1] * 10 + [2] * 5 + [0] * 10
    mean = sum(counts) / 25
    spread = (sum((count - mean) ** 2 for count in counts) / 24 / 25) ** 0.5 * norm.ppf(0.975)
    assert saved["touches_per_100_low"] == pytest.approx(100 * (mean - spread), rel=1e-6)
    assert saved["touches_per_100_high"] == pytest.approx(100 * (mean + spread), rel=1e-6)
    assert saved["median_since_seconds"] == 3600


def test_share_that_changed_nothing_with_its_interval(rows):
    saved, confirmed = rows["Nord/WH", "saved without a tracked change"], rows["Nord/WH", "confirmed"]
    assert (saved["told_count"], saved["empty_share"]) == (20, 1)
    assert (confirmed["told_count"], confirmed["empty_share"]) == (25, 0)
    for row in (saved, confirmed):
        ends = proportion_confint(row["empty_count"], row["told_count"], method="wilson")
        assert (row["empty_share_low"], row["empty_share_high"]) == pytest.approx(ends, abs=1e-6)


def test_few_orders_have_no_interval(rows):
    row = rows["South/WH", "confirmed"]
    assert (row["order_count"], row["touches_per_100"], row["touches_per_100_low"]) == (2, 100, None)
    assert row["reason"] == "no interval: only 2 orders are closed"


def test_one_order_is_not_several(build):
    chatter = Chatter().say("2026-01-06 10:00", MO, 1, user=2, state=("Confirmed", "Done"))
    built = build(at("2026-03-02 00:00"), mrp_production=[order(1, state="done")], **chatter.records)
    reasons = {row["reason"] for row in built.rows("select reason from agg_touch_map where empty_count is not null")}
    assert "no interval: only 1 order is closed" in reasons


def test_no_order_no_row(build):
    assert build().rows("select * from agg_touch_map") == []
