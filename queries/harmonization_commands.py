"""How alike plants run a workflow, from the terminal."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from queries import readable, warehouse
from queries.catalog import CatalogError
from queries.terminal import CSV, JSON, PLANT, check_plant, with_errors, write


def harmonization(
    workflow: Annotated[str | None, typer.Argument(metavar="[WORKFLOW]")] = None,
    plant: PLANT = None,
    months: Annotated[bool, typer.Option("--months", help="Each of the last twelve months, too.")] = False,
    as_json: JSON = False,
    as_csv: CSV = False,
) -> None:
    """How alike two plants, or a plant and all together, run a workflow (100: the same), and in what they differ."""

    def work() -> None:
        found = _harmonization(workflow, plant, months)
        if as_csv and not as_json:
            found = [row | {"moves": "; ".join(move["move"] for move in row["moves"])} for row in found]
        write(found, as_json, as_csv, _table)

    with_errors(work)


def _harmonization(workflow: str | None, plant: str | None, months: bool) -> list[dict]:
    """Rows of the list harmonization, each with its moves, what differs most first; of two plants one row, unless one
    of them is asked for."""
    opened = warehouse.open()
    check_plant(opened, plant)
    asked = {"workflow": workflow, "plant": plant}
    found = warehouse.read(opened, "harmonization", **asked).to_pylist()
    known = {row["workflow"] for row in warehouse.read(opened, "harmonization", **dict.fromkeys(asked)).to_pylist()}
    if workflow is not None and workflow not in known:
        raise CatalogError(f"no case of a workflow {workflow!r} closed: use one of {', '.join(sorted(known))}.")
    moves = warehouse.read(opened, "harmonization_move", **asked).to_pylist()
    if not months:
        found.sort(key=lambda row: (row["state"] != "different", 101 if row["value"] is None else row["value"]))
    return [
        row | {"moves": [move for move in moves if row["period"] != "month" and _who(move) == _who(row)]}
        for row in found
        if (months or row["period"] != "month") and (plant or row["other"] is None or row["plant"] < row["other"])
    ]


def _who(row: dict) -> tuple:
    return row["workflow"], row["plant"], row["other"]


def _table(found: list[dict]) -> Table:
    table = Table(
        "workflow", "plant", "against", "closed in", "index", "state", "cases", "ways compared", "moves", box=None
    )
    for row in found:
        against = row["other"] or f"reference ({row['other_count']} others)"
        times = f"{row['period_start']:%Y-%m}" if row["period"] == "month" else row["period"]
        index = row["reason"]
        if row["value"] is not None:
            index = f"{row['value']:.1f} ({row['low']:.1f} to {row['high']:.1f})"
        cases = f"{readable.number(row['n'])}, {readable.number(row['n_other'])}"
        known = "" if row["coverage"] is None else f"{row['variants']} variants, {int(row['coverage'] * 100)} %"
        moves = "\n".join(_told(move) for move in row["moves"])
        table.add_row(row["workflow"], row["plant"], against, times, index, row["state"] or "", cases, known, moves)
    return table


def _told(move: dict) -> str:
    """skips "goods held" on 20 % more cases (16.2 to 24.1): 85 % of the distance."""
    ends = sorted(abs(move[end]) * 100 for end in ("low", "high"))
    share = f": {move['explained'] * 100:.0f} % of the distance" if round(move["explained"], 2) else ""
    return f"{move['move']} ({ends[0]:.1f} to {ends[1]:.1f}){share}"
