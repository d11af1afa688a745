"""Which rows of a source a run looks at, which of them it reads, and whether they are as many as Odoo counts."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import numpy as np
import pyarrow as pa

from etl.odoo import Odoo
from etl.resolve import Columns, Resolved, domain_of, newest
from etl.source import Source
from etl.streams import Streams, ahead, width

PLAN = 3  # raise it when what a plan holds means something else: a run in progress is then begun anew
WINDOW_IDS = 50_000  # range of ids of a first search; later ones cover more or less, by how long Odoo took
LEAST_WINDOW_IDS = 5_000
FEW_IN = 20  # times that many where few of them will match
WINDOW_SECONDS = (0.25, 1.0)  # faster than this: more ids the next time; slower: fewer
SMALL_IDS = 1_000  # a model whose ids ended here is read whole: one question instead of four
RECENT_IDS = 20_000  # at least as many of the newest rows, and the newest tenth, are looked for every night
RECENT_FOLLOWERS = 10_000  # of rows that vanish with their document
LATE_IDS = 5_000  # before the newest known row: an id is given out when a transaction begins that may commit much later
OVERLAP = timedelta(hours=1)  # write_date is the start of such a transaction
COUNTED = ("nightly", "document")  # the ways to sweep whose rows are as many as Odoo's
FULL_EVERY = timedelta(days=7)

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Known:
    """What the warehouse has of a source: its current ids, those that were open, the newest cursor, when every row
    was read last, when every id was compared, and from which fields."""

    ids: np.ndarray = field(default_factory=lambda: np.array([], np.int64))
    open_ids: np.ndarray = field(default_factory=lambda: np.array([], np.int64))
    watermark: datetime | None = None
    full_at: datetime | None = None
    fields: Columns | None = None
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


@dataclass(frozen=True)
class Plan:
    """What a run looks at of a source: one row per id with whether it is `to_read`, `is_open` and `is_computed`; when
    it was made, by our clock and by Odoo's; whether every id was compared, and whether Odoo's count is to be held
    against them. Rows of a small model are `at_hand` already: id -> row."""

    ids: pa.Table
    asked_at: datetime
    made_at: datetime
    all_ids: bool = False
    is_counted: bool = False
    at_hand: dict[int, dict] | None = None


def make(odoo: Odoo | Streams, resolved: Resolved, tracked: list[str], known: Known, mode: Mode) -> Plan:
    """The plan of a source.

    To be read are rows not known yet, rows whose cursor moved, and rows that are open or were at the last run; every
    row when it is asked for, a week has passed, or the fields differ from the last run's.
    """
    times = {"asked_at": datetime.now(UTC).replace(tzinfo=None), "made_at": odoo.now()}
    domain = domain_of(resolved.source, tracked, resolved.fields)
    if _is_small(resolved.source, known, mode):
        found = _at_hand(odoo, resolved, domain, known)
        if found is not None:
            ids = np.array(sorted(found), np.int64)
            computed = _ids_where(odoo, resolved, domain, resolved.computed_domain) if found else ids
            # all count as open: they are looked at each time
            table = _table(ids, ids, ids, computed)
            return Plan(table, **times, all_ids=not mode.only_open, is_counted=not mode.only_open, at_hand=found)
    if resolved.newest is None:
        resolved = replace(resolved, newest=newest(odoo, resolved, domain))
    return _searched(odoo, resolved, domain, known, mode, times)


def _searched(
    odoo: Odoo | Streams, resolved: Resolved, domain: list, known: Known, mode: Mode, times: dict[str, datetime]
) -> Plan:
    """The plan of a source whose ids are searched for."""
    source, still_open = resolved.source, resolved.open_domain

    def search(*more, after: int = 0) -> np.ndarray:
        if more:
            return _ids_where(odoo, resolved, domain, more)
        return ids_of(odoo, resolved, domain, after)

    everything = _reads_everything(source, resolved, known, mode)
    all_ids = is_counted = False
    open_ids = _ids_where(odoo, resolved, domain, still_open)
    changed = known.ids[:0]
    if source.has_cursor and known.watermark is not None and not everything:
        since = known.watermark - OVERLAP - max(timedelta(), -odoo.clock_ahead)  # its clock may have been set back
        changed = search((source.cursor, ">=", since.strftime("%Y-%m-%d %H:%M:%S")))
    if mode.since is not None and (still_open is not None or source.kind == "append"):
        ids = together(search((source.created, ">=", str(mode.since))), open_ids)
    elif mode.only_open:
        added = search(after=max(0, int(known.ids.max(initial=0)) - LATE_IDS))
        ids = together(without(added, known.ids), changed, open_ids, known.open_ids)
    elif everything or _sweeps_everything(known, mode):
        ids, all_ids, is_counted = search(), True, source.sweep in COUNTED
    else:
        recent = RECENT_FOLLOWERS if source.follows else max(RECENT_IDS, len(known.ids) // 10)
        newest_known = int(known.ids[-min(recent, len(known.ids))])
        doubtful = without(known.open_ids, open_ids)
        still_there = search(("id", "in", doubtful.tolist())) if len(doubtful) else doubtful
        certain = without(known.ids[known.ids <= newest_known], known.open_ids)
        ids = together(certain, search(after=newest_known), open_ids, changed, still_there)
        if source.sweep == "nightly":
            is_counted = True
            if count(odoo, resolved, domain, FEW_IN * WINDOW_IDS) != len(ids):
                ids, all_ids = search(), True
    wanted = ids
    if not everything:
        wanted = together(without(ids, known.ids), changed, open_ids, known.open_ids)
    computed = _ids_where(odoo, resolved, domain, resolved.computed_domain)
    return Plan(_table(ids, wanted, open_ids, computed), **times, all_ids=all_ids, is_counted=is_counted)


def _ids_where(odoo: Odoo | Streams, resolved: Resolved, domain: list, where: tuple | None) -> np.ndarray:
    """The ids of the rows that match `where` too; none where there is no such condition."""
    if where is None:
        return np.array([], np.int64)
    return ids_of(odoo, resolved, [*domain, *where], reach=FEW_IN * WINDOW_IDS)


def _table(ids: np.ndarray, to_read: np.ndarray, open_ids: np.ndarray, computed: np.ndarray) -> pa.Table:
    return pa.table(
        {
            "id": ids,
            "to_read": among(ids, to_read),
            "is_open": among(ids, open_ids),
            "is_computed": among(ids, computed),
        }
    )


def _is_small(source: Source, known: Known, mode: Mode) -> bool:
    """Whether a source that was read before had so few rows that all of them are asked for at once."""
    is_usual = not mode.full and mode.since is None and known.fields is not None
    return is_usual and source.sweep in COUNTED and not source.languages and known.ids.max(initial=0) <= SMALL_IDS


def _at_hand(odoo: Odoo | Streams, resolved: Resolved, domain: list, known: Known) -> dict[int, dict] | None:
    """All rows of a small model; None when it is none any more, or Odoo left out some it still has, so that each must
    be asked for."""
    rows = odoo.rows(resolved.model, domain, resolved.asked_for(computed=False), newest=SMALL_IDS + LATE_IDS)
    if max((row["id"] for row in rows), default=0) > SMALL_IDS + LATE_IDS:
        return None
    left_out = without(known.ids, np.array([row["id"] for row in rows], np.int64)).tolist()
    if left_out and odoo.search(resolved.model, [*domain, ("id", "in", left_out)]):
        return None
    return {row["id"]: row for row in rows}


def together(*ids: np.ndarray) -> np.ndarray:
    """All of them, ascending, each once."""
    every = np.sort(np.concatenate(ids))
    return every[np.diff(every, prepend=every[:1] - 1) > 0]


def among(ids: np.ndarray, others: np.ndarray) -> np.ndarray:
    """For each id whether it is one of the others; far quicker than numpy's own, which sorts both sides anew."""
    if not len(others):
        return np.zeros(len(ids), bool)
    others = np.sort(others)
    return others[np.minimum(np.searchsorted(others, ids), len(others) - 1)] == ids


