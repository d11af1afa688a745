"""Work in process against throughput and time in process, and the check that holds one against the other."""

from datetime import timedelta

import pytest

from tests.conftest import Chatter
from tests.rows import at, order

MO = "mrp.production"
NOW = at("2026-06-01 00:00")


def plant(chatter: Chatter, first: int, leaving: int, lying: int) -> list[dict]:
    """Orders of Nord: every second day one is released that is done after six, and some that nobody finishes."""
    found = []
    for number in range(leaving):
        id, released = first + number, NOW - timedelta(days=6 + 2 * number)
        chatter.say(str(released), MO, id, state=("Draft", "Confirmed"))
        chatter.say(str(released + timedelta(days=6)), MO, id, state=("Confirmed", "Done"))
        found.append(order(id, state="done"))
    for id in range(first + leaving, first + leaving + lying):
        chatter.say("2025-06-01 00:00", MO, id, state=("Draft", "Confirmed"))
        found.append(order(id, state="confirmed"))
    return found


@pytest.fixture
def make(build):
    def made(leaving: int, lying: int, more: tuple = ()):
        chatter = Chatter()
        return build(NOW, mrp_production=[*plant(chatter, 1, leaving, lying), *more], **chatter.records)

    return made


def test_little_s_law_holds_where_orders_leave(make):
    [row] = make(200, 0).rows("select * from agg_process")
    assert (row["left_count"], row["time_in_process_seconds"]) == (43, 6 * 86400)
    assert row["implied_count"] == pytest.approx(43 * 6 / 84)
    assert row["average_count"] == pytest.approx(row["implied_count"], rel=0.05)


def test_orders_that_nobody_finishes_are_too_much(make):
    [row] = make(200, 4).rows("select * from agg_process")
    assert row["average_count"] - make(200, 0).rows("select * from agg_process")[0]["average_count"] == pytest.approx(4)
    assert row["implied_count"] == pytest.approx(43 * 6 / 84)


def test_drafts_and_orders_of_unknown_times_are_left_out(make):
    [row] = make(40, 0, more=(order(900), order(901, state="done"), order(902, state="progress"))).rows(
        "select * from agg_process"
    )
    assert row["left_count"] == 40


@pytest.mark.parametrize(
    ("leaving", "lying", "named"),
    [(200, 1, False), (200, 2, True), (29, 9, False), (0, 9, False)],
    ids=["a little more", "more by half", "too few left to judge", "none left"],
)
def test_the_check_names_the_plant(build, make, leaving, lying, named):
    from etl import publish
    from queries import catalog

    built = make(leaving, lying)
    check = catalog.checks()["work_in_process_not_leaving"]
    found = built.rows(check.sql)
    assert publish._count(built.connection, check) == len(found) == int(named)
    if named:
        assert (found[0]["plant"], found[0]["record_id"]) == ("Nord/WH", 1)
        assert found[0]["detail"] == "5 orders in process on average, 3 by throughput and time in process"
