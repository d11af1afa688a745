"""What people do to an order: one row per message, save or approval, where it stood, how long after the one before."""

from datetime import timedelta

import pytest

from queries.config import Approval, Config, Users
from tests.conftest import PLANTS, Chatter
from tests.rows import at, order, purchase, review, user

MO, PO = "mrp.production", "purchase.order"
ANNA, PIERRE, ROBOT = 2, 5, 7
AS_OF = at("2026-03-02 00:00")
ROBOT_USER, ROBOT_PARTNER = user(ROBOT, "n8n")


def bare(chatter: Chatter, moment: str, model: str, document: int, user: int = ANNA, **values) -> None:
    """A message without a tracked change."""
    chatter.say(moment, model, document, user=user)
    chatter.records["mail_message"][-1] |= values


def saved(id: int, document: int, moment: str, field: str | None = None, who: int = ANNA) -> tuple[dict, list[dict]]:
    """A save in the audit log, with the field it changed."""
    log = {"id": id, "model_id": 1, "document_id": document, "method": "write", "user_id": who, "logged_at": at(moment)}
    return log, [{"id": id, "log_id": id, "field_name": field}] if field else []


@pytest.fixture(scope="module")
def make(build):
    chatter = Chatter()
    # 1: a production order from its creation to its end
    bare(chatter, "2026-01-05 08:00:01", MO, 1)  # that tells the creation
    chatter.say("2026-01-05 10:00", MO, 1, state=("Draft", "Confirmed"), reservation_state=("Waiting", "Ready"))
    bare(chatter, "2026-01-05 11:00", MO, 1, message_type="comment")
    bare(chatter, "2026-01-05 11:30", MO, 1, user=PIERRE, activity_type_id=4)
    bare(chatter, "2026-01-05 12:00", MO, 1, user=PIERRE)
    chatter.say("2026-01-05 13:00", MO, 1, user=ROBOT, reservation_state=("Ready", "Waiting"))
    bare(chatter, "2026-01-05 13:00:01", MO, 1, user=ROBOT)
    chatter.say("2026-01-06 10:00", MO, 1, state=("Confirmed", "In Progress"))
    chatter.say("2026-01-07 10:00", MO, 1, state=("In Progress", "Done"))
    bare(chatter, "2026-01-08 10:00", MO, 1)  # after its end
    # 2: created long ago
    chatter.say("2026-01-06 10:00", MO, 2, state=("Draft", "Confirmed"))
    # 1 to 4: purchases; approved after 8 seconds, after 11, after an hour with a change in between, by a machine
    for id, later, who in ((1, 8, PIERRE), (2, 11, PIERRE), (3, 3600, PIERRE), (4, 5, ROBOT)):
        chatter.say("2026-01-05 10:00", PO, id, state=("RFQ", "To Approve"))
        moment = at("2026-01-05 10:00") + timedelta(seconds=later)
        chatter.say(str(moment), PO, id, user=who, state=("To Approve", "Purchase Order"))
    chatter.say("2026-01-05 10:30", PO, 3, user_id=("Anna", "Pierre"))
    logs, lines = zip(
        saved(1, 1, "2026-01-05 14:00"),
        saved(2, 1, "2026-01-05 15:00", "date_start"),
        saved(3, 1, "2026-01-06 10:00:01", "state"),  # the same save as the message
        saved(4, 1, "2026-01-05 16:00", who=ROBOT),
        strict=True,
    )
    tiers = [
        review(1, 5, status="approved", done_by_id=PIERRE, reviewed_at=at("2026-01-05 12:00")),
        review(2, 5, status="approved", done_by_id=ANNA, reviewed_at=at("2026-01-05 12:00:04")),
    ]

    def made(config: Config | None = None):
        return build(
            AS_OF,
            config or Config(users=Users(integration=("n8n",))),
            mrp_production=[order(1, state="done"), order(2, created_at=at("2025-06-01 08:00"))],
            purchase_order=[
                *(purchase(id, state="purchase") for id in (1, 2, 3, 4)),
                purchase(5, created_at=at("2026-01-05 08:30"), created_by_id=1),
            ],
            res_users=[*PLANTS["res_users"], ROBOT_USER],
            res_partner=[*PLANTS["res_partner"], ROBOT_PARTNER],
            ir_model=[{"id": 1, "model": MO}],
            auditlog_log=list(logs),
            auditlog_log_line=[line for part in lines for line in part],
            tier_review=tiers,
            tier_definition=[{"id": 1, "name": "Plant manager", "approve_sequence": True}],
            **chatter.records,
        )

    return made


