"""Production orders that ran short of a component, of those released."""

from datetime import date

from tests.conftest import Chatter
from tests.rows import order

MO, EVER = "mrp.production", (date(2000, 1, 1), date(2100, 1, 1))


def test_orders_that_were_ever_short(build):
    chatter = Chatter()
    for id, reservation in ((1, "Waiting"), (2, "Ready"), (3, "Waiting Another Operation"), (4, "Ready")):
        chatter.say("2026-01-05 10:00", MO, id, state=("Draft", "Confirmed"), reservation_state=("", reservation))
    chatter.say("2026-01-06 10:00", MO, 4, reservation_state=("Ready", "Waiting"))
    built = build(
        mrp_production=[
            *(order(id, state="confirmed") for id in (1, 2, 3, 4)),
            order(5),  # not released
            order(6, state="confirmed", reservation_state="confirmed", backorder_sequence=2),
        ],
        **chatter.records,
    )
    rows = built.kpi_rows("short_order_share", *EVER)
    assert {row["record_id"]: row["is_bad"] for row in rows} == {1: True, 2: False, 3: False, 4: True}
    [value] = built.kpi("short_order_share", *EVER)
    assert (value["value"], value["n"]) == (0.5, 4)


def test_without_orders_there_is_no_share(build):
    [value] = build().kpi("short_order_share", *EVER)
    assert (value["value"], value["n"]) == (None, 0)
