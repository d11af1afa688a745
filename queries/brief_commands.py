"""The morning brief from the terminal: the sentences that the page says."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial

from rich.table import Table

from queries import brief as morning
from queries import catalog, decision, readable, review, terminal, warehouse
from queries.brief import Brief
from queries.review import Action
from queries.terminal import JSON, PLANT, check_plant, with_errors
from queries.warehouse import Warehouse


def brief(plant: PLANT = None, as_json: JSON = False) -> None:
    """What is out of the ordinary, in at most five sentences, the worst first; and what became of what was decided in
    the last seven days."""

    def work() -> None:
        opened = warehouse.open()
        check_plant(opened, plant)
        kpis, only = catalog.load(), (plant,) if plant else ()
        found = morning.read(partial(_rows, opened), kpis, opened.as_of.date(), only)
        if as_json:
            terminal.write([asdict(one) | {"as_of": opened.as_of} for one in found.sentences], True, False, None)
        else:
            terminal.show(_table(found, _decided(opened, kpis, only), opened))

    with_errors(work)


def _rows(opened: Warehouse, name: str, **asked) -> list[dict]:
    return warehouse.read(opened, name, **asked).to_pylist()


def _decided(opened: Warehouse, kpis: dict, only: tuple[str, ...]) -> list[Action]:
    found = (kind(scope=opened.scope) for kind in (decision.decisions, decision.corrections, decision.acceptances))
    return review.read(opened, *found, kpis, readable.utc_now(), only)


def _table(found: Brief, decided: list[Action], opened: Warehouse) -> Table:
    table = Table(box=None, show_header=False)
    for one in found.sentences:
        grounds = f"{one.period}, n = {readable.number(one.n)}, {morning.SURE[one.confidence]}"
        table.add_row(f"- {one.sentence}", grounds)
    table.add_row(found.closing, f"data as of {readable.moment(opened.as_of)} UTC")
    for one in decided:
        who = f"{one.who}, {readable.day(one.at.date())}"
        table.add_row(f"- {one.about}: {one.what} ({who})", f"{one.state}: {one.outcome}")
    return table
