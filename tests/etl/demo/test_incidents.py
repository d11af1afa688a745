"""What is planted is there whenever the demo plants are looked at: something for every exception and check, and each
thing that is planted a number of times, as often."""

from datetime import UTC, datetime

import pytest

from etl.demo import _simulated, incidents
from etl.demo.basics import TRANSIT
from etl.demo.truths import TRUTHS
from tests.etl.demo.test_truths import measured
from tests.kpis.test_planted_truths import CHECKS, EXCEPTIONS

# Long enough for what goes back a year.
DAYS = 400
MOMENTS = {
    "a Saturday night": datetime(2026, 11, 28, 21, 40, tzinfo=UTC),
    "a Monday before anybody comes": datetime(2026, 11, 30, 6, tzinfo=UTC),
    "a Thursday at noon": datetime(2026, 6, 18, 12, tzinfo=UTC),
    "the last minutes of a year": datetime(2026, 12, 31, 23, 50, tzinfo=UTC),
    "summer time begins": datetime(2026, 3, 29, 2, 30, tzinfo=UTC),
    "summer time ends": datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
    "a leap day": datetime(2028, 2, 29, 12, tzinfo=UTC),
}


@pytest.mark.parametrize("moment", MOMENTS.values(), ids=MOMENTS)
def test_what_is_planted_is_there_at_any_moment(moment):
    block, found = _simulated(1, moment, DAYS, None)
    value = measured(found, moment.replace(tzinfo=None))
    exact = [truth for truth in TRUTHS if truth.low == truth.high]
    assert len(exact) >= 80
    assert [truth for truth in exact if not truth.holds(lambda cut, kpi=truth.kpi: value(kpi, cut))] == []

    planted = incidents.plant(block, found)
    assert {*EXCEPTIONS, *CHECKS} - {one.rule for one in planted} == set()
    below_zero = {stock["id"] for stock in found["stock_quant"] if stock["quantity"] < 0}
    on_the_road = {stock["id"] for stock in found["stock_quant"] if stock["location_id"] == TRANSIT}
    assert below_zero - on_the_road == {one.record_id for one in planted if one.rule == "negative_stock"}
