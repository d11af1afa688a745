"""Conformance, deviations from process rules, what of them is accepted, and which matter most, from the terminal."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from difflib import get_close_matches
from typing import Annotated

import typer
from rich.table import Table

from queries import conformance as conforming
from queries import decision, readable, warehouse
from queries.budget_commands import DAY, ROLE, WHO, WHY
from queries.catalog import CatalogError
from queries.conformance import DeviationClass, Exposure
from queries.terminal import CSV, FROM, JSON, PLANT, check_plant, row_table, with_errors, write


def conformance(plant: PLANT = None, first: FROM = None, as_json: JSON = False, as_csv: CSV = False) -> None:
    """The share of ended cases that break no process rule, and with those whose deviations are accepted."""
    with_errors(lambda: write(_shares(plant, first), as_json, as_csv, _share_table))


def deviations(
    rule: Annotated[str | None, typer.Argument(metavar="[RULE]", help="One rule: the cases that break it.")] = None,
    plant: PLANT = None,
    as_json: JSON = False,
    as_csv: CSV = False,
) -> None:
    """Process rules and how often they are broken, with hours and money; with a rule, the cases that break it."""
    if rule:
        with_errors(lambda: write(_cases(rule, plant), as_json, as_csv, _case_table))
    else:
        with_errors(lambda: write(_classes(plant), as_json, as_csv, _class_table))


def exposure(plant: PLANT = None, as_json: JSON = False, as_csv: CSV = False) -> None:
    """Deviations by what they expose a plant to: delay, money and compliance weight; the worst first, accepted ones
    last."""
    with_errors(lambda: write(_exposures(plant), as_json, as_csv, _exposure_table))


def accept(
    rule: Annotated[str, typer.Argument(metavar="RULE")],
    who: WHO,
    owner: Annotated[str, typer.Option(help="Who owns it until then.")],
    why: WHY,
    until: Annotated[datetime, typer.Option(formats=DAY, help="Last day on which it is accepted (UTC).")],
    plant: PLANT = None,
    role: ROLE = None,
) -> None:
    """Accept the deviations from a process rule up to a day: they are counted apart."""

    def work() -> None:
        opened = warehouse.open()
        check_plant(opened, plant)
        _known(opened, rule, plant)
        number = decision.accept(who, owner, why, rule, until.date(), plant=plant, role=role)
        print(
            f"Decision {number}: {rule!r} is accepted in {plant or 'all plants'} until {until.date()}; "
            f"`.venv/bin/python -m queries withdraw {number}` takes it back."
        )

    with_errors(work)


def accepted(as_json: JSON = False, as_csv: CSV = False) -> None:
    """Accepted deviations with their owner and last day, expired and withdrawn ones included."""

    def work() -> None:
        today = readable.utc_now().date()
        found = [asdict(one) | {"state": one.state(today)} for one in decision.acceptances()]
        write(found, as_json, as_csv, row_table)

    with_errors(work)


def _shares(plant: str | None, first: datetime | None) -> list[dict]:
    opened = warehouse.open()
    check_plant(opened, plant)
    found = conforming.shares(opened, decision.acceptances(), first)
    return [row for row in found if plant in (None, row["plant"])]


def _classes(plant: str | None) -> list[dict]:
    return [_answer(one) for one in _found(plant)]


def _cases(rule: str, plant: str | None) -> list[dict]:
    opened = warehouse.open()
    check_plant(opened, plant)
    _known(opened, rule, plant)
    return warehouse.read(opened, "deviation", rule=rule, plant=plant, most=None).to_pylist()


def _exposures(plant: str | None) -> list[dict]:
    """Ranked among all plants in sight, whichever are shown."""
    ranked = conforming.ranked(_found(None, plant))
    return [_placed(one) for one in ranked if plant in (None, one.of.plant)]


def _found(plant: str | None, named: str | None = None) -> list[DeviationClass]:
    opened = warehouse.open()
    check_plant(opened, plant or named)
    found = conforming.classes(opened, decision.acceptances())
    return [one for one in found if plant in (None, one.plant)]


def _known(opened: warehouse.Warehouse, rule: str, plant: str | None) -> None:
    """CatalogError for a rule that is in force nowhere, or not in that plant."""
    rows = warehouse.read(opened, "process_rule").to_pylist()
    known = list(dict.fromkeys(row["rule"] for row in rows))
    if rule not in known:
        near = get_close_matches(rule, known, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"use one of {', '.join(known)}."
        raise CatalogError(f"there is no process rule {rule!r}: {hint}")
    if plant is not None and not any((row["rule"], row["plant"]) == (rule, plant) for row in rows):
        raise CatalogError(f"the process rule {rule!r} does not hold in {plant}: leave --plant out, or name another.")


def _answer(one: DeviationClass) -> dict:
    """A line, with what was accepted in its place."""
    held = one.acceptance
    row = {key: value for key, value in asdict(one).items() if key != "acceptance"}
    return row | {
        "is_accepted": held is not None,
        "accepted_until": held and held.until_on,
        "accepted_by": held and held.who,
        "accepted_owner": held and held.owner,
    }


def _placed(one: Exposure) -> dict:
    return {"place": one.place, "score": one.score} | _answer(one.of)


def _share_table(found: list[dict]) -> Table:
    head = ("workflow", "plant", "cases ended", "n", "conform (95 %)", "accepted", "conform or accepted (95 %)")
    table = Table(*head, box=None)
    for row in found:
        told = [
            f"{readable.share(row[f'share{name}'])} ({_interval(row[f'low{name}'], row[f'high{name}'])})"
            for name in ("", "_with_accepted")
        ]
        count, accepted_count = readable.number(row["case_count"]), readable.number(row["accepted_count"])
        period = f"{row['from']} to {row['to']}"
        table.add_row(row["workflow"], row["plant"] or "none", period, count, told[0], accepted_count, told[1])
    return table


def _class_table(found: list[dict]) -> Table:
    table = Table("process rule", "plant", "must hold", "cases", "share (95 %)", *_IMPACT, "accepted", box=None)
    broken = [row for row in found if row["n"]]
    kept = dict.fromkeys(row["rule"] for row in found if row["rule"] not in {one["rule"] for one in broken})
    table.caption = f"Nothing breaks: {', '.join(kept)}." if kept else None
    for row in broken:
        cases = f"{readable.number(row['n'])} of {readable.number(row['n_concerned'])}"
        open_ones = f" ({row['n_open']} open)" if row["n_open"] else ""
        kept = f"until {readable.day(row['accepted_until'])}, {row['accepted_owner']}" if row["is_accepted"] else ""
        table.add_row(
            row["rule"], row["plant"] or "none", row["definition"], cases + open_ones, _share(row), *_impact(row), kept
        )
    return table


def _case_table(found: list[dict]) -> Table:
    head = ("record", "plant", "product family", "vendor", "what", "when (UTC)", "times", "than conforming", "at stake")
    table = Table(*head, box=None)
    for row in found:
        missing = "no " if row["kind"] == "missing" else ""
        table.add_row(
            row["name"] + (" (open)" if row["is_open"] else ""),
            row["plant"] or "none",
            row["product_family"] or "",
            row["vendor"] or "",
            missing + row["activity"],
            f"{row['at']:%Y-%m-%d %H:%M}",
            str(row["times"]),
            "" if row["delay_seconds"] is None else _longer(row["delay_seconds"]),
            readable.money(row["amount"], row["currency"]),
        )
    return table


def _longer(seconds: float) -> str:
    return f"{readable.duration(abs(seconds))} {'longer' if seconds >= 0 else 'shorter'}"


def _exposure_table(found: list[dict]) -> Table:
    head = ("", "process rule", "plant", "cases", "share (95 %)", *_IMPACT, "weight", "score", "owner")
    table = Table(*head, box=None)
    for row in found:
        score = f"{row['score']:.0f}" if row["score"] is not None else f"accepted until {row['accepted_until']}"
        table.add_row(
            str(row["place"] or ""),
            row["rule"],
            row["plant"] or "none",
            readable.number(row["n"]),
            _share(row),
            *_impact(row),
            f"{row['weight']:g}",
            score,
            row["accepted_owner"] or row["owner"],
        )
    return table


_IMPACT = ("longer than conforming (95 %)", "hours", "at stake")


def _impact(row: dict) -> tuple[str, str, str]:
    if row["n"] == 0:
        return "", "", ""
    stake = readable.money(row["amount"], row["currency"])
    if row["amount"] is not None and row["n_valued"] < row["n"]:
        stake += f" (of {row['n_valued']})"
    if row["delay_seconds"] is None:
        return f"cannot be told: {row['reason']}", "", stake
    low, high = readable.duration(row["delay_low"]), readable.duration(row["delay_high"])
    hours = readable.number(row["hours"]) + (" (may be none)" if row["delay_low"] <= 0 < row["hours"] else "")
    return f"{readable.duration(row['delay_seconds'])} ({low} to {high})", hours, stake


def _share(row: dict) -> str:
    return f"{readable.share(row['share'])} ({_interval(row['low'], row['high'])})"


def _interval(low: float, high: float) -> str:
    return f"{low * 100:.1f} to {high * 100:.1f}"
