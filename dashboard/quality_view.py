"""The parts of the quality page: goods held, how long that takes and what becomes of them, themes of defects, and
nonconformities with their actions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from html import escape
from urllib.parse import urlencode

import streamlit as st

from dashboard import choices, data, panel, tables, texts
from dashboard.components import mark
from dashboard.filters import Filters
from dashboard.tables import short
from queries import quality, readable

KPIS = (
    "quality_hold_duration", "inspected_receipt_share", "nonconformity_age", "corrective_action_age",
    "first_pass_yield", "rework_ratio", "scrap_ratio",
)  # fmt: skip
RECORDS = 200


def summary(holds: Sequence[dict], told: Sequence[dict]) -> None:
    """How much is held, what it is worth, how old it is, and what else is open."""
    past = sum(quality.is_past_limit(row) for row in holds)
    due = sum(bool(row["due_soon_count"]) for row in holds)
    oldest = max((row["age_seconds"] for row in holds if row["age_seconds"] is not None), default=None)
    late = sum(row["is_overdue"] for row in told)
    panel.band("summary", {
        "Held now": escape(readable.number(len(holds))),
        "Worth": escape(texts.worth(*quality.worth(holds))) if holds else None,
        "Past the limit": panel.count(past, len(holds), "bad", "✕"),
        "Hold up orders due within 7 days": panel.count(due, len(holds), "warn", "!"),
        "The oldest": escape(readable.duration(oldest)) if oldest is not None else None,
        "Nonconformities open": escape(readable.number(sum(row["kind"] == "nonconformity" for row in told))),
        "Actions open": escape(readable.number(sum(row["kind"] != "nonconformity" for row in told))),
        "Past their day": mark("bad", "✕", readable.number(late)) if late else mark("good", "✓", "none"),
    }, texts.NOW_NOT_PERIOD)  # fmt: skip


def held(holds: Sequence[dict], chosen: Filters) -> None:
    """Every hold that lasts, what puts most at risk first."""
    panel.listing("open-holds", "Goods held", texts.HOLD_OPEN if holds else texts.HOLD_NONE, {
        "Hold": lambda row: _hold(row, chosen) + tables.below(_where(row)),
        "Goods": lambda row: escape(row["product"] or "not named") + tables.below(_lot(row)),
        "Quantity": tables.figure("quantity"),
        "Worth": short(lambda row: readable.money(row["value"], row["currency"])),
        "At risk": panel.risk,
        "Held for": _age,
        "With": lambda row: escape(row["responsible"] or "nobody named"),
        "Odoo": lambda row: tables.outside(row["record_url"]),
    }, holds)  # fmt: skip


def _where(row: dict) -> str:
    return " · ".join(filter(None, (row["source"], row["plant"] and data.plant_name(row["plant"]))))


def _hold(row: dict, chosen: Filters) -> str:
    if row["timeline_id"] is None:
        return escape(row["name"] or row["hold_id"])
    record = {"instance": row["instance"], "record_model": row["timeline_model"], "record_id": row["timeline_id"]}
    return panel.first(record, chosen, row["name"] or row["hold_id"])


def _lot(row: dict) -> str:
    words = (row["vendor"], row["lot"] and f"lot {row['lot']}", "failed" if row["has_failed"] else None)
    return " · ".join(filter(None, words)) or "made here"


def _age(row: dict) -> str:
    if not quality.is_past_limit(row):
        return panel.age(row)
    past = mark("bad", "✕", f"past {readable.duration(row['limit_seconds'])}")
    age = escape(readable.duration(row["age_seconds"]))
    return f'<span class="pp-nowrap">{age}</span><span class="pp-below">{past}</span>'


def times(chosen: Filters, since: date) -> None:
    """How long holds last and how they end, cut by what the reader chooses."""
    with st.container(border=True, key="panel-cases-hold-times"):
        above, cuts = st.container(), list(texts.HOLD_BY)
        by = choices.one_of("holds", cuts, texts.HOLD_CUT)
        rows = data.hold_times(chosen, by)
        with above:
            panel.head(
                "hold_time", "How long goods are held, and what becomes of them", _told(rows, since), rows, of=()
            )
        if by == "theme" and all(row["cut"] is None for row in rows):
            st.html(f'<p class="pp-sub">{mark("none", "○", texts.HOLD_NO_THEME)}</p>')
            return
        top = max((row["median_seconds"] or 0 for row in rows), default=0) or 1
        panel.body("How long goods are held", {
            texts.HOLD_BY[by]: lambda row: escape(_cut(row["cut"], by)),
            "": lambda row: tables.bar((row["median_seconds"] or 0) / top),
            "Half end within": short(_half),
            "Holds": tables.figure("n"),
            **{texts.sentence(name): tables.figure(column) for column, name in quality.OUTCOMES.items()},
        }, rows)  # fmt: skip


def _told(rows: Sequence[dict], since: date) -> str:
    whole = sum(row["n"] for row in rows)
    ended = ", ".join(f"{count} {name}" for name, count in quality.outcomes(rows).items() if count)
    return texts.since(since, f"n = {readable.number(whole)}: {ended}; {texts.HOLD_TIMES}" if whole else texts.NO_ROWS)


def _cut(cut: str | None, by: str) -> str:
    if cut is None:
        return "not known" if by != "vendor" else "made here, or no vendor known"
    return data.plant_name(cut) if by == "plant" else cut


def _half(row: dict) -> str:
    return "half are still held" if row["median_seconds"] is None else readable.duration(row["median_seconds"])


def themes(chosen: Filters) -> None:
    """What defects are about, and whether there are more lately."""
    rows = data.defect_themes(chosen)
    note = " ".join(filter(None, (texts.THEMES, texts.THEMES_OF_ALL if len(chosen.plants) > 1 else None)))
    panel.listing("defect-themes", "Themes of defects", note if rows else texts.THEMES_NONE, {
        "Theme": lambda row: tables.inside(
            f"?{urlencode(chosen.query() | {'theme': row['theme']}, doseq=True)}", row["label"]
        ) + tables.below(f"as in: {texts.short(row['example'], 60)}"),
        "Records": tables.figure("n"),
        "Share": short(lambda row: readable.share(row["share"])),
        "Lately": lambda row: (
            mark(*texts.TREND_OF_THEME[row["trend"]]) + tables.below(f"{row['n_recent']}, before {row['n_before']}")
            if row["trend"] else mark("none", "○", row["reason"])
        ),
        "Nonconformities open": tables.figure("open_count"),
        "Half close within": short(_closing),
        "Last": short(lambda row: readable.day(row["last_at"].date())),
    }, rows)  # fmt: skip


def _closing(row: dict) -> str:
    if not row["case_count"]:
        return "–"
    half = "not reached" if row["median_seconds"] is None else readable.duration(row["median_seconds"])
    return f"{half} (n = {row['case_count']})"


def theme(asked: str, chosen: Filters) -> None:
    """The records of a theme, the newest first."""
    rows = data.defect_records(int(asked), chosen) if asked.isdecimal() and len(asked) < 16 else []
    if not rows:
        st.html(f'<div class="pp-note">{escape(texts.THEME_GONE)}</div>')
        return
    panel.listing("theme-records", "Records of the theme", f"{readable.number(len(rows))}, the newest first", {
        "Record": lambda row: panel.first(row, chosen) + panel.plant(row),
        "Text": lambda row: escape(row["text"]),
        "About": lambda row: escape(row["about"] or row["product"] or "–"),
        "Told by": tables.text("source"),
        "Found": short(lambda row: readable.day(row["found_at"].date())),
        "Odoo": lambda row: tables.outside(row["record_url"]),
    }, rows)  # fmt: skip


def nonconformities(told: Sequence[dict], chosen: Filters) -> None:
    """Nonconformities and actions that are open."""
    note = texts.NONCONFORMITIES if told else texts.NONCONFORMITIES_NONE
    panel.listing("open-nonconformities", "Nonconformities and actions", note, {
        "Record": lambda row: panel.first(row, chosen) + tables.below(texts.sentence(row["kind"])),
        "About": lambda row: escape(row["subject"] or "–") + tables.below(
            " · ".join(filter(None, (row["product"], row["detail"]))) or "–"
        ),
        "Age": short(lambda row: readable.duration(row["age_seconds"])),
        "To be done by": _due,
        "Stage": tables.text("stage"),
        "Actions": tables.figure("action_count"),
        "With": lambda row: escape(row["responsible"] or "nobody named") + panel.plant(row),
        "Odoo": lambda row: tables.outside(row["record_url"]),
    }, told)  # fmt: skip


def _due(row: dict) -> str:
    if row["due_on"] is None:
        return "–"
    words = readable.day(row["due_on"])
    return mark("bad", "✕", f"{words}, past") if row["is_overdue"] else escape(words)
