"""The parts of the master data page: which records to clean first, who is to, and what each check looked at."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from urllib.parse import urlencode

import streamlit as st

from dashboard import choices, components, data, panel, sparkline, tables, texts
from dashboard.components import mark
from dashboard.filters import Filters
from dashboard.tables import below, inside, short
from queries import master_data, readable
from queries.master_data import Judged


def summary(faults: Sequence[dict], judged: Sequence[Judged], chosen: Filters) -> None:
    """How many records are wrong, of how many, and how many of them open orders need."""
    needed = [row for row in faults if row["open_count"]]
    wrong = sum(one.failed_count for one in judged)
    passed = [one for one in judged if not one.failed_count]
    worth = next((readable.money(row["amount"], row["currency"]) for row in faults if row["amount"] is not None), None)
    panel.band("summary", {
        "Wrong": mark("warn", "!", texts.wrong_of(wrong, sum(one.judged_count for one in judged))) if wrong
        else mark("good", "✓", "none"),
        "Needed by open orders": panel.count(len(needed), len(faults), "bad", "✕"),
        "Open orders of the costliest": escape(worth) if worth else None,
        "Checks that find nothing": escape(texts.of(len(passed), len(judged))),
    }, texts.MASTER_DATA)  # fmt: skip
    components.link("data_health", "Data health: whether the data themselves can be trusted", chosen)


def faults(rows: Sequence[dict], chosen: Filters) -> None:
    """The records, of one check or owner or of all, what costs most first."""
    titles = {row["check_name"]: row["title"] for row in rows}
    names = sorted(titles, key=titles.get)
    asked = choices.pick("check", names, texts.MASTER_DATA_PICK, titles.get) if names else None
    owner = st.query_params.get("owner")
    owner = owner if any(row["owner"] == owner for row in rows) else None
    kept = [row for row in rows if asked in (None, row["check_name"]) and owner in (None, row["owner"])]
    if owner:
        components.link("master_data", f"Of {owner}; show those of all", chosen)
    panel.listing("faults", "Records to clean first", texts.CLEAN_FIRST if kept else texts.MASTER_DATA_NONE, {
        "Record": lambda row: _record(row) + below(texts.master_record(row["record_model"])),
        "What is wrong": lambda row: escape(row["detail"] or row["title"]) + below(row["title"]),
        "Needed by": lambda row: _needed(row),
        "Worth": short(lambda row: readable.money(row["amount"], row["currency"])),
        "In 26 weeks": lambda row: escape(texts.in_the_past(row)),
        "Used in": lambda row: escape(_where(row)),
        "What to do": lambda row: escape(row["remedy"]) + below(row["owner"]),
        "Odoo": lambda row: tables.outside(row["record_url"]),
    }, kept)  # fmt: skip


def _record(row: dict) -> str:
    words = row["name"] or f"{row['record_model']} {row['record_id']}"
    return tables.outside(row["record_url"], words) if row["record_url"] else f"<b>{escape(words)}</b>"


def _needed(row: dict) -> str:
    words = texts.needed_by(row)
    return escape(words) if row["open_count"] else f'<span class="pp-muted">{escape(words)}</span>'


def _where(row: dict) -> str:
    plants = [row["plant"]] if row["plant"] else row["used_in"] or []
    return ", ".join(map(data.plant_name, plants)) or "–"


def owners(rows: Sequence[dict], chosen: Filters) -> None:
    """Who is to clean how many, and which of theirs first."""
    found = master_data.cleaners(rows)
    panel.listing("cleaners", "Who is to clean", texts.CLEANERS if found else texts.MASTER_DATA_NONE, {
        "Owner": lambda one: inside(f"?{urlencode(chosen.query() | {'owner': one.owner}, doseq=True)}", one.owner),
        "Records": tables.numbered(lambda one: one.fault_count),
        "Needed by open orders": tables.numbered(lambda one: one.used_count),
        "First": lambda one: _record(one.largest) + below(one.largest["title"]),
        "Worth": short(lambda one: readable.money(one.largest["amount"], one.largest["currency"])),
    }, found, [
        {"owner": one.owner, "records": one.fault_count, "needed": one.used_count} for one in found
    ])  # fmt: skip


def checks(found: Sequence[Judged], chosen: Filters) -> None:
    """What each check looked at, and what it found then and before."""
    plants = chosen.plants or tuple(data.plant_names())
    panel.listing("master-data-checks", "Checks", texts.MASTER_DATA_CHECKS if found else texts.MASTER_DATA_NONE, {
        "Check": lambda one: _check(one, chosen) + below(one.definition),
        "Wrong": lambda one: _share(one),
        "By plant": lambda one: _by_plant(one, plants),
        "Counted": lambda one: _history(one),
        "What to do": lambda one: escape(one.remedy if one.failed_count else "–") + below(one.owner),
    }, found, [
        {"check": one.name, "severity": one.severity, "wrong": one.failed_count, "judged": one.judged_count,
         "owner": one.owner}
        for one in found
    ])  # fmt: skip


def _check(one: Judged, chosen: Filters) -> str:
    if not one.failed_count:
        return escape(one.title)
    return inside(f"?{urlencode(chosen.query() | {'check': one.name}, doseq=True)}", one.title)


def _share(one: Judged) -> str:
    if not one.judged_count:
        return mark("none", "○", "nothing to look at")
    words = texts.wrong_of(one.failed_count, one.judged_count)
    if not one.failed_count:
        return mark("good", "✓", f"none of {readable.number(one.judged_count)}")
    return mark("bad", "✕", words) if one.severity == "fail" else mark("warn", "!", words)


def _by_plant(one: Judged, plants: Sequence[str]) -> str:
    """Wrong ones of each plant that has some; what is shared by the plants says so."""
    if set(one.by_plant) == {None}:
        return '<span class="pp-muted">shared by all plants</span>'
    words = [
        f"{data.plant_name(plant)} {texts.of(*one.by_plant[plant])}"
        for plant in plants if one.by_plant.get(plant, (0, 0))[0]
    ]  # fmt: skip
    return escape(", ".join(words) or "none")


def _history(one: Judged) -> str:
    counts = [count for _, count in one.history]
    words = texts.counted_before(one.history)
    if len(counts) < 2:
        return f'<span class="pp-muted" title="{escape(texts.NOT_KEPT_YET, quote=True)}">{escape(words)}</span>'
    return sparkline.draw(counts, None, words) + below(words)