@pytest.fixture(scope="module")
def touches(make):
    return make().rows("select * from fct_touch order by record_model, record_id, touched_at, kind")


def of(touches, model: str, id: int) -> list[dict]:
    return [row for row in touches if (row["record_model"], row["record_id"]) == (model, id)]


def test_the_touches_of_an_order_up_to_its_end(touches):
    found = [
        (str(row["touched_at"])[5:16], row["stands_at"], row["kind"], row["person"], row["changed_nothing"])
        for row in of(touches, MO, 1)
    ]
    assert found == [
        ("01-05 08:00", "not yet created", "created", "Anna", False),
        ("01-05 10:00", "created", "confirmed", "Anna", False),
        ("01-05 11:00", "confirmed", "wrote a message", "Anna", None),
        ("01-05 11:30", "confirmed", "marked an activity done", "Pierre", None),
        ("01-05 12:00", "confirmed", "saved without a tracked change", "Pierre", True),
        ("01-05 14:00", "confirmed", "saved without a change", "Anna", True),
        ("01-05 15:00", "confirmed", "changed a field that is not tracked", "Anna", False),
        ("01-06 10:00", "confirmed", "started", "Anna", False),
        ("01-07 10:00", "started", "done", "Anna", False),
    ]
    assert all(row["is_closed"] and row["workflow"] == "production" for row in of(touches, MO, 1))


def test_seconds_since_the_touch_before_on_that_order(touches):
    assert [row["since_seconds"] for row in of(touches, MO, 1)][:4] == [None, 7200, 3600, 1800]


def test_each_says_what_decided_it(touches):
    rules = {row["kind"]: row["changed_rule"] for row in of(touches, MO, 1)}
    assert rules["confirmed"] == "a tracked change"
    assert rules["saved without a tracked change"].startswith("a message without a tracked change; what Odoo does not")
    assert rules["saved without a change"] == "the audit log tells a save without any changed field"
    assert rules["changed a field that is not tracked"] == "the audit log tells a changed field"
    assert rules["wrote a message"].startswith("cannot be told")


def test_older_orders_are_left_out(touches):
    assert of(touches, MO, 2) == []


def test_approvals_within_seconds_changed_nothing(touches):
    decided = {
        row["record_id"]: (row["stands_at"], row["decision_seconds"], row["changed_nothing"], row["changed_rule"])
        for row in touches
        if row["kind"] == "approved" and row["record_id"] < 5
    }
    assert decided == {
        1: ("approval requested", 8, True, "approved within 10.0 s of being asked for"),
        2: ("approval requested", 11, False, "a decision"),
        3: ("approval requested", 3600, False, "a decision"),
    }
    assert {row["kind"] for row in of(touches, PO, 3)} == {
        "created", "asked for approval", "changed a field", "approved"
    }  # fmt: skip
    assert next(row["field"] for row in of(touches, PO, 3) if row["kind"] == "changed a field") == "user_id"


def test_tiers_in_turn_count_from_their_own_turn(touches):
    decided = {row["person"]: row["decision_seconds"] for row in of(touches, PO, 5) if row["kind"] == "approved"}
    assert decided == {"Pierre": 3 * 3600, "Anna": 4}
    assert [row["kind"] for row in of(touches, PO, 5)].count("asked for approval") == 1  # two tiers, one request


def test_ops_toml_says_what_is_within_seconds(make):
    config = Config(users=Users(integration=("n8n",)), approval=Approval(30.0))
    rows = make(config).rows("select record_id from fct_touch where kind = 'approved' and changed_nothing order by 1")
    assert [row["record_id"] for row in rows] == [1, 2, 5]


def test_as_many_touches_as_fct_case_counts(make):
    built = make()
    counted = built.rows(
        """select record_model, record_id, human_touch_count from fct_case
            where human_touch_count > 0 and started_at > '2026-01-01' and record_id <> 5"""
    )
    seen = built.rows(
        """select record_model, record_id, count(*)::bigint as human_touch_count from fct_touch
            where kind not in ('wrote a message', 'marked an activity done', 'saved without a tracked change',
                'saved without a change', 'changed a field that is not tracked') and record_id <> 5
            group by all"""
    )
    key = lambda row: (row["record_model"], row["record_id"])  # noqa: E731
    assert sorted(counted, key=key) == sorted(seen, key=key)
