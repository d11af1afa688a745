"""Approvals within seconds of being asked for: by people, of steps whose turn is known."""

from datetime import date, timedelta

import pytest

from queries.config import Approval, Config, Users
from tests.conftest import PLANTS, Chatter
from tests.rows import at, purchase, user

PO = "purchase.order"
EVER = (date(2000, 1, 1), date(2100, 1, 1))
PIERRE, ROBOT = 5, 7
ROBOT_USER, ROBOT_PARTNER = user(ROBOT, "n8n")


@pytest.fixture(scope="module")
def make(build):
    chatter = Chatter()
    asked = at("2026-01-05 10:00")
    for id, wait, who, state in (
        (1, 9, PIERRE, "Purchase Order"),
        (2, 12, PIERRE, "Purchase Order"),
        (3, 9000, PIERRE, "Purchase Order"),
        (4, 5, ROBOT, "Purchase Order"),
        (5, 5, PIERRE, "Cancelled"),
        (6, None, PIERRE, None),
    ):
        chatter.say(str(asked), PO, id, state=("RFQ", "To Approve"))
        if wait:
            chatter.say(str(asked + timedelta(seconds=wait)), PO, id, user=who, state=("To Approve", state))
    states = {5: "cancel", 6: "to approve"}

    def made(quick: float = 10.0):
        return build(
            config=Config(users=Users(integration=("n8n",)), approval=Approval(quick)),
            purchase_order=[purchase(id, state=states.get(id, "purchase")) for id in range(1, 7)],
            res_users=[*PLANTS["res_users"], ROBOT_USER],
            res_partner=[*PLANTS["res_partner"], ROBOT_PARTNER],
            **chatter.records,
        )

    return made


def test_what_counts(make):
    rows = make().kpi_rows("rubber_stamp_share", *EVER)
    assert {row["record_id"]: (row["is_bad"], row["decision_seconds"]) for row in rows} == {
        1: (True, 9),
        2: (False, 12),
        3: (False, 9000),
    }
    [value] = make().kpi("rubber_stamp_share", *EVER)
    assert value["value"] == 1 / 3 and value["low"] < 1 / 3 < value["high"]


def test_ops_toml_says_how_fast_is_too_fast(make):
    [value] = make(15.0).kpi("rubber_stamp_share", *EVER)
    assert value["value"] == 2 / 3


def test_cut_by_step(make):
    [row] = make().kpi("rubber_stamp_share", *EVER, by="step_name")
    assert (row["cut"], row["n"]) == ("Purchase manager", 3)
