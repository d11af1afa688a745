"""Reads a source from Odoo into landing: ask what is there, plan the ids, read them page by page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from etl import landing
from etl.odoo import ModelAbsent, NoRight, Odoo, OdooError
from etl.source import STORED_AS, Source

PAGE_ROWS = 5_000
OVERLAP = timedelta(hours=1)  # write_date is the start of a transaction that may commit much later


@dataclass(frozen=True)
class Resolved:
    """A source as one Odoo has it: stable name -> Odoo field, None where it has none that fits."""

    source: Source
    fields: dict[str, str | None]
    absent: bool = False

    @property
    def missing(self) -> list[str]:
        return [name for name, field in self.fields.items() if field is None]


@dataclass(frozen=True)
class Known:
    """What the warehouse has of a source: its current ids, the newest cursor, and from which fields."""

    ids: set[int]
    watermark: datetime | None
    fields: dict[str, str | None] | None


Report = Callable[[str, int, int], None]  # source, rows read, rows to read


def resolve(odoo: Odoo, sources: list[Source], tracked: list[str]) -> list[Resolved]:
    """Every source as this Odoo has it. OdooError names all models the user may not read, in one sentence."""
    resolved, refused = [], []
    for source in sources:
        try:
            available = odoo.fields(source.model)
            odoo.search(source.model, domain_of(source, tracked), limit=1)
        except ModelAbsent:
            resolved.append(Resolved(source, dict.fromkeys(source.fields), absent=True))
            continue
        except NoRight:
            refused.append(source)
            continue
        resolved.append(pick_fields(source, available))
    if refused:
        models = ", ".join(source.model for source in refused)
        raise OdooError(
            f"User {odoo.login.user!r} may not read {models} on {odoo.login.instance}, "
            f"so {refused[0].without}: give it read access to them (a group with read-only access rights)."
        )
    return resolved


def pick_fields(source: Source, available: dict[str, dict]) -> Resolved:
    """A source with the fields that are `available` to the user."""
    return Resolved(source, {name: _pick(source, name, available) for name in source.fields})


def _pick(source: Source, name: str, available: dict[str, dict]) -> str | None:
    """The first candidate that is stored and of the declared type."""
    declared = source.fields[name]
    for candidate in declared.candidates or (name,):
        found = available.get(candidate)
        if found and found.get("store") is not False:
            type = STORED_AS.get(found["type"], found["type"])
            if type == declared.type or {type, declared.type} <= {"char", "text", "selection"}:
                return candidate
            if {type, declared.type} == {"integer", "float"}:
                return candidate
    return None


def domain_of(source: Source, tracked: list[str]) -> list:
    """The domain a source reads, as Odoo takes it."""
    domain = source.domain(tracked) if callable(source.domain) else source.domain
    return [list(term) if isinstance(term, tuple) else term for term in domain]


def read(
    odoo: Odoo,
    resolved: Resolved,
    tracked: list[str],
    folder: Path,
    known: Known,
    report: Report,
    *,
    full: bool = False,
    since: datetime | None = None,
) -> None:
    """Lands one source of one Odoo. Resumes where an earlier try of the same run stopped.

    full reads every row; otherwise rows unknown so far and rows whose cursor moved. With `since`, only rows
    created after it or still open: a first look that closes nothing, the rest follows in the next run.
    """
    source, instance = resolved.source, odoo.login.instance
    if landing.read_done(folder, source, instance) is not None:
        return
    if resolved.absent:
        landing.write_done(folder, source, instance, {"absent": True, "fields": {}, "ids": 0, "swept": False})
        return
    plan = landing.plan_path(folder, source, instance)
    if not plan.exists():
        landing.write_table(plan, _plan(odoo, resolved, tracked, known, full, since))
    planned = pq.read_table(plan)
    to_read = planned.filter(planned["to_read"])["id"].to_pylist()
    languages = odoo.languages() if source.languages else [None]
    report(source.name, 0, len(to_read))
    for number, start in enumerate(range(0, len(to_read), PAGE_ROWS)):
        ids = to_read[start : start + PAGE_ROWS]
        for language in languages:
            path = landing.page_path(folder, source, instance, f"{number:06d}{language or ''}")
            if not path.exists():
                rows = _page(odoo, resolved, ids, language)
                landing.write_table(path, to_table(source, resolved.fields, rows, instance, language))
        report(source.name, min(start + PAGE_ROWS, len(to_read)), len(to_read))
    facts = {"absent": False, "fields": resolved.fields, "ids": planned.num_rows, "swept": since is None}
    landing.write_done(folder, source, instance, facts)


def _plan(odoo: Odoo, resolved: Resolved, tracked, known: Known, full: bool, since: datetime | None) -> pa.Table:
    """Every id the user can see, and which of them to read."""
    source, domain = resolved.source, domain_of(resolved.source, tracked)
    if since is not None and source.open_domain is not None:
        recent = ["|", ("create_date", ">=", str(since)), *_joined(source.open_domain)]
        ids = odoo.search(source.model, [*domain, *recent])
    elif since is not None and source.kind == "append":
        ids = odoo.search(source.model, [*domain, ("create_date", ">=", str(since))])
    else:
        ids = odoo.search(source.model, domain)
    everything = full or known.fields != resolved.fields or (source.kind == "mutable" and source.cursor is None)
    if everything or not known.ids:
        wanted = set(ids)
    else:
        wanted = set(ids) - known.ids
        if source.kind == "mutable" and known.watermark is not None:
            from_time = (known.watermark - OVERLAP).strftime("%Y-%m-%d %H:%M:%S")
            wanted |= set(odoo.search(source.model, [*domain, (source.cursor, ">=", from_time)])) & set(ids)
    return pa.table({"id": pa.array(ids, pa.int64()), "to_read": pa.array([i in wanted for i in ids], pa.bool_())})


def _joined(terms: tuple) -> list:
    """Terms of a domain as one operand: all of them must hold."""
    return ["&"] * (len(terms) - 1) + list(terms)


def _page(odoo: Odoo, resolved: Resolved, ids: list[int], language: str | None) -> list[dict]:
    source = resolved.source
    fields = [field for field in resolved.fields.values() if field]
    if source.kind == "mutable" and source.cursor:
        fields.append(source.cursor)
    return odoo.rows(source.model, [("id", "in", ids)], sorted(set(fields)), language)


def to_table(
    source: Source, fields: dict[str, str | None], rows: list[dict], instance: str, language: str | None = None
) -> pa.Table:
    """RPC rows as an Arrow table in stable names and types, plus `_cursor` (UTC) where the source has one."""
    columns = {"instance": pa.array([instance] * len(rows), pa.string())}
    columns["id"] = pa.array([row["id"] for row in rows], pa.int64())
    if source.languages:
        columns["lang"] = pa.array([language] * len(rows), pa.string())
    for name, field in source.fields.items():
        columns[name] = _array(field.type, [row[fields[name]] for row in rows] if fields[name] else [None] * len(rows))
    if source.kind == "mutable" and source.cursor:
        columns["_cursor"] = _array("datetime", [row[source.cursor] for row in rows])
    return pa.table(columns)


def _array(type: str, values: list) -> pa.Array:
    """Odoo writes False for an empty value of any type; only a boolean's False is data."""
    if type == "boolean":
        return pa.array([bool(value) for value in values], pa.bool_())
    if type == "many2many":
        return pa.array([sorted(value) if value else [] for value in values], pa.list_(pa.int64()))
    empty_as_null = [None if value is False else value for value in values]
    if type == "datetime":
        return pa.array(empty_as_null, pa.string()).cast(pa.timestamp("us"))
    if type == "date":
        return pa.array(empty_as_null, pa.string()).cast(pa.date32())
    if type in ("integer", "many2one"):
        return pa.array(empty_as_null, pa.int64())
    if type == "float":
        return pa.array([None if value is None else float(value) for value in empty_as_null], pa.float64())
    return pa.array([None if value is None else str(value) for value in empty_as_null], pa.string())
