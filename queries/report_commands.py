"""Reports to keep, from the terminal: python -m queries report executive | automation."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from queries import decision, readable, report, warehouse
from queries.catalog import CatalogError
from queries.report import FORMATS, Report
from queries.report_automation import automation_review
from queries.report_executive import executive_pack
from queries.terminal import PLANT, check_plant, with_errors

FIRST_REVIEW = timedelta(weeks=13)
REVIEW = re.compile(r"automation_review_(\d{4}-\d\d-\d\d)\.(?:html|pdf)")
TO = Annotated[Path | None, typer.Option("--to", help="The folder; reports in the warehouse folder unless said.")]
FORMAT = Annotated[str | None, typer.Option("--format", help="html or pdf; both unless said.")]

app = typer.Typer(no_args_is_help=True, help="Reports to keep, as HTML and PDF.")


@app.command()
def executive(plant: PLANT = None, to: TO = None, kind: FORMAT = None) -> None:
    """What is out of the ordinary, headline KPIs by plant, budgets, exceptions, effects of changes, decisions."""

    def work() -> None:
        opened = warehouse.open()
        check_plant(opened, plant)
        decided = (decision.decisions(), decision.corrections(), decision.acceptances())
        _save(executive_pack(opened, *decided, _today(), plant), to, kind)

    with_errors(work)


@app.command()
def automation(
    since: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Day of the last review; by the newest one in the folder unless said."),
    ] = None,
    to: TO = None,
    kind: FORMAT = None,
) -> None:
    """Rules, scheduled actions, webhooks and flows: owner, use, failures, dead ones, changes since the last review."""

    def work() -> None:
        opened = warehouse.open()
        last = opened.as_of.date()
        first = since.date() if since else _last_review(to or _folder(), last) or last - FIRST_REVIEW
        if first > last:
            raise CatalogError(f"--since {first} lies after the data's last day, {last}: give an earlier one.")
        _save(automation_review(opened, decision.acceptances(), first, _today()), to, kind)

    with_errors(work)


def _today() -> date:
    return readable.utc_now().date()


def _folder() -> Path:
    return warehouse.folder() / "reports"


def _last_review(folder: Path, before: date) -> date | None:
    """The day of the newest review in a folder that is from an earlier day."""
    found = (REVIEW.fullmatch(path.name) for path in folder.glob("automation_review_*"))
    days = [date.fromisoformat(match[1]) for match in found if match]
    return max((day for day in days if day < before), default=None)


def _save(found: Report, to: Path | None, kind: str | None) -> None:
    if kind not in (None, *FORMATS):
        raise CatalogError(f"there is no format {kind!r}: use {' or '.join(FORMATS)}.")
    for path in report.save(found, to or _folder(), (kind,) if kind else FORMATS):
        print(path)
