"""Shortages as a planner reads them: what orders lack and wait for, and what runs short again."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from queries import shortage
from tests.rows import at

AS_OF = at("2026-03-02 00:00")
DAY = timedelta(days=1)


def short(id: int, days: float, plant: str = "Nord/WH", **values) -> dict:
    row = {"instance": "test", "record_model": "mrp.production", "record_id": id, "interval_number": 1}
    row |= {"name": f"WH/MO/{id}", "plant": plant, "waits_for": "components", "outcome": "open"}
    return row | {"short_at": AS_OF - days * DAY} | values


def missing(id: int, component: str, move: int, **values) -> dict:
    row = {"instance": "test", "record_id": id, "move_id": move, "component": component, "missing_quantity": 5.0}
    return row | values


def bought(id: int, component: str, due: str, **values) -> dict:
    row = {"instance": "test", "record_model": "purchase.order", "record_id": id, "line_id": id, "name": f"P{id}"}
    row |= {"plant": "Nord/WH", "product": component, "partner": "Steelworks", "open_quantity": 3.0, "outcome": "open"}
    return row | {"due_at": at(due)} | values


@pytest.fixture(scope="module")
def rows(put) -> dict[tuple, dict]:
    built = put(
        AS_OF,
        fct_shortage=[
            short(1, 3), short(2, 9), short(3, 1), short(4, 1, waits_for="another operation"),
            short(5, 2, outcome="resolved"),
        ],
        fct_component_shortage=[
            missing(1, "Seal", 11, forecast_at=AS_OF + DAY), missing(1, "Bolt", 12), missing(2, "Seal", 21),
            missing(3, "Frame", 31), missing(3, "Gone", 32, seen_to_at=AS_OF), missing(5, "Seal", 51),
        ],
        fct_promise=[
            bought(7, "Seal", "2026-03-09"), bought(8, "Seal", "2026-03-05"),
            bought(9, "Seal", "2026-03-01", outcome="kept"), bought(10, "Seal", "2026-03-01", plant="South/WH"),
        ],
        fct_open_production=[
            {"instance": "test", "record_model": "mrp.production", "record_id": 77, "name": "WH/MO/77",
             "plant": "Nord/WH", "product": "Frame", "state": "confirmed", "deadline_at": AS_OF - DAY},
        ],
        fct_open_order=[
            {"instance": "test", "record_model": "mrp.production", "record_id": 1, "due_at": AS_OF + 2 * DAY},
        ],
        fct_hold=[
            {"instance": "test", "plant": "Nord/WH", "product": "Seal", "source": source, "quantity": 4.0,
             "outcome": outcome}
            for source, outcome in (
                ("quarantine stock", "open"), ("inspection", "open"), ("quarantine stock", "released"),
            )
        ],
        fct_component_wait=[{"instance": "test", "record_id": 1, "move_id": 12, "vendor": "Boltworks"}],
        fct_standstill=[
            {"kind": "shortage", "instance": "test", "record_model": "mrp.production", "record_id": 3,
             "age_ratio": 0.1, "at_risk_amount": 500.0, "held_up_currency": "EUR", "due_soon_count": 1},
        ],
    )  # fmt: skip
    found = built.listing("short_component")
    assert [row["record_id"] for row in found] == [2, 1, 1, 3, 4]
    return {(row["record_id"], row["component"]): row for row in found}


def test_each_order_that_waits_has_a_line_for_each_component_it_lacks(rows):
    assert set(rows) == {(1, "Seal"), (1, "Bolt"), (2, "Seal"), (3, "Frame"), (4, None)}
    assert rows[2, "Seal"]["age_seconds"] == 9 * 86400


def test_a_component_is_brought_by_what_is_due_first_in_its_plant(rows):
    assert rows[1, "Seal"]["supply_name"] == "P8" and rows[1, "Seal"]["vendor"] == "Steelworks"
    assert rows[1, "Bolt"]["supply_id"] is None and rows[1, "Bolt"]["vendor"] == "Boltworks"
    assert (rows[3, "Frame"]["supply_name"], rows[3, "Frame"]["is_supply_late"]) == ("WH/MO/77", True)


def test_only_stock_in_quarantine_counts_as_held(rows):
    assert rows[1, "Seal"]["held_quantity"] == 4.0 and rows[1, "Bolt"]["held_quantity"] is None


def test_what_a_missing_component_can_hope_for(rows):
    states = {key: shortage.state(row) for key, row in rows.items()}
    assert states == {
        (1, "Seal"): shortage.EXPECTED, (1, "Bolt"): shortage.NOTHING, (2, "Seal"): shortage.NOT_ENOUGH,
        (3, "Frame"): shortage.OVERDUE, (4, None): shortage.UNKNOWN,
    }  # fmt: skip
    assert shortage.state(rows[1, "Seal"] | {"is_forecast_past": True}) == shortage.OVERDUE


def test_what_comes_after_its_order_is_due_is_late(rows):
    assert rows[1, "Seal"]["due_at"] == AS_OF + 2 * DAY and rows[2, "Seal"]["due_at"] is None
    too_late = rows[1, "Seal"] | {"due_at": AS_OF}
    assert shortage.state(too_late) == shortage.LATE
    assert shortage.state(rows[1, "Seal"] | {"due_at": None}) == shortage.EXPECTED
    [component] = shortage.components([rows[1, "Seal"], too_late | {"record_id": 6}])
    assert component["state"] == shortage.LATE  # one of the orders that lack it


def test_orders_tell_all_they_lack_and_what_is_at_risk_comes_first(rows):
    found = shortage.orders(rows.values())
    assert [row["record_id"] for row in found] == [3, 2, 1, 4]
    [order] = [row for row in found if row["record_id"] == 1]
    assert [one["component"] for one in order["lacks"]] == ["Bolt", "Seal"] and order["state"] == shortage.NOTHING


def test_components_add_up_their_orders(rows):
    found = {row["component"]: row for row in shortage.components(rows.values())}
    assert list(found) == ["Frame", "Bolt", "Seal"]
    assert (found["Seal"]["order_count"], found["Seal"]["missing_quantity"]) == (2, 10.0)
    assert found["Seal"]["state"] == shortage.NOT_ENOUGH  # one of the two orders has no date
    assert found["Seal"]["age_seconds"] == 9 * 86400 and found["Frame"]["at_risk_amount"] == 500.0


def wait(id: int, component: int | None, since: str, until: str | None, **values) -> dict:
    row = {"instance": "test", "record_model": "mrp.production", "record_id": id, "interval_number": 1, "move_id": id}
    row |= {"plant": "Nord/WH", "component_id": component, "component": component and f"C{component}", "vendor": "V"}
    row |= {"short_at": at(since), "ended_at": until and at(until), "known_from_at": at("2026-01-01")}
    return row | {"is_first": component is not None, "is_likely_known": False} | values


def test_components_that_come_back_are_told_from_those_that_do_not(put):
    built = put(AS_OF, fct_component_wait=[
        wait(1, 1, "2026-01-10", "2026-01-12"),  # too early to know what was before
        wait(2, 1, "2026-01-20", "2026-01-22", previous_ended_at=at("2026-01-12")),
        wait(3, 1, "2026-02-20", None, previous_ended_at=at("2026-01-22")),
        wait(4, 1, "2026-02-21", None, is_first=False),
        wait(5, 2, "2026-01-20", "2026-01-21"), wait(6, 2, "2025-12-20", "2026-01-21"),
        wait(7, None, "2026-02-01", "2026-02-03"), wait(8, None, "2026-02-01", "2026-02-03", is_likely_known=True),
    ])  # fmt: skip
    rows = built.listing("short_again", from_on=date(2026, 1, 1))
    one, two = (next(row for row in rows if row["component"] == name) for name in ("C1", "C2"))
    assert (one["time_count"], one["judged_count"], one["again_count"], one["wait_count"]) == (3, 2, 1, 4)
    assert one["median_seconds"] == 2 * 86400 and one["open_count"] == 2
    assert one["wait_seconds"] == (2 + 2 + 10 + 9) * 86400
    assert (two["time_count"], two["wait_count"]) == (1, 1)
    assert shortage.coverage(rows) == (5, 6)
    [vendor] = shortage.vendors(rows)
    assert (vendor["component_count"], vendor["wait_count"], vendor["again_count"]) == (2, 5, 1)


def test_half_of_the_waits_being_open_is_no_time(put):
    waits = [wait(1, 1, "2026-02-20", None), wait(2, 1, "2026-02-21", None), wait(3, 1, "2026-02-21", "2026-02-22")]
    [row] = put(AS_OF, fct_component_wait=waits).listing("short_again", from_on=datetime(2026, 1, 1))
    assert row["median_seconds"] is None
