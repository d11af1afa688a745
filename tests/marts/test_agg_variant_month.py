"""How many cases closed by way and month, and which do not count."""

from datetime import date

import pytest

from tests.conftest import Chatter
from tests.rows import at, order

MO = "mrp.production"
NOW = at("2026-09-10 12:00")
DONE = "created > confirmed > done"


@pytest.fixture(scope="module")
def found(build):
    chatter, orders = Chatter(), []

    def case(id: int, ended: str | None, last="Done", **values):
        state = {"Done": "done", "Cancelled": "cancel"}[last] if ended else "confirmed"
        chatter.say("2025-08-01 08:00", MO, id, state=("Draft", "Confirmed"))
        if ended:
            chatter.say(ended, MO, id, state=("Confirmed", last))
        orders.append(order(id, state=state, created_at=at("2025-07-01 08:00")) | values)

    case(1, "2026-08-31 23:59")
    case(2, "2026-08-01 00:00")
    case(3, "2026-09-10 11:00")
    case(4, "2026-03-12 23:59")  # a day before the last 26 weeks
    case(5, "2026-03-13 00:00")
    case(6, "2025-09-01 00:00")
    case(7, "2025-08-31 23:59")  # before the twelve months
    case(8, None)
    case(9, "2026-08-02 08:00", last="Cancelled")
    case(10, "2026-08-03 08:00", picking_type_id=2, company_id=2)
    case(11, "2026-08-03 08:00", picking_type_id=None)  # of no plant
    built = build(NOW, mrp_production=orders, **chatter.records)
    return {(row["plant"], row["variant"], row["month"]): row for row in built.rows("select * from agg_variant_month")}


def test_closed_cases_count_in_the_month_of_their_end(found):
    assert {key: row["case_count"] for key, row in found.items()} == {
        ("Nord/WH", DONE, date(2026, 9, 1)): 1,
        ("Nord/WH", DONE, date(2026, 8, 1)): 2,
        ("Nord/WH", DONE, date(2026, 3, 1)): 2,
        ("Nord/WH", DONE, date(2025, 9, 1)): 1,
        ("Nord/WH", "created > confirmed > cancelled", date(2026, 8, 1)): 1,
        ("South/WH", DONE, date(2026, 8, 1)): 1,
    }


def test_of_a_month_those_of_the_last_26_weeks_count_apart(found):
    recent = {key[2]: row["recent_count"] for key, row in found.items() if key[:2] == ("Nord/WH", DONE)}
    assert recent == {date(2026, 9, 1): 1, date(2026, 8, 1): 2, date(2026, 3, 1): 1, date(2025, 9, 1): 0}


def test_the_newest_case_stands_for_the_others(found):
    newest = found["Nord/WH", DONE, date(2026, 8, 1)]
    assert (newest["instance"], newest["record_model"], newest["record_id"]) == ("test", MO, 1)
    assert newest["name"] == "WH/MO/00001"
