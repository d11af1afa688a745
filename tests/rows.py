"""Rows as staging tables hold them, for tests of marts and KPIs: two plants of conftest, one product, one vendor."""

from __future__ import annotations

from datetime import datetime, timedelta


def at(text: str) -> datetime:
    """A moment, UTC without a zone."""
    return datetime.fromisoformat(text)


def order(id: int, **values) -> dict:
    """A production order of Nord/WH, made by Anna on Monday 2026-01-05 at 08:00."""
    row = {"id": id, "name": f"WH/MO/{id:05d}", "state": "draft", "company_id": 1, "picking_type_id": 1}
    return row | {"product_id": 1, "user_id": 2, "created_at": at("2026-01-05 08:00"), "created_by_id": 2} | values


def versions(*rows: dict) -> list[dict]:
    """The versions of one record as refreshes found them: each row says when it was first seen (`seen`), and the one
    before was seen for the last time an hour earlier."""
    found = []
    for row, following in zip(rows, [*rows[1:], None], strict=True):
        values = {key: value for key, value in row.items() if key != "seen"}
        booked = {"_valid_from": at(row["seen"])}
        if following:
            moment = at(following["seen"])
            booked |= {"_valid_to": moment, "_seen_at": moment - timedelta(hours=1), "_closed_by": "change"}
        found.append(values | booked)
    return found


def work_order(id: int, production: int = 1, **values) -> dict:
    """A work order of an hour at work center 1, made with its order."""
    row = {"id": id, "name": "Assemble", "state": "ready", "production_id": production, "workcenter_id": 1}
    row |= {"expected_minutes": 60.0, "actual_minutes": 0.0, "created_at": at("2026-01-05 08:00")}
    return row | {"created_by_id": 2} | values


def time_log(id: int, work: int, start: str, end: str | None = None, created: str | None = None, **values) -> dict:
    """A time log of Anna on a work order, written when it began unless `created` says otherwise."""
    row = {"id": id, "workorder_id": work, "workcenter_id": 1, "loss_id": 1, "user_id": 2, "company_id": 1}
    row |= {
        "started_at": at(start),
        "ended_at": end and at(end),
        "created_at": at(created or start),
        "created_by_id": 2,
    }
    minutes = (at(end) - at(start)).total_seconds() / 60 if end else 0.0
    return row | {"minutes": minutes} | values


def purchase(id: int, **values) -> dict:
    """A purchase order of Nord/WH, made by Anna on Monday 2026-01-05 at 08:00."""
    row = {"id": id, "name": f"P{id:05d}", "state": "draft", "company_id": 1, "picking_type_id": 3, "partner_id": 9}
    row |= {"user_id": 2, "currency_id": 1, "untaxed_amount": 9000.0}
    return row | {"created_at": at("2026-01-05 08:00"), "created_by_id": 2} | values


PLACES = [
    {"id": 1, "name": "Vendors", "usage": "supplier"},
    {"id": 2, "name": "Customers", "usage": "customer"},
    {"id": 3, "name": "Transit", "usage": "transit"},
    {"id": 4, "name": "Subcontracting", "usage": "internal"},
    {"id": 11, "name": "Stock", "usage": "internal", "warehouse_id": 1},
    {"id": 12, "name": "Shop", "usage": "internal", "warehouse_id": 1},
    {"id": 21, "name": "Stock", "usage": "internal", "warehouse_id": 2},
]


def transfer(id: int, source: int = 11, target: int = 2, **values) -> dict:
    """A delivery of Nord/WH, made on Monday 2026-01-05 at 08:00; or between two of PLACES."""
    row = {"id": id, "name": f"WH/OUT/{id:05d}", "state": "confirmed", "company_id": 1, "picking_type_id": 5}
    row |= {"source_location_id": source, "destination_location_id": target, "scheduled_at": at("2026-01-08 08:00")}
    return row | {"created_at": at("2026-01-05 08:00")} | values


def goods(
    id: int, source: int = 11, target: int = 2, done: str | None = None, quantity: float = 10.0, **values
) -> dict:
    """A move of some of the product between two of PLACES, done in January 2026 or expected."""
    row = {"id": id, "product_id": 1, "state": "done" if done else "assigned", "company_id": 1, "product_uom_id": 1}
    row |= {"source_location_id": source, "destination_location_id": target, "destination_move_ids": []}
    row |= {"demand_quantity": quantity, "reserved_quantity": quantity}
    return row | {"moved_at": at(f"2026-01-{done or '20'}"), "created_at": at("2026-01-05 08:00")} | values


