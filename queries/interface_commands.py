"""How interfaces are, and the path of one transaction through all systems, from the terminal."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from queries import readable, tracing, warehouse
from queries.catalog import CatalogError
from queries.terminal import CSV, JSON, PLANT, check_plant, with_errors, write


def interfaces(plant: PLANT = None, as_json: JSON = False, as_csv: CSV = False) -> None:
    """Every interface, who answers for it, whether it is up, and why not: the worst first."""

    def found() -> list[dict]:
        opened = warehouse.open()
        check_plant(opened, plant)
        return warehouse.read(opened, "interface", plant=plant).to_pylist()

    with_errors(lambda: write(found(), as_json, as_csv, _interface_table))


def trace(
    what: Annotated[
        str, typer.Argument(metavar="RECORD|ID", help="stock.picking,101, a document's name, or a correlation id.")
    ],
    as_json: JSON = False,
    as_csv: CSV = False,
) -> None:
    """The path of a transaction through all systems: runs of integrations and what happened to their documents."""
    with_errors(lambda: write(_known(what), as_json, as_csv, _trace_table))


def _known(what: str) -> list[dict]:
    found = tracing.path(warehouse.open(), what)
    if not found:
        raise CatalogError(
            f"nothing is known of {what!r}: write a record as stock.picking,101, the name of a document, or the "
            "correlation id of a run."
        )
    return found


def _interface_table(found: list[dict]) -> Table:
    head = ("state", "interface", "plant", "source", "owner", "failed 24 h", "7 d", "95 % within", "given up", "why")
    table = Table(*head, box=None)
    for row in found:
        through = readable.duration(row["p95_seconds"])
        through += f" of {readable.duration(row['latency_seconds'])}" if row["latency_seconds"] else ""
        table.add_row(
            row["state"],
            row["interface"],
            row["plant"] or "",
            row["source"],
            row["owner"] or ("" if row["source"] == "cron" else "nobody"),
            *(f"{row[f'{span}_failure_count'] or 0} of {row[f'{span}_run_count'] or 0}" for span in ("day", "week")),
            through,
            str(row["dead_letter_count"] or ""),
            row["reason"],
        )
    return table


def _trace_table(found: list[dict]) -> Table:
    table = Table("at (UTC)", "after", "where", "what", "happened", "detail", "who", "id", box=None)
    for row in found:
        table.add_row(
            f"{row['event_at']:%Y-%m-%d %H:%M:%S}",
            "" if row["gap_seconds"] is None else readable.duration(row["gap_seconds"]),
            f"{row['instance']}: {row['source']}" if row["source"] else row["instance"],
            row["name"] or f"{row['record_model']},{row['record_id']}",
            row["activity"],
            row["detail"] or "",
            row["actor"] or "",
            row["correlation_id"] or "",
        )
    return table
