"""Components that run short again soon."""

from datetime import date

from tests.conftest import Chatter
from tests.rows import PLACES, at, goods, order

EVER = (date(2000, 1, 1), date(2100, 1, 1))
# When each order waited for the component: the first tells nothing, nobody knows what was before.
WAITS = {
    1: ("01-05 10:00", "01-06 10:00"),
    2: ("01-20 10:00:01", "01-21 10:00"),  # more than fourteen days after the first
    3: ("02-04 10:00", "02-05 10:00"),  # fourteen days to the second
    4: ("02-05 09:00", "03-20 10:00"),  # overlaps with it: the same shortage
    5: ("03-19 10:00", "03-21 10:00"),  # overlaps, too, six weeks after the one before had ended
    6: ("04-05 10:00", None),  # open: what it waits for is not known
}


def test_again_within_fourteen_days(build):
    chatter, lines = Chatter(), []
    for id, (since, until) in WAITS.items():
        chatter.say(f"2026-{since}", "mrp.production", id, state=("Draft", "Confirmed"),
                    reservation_state=("", "Waiting"))  # fmt: skip
        if until:
            chatter.say(f"2026-{until}", "mrp.production", id, reservation_state=("Waiting", "Ready"))
            lines.append({"id": id, "move_id": id, "created_at": at(f"2026-{until}")})
    built = build(
        at("2026-04-06"),
        stock_location=PLACES,
        mrp_production=[order(id, state="confirmed") for id in WAITS],
        stock_move=[goods(id, 11, 15, raw_material_production_id=id) for id in WAITS],
        stock_move_line=lines,
        **chatter.records,
    )
    found = {row["record_id"]: row for row in built.kpi_rows("shortage_recurrence", *EVER)}
    assert found[3]["ended_at"] == at("2026-03-21 10:00"), "the shortage ends with the last order that got it"
    rows = {row["record_id"]: row["is_bad"] for row in built.kpi_rows("shortage_recurrence", *EVER)}
    assert rows == {2: False, 3: True}
    [value] = built.kpi("shortage_recurrence", *EVER)
    assert (value["value"], value["n"], value["n_unmeasured"]) == (0.5, 2, 1)
    [component] = [row for row in built.kpi("shortage_recurrence", *EVER, by="component") if row["n"]]
    assert (component["cut"], component["n"]) == ("[T-1] Table", 2)


def test_without_shortages_there_is_none(build):
    [value] = build().kpi("shortage_recurrence", *EVER)
    assert (value["value"], value["n"]) == (None, 0)
