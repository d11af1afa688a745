"""Prints what etl/check.py found: the verdict first, then a table, then the remedies."""

from __future__ import annotations

from dataclasses import asdict

from rich.console import Console
from rich.table import Table
from rich.text import Text

from etl.check import Account, Gap, Model, Report

STYLES = {"ok": "green", "absent": "dim", "refused": "bold red", "failed": "bold red"}


def as_json(reports: list[Report]) -> dict:
    """For machines: everything, and whether all is well."""
    return {
        "ok": all(report.ok for report in reports),
        "instances": [{"ok": report.ok} | asdict(report) for report in reports],
    }


def show(report: Report, console: Console) -> None:
    """One Odoo, for people."""
    console.print(Text(verdict(report), style="bold green" if report.ok else "bold red"))
    for line in _facts(report):
        _line(console, line)
    console.print()
    console.print(_table(report))
    if report.gaps:
        console.print()
        console.print(Text("What is missing, the dearest first", style="bold"))
        for number, gap in enumerate(report.gaps, 1):
            _show_gap(console, number, gap, report.kpi_count)
    if report.notes:
        console.print()
        console.print(Text("Worth knowing", style="bold"))
        for note in report.notes:
            _line(console, f"- {note}")


def verdict(report: Report) -> str:
    """One sentence."""
    needed = sum(gap.needed for gap in report.gaps)
    useful = len(report.gaps) - needed
    if needed:
        return f"{needed} {'thing is' if needed == 1 else 'things are'} missing{_more(useful)}."
    return f"Plant Pulse can read everything it needs{_more(useful)}."


def _more(useful: int) -> str:
    return f"; {useful} more would be useful" if useful else ""


def _facts(report: Report) -> list[str]:
    who = report.account
    compared = f", compared with {report.administrator}" if report.administrator else ""
    return [
        f"Odoo {report.version} at {report.url}, database {report.database} ({report.seconds} s{compared})",
        f"{report.transport.upper()}: {report.transport_reason}",
        f"User {who.login}, {_companies(who)}",
    ]


def _companies(who: Account) -> str:
    named = f"{len(who.companies)} compan{'y' if len(who.companies) == 1 else 'ies'}: {', '.join(who.companies)}"
    if who.other_companies:
        return f"{named}; not in {', '.join(who.other_companies)}"
    return f"{named} ({'all there are' if who.knows_all_companies else 'whether there are more, it may not know'})"


def _table(report: Report) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("model", no_wrap=True)
    table.add_column("state", no_wrap=True)
    table.add_column("rows", justify="right")
    if report.administrator:
        table.add_column("hidden", justify="right")
    table.add_column("remarks", overflow="fold")
    for model in report.models:
        cells = [Text(model.model), Text(model.state, style=STYLES[model.state]), _number(model.rows)]
        if report.administrator:
            cells.append(_number(model.hidden_rows or None))
        table.add_row(*cells, Text("; ".join(_remarks(model))))
    return table


def _remarks(model: Model) -> list[str]:
    parts = []
    tracked = model.tracked_fields or []
    if tracked:
        parts.append(f"tracks {', '.join(tracked) if len(tracked) < 4 else f'{len(tracked)} fields'}")
    if model.untracked_fields:
        parts.append(f"does not track {', '.join(model.untracked_fields)}")
    if model.hidden_fields:
        parts.append(f"hides {', '.join(model.hidden_fields)}")
    missing = [name for name in model.missing_fields if name not in model.hidden_fields]
    if missing:
        parts.append(f"lacks {', '.join(missing)}")
    if model.state != "ok":
        parts.append(model.without)
    return parts


def _number(value: int | None) -> Text:
    return Text("" if value is None else str(value))


def _show_gap(console: Console, number: int, gap: Gap, kpi_count: int) -> None:
    _line(console, f"{number}. {gap.what}")
    for cost in gap.cost:
        _line(console, f"   costs  {cost}")
    if gap.kpis:
        lost = f"all {kpi_count}" if len(gap.kpis) == kpi_count else ", ".join(gap.kpis)
        _line(console, f"   KPIs   {lost}")
    _line(console, f"   remedy {gap.remedy}.")


def _line(console: Console, text: str) -> None:
    console.print(text, soft_wrap=True, highlight=False, markup=False)
