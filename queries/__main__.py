"""Numbers without a browser: python -m queries kpi | rows | unblock | exceptions | issues | checks | budget ..."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import pyarrow as pa
import typer
from rich.table import Table

from queries import (
    brief_commands,
    budget_commands,
    catalog,
    cause_commands,
    deviation_commands,
    effect_commands,
    exception_commands,
    export_commands,
    harmonization_commands,
    interface_commands,
    issue_commands,
    measure,
    readable,
    report_commands,
    touch_commands,
    unblock_commands,
    wait_commands,
    warehouse,
)
from queries.catalog import CatalogError, Kpi
from queries.docs import render
from queries.terminal import (
    CLOCK,
    CSV,
    FROM,
    JSON,
    PLANT,
    TO,
    check_plant,
    named,
    period,
    row_table,
    with_errors,
    write,
)

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Plant Pulse: KPIs and the rows behind them.")


@app.command()
def kpi(
    names: Annotated[list[str] | None, typer.Argument(metavar="[NAME]...")] = None,
    plant: PLANT = None,
    first: FROM = None,
    last: TO = None,
    clock: CLOCK = "elapsed",
    known: Annotated[
        datetime | None, typer.Option("--as-known", formats=["%Y-%m-%d"], help="As known at the end of that day (UTC).")
    ] = None,
    as_json: JSON = False,
    as_csv: CSV = False,
) -> None:
    """Values, for all plants together and each plant: the last 28 days, or --from DATE --to DATE."""

    def work() -> None:
        write(_values(names or [], plant, first, last, clock, known), as_json, as_csv, _value_table)

    with_errors(work)


@app.command()
def restated(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]")] = None,
    since: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Known at the end of that day (UTC); a week ago.")
    ] = None,
    plant: PLANT = None,
    as_json: JSON = False,
    as_csv: CSV = False,
) -> None:
    """Weeks that were final then and say something else now."""
    with_errors(lambda: write(_restated(name, since, plant), as_json, as_csv, _restated_table))


@app.command()
def rows(
    name: str,
    plant: PLANT = None,
    first: FROM = None,
    last: TO = None,
    clock: CLOCK = "elapsed",
    as_json: JSON = False,
    as_csv: CSV = False,
) -> None:
    """The rows behind a number: the last 28 days, or --from DATE --to DATE."""
    with_errors(lambda: write(_rows(name, plant, first, last, clock), as_json, as_csv, row_table))


for command in (
    brief_commands.brief,
    unblock_commands.unblock,
    exception_commands.exceptions,
    exception_commands.checks,
    issue_commands.issues,
    issue_commands.issue,
    issue_commands.decide,
    effect_commands.effects,
    budget_commands.budget,
    budget_commands.misses,
    budget_commands.correct,
    budget_commands.withdraw,
    budget_commands.corrections,
    deviation_commands.conformance,
    deviation_commands.deviations,
    deviation_commands.exposure,
    deviation_commands.accept,
    deviation_commands.accepted,
    wait_commands.waits,
    touch_commands.touches,
    touch_commands.approvers,
    touch_commands.themes,
    cause_commands.causes,
    harmonization_commands.harmonization,
    interface_commands.interfaces,
    interface_commands.trace,
):
    app.command()(command)

app.add_typer(export_commands.app, name="export")
app.add_typer(report_commands.app, name="report")


@app.command("list")
def listing(
    name: Annotated[str | None, typer.Argument(help="One of the lists; without it, which there are.")] = None,
    given: Annotated[list[str] | None, typer.Argument(metavar="[KEY=VALUE]...", help="What it asks for.")] = None,
    as_json: JSON = False,
    as_csv: CSV = False,
) -> None:
    """The lists that pages show, such as the intervals counted as working time: list counted_interval."""
    with_errors(lambda: write(_list(name, given or []), as_json, as_csv, row_table))


@app.command()
def docs(check: Annotated[bool, typer.Option("--check", help="Only say whether it is up to date.")] = False) -> None:
    """Write docs/kpis.md from the KPI files."""

    def work() -> None:
        path, text = Path("docs/kpis.md"), render()
        if not check:
            path.write_text(text, encoding="utf-8")
        elif not path.exists() or path.read_text(encoding="utf-8") != text:
            raise CatalogError(f"{path} does not say what the KPI files say: run `make docs`.")

    with_errors(work)


def _restated(name: str | None, since: datetime | None, plant: str | None) -> pa.Table:
    opened = warehouse.open()
    check_plant(opened, plant)
    if name is not None:
        named(catalog.load(), name)
    moment = since + timedelta(days=1) if since else opened.as_of - timedelta(days=7)
    return measure.restated(opened, moment, name, plant=plant)


def _values(names, plant, first, last, clock, known=None) -> list[dict]:
    opened = warehouse.open()
    check_plant(opened, plant)
    if known is not None:
        return _known(opened, names, plant, first, last, clock, known)
    found = []
    for one in _chosen(catalog.load(), names, clock):
        if first is None and last is None:
            table = measure.scoreboard(opened, one.name, plant=plant, clock=clock).to_pylist()
            newest = max((row["period_start"] for row in table), default=None)
            verdicts = {
                row["plant"]: row
                for row in warehouse.read(opened, "verdict").to_pylist()
                if (row["kpi"], row["clock"]) == (one.name, clock)
            }
            lines = [
                _answer(opened, one, row, row["plant"], clock, verdicts.get(row["plant"]))
                for row in table
                if row["period_start"] == newest
            ]
        else:
            start, end = period(opened.moment(one.sql), first, last)
            filters = {"plant": [plant]} if plant else None
            lines = [
                _answer(opened, one, row, row["cut"] or None, clock)
                for by in ((None, "plant") if plant is None else ("plant",))
                for row in measure.values(opened, one, start, end, by=by, filters=filters, clock=clock).to_pylist()
            ]
        found += lines or [_no_case(one, opened, plant, first, last, clock)]
    return found


def _known(opened, names, plant, first, last, clock, known: datetime) -> list[dict]:
    """The newest 28 days as they were known at the end of a day."""
    if first or last:
        raise CatalogError("--as-known shows the 28 days as they were published then: leave --from and --to out.")
    found = []
    for one in _chosen(catalog.load(), names, clock):
        table = measure.known(opened, known + timedelta(days=1), one.name, plant=plant, clock=clock).to_pylist()
        end = max((row["period_end"] for row in table), default=None)
        lines = [
            _answer(opened, one, row, row["plant"], clock) | {"as_of": row["as_of"]}
            for row in table
            if row["period_end"] == end
        ]
        found += lines or [
            _no_case(one, opened, plant, first, last, clock) | {"reason": f"nothing known on {known:%d %b %Y}"}
        ]
    return found


def _rows(name, plant, first, last, clock) -> pa.Table:
    opened = warehouse.open()
    check_plant(opened, plant)
    one = named(catalog.load(), name)
    start, end = period(opened.moment(one.sql), first, last)
    filters = {"plant": [plant]} if plant else None
    return measure.rows(opened, one, start, end, filters=filters, clock=clock)


def _list(name: str | None, given: list[str]) -> pa.Table:
    lists = catalog.lists()
    if name is None:
        found = [
            {"list": one.name, "asks for": ", ".join(one.parameters), "definition": one.definition}
            for one in lists.values()
        ]
        return pa.Table.from_pylist(found)
    if name not in lists:
        raise CatalogError(f"there is no list {name!r}: use one of {', '.join(lists)}.")
    pairs = dict(pair.partition("=")[::2] for pair in given)
    asked = lists[name].parameters
    if set(pairs) != set(asked):
        keys = " ".join(f"{key}=..." for key in asked) or "nothing else"
        raise CatalogError(f"list {name} asks for {keys}; leave a value empty where there is none.")
    values = {key: _value(key, text) for key, text in pairs.items()}
    opened = warehouse.open()
    check_plant(opened, values.get("plant"))
    return warehouse.read(opened, name, **values)


def _value(key: str, text: str) -> str | int | datetime | None:
    """A parameter as its name says: a number, a moment or a text."""
    try:
        if key.endswith("_id"):
            return int(text) if text else None
        if key.endswith("_at"):
            return datetime.fromisoformat(text) if text else None
    except ValueError as error:
        what = "a number" if key.endswith("_id") else "a moment (UTC) such as 2026-03-02 08:30"
        raise CatalogError(f"{key}={text}: write {what}.") from error
    return text or None


def _chosen(kpis: dict[str, Kpi], names: list[str], clock: str) -> list[Kpi]:
    """The KPIs named, which must have the clock; without names all that have it."""
    if clock not in catalog.CLOCKS:
        raise CatalogError(f"there is no {clock} clock: use {' or '.join(catalog.CLOCKS)}.")
    chosen = [named(kpis, name) for name in names] or [one for one in kpis.values() if clock in one.clocks]
    for one in chosen:
        if clock not in one.clocks:
            raise CatalogError(f"KPI {one.name} has no {clock} clock: use {' or '.join(one.clocks)}.")
    if not chosen:
        raise CatalogError(f"no KPI has a {clock} clock yet: leave --clock out.")
    return chosen


def _answer(opened, one: Kpi, row: dict, plant: str | None, clock: str, verdict: dict | None = None) -> dict:
    """A line: the value, the days it is of, and what its newest final week is against the baseline."""
    judged = verdict or dict.fromkeys(("period_start", "verdict", "shift_since", "verdict_reason"))
    start, end = measure.covered(row)
    return {
        "name": one.name,
        "kpi": one.name,
        "title": one.title,
        "value": row["value"],
        "value_closed": row["value_closed"],
        "unit": "seconds" if one.unit == "duration" else one.unit,
        "statistic": one.statistic,
        "low": row["low"],
        "high": row["high"],
        "n": row["n"],
        "n_open": row["n_open"],
        "n_unmeasured": row.get("n_unmeasured"),
        "coverage": measure.coverage(row["n"], row.get("n_unmeasured")),
        "is_final": row["is_final"],
        "plant": plant,
        "from": start,
        "to": end - timedelta(days=1),
        "clock": clock,
        "as_of": opened.moment(one.sql),
        "reason": row["reason"],
        "verdict": judged["verdict"],
        "verdict_week": judged["period_start"],
        "shift_since": judged["shift_since"],
        "verdict_reason": judged["verdict_reason"],
    }


def _no_case(one: Kpi, opened, plant: str | None, first, last, clock: str) -> dict:
    """The line of a plant that has not a single case of a KPI, ever."""
    start, end = period(opened.moment(one.sql), first, last)
    row = dict.fromkeys(("value", "value_closed", "low", "high")) | {"n": 0, "n_open": 0, "is_final": False}
    row |= {"period_start": start, "period_end": end, "reason": "no case of this plant"}
    return _answer(opened, one, row, plant, clock)


def _value_table(found: list[dict]) -> Table:
    clocks = {row["clock"] for row in found}
    heading = "working time" if clocks == {"working"} else "value"
    table = Table("KPI", "plant", heading, "n", "open", "known", "period (UTC)", "newest final week", box=None)
    for row in found:
        unit = row["unit"]
        if unit == "seconds":
            unit = readable.WORKING_TIME if row["clock"] == "working" else "duration"
        value = row["reason"]
        if row["value"] is not None:
            value = f"{readable.measured(row['value'], unit)} ({_qualified(row, unit)})"
        table.add_row(
            row["title"],
            row["plant"] or "all",
            value,
            str(row["n"]),
            str(row["n_open"]),
            "" if row["coverage"] is None else f"{int(row['coverage'] * 100)} %",
            f"{row['from']} to {row['to']}",
            readable.verdict(row["verdict"], row["shift_since"], row["verdict_reason"]),
        )
    return table


def _qualified(row: dict, unit: str) -> str:
    """What a value is, and what stands beside it: what ended cases alone would say, or the 95 % interval."""
    said = [row["statistic"]]
    if row["value_closed"] is not None and row["value_closed"] != row["value"]:
        said.append(f"closed only {readable.measured(row['value_closed'], unit)}")
    if row["low"] is not None:
        said.append(f"{readable.measured(row['low'], unit)} to {readable.measured(row['high'], unit)}")
    return ", ".join(said)


def _restated_table(found: list[dict]) -> Table:
    kpis = catalog.load()
    table = Table("KPI", "plant", "week", "then", "now", "n then, now", "known (UTC)", box=None)
    for row in found:
        unit = kpis[row["kpi"]].unit if row["kpi"] in kpis else "index"
        unit = readable.WORKING_TIME if row["clock"] == "working" and unit == "duration" else unit
        table.add_row(
            f"{row['kpi']} ({row['clock']})",
            row["plant"] or "all",
            str(row["period_start"]),
            readable.measured(row["value_then"], unit),
            readable.measured(row["value_now"], unit) if row["value_now"] is not None else row["reason_now"],
            f"{row['n_then']}, {row['n_now'] or 0}",
            f"{row['known_at']:%d %b %H:%M}",
        )
    return table


if __name__ == "__main__":
    app()
