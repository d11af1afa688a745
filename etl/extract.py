"""Reads a source from Odoo into landing: ask what is there, plan the ids, read them page by page."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from etl import landing, mask
from etl.log import event
from etl.odoo import ModelAbsent, NoRight, Odoo, OdooError, TooBig
from etl.source import STORED_AS, Source

PAGE_ROWS = 5_000
WINDOW_IDS = 500_000  # ids asked for in one search
GROW_AFTER = 4  # pages that must go well before more rows are asked for again
OVERLAP = timedelta(hours=1)  # write_date is the start of a transaction that may commit much later
FULL_EVERY = timedelta(days=7)
PROBES = 20  # single rows asked for when a page of vanished ids holds some the user may not see


@dataclass(frozen=True)
class Resolved:
    """A source as one Odoo has it: the model's name, and stable name -> Odoo field, None where none fits."""

    source: Source
    fields: dict[str, str | None]
    model: str
    open_domain: tuple | None = None
    computed_domain: tuple | None = None
    absent: bool = False
    refused: bool = False  # the user may not read it

    @property
    def missing(self) -> list[str]:
        """Columns that this Odoo should have and has not."""
        return [name for name, found in self.fields.items() if not found and self.source.fields[name].is_everywhere]

    def asked_for(self, computed: bool) -> list[str]:
        """The Odoo fields to read: what is stored and the cursor, with or without what Odoo works out when asked."""
        declared = self.source.fields
        names = {field for name, field in self.fields.items() if field and (computed or not declared[name].computed)}
        return sorted(names | ({self.source.cursor} if self.source.has_cursor else set()))


@dataclass(frozen=True)
class Known:
    """What the warehouse has of a source: its current ids, those that were open, the newest cursor, when every row
    was read last, and from which fields."""

    ids: np.ndarray = field(default_factory=lambda: np.array([], np.int64))
    open_ids: np.ndarray = field(default_factory=lambda: np.array([], np.int64))
    watermark: datetime | None = None
    full_at: datetime | None = None
    fields: dict[str, str | None] | None = None


@dataclass(frozen=True)
class Mode:
    """How much of a source a run reads.

    full: every row. since: a first look at rows created after it or still open, which closes nothing.
    only_open: documents that are open or were, and what else is new; nothing is swept.
    """

    now: datetime
    full: bool = False
    since: datetime | None = None
    only_open: bool = False


Report = Callable[[str, int, int], None]  # source, rows read, rows to read


def resolve(odoo: Odoo, sources: list[Source], tracked: list[str]) -> list[Resolved]:
    """Every source as this Odoo has it. OdooError names all needed models the user may not read, in one sentence."""
    resolved = [resolve_one(odoo, source, tracked) for source in sources]
    refused = [item for item in resolved if item.refused and item.source.needed]
    if refused:
        models = ", ".join(item.model for item in refused)
        raise OdooError(
            f"User {odoo.login.user!r} may not read {models} on {odoo.login.instance}, "
            f"so {refused[0].source.without}: give it read access to them (a group with read-only access rights)."
        )
    return resolved


def resolve_one(odoo: Odoo, source: Source, tracked: list[str]) -> Resolved:
    """A source as this Odoo has it, absent and refused included."""
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
        return pick_fields(source, model, available)
    return Resolved(source, nothing, source.model, absent=True)


def pick_fields(source: Source, model: str, available: dict[str, dict]) -> Resolved:
    """A source with the fields of `model` that are `available` to the user."""
    fields = {name: _pick(source, name, available) for name in source.fields}
    computed = [name for name, field in fields.items() if field and source.fields[name].computed]
    return Resolved(
        source,
        fields,
        model,
        open_domain=_where_known(source.open_domain, available),
        computed_domain=_where_known(source.computed_domain, available) if computed else None,
    )


def _where_known(domain: tuple | None, available: dict[str, dict]) -> tuple | None:
    """A domain, or None where the model lacks a field that it asks about."""
    return domain if domain is not None and _fields_of(domain) <= available.keys() else None


def _fields_of(domain: Iterable) -> set[str]:
    """The model's own fields that a domain asks about."""
    return {term[0].partition(".")[0] for term in domain if not isinstance(term, str)}


