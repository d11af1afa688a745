"""Reads a source from Odoo into landing, page by page as its plan says, and asks why rows are gone."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from etl import landing, plan, postgres
from etl.log import event
from etl.odoo import NoRight, Odoo, OdooError, TooBig
from etl.plan import Known, Mode, Plan
from etl.resolve import Resolved, domain_of
from etl.source import Source
from etl.streams import Streams, ahead, width
from etl.table import masked_values, to_table
from queries import secret

PAGE_ROWS = 5_000
SAMPLE_ROWS = 200  # of a source, compared before it is read from PostgreSQL
GROW_AFTER = 4  # pages that must go well before more rows are asked for again
PROBES = 20  # single rows of a page that was refused, looked at to know of the others

Report = Callable[[str, int, int], None]  # source, rows read, rows to read


@dataclass(frozen=True)
class Page:
    """Where a page of rows goes, in which language it is read, whose rows it holds, and whether with what Odoo
    computes."""

    path: Path
    language: str | None
    ids: np.ndarray
    computed: bool


def read(
    odoo: Odoo | Streams,
    resolved: Resolved,
    tracked: list[str],
    folder: Path,
    known: Known,
    report: Report,
    mode: Mode,
    direct: postgres.Postgres | None = None,
) -> None:
    """Lands one source of one Odoo. Resumes where an earlier try of the same run stopped.

    Pages are asked for over as many streams as there are, and the next while one is written. Where every row is read
    they come from `direct` instead, as far as it can give them.
    """
    source, instance = resolved.source, odoo.login.instance
    if landing.read_done(folder, source, instance) is not None:
        return
    if resolved.absent or resolved.refused:
        facts = {"absent": resolved.absent, "refused": resolved.refused, "fields": {}, "ids": 0, "swept": False}
        landing.write_done(folder, source, instance, facts)
        return
    planned = _planned(odoo, resolved, tracked, folder, known, mode)
    ids, to_read = planned.ids["id"].to_numpy(), planned.ids["to_read"].to_numpy()
    facts = {"absent": False, "refused": False, "fields": resolved.fields, "ids": len(ids)}
    facts |= _read_pages(odoo, resolved, folder, planned, report, direct)
    swept = not mode.since and not mode.only_open
    if swept and source.sweep != "never":
        before = known.open_ids if source.sweep == "open" else known.ids
        _land_gone(odoo, resolved, folder, plan.without(before, ids))
    if swept and planned.is_counted:
        facts |= plan.reconciliation(odoo, resolved, domain_of(source, tracked, resolved.fields), planned)
    facts |= {
        "asked_at": planned.asked_at.isoformat(sep=" ", timespec="seconds"),
        "made_at": planned.made_at.isoformat(sep=" ", timespec="seconds"),
        "all_ids": planned.all_ids,
        "swept": swept and (planned.all_ids or planned.is_counted or source.sweep == "open"),
        "full": swept and bool(to_read.all()),
        "seconds": _since(planned.asked_at) + (direct.behind_seconds if direct else 0.0),
    }
    landing.write_done(folder, source, instance, facts)


def _planned(
    odoo: Odoo | Streams, resolved: Resolved, tracked: list[str], folder: Path, known: Known, mode: Mode
) -> Plan:
    """The plan of a source: the one an earlier try of the same run left, or a new one. What is at hand needs none."""
    path = landing.plan_path(folder, resolved.source, odoo.login.instance)
    if path.exists():
        table = pq.read_table(path)
        noted = json.loads(table.schema.metadata[b"plan"])
        times = {name: datetime.fromisoformat(noted.pop(name)) for name in ("asked_at", "made_at")}
        return Plan(table, **times, **noted)
    made = plan.make(odoo, resolved, tracked, known, mode)
    if made.at_hand is not None:
        return made
    noted = {"asked_at": str(made.asked_at), "made_at": str(made.made_at)}
    noted |= {"all_ids": made.all_ids, "is_counted": made.is_counted}
    landing.write_table(path, made.ids.replace_schema_metadata({"plan": json.dumps(noted)}))
    return made


def _since(moment: datetime) -> float:
    return max(0.0, (datetime.now(UTC).replace(tzinfo=None) - moment).total_seconds())


def _read_pages(
    odoo: Odoo | Streams,
    resolved: Resolved,
    folder: Path,
    planned: Plan,
    report: Report,
    direct: postgres.Postgres | None,
) -> dict:
    """Lands every page that is not there yet; whether they came from PostgreSQL, or why not."""
    source, instance = resolved.source, odoo.login.instance
    to_read = int(np.count_nonzero(planned.ids["to_read"].to_numpy()))
    whole = to_read == planned.ids.num_rows > postgres.LEAST_ROWS
    languages = odoo.languages() if source.languages else [None]
    has_accounts = any(field.mask == "account" for field in source.fields.values())
    salt = secret.of(folder.parents[1], secret.SALT) if has_accounts else None
    pace = Pace(PAGE_ROWS)
    report(source.name, 0, to_read)
    not_direct = None
    pages = [
        Page(landing.page_path(folder, source, instance, f"{number:06d}{language or ''}"), language, ids, computed)
        for number, (ids, computed) in enumerate(_pages(planned, PAGE_ROWS))
        for language in languages
    ]
    if direct is not None and whole:
        try:
            for page, table in _pages_directly(odoo, direct, resolved, folder, planned, languages, pace):
                landing.write_table(page.path, _mask(source, table, salt))
                report(source.name, int(np.searchsorted(planned.ids["id"].to_numpy(), page.ids[-1])), to_read)
            pages = [page for page in pages if page.computed]
        except postgres.Unreadable as reason:
            not_direct = str(reason)

    def fetch(page: Page) -> list[dict]:
        if planned.at_hand is not None and not page.computed:
            return [planned.at_hand[id] for id in page.ids.tolist()]
        return _page(odoo, resolved, page.ids.tolist(), page.computed, page.language, pace)

    if planned.at_hand is None:
        pages = [page for page in pages if not page.path.exists()]
    done = to_read - sum(len(page.ids) for page in pages if page.language == languages[-1])
    for page, rows in ahead(fetch, pages, width(odoo)):
        landing.write_table(page.path, to_table(source, resolved.fields, rows, instance, page.language, salt))
        done += len(page.ids) if page.language == languages[-1] else 0
        report(source.name, done, to_read)
    if not pages:
        report(source.name, to_read, to_read)
    return {"direct": bool(direct and whole and not_direct is None), "not_direct": not_direct}


def _pages(planned: Plan, rows: int) -> Iterator[tuple[np.ndarray, bool]]:
    """The ids to read, page by page, and whether their computed columns are read with them."""
    ids, to_read, is_computed = (planned.ids[name].to_numpy() for name in ("id", "to_read", "is_computed"))
    for computed in (False, True):
        chosen = ids[to_read & (is_computed == computed)]
        for start in range(0, len(chosen), rows):
            yield chosen[start : start + rows], computed


def _pages_directly(
    odoo: Odoo, direct: postgres.Postgres, resolved: Resolved, folder: Path, planned: Plan, languages, pace: Pace
) -> Iterator[tuple[Page, pa.Table]]:
    """Pages from PostgreSQL of the rows of which nothing is computed, those that landed before apart; rows PostgreSQL
    does not have, because they are new or gone, come from Odoo. Unreadable when it cannot give what Odoo would."""
    source, instance = resolved.source, odoo.login.instance
    stored = {name: field for name, field in resolved.fields.items() if not source.fields[name].computed}
    reader = direct.reader(odoo, source, resolved.model, stored)
    unmasked = replace(source, fields={name: replace(field, mask="") for name, field in source.fields.items()})

    def through_odoo(ids: np.ndarray, language: str | None) -> pa.Table:
        rows = _page(odoo, resolved, ids.tolist(), False, language, pace)
        return to_table(unmasked, resolved.fields, rows, instance, language)

    def from_postgres(ids: np.ndarray, language: str | None) -> pa.Table:
        table = direct.page(reader, ids, language)
        columns = to_table(unmasked, resolved.fields, [], instance, language)
        given = {"instance": instance, "lang": language}
        return pa.table(
            {
                name: table[name]
                if name in table.column_names
                else pa.array([given.get(name)] * table.num_rows, columns.schema.field(name).type)
                for name in columns.column_names
            }
        )

    pages = [
        Page(landing.page_path(folder, source, instance, f"{number:06d}direct{language or ''}"), language, ids, False)
        for number, (ids, computed) in enumerate(_pages(planned, postgres.PAGE_ROWS))
        for language in languages
        if not computed
    ]
    every = np.concatenate([page.ids for page in pages if page.language == languages[-1]] or [np.array([], np.int64)])
    sample = every[:: max(1, len(every) // SAMPLE_ROWS)]
    for language in languages if len(sample) else ():
        difference = _difference(from_postgres(sample, language), through_odoo(sample, language))
        if difference:
            raise postgres.Unreadable(f"Odoo gives other values of {difference}")

    def fetch(page: Page) -> pa.Table:
        table = from_postgres(page.ids, page.language)
        left_out = plan.without(page.ids, table["id"].to_numpy())
        return pa.concat_tables([table, through_odoo(left_out, page.language)]) if len(left_out) else table

    yield from ahead(fetch, [page for page in pages if not page.path.exists()], width(odoo))


def _difference(here: pa.Table, there: pa.Table) -> str | None:
    """The first column in which rows differ that both have in the same state."""
    key = ["id", *(["_cursor"] if "_cursor" in there.column_names else [])]
    both = set(zip(*(here[name].to_pylist() for name in key), strict=True))
    both &= set(zip(*(there[name].to_pylist() for name in key), strict=True))
    chosen = sorted(row[0] for row in both)
    here, there = (t.filter(pc.is_in(t["id"], pa.array(chosen, pa.int64()))).sort_by("id") for t in (here, there))
    return next((name for name in there.column_names if not here[name].equals(there[name])), None)


def _mask(source: Source, table: pa.Table, salt: bytes | None) -> pa.Table:
    """Masks what must not land, each distinct value once."""
    for name, declared in source.fields.items():
        if declared.mask:
            coded = table[name].combine_chunks().dictionary_encode()
            masked = pa.array(masked_values(declared.mask, coded.dictionary.to_pylist(), salt), pa.string())
            values = pa.DictionaryArray.from_arrays(coded.indices, masked).cast(pa.string())
            table = table.set_column(table.schema.get_field_index(name), name, values)
    return table


def _land_gone(odoo: Odoo, resolved: Resolved, folder: Path, gone: np.ndarray) -> None:
    """Lands the ids that are no longer found, each with the reason: deleted, hidden (by rights), left (the domain)."""
    if not len(gone):
        return
    source = resolved.source
    stored = next(field for field in resolved.fields.values() if field)
    reasons = {}
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
