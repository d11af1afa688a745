"""How fast a published warehouse of ten million events answers what pages ask, and beside what else one could ask.

    python bench/queries.py [--scale 54] [--json]      # 54 copies of the demo plants, and a tenth of them for pm4py

| line | what | target |
|---|---|---|
| scoreboard | reading agg_kpi as the cards do: every KPI, clock, period and plant; 95th percentile | 20 ms |
| lists | every list of queries/lists, single records among them; 95th percentile of the slowest list | 150 ms |
| drill-down | the rows behind every KPI over 28 days that a page shows; 95th percentile of the slowest KPI | 150 ms |
| filtered | every KPI under filters on plant and one more dimension, over 28 days and 26 weeks; the slowest | 1 s |
| narrowed | every list that counts cases, of the product family and of the person that have most; the slowest | 1 s |
| pandas | a page's query against the same figures by pandas from the events; results equal | 20 times |
| pm4py | process figures of each workflow and plant against pm4py, a tenth of the events; results equal | 50 times |

Everything is asked once before it is timed, so that the disk does not count. Ratios are those of the one time that
theirs takes to the median of ours. Loading the events is not counted against pandas and pm4py, nor is bringing them
into the form that is quickest there.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import asdict, dataclass
from datetime import timedelta
from functools import partial
from itertools import product
from math import ceil, isclose
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402
import pyarrow as pa  # noqa: E402

from queries import approval, catalog, measure, narrow, warehouse  # noqa: E402
from queries.catalog import Kpi  # noqa: E402
from queries.warehouse import Warehouse  # noqa: E402

ROUNDS = 9
RECORDS = 20  # single records whose pages are asked for
SHOWN = 2000  # rows behind a number that a page shows
DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
QUANTILES = [0.5, 0.85, 0.95]
COLUMNS = {"case_id": "case", "activity_key": "activity", "timestamp_key": "event_at"}
FORM = {  # what long lists are read as; all others are read as rows
    "approval_step": lambda found: approval.steps(found.to_pydict()),
    "order_size": pa.Table.to_pandas,
}
FIELDS = 90  # from this rank on events are changes of fields, which are no steps of a process
TEXTS = ("wh/mo/00042", "P00017", "mo/", "000", "no such name")


@dataclass(frozen=True)
class Line:
    """One figure with its target: seconds or a ratio."""

    what: str
    value: float
    detail: str
    most: float | None = None
    least: float | None = None

    @property
    def is_met(self) -> bool:
        return (self.most is None or self.value <= self.most) and (self.least is None or self.value >= self.least)

    def __str__(self) -> str:
        if self.most is not None:
            text, target = f"{1000 * self.value:.1f} ms", f"at most {1000 * self.most:g} ms"
        else:
            text, target = f"{self.value:.0f} x", f"at least {self.least:g} x"
        return f"{self.what:<12} {text:>10}  ({target})  {'ok' if self.is_met else 'MISSED'}  {self.detail}"


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scale", type=int, default=54, help="copies of the demo plants")
    parser.add_argument("--warehouse", type=Path, help="a folder with demo plants published, instead of filling one")
    parser.add_argument("--small", type=Path, help="the same for pm4py")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    options = parser.parse_args()
    said = sys.stderr if options.json else sys.stdout
    print(f"{os.cpu_count()} cores", file=said)
    lines = []
    for line in measured(options):
        lines.append(asdict(line) | {"is_met": line.is_met})
        print(line, file=said, flush=True)
    if options.json:
        print(json.dumps({"cores": os.cpu_count(), "lines": lines}, indent=1))


def measured(options: argparse.Namespace) -> Iterator[Line]:
    """Line by line."""
    kpis = list(catalog.load().values())
    with filled(options.scale, options.warehouse) as folder:
        opened = warehouse.open(warehouse=folder)
        print(f"{_count(opened):,} events", file=sys.stderr)
        yield from (one(opened, kpis) for one in (scoreboard, lists, drill_down, filtered, narrowed))
        yield from against_pandas(opened, kpis)
    with filled(max(1, options.scale // 10), options.small) as folder:
        yield from against_pm4py(warehouse.open(warehouse=folder))


@contextmanager
def filled(scale: int, given: Path | None) -> Iterator[Path]:
    """The warehouse folder that is given, or one that is filled and goes away afterwards."""
    if given:
        yield given
        return
    with tempfile.TemporaryDirectory(prefix="bench-queries-") as folder:
        fill = [sys.executable, "-m", "etl", "demo", "--scale", str(scale)]
        environment = os.environ | {"OPS_WAREHOUSE": folder}
        subprocess.run(fill, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
        yield Path(folder)


def _count(opened: Warehouse) -> int:
    return opened.cursor().execute("select count(*) from fct_event").fetchone()[0]


def seconds(call: Callable[[], object]) -> list[float]:
    """How long each of ROUNDS calls took, after one that is not timed."""
    call()
    taken = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        call()
        taken.append(time.perf_counter() - started)
    return taken


def p95(taken: list[float]) -> float:
    return sorted(taken)[ceil(0.95 * len(taken)) - 1]


def slowest(taken: dict[str, list[float]]) -> tuple[float, str]:
    """The highest 95th percentile, and whose it is; the three slowest named."""
    ranked = sorted(((p95(times), name) for name, times in taken.items()), reverse=True)
    return ranked[0][0], ", ".join(f"{name} {1000 * value:.0f} ms" for value, name in ranked[:3])


def plants(opened: Warehouse) -> list[str]:
    return [row["plant"] for row in warehouse.read(opened, "plant").to_pylist()]


def scoreboard(opened: Warehouse, kpis: list[Kpi]) -> Line:
    taken = []
    for kpi, plant, period in product(kpis, [None, *plants(opened)], ("week", "28 days")):
        for clock in kpi.clocks:
            asked = {"period": period, "plant": plant, "clock": clock}
            taken += seconds(lambda kpi=kpi, asked=asked: measure.scoreboard(opened, kpi.name, **asked).to_pylist())
    return Line("scoreboard", p95(taken), f"95th percentile of {len(taken):,} reads", most=0.02)


def lists(opened: Warehouse, kpis: list[Kpi]) -> Line:
    records, usual = _sample(opened), _usual(opened)
    taken = {}
    for name, listing in catalog.lists().items():
        choices = [{parameter: usual[parameter] for parameter in listing.parameters if parameter in usual}]
        if "record_id" in listing.parameters:
            choices = records
        elif "text" in listing.parameters:
            choices = [{"text": text} for text in TEXTS]

        def read(name=name, form=FORM.get(name, pa.Table.to_pylist), **chosen):
            return form(warehouse.read(opened, name, **chosen))

        taken[name] = [one for chosen in choices for one in seconds(partial(read, **chosen))]
    value, detail = slowest(taken)
    return Line("lists", value, f"{len(taken)} lists; slowest: {detail}", most=0.15)


def _sample(opened: Warehouse) -> list[dict]:
    """RECORDS documents from all over the warehouse."""
    sql = """select instance, record_model, record_id from fct_case
        order by hash(record_model, record_id) limit $records"""
    return _rows(opened, sql, records=RECORDS)


def _usual(opened: Warehouse) -> dict:
    """What a page asks of the lists that need to be told: the last three months of a plant, and of whatever else the
    value that makes the most rows."""
    now, plant = opened.as_of, plants(opened)[0]
    [order] = _rows(opened, "select instance, record_id, name from fct_wait where plant = $plant limit 1", plant=plant)
    [touched] = _rows(
        opened,
        """select stands_at, kind from fct_touch where plant = $plant and is_closed
            group by all order by count(*) desc limit 1""",
        plant=plant,
    )
    most = {
        parameter: _most(opened, table, column)
        for parameter, table, column in (
            ("rule", "fct_deviation", "rule"),
            ("issue", "fct_error_issue_run", "issue"),
            ("interface", "fct_integration_transaction", "interface_key"),
            ("intervention", "fct_intervention", "kind"),
            ("kind", "fct_intervention", "kind"),
            ("machine", "fct_work_order", "work_center"),
            ("theme", "agg_defect_text", "theme"),
        )
    }
    return most | {
        "plant": plant,
        "plants": [plant],
        "families": [],
        "people": [],
        "kpi": "release_lead_time",
        "kpis": None,
        "clock": "elapsed",
        "period": "28 days",
        "by_plant": [],
        "by": "product",
        "most": SHOWN,
        "number": 1,
        "workflow": "production",
        "owner": None,
        "check": None,
        "order": order["name"],
        "key": "",
        "model": "mrp.production",
        "id": order["record_id"],
        "instance": order["instance"],
        "stands_at": touched["stands_at"],
        "touched": touched["kind"],
        "accepted": [],
        "subjects": [],
        "rules": list(catalog.exceptions()),
        "known_at": now,
        "started_at": now - 90 * DAY,
        "ended_at": None,
        "since_at": now - 90 * DAY,
        "until_at": now,
        "from_at": now - DAY / 3,
        "to_at": now,
        "from_on": (now - 90 * DAY).date(),
        "to_on": now.date(),
        "before_on": (now - 180 * DAY).date(),
        "trend_on": (now - 180 * DAY).date(),
    }


def _most(opened: Warehouse, table: str, column: str) -> object:
    """The value of a column that most rows have."""
    sql = f"select {column} as value from {table} where value is not null group by all order by count(*) desc limit 1"
    [row] = _rows(opened, sql)
    return row["value"]


def drill_down(opened: Warehouse, kpis: list[Kpi]) -> Line:
    end = opened.as_of.date() + timedelta(days=1)
    taken: dict[str, list[float]] = {}
    for kpi, filters in product(kpis, (None, {"plant": plants(opened)[:1]})):
        for clock in kpi.clocks:
            asked = {"filters": filters, "clock": clock, "limit": SHOWN}
            taken.setdefault(kpi.name, []).extend(
                seconds(
                    lambda kpi=kpi, asked=asked: measure.rows(opened, kpi, end - 4 * WEEK, end, **asked).to_pylist()
                )
            )
    value, detail = slowest(taken)
    return Line("drill-down", value, f"{len(taken)} KPIs; slowest: {detail}", most=0.15)


def filtered(opened: Warehouse, kpis: list[Kpi]) -> Line:
    end = opened.as_of.date() + timedelta(days=1)
    monday = opened.as_of.date() - timedelta(days=opened.as_of.weekday())
    taken: dict[str, list[float]] = {}
    for kpi in kpis:
        filters = _filters(opened, kpi)
        for clock, (start, stop, every) in product(
            kpi.clocks, [(end - 4 * WEEK, end, None), (monday - 26 * WEEK, monday, "week")]
        ):
            asked = {"filters": filters, "clock": clock, "every": every}
            taken.setdefault(kpi.name, []).extend(
                seconds(
                    lambda kpi=kpi, s=start, e=stop, asked=asked: measure.values(opened, kpi, s, e, **asked).to_pylist()
                )
            )
    value, detail = slowest(taken)
    return Line("filtered", value, f"{len(taken)} KPIs; slowest: {detail}", most=1.0)


def narrowed(opened: Warehouse, kpis: list[Kpi]) -> Line:
    usual, counted = _usual(opened), {*narrow.FACTS, *narrow.COUNTS}
    most = [{name: [_most(opened, "fct_case", name)]} for name in narrow.DIMENSIONS]
    taken: dict[str, list[float]] = {}
    for name, listing in catalog.lists().items():
        if catalog.depends_on(listing.sql, counted) and set(listing.parameters) <= usual.keys():
            asked = {parameter: usual[parameter] for parameter in listing.parameters}
            for cases in most:
                taken.setdefault(name, []).extend(
                    seconds(lambda name=name, cases=cases, asked=asked: warehouse.read(opened, name, cases, **asked))
                )
    value, detail = slowest(taken)
    return Line("narrowed", value, f"{len(taken)} lists; slowest: {detail}", most=1.0)


def _filters(opened: Warehouse, kpi: Kpi) -> dict[str, list[str]]:
    """One plant, and the most frequent value of another dimension in it."""
    others = [name for name in kpi.dimensions if name not in ("plant", "company")]
    found = measure.values(
        opened,
        kpi,
        opened.as_of.date() - 52 * WEEK,
        opened.as_of.date(),
        by=others[0],
        filters={"plant": plants(opened)[:1]},
    ).to_pylist()
    most = max(found, key=lambda row: row["n"], default={"cut": measure.NONE})
    return {"plant": plants(opened)[:1], others[0]: [most["cut"]]}


def against_pandas(opened: Warehouse, kpis: list[Kpi]) -> list[Line]:
    """Page queries against pandas over the loaded events; both must say the same."""
    named = {kpi.name: kpi for kpi in kpis}
    events = _events(opened)
    monday = opened.as_of.date() - timedelta(days=opened.as_of.weekday())
    some = plants(opened)[:2]

    def of_scoreboard(name: str) -> dict:
        found = measure.scoreboard(opened, name, period="week").to_pylist()
        final = [row for row in found if row["is_final"] and row["plant"] not in (None, measure.NONE)]
        return {(row["plant"], row["period_start"]): row["value"] for row in final}

    def of_two_plants(name: str) -> dict:
        found = measure.values(opened, named[name], monday - 13 * WEEK, monday, every="week", filters={"plant": some})
        return {("both", row["period_start"]): row["value"] for row in found.to_pylist() if row["is_final"]}

    def cycle_time_of_two_plants(events: pd.DataFrame) -> dict:
        return _cycle_time(events[events.plant.isin(some)].assign(plant="both"))

    lines = []
    for what, ours, theirs in (
        ("automated events per plant and week", lambda: of_scoreboard("automated_event_share"), _automated_share),
        ("cycle time per plant and week", lambda: of_scoreboard("production_cycle_time"), _cycle_time),
        ("untouched orders per plant and week", lambda: of_scoreboard("no_touch_share"), _no_touch_share),
        (
            "cycle time of two plants together, which agg_kpi has not",
            lambda: of_two_plants("production_cycle_time"),
            cycle_time_of_two_plants,
        ),
    ):
        started = time.perf_counter()
        expected = theirs(events)
        took = time.perf_counter() - started
        found = ours()
        for key, value in found.items():
            if value is not None and not isclose(value, expected[key], rel_tol=1e-9):
                raise AssertionError(f"{what}, {key}: {value} here, {expected[key]} by pandas")
        own = median(seconds(ours))
        detail = f"{what}: {1000 * own:.1f} ms against {took:.1f} s, {len(found)} values equal"
        lines.append(Line("pandas", took / own, detail, least=20))
    return lines


def _events(opened: Warehouse) -> pd.DataFrame:
    """fct_event of the orders, texts as categories: what pandas is fastest with."""
    table = (
        opened.cursor()
        .sql(
            """select record_model, record_id, plant, activity, field, new_value, recorded_by, actor_kind, event_at
                from fct_event where workflow in ('production', 'purchase') and told_by_model is null"""
        )
        .to_arrow_table()
    )
    for number, name in enumerate(table.column_names):
        if table.schema.field(name).type in (pa.string(), pa.large_string()):
            table = table.set_column(number, name, table[name].dictionary_encode())
    return table.to_pandas()


def _weekly(rows: pd.DataFrame, at: str, value: str, how: Callable) -> dict:
    """A figure per plant and week of `at`, by (plant, Monday)."""
    monday = rows[at].dt.normalize() - pd.to_timedelta(rows[at].dt.day_of_week, unit="D")
    found = how(rows.groupby([rows["plant"], monday], observed=True)[value])
    return {(plant, week.date()): figure for (plant, week), figure in found.items()}


def _automated_share(events: pd.DataFrame) -> dict:
    rows = events[events.actor_kind.isin(["human", "automation", "integration"]) & (events.recorded_by != "snapshot")]
    return _weekly(rows.assign(hit=rows.actor_kind != "human"), "event_at", "hit", lambda weeks: weeks.mean())


def _cycle_time(events: pd.DataFrame) -> dict:
    state = events[(events.record_model == "mrp.production") & (events.field == "state")]
    started = (
        state[state.new_value.isin(["progress", "to_close"])]
        .groupby("record_id")
        .agg(started_at=("event_at", "min"), plant=("plant", "first"))
    )
    done = state[state.new_value == "done"].groupby("record_id").event_at.max()
    cancelled = state[state.new_value == "cancel"].record_id.unique()
    rows = started[~started.index.isin(cancelled)].join(done.rename("done_at"))
    rows["seconds"] = (rows.done_at - rows.started_at).dt.total_seconds().fillna(np.inf)
    return _weekly(rows, "started_at", "seconds", lambda weeks: weeks.quantile(0.5, interpolation="lower"))


def _no_touch_share(events: pd.DataFrame) -> dict:
    document = ["record_model", "record_id"]
    closing = events[events.activity.isin(["done", "approved", "ordered"])]
    ended = closing.groupby(document, observed=True).agg(ended_at=("event_at", "max"), plant=("plant", "first"))
    human = events[(events.actor_kind == "human") & (events.recorded_by != "snapshot")]
    first = human.groupby(document, observed=True).event_at.min()
    rows = ended.join(first.rename("touched_at"))
    rows["hit"] = ~(rows.touched_at <= rows.ended_at)
    return _weekly(rows, "ended_at", "hit", lambda weeks: weeks.mean())


def against_pm4py(opened: Warehouse) -> list[Line]:
    """Process figures of every workflow and plant against pm4py; both must say the same."""
    with redirect_stdout(sys.stderr):  # it greets
        import pm4py

    steps, everything = (
        {part: pm4py.format_dataframe(log, **COLUMNS) for part, log in _logs(opened, which).items()}
        for which in (f"rank < {FIELDS}", "true")
    )

    def their_steps(log: pd.DataFrame) -> dict:
        counts, _, _ = pm4py.discover_dfg(log)
        waits, _, _ = pm4py.discover_performance_dfg(log)
        return {edge: (count, float(waits[edge]["median"])) for edge, count in counts.items()}

    def our_steps() -> dict:
        return _parts(
            opened,
            """select workflow, plant, from_activity, to_activity, step_count, median_wait_seconds from agg_dfg
                where from_activity <> 'start' and to_activity not in ('end', 'still open')""",
            lambda rows: {(row[0], row[1]): (row[2], row[3]) for row in rows},
        )

    def our_variants() -> dict:
        return _parts(
            opened,
            "select workflow, plant, variant, case_count from fct_variant",
            lambda rows: {tuple(variant.split(" > ")): count for variant, count in rows},
        )

    def their_durations(log: pd.DataFrame) -> list[float]:
        found = sorted(pm4py.get_all_case_durations(log))
        return [found[ceil(q * len(found)) - 1] for q in QUANTILES]

    def our_durations() -> dict:
        return _parts(
            opened,
            f"""select workflow, plant, quantile_disc(epoch(last_event_at - first_event_at), {QUANTILES})
                from fct_case where first_event_at is not null group by workflow, plant""",
            lambda rows: rows[0][0],
        )

    lines = []
    for what, logs, ours, theirs in (
        ("directly-follows graph with median waits", steps, our_steps, their_steps),
        ("variants", steps, our_variants, lambda log: dict(pm4py.get_variants(log))),
        ("durations of cases (50, 85, 95 %)", everything, our_durations, their_durations),
    ):
        started = time.perf_counter()
        expected = {part: theirs(log) for part, log in logs.items()}
        took = time.perf_counter() - started
        found = ours()
        for part, figures in expected.items():
            if found[part] != figures:
                raise AssertionError(f"{what} of {part}: {found[part]} here, {figures} by pm4py")
        own = median(seconds(ours))
        detail = (
            f"{what}: {1000 * own:.1f} ms against {took:.1f} s at {_count(opened):,} events, {len(logs)} parts equal"
        )
        lines.append(Line("pm4py", took / own, detail, least=50))
    return lines


def _parts(opened: Warehouse, sql: str, form: Callable[[list[tuple]], object]) -> dict[tuple[str, str], object]:
    """The rows of every workflow and plant, the first two columns, each in a form to compare."""
    found: dict[tuple[str, str], list[tuple]] = {}
    for workflow, plant, *rest in opened.cursor().execute(sql).fetchall():
        found.setdefault((workflow, plant), []).append(tuple(rest))
    return {part: form(rows) for part, rows in found.items()}


def _logs(opened: Warehouse, which: str) -> dict[tuple[str, str], pd.DataFrame]:
    """The event log of every workflow and plant, in the order of agg_dfg: the events of a condition."""
    sql = f"""
        select workflow, plant, record_model || ' ' || record_id as "case", activity, event_at
        from fct_event where {which} and plant is not null
        order by workflow, plant, record_model, record_id, event_at, rank, activity"""
    events = opened.cursor().sql(sql).df()
    return {part: log.reset_index(drop=True) for part, log in events.groupby(["workflow", "plant"])}


def _rows(opened: Warehouse, sql: str, **parameters) -> list[dict]:
    return opened.cursor().sql(sql, params=parameters).to_arrow_table().to_pylist()


if __name__ == "__main__":
    main()
