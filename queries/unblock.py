"""The unblock list: records that stand still, ranked by what they put at risk, with what was decided about each."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime

from queries import readable, subject, warehouse
from queries.decision import Decision
from queries.warehouse import Warehouse

# What a reader can cut the list by, and the column that holds it.
CUTS = {
    "kind": "kind",
    "person": "responsible",
    "workflow": "workflow",
    "work center": "work_center",
    "product": "product",
}
NOBODY = "nobody named"
NONE = {"responsible": NOBODY}


def stuck(opened: Warehouse, decided: list[Decision]) -> list[dict]:
    """The rows of the list stuck, each with how it stands."""
    return with_states(warehouse.read(opened, "stuck").to_pylist(), decided, opened.as_of)


def with_states(
    rows: Sequence[dict], decided: Iterable[Decision], as_of: datetime, today: date | None = None
) -> list[dict]:
    """Rows of that list with how each stands by what was decided about the record or about the exception that leads it;
    they were last seen at `as_of`, the moment of the data. today: the day up to which mutes hold (UTC)."""
    decided = list(decided)
    record_of = {subject.of_exception(row): subject.of_record(row) for row in rows} if decided else {}
    about = [replace(one, subject=record_of.get(one.subject, one.subject)) for one in decided]
    return subject.with_states(rows, subject.of_record, lambda row: as_of, about, today)


def of_row(row: dict, cut: str) -> str:
    """What a row is under a cut: its kind, the person it waits for ..."""
    column = CUTS[cut]
    return row[column] or NONE.get(column, f"no {cut}")


def counts(rows: Iterable[dict], cut: str) -> list[tuple[str, int]]:
    """How many rows there are of each, the most first."""
    found = Counter(of_row(row, cut) for row in rows)
    return sorted(found.items(), key=lambda item: (-item[1], item[0]))


def holder(row: dict) -> str:
    """With whom it is: a person, and else the role that is to see to it."""
    return row["responsible"] or row["role"] or NOBODY


def age(row: dict) -> str:
    """2.3 × usual, cut off and not rounded, so that 1.0 is slower than 85 %; of what no usual is known, why."""
    if row["age_ratio"] is not None:
        ratio = readable.number(math.floor(row["age_ratio"] * 10) / 10, 1)
        return f"{ratio} × usual" if row["age_ratio"] >= 0.1 else f"under {readable.number(0.1, 1)} × usual"
    return "usual time not known" if row["usual_case_count"] is None else "usual time not reached: too many are open"


def held_up(row: dict) -> str:
    """What waits: 3 orders (1 due soon), 12,300 EUR; first due 2 Dec."""
    words = readable.held_up(row)
    due = row["first_due_at"] if words else None
    return f"{words}; first due {readable.day(due.date())}" if due else words


def risk(row: dict) -> str:
    """12,300 USD; what no value is known of, or no chance, is told."""
    if row["at_risk_amount"] is not None:
        return readable.money(row["at_risk_amount"], row["held_up_currency"])
    if not row["due_soon_count"]:
        return ""
    return "value not known" if row["chance"] is not None else "chance not known"


def totals(rows: Iterable[dict], plants: Sequence[str] = ()) -> dict:
    """Of the list stuck_total: the orders due soon that are held up in some plants (in all without a choice), and their
    worth; None where none has one."""
    found = [row for row in rows if not plants or row["plant"] in plants]
    amounts = [row["amount"] for row in found if row["amount"] is not None]
    return {
        "order_count": sum(row["order_count"] for row in found),
        "late_count": sum(row["late_count"] for row in found),
        "amount": sum(amounts) if amounts else None,
        "currency": next((row["currency"] for row in found if row["currency"]), None),
    }
