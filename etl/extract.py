"""Reads a source from Odoo into landing: ask what is there, plan the ids, read them page by page."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from etl import landing, mask, postgres
from etl.log import event
from etl.odoo import ModelAbsent, NoRight, Odoo, OdooError, TooBig
from etl.source import STORED_AS, Source
from etl.streams import Streams, ahead, width

PAGE_ROWS = 5_000
PLAN = 2  # raise it when what a plan holds means something else: a run in progress is then begun anew
WINDOW_IDS = 50_000  # range of ids of a first search; later ones cover more or less, by how long Odoo took
FEW_IN = 20  # times that many where few of them will match
SMALL_IDS = 1_000  # a model whose ids end here is read whole: one question instead of four
WINDOW_SECONDS = (0.25, 1.0)  # faster than this: more ids the next time; slower: fewer
RECENT_IDS = 20_000  # at least as many of the newest rows, and the newest tenth, are looked for every night
COUNTED = ("nightly", "document")  # the ways to sweep whose rows are as many as Odoo's
SAMPLE_ROWS = 200  # of a source, compared before it is read from PostgreSQL
GROW_AFTER = 4  # pages that must go well before more rows are asked for again
OVERLAP = timedelta(hours=1)  # write_date is the start of a transaction that may commit much later
FULL_EVERY = timedelta(days=7)
PROBES = 20  # rows looked at to know of more: the newest of a model, and single ones of a page that was refused


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
    newest: int = 0  # the highest id when it was looked for; 0 when none was seen

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
    was read last, when every id was compared, and from which fields."""

    ids: np.ndarray = field(default_factory=lambda: np.array([], np.int64))
    open_ids: np.ndarray = field(default_factory=lambda: np.array([], np.int64))
    watermark: datetime | None = None
    full_at: datetime | None = None
    fields: dict[str, str | None] | None = None
    compared_at: datetime | None = None


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


Answer = TypeVar("Answer")
Report = Callable[[str, int, int], None]  # source, rows read, rows to read


def resolve(odoo: Odoo | Streams, sources: list[Source], tracked: list[str]) -> list[Resolved]:
    """Every source as this Odoo has it. OdooError names all needed models the user may not read, in one sentence."""
    resolved = [found for _, found in ahead(lambda source: resolve_one(odoo, source, tracked), sources, width(odoo))]
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
            available = odoo.fields(model, _asked_about(source, tracked))
            resolved = pick_fields(source, model, available)
            domain = domain_of(source, tracked, resolved.fields)
            if not _fields_of(domain) <= available.keys():
                continue  # another model of the same name
            newest = odoo.search(model, domain, order="id desc", limit=PROBES)
        except ModelAbsent:
            continue
        except NoRight:
            return Resolved(source, nothing, model, refused=True)
        return replace(resolved, newest=max(newest, default=0))
    return Resolved(source, nothing, source.model, absent=True)


def _asked_about(source: Source, tracked: list[str]) -> set[str]:
    """Every Odoo field that a source may be read from, or that its domains ask about."""
    names = {candidate for name, field in source.fields.items() for candidate in field.candidates or (name,)}
    domains = (domain_of(source, tracked), source.open_domain or (), source.computed_domain or ())
    return names.union({source.cursor, source.created} - {None}, *map(_fields_of, domains))


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


def domain_of(source: Source, tracked: list[str], fields: dict[str, str | None] | None = None) -> list:
    """The domain a source reads, as Odoo takes it; `fields` says which Odoo field a column is read from."""
    domain = source.domain(tracked) if callable(source.domain) else source.domain
    return [[_path(term[0], fields or {}), *term[1:]] if isinstance(term, tuple) else term for term in domain]


