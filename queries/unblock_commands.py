"""The unblock list, from the terminal."""

from __future__ import annotations

from rich.table import Table

from queries import decision, readable, warehouse
from queries import unblock as of
from queries.terminal import CSV, JSON, PLANT, check_plant, with_errors, write


def unblock(plant: PLANT = None, as_json: JSON = False, as_csv: CSV = False) -> None:
    """What stands still, by what it puts at risk: the value of orders due soon times the chance of being late
    (`queries list`, stuck, says how); `queries decide` takes the subject of a row."""

    def work() -> None:
        opened = warehouse.open()
        check_plant(opened, plant)
        rows = of.stuck(opened, decision.decisions(scope=opened.scope))
        found = [row for row in rows if plant in (None, row["plant"])]
        if not found and not (as_json or as_csv):
            print(f"nothing stands still{f' in {plant}' if plant else ''}.")
            return
        write(found, as_json, as_csv, _table)

    with_errors(work)


def _table(found: list[dict]) -> Table:
    head = ("at risk", "chance", "what", "record", "plant", "with", "why", "stuck for", "holds up", "state")
    table = Table(*head, box=None)
    for row in found:
        table.add_row(
            of.risk(row),
            "" if row["chance"] is None else readable.share(row["chance"]),
            row["title"],
            row["name"],
            row["plant"] or "",
            of.holder(row),
            row["detail"] or "",
            f"{readable.duration(row['age_seconds'])} ({of.age(row)})" if row["age_seconds"] is not None else "",
            of.held_up(row),
            row["standing"],
        )
    return table
