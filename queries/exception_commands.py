"""What needs somebody, and what checks found, from the terminal."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from queries import catalog, decision, exception, readable, warehouse
from queries.catalog import CatalogError
from queries.terminal import CSV, JSON, PLANT, check_plant, row_table, with_errors, write


def exceptions(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]")] = None,
    plant: PLANT = None,
    as_json: JSON = False,
    as_csv: CSV = False,
) -> None:
    """Records that need somebody: since when, who is to do what, what they hold up, and what was decided about it
    (`queries decide`); overdue ones first."""

    def found() -> None:
        rows = _exceptions(name, plant)
        if not rows and not (as_json or as_csv):
            what = f"no record is one of {name}" if name else "no record is an exception"
            print(f"{what}{f' in {plant}' if plant else ''}.")
            return
        write(rows, as_json, as_csv, _exception_table)

    with_errors(found)


def checks(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="One check: the records it found.")] = None,
    as_json: JSON = False,
    as_csv: CSV = False,
) -> None:
    """What must not be in the data, failed checks first; with a name, the records that one found."""

    def found() -> None:
        results = _check_results(name)
        if name is None:
            write(results, as_json, as_csv, lambda rows: row_table(keys_together(rows)))
            return
        [result] = results
        rows = _failures(name)
        if not rows and not (as_json or as_csv):
            count = result["failed_count"]
            print(f"{name}: {f'found {count}, and names none of them' if count else 'passes, nothing found'}.")
            return
        write(rows, as_json, as_csv, _failure_table)

    with_errors(found)


def _exceptions(name: str | None, plant: str | None) -> list[dict]:
    rules = catalog.exceptions()
    if name not in (None, *rules):
        raise CatalogError(f"there is no exception {name!r}: use one of {', '.join(rules)}.")
    opened = warehouse.open()
    check_plant(opened, plant)
    found = warehouse.read(opened, "open_exception").to_pylist()
    chosen = [row for row in found if name in (None, row["exception"]) and plant in (None, row["plant"])]
    return exception.with_states(chosen, decision.decisions(scope=opened.scope), opened.as_of)


def _check_results(name: str | None) -> list[dict]:
    """What each check found, or one of them."""
    results = warehouse.read(warehouse.open(), "check_result").to_pylist()
    if name is None:
        return results
    known = [row["name"] for row in results]
    if name not in known:
        raise CatalogError(f"there is no check {name!r}: use one of {', '.join(known)}.")
    return [row for row in results if row["name"] == name]


def _failures(name: str) -> list[dict]:
    return warehouse.read(warehouse.open(), "check_failure", check=name).to_pylist()


def keys_together(results: list[dict]) -> list[dict]:
    """Checks as a person reads them: those of the keys of marts, where they pass, are one line."""
    marts = catalog.marts()
    keys = [row for row in results if row["status"] == "pass" and row["name"].removesuffix("_key") in marts]
    if len(keys) < 2:
        return results
    together = keys[0] | {
        "name": "*_key",
        "title": f"{len(keys)} marts have one row per key",
        "definition": "The key of each mart is unique.",
        "remedy": "report the rows: the mart would count them twice",
    }
    return [row for row in results if row not in keys] + [together]


def _failure_table(found: list[dict]) -> Table:
    """What a check found, without what is the same in all rows or told nowhere."""
    told = [key for key in found[0] if any(row[key] is not None for row in found)]
    return row_table([{key: row[key] for key in told if key not in ("title", "severity", "remedy")} for row in found])


def _exception_table(found: list[dict]) -> Table:
    head = ("exception", "severity", "record", "plant", "what", "since (UTC)", "age", "holds up", "owner", "state")
    table = Table(*head, box=None)
    for row in found:
        table.add_row(
            row["title"],
            row["severity"],
            row["name"],
            row["plant"] or "",
            row["detail"] or "",
            f"{row['since_at']:%Y-%m-%d %H:%M}" if row["since_at"] else "",
            readable.duration(row["age_seconds"]) + (" (overdue)" if row["is_overdue"] else "")
            if row["age_seconds"] is not None
            else "",
            readable.held_up(row),
            exception.in_charge(row),
            row["standing"],
        )
    return table
