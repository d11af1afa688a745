"""How long all marts and the scoreboard take to build over the demo plants, and with how much memory.

    python bench/marts.py [--scale 54] [--json]      # 54 copies of the demo plants: about ten million events

| line | what |
|---|---|
| seconds | publishing the loaded warehouse (marts, exceptions, scoreboard, checks): two threads, memory_limit 1.5 GB |
| memory | peak resident memory of that process |
| ten times the events | its seconds against those for a tenth of the events, in the same run |
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from etl import load, publish, refresh, systems  # noqa: E402
from etl.demo.fill import configured  # noqa: E402
from queries import config  # noqa: E402

MEMORY_LIMIT, THREADS = "1.5GB", 2
PHASES = ("marts", "exceptions", "scoreboard", "checks")  # marts are built two at a time: none has a time of its own
TARGETS = {"seconds": 90.0, "megabytes": 2048.0, "ratio": 12.0}


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scale", type=int, default=54, help="copies of the demo plants, 10 or more")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        print(json.dumps(build(options.child)))
        return
    if options.scale < 10:
        parser.error("--scale must be 10 or more: a tenth of it is measured too")
    small, large = measured(options.scale // 10), measured(options.scale)
    large["ratio"] = large["seconds"] / small["seconds"] * small["events"] / large["events"] * 10
    if options.json:
        print(json.dumps({"small": small, "large": large, "targets": TARGETS}, indent=1))
        return
    for name, text in (
        ("seconds", f"{large['seconds']:.1f} s for {large['events']:,} events"),
        ("megabytes", f"{large['megabytes']:,.0f} MB at most, memory_limit {MEMORY_LIMIT}, {THREADS} threads"),
        ("ratio", f"{large['ratio']:.1f} times the seconds for ten times {small['events']:,} events"),
    ):
        state = "ok" if large[name] <= TARGETS[name] else "MISSED"
        print(f"{name:<10} {text} (at most {TARGETS[name]:g}) {state}")
    for phase, seconds in large["phases"].items():
        print(f"  {seconds:6.1f} s  {phase}")


def measured(scale: int) -> dict:
    """Publishes so many copies of the demo plants in a process of its own: events, seconds, megabytes, phases."""
    with tempfile.TemporaryDirectory(prefix="bench-marts-") as folder:
        environment = os.environ | {"OPS_WAREHOUSE": folder}
        fill = [sys.executable, "-m", "etl", "demo", "--scale", str(scale)]
        subprocess.run(fill, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
        done = subprocess.run(
            [sys.executable, __file__, "--child", folder], cwd=ROOT, env=environment, stdout=subprocess.PIPE, check=True
        )
        return json.loads(done.stdout)


def build(warehouse: Path) -> dict:
    """Publishes a loaded warehouse once more: what that took, phase by phase."""
    con = load.open_work(warehouse)
    con.execute(f"set memory_limit = '{MEMORY_LIMIT}'")
    con.execute(f"set threads = {THREADS}")
    begun: dict[str, float] = {}
    as_of = refresh.utc_now()
    run = as_of.strftime("%Y%m%dT%H%M%SZ")
    load.book_run(con, run, as_of, status="running")
    started = time.perf_counter()
    publish.publish(
        con, warehouse, run, as_of, list(systems.every().values()), configured(config.load()),
        lambda step: begun.setdefault(step if step in PHASES else PHASES[0], time.perf_counter()),
    )  # fmt: skip
    ended = time.perf_counter()
    published = warehouse / f"ops_{run}.duckdb"
    con.execute(f"attach '{published}' as ops (read_only)")
    [events] = con.execute("select count(*) from ops.main.fct_event").fetchone()
    con.close()
    [peak] = [line.split()[1] for line in Path("/proc/self/status").read_text().splitlines() if line[:6] == "VmHWM:"]
    ends = [*list(begun.values())[1:], ended]
    took = {phase: end - begin for (phase, begin), end in zip(begun.items(), ends, strict=True)}
    return {"events": events, "seconds": ended - started, "megabytes": int(peak) / 1024, "phases": took}


if __name__ == "__main__":
    main()
