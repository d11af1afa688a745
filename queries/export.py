"""The event log as a file for other tools, and the published tables as files for other engines.

OCEL 2.0 in JSON (Berti et al., "OCEL (Object-Centric Event Log) 2.0 Specification", 2023): every document is an object
of the type of its workflow, every activity an event of its document, every link of fct_link a relationship of two
objects. CSV: one line per activity, the columns named as in XES (IEEE 1849-2016) and its extensions concept, time,
organizational, lifecycle and identity. Both hold whole cases, those that began in the span asked for, and of each the
activities that make up its variant. Names of people are masked as the scope of the opened warehouse demands.

As in every CSV file of ours, a text that a spreadsheet would run as a formula is led by an apostrophe (cell.py): a
document called =7 is found as '=7. In OCEL, texts are as they are.
"""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import csv as arrow_csv

from queries import warehouse
from queries.catalog import CatalogError
from queries.cell import safe_column

ROWS = 20_000  # held in memory at a time
GROUP_ROWS = 122_880  # of a table, that a reader of Parquet takes at a time
# OCEL 2.0: an attribute that never changes holds from this moment on.
ALWAYS = "1970-01-01T00:00:00Z"
EVENT_ATTRIBUTES = {
    "resource": ("actor", "string"),
    "actor_kind": ("actor_kind", "string"),
    "time_quality": ("time_quality", "string"),
    "recorded_by": ("recorded_by", "string"),
}
OBJECT_ATTRIBUTES = {
    **dict.fromkeys(("name", "plant", "company", "product", "product_family", "vendor", "responsible"), "string"),
    "amount": "float",
    "currency": "string",
    "outcome": "string",
}
CSV_COLUMNS = {
    "case:concept:name": "case_id",
    "concept:name": "activity",
    "time:timestamp": "event_at",
    "org:resource": "actor",
    "lifecycle:transition": None,  # always "complete": Odoo records moments, not spans
    "identity:id": "event_id",
    "actor_kind": "actor_kind",
    "time_quality": "time_quality",
    "recorded_by": "recorded_by",
    "case:name": "name",
    "case:workflow": "workflow",
    "case:plant": "plant",
    "case:company": "company",
    "case:product": "product",
    "case:product_family": "product_family",
    "case:vendor": "vendor",
    "case:amount": "amount",
    "case:currency": "currency",
    "case:outcome": "outcome",
}
_AS_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
CSV_SCHEMA = pa.schema([(name, pa.float64() if name == "case:amount" else pa.string()) for name in CSV_COLUMNS])


class ExportError(Exception):
    """The file cannot be written; the message says why and what to do."""


@dataclass(frozen=True)
class Selection:
    """Cases of a plant and a workflow (None: all) that began at or after `first` and before `before` (UTC)."""

    plant: str | None = None
    workflow: str | None = None
    first: datetime | None = None
    before: datetime | None = None


@dataclass(frozen=True)
class Written:
    cases: int
    events: int


def to_ocel(
    opened: warehouse.Warehouse, path: Path, chosen: Selection, report: Callable[[int, int], None] = lambda *_: None
) -> Written:
    """Writes OCEL 2.0 JSON; `report` is told how many of how many rows are done."""
    parts = _parts(opened, chosen)
    total, done, activities = sum(part["case_count"] + part["event_count"] for part in parts), 0, set()
    with _replacing(path) as file:
        file.write(b'{"objects": [')
        separator = b"\n"
        for batch in _rows(opened, "object", parts, chosen):
            file.write(separator + b",\n".join(_object(row) for row in batch.to_pylist()))
            separator = b",\n"
            done += batch.num_rows
            report(done, total)
        cases = done
        file.write(b'\n], "events": [')
        separator = b"\n"
        for batch in _rows(opened, "event", parts, chosen):
            file.write(separator + b",\n".join(_event(row) for row in batch.to_pylist()))
            separator = b",\n"
            activities.update(batch.column("activity").unique().to_pylist())
            done += batch.num_rows
            report(done, total)
        event = [{"name": name, "type": kind} for name, (_, kind) in EVENT_ATTRIBUTES.items()]
        thing = [{"name": name, "type": kind} for name, kind in OBJECT_ATTRIBUTES.items()]
        workflows = dict.fromkeys(part["workflow"] for part in parts)
        types = {
            "eventTypes": [{"name": name, "attributes": event} for name in sorted(activities)],
            "objectTypes": [{"name": name, "attributes": thing} for name in workflows],
        }
        file.write(b"\n], " + json.dumps(types).encode()[1:] + b"\n")
    return Written(cases, done - cases)


