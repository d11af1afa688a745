"""What keeps failing in integrations, and what becomes of it, from the terminal."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from difflib import get_close_matches
from typing import Annotated

import typer
from rich.table import Table

from queries import decision, readable, subject, warehouse
from queries import issue as of
from queries.budget_commands import DAY, ROLE, WHO
from queries.catalog import CatalogError
from queries.terminal import CSV, JSON, PLANT, check_plant, row_table, show, with_errors, write
from queries.warehouse import Warehouse

# What is decided in a word, as `queries decide` takes it.
VERBS = {
    "ack": decision.ACKNOWLEDGEMENT,
    "own": decision.ASSIGNMENT,
    "mute": decision.MUTE,
    "resolve": decision.RESOLUTION,
    "comment": decision.COMMENT,
    "reopen": decision.REOPENING,
}
KEY = Annotated[str, typer.Argument(metavar="KEY", help="As `queries issues` prints it, or how it begins.")]


def issues(
    plant: PLANT = None,
    state: Annotated[str | None, typer.Option(help=f"One of {', '.join(subject.STATES)}.")] = None,
    as_json: JSON = False,
    as_csv: CSV = False,
) -> None:
    """What keeps failing in integrations, alike failures as one issue: open ones first, then by stuck runs."""

    def work() -> None:
        if state not in (None, *subject.STATES):
            raise CatalogError(f"there is no state {state!r}: use one of {', '.join(subject.STATES)}.")
        opened = warehouse.open()
        check_plant(opened, plant)
        found = [row for row in _issues(opened, plant) if state in (None, row["state"])]
        write(found, as_json, as_csv, _issue_table)

    with_errors(work)


def issue(key: KEY, plant: PLANT = None, as_json: JSON = False, as_csv: CSV = False) -> None:
    """One issue: the runs that failed of it with their records, and what was decided about it; as CSV the runs."""

    def work() -> None:
        opened = warehouse.open()
        check_plant(opened, plant)
        found = _known(_issues(opened, plant), key)
        runs = warehouse.read(opened, "error_issue_run", issue=found["issue"], plant=plant).to_pylist()
        said = [asdict(one) for one in decision.decisions() if one.subject == found["subject"]]
        if as_json:
            write([found | {"runs": runs, "decisions": said}], as_json, as_csv, row_table)
        elif as_csv:
            write(runs, as_json, as_csv, row_table)
        else:
            show(_about(found))
            print()
            show(_run_table(runs))
            if said:
                print()
                show(_decision_table(said))

    with_errors(work)


def decide(
    what: Annotated[str, typer.Argument(metavar="|".join(VERBS))],
    about: Annotated[str, typer.Argument(metavar="SUBJECT", help="The key of an issue, or a subject of exceptions.")],
    who: WHO,
    why: Annotated[str, typer.Option(help="Why; ack and own may do without.")] = "",
    owner: Annotated[str | None, typer.Option(help="own: who is to see to it; without it, who decides.")] = None,
    until: Annotated[
        datetime | None, typer.Option(formats=DAY, help="mute: last day on which it is muted (UTC).")
    ] = None,
    role: ROLE = None,
) -> None:
    """Say what becomes of an error issue, an exception or a record: nothing is erased, and `queries withdraw` takes it
    back. What was resolved is open again when it is seen later than that."""

    def work() -> None:
        if what not in VERBS:
            raise CatalogError(f"nothing is decided by {what!r}: use one of {', '.join(VERBS)}.")
        for option, given, verb in (("--owner", owner, "own"), ("--until", until, "mute")):
            if given and what != verb:
                raise CatalogError(f"{option} is for `decide {verb}`: leave it out.")
        name, plants = _subject(warehouse.open(), about, VERBS[what])
        number = decision.decide(
            who,
            VERBS[what],
            name,
            why,
            owner=owner or who,
            until_on=until and until.date(),
            plants=plants,
            role=role,
        )
        print(
            f"Decision {number}: {VERBS[what]} of {name}; "
            f"`.venv/bin/python -m queries withdraw {number}` takes it back."
        )

    with_errors(work)


def _issues(opened: Warehouse, plant: str | None = None) -> list[dict]:
    return of.issues(opened, decision.decisions(scope=opened.scope), plant)


def _known(found: list[dict], key: str) -> dict:
    """The issue whose key begins so."""
    keys = [row["issue"] for row in found]
    alike = [row for row in found if row["issue"].startswith(key)] if key else []
    if len(alike) == 1:
        return alike[0]
    if alike:
        raise CatalogError(f"several issues begin with {key!r}: {', '.join(row['issue'] for row in alike[:5])}.")
    near = get_close_matches(key, keys, n=1)
    hint = f"did you mean {near[0]!r}?" if near else "`.venv/bin/python -m queries issues` prints those there are."
    raise CatalogError(f"there is no issue {key!r}: {hint}")


def _subject(opened: Warehouse, about: str, what: str) -> tuple[str, tuple[str, ...]]:
    """The subject that is meant, and the plants that are decided for; CatalogError where there is none and never
    was."""
    kind, _, key = about.partition(":")
    if kind == subject.ISSUE or not key:
        found = _known(_issues(opened), key or kind)
        return found["subject"], of.plants(found, what)
    if kind == subject.EXCEPTION:
        rows = warehouse.read(opened, "open_exception").to_pylist()
        known = {subject.of_exception(row): row["plant"] for row in rows}
    elif kind == subject.RECORD:
        standing = warehouse.read(opened, "stuck").to_pylist()
        known = {subject.of_record(row): row["plant"] for row in [*standing, *_records(opened, key)]}
    else:
        raise CatalogError(f"{about!r} is no subject: use the key of an issue, exception:… or record:….")
    earlier = {one.subject: one.plant for one in decision.decisions(scope=opened.scope)}
    if about not in earlier | known:
        raise CatalogError(
            f"there is no {about!r}: `.venv/bin/python -m queries exceptions --json` prints subjects of exceptions."
        )
    plant = (earlier | known)[about]
    return about, (plant,) if plant else ()


def _records(opened: Warehouse, key: str) -> list[dict]:
    """The record INSTANCE:MODEL,ID, where there is one."""
    instance, _, reference = key.rpartition(":")
    model, _, number = reference.rpartition(",")
    if not number.isdigit():
        raise CatalogError(
            f"record:{key} names no record: write record:INSTANCE:MODEL,ID, as record:main:sale.order,12."
        )
    about = {"instance": instance, "record_model": model, "record_id": int(number)}
    return warehouse.read(opened, "record_header", **about).to_pylist()


def _issue_table(found: list[dict]) -> Table:
    head = ("issue", "flow", "what", "plants", "since (UTC)", "last", "runs", "7 days", "stuck", "holds up", "state")
    table = Table(*head, box=None)
    for row in found:
        table.add_row(
            row["issue"],
            row["flow_name"] or "",
            of.what(row),
            row["plants"] or "",
            readable.moment(row["first_seen_at"]),
            readable.moment(row["last_seen_at"]),
            readable.number(row["run_count"]),
            of.trend(row),
            readable.number(row["stuck_run_count"]) if row["stuck_run_count"] else "",
            of.stuck(row),
            row["standing"],
        )
    return table


def _about(row: dict) -> Table:
    owner = f", owner {row['state_owner']}" if row["state_owner"] and row["state"] != "owned" else ""
    table = Table(show_header=False, box=None)
    for name, told in (
        ("issue", row["issue"]),
        ("flow", f"{row['flow_name']} ({row['source']}, {row['instance']})"),
        ("what", of.what(row)),
        ("last text", row["example"] or ""),
        ("plants", row["plants"] or "none"),
        ("first and last (UTC)", f"{readable.moment(row['first_seen_at'])}, {readable.moment(row['last_seen_at'])}"),
        ("runs", f"{readable.number(row['run_count'])}, {readable.number(row['stuck_run_count'])} of them stuck"),
        ("last 7 days", of.trend(row)),
        ("behind them", of.stuck(row)),
        ("state", row["standing"] + owner),
    ):
        if told:
            table.add_row(name, told)
    return table


def _run_table(found: list[dict]) -> Table:
    table = Table("failed (UTC)", "plant", "run", "stands", "record", "holds up", "text", box=None)
    for row in found:
        table.add_row(
            readable.moment(row["failed_at"]),
            row["plant"] or "none",
            row["event_key"],
            row["status"] + (" (stuck)" if row["is_stuck"] else ""),
            row["name"] or (f"{row['record_model']},{row['record_id']}" if row["record_id"] else ""),
            readable.held_up(row),
            row["error_text"] or "",
        )
    return table


def _decision_table(found: list[dict]) -> Table:
    table = Table("decision", "when (UTC)", "who", "what", "owner", "until", "why", box=None)
    for row in found:
        withdrawn = f" (withdrawn by {row['withdrawn_by']}: {row['withdrawn_why']})" if row["withdrawn_at"] else ""
        table.add_row(
            str(row["id"]),
            readable.moment(row["decided_at"]),
            row["who"] + (f", {row['role']}" if row["role"] else ""),
            row["what"],
            row["owner"] or "",
            str(row["until_on"] or ""),
            row["why"] + withdrawn,
        )
    return table
