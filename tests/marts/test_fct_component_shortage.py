"""Components that refreshes saw short, and what Odoo forecast for them."""

import pytest

from tests.rows import at, order, versions


def component(id: int, state: str, seen: str, **values) -> dict:
    row = {"id": id, "raw_material_production_id": 1, "product_id": 1, "state": state, "seen": seen}
    return row | {"demand_quantity": 10.0, "reserved_quantity": 0.0, "destination_move_ids": []} | values


@pytest.fixture(scope="module")
def spans(build):
    late = {"forecast_at": at("2026-01-20 08:00"), "forecast_quantity": 4.0}
    built = build(
        mrp_production=[order(1, state="confirmed", reservation_state="confirmed")],
        stock_move=[
            *versions(
                component(1, "draft", "2026-01-06 05:00"),
                component(1, "confirmed", "2026-01-07 05:00"),
                component(1, "partially_available", "2026-01-07 06:00", reserved_quantity=4.0, **late),
                component(1, "assigned", "2026-01-07 07:00", reserved_quantity=10.0),
            ),
            *versions(component(2, "waiting", "2026-01-07 05:00", reserved_quantity=None)),
            *versions(component(3, "confirmed", "2026-01-07 05:00", raw_material_production_id=None)),  # a delivery
        ],
    )
    return built.rows("select * from fct_component_shortage order by move_id, seen_from_at")


def test_each_state_has_its_span_and_its_bounds(spans):
    bounds = ("began_after_at", "seen_from_at", "ended_after_at", "seen_to_at")
    hours = [(row["move_id"], *(row[name] and f"{row[name]:%d %H}" for name in bounds)) for row in spans]
    assert hours == [
        (1, "07 04", "07 05", "07 05", "07 06"),
        (1, "07 05", "07 06", "07 06", "07 07"),
        (2, None, "07 05", None, None),
    ]


def test_what_is_missing_and_when_it_is_forecast(spans):
    found = [(row["missing_quantity"], row["forecast_quantity"], row["forecast_at"]) for row in spans]
    assert found == [(10.0, None, None), (6.0, 4.0, at("2026-01-20 08:00")), (None, None, None)]
    assert {(row["name"], row["plant"], row["component"]) for row in spans} == {
        ("WH/MO/00001", "Nord/WH", "[T-1] Table")
    }


def test_the_list_of_waiting_orders_names_what_they_wait_for(build, chatter):
    chatter.say(
        "2026-01-06 10:00", "mrp.production", 1, state=("Draft", "Confirmed"), reservation_state=("", "Waiting")
    )
    known = at("2026-01-20 08:00")
    moves = [
        component(1, "confirmed", "2026-01-07 05:00", forecast_at=known),
        component(2, "confirmed", "2026-01-07 05:00"),
    ]
    for shown, forecast in ((moves[:1], {known}), (moves, {known, None})):
        built = build(
            mrp_production=[order(1, state="confirmed", reservation_state="confirmed")],
            stock_move=[row for move in shown for row in versions(move)],
            **chatter.records,
        )
        found = built.listing("short_component")
        assert [row["component"] for row in found] == ["[T-1] Table"] * len(shown)
        assert {row["forecast_at"] for row in found} == forecast
