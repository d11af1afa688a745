"""Why cases are slow or bad: which of their attributes are over-represented, from the terminal."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from queries import catalog, cause, readable, warehouse
from queries.catalog import CatalogError
from queries.terminal import (
    CLOCK,
    CSV,
    FROM,
    JSON,
    PLANT,
    TO,
    check_plant,
    named,
    period,
    row_table,
    with_errors,
    write,
)

MIXED = "These are cases of several plants: one that is slow brings its products and people with it; give --plant CODE."


def causes(
    name: Annotated[str, typer.Argument(metavar="KPI")],
    plant: PLANT = None,
    first: FROM = None,
    last: TO = None,
    clock: CLOCK = "elapsed",
    rows: Annotated[
        str | None, typer.Option("--rows", metavar="ATTRIBUTE=VALUE", help="The slow or bad cases of a value instead.")
    ] = None,
    as_json: JSON = False,
    as_csv: CSV = False,
) -> None:
    """What slow cases of a duration, or bad ones of a share, have more often than the others; half a year."""

    def work() -> None:
        opened = warehouse.open()
        check_plant(opened, plant)
        kpi = named(catalog.load(), name)
        start, end = period(opened.moment(kpi.sql), first, last, days=cause.DAYS)
        found = cause.find(opened, kpi, start, end, plant=plant, clock=clock)
        if rows is not None:
            write(evidence(found, rows), as_json, as_csv, row_table)
        else:
            write(as_rows(found, kpi, plant, clock), as_json, as_csv, lambda lines: cause_table(lines, found))

    with_errors(work)


def evidence(found: cause.Found, wanted: str) -> list[dict]:
    """The slow or bad cases with a value of an attribute."""
    attribute, _, value = wanted.partition("=")
    if attribute not in found.attributes:
        raise CatalogError(f"there is no attribute {attribute!r}: use one of {', '.join(found.attributes)}.")
    return found.rows(attribute, value)


def as_rows(found: cause.Found, kpi: catalog.Kpi, plant: str | None, clock: str) -> list[dict]:
    """Every value that was looked at, causes first; `hint` says what to do where plants are mixed."""
    said = {"kpi": kpi.name, "plant": plant, "clock": clock, "from": found.start, "to": found.last}
    said |= {"slow_is": found.meaning, "n": found.n, "n_slow": found.n_slow, "hint": MIXED if found.is_mixed else None}
    if found.reason:
        return [said | {"reason": found.reason}]
    return [said | cause.columns(one) for one in found.values]


def cause_table(lines: list[dict], found: cause.Found) -> Table:
    table = Table("attribute", "value", found.word, "of cases", "rate", "lift", "more than expected", "sure", box=None)
    for row in lines:
        if not row.get("is_cause"):
            continue
        lift = f"{row['lift']:.2f} ({row['lift_low']:.2f} to {row['lift_high']:.2f})"
        excess = f"{row['excess']:.0f} ({row['excess_low']:.0f} to {row['excess_high']:.0f})"
        value = f"{row['value']} (as {row['same_as']})" if row["same_as"] else row["value"]
        table.add_row(
            row["attribute"], value, str(row["slow_with"]), str(row["n_with"]), readable.share(row["rate"]), lift,
            excess, f"q = {row['q_value']:.2g}",
        )  # fmt: skip
    said = f"{found.word}: {found.meaning}. {found.n_slow} of {found.n} cases, {found.start} to {found.last}."
    if found.reason:
        said = f"Cannot be told: {found.reason}."
    elif not table.row_count:
        said += f" Nothing stands out among {len(lines)} values."
    else:
        said += " What goes together is not proof of a cause. The cases: --rows ATTRIBUTE=VALUE"
    if found.is_mixed:
        said += f" {MIXED}"
    table.caption = said
    return table
