#!/usr/bin/env python3
"""What is planted in the demo plants, and who found it: `make demo-truth`.

Exit code 1 when something planted was not found, something was found that nobody planted, or nothing is planted of a
rule.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from pathlib import Path

from rich.console import Console
from rich.table import Table

from etl.demo import with_incidents
from etl.demo.fill import fill
from etl.demo.truths import TRUTHS
from etl.refresh import Progress, utc_now
from queries import warehouse
from queries.config import Config
from tests.kpis.test_planted_truths import CHECKS, EXCEPTIONS, compared, figure


def main() -> int:
    console, now = Console(width=200), utc_now()
    with tempfile.TemporaryDirectory() as folder:
        fill(Path(folder), Config(), Progress(lambda text: None, lambda *rows: None, lambda what: None), now=now)
        opened = warehouse.open(warehouse=Path(folder))
        truths, lost = truth_table(opened)
        rules, wrong = rule_table(opened, with_incidents(now=now)[1])
    console.print(truths, rules)
    console.print(f"{len(TRUTHS)} truths, {lost} not found; {wrong} records not found or invented.")
    return int(bool(lost or wrong))


def truth_table(opened) -> tuple[Table, int]:
    """Each statement about a figure, the figure (or its ratios) and whether the KPI shows it; and how many do not."""
    table, lost = Table("KPI", "planted", "seen", "", box=None, title="Figures"), 0
    for truth in TRUTHS:
        seen = truth.figures(lambda cut, kpi=truth.kpi: figure(opened, kpi, cut))
        holds = truth.holds(lambda cut, kpi=truth.kpi: figure(opened, kpi, cut))
        lost += not holds
        told = ", ".join(f"{value:,.3g}" for value in seen)
        table.add_row(truth.kpi, truth.statement, told, "found" if holds else "NOT FOUND")
    return table, lost


def rule_table(opened, incidents) -> tuple[Table, int]:
    """Per exception and check: records planted, found, not found and invented; and how many of the last two in all."""
    table, wrong = Table("rule", "planted", "found", "not found", "invented", box=None, title="Records"), 0
    counts = {row["name"]: row["failed_count"] for row in warehouse.read(opened, "check_result").to_pylist()}
    for rule in (*EXCEPTIONS, *CHECKS):
        planted, found = compared(opened, rule, incidents)
        if planted == {(None, None, None)}:  # a check that names no records: they are counted
            number = Counter(one.rule for one in incidents)[rule]
            planted, found = set(range(number)), set(range(counts[rule]))
        wrong += faults(planted, found)
        missing, invented = sorted(map(str, planted - found)), sorted(map(str, found - planted))
        told = " ".join(missing[:5]) if planted else "NOTHING PLANTED"
        table.add_row(rule, str(len(planted)), str(len(found)), told, " ".join(invented[:5]))
    return table, wrong


def faults(planted: set, found: set) -> int:
    """How many records were not found or invented; a rule of which nothing is planted proves nothing, and is one."""
    return len(planted ^ found) or int(not planted)


if __name__ == "__main__":
    sys.exit(main())
