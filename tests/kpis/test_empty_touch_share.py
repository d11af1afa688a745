"""Touches that changed nothing: those of an order's first 28 days, in the last weeks, of which Odoo can tell."""

from datetime import date, timedelta

from tests.conftest import Chatter
from tests.rows import at, order

MO = "mrp.production"
EVER = (date(2000, 1, 1), date(2100, 1, 1))
AS_OF = at("2026-03-02 00:00")


def test_what_counts(build):
    chatter = Chatter()
    chatter.say("2026-01-05 10:00", MO, 1, state=("Draft", "Confirmed"))
    chatter.say("2026-01-05 11:00", MO, 1)  # saved without a change
    chatter.say("2026-01-05 12:00", MO, 1)
    chatter.records["mail_message"][-1]["message_type"] = "comment"
    chatter.say("2026-02-03 10:00", MO, 1)  # after 28 days
    chatter.say(str(AS_OF - timedelta(days=100)), MO, 2)  # too long ago
    chatter.say("2026-01-06 11:00", MO, 3, user=1)  # a machine
    built = build(
        AS_OF,
        mrp_production=[
            order(1),
            order(2, created_at=AS_OF - timedelta(days=105)),
            order(3, created_by_id=1),
        ],
        **chatter.records,
    )
    [value] = built.kpi("empty_touch_share", *EVER)
    assert (value["n"], value["n_unmeasured"]) == (3, 1)  # created, confirmed, saved; and a message
    assert value["value"] == 1 / 3
    by_kind = {row["cut"]: row["value"] for row in built.kpi("empty_touch_share", *EVER, by="kind")}
    assert by_kind["saved without a tracked change"] == 1 and by_kind["confirmed"] == 0
    rows = built.kpi_rows("empty_touch_share", *EVER)
    assert tuple(rows[0][name] for name in ("is_bad", "kind", "stands_at", "person")) == (
        True, "saved without a tracked change", "confirmed", "Anna"
    )  # fmt: skip


def test_nothing_is_no_number(build):
    [value] = build(AS_OF).kpi("empty_touch_share", *EVER)
    assert value["value"] is None and value["reason"]