def _path(path: str, fields: dict[str, str | None]) -> str:
    """A path of a domain that begins with a column's name, through the field the column is read from."""
    first, dot, rest = path.partition(".")
    return (fields.get(first) or first) + dot + rest


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
    at_hand: dict[int, dict] = {}
    if not plan.exists():
        times = {"asked_at": datetime.now(UTC).replace(tzinfo=None), "made_at": odoo.now()}  # by our clock, by Odoo's
        made, notes = _plan(odoo, resolved, tracked, known, mode, at_hand)
        notes |= {name: time.isoformat(sep=" ", timespec="seconds") for name, time in times.items()}
        landing.write_table(plan, made.replace_schema_metadata({"notes": json.dumps(notes)}))
    planned = pq.read_table(plan)
    notes = json.loads(planned.schema.metadata[b"notes"])
    to_read = int(np.count_nonzero(planned["to_read"].to_numpy()))
    languages = odoo.languages() if source.languages else [None]
    salt = mask.salt(folder.parents[1]) if any(f.mask == "account" for f in source.fields.values()) else None
    report(source.name, 0, to_read)
    pages = [
        Page(landing.page_path(folder, source, instance, f"{number:06d}{language or ''}"), language, ids, computed)
        for number, (ids, computed) in enumerate(_pages(planned, PAGE_ROWS))
        for language in languages
    ]
    pace = Pace(PAGE_ROWS)
    whole = to_read == planned.num_rows > postgres.LEAST_ROWS
    not_direct = None
    if direct is not None and whole:
        try:
            for page, table in _pages_directly(odoo, direct, resolved, folder, planned, languages, pace):
                landing.write_table(page.path, _mask(source, table, salt))
                report(source.name, int(np.searchsorted(planned["id"].to_numpy(), page.ids[-1])), to_read)
            pages = [page for page in pages if page.computed]
        except postgres.Unreadable as reason:
            not_direct = str(reason)

    def fetch(page: Page) -> list[dict]:
        if at_hand and not page.computed:
            return [at_hand[id] for id in page.ids.tolist()]
        return _page(odoo, resolved, page.ids.tolist(), page.computed, page.language, pace)

    pages = [page for page in pages if not page.path.exists()]
    done = to_read - sum(len(page.ids) for page in pages if page.language == languages[-1])
    for page, rows in ahead(fetch, pages, width(odoo)):
        landing.write_table(page.path, to_table(source, resolved.fields, rows, instance, page.language, salt))
        done += len(page.ids) if page.language == languages[-1] else 0
        report(source.name, done, to_read)
    if not pages:
        report(source.name, to_read, to_read)
    swept = not mode.since and not mode.only_open
    if swept and source.sweep != "never":
        before = known.open_ids if source.sweep == "open" else known.ids
        _land_gone(odoo, resolved, folder, _without(before, planned["id"].to_numpy()))
    facts = {
        "absent": False,
        "refused": False,
        "fields": resolved.fields,
        "ids": planned.num_rows,
        "swept": swept and (notes["all_ids"] or notes["is_counted"] or source.sweep == "open"),
        "full": swept and bool(planned["to_read"].to_numpy().all()),
        "seconds": max(0.0, time.time() - plan.stat().st_mtime) + (direct.behind_seconds if direct else 0.0),
        "direct": bool(direct and whole and not_direct is None),
        "not_direct": not_direct,
    }
    if swept and notes["is_counted"]:
        domain = domain_of(source, tracked, resolved.fields)
        facts |= _reconciliation(odoo, resolved, domain, planned["id"].to_numpy(), at_hand)
    landing.write_done(folder, source, instance, facts | notes)


