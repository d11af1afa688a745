"""The path of one transaction through all systems: runs of integrations and what happened to their documents."""

from __future__ import annotations

import re

from queries import warehouse
from queries.catalog import CatalogError
from queries.warehouse import Warehouse


def path(opened: Warehouse, what: str) -> list[dict]:
    """Rows of the list trace for a record (stock.picking,101), the document of a name, or a correlation id or key;
    empty where nothing is known of it, CatalogError where several documents have that name."""
    asked = {"key": what, "model": None, "id": None, "instance": None}
    if record := re.fullmatch(r"([a-z0-9_.]+),(\d+)", what):
        asked |= {"key": None, "model": record[1], "id": int(record[2])}
    found = warehouse.read(opened, "trace", **asked).to_pylist()
    if found or record:
        return found
    named = warehouse.read(opened, "record_search", text=what).to_pylist()
    named = [row for row in named if row["name"].lower() == what.lower()]
    if len(named) > 1:
        which = ", ".join(sorted(f"{row['record_model']},{row['record_id']}" for row in named))
        raise CatalogError(f"there are several documents {what}: say which, of {which}.")
    for row in named:
        document = {"instance": row["instance"], "model": row["record_model"], "id": row["record_id"]}
        found = warehouse.read(opened, "trace", **document, key=None).to_pylist()
    return found
