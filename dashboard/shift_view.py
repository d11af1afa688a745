"""The shift view of the production page: one shift of one plant against the plan frozen at the release, what stood
still in it, who works on what, and what the next shift gets. All its times are the plant's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from html import escape

import streamlit as st

from dashboard import choices, components, data, panel, tables, texts
from dashboard.components import mark
from dashboard.filters import Filters
from dashboard.tables import short
from queries import readable, shift


def show(chosen: Filters) -> None:
    """The shift the reader asked for, and without a choice the running or last one; its parts stand each for itself."""
    plants = list(chosen.plants or data.plant_names())
    if not plants:
        st.html(f'<div class="pp-note">{escape(texts.NO_SHIFTS)}</div>')
        return
    with st.container(horizontal=True, gap="small", key="shift-choice"):
        plant = choices.choice("of", plants, texts.SHIFT_PLANT, data.plant_name) if len(plants) > 1 else plants[0]
        known = {shift.key(row): row for row in data.shifts_of(plant)}
        if not known:
            st.html(f'<div class="pp-note">{escape(texts.NO_SHIFTS_OF)}</div>')
            return
        asked = choices.choice("shift", list(known), texts.SHIFT_CHOICE, lambda one: texts.shift_name(known[one]))
    one, is_newest = known[asked], asked == next(iter(known))
    with components.guard("The shift in short"):
        _summary(one, is_newest)
    with components.guard("Against the frozen plan"):
        _plan(one, chosen)
    with components.guard("What stood still"):
        _stops(one, chosen)
    if not is_newest:
        st.html(f'<p class="pp-sub">{escape(texts.SHIFT_OLD)}</p>')
        return
    with components.guard("Who works on what"):
        _work(chosen, data.shift_work(one))
    with components.guard("What the next shift gets"):
        _handover(one, data.shift_work(one), chosen)


def _summary(one: dict, is_newest: bool) -> None:
    rows, stops = _against_plan(one), data.shift_stops(one)
    work = data.shift_work(one) if is_newest else []
    starts, ends = (shift.counts(rows, one, milestone) for milestone in ("start", "completion"))
    down = sum(row["seconds"] for row in stops if row["kind"] == "downtime")
    waits = sum(row["kind"] != "downtime" for row in stops)
    missed = sum(row["standing"] == shift.MISSED for row in rows)
    state = mark("good", "●", "running") if one["is_running"] else mark("none", "○", "over")
    with st.container(border=True, gap=None, key="panel-shift"):
        st.html(components.band(texts.shift_name(one), f"{escape(data.plant_name(one['plant']))} · {state}", {
            "Finished": _of_plan(ends),
            "Started": _of_plan(starts),
            "Started late": mark("bad", "✕", readable.number(starts["late"])) if starts["late"]
            else mark("good", "✓", "none"),
            "Planned and not done": mark("bad", "✕", readable.number(missed)) if missed else mark("good", "✓", "none"),
            "Down": escape(readable.working_time(down)) if down else mark("good", "✓", "no downtime logged"),
            "Began to wait": escape(readable.number(waits)),
            "In work now": escape(readable.number(sum(row["queue_state"] == shift.RUNNING for row in work)))
            if is_newest else None,
        }))  # fmt: skip
        st.html(f'<p class="pp-sub">{escape(texts.shift_rule(one))}</p>')


def _of_plan(counted: dict) -> str:
    return escape(readable.number(counted["came"])) + tables.below(
        f"of {counted['planned']} planned, {counted['kept']} are done" if counted["planned"] else "none was planned"
    )


def _against_plan(one: dict) -> list[dict]:
    return shift.against_plan(data.shift_orders(one), one, data.as_of())


def _plan(one: dict, chosen: Filters) -> None:
    rows = _against_plan(one)
    note = texts.SHIFT_PLAN if rows else texts.SHIFT_PLAN_NONE
    panel.listing("shift-plan", "Against the frozen plan", note, {
        "Order": lambda row: panel.first(row, chosen) + tables.below(row["product"] or "–"),
        "What": lambda row: "start" if row["milestone"] == "start" else "finish",
        "Standing": lambda row: mark(*texts.SHIFT_STANDING[row["standing"]]),
        "Planned": short(lambda row: _local(row["planned_at"], one)),
        "Came": short(lambda row: _local(row["actual_at"], one, "not yet")),
        "With": lambda row: escape(row["responsible"] or "nobody named"),
        "Odoo": lambda row: tables.outside(row["record_url"]),
    }, rows)  # fmt: skip


def _stops(one: dict, chosen: Filters) -> None:
    rows = data.shift_stops(one)
    note = texts.SHIFT_STOPS if rows else texts.SHIFT_STOPS_NONE
    panel.listing("shift-stops", "What stood still", note, {
        "What": lambda row: _stopped(row, chosen) + tables.below(texts.SHIFT_STOP[row["kind"]]),
        "Why": lambda row: escape(row["detail"] or "no reason recorded"),
        "In this shift": short(lambda row: readable.duration(row["seconds"])),
        "From": short(lambda row: _local(row["from_at"], one)),
        "To": lambda row: (
            f'<span class="pp-nowrap">{escape(_local(row["to_at"], one))}</span>'
            if row["to_at"] else mark("bad", "✕", "lasts")
        ),
        "Work center": lambda row: escape(row["work_center"] or "–"),
        "With": lambda row: escape(row["responsible"] or "nobody named"),
    }, rows)  # fmt: skip
    components.link("unblock", texts.TO_UNBLOCK, chosen)


def _stopped(row: dict, chosen: Filters) -> str:
    if row["kind"] == "downtime":
        return tables.inside(panel.machine(row["work_center"] or row["name"], row["plant"], chosen), row["name"])
    return panel.first(row, chosen) if row["record_id"] is not None else escape(row["name"] or "–")


def _work(chosen: Filters, work: Sequence[dict]) -> None:
    centers = shift.by_work_center(work)
    panel.listing("shift-centers", "Who works on what", texts.SHIFT_WORK if centers else texts.SHIFT_WORK_NONE, {
        "Work center": lambda row: escape(row["work_center"] or "orders without work orders"),
        "In work": lambda row: _running(row["running"], chosen),
        "Next": lambda row: panel.first(row["next"], chosen) if row["next"] else "–",
        "Ready": tables.figure("ready_count"),
        "Kept back": tables.figure("kept_back_count"),
    }, centers, work)  # fmt: skip


def _running(rows: Sequence[dict], chosen: Filters) -> str:
    if not rows:
        return '<span class="pp-muted">nothing</span>'
    words = [panel.first(row, chosen) + tables.below(_who(row)) for row in rows[: texts.RUNNING_SHOWN]]
    more = len(rows) - texts.RUNNING_SHOWN
    return "".join(words) + (tables.below(f"and {more} more") if more > 0 else "")


def _who(row: dict) -> str:
    who = row["worked_by"] or (row["responsible"] and f"{row['responsible']}, responsible") or "nobody logs time"
    return " · ".join(filter(None, (row["operation"], who)))


def _handover(one: dict, work: Sequence[dict], chosen: Filters) -> None:
    title = "Handed to the next shift" if one["is_running"] or not one["is_known"] else "Waits for the next shift"
    note = texts.handover(one) if work else texts.SHIFT_WORK_NONE
    panel.listing("shift-handover", title, note, {
        "Order": lambda row: panel.first(row, chosen) + tables.below(row["product"] or "–"),
        "State": lambda row: mark(*texts.WORK_STATE[row["queue_state"]])
        + (tables.below(texts.kept_by(row["kept_by"])) if row["kept_by"] else ""),
        "Where": lambda row: escape(row["work_center"] or "–") + tables.below(row["operation"] or "no work order"),
        "Was to begin": short(lambda row: _local(row["planned_start_at"], one)),
        "Due": lambda row: _due(row),
        "With": lambda row: escape(row["worked_by"] or row["responsible"] or "nobody named"),
        "Odoo": lambda row: tables.outside(row["record_url"]),
    }, shift.handed_over(work))  # fmt: skip


def _due(row: dict) -> str:
    if row["due_at"] is None:
        return "–"
    words = readable.day(row["due_at"].date())
    return mark("bad", "✕", f"{words}, late") if row["is_late"] else escape(words)


def _local(moment: datetime | None, one: dict, none: str = "–") -> str:
    return readable.moment(moment, one["timezone"]) if moment else none
