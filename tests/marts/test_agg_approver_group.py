"""How groups of approvers decide: shares and their intervals, what waits, holes, and the word for it."""

from datetime import datetime, timedelta

import pytest
from statsmodels.stats.proportion import proportion_confint

from queries.config import Config, Users
from tests.conftest import PLANTS, Chatter
from tests.rows import at, purchase, user

PO = "purchase.order"
AS_OF = at("2026-03-02 00:00")
ANNA, PIERRE, ROBOT = 2, 5, 7
ROBOT_USER, ROBOT_PARTNER = user(ROBOT, "n8n")
HOURS = [
    {"id": day + 1, "calendar_id": 1, "weekday": str(day), "hour_from": 8.0, "hour_to": 18.0, "day_period": "morning"}
    for day in range(5)
]
MONDAY = at("2026-01-05 08:00")


def steps(*waits: float, who=lambda number: PIERRE, every: timedelta = timedelta(hours=3)) -> list[tuple]:
    """(asked at, seconds until decided or None, by whom) of an order each."""
    return [(MONDAY + number * every, wait, who(number)) for number, wait in enumerate(waits)]


@pytest.fixture(scope="module")
def group(build):
    def of(found: list[tuple], changed: tuple[int, ...] = ()) -> dict:
        chatter, orders = Chatter(), []
        for id, (asked, wait, who) in enumerate(found, start=1):
            chatter.say(str(asked), PO, id, user=ANNA, state=("RFQ", "To Approve"))
            if id in changed:
                chatter.say(str(asked + timedelta(seconds=1)), PO, id, user_id=("Anna", "Pierre"))
            if wait is not None:
                moment = asked + timedelta(seconds=wait)
                chatter.say(str(moment), PO, id, user=who, state=("To Approve", "Purchase Order"))
            state = "to approve" if wait is None else "purchase"
            orders.append(purchase(id, state=state, created_at=MONDAY - timedelta(days=1)))
        built = build(
            AS_OF,
            Config(users=Users(integration=("n8n",))),
            purchase_order=orders,
            res_users=[*PLANTS["res_users"], ROBOT_USER],
            res_partner=[*PLANTS["res_partner"], ROBOT_PARTNER],
            resource_calendar_attendance=HOURS,
            **chatter.records,
        )
        [row] = built.rows("select * from agg_approver_group")
        return row

    return of


def test_a_group_that_decides_as_it_should_is_ordinary(group):
    row = group(steps(*[3600.0] * 30, who=lambda number: (ANNA, PIERRE)[number % 2]), changed=(1, 2, 3))
    assert (row["verdict"], row["reason"]) == ("ordinary", None)
    assert (row["workflow"], row["plant"], row["mechanism"]) == ("purchase", "Nord/WH", "double validation")
    assert row["approver_group"] == "Purchase manager"
    assert (row["decision_count"], row["approver_count"], row["median_seconds"]) == (30, 2, 3600)
    assert (row["quick_share"], row["burst_share"], row["busiest_share"]) == (0, 0, 0.5)
    assert row["untouched_share"] == pytest.approx(27 / 30)
    ends = proportion_confint(27, 30, method="wilson")
    assert (row["untouched_share_low"], row["untouched_share_high"]) == pytest.approx(ends, abs=1e-6)
    assert not any(isinstance(value, str) and value in ("Anna", "Pierre") for value in row.values())


def test_within_seconds_is_a_rubber_stamp(group):
    row = group(steps(*[5.0] * 20, *[3600.0] * 4))
    assert row["verdict"] == "rubber stamp"
    assert row["quick_share"] == pytest.approx(20 / 24)
    assert row["quick_share_low"] == pytest.approx(proportion_confint(20, 24, method="wilson")[0], abs=1e-6)


def test_half_within_seconds_is_not_sure_enough(group):
    assert group(steps(*[5.0] * 14, *[3600.0] * 10))["verdict"] == "one person"


def test_bursts_are_a_rubber_stamp_too(group):
    # asked for every minute, and decided together at the end of the hour: 20 s between decisions
    found = [(MONDAY + timedelta(hours=8 * (number // 3), minutes=number % 3), None, PIERRE) for number in range(24)]
    found = [
        (asked, (MONDAY + timedelta(hours=8 * (n // 3) + 1, seconds=20 * (n % 3)) - asked).total_seconds(), who)
        for n, (asked, _, who) in enumerate(found)
    ]
    row = group(found)
    assert (row["burst_share"], row["quick_share"], row["verdict"]) == (1, 0, "rubber stamp")
    two = group([step for number, step in enumerate(found) if number % 3 < 2] + steps(*[7500.0] * 8))
    assert (two["burst_share"], two["verdict"]) == (0, "one person")


def test_late_or_piled_up_is_overloaded(group):
    late = group(steps(*[4 * 86400.0] * 12, *[3600.0] * 12))
    assert (late["due_count"], late["late_share"], late["verdict"]) == (24, 0.5, "overloaded")
    piled = group(steps(*[3600.0] * 24, *[None] * 6))
    assert (piled["open_count"], piled["open_per_approver"], piled["verdict"]) == (6, 6, "overloaded")


def test_one_person_decides_nearly_all(group):
    row = group(steps(*[3600.0] * 30, who=lambda number: ANNA if number == 0 else PIERRE))
    assert (row["verdict"], row["busiest_share"]) == ("one person", pytest.approx(29 / 30))


def test_too_few_decisions_are_not_judged_and_machines_do_not_count(group):
    row = group(steps(*[5.0] * 19, *[5.0] * 40, who=lambda number: PIERRE if number < 19 else ROBOT))
    assert (row["decision_count"], row["verdict"]) == (19, "too few to judge")
    assert row["reason"] == "19 decisions by people in 26 weeks; 20 are needed"
    assert group(steps(5.0))["reason"] == "1 decision by people in 26 weeks; 20 are needed"


def test_working_days_on_which_nobody_decided_although_something_waited(group):
    # asked on Monday, decided on Friday: Tuesday to Thursday; asked on Friday, decided on Monday: no working day
    monday, friday = datetime(2026, 1, 5, 9), datetime(2026, 1, 9, 15)
    row = group([(monday, 4 * 86400.0, PIERRE), (friday, 3 * 86400.0, PIERRE)])
    assert (row["waiting_day_count"], row["hole_count"]) == (5, 3)


def test_nothing_asked_for_no_row(build):
    assert build().rows("select * from agg_approver_group") == []