def _pages_directly(
    odoo: Odoo, direct: postgres.Postgres, resolved: Resolved, folder: Path, planned: pa.Table, languages, pace: Pace
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
        left_out = _without(page.ids, table["id"].to_numpy())
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
            masked = pa.array(_masked(declared.mask, coded.dictionary.to_pylist(), salt), pa.string())
            values = pa.DictionaryArray.from_arrays(coded.indices, masked).cast(pa.string())
            table = table.set_column(table.schema.get_field_index(name), name, values)
    return table


@dataclass(frozen=True)
class Page:
    """Where a page of rows goes, in which language it is read, whose rows it holds, and whether with what Odoo
    computes."""

    path: Path
    language: str | None
    ids: np.ndarray
    computed: bool


def _plan(
    odoo: Odoo, resolved: Resolved, tracked: list[str], known: Known, mode: Mode, at_hand: dict[int, dict]
) -> tuple[pa.Table, dict]:
    """The ids a run looks at, which of them to read, and which are open; and whether every id was compared (`all_ids`)
    and Odoo's count is to be held against them (`is_counted`). Rows of a small model come into `at_hand`."""
    source, still_open = resolved.source, resolved.open_domain
    domain = domain_of(source, tracked, resolved.fields)

    def ids_of(*more, after: int = 0) -> np.ndarray:
        return _ids(odoo, resolved, [*domain, *more], after, FEW_IN * WINDOW_IDS if more and not after else WINDOW_IDS)

    everything = _reads_everything(source, resolved, known, mode)
    notes = {"all_ids": False, "is_counted": False}
    open_ids = ids_of(*still_open) if still_open is not None else known.ids[:0]
    changed, since = known.ids[:0], None
    if source.has_cursor and known.watermark is not None and not everything:
        since = known.watermark - OVERLAP - max(timedelta(), -odoo.clock_ahead)  # its clock may have been set back
        since = since.strftime("%Y-%m-%d %H:%M:%S")
    is_small = 0 < resolved.newest <= SMALL_IDS and source.sweep in COUNTED and not source.languages
    is_small = is_small and since and not mode.only_open
    if since and not is_small:
        changed = ids_of((source.cursor, ">=", since))
    if mode.since is not None and (still_open is not None or source.kind == "append"):
        ids = _together(ids_of((source.created, ">=", str(mode.since))), open_ids)
    elif mode.only_open:
        newest = int(known.ids.max(initial=0))
        added = ids_of(after=max(0, newest - PAGE_ROWS))
        ids = _together(_without(added, known.ids), changed, open_ids, known.open_ids)
    elif is_small and _at_hand(odoo, resolved, domain, known, at_hand):
        ids, everything = np.array(sorted(at_hand), np.int64), True
        notes = {"all_ids": True, "is_counted": True}
    elif everything or _sweeps_everything(known, mode):
        ids = ids_of()
        notes = {"all_ids": True, "is_counted": source.sweep in COUNTED}
    else:
        newest_known = int(known.ids[-max(RECENT_IDS, len(known.ids) // 10)])
        doubtful = _without(known.open_ids, open_ids)
        still_there = ids_of(("id", "in", doubtful.tolist())) if len(doubtful) else doubtful
        certain = _without(known.ids[known.ids <= newest_known], known.open_ids)
        ids = _together(certain, ids_of(after=newest_known), open_ids, changed, still_there)
        if source.sweep == "nightly":
            notes["is_counted"] = True
            if count(odoo, resolved, domain) != len(ids):
                ids, notes["all_ids"] = ids_of(), True
    wanted = ids
    if not everything:
        wanted = _together(_without(ids, known.ids), changed, open_ids, known.open_ids)
    computed = known.ids[:0]
    if resolved.computed_domain is not None:
        computed = ids_of(*resolved.computed_domain)
    table = pa.table(
        {
            "id": ids,
            "to_read": _among(ids, wanted),
            "is_open": _among(ids, open_ids),
            "is_computed": _among(ids, computed),
        }
    )
    return table, notes


def _pages(planned: pa.Table, rows: int) -> Iterator[tuple[np.ndarray, bool]]:
    """The ids to read, page by page, and whether their computed columns are read with them."""
    for computed in (False, True):
        ids = planned["id"].to_numpy()[planned["to_read"].to_numpy() & (planned["is_computed"].to_numpy() == computed)]
        for start in range(0, len(ids), rows):
            yield ids[start : start + rows], computed


def _at_hand(odoo: Odoo, resolved: Resolved, domain: list, known: Known, at_hand: dict[int, dict]) -> bool:
    """Reads all rows of a small model; False when Odoo left out some it still has, so that each must be asked for."""
    rows = odoo.rows(resolved.model, domain, resolved.asked_for(computed=False))
    left_out = _without(known.ids, np.array([row["id"] for row in rows], np.int64)).tolist()
    if left_out and odoo.search(resolved.model, [*domain, ("id", "in", left_out)]):
        return False
    at_hand.update((row["id"], row) for row in rows)
    return True


def _together(*ids: np.ndarray) -> np.ndarray:
    """All of them, ascending, each once."""
    every = np.sort(np.concatenate(ids))
    return every[np.diff(every, prepend=every[:1] - 1) > 0]


def _among(ids: np.ndarray, others: np.ndarray) -> np.ndarray:
    """For each id whether it is one of the others; far quicker than numpy's own, which sorts both sides anew."""
    if not len(others):
        return np.zeros(len(ids), bool)
    others = np.sort(others)
    return others[np.minimum(np.searchsorted(others, ids), len(others) - 1)] == ids


def _without(ids: np.ndarray, others: np.ndarray) -> np.ndarray:
    return ids[~_among(ids, others)]


def _reconciliation(odoo: Odoo, resolved: Resolved, domain: list, ids: np.ndarray, at_hand: dict[int, dict]) -> dict:
    """What Odoo counts right after the reading: `counts` as (company, rows), or (None, rows) where rows have none.
    Where that is not how many were looked at, `came` and `went` say how many rows appeared and vanished meanwhile.
    Rows that came in one answer are counted in it."""
    company = resolved.fields.get("company_id")
    if at_hand:
        counts = {None: 0} | Counter(row[company] or None if company else None for row in at_hand.values())
    elif company:
        counts = {None: 0} | odoo.count_by(resolved.model, domain, company)
    else:
        counts = {None: count(odoo, resolved, domain)}
    found = {"counts": list(counts.items()), "came": 0, "went": 0}
    if sum(counts.values()) != len(ids):
        now = _ids(odoo, resolved, domain)
        found |= {"came": len(_without(now, ids)), "went": len(_without(ids, now))}
    return found


def _sweeps_everything(known: Known, mode: Mode) -> bool:
    """Whether every id is asked for: there are few, or a week has passed since it was done."""
    return len(known.ids) <= RECENT_IDS or known.compared_at is None or mode.now - known.compared_at >= FULL_EVERY


def _reads_everything(source: Source, resolved: Resolved, known: Known, mode: Mode) -> bool:
    if mode.full or mode.since is not None or known.fields != resolved.fields:
        return True
    if mode.only_open:
        return False
    if source.kind == "append":
        return not len(known.ids)
    unguided = source.cursor is None and resolved.open_domain is None
    return unguided or known.full_at is None or mode.now - known.full_at >= FULL_EVERY


def _ids(odoo: Odoo, resolved: Resolved, domain: list, after: int = 0, reach: int = WINDOW_IDS) -> np.ndarray:
    """Every id above `after` that matches, ascending; `reach` is the range of the first search."""
    found = _in_windows(odoo, resolved, domain, lambda window: odoo.search(resolved.model, window), after, reach)
    return np.concatenate([np.array(ids, np.int64) for ids in found])


def count(odoo: Odoo, resolved: Resolved, domain: list) -> int:
    """How many rows match."""
    return sum(_in_windows(odoo, resolved, domain, lambda window: odoo.count(resolved.model, window)))


def _in_windows(
    odoo: Odoo,
    resolved: Resolved,
    domain: list,
    ask: Callable[[list], Answer],
    after: int = 0,
    reach: int = WINDOW_IDS,
) -> list[Answer]:
    """The answers for one range of ids after the other, as wide as Odoo answers quickly: some models look at each
    row they find, and take the longer for each the more there are."""
    if not resolved.newest:  # nothing matches, or the model filters by rights after the limit: only all of it tells
        return [ask([*domain, ("id", ">", after)] if after else domain)]

    def windows() -> Iterator[list]:
        start = after
        while start < max(resolved.newest, after + 1):
            window = [("id", ">", start)] if start else []
            start += reach
            # the last one has no end: rows may have come since
            yield [*window, ("id", "<=", start)] if start < resolved.newest else window

    def timed(window: list) -> Answer:
        nonlocal reach
        began = time.monotonic()
        answer = ask([*domain, *window])
        seconds = time.monotonic() - began
        if seconds < WINDOW_SECONDS[0]:
            reach *= 4
        elif seconds > WINDOW_SECONDS[1]:
            reach = max(PAGE_ROWS, reach // 4)
        return answer

    return [answer for _, answer in ahead(timed, windows(), width(odoo))]


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
    if how == "account" and salt is None:
        raise ValueError("account numbers are hashed with the warehouse's salt, and none was given")
    masked = {
        value: mask.account(value, salt) if how == "account" else mask.text(str(value))
        for value in set(values)
        if value
    }
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
        return pa.array([None if value is None else float(value) for value in empty_as_null], pa.float64())
    return pa.array([None if value is None else str(value) for value in empty_as_null], pa.string())
