"""Reports to keep, from the terminal: python -m queries report executive | automation."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from queries import decision, readable, report, warehouse
from queries.catalog import CatalogError
from queries.report import FORMATS, Report
from queries.report_automation import automation_review, last_held
from queries.report_executive import executive_pack
from queries.subject import REVIEW
from queries.terminal import PLANT, check_plant, with_errors

FIRST_REVIEW = timedelta(weeks=13)
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
        typer.Option(formats=["%Y-%m-%d"], help="The first day; that of the last review that was held unless said."),
    ] = None,
    held_by: Annotated[
        str | None, typer.Option("--held-by", help="Who holds the review: the next one begins where it ends.")
    ] = None,
    note: Annotated[str, typer.Option(help="What the review came to; kept with it.")] = "",
    to: TO = None,
    kind: FORMAT = None,
) -> None:
    """Rules, scheduled actions, webhooks and flows: owner, use, failures, dead ones, changes since the last review."""

    def work() -> None:
        if note and not held_by:
            raise CatalogError("--note is kept with a review: say by --held-by who holds it.")
        opened = warehouse.open()
        day = opened.as_of.date()
        last = last_held(decision.decisions(), day)
        first = since.date() if since else last.decided_at.date() if last else day - FIRST_REVIEW
        if first > day:
            raise CatalogError(f"--since {first} lies after the data's last day, {day}: give an earlier one.")
        _save(automation_review(opened, decision.acceptances(), first, _today(), last), to, kind)
        if held_by:
            number = decision.decide(held_by, decision.ACKNOWLEDGEMENT, REVIEW, note)
            print(
                f"Decision {number}: {held_by} held this review; "
                f"`.venv/bin/python -m queries withdraw {number}` takes it back."
            )

    with_errors(work)


def _today() -> date:
    return readable.utc_now().date()


def _folder() -> Path:
    return warehouse.folder() / "reports"


def _save(found: Report, to: Path | None, kind: str | None) -> None:
    if kind not in (None, *FORMATS):
        raise CatalogError(f"there is no format {kind!r}: use {' or '.join(FORMATS)}.")
    for path in report.save(found, to or _folder(), (kind,) if kind else FORMATS):
        print(path)
