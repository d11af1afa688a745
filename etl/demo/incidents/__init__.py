"""What exceptions and checks must find in the demo plants, record by record.

A file `etl/demo/incidents/<domain>.py` has `plant(block, found)`: it works out from the simulated documents which
records a rule must name, or adds records of its own to `found`, and returns exactly these as incidents. What is nearly
one, but none, it adds without listing it. Whatever else a rule names is invented, and a test fails.
"""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import dataclass

from etl.demo.chatter import TRACKED
from etl.demo.clock import stamp
from etl.demo.document import Block
from etl.demo.people import PERSON


@dataclass(frozen=True)
class Incident:
    """A record that the exception or check `rule` must name, in that plant (None: none is known); for checks that name
    no records, `record_model` and `record_id` are None, and each incident is one row."""

    rule: str
    record_model: str | None = None
    record_id: int | None = None
    plant: str | None = None


def plant(block: Block, found: dict[str, list[dict]]) -> list[Incident]:
    """Adds the records of all files to `found` (source name -> records), and returns what must be found."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return [
        incident for name in names for incident in importlib.import_module(f"{__name__}.{name}").plant(block, found)
    ]


def add(found: dict[str, list[dict]], source: str, **values) -> int:
    """Adds a record under the next id, which is returned. What `values` leave out is empty, as Odoo writes it."""
    records = found.setdefault(source, [])
    empty = {key: [] if isinstance(value, list) else False for key, value in records[0].items()} if records else {}
    id = records[-1]["id"] + 1 if records else 1
    records.append(empty | values | {"id": id})
    return id


def add_like(found: dict[str, list[dict]], source: str, id: int, **values) -> int:
    """Adds a copy of the record `id` with other `values`, under the next id, which is returned."""
    [original] = [record for record in found[source] if record["id"] == id]
    return add(found, source, **(original | values))


def add_change(
    found: dict[str, list[dict]], at: int, by: int, model: str, id: int, field: str, old: str, new: str
) -> None:
    """Adds a message of user `by` about a document, with the labels of one tracked field as they are given."""
    message = add(
        found,
        "mail_message",
        model=model,
        res_id=id,
        message_type="notification",
        date=stamp(at),
        author_id=PERSON[by].partner_id,
        create_uid=by,
        create_date=stamp(at),
    )
    [tracked] = [tracked for tracked in TRACKED if (tracked.model, tracked.name) == (model, field)]
    zeros = {f"{when}_value_{type}": zero for when in ("old", "new") for type, zero in (("integer", 0), ("float", 0.0))}
    labels = {"old_value_char": old, "new_value_char": new}
    add(found, "mail_tracking_value", mail_message_id=message, field_id=tracked.id, **zeros, **labels)
