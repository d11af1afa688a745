"""
grain = '''
one row per workflow, plant, what it is told apart from over the last 26 weeks (another plant, or null: the reference)
and rank of the difference: what the plant does more or less often, and how much of the distance that explains'''
key = ["workflow", "plant", "other", "rank"]
reads = ["agg_variant_month", "agg_harmonization", "cfg_reference"]
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pyarrow as pa

from queries import harmonization
from queries.harmonization import Move, Pair, Workflow

ROWS = pa.schema(
    [(name, pa.string()) for name in ("workflow", "plant", "other")]
    + [("rank", pa.int64()), ("other_count", pa.int64())]
    + [(name, pa.string()) for name in ("move", "kind", "activity", "following")]
    + [(name, pa.float64()) for name in ("rate", "rate_other", "difference", "low", "high", "explained")]
    + [(name, pa.string()) for name in ("instance", "record_model", "name")]
    + [("record_id", pa.int64())]
)


def build(con, as_of: datetime) -> pa.Table:
    """Only of what is told apart; the record is the newest of a way with the difference."""
    workflows = harmonization.workflows(con.table("agg_variant_month").to_arrow_table().to_pylist())
    named = con.table("cfg_reference").to_arrow_table()["plant"].to_pylist()
    different = {
        (row["workflow"], row["plant"], row["other"])
        for row in con.table("agg_harmonization").to_arrow_table().to_pylist()
        if row["period"] != "month" and row["state"] == harmonization.DIFFERENT
    }
    rows = []
    for workflow in workflows:
        for pair in harmonization.pairs(workflow.plants, named):
            if (workflow.name, pair.plant, pair.other) not in different:
                continue
            found = harmonization.moves(*harmonization.vectors(workflow, pair, None), pair.is_part, workflow.ways)
            rows += _rows(workflow, pair, found)
            if pair.other is not None:
                turned = replace(pair, plant=pair.other, other=pair.plant, rest=(pair.plant,))
                rows += _rows(workflow, turned, [move.turned() for move in found])
    return pa.Table.from_pylist(rows, ROWS)


def _rows(workflow: Workflow, pair: Pair, moves: list[Move]) -> list[dict]:
    return [
        {"workflow": workflow.name, "plant": pair.plant, "other": pair.other, "other_count": pair.other_count}
        | {"rank": rank, "move": move.words}
        | {name: getattr(move.feature, name) for name in ("kind", "activity", "following")}
        | {name: getattr(move, name) for name in ("rate", "rate_other", "difference", "low", "high", "explained")}
        | harmonization.example(workflow, pair.plant, None, move)
        for rank, move in enumerate(moves, start=1)
    ]