def without(ids: np.ndarray, others: np.ndarray) -> np.ndarray:
    return ids[~among(ids, others)]


def reconciliation(odoo: Odoo | Streams, resolved: Resolved, domain: list, plan: Plan) -> dict:
    """What Odoo counts right after the reading: `counts` as (company, rows), or (None, rows) where rows have none.
    Where that is not how many were looked at, `came` and `went` say how many rows appeared and vanished meanwhile.
    Rows that came in one answer are counted in it."""
    company, ids = resolved.fields.get("company_id"), plan.ids["id"].to_numpy()
    if plan.at_hand is not None:
        counts = {None: 0} | Counter(row[company] or None if company else None for row in plan.at_hand.values())
    elif company:
        counts = {None: 0} | odoo.count_by(resolved.model, domain, company)
    else:
        counts = {None: count(odoo, resolved, domain)}
    found = {"counts": list(counts.items()), "came": 0, "went": 0}
    if sum(counts.values()) != len(ids):
        now = ids_of(odoo, resolved, domain)
        found |= {"came": len(without(now, ids)), "went": len(without(ids, now))}
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


def ids_of(odoo: Odoo, resolved: Resolved, domain: list, after: int = 0, reach: int | None = None) -> np.ndarray:
    """Every id above `after` that matches, ascending; `reach` is the range of the first search."""
    found = _in_windows(odoo, resolved, domain, lambda window: odoo.search(resolved.model, window), after, reach)
    return np.concatenate([np.array(ids, np.int64) for ids in found])


def count(odoo: Odoo, resolved: Resolved, domain: list, reach: int | None = None) -> int:
    """How many rows match; `reach` is the range of the first question."""
    return sum(_in_windows(odoo, resolved, domain, lambda window: odoo.count(resolved.model, window), reach=reach))


def _in_windows(
    odoo: Odoo,
    resolved: Resolved,
    domain: list,
    ask: Callable[[list], Answer],
    after: int = 0,
    reach: int | None = None,
) -> list[Answer]:
    """The answers for one range of ids after the other, as wide as Odoo answers quickly: some models look at each
    row they find, and take the longer for each the more there are."""
    reach = reach or WINDOW_IDS
    last = newest(odoo, resolved, domain) if resolved.newest is None else resolved.newest
    if not last:  # nothing matches, or the model filters by rights after the limit: only all of it tells
        return [ask([*domain, ("id", ">", after)] if after else domain)]

    def windows() -> Iterator[list]:
        start = after
        while start < max(last, after + 1):
            window = [("id", ">", start)] if start else []
            start += reach
            # the last one has no end: rows may have come since
            yield [*window, ("id", "<=", start)] if start < last else window

    def timed(window: list) -> Answer:
        nonlocal reach
        began = time.monotonic()
        answer = ask([*domain, *window])
        seconds = time.monotonic() - began
        if seconds < WINDOW_SECONDS[0]:
            reach *= 4
        elif seconds > WINDOW_SECONDS[1]:
            reach = max(LEAST_WINDOW_IDS, reach // 4)
        return answer

    return [answer for _, answer in ahead(timed, windows(), width(odoo))]
