"""Something is planted for every exception and check, whenever the demo plants are looked at."""

from datetime import UTC, datetime

import pytest

from etl.demo import with_incidents
from tests.kpis.test_planted_truths import CHECKS, EXCEPTIONS

# Long enough for what goes back a year.
DAYS = 400
MOMENTS = {
    "a Saturday night": datetime(2026, 11, 28, 21, 40, tzinfo=UTC),
    "a Monday before anybody comes": datetime(2026, 11, 30, 6, tzinfo=UTC),
    "a Thursday at noon": datetime(2026, 6, 18, 12, tzinfo=UTC),
    "the last minutes of a year": datetime(2026, 12, 31, 23, 50, tzinfo=UTC),
    "the first of a month, a Sunday": datetime(2026, 3, 1, 0, 10, tzinfo=UTC),
    "summer time begins": datetime(2026, 3, 29, 2, 30, tzinfo=UTC),
    "summer time ends": datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
    "a leap day": datetime(2028, 2, 29, 12, tzinfo=UTC),
}


@pytest.mark.parametrize("moment", MOMENTS.values(), ids=MOMENTS)
def test_something_is_planted_for_every_rule(moment):
    _, planted = with_incidents(now=moment, days=DAYS)
    assert {*EXCEPTIONS, *CHECKS} - {one.rule for one in planted} == set()
