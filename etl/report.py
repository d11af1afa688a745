"""Prints what etl/check.py and etl/check_beside.py found: the verdict first, then a table, then the remedies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from rich.console import Console
from rich.table import Table
from rich.text import Text

from etl.check import Account, Gap, Model, Report
from etl.check_beside import Place

STYLES = {"ok": "green", "absent": "dim", "refused": "bold red", "failed": "bold red"}


def as_json(reports: list[Report], beside: list[Place]) -> dict:
    """For machines: everything, and whether all is well."""
    return {
        "ok": all(one.ok for one in (*reports, *beside)),
        "instances": [{"ok": report.ok} | asdict(report) for report in reports],
        "beside": [{"ok": place.ok} | asdict(place) for place in beside],
    }


def show(report: Report, console: Console) -> None:
    """One Odoo, for people."""
    console.print(Text(verdict(report), style="bold green" if report.ok else "bold red"))
    for line in _facts(report):
        _line(console, line)
    console.print()
    console.print(_table(report))
    _show_gaps(console, report.gaps, report.kpi_count)
    _show_notes(console, report.notes)


def show_beside(place: Place, console: Console) -> None:
    """One n8n or inbox, for people."""
    console.print()
    console.print(Text(f"{place.kind} {place.name}: {verdict(place)}", style="bold green" if place.ok else "bold red"))
    for line in place.facts:
        _line(console, line)
    _show_gaps(console, place.gaps)
    _show_notes(console, place.notes)


def _show_gaps(console: Console, gaps: list[Gap], kpi_count: int = 0) -> None:
    if gaps:
        console.print()
        console.print(Text("What is missing, the dearest first", style="bold"))
        for number, gap in enumerate(gaps, 1):
            _show_gap(console, number, gap, kpi_count)


def _show_notes(console: Console, notes: list[str]) -> None:
    if notes:
        console.print()
        console.print(Text("Worth knowing", style="bold"))
        for note in notes:
            _line(console, f"- {note}")


def verdict(found: Report | Place) -> str:
    """One sentence."""
    needed = sum(gap.needed for gap in found.gaps)
    useful = len(found.gaps) - needed
    if needed:
        return f"{needed} {'thing is' if needed == 1 else 'things are'} missing{_more(useful)}."
    return f"Plant Pulse can read everything it needs{_more(useful)}."


def next_step(found: Sequence[Report | Place]) -> str:
    """What to do after the look at all of them."""
    if not all(one.ok for one in found):
        return "Next: close what is missing, the first remedy first, then run the check again."
    leave = "close the gaps or leave them; " if any(one.gaps for one in found) else ""
    return f"Next: {leave}`make run` loads the last 90 days and serves them."


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