def to_csv(
    opened: warehouse.Warehouse, path: Path, chosen: Selection, report: Callable[[int, int], None] = lambda *_: None
) -> Written:
    """Writes one line per activity, case by case; `report` is told how many of how many rows are done."""
    parts = _parts(opened, chosen)
    total, done = sum(part["event_count"] for part in parts), 0
    with _replacing(path) as file, arrow_csv.CSVWriter(file, CSV_SCHEMA) as writer:
        for batch in _rows(opened, "event", parts, chosen):
            columns = [
                pa.repeat("complete", batch.num_rows) if column is None else batch.column(column)
                for column in CSV_COLUMNS.values()
            ]
            columns = [column.cast(type) for column, type in zip(columns, CSV_SCHEMA.types, strict=True)]
            columns = [safe_column(column) if pa.types.is_string(column.type) else column for column in columns]
            writer.write_batch(pa.record_batch(columns, schema=CSV_SCHEMA))
            done += batch.num_rows
            report(done, total)
    return Written(sum(part["case_count"] for part in parts), done)


def to_parquet(
    opened: warehouse.Warehouse, folder: Path, report: Callable[[int, int], None] = lambda *_: None
) -> dict[str, int]:
    """Writes every published table, as the scope shows it, as <table>.parquet into the folder; the rows of each.
    `report` is told how many of how many tables are done."""
    tables = warehouse.tables(opened)
    written = dict.fromkeys(tables, 0)
    for number, table in enumerate(tables, start=1):
        rows = opened.cursor().view(table).to_arrow_reader(GROUP_ROWS)
        with (
            _replacing(folder / f"{table}.parquet") as file,
            pq.ParquetWriter(file, rows.schema, compression="zstd") as writer,
        ):
            for batch in rows:
                writer.write_batch(batch)
                written[table] += batch.num_rows
        report(number, len(tables))
    return written


def _parts(opened: warehouse.Warehouse, chosen: Selection) -> list[dict]:
    """Workflows and plants of the selection, exported one after the other: so little is sorted at a time."""
    known = {row["workflow"] for row in _rows_of(opened, "part", Selection())}
    if chosen.workflow is not None and chosen.workflow not in known:
        raise CatalogError(f"there is no workflow {chosen.workflow!r}: use one of {', '.join(sorted(known))}.")
    return _rows_of(opened, "part", chosen)


def _rows(opened, name: str, parts: list[dict], chosen: Selection) -> Iterator[pa.RecordBatch]:
    for part in parts:
        asked = _parameters(chosen) | {"part_workflow": part["workflow"], "part_plant": part["plant"]}
        yield from (batch for batch in warehouse.batches(opened, name, ROWS, **asked) if batch.num_rows)


def _rows_of(opened, name: str, chosen: Selection) -> list[dict]:
    return [row for batch in warehouse.batches(opened, name, ROWS, **_parameters(chosen)) for row in batch.to_pylist()]


def _parameters(chosen: Selection) -> dict:
    return {
        "plant": chosen.plant,
        "workflow": chosen.workflow,
        "first_at": chosen.first,
        "before_at": chosen.before,
    }


def _object(row: dict) -> bytes:
    found = {
        "id": row["object_id"],
        "type": row["workflow"],
        "attributes": [
            {"name": name, "time": ALWAYS, "value": row[name]} for name in OBJECT_ATTRIBUTES if row[name] is not None
        ],
        "relationships": [{"objectId": link["object_id"], "qualifier": link["kind"]} for link in row["links"] or ()],
    }
    return _AS_JSON(found).encode()


def _event(row: dict) -> bytes:
    found = {
        "id": row["event_id"],
        "type": row["activity"],
        "time": row["event_at"],
        "attributes": [
            {"name": name, "value": row[column]}
            for name, (column, _) in EVENT_ATTRIBUTES.items()
            if row[column] is not None
        ],
        "relationships": [{"objectId": row["case_id"], "qualifier": "happened to"}],
    }
    return _AS_JSON(found).encode()


@contextmanager
def _replacing(path: Path) -> Iterator[BinaryIO]:
    """A file that takes the place of `path` when all of it is written; until then `path` stays as it is."""
    if path.is_dir():
        raise ExportError(f"{path} is a folder: name a file in it.")
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except (OSError, duckdb.IOException) as error:
        raise ExportError(_sentence(path, error)) from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def _sentence(path: Path, error: Exception) -> str:
    number, folder = getattr(error, "errno", None), path.parent
    if number in (errno.ENOSPC, errno.EDQUOT) or "No space left" in str(error):
        return f"the disk of {folder} is full: free some space, or name a file elsewhere; {path.name} is as it was."
    if isinstance(error, (FileNotFoundError, NotADirectoryError)):
        return f"there is no folder {folder}: make it, or name a file elsewhere."
    if isinstance(error, PermissionError) or number == errno.EROFS:
        return f"{folder} may not be written to: name a file elsewhere, or mend its rights."
    return f"{path} could not be written ({error}): name a file elsewhere."
