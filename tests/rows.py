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


def purchase(id: int, **values) -> dict:
    """A purchase order of Nord/WH, made by Anna on Monday 2026-01-05 at 08:00."""
    row = {"id": id, "name": f"P{id:05d}", "state": "draft", "company_id": 1, "picking_type_id": 3, "partner_id": 9}
    row |= {"user_id": 2, "currency_id": 1, "untaxed_amount": 9000.0}
    return row | {"created_at": at("2026-01-05 08:00"), "created_by_id": 2} | values


def review(id: int, document: int = 1, **values) -> dict:
    """A tier review of a purchase order, asked for by Anna on 2026-01-05 at 09:00."""
    row = {"id": id, "document_model": "purchase.order", "document_id": document, "sequence": id, "status": "pending"}
    return row | {"definition_id": 1, "requested_by_id": 2, "created_at": at("2026-01-05 09:00")} | values


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
