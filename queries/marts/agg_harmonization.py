"""
grain = '''
one row per workflow, plant, what it is compared with (another plant, or null: the reference) and period: how alike the
ways are that their cases took; over the last 26 weeks, with whether they are told apart, and in each of the last twelve
months, which are a trend and not tested'''
key = ["workflow", "plant", "other", "period", "period_start"]
reads = ["agg_variant_month", "cfg_reference"]
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, replace
from datetime import date, datetime, timedelta

import pyarrow as pa

from queries import harmonization
from queries.harmonization import Answer, Pair, Workflow

WEEKS, MONTHS = 26, 12
RECENT, MONTH = f"{WEEKS} weeks", "month"
CELLS = {RECENT: 8e6, MONTH: 2e7}  # of distance matrices gone through in all: a second or two each
ROWS = pa.schema(
    [(name, pa.string()) for name in ("workflow", "plant", "other", "period")]
    + [("period_start", pa.date32()), ("period_end", pa.date32()), ("other_count", pa.int64())]
    + [("n", pa.int64()), ("n_other", pa.int64()), ("variants", pa.int64()), ("relabellings", pa.int64())]
    + [(name, pa.float64()) for name in ("coverage", "emd", "emd_expected", "value", "low", "high")]
    + [(name, pa.float64()) for name in ("p_value", "p_adjusted")]
    + [(name, pa.string()) for name in ("state", "reason", "instance", "record_model", "name")]
    + [("record_id", pa.int64())]
)


def build(con, as_of: datetime) -> pa.Table:
    """A pair of plants is one row for each of them. The record is the newest of the plant's most frequent way."""
    workflows = harmonization.workflows(con.table("agg_variant_month").to_arrow_table().to_pylist())
    named = con.table("cfg_reference").to_arrow_table()["plant"].to_pylist()
    end = as_of.date() + timedelta(days=1)
    periods = [(None, end - timedelta(weeks=WEEKS), end), *((month, month, _next(month)) for month in _months(as_of))]
    asked = [
        (workflow, pair, period)
        for workflow in workflows
        for pair in harmonization.pairs(workflow.plants, named)
        for period in periods
    ]
    shared = Counter(_period(month) for _, _, (month, *_) in asked)
    answers = [
        harmonization.answer(
            workflow, pair, month, CELLS[_period(month)] / shared[_period(month)], 0 if month else shared[RECENT]
        )
        for workflow, pair, (month, *_) in asked
    ]
    rows = []
    for (workflow, pair, (month, first, last)), found in zip(asked, harmonization.judged(answers), strict=True):
        times = {"period": _period(month), "period_start": first, "period_end": last}
        rows.append(times | _row(workflow, pair, month, found))
        if pair.other is not None:
            turned = replace(pair, plant=pair.other, other=pair.plant, rest=(pair.plant,))
            rows.append(times | _row(workflow, turned, month, _turned(found)))
    return pa.Table.from_pylist(rows, ROWS)


def _period(month: date | None) -> str:
    return MONTH if month else RECENT


def _row(workflow: Workflow, pair: Pair, month: date | None, found: Answer) -> dict:
    who = {"workflow": workflow.name, "plant": pair.plant, "other": pair.other, "other_count": pair.other_count}
    return who | asdict(found) | harmonization.example(workflow, pair.plant, month)


def _turned(found: Answer) -> Answer:
    """The same as the other plant sees it."""
    turned = replace(found, n=found.n_other, n_other=found.n)
    return (
        turned
        if found.reason is None
        else replace(turned, reason=harmonization.too_few(turned.n, turned.n_other) or found.reason)
    )


def _months(as_of: datetime) -> list[date]:
    """The first days of the last twelve whole months, the oldest first."""
    found = [as_of.date().replace(day=1)]
    while len(found) <= MONTHS:
        found.append((found[-1] - timedelta(days=1)).replace(day=1))
    return found[:0:-1]


def _next(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1)
