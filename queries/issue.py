"""Error issues: failures of integrations that say the same, with how each stands, and what of them is told in words."""

from __future__ import annotations

from queries import readable, subject, warehouse
from queries.decision import Decision
from queries.warehouse import Warehouse


def issues(opened: Warehouse, decided: list[Decision], plant: str | None = None) -> list[dict]:
    """The rows of the list error_issue, of a plant or (None) of all, each with how it stands by `decided` (see
    subject.with_states); those that nobody has seen to first."""
    rows = warehouse.read(opened, "error_issue", plant=plant).to_pylist()
    found = subject.with_states(rows, subject.of_issue, lambda row: row["last_seen_at"], decided)
    return sorted(found, key=lambda row: subject.STATES.index(row["state"]))


def what(row: dict) -> str:
    """What went wrong: the code, unless the text says it, and the text."""
    code, text = (row["error_code"] or "").rpartition(".")[2], row["pattern"] or "(its source does not say why)"
    return text if code in text else f"{code}: {text}"


def trend(row: dict) -> str:
    """12 (before 3, more): failures of the last seven days, and of the seven before; and since when it is back."""
    words = [f"before {row['before_count']}", row["trend"] if row["trend"] in ("new", "more", "less") else None]
    if row["regressed_at"] and row["recent_count"] + row["before_count"]:
        words.append(f"back on {readable.day(row['regressed_at'].date())} {row['regression']}")
    return f"{row['recent_count']} ({', '.join(word for word in words if word)})"


def stuck(row: dict) -> str:
    """What runs that have not succeeded since leave undone: 3 records, 12,300 EUR."""
    if not row["stuck_record_count"]:
        return ""
    records = f"{row['stuck_record_count']} record{'s' * (row['stuck_record_count'] > 1)}"
    if row["held_up_amount"] is None:
        return records
    return f"{records}, {readable.money(row['held_up_amount'], row['held_up_currency'])}"