def bought(id: int, order_id: int, **values) -> dict:
    """A line of ten pieces of a purchase order, planned for Monday 2026-01-12 at noon."""
    row = {"id": id, "order_id": order_id, "product_id": 1, "product_uom_id": 1, "quantity": 10.0, "unit_price": 3.0}
    return row | {"received_quantity": 0.0, "planned_at": at("2026-01-12 12:00")} | values


def sold(id: int, **values) -> tuple[dict, dict]:
    """A confirmed sales order of Nord/WH, promised for Monday 2026-01-12 at noon, and its line of ten pieces."""
    row = {"id": id, "name": f"S{id:05d}", "state": "sale", "company_id": 1, "warehouse_id": 1, "partner_id": 9}
    row |= {"user_id": 2, "currency_id": 1, "ordered_at": at("2026-01-05 08:00"), "promised_at": at("2026-01-12 12:00")}
    line = {"id": 100 + id, "order_id": id, "product_id": 1, "product_uom_id": 1, "quantity": 10.0, "unit_price": 3.0}
    return row | values, line | {"delivered_quantity": 0.0, "lead_days": 0.0}


def review(id: int, document: int = 1, **values) -> dict:
    """A tier review of a purchase order, asked for by Anna on 2026-01-05 at 09:00."""
    row = {"id": id, "document_model": "purchase.order", "document_id": document, "sequence": id, "status": "pending"}
    return row | {"definition_id": 1, "requested_by_id": 2, "created_at": at("2026-01-05 09:00")} | values


def bill(id: int, line: dict | None = None, **values) -> tuple[dict, dict]:
    """A posted bill of Steelworks for Nord, made on 2026-01-20 at 08:00, and its one line, for tables of their own. The
    line bills ten pieces of purchase order line 1 for 1000."""
    row = {"id": id, "name": f"BILL/2026/{id:04d}", "move_type": "in_invoice", "state": "posted", "company_id": 1}
    row |= {"payment_state": "not_paid", "partner_id": 9, "commercial_partner_id": 9, "currency_id": 1}
    row |= {"untaxed_amount": 1000.0, "created_at": at("2026-01-20 08:00")}
    item = {"id": id * 10, "move_id": id, "display_type": "product", "product_id": 1, "purchase_line_id": 1}
    item |= {"quantity": 10.0, "subtotal_amount": 1000.0, "company_id": 1, "currency_id": 1}
    return row | values, item | (line or {})


def ordered(id: int = 1, **values) -> dict:
    """The line of purchase order `id`: ten pieces for 1000."""
    row = {"id": id, "order_id": id, "product_id": 1, "quantity": 10.0, "received_quantity": 10.0, "unit_price": 100.0}
    return row | {"subtotal_amount": 1000.0, "company_id": 1} | values


def receipt(id: int, moved: str, line: int = 1, **values) -> dict:
    """A move that brought ten pieces of a purchase order line from the vendor into the stock of Nord/WH."""
    row = {"id": id, "state": "done", "purchase_line_id": line, "product_id": 1, "reserved_quantity": 10.0}
    row |= {"source_location_id": 4, "destination_location_id": 8, "picking_id": id, "picking_type_id": 3}
    row |= {"company_id": 1, "reference": f"WH/IN/{id:05d}"}
    return row | {"moved_at": at(moved)} | values


LOCATIONS = [
    {"id": 4, "name": "Vendors", "usage": "supplier"},
    {"id": 5, "name": "Lost", "usage": "inventory"},
    {"id": 7, "name": "Subcontracting", "usage": "internal"},
    {"id": 8, "name": "Stock", "usage": "internal", "warehouse_id": 1},
    {"id": 9, "name": "Stock", "usage": "internal", "warehouse_id": 2},
    {"id": 15, "name": "Production", "usage": "production"},
]


def user(id: int, login: str, name: str | None = None, lang: str = "en_US", **values) -> tuple[dict, dict]:
    """A user and the partner that holds the name, for tables of their own."""
    return (
        {"id": id, "login": login, "partner_id": 100 + id} | values,
        {"id": 100 + id, "name": name or login.title(), "lang": lang},
    )


def counted(built, kpi: str, start: str = "started_at", end: str = "ended_at", **options) -> dict[int, list[tuple]]:
    """What counts in a KPI, whenever it was: (start, end) of each row, by record."""
    found: dict[int, list[tuple]] = {}
    rows = built.kpi_rows(kpi, at("2000-01-01").date(), at("2100-01-01").date(), **options)
    for row in sorted(rows, key=lambda row: row[start]):
        found.setdefault(row["record_id"], []).append((row[start], row[end]))
    return found


def named(built, exception: str) -> dict[int, dict]:
    """What an exception names: its rows by record."""
    found = built.rows("select * from fct_exception where exception = $exception", exception=exception)
    assert len(found) == len({(row["record_model"], row["record_id"]) for row in found})
    return {row["record_id"]: row for row in found}
