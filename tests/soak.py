#!/usr/bin/env python3
"""Wear: kill refreshes at random moments, and query while versions are published.

    python tests/soak.py kills --rounds 200 --seed 1      # the real Odoo where one is up, and a small plant
    python tests/soak.py readers --queries 10000

`kills` ends a refresh with SIGKILL, at any moment or within a chosen phase, over full and incremental runs with rows
changed in between. After every kill what CURRENT names must open with all marts; after the next run that ends, every
row must be there once, as Odoo has it. `readers` asks from threads while other versions are published: no query may
fail, and every answer must be that of one version. A tenth of both is among the tests.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import types
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

import duckdb  # noqa: E402
import pyarrow as pa  # noqa: E402

from etl import extract, landing, load, odoo, publish, refresh  # noqa: E402
from etl.source import discover  # noqa: E402
from queries import catalog, config, warehouse  # noqa: E402
from tests.conftest import PLANTS, SILENT, Chatter  # noqa: E402

PHASES = (
    *("starting", "connecting", "reading", "loading", "building"),
    *("renaming", "pointing", "retiring", "booking", "ended"),
)
CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["tests.soak"])


class Broken(AssertionError):
    """What must hold did not; the message says what and in which round."""


def hold(condition: object, what: str) -> None:
    if not condition:
        raise Broken(what)


# ---------------------------------------------------------------- what is refreshed


@dataclass
class SmallPlant:
    """Production orders made up here: short runs, for kills while they are loaded and published."""

    folder: Path
    name: str = "load and publish"
    orders: dict[int, int] = field(default_factory=lambda: dict.fromkeys(range(1, 301), 0))

    def change(self, dice: random.Random) -> None:
        """Some orders change, some are new, some are gone."""
        for order in dice.sample(sorted(self.orders), 20):
            self.orders[order] += 1
        for order in dice.sample(sorted(self.orders), 3):
            del self.orders[order]
        newest = max(self.orders)
        self.orders |= dict.fromkeys(range(newest + 1, newest + 1 + dice.randint(4, 9)), 0)

    def expected(self) -> dict[str, list[tuple]]:
        return {"mrp_production": [(order, f"MO/{order}/{version}") for order, version in sorted(self.orders.items())]}

    def run(self, full: bool) -> refresh.Outcome:
        """Lands, loads and publishes the plant as it is now."""
        folder, _ = landing.start_run(self.folder, refresh.utc_now(), f"soak {os.getpid()} {time.monotonic()}")
        chatter = Chatter()
        rows = []
        for order, version in self.orders.items():
            made = datetime(2026, 1, 1) + timedelta(hours=order % 900)
            product = {"product_id": 1, "company_id": 1 + order % 2, "picking_type_id": 1 + order % 2}
            rows.append(
                {"id": order, "name": f"MO/{order}/{version}", "state": "confirmed", "created_at": made} | product
            )
            chatter.say(str(made + timedelta(hours=1)), "mrp.production", order, state=("Draft", "Confirmed"))
        con = load.open_work(self.folder)
        before = load.known(con, discover()["mrp_production"], "soak").ids.tolist()
        con.close()
        for name, given in (PLANTS | chatter.records | {"mrp_production": rows}).items():
            source = discover()[name]
            complete = [dict.fromkeys(source.columns) | {"instance": "soak"} | row for row in given]
            table = pa.Table.from_pylist(complete, source.schema)
            if source.has_cursor:
                table = table.append_column("_cursor", pa.nulls(table.num_rows, pa.timestamp("us")))
            landing.write_table(landing.page_path(folder, source, "soak", 0), table)
            ids = table["id"].unique()
            plan = pa.table({"id": ids, "is_open": pa.repeat(False, len(ids))})
            landing.write_table(landing.plan_path(folder, source, "soak"), plan)
            if name == "mrp_production":
                gone = pa.array(sorted({*before} - {*self.orders}), pa.int64())
                gone = pa.table({"id": gone, "reason": pa.repeat("deleted", len(gone))})
                landing.write_table(landing.gone_path(folder, source, "soak"), gone)
            fields = {name: name for name in source.fields}
            facts = {"absent": False, "fields": fields, "ids": table.num_rows, "swept": True}
            landing.write_done(folder, source, "soak", facts)
        return refresh.load_landed(self.folder, config.Config(), folder, "soak", "19.0", refresh.utc_now(), SILENT)


@dataclass
class RealOdoo:
    """The Odoo of tests/live: kills while it is read, too."""

    folder: Path
    environment: dict[str, str]
    dsn: str
    name: str = "real Odoo"
    added: list[int] = field(default_factory=list)
    round: int = 0

    def change(self, dice: random.Random) -> None:
        """Names of partners and orders change, currency rates come and go."""
        import psycopg

        self.round += 1
        now = "(now() at time zone 'utc')"
        with psycopg.connect(self.dsn, autocommit=True) as database:
            for table, column in (("res_partner", "name"), ("mrp_production", "origin")):
                ids = [row[0] for row in database.execute(f"select id from {table} order by id").fetchall()]
                database.execute(
                    f"update {table} set {column} = %s, write_date = {now} where id = any(%s)",
                    [f"soak {self.round}", dice.sample(ids, min(5, len(ids)))],
                )
            made = database.execute(
                f"""insert into res_currency_rate (currency_id, company_id, name, rate, create_date, write_date)
                    select (select min(id) from res_currency), null, date '1990-01-01' + %s + n, 1.5, {now}, {now}
                    from generate_series(1, 4) as n returning id""",
                [self.round * 5],
            ).fetchall()
            self.added += [row[0] for row in made]
            gone = [self.added.pop(dice.randrange(len(self.added))) for _ in range(2)]
            database.execute("delete from res_currency_rate where id = any(%s)", [gone])

    def expected(self) -> dict[str, list[tuple]]:
        reader = odoo.connect(self.login())
        found = {}
        for source, column in (("res_partner", "name"), ("mrp_production", "origin"), ("res_currency_rate", "rate")):
            rows = reader.rows(discover()[source].model, [], [column])
            found[source] = [(row["id"], row[column] if row[column] is not False else None) for row in rows]
        return found

    def login(self) -> odoo.Login:
        os.environ.update(self.environment)
        return refresh.logins(config.load())[0]

    def run(self, full: bool) -> refresh.Outcome:
        self.login()
        return refresh.refresh(self.folder, config.load(), SILENT, refresh.Request(full=full))


def real_odoo(folder: Path) -> RealOdoo | None:
    """The running Odoo of tests/live, or None."""
    server = [sys.executable, str(ROOT / "tests/live/odoo_server.py")]
    if subprocess.run([*server, "status"], capture_output=True).returncode != 0:
        return None
    found = json.loads(subprocess.run([*server, "env"], capture_output=True, text=True, check=True).stdout)
    names = ("ODOO_URL", "ODOO_DB", "ODOO_USER", "ODOO_API_KEY")
    return RealOdoo(folder, {name: found[name] for name in names}, found["PG_DSN"])


# ---------------------------------------------------------------- a run that can be killed


def work(plant: SmallPlant | RealOdoo, full: bool, phase) -> None:
    """The child: one run, telling in which phase it is; a scoreboard of a few weeks will do."""
    publish.SCOREBOARD_WEEKS = 4
    _tell(phase, "reading", extract, "read")
    _tell(phase, "loading", load, "load_source")
    _tell(phase, "building", publish, "_build")
    _tell(phase, "renaming", publish, "_release")
    _tell(phase, "retiring", publish, "retire")
    _tell(phase, "booking", publish, "_book")
    _tell(phase, "pointing", landing, "write_text_atomically", lambda path, *rest: path.name == "CURRENT")
    phase.value = PHASES.index("connecting")
    plant.run(full)
    phase.value = PHASES.index("ended")


def _tell(phase, name: str, module, function: str, when=lambda *arguments: True) -> None:
    original = getattr(module, function)

    def telling(*arguments, **named):
        if when(*arguments):
            phase.value = max(phase.value, PHASES.index(name))
        return original(*arguments, **named)

    setattr(module, function, telling)


def start(plant, full: bool):
    phase = CONTEXT.Value("i", 0, lock=False)
    return child(work, plant, full, phase), phase


def child(target, *arguments):
    """A process that runs `target`, started. Of a test session it takes no main module: Streamlit's tests leave a page
    there, which cannot run in it."""
    process, main = CONTEXT.Process(target=target, args=arguments), sys.modules["__main__"]
    if __name__ != "__main__":
        sys.modules["__main__"] = types.ModuleType("__main__")
    try:
        process.start()
    finally:
        sys.modules["__main__"] = main
    return process


def complete(plant, full: bool = False) -> float:
    """A run to its end; its seconds."""
    started = time.monotonic()
    process, _ = start(plant, full)
    process.join()
    hold(process.exitcode == 0, f"a run over {plant.name} ended with exit code {process.exitcode}")
    return time.monotonic() - started


def kill(plant, full: bool, dice: random.Random, seconds: float) -> str:
    """Starts a run and kills it, at any moment or within a phase; the phase it died in."""
    process, phase = start(plant, full)
    if dice.random() < 0.5:
        time.sleep(dice.uniform(0, seconds))
    else:
        target = dice.randrange(PHASES.index("reading"), PHASES.index("ended"))
        while phase.value < target and process.is_alive():
            time.sleep(0.0005)
        time.sleep(dice.choice([0, 0, 0.001, 0.005, 0.02, dice.uniform(0, seconds / 4)]))
    process.kill()
    process.join()
    hold(process.exitcode in (0, -9), f"a run over {plant.name} ended by itself with exit code {process.exitcode}")
    return PHASES[phase.value]


# ---------------------------------------------------------------- what must hold


def check_current(folder: Path) -> None:
    """What CURRENT names, if anything, is a whole file that is what it says."""
    version = warehouse.current_version(folder)
    if version is None:
        hold(not (folder / "CURRENT").exists(), "CURRENT is empty")
        return
    hold((folder / version).exists(), f"CURRENT names {version}, which is not there")
    hold(not (folder / f"{version}.wal").exists(), f"{version} has a write-ahead log beside it")
    con = duckdb.connect(str(folder / version), read_only=True)
    try:
        for table in [*catalog.marts(), "agg_kpi", "check_result", "source_state", "run", "version", "fct_exception"]:
            con.execute(f"select count(*) from {table}").fetchall()
        [(run, status)] = con.execute("select run, status from version inner join run using (run)").fetchall()
    finally:
        con.close()
    hold(version == f"ops_{run}.duckdb" and status == "published", f"{version} says it is {run}, {status}")
    warehouse.open(warehouse=folder).connection.close()


def check_rows(plant) -> int:
    """Every row is there once and as it should be, no version of it twice; returns how many rows were compared."""
    expected, compared = plant.expected(), 0
    con = duckdb.connect(str(plant.folder / "work.duckdb"), read_only=True)
    try:
        for source, rows in expected.items():
            column = {"mrp_production": "name" if plant.name == "load and publish" else "origin"}.get(source)
            column = column or {"res_partner": "name", "res_currency_rate": "rate"}[source]
            found = con.execute(f"select id, {column} from stg_{source} order by id").fetchall()
            hold(found == rows, f"{source}: {_difference(found, rows)}")
            columns = ", ".join(discover()[source].columns)
            [[twice]] = con.execute(
                f"""select count(*) from (
                        select hash({columns}) as now, lag(now) over (partition by id order by _valid_from) as before,
                            _valid_from, lag(_valid_to) over (partition by id order by _valid_from) as ended
                        from raw.{source})
                    where before is not null and (ended is null or ended > _valid_from
                        or (now = before and ended = _valid_from))"""
            ).fetchall()
            hold(twice == 0, f"{source}: {twice} versions of a row twice, or at the same time")
            compared += len(rows)
        unsettled = con.execute("select run, status from run where status = 'running'").fetchall()
        hold(not unsettled, f"runs are still booked as running: {unsettled}")
        current = warehouse.current_version(plant.folder)[4:-7]
        booked = con.execute("select status, published_at is not null from run where run = ?", [current]).fetchall()
        hold(booked == [("published", True)], f"the published run {current} is booked as {booked}")
    finally:
        con.close()
    for pattern in (".build_*", "*.part", "ops_*.wal"):
        hold(not list(plant.folder.glob(pattern)), f"left behind: {[p.name for p in plant.folder.glob(pattern)]}")
    return compared


def _difference(found: list, rows: list) -> str:
    lost, extra = sorted(set(rows) - set(found), key=str)[:3], sorted(set(found) - set(rows), key=str)[:3]
    return f"{len(found)} rows in place of {len(rows)}; lost {lost}, not in Odoo {extra}"


# ---------------------------------------------------------------- commands


def kills(plants: list, rounds: int, seed: int, tell=lambda text: None) -> str:
    """Kills `rounds` runs; a summary. Broken says what did not hold."""
    dice, began = random.Random(seed), time.monotonic()
    phases, checked, rows, per_plant = Counter(), 0, 0, Counter()
    seconds = {plant.name: complete(plant) for plant in plants}
    for number in range(1, rounds + 1):
        plant = plants[number % len(plants)]
        plant.change(dice)
        try:
            phase = kill(plant, dice.random() < 0.3, dice, seconds[plant.name])
            check_current(plant.folder)
            if dice.random() < 0.7 or number > rounds - len(plants):  # otherwise the next run is killed as well
                complete(plant, full=dice.random() < 0.2)
                check_current(plant.folder)
                rows += check_rows(plant)
                checked += 1
        except (Broken, duckdb.Error, warehouse.WarehouseMissing) as error:
            raise Broken(f"round {number} of seed {seed}, over {plant.name}: {error}") from error
        phases[phase] += 1
        per_plant[plant.name] += 1
        tell(f"{number} of {rounds}: killed while {phase}, over {plant.name}")
    died = ", ".join(f"{phase} {phases[phase]}" for phase in PHASES if phases[phase])
    over = ", ".join(f"{count} over {name}" for name, count in per_plant.items())
    return (
        f"kills: {rounds} with SIGKILL, seed {seed} ({over}), while {died}. CURRENT whole after {rounds} of {rounds}; "
        f"rows right after {checked} of {checked} next runs ({rows} compared, 0 lost, 0 doubled). "
        f"{time.monotonic() - began:.0f} s."
    )


def publisher(plant: SmallPlant, seed: int, stop, told) -> None:
    """The child of `readers`: one version after the other, telling what each holds by itself."""
    dice = random.Random(seed)
    while not stop.is_set():
        plant.change(dice)
        outcome = plant.run(full=False)
        told.put((outcome.version, _content(plant.folder, outcome.version)))


def readers(plant: SmallPlant, queries: int, seed: int, versions: int = 6, threads: int = 4) -> str:
    """Queries from threads while versions are published; a summary. Broken says what did not hold."""
    began, stop, told = time.monotonic(), CONTEXT.Event(), CONTEXT.Queue()
    first = plant.run(full=False)
    expected = {first.version: _content(plant.folder, first.version)}
    process = child(publisher, plant, seed, stop, told)
    opened: dict[str, warehouse.Warehouse] = {}
    lock, answers, errors = threading.Lock(), [], []

    def ask(dice: random.Random) -> None:
        while len(answers) < queries or len(expected) < versions:
            if errors or not process.is_alive() or time.monotonic() - began > 900:
                return
            started = time.monotonic()
            try:
                version = warehouse.current_version(plant.folder)
                if dice.random() < 0.02:  # like the command line: a connection of its own
                    answer = _answer(warehouse.open(warehouse=plant.folder, version=version))
                else:  # like the dashboard: one connection for all threads, a cursor for each query
                    with lock:
                        if version not in opened:
                            opened[version] = warehouse.open(warehouse=plant.folder, version=version)
                    answer = _answer(opened[version])
                answers.append((version, time.monotonic() - started, *answer))
            except Exception as error:
                errors.append(f"{type(error).__name__}: {error}")
            while not told.empty():
                name, content = told.get()
                expected[name] = content

    asking = [threading.Thread(target=ask, args=(random.Random(seed + n),)) for n in range(threads)]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join()
    stop.set()
    while process.is_alive() or not told.empty():
        if told.empty():
            process.join(0.05)
        else:
            name, content = told.get()
            expected[name] = content
    hold(process.exitcode == 0, f"the publisher ended with exit code {process.exitcode}")
    hold(not errors, f"a query failed after {len(answers)}: {errors[:1]}")
    seen = Counter(version for version, *_ in answers)
    for version, _, run, orders, documents in answers:
        right = expected[version]
        hold((run, orders, documents) == right, f"{version}: {(run, orders, documents)} in place of {right}")
    hold(len(set(expected.values())) == len(expected), "versions do not differ: the test says nothing")
    hold(len(seen) >= 2, f"only {len(seen)} version was seen: the test says nothing")
    took = sorted(seconds for _, seconds, *_ in answers)
    return (
        f"readers: {len(answers)} queries from {threads} threads over {len(seen)} versions while {len(expected)} were "
        f"published, 0 errors, 0 answers of another or a mixed version; median {took[len(took) // 2] * 1000:.1f} ms, "
        f"longest {took[-1] * 1000:.0f} ms. {time.monotonic() - began:.0f} s."
    )


QUESTION = """
    select (select run from version), (select count(*) from fct_production_order),
        (select count(*) from dim_document where record_model = 'mrp.production')"""


def _answer(opened: warehouse.Warehouse) -> tuple:
    return opened.cursor().execute(QUESTION).fetchone()


def _content(folder: Path, version: str) -> tuple:
    """What a version answers to somebody who has nothing else open."""
    con = duckdb.connect(str(folder / version), read_only=True)
    try:
        return con.execute(QUESTION).fetchone()
    finally:
        con.close()


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=["kills", "readers"])
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--queries", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    folder = Path(tempfile.mkdtemp(prefix="plant-pulse-soak-"))
    plant = SmallPlant(folder / "small")
    try:
        if options.command == "readers":
            print(readers(plant, options.queries, options.seed))
        else:
            found = real_odoo(folder / "odoo")
            if found is None:
                print("No real Odoo is up (`make odoo`): kills while reading are left out.", file=sys.stderr)
            plants = [plant] if found is None else [plant, found]
            print(kills(plants, options.rounds, options.seed, lambda text: print(text, file=sys.stderr)))
    except Broken as error:
        print(f"Broken: {error}. The warehouse is kept in {folder}.", file=sys.stderr)
        return 1
    shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