def _pick(source: Source, name: str, available: dict[str, dict]) -> str | None:
    """The first candidate of the declared type, stored or declared as computed."""
    declared = source.fields[name]
    for candidate in declared.candidates or (name,):
        found = available.get(candidate)
        if found and (declared.computed or found.get("store") is not False):
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
    odoo: Odoo, resolved: Resolved, tracked: list[str], folder: Path, known: Known, report: Report, mode: Mode
) -> None:
    """Lands one source of one Odoo. Resumes where an earlier try of the same run stopped.

    Read are rows not known yet, rows whose cursor moved, and rows that are open or were at the last run; every row
    when it is asked for, a week has passed, or the fields differ from the last run's.
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
        times = {"asked_at": datetime.now(UTC).replace(tzinfo=None), "made_at": odoo.now()}
        made = _plan(odoo, resolved, tracked, known, mode)
        times = {name: time.isoformat(sep=" ", timespec="seconds") for name, time in times.items()}
        landing.write_table(plan, made.replace_schema_metadata(times))
    planned = pq.read_table(plan)
    languages = odoo.languages() if source.languages else [None]
    salt = mask.salt(folder.parents[1]) if any(f.mask == "account" for f in source.fields.values()) else None
    pace, done, to_read = Pace(PAGE_ROWS), 0, int(np.count_nonzero(planned["to_read"].to_numpy()))
    report(source.name, 0, to_read)
    for number, (ids, computed) in enumerate(_pages(planned)):
        for language in languages:
            path = landing.page_path(folder, source, instance, f"{number:06d}{language or ''}")
            if not path.exists():
                rows = _page(odoo, resolved, ids, computed, language, pace)
                landing.write_table(path, to_table(source, resolved.fields, rows, instance, language, salt))
        done += len(ids)
        report(source.name, done, to_read)
    swept = not mode.since and not mode.only_open
    if swept and source.sweep != "never":
        before = known.open_ids if source.sweep == "open" else known.ids
        _land_gone(odoo, resolved, folder, np.setdiff1d(before, planned["id"].to_numpy()))
    facts = {
        "absent": False,
        "refused": False,
        "fields": resolved.fields,
        "ids": planned.num_rows,
        "swept": swept,
        "full": swept and bool(planned["to_read"].to_numpy().all()),
        "seconds": max(0.0, time.time() - plan.stat().st_mtime),
        "made_at": planned.schema.metadata[b"made_at"].decode(),  # by Odoo's clock
        "asked_at": planned.schema.metadata[b"asked_at"].decode(),  # the same moment by ours
        "counts": _counts(odoo, resolved, tracked) if swept and source.sweep == "nightly" else [],
    }
    landing.write_done(folder, source, instance, facts)


def _counts(odoo: Odoo, resolved: Resolved, tracked: list[str]) -> list[tuple[int | None, int]]:
    """What Odoo counts right after the reading: (company, rows) where rows have one, else (None, rows)."""
    domain = domain_of(resolved.source, tracked)
    total = odoo.count(resolved.model, domain)
    if not resolved.fields.get("company_id"):
        return [(None, total)]
    company = resolved.fields["company_id"]
    companies = odoo.search("res.company", [])
    counted = [(id, odoo.count(resolved.model, [*domain, (company, "=", id)])) for id in companies]
    return [*counted, (None, total - sum(count for _, count in counted))]


def _plan(odoo: Odoo, resolved: Resolved, tracked: list[str], known: Known, mode: Mode) -> pa.Table:
    """The ids a run looks at, which of them to read, and which are open."""
    source, model, still_open = resolved.source, resolved.model, resolved.open_domain
    domain = domain_of(source, tracked)
    open_ids = _ids(odoo, model, [*domain, *still_open]) if still_open is not None else known.ids[:0]
    changed = known.ids[:0]
    if source.has_cursor and known.watermark is not None:
        since = known.watermark - OVERLAP - max(timedelta(), -odoo.clock_ahead)  # its clock may have been set back
        changed = _ids(odoo, model, [*domain, (source.cursor, ">=", since.strftime("%Y-%m-%d %H:%M:%S"))])
    if mode.since is not None and (still_open is not None or source.kind == "append"):
        ids = np.union1d(_ids(odoo, model, [*domain, (source.created, ">=", str(mode.since))]), open_ids)
    elif mode.only_open:
        newest = int(known.ids.max(initial=0))
        added = _ids(odoo, model, [*domain, ("id", ">", newest - PAGE_ROWS)])
        ids = np.union1d(np.union1d(np.setdiff1d(added, known.ids), changed), np.union1d(open_ids, known.open_ids))
    else:
        ids = _ids(odoo, model, domain)
    wanted = ids
    if not _reads_everything(source, resolved, known, mode):
        wanted = np.concatenate([np.setdiff1d(ids, known.ids), changed, open_ids, known.open_ids])
    computed = known.ids[:0]
    if resolved.computed_domain is not None:
        computed = _ids(odoo, model, [*domain, *resolved.computed_domain])
    return pa.table(
        {
            "id": ids,
            "to_read": np.isin(ids, wanted),
            "is_open": np.isin(ids, open_ids),
            "is_computed": np.isin(ids, computed),
        }
    )


def _pages(planned: pa.Table) -> Iterator[tuple[list[int], bool]]:
    """The ids to read, page by page, and whether their computed columns are read with them."""
    for computed in (False, True):
        ids = planned["id"].to_numpy()[planned["to_read"].to_numpy() & (planned["is_computed"].to_numpy() == computed)]
        for start in range(0, len(ids), PAGE_ROWS):
            yield ids[start : start + PAGE_ROWS].tolist(), computed


def _reads_everything(source: Source, resolved: Resolved, known: Known, mode: Mode) -> bool:
    if mode.full or mode.since is not None or known.fields != resolved.fields:
        return True
    if mode.only_open:
        return False
    if source.kind == "append":
        return not len(known.ids)
    unguided = source.cursor is None and resolved.open_domain is None
    return unguided or known.full_at is None or mode.now - known.full_at >= FULL_EVERY


def _ids(odoo: Odoo, model: str, domain: list) -> np.ndarray:
    """Every id that matches, ascending; in windows, so that a large table does not become one large answer."""
    newest = odoo.search(model, domain, order="id desc", limit=1)
    if not newest:  # nothing matches, or the model filters by rights after the limit: then only all of it tells
        return np.array(odoo.search(model, domain), np.int64)
    found = [
        np.array(odoo.search(model, [*domain, ("id", ">", start), ("id", "<=", start + WINDOW_IDS)]), np.int64)
        for start in range(0, newest[0] + 1, WINDOW_IDS)
    ]
    return np.concatenate(found)


def _land_gone(odoo: Odoo, resolved: Resolved, folder: Path, gone: np.ndarray) -> None:
    """Lands the ids that are no longer found, each with the reason: deleted, hidden (by rights), left (the domain)."""
    if not len(gone):
        return
    source = resolved.source
    stored = next(field for field in resolved.fields.values() if field)
    reasons = {}
    if source.kind == "append":
        reasons = dict.fromkeys(gone.tolist(), "deleted")
    else:
        for start in range(0, len(gone), PAGE_ROWS):
            reasons |= _why_gone(odoo, resolved.model, stored, gone[start : start + PAGE_ROWS].tolist())
    table = pa.table({"id": pa.array(reasons, pa.int64()), "reason": pa.array(reasons.values(), pa.string())})
    landing.write_table(landing.gone_path(folder, source, odoo.login.instance), table)


def _why_gone(odoo: Odoo, model: str, stored: str, ids: list[int]) -> dict[int, str]:
    """Asks for a stored field by id (an id alone Odoo echoes): Odoo returns what is visible, nothing for what is
    deleted, and refuses all of a page that holds a row the user may not see. Where a sample of such a page is refused
    to the last row, all of it is taken as hidden."""
    try:
        visible = {row["id"] for row in odoo.call(model, "read", ids=ids, fields=[stored])}
        return {id: "left" if id in visible else "deleted" for id in ids}
    except NoRight:
        if len(ids) == 1:
            return {ids[0]: "hidden"}
    sample = ids[:: max(1, len(ids) // PROBES)]
    if len(ids) > PROBES and all(_why_gone(odoo, model, stored, [id])[id] == "hidden" for id in sample):
        return dict.fromkeys(ids, "hidden")
    middle = len(ids) // 2
    return _why_gone(odoo, model, stored, ids[:middle]) | _why_gone(odoo, model, stored, ids[middle:])


class Pace:
    """How many rows of a source Odoo is asked for at once: half after it could not answer, double after some pages
    that went well - and ever more of them, so that a page which is too big is not asked for again and again."""

    def __init__(self, most: int):
        self.most = self.rows = most
        self.needed, self.went_well = GROW_AFTER, 0

    def shrink(self, asked: int) -> None:
        self.rows, self.went_well = max(1, asked // 2), 0
        self.needed *= 2

    def grow(self) -> None:
        self.went_well += 1
        if self.went_well >= self.needed:
            self.rows, self.went_well = min(self.most, self.rows * 2), 0


def _page(
    odoo: Odoo, resolved: Resolved, ids: list[int], computed: bool, language: str | None, pace: Pace
) -> list[dict]:
    """The rows of a page, in as many parts as Odoo needs; OdooError names the one row it cannot give."""
    fields = resolved.asked_for(computed)
    rows = []
    while ids:
        part = ids[: pace.rows]
        started = time.monotonic()
        try:
            rows += odoo.page(resolved.model, part, fields, language)
        except TooBig as error:
            if len(part) == 1:
                raise OdooError(
                    f"{odoo.login.instance} cannot give {resolved.model} {part[0]}, even alone ({error.cause}): "
                    "open this record in Odoo and read Odoo's log; where the server is only slow, raise its limits "
                    "(limit_time_real, limit_memory_hard)."
                ) from error
            pace.shrink(len(part))
            event("smaller", model=resolved.model, rows=len(part), next_rows=pace.rows, cause=error.cause)
            continue
        pace.grow()
        seconds = round(time.monotonic() - started, 3)
        event("page", model=resolved.model, language=language, rows=len(part), seconds=seconds)
        ids = ids[len(part) :]
    return rows


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
