"""Reads a source from Odoo into landing: ask what is there, plan the ids, read them page by page."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from etl import landing, mask
from etl.odoo import ModelAbsent, NoRight, Odoo, OdooError
from etl.source import STORED_AS, Source

PAGE_ROWS = 5_000
OVERLAP = timedelta(hours=1)  # write_date is the start of a transaction that may commit much later


@dataclass(frozen=True)
class Resolved:
    """A source as one Odoo has it: the model's name, and stable name -> Odoo field, None where none fits."""

    source: Source
    fields: dict[str, str | None]
    model: str
    open_domain: tuple | None = None
    absent: bool = False
    refused: bool = False  # the user may not read it

    @property
    def missing(self) -> list[str]:
        """Columns that this Odoo should have and has not."""
        return [name for name, found in self.fields.items() if not found and self.source.fields[name].is_everywhere]


@dataclass(frozen=True)
class Known:
    """What the warehouse has of a source: its current ids, the newest cursor, from which fields, what was open."""

    ids: set[int]
    watermark: datetime | None
    fields: dict[str, str | None] | None
    open_ids: set[int] = field(default_factory=set)


Report = Callable[[str, int, int], None]  # source, rows read, rows to read


def resolve(odoo: Odoo, sources: list[Source], tracked: list[str]) -> list[Resolved]:
    """Every source as this Odoo has it. OdooError names all needed models the user may not read, in one sentence."""
    resolved = [_resolve(odoo, source, tracked) for source in sources]
    refused = [item for item in resolved if item.refused and item.source.needed]
    if refused:
        models = ", ".join(item.model for item in refused)
        raise OdooError(
            f"User {odoo.login.user!r} may not read {models} on {odoo.login.instance}, "
            f"so {refused[0].source.without}: give it read access to them (a group with read-only access rights)."
        )
    return resolved


def _resolve(odoo: Odoo, source: Source, tracked: list[str]) -> Resolved:
    nothing = dict.fromkeys(source.fields)
    for model in source.models:
        try:
            available = odoo.fields(model)
            domain = domain_of(source, tracked)
            if not _fields_of(domain) <= available.keys():
                continue  # another model of the same name
            odoo.search(model, domain, limit=1)
        except ModelAbsent:
            continue
        except NoRight:
            return Resolved(source, nothing, model, refused=True)
        fields = {name: _pick(source, name, available) for name in source.fields}
        open_domain = source.open_domain
        if open_domain is not None and not _fields_of(open_domain) <= available.keys():
            open_domain = None
        return Resolved(source, fields, model, open_domain)
    return Resolved(source, nothing, source.model, absent=True)


def _fields_of(domain: Iterable) -> set[str]:
    """The model's own fields that a domain asks about."""
    return {term[0].partition(".")[0] for term in domain if not isinstance(term, str)}


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
            if (type, declared.type) == ("many2one", "many2many"):
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
    if resolved.absent or resolved.refused:
        facts = {"absent": resolved.absent, "refused": resolved.refused, "fields": {}, "ids": 0, "swept": False}
        landing.write_done(folder, source, instance, facts)
        return
    plan = landing.plan_path(folder, source, instance)
    if not plan.exists():
        landing.write_table(plan, _plan(odoo, resolved, tracked, known, full, since))
    planned = pq.read_table(plan)
    to_read = planned.filter(planned["to_read"])["id"].to_pylist()
    languages = odoo.languages() if source.languages else [None]
    salt = mask.salt(folder.parents[1]) if any(f.mask == "account" for f in source.fields.values()) else None
    report(source.name, 0, len(to_read))
    for number, start in enumerate(range(0, len(to_read), PAGE_ROWS)):
        ids = to_read[start : start + PAGE_ROWS]
        for language in languages:
            path = landing.page_path(folder, source, instance, f"{number:06d}{language or ''}")
            if not path.exists():
                rows = _page(odoo, resolved, ids, language)
                landing.write_table(path, to_table(source, resolved.fields, rows, instance, language, salt))
        report(source.name, min(start + PAGE_ROWS, len(to_read)), len(to_read))
    facts = {"absent": False, "refused": False, "fields": resolved.fields}
    facts |= {"ids": planned.num_rows, "swept": since is None}
    landing.write_done(folder, source, instance, facts)


def _plan(odoo: Odoo, resolved: Resolved, tracked, known: Known, full: bool, since: datetime | None) -> pa.Table:
    """Every id the user can see, which of them to read, and which of the unstamped ones are open."""
    source, model, still_open = resolved.source, resolved.model, resolved.open_domain
    domain = domain_of(source, tracked)
    recent = (source.created, ">=", str(since))
    if since is not None and still_open is not None:
        ids = odoo.search(model, [*domain, "|", recent, *_joined(still_open)])
    elif since is not None and source.kind == "append":
        ids = odoo.search(model, [*domain, recent])
    else:
        ids = odoo.search(model, domain)
    unguided = source.cursor is None if source.kind == "mutable" else still_open is None and source.kind != "append"
    open_ids = set()
    if source.kind == "unstamped" and not unguided:
        open_ids = set(odoo.search(model, [*domain, *still_open]))
    everything = full or unguided or known.fields != resolved.fields
    if everything or not known.ids:
        wanted = set(ids)
    else:
        wanted = set(ids) - known.ids | open_ids | known.open_ids
        if source.has_cursor and known.watermark is not None:
            from_time = (known.watermark - OVERLAP).strftime("%Y-%m-%d %H:%M:%S")
            wanted |= set(odoo.search(model, [*domain, (source.cursor, ">=", from_time)]))
    return pa.table(
        {
            "id": pa.array(ids, pa.int64()),
            "to_read": pa.array([i in wanted for i in ids], pa.bool_()),
            "is_open": pa.array([i in open_ids for i in ids], pa.bool_()),
        }
    )


def _joined(domain: Iterable) -> list:
    """A domain as one operand: all its terms must hold. Odoo writes operators before what they join."""
    terms = list(domain)
    operands = sum(1 if not isinstance(term, str) else -1 if term in "&|" else 0 for term in terms)
    return ["&"] * (operands - 1) + terms


def _page(odoo: Odoo, resolved: Resolved, ids: list[int], language: str | None) -> list[dict]:
    source = resolved.source
    fields = [name for name in resolved.fields.values() if name]
    if source.has_cursor:
        fields.append(source.cursor)
    return odoo.rows(resolved.model, [("id", "in", ids)], sorted(set(fields)), language)


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
        values = [row[fields[name]] for row in rows] if fields[name] else [None] * len(rows)
        columns[name] = _array(declared.type, _masked(declared.mask, values, salt) if declared.mask else values)
    if source.has_cursor:
        columns["_cursor"] = _array("datetime", [row[source.cursor] for row in rows])
    return pa.table(columns)


def _masked(how: str, values: list, salt: bytes | None) -> list:
    if how == "account":
        if salt is None:
            raise ValueError("account numbers are hashed with the warehouse's salt, and none was given")
        return [mask.account(value, salt) if value else None for value in values]
    return [mask.text(str(value)) if value else None for value in values]


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
        return pa.array([None if value is None else float(value) for value in empty_as_null], pa.float64())
    return pa.array([None if value is None else str(value) for value in empty_as_null], pa.string())
