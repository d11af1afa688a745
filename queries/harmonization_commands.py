"""How alike plants run a workflow, from the terminal."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import Annotated

import typer
from rich.padding import Padding
from rich.table import Table

from queries import readable, warehouse
from queries.catalog import CatalogError
from queries.harmonization import ALIKE, DIFFERENT
from queries.terminal import CSV, JSON, PLANT, check_plant, with_errors, write

MONTH = "month"
INDENTED = (0, 0, 0, 4)
CHOSEN = (
    "Differences are chosen for being large: each interval is that of its difference alone, and the first are rather "
    "overstated."
)


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
        write(found, as_json, as_csv, _sentences)

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
    found.sort(key=_place)
    return [
        row | {"moves": [move for move in moves if row["period"] != MONTH and _who(move) == _who(row)]}
        for row in found
        if (months or row["period"] != MONTH) and (plant or row["other"] is None or row["plant"] < row["other"])
    ]


def _place(row: dict) -> tuple:
    """The last 26 weeks before the months, what is told apart before what is not, the lowest index first."""
    value = 101 if row["value"] is None else row["value"]
    is_month = row["period"] == MONTH
    return is_month, row["period_start"] if is_month else date.min, row["state"] != DIFFERENT, value


def _who(row: dict) -> tuple:
    return row["workflow"], row["plant"], row["other"]


def _sentences(found: list[dict]) -> Table:
    """Each comparison as a short paragraph: what was found, what it rests on, in what they differ, and its months."""
    months = defaultdict(list)
    for row in found:
        if row["period"] == MONTH:
            months[_who(row)].append(row)
    table = Table(box=None, show_header=False)
    for row in found:
        if row["period"] == MONTH:
            continue
        table.add_row(_verdict(row))
        for line in (*_grounds(row), *(f"- {_told(move)}" for move in row["moves"]), *_trend(months[_who(row)])):
            table.add_row(Padding(line, INDENTED))
    if any(row["moves"] for row in found):
        table.add_row(CHOSEN)
    return table


def _verdict(row: dict) -> str:
    """purchase: A and B work differently, index 71.3 of 100 (95 % interval 66.0 to 76.9)."""
    other = row["other"]
    if other is None:
        other = f"the reference ({row['other_count']} other plant{'s' * (row['other_count'] != 1)})"
    who = f"{row['workflow']}: {row['plant']} and {other}"
    if row["value"] is None:
        return f"{who} cannot be compared: {row['reason']}."
    said = {DIFFERENT: "work differently", ALIKE: f"are {ALIKE}"}[row["state"]]
    return f"{who} {said}, index {row['value']:.1f} of 100 (95 % interval {row['low']:.1f} to {row['high']:.1f})."


def _grounds(row: dict) -> list[str]:
    """What it rests on: 412 cases against 530, closed in the 26 weeks from 31 May to 28 Nov; 58 variants compared,
    which cover 99 % of the cases. And whether chance may explain it."""
    first, last = readable.day(row["period_start"]), readable.day(row["period_end"] - timedelta(days=1))
    cases = f"{readable.number(row['n'])} case{'s' * (row['n'] != 1)} against {readable.number(row['n_other'])}"
    rests = f"{cases}, closed in the {row['period']} from {first} to {last}"
    if row["value"] is None:
        return [f"{rests}."]
    ways = f"{row['variants']} variants compared, which cover" if row["variants"] != 1 else "1 variant, which covers"
    return [f"{rests}; {ways} {int(row['coverage'] * 100)} % of the cases.", _chance(row)]


def _chance(row: dict) -> str:
    value = f"corrected p-value {row['p_adjusted']:.2g}"
    if row["state"] == ALIKE:
        return f"Chance alone may explain it ({value})."
    share = f"{row['p_adjusted'] * 100:.2g} % of publishes at most"
    return f"Between plants that work alike so much is seen in {share} ({value})."


def _told(move: dict) -> str:
    """A skips "goods held" on 20 points more of the cases (16.2 to 24.1; 30.1 % of its cases, 50.3 % there): 85 % of
    the distance."""
    ends = sorted(abs(move[end]) * 100 for end in ("low", "high"))
    rates = f"{readable.share(move['rate'])} of its cases, {readable.share(move['rate_other'])} there"
    share = f": {move['explained'] * 100:.0f} % of the distance" if round(move["explained"], 2) else ""
    return f"{move['plant']} {move['move']} ({ends[0]:.1f} to {ends[1]:.1f}; {rates}){share}"


def _trend(months: list[dict]) -> list[str]:
    """By month: 2026-01 84.1 (78.0 to 95.2), 2026-02 –, ...; a month with too few cases has no number."""
    if not months:
        return []
    told = [
        f"{row['period_start']:%Y-%m} "
        + ("–" if row["value"] is None else f"{row['value']:.1f} ({row['low']:.1f} to {row['high']:.1f})")
        for row in sorted(months, key=lambda row: row["period_start"])
    ]
    return [f"By month: {', '.join(told)}."]
