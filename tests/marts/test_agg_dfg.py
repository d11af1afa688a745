"""What directly followed what, and how long it took: hand-written rows, and pm4py over the demo plants."""

from collections import Counter

import pm4py
import pytest

from queries import warehouse
from tests.conftest import Chatter
from tests.rows import at, order, purchase

MO, PO = "mrp.production", "purchase.order"
NORD, SOUTH = "Nord/WH", "South/WH"
LEFT = ("end", "still open")


@pytest.fixture(scope="module")
def built(build):
    chatter = Chatter()
    for number, hour in ((1, "10"), (2, "12"), (3, "16")):
        chatter.say(f"2026-01-05 {hour}:00", MO, number, state=("Draft", "Confirmed"))
    chatter.say("2026-01-06 10:00", MO, 1, state=("Confirmed", "Done"))
    # 1: what is no activity does not come between two
    chatter.say("2026-01-06 09:00", PO, 5, user_id=("Anna", "Pierre"))
    chatter.say("2026-01-07 08:00", PO, 5, state=("RFQ", "Purchase Order"))
    return build(
        mrp_production=[order(1, state="done"), order(2), order(3), order(4, picking_type_id=2, company_id=2)],
        purchase_order=[purchase(5, state="purchase", created_at=at("2026-01-05 08:00"))],
        **chatter.records,
    )


def test_steps_of_a_plant_with_their_median_wait(built):
    found = {
        (row["workflow"], row["from_activity"], row["to_activity"]): (row["step_count"], row["median_wait_seconds"])
        for row in built.rows("select * from agg_dfg where plant = $plant", plant=NORD)
    }
    assert found == {
        ("production", "created", "confirmed"): (3, 4 * 3600),  # of 2, 4 and 8 hours
        ("production", "confirmed", "done"): (1, 24 * 3600),
        ("purchase", "created", "ordered"): (1, 48 * 3600),
        # where cases begin and end, or stand
        ("production", "start", "created"): (3, None),
        ("production", "done", "end"): (1, None),
        ("production", "confirmed", "still open"): (2, None),
        ("purchase", "start", "created"): (1, None),
        ("purchase", "ordered", "end"): (1, None),
    }


def test_a_case_of_one_event_has_a_variant_and_no_step(built):
    assert built.rows("select plant, variant, case_count from fct_variant where plant <> $plant", plant=NORD) == [
        {"plant": SOUTH, "variant": "created", "case_count": 1}
    ]
    found = built.rows("select from_activity, to_activity from agg_dfg where plant = $plant order by all", plant=SOUTH)
    assert [tuple(row.values()) for row in found] == [("created", "still open"), ("start", "created")]


def test_pm4py_finds_the_same_steps_waits_and_variants(demo_warehouse):
    opened = warehouse.open(warehouse=demo_warehouse)
    events = (
        opened.cursor()
        .sql(
            """select workflow, plant, record_model || ' ' || record_id as "case", activity, event_at
                from fct_event where rank < 90 and plant is not null
                order by workflow, plant, record_model, record_id, event_at, rank, activity"""
        )
        .df()
    )
    steps, variants, begins, ends = {}, {}, {}, {}
    for part, rows in events.groupby(["workflow", "plant"]):
        log = pm4py.format_dataframe(
            rows.reset_index(drop=True), case_id="case", activity_key="activity", timestamp_key="event_at"
        )
        counts, starts, stops = pm4py.discover_dfg(log)
        begins |= {(*part, activity): count for activity, count in starts.items()}
        ends |= {(*part, activity): count for activity, count in stops.items()}
        waits, _, _ = pm4py.discover_performance_dfg(log)
        steps |= {(*part, *edge): (count, waits[edge]["median"]) for edge, count in counts.items()}
        variants |= {(*part, " > ".join(variant)): count for variant, count in pm4py.get_variants(log).items()}
    assert len(steps) > 50 and len(variants) > 50
    rows = opened.cursor().execute("select * from agg_dfg where plant is not null").fetchall()
    assert {row[:4]: row[4:] for row in rows if row[2] != "start" and row[3] not in LEFT} == steps
    assert {(*row[:2], row[3]): row[4] for row in rows if row[2] == "start"} == begins
    left = Counter()
    for row in rows:
        left[row[:3]] += row[4] * (row[3] in LEFT)
    assert {key: count for key, count in left.items() if count} == ends
    rows = opened.cursor().execute("select * from fct_variant where plant is not null").fetchall()
    assert {row[:3]: row[3] for row in rows} == variants
