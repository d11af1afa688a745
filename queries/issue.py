"""Error issues: failures of integrations that say the same, with how each stands, and what of them is told in words."""

from __future__ import annotations

from queries import readable, subject, warehouse
from queries.decision import MUTE, REOPENING, RESOLUTION, Decision
from queries.warehouse import Warehouse

FOR_ALL = (MUTE, RESOLUTION, REOPENING)  # what decides for every plant that an issue hits


def issues(opened: Warehouse, decided: list[Decision], plant: str | None = None) -> list[dict]:
    """The rows of the list error_issue, of a plant or (None) of all, each with how it stands by `decided` (see
    subject.with_states); those that nobody has seen to first."""
    return with_states(warehouse.read(opened, "error_issue", plant=plant).to_pylist(), decided)


def with_states(rows: list[dict], decided: list[Decision]) -> list[dict]:
    """Rows of that list with how each stands by `decided`, those that nobody has seen to first. What was decided for
    one plant puts nothing aside that hits others by now."""
    of = {subject.of_issue(row): row for row in rows}
    counting = [one for one in decided if one.subject not in of or _counts(one, of[one.subject])]
    found = subject.with_states(rows, subject.of_issue, lambda row: row["last_seen_at"], counting)
    return sorted(found, key=lambda row: subject.STATES.index(row["state"]))


def _counts(one: Decision, row: dict) -> bool:
    is_more = row["is_elsewhere"] or set(row["hits"]) - {one.plant}
    return one.plant is None or one.what not in FOR_ALL or not is_more


def plants(row: dict, what: str) -> tuple[str, ...]:
    """The plants that a decision about an issue is about, for which who decides must have a role; none where it must be
    one in all plants. An acknowledgement, an owner and a comment are of the plants that this reader sees."""
    return () if row["is_elsewhere"] and what in FOR_ALL else tuple(row["hits"])


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
