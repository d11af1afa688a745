"""Delivered in full by the promised day."""

from datetime import date

from tests.rows import PLACES, at, goods, sold

EVER = (date(2000, 1, 1), date(2100, 1, 1))


def test_in_full_and_in_time(build):
    sales, lines = zip(
        sold(1),
        sold(2),
        sold(3),
        sold(4),
        sold(5, promised_at=at("2026-01-19 12:00")),
        sold(6, state="cancel"),
        sold(7),
        sold(8),
        strict=True,
    )
    built = build(
        at("2026-01-18 12:00"),
        stock_location=PLACES,
        sale_order=sales,
        sale_order_line=lines,
        stock_move=[
            goods(1, done="12 22:59:59", sale_line_id=101),
            goods(2, done="12 23:00:01", sale_line_id=102),  # Paris is an hour ahead
            goods(3, done="10 08:00", quantity=9.0, sale_line_id=103),
            goods(4, quantity=1.0, sale_line_id=103),  # one is missing
            goods(5, sale_line_id=104),  # open
            goods(6, sale_line_id=105),  # not due yet
            goods(7, state="cancel", sale_line_id=106),
            goods(8, done="10 08:00", quantity=9.0, sale_line_id=107),
            goods(9, state="cancel", quantity=1.0, sale_line_id=107),  # the rest cancelled
            # 8 is a service: no move
        ],
    )
    rows = {row["record_id"]: row["is_good"] for row in built.kpi_rows("delivery_in_full_on_time_share", *EVER)}
    assert rows == {1: True, 2: False, 3: False, 4: False, 7: False}
    [value] = built.kpi("delivery_in_full_on_time_share", *EVER, by="customer")
    assert (value["cut"], value["value"], value["n"]) == ("Steelworks", 0.2, 5)


def test_without_sales_there_is_no_share(build):
    [value] = build().kpi("delivery_in_full_on_time_share", *EVER)
    assert (value["value"], value["n"]) == (None, 0)
