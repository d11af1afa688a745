"""What Odoo answers, as Arrow tables in the names and types of a source; masked before anything is written."""

from __future__ import annotations

import math

import pyarrow as pa

from etl import mask
from etl.source import Source


def to_table(
    source: Source,
    fields: dict[str, str | None],
    rows: list[dict],
    instance: str,
    language: str | None = None,
    salt: bytes | None = None,
) -> pa.Table:
    """RPC rows as an Arrow table in stable names and types, plus `_cursor` (UTC) where the source has one.

    Masked columns are masked here, before anything is written; account numbers need the warehouse's `salt`.
    """
    columns = {"instance": pa.array([instance] * len(rows), pa.string())}
    columns["id"] = pa.array([row["id"] for row in rows], pa.int64())
    if source.languages:
        columns["lang"] = pa.array([language] * len(rows), pa.string())
    for name, declared in source.fields.items():
        field = fields[name]
        if field is None:  # not False or an empty list: nothing is known
            columns[name] = pa.nulls(len(rows), declared.arrow_type)
            continue
        values = [row.get(field, False) if declared.computed else row[field] for row in rows]
        columns[name] = _array(declared.type, masked_values(declared.mask, values, salt) if declared.mask else values)
    if source.has_cursor:
        columns["_cursor"] = _array("datetime", [row[source.cursor] for row in rows])
    return pa.table(columns)


def masked_values(how: str, values: list, salt: bytes | None) -> list:
    """The values as `mask` keeps them, each distinct one masked once; empty ones are None."""
    if how == "account" and salt is None:
        raise ValueError("account numbers are hashed with the warehouse's salt, and none was given")
    keep = {"account": lambda value: mask.account(value, salt), "records": mask.records, "text": mask.text}[how]
    masked = {value: keep(str(value)) or None for value in set(values) if value}
    return [masked.get(value) for value in values]


def _array(type: str, values: list) -> pa.Array:
    """Odoo writes False for an empty value of any type; only a boolean's False is data."""
    if type == "boolean":
        return pa.array([bool(value) for value in values], pa.bool_())
    if type == "many2many":
        lists = [[value] if value and isinstance(value, int) else sorted(value or []) for value in values]
        return pa.array(lists, pa.list_(pa.int64()))
    empty_as_null = [None if value is False else value for value in values]
    if type == "datetime":
        return pa.array(empty_as_null, pa.string()).cast(pa.timestamp("us"))
    if type == "date":
        return pa.array(empty_as_null, pa.string()).cast(pa.date32())
    if type in ("integer", "many2one"):
        return pa.array(empty_as_null, pa.int64())
    if type == "float":
        return pa.array([_finite(value) for value in empty_as_null], pa.float64())
    return pa.array([None if value is None else _text(value) for value in empty_as_null], pa.string())


def _finite(value: object) -> float | None:
    """A number that can be added up; None for one that is none, which would make every sum so."""
    return float(value) if value is not None and math.isfinite(value) else None


def _text(value: object) -> str:
    """A text as UTF-8 can hold it; half a pair of surrogates is written as its code."""
    return str(value).encode("utf-8", "backslashreplace").decode()
