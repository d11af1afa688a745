"""What further nodes and another engine cost: copying what is published, exporting it as Parquet, and reading that.

    python bench/growth.py [--warehouse FOLDER] [--scale 54] [--json]

| line | what | target |
|---|---|---|
| copy | the published version brought to another folder (`etl copy`) | 10 s |
| parquet | every published table written as Parquet (`queries export parquet`) | 120 s |
| smaller | size of the published file over that of all Parquet files | - |
| published, duckdb, clickhouse | cases, events and their median by workflow, plant and month: best of three | - |
| alike | these give the same numbers | yes |

That is asked of the published file, and of the Parquet file by DuckDB and, after `pip install chdb`, by ClickHouse.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import duckdb  # noqa: E402

from bench.site import filled  # noqa: E402
from etl import keep  # noqa: E402
from queries import export, readable, warehouse  # noqa: E402

TARGETS = {"copy": 10.0, "parquet": 120.0}
QUESTION = """
    select workflow, plant, date_trunc('month', started_at) as month, count(*) as cases, sum(event_count) as events,
        {median}(event_count) as middle
    from {table}
    where started_at is not null
    group by workflow, plant, date_trunc('month', started_at)
    order by workflow, plant, date_trunc('month', started_at)"""


@dataclass(frozen=True)
class Line:
    name: str
    value: float
    unit: str
    note: str = ""

    @property
    def verdict(self) -> str:
        target = TARGETS.get(self.name)
        return "" if target is None else "ok" if self.value <= target else "MISSED"


def measured(folder: Path) -> list[Line]:
    opened = warehouse.open(warehouse=folder)
    size = (folder / opened.version).stat().st_size
    with tempfile.TemporaryDirectory(prefix="bench-growth-") as temporary:
        node, files = Path(temporary) / "node", Path(temporary) / "parquet"
        files.mkdir()
        seconds, _ = timed(lambda: keep.copy(folder, node))
        lines = [Line("copy", seconds, "s", readable.size(size))]
        seconds, written = timed(lambda: export.to_parquet(opened, files))
        parquet = sum(path.stat().st_size for path in files.iterdir())
        rows = readable.number(sum(written.values()))
        lines.append(Line("parquet", seconds, "s", f"{len(written)} tables, {rows} rows, {readable.size(parquet)}"))
        lines.append(Line("smaller", size / parquet, "times"))
        cases = files / "fct_case.parquet"
        engines = {
            "published": lambda: rows_of(opened.cursor(), "fct_case"),
            "duckdb": lambda: rows_of(duckdb.connect(), f"'{cases}'"),
        } | clickhouse(cases)
        answers = {}
        for name, ask in engines.items():
            taken = [timed(ask) for _ in range(3)]
            answers[name] = taken[0][1]
            lines.append(Line(name, min(seconds for seconds, _ in taken), "s", f"{len(answers[name])} lines"))
        alike = all(answer == answers["published"] for answer in answers.values())
        lines.append(Line("alike", float(alike), "yes is 1"))
    return lines


def rows_of(con: duckdb.DuckDBPyConnection, table: str) -> list[tuple]:
    return as_told(con.execute(QUESTION.format(table=table, median="median")).fetchall())


def clickhouse(cases: Path) -> dict[str, Callable[[], list[tuple]]]:
    """ClickHouse, where it is installed in this environment."""
    try:
        import chdb
    except ImportError:
        return {}
    sql = QUESTION.format(table=f"file('{cases}')", median="quantileExactInclusive(0.5)")
    return {"clickhouse": lambda: as_told(json.loads(chdb.query(sql, "JSONCompact").bytes())["data"])}


def as_told(rows: Iterable[Sequence]) -> list[tuple]:
    """Lines as they are compared: engines write the first day of a month with and without a time."""
    return [
        (workflow, plant, str(month)[:10], int(cases), int(events), float(middle))
        for workflow, plant, month, cases, events, middle in rows
    ]


def timed(work: Callable[[], object]) -> tuple[float, object]:
    begun = time.perf_counter()
    result = work()
    return time.perf_counter() - begun, result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--warehouse", type=Path, help="a filled warehouse folder; made for the occasion unless given")
    parser.add_argument("--scale", type=int, default=54, help="copies of the demo plants; 54 is ten million events")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    with filled(given.warehouse, given.scale) as folder:
        lines = measured(folder)
    if given.json:
        print(json.dumps([asdict(line) | {"verdict": line.verdict} for line in lines], indent=1))
    else:
        for line in lines:
            print(f"{line.name:<12} {line.value:>9.3g} {line.unit:<9} {line.verdict:<7} {line.note}")
    raise SystemExit(any(line.verdict == "MISSED" for line in lines))


if __name__ == "__main__":
    main()
