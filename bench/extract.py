"""How fast Odoo is read, as ratios measured in one run against one real Odoo 19 with volume.

    make odoo && .venv/bin/python tests/live/flows.py --truth /tmp/truth.json     # once: a server with finished orders
    make bench                                                                    # or: python bench/extract.py [--json]

The first run clones finished orders until the database of that server holds 60 000 production orders, 300 000 messages,
400 000 tracked changes and 240 000 stock moves (a minute or two); `odoo_server.py reset` gives the small one back.

| ratio | what |
|---|---|
| odoorpc / ours | a plain odoorpc loop (search_read, names read too, 5 000 rows by ascending id) against ours |
| ours / bare | rows per second over one stream against the same calls one after the other, answers thrown away |
| streams | rows per second over 2 and 4 streams against 1 |
| direct / COPY | rows per second straight from PostgreSQL against a bare COPY of the same columns by psql |
| night / full | a refresh's extraction of all sources after a day that changed 1 % of the rows, against the first |
| memory | peak of the process for four times the rows |
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import odoorpc  # noqa: E402
import psycopg  # noqa: E402

from bench import volume  # noqa: E402
from etl import extract, landing, load, odoo, plan, postgres, refresh, resolve  # noqa: E402
from etl.odoo import Odoo  # noqa: E402
from etl.source import Source, discover, tracked_models  # noqa: E402
from etl.streams import Streams  # noqa: E402
from queries import config  # noqa: E402

MODELS = ("mrp_production", "mail_message", "mail_tracking_value", "stock_move")
PARTS = ("transport", "direct", "night", "memory")
MEMORY_ROWS = 60_000


@dataclass(frozen=True)
class Line:
    """One figure: a ratio, what it is made of, and the target it must keep."""

    what: str
    ratio: float
    detail: str
    least: float | None = None
    most: float | None = None

    @property
    def ok(self) -> bool:
        return (self.least is None or self.ratio >= self.least) and (self.most is None or self.ratio <= self.most)


class Bench:
    """The Odoo of the live tests, and scratch folders for what is landed."""

    def __init__(self, server: dict[str, str]):
        self.server = server
        os.environ.update({name: server[name] for name in ("ODOO_URL", "ODOO_DB", "ODOO_USER", "ODOO_API_KEY")})
        os.environ.pop("OPS_CONFIG", None)
        [self.login] = refresh.logins(config.Config(instances=config._environment_instance(())))
        self.tracked = tracked_models(discover().values())
        self.scratch = Path(tempfile.mkdtemp(prefix="bench-"))
        self.runs = 0

    def odoo(self, streams: int) -> Odoo:
        return odoo.connect(replace(self.login, streams=streams, pg_dsn=""))

    def folder(self) -> Path:
        self.runs += 1
        folder = self.scratch / "landing" / f"20260101T{self.runs:06d}Z"
        folder.mkdir(parents=True)
        return folder

    def read(self, opened: Odoo, source: Source, direct: postgres.Postgres | None = None) -> tuple[float, int, Path]:
        """Lands a source from nothing: seconds, rows, and where."""
        folder = self.folder()
        mode = plan.Mode(refresh.utc_now())
        started = time.perf_counter()
        resolved = resolve.resolve_one(opened, source, self.tracked)
        extract.read(Streams(opened), resolved, self.tracked, folder, plan.Known(), no_report, mode, direct)
        return time.perf_counter() - started, landing.read_done(folder, source, "odoo")["ids"], folder


def no_report(*facts) -> None:
    pass


def transport(bench: Bench) -> list[Line]:
    """Our extraction over one, two and four streams beside a plain odoorpc loop and beside the bare calls."""
    seconds = dict.fromkeys(("classic", "bare", 1, 2, 4), 0.0)
    rows, per_model = 0, []
    for name in MODELS:
        source = discover()[name]
        took = {}
        for streams in (2, 1, 4):
            opened = bench.odoo(streams)
            calls = record(opened) if streams == 1 else []
            took[streams], found, folder = bench.read(opened, source)
            shutil.rmtree(folder)
            if streams == 1:
                took["bare"] = replay(bench.odoo(1), calls)
        took["classic"], classic_rows = classic(bench, source)
        assert classic_rows == found, f"{name}: the plain loop read {classic_rows} rows, ours {found}"
        rows += found
        per_model.append((name, found, took))
        for key in seconds:
            seconds[key] += took[key]
        tell(f"{name}: {found} rows; " + ", ".join(f"{key} {value:.1f} s" for key, value in took.items()))
    default = config.Instance("odoo").streams
    parts = ", ".join(f"{name} {took['classic'] / took[default]:.1f}" for name, _, took in per_model)
    bare = ", ".join(f"{name} {took['bare'] / took[1]:.2f}" for name, _, took in per_model)
    return [
        Line(
            f"odoorpc / ours ({default} streams, the default)",
            seconds["classic"] / seconds[default],
            f"{rows} rows: {seconds['classic']:.0f} s / {seconds[default]:.0f} s; {parts}",
            least=3,
        ),
        Line("odoorpc / ours (1 stream)", seconds["classic"] / seconds[1], f"{seconds[1]:.0f} s"),
        Line(
            "ours / bare (1 stream)", seconds["bare"] / seconds[1], f"bare {seconds['bare']:.0f} s; {bare}", least=0.9
        ),
        Line(
            "2 streams / 1", seconds[1] / seconds[2], f"{rows / seconds[2]:.0f} rows/s; {os.cpu_count()} cores for all"
        ),
        Line("4 streams / 1", seconds[1] / seconds[4], f"{rows / seconds[4]:.0f} rows/s; Odoo has 2 workers"),
    ]


def record(opened: Odoo) -> list[tuple]:
    """The list that every call of a connection is noted in."""
    calls, call = [], opened.transport.call

    def noting(model, method, arguments):
        calls.append((model, method, dict(arguments)))
        return call(model, method, arguments)

    opened.transport.call = noting
    return calls


def replay(opened: Odoo, calls: list[tuple]) -> float:
    """The same calls one after the other; seconds."""
    started = time.perf_counter()
    for model, method, arguments in calls:
        opened.transport.call(model, method, dict(arguments))
    return time.perf_counter() - started


def classic(bench: Bench, source: Source) -> tuple[float, int]:
    """What a script does: odoorpc, search_read with names, by ascending id; seconds and rows."""
    opened = bench.odoo(1)
    resolved = resolve.resolve_one(opened, source, bench.tracked)
    domain = resolve.domain_of(source, bench.tracked, resolved.fields)
    fields = resolved.asked_for(computed=False)
    host, port = bench.login.url.removeprefix("http://").split(":")
    client = odoorpc.ODOO(host, port=int(port), timeout=600)
    client.login(bench.login.database, bench.login.user, bench.server["ODOO_PASSWORD"])
    started = time.perf_counter()
    rows, last = 0, 0
    while True:
        page = client.execute_kw(
            resolved.model,
            "search_read",
            [[*domain, ("id", ">", last)]],
            {"fields": fields, "limit": extract.PAGE_ROWS, "order": "id", "context": {"active_test": False}},
        )
        if not page:
            return time.perf_counter() - started, rows
        rows, last = rows + len(page), page[-1]["id"]


def direct(bench: Bench) -> list[Line]:
    """From PostgreSQL to durable pages, and on into the raw tables, beside a bare COPY of the same columns."""
    dsn = bench.server["PG_DSN"]
    database = postgres.Postgres(dsn, "PG_DSN", "odoo")
    opened = bench.odoo(config.Instance("odoo").streams)
    database.check(opened)
    con = load.open_work(bench.scratch / "warehouse-direct")
    total = dict.fromkeys(("copy", "pages", "ours", "load"), 0.0)
    rows = 0
    for name in MODELS:
        source = discover()[name]
        copy = bare_copy(database, opened, source, bench)
        ours, found, folder = bench.read(opened, source, database)
        facts = landing.read_done(folder, source, "odoo")
        assert facts["direct"], f"{name} was not read from PostgreSQL: {facts['not_direct']}"
        known = landing.plan_path(folder, source, "odoo").stat().st_mtime  # the ids to read, durable
        durable = max(page.stat().st_mtime for page in landing.page_paths(folder, source, "odoo"))
        started = time.perf_counter()
        load.load_source(con, source, "odoo", folder, refresh.utc_now())
        loaded = time.perf_counter() - started
        took = {"copy": copy, "pages": durable - known, "ours": ours, "load": loaded}
        tell(f"{name}: {found} rows; " + ", ".join(f"{key} {value:.2f} s" for key, value in took.items()))
        rows += found
        for key in total:
            total[key] += took[key]
        shutil.rmtree(folder)
    con.close()
    return [
        Line(
            "direct / COPY, rows known to durable pages",
            total["copy"] / total["pages"],
            f"{rows} rows: COPY {total['copy']:.1f} s / {total['pages']:.1f} s, {rows / total['pages']:.0f} rows/s",
            least=0.4,
        ),
        Line(
            "direct / COPY, with Odoo's answer which rows",
            total["copy"] / total["ours"],
            f"{total['ours']:.1f} s, {rows / total['ours']:.0f} rows/s",
            least=0.4,
        ),
        Line(
            "direct / COPY, to the raw tables of DuckDB",
            total["copy"] / (total["ours"] + total["load"]),
            f"{total['ours'] + total['load']:.1f} s, {rows / (total['ours'] + total['load']):.0f} rows/s",
        ),
    ]


def bare_copy(database: postgres.Postgres, opened: Odoo, source: Source, bench: Bench) -> float:
    """Seconds psql takes to throw away the same columns of the table, and of the tables of its links."""
    resolved = resolve.resolve_one(opened, source, bench.tracked)
    stored = {name: field for name, field in resolved.fields.items() if not source.fields[name].computed}
    reader = database.reader(opened, source, resolved.model, stored)
    names = ["id", *sorted({column.name for column in reader.columns.values() if column.name} - {"id"})]
    copies = [f"copy {reader.table} ({', '.join(names)}) to stdout"]
    copies += [
        f"copy {link[0]} ({link[1]}, {link[2]}) to stdout" for link in (c.link for c in reader.columns.values()) if link
    ]
    started = time.perf_counter()
    for copy in copies:
        subprocess.run(["psql", "-X", bench.server["PG_DSN"], "-c", copy], stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - started


class Quiet:
    """A progress that says nothing."""

    say = rows = building = staticmethod(no_report)


def night(bench: Bench) -> list[Line]:
    """Everything a refresh does up to landing, all sources: from nothing, and after a day of changes."""
    volume.settle(bench.server["PG_DSN"])
    warehouse = bench.scratch / "warehouse-night"
    con = load.open_work(warehouse)
    configured = config.Config(instances=config._environment_instance(()))
    took, read = {}, {}
    for which in ("full", "night"):
        if which == "night":
            changed = volume.change(bench.server["PG_DSN"])
            tell(f"changed: {changed}")
        started = time.perf_counter()
        [connection], _ = refresh.open_all(con, configured, refresh.Request(), None, Quiet)
        folder, _ = landing.start_run(warehouse, refresh.utc_now(), which)
        refresh.land(con, folder, connection, Quiet, plan.Mode(refresh.utc_now()))
        took[which] = time.perf_counter() - started
        instance = ("odoo", bench.server["ODOO_URL"], connection.odoo.version, connection.odoo.transport.name)
        loaded = refresh._load(con, folder, discover(), [instance], refresh.utc_now())
        read[which] = sum(item.read for item in loaded)
        tell(f"{which}: {read[which]} rows read in {took[which]:.1f} s")
    con.close()
    detail = f"{took['night']:.1f} s ({read['night']} rows) / {took['full']:.1f} s ({read['full']} rows), all sources"
    return [Line("night / full", took["night"] / took["full"], detail, most=1 / 20)]


def memory(bench: Bench) -> list[Line]:
    """Peak memory of a process that lands a fourth of the stock moves, and of one that lands four times as many."""
    lines = []
    for how in ("odoo", "postgres"):
        peaks = []
        for rows in (MEMORY_ROWS, 4 * MEMORY_ROWS):
            done = subprocess.run(
                [sys.executable, __file__, "--child", how, "--rows", str(rows)], capture_output=True, text=True
            )
            if done.returncode:
                raise RuntimeError(done.stderr[-2000:])
            peaks.append(json.loads(done.stdout)["megabytes"])
        detail = f"{MEMORY_ROWS} rows {peaks[0]:.0f} MB, {4 * MEMORY_ROWS} rows {peaks[1]:.0f} MB"
        lines.append(Line(f"memory of 4N / N rows, from {how}", peaks[1] / peaks[0], detail, most=1.25))
    return lines


def child(bench: Bench, how: str, rows: int) -> None:
    """Lands the first stock moves and prints the peak memory of this process."""
    opened = bench.odoo(config.Instance("odoo").streams)
    last = opened.search("stock.move", [], limit=rows)[-1]
    source = replace(discover()["stock_move"], domain=(("id", "<=", last),))
    database = postgres.Postgres(bench.server["PG_DSN"], "PG_DSN", "odoo") if how == "postgres" else None
    bench.read(opened, source, database)
    [peak] = [line.split()[1] for line in Path("/proc/self/status").read_text().splitlines() if line[:6] == "VmHWM:"]
    print(json.dumps({"megabytes": int(peak) / 1024}))


def tell(text: str) -> None:
    print(f"  {text}", file=sys.stderr, flush=True)


def server_environment() -> dict[str, str]:
    script = ROOT / "tests/live/odoo_server.py"
    said = subprocess.run([sys.executable, str(script), "env"], stdout=subprocess.PIPE, text=True)
    if said.returncode:
        sys.exit(said.returncode)
    return json.loads(said.stdout)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--part", action="append", choices=PARTS, help="only this part; may be repeated")
    parser.add_argument("--child", choices=("odoo", "postgres"), help=argparse.SUPPRESS)
    parser.add_argument("--rows", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    bench = Bench(server_environment())
    try:
        if options.child:
            child(bench, options.child, options.rows)
            return
        found = volume.fill(bench.server["PG_DSN"])
        tell(", ".join(f"{table} {rows}" for table, rows in found.items()))
        lines = [line for part in options.part or PARTS for line in globals()[part](bench)]
    except (RuntimeError, psycopg.Error) as error:
        sys.exit(f"bench: {error}")
    finally:
        shutil.rmtree(bench.scratch, ignore_errors=True)
    if options.json:
        print(json.dumps([vars(line) | {"ok": line.ok} for line in lines], indent=1))
        return
    width = max(len(line.what) for line in lines)
    for line in lines:
        target = f">= {line.least:g}" if line.least else f"<= {line.most:g}" if line.most else ""
        print(f"{line.what:<{width}}  {line.ratio:7.3f}  {target:<8} {'' if line.ok else 'MISSED':<6}  {line.detail}")


if __name__ == "__main__":
    main()
