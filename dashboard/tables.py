"""Tables: small ones as real HTML tables that a screen reader can walk, long ones as Streamlit's grid."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from html import escape
from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from dashboard import data, texts
from dashboard.components import mark, zone
from dashboard.filters import Filters
from dashboard.reading import Point, is_too_few, meets
from queries import readable
from queries.measure import NONE
from queries.signal import ABOVE, BELOW

SHOWN = 2000
ODOO = "Odoo"  # the column of links into Odoo
HIDDEN = {"record_id", "record_model", "record_url", "name", "instance"}


def table(caption: str, columns: Mapping[str, Callable[[dict], str]], rows: Sequence[dict]) -> None:
    """An HTML table; each column is a heading and a function that gives the cell's HTML (already escaped)."""
    st.html(table_html(caption, columns, rows))


def table_html(caption: str, columns: Mapping[str, Callable[[dict], str]], rows: Sequence[dict]) -> str:
    """The same as text, for a part that holds several."""
    if not rows:
        return f'<p class="pp-sub">{escape(texts.NO_ROWS)}</p>'
    if ODOO in columns and not any(row.get("record_url") for row in rows if isinstance(row, Mapping)):
        columns = {name: cell for name, cell in columns.items() if name != ODOO}  # no Odoo stands behind these rows
    side = {name: ' class="pp-num"' if getattr(cell, "is_number", False) else "" for name, cell in columns.items()}
    label = {name: f' data-label="{escape(name, quote=True)}"' for name in columns}  # shown where a phone has no head
    head = "".join(f'<th scope="col"{side[name]}>{escape(name)}</th>' if name else "<td></td>" for name in columns)
    body = "".join(
        "<tr>" + "".join(f"<td{side[name]}{label[name]}>{cell(row)}</td>" for name, cell in columns.items()) + "</tr>"
        for row in rows
    )
    return (
        f'<div class="pp-scroll" tabindex="0"><table class="pp-table"><caption>{escape(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def short(cell: Callable[[dict], object]) -> Callable[[dict], str]:
    """A moment or a duration: never broken over two lines."""
    return lambda row: f'<span class="pp-nowrap">{escape(str(cell(row)))}</span>'


def when(moment: datetime | None, plant: str | None = None, seconds: bool = False) -> str:
    """A moment in the reader's time zone; on pointing at it, in that of its plant, or in UTC."""
    if moment is None:
        return "–"
    there = data.zone(plant) if plant else None
    hint = f"{readable.moment(moment, there)} {texts.time_of(data.plant_name(plant), there) if there else 'UTC'}"
    words = readable.moment(moment, zone(), seconds)
    return (
        f'<time class="pp-nowrap" datetime="{moment:%Y-%m-%dT%H:%M:%SZ}" title="{escape(hint, quote=True)}">'
        f"{escape(words)}</time>"
    )


def text(key: str) -> Callable[[dict], str]:
    return lambda row: escape("–" if row[key] is None else str(row[key]))


def inside(address: str, words: str | None) -> str:
    """A link within the app."""
    return f'<a href="{escape(address, quote=True)}" target="_self">{escape(words or "–")}</a>'


def outside(url: str | None, words: str = "open") -> str:
    """A link to another system, or a dash where there is none."""
    if not url:
        return "–"
    return f'<a href="{escape(url, quote=True)}" target="_blank" rel="noopener">{escape(words)}</a>'


def below(words: str) -> str:
    """What stands smaller below the rest of a cell."""
    return f'<span class="pp-below">{escape(words)}</span>'


def figure(key: str) -> Callable[[dict], str]:
    return numbered(lambda row: row[key])


def numbered(value: Callable) -> Callable:
    """A column of figures, to the right."""

    def cell(row) -> str:
        return readable.number(value(row))

    cell.is_number = True
    return cell


def change(row: dict) -> str:
    """What changed: its name, which leads to it in Odoo, and below what kind of change it is."""
    name = escape(row["name"] or "(no name)")
    if row["record_url"]:
        name = f'<a href="{escape(row["record_url"], quote=True)}" target="_blank" rel="noopener">{name}</a>'
    return f'{name} <span class="pp-below">{escape(texts.changed(row))}</span>'


def effect(row: dict, kpi) -> str:
    """What became of a KPI through a change, and what that rests on."""
    words = readable.effect(row, kpi.measure)
    if row["verdict"] not in (ABOVE, BELOW):
        sign = "≈" if row["verdict"] else "○"
        said = mark("none", sign, words)
    else:
        better = None if kpi.direction == "none" else (row["verdict"] == BELOW) == (kpi.direction == "lower")
        kind = {True: "good", False: "bad", None: "none"}[better]
        said = mark(kind, "▲" if row["verdict"] == ABOVE else "▼", words)
    weeks = f'<span class="pp-below">{escape(texts.weeks_compared(row))}</span>' if row["change"] is not None else ""
    return f"{said} {weeks}"


def status(key: str, words: Mapping[str, tuple[str, str, str]]) -> Callable[[dict], str]:
    """A known word as sign and words; an unknown one is shown as it is."""
    return lambda row: mark(*words.get(row[key], ("none", "○", str(row[key]))))


def bars(
    caption: str,
    label: str,
    points: Sequence[Point],
    kpi,
    target: Callable[[Point], float | None],
    names: Mapping[str, str] | None = None,
) -> None:
    """One row per value of a dimension: a bar as long as the value, and whether it meets its target."""
    top = max((p.value for p in points if p.value is not None), default=0) or 1
    columns = {
        label: lambda p: _cut(p.cut, (names or {}).get(p.cut)),
        "": lambda p: bar((p.value or 0) / top),
        "Value": lambda p: _measured(p, kpi, target(p)),
        "Cases": lambda p: f'<span class="pp-muted pp-cases">{escape(texts.cases(kpi, p))}</span>',
    }
    table(caption, columns, points)


def _cut(cut: str | None, name: str | None) -> str:
    if name and name != cut:
        return f'{escape(name)} <span class="pp-code-below">{escape(cut or "")}</span>'
    return escape(cut or "(none)")


def bar(share: float) -> str:
    """A bar as long as a share of its cell."""
    return f'<span class="pp-bar"><i style="width:{100 * max(share, 0):.1f}%"></i></span>'


def _measured(point: Point, kpi, target: float | None) -> str:
    if point.value is None:
        return mark("none", "○", point.reason or "no number")
    words = readable.measured(point.value, kpi.unit)
    met = meets(kpi, point, target)
    if is_too_few(kpi, point) and target is not None:
        return f"<b>{escape(words)}</b> {mark('none', '○', 'too few to judge', texts.too_few(point.n))}"
    if met is None:
        return f"<b>{escape(words)}</b>"
    kind, sign, verdict = ("good", "✓", "met") if met else ("bad", "✕", "missed")
    return f"<b>{escape(words)}</b> {mark(kind, sign, verdict, f'target {texts.target(kpi, target)}')}"


def weeks(points: Sequence[Point], kpi) -> None:
    """The table behind the trend."""
    columns = {
        "Week": lambda p: escape(f"{readable.day(p.start)} to {readable.day(p.end)}"),
        "Value": lambda p: escape(readable.measured(p.value, kpi.unit) if p.value is not None else p.reason or "–"),
        "Cases": lambda p: escape(texts.cases(kpi, p)),
        "State": lambda p: "final" if p.is_final else "can still change",
        "Verdict": lambda p: texts.VERDICT.get(p.verdict, "–"),
    }
    if kpi.measure == "index":
        columns["Of"] = lambda p: escape(texts.period(kpi, *p.days)) if p.value is not None else "–"
    table(f"{kpi.title} by week", columns, list(reversed(points)))


def cases(rows: Sequence[dict], kpi, filters: Filters) -> dict | None:
    """The rows behind a number: sortable, each with a link to its timeline and to Odoo; returns the selected one."""
    shown = [_case(row, kpi, filters) for row in rows]
    frame = pd.DataFrame(shown)
    moment = {"format": "D MMM YYYY, HH:mm", "timezone": zone(), "width": 150}
    moments = {name for case in shown for name, value in case.items() if isinstance(value, datetime)}
    picked = st.dataframe(
        frame,
        hide_index=True,
        placeholder="–",
        height=min(420, 38 + 36 * max(len(frame), 1)),
        column_config={
            "Record": st.column_config.LinkColumn("Record", display_text=r"#(.*)$", pinned=True, alignment="left"),
            **{name: st.column_config.DatetimeColumn(name, **moment) for name in moments},
            **{
                name: st.column_config.NumberColumn(format="%.2f", width=110)
                for name in frame.columns
                if pd.api.types.is_float_dtype(frame[name])
            },
            "Odoo": st.column_config.LinkColumn("Odoo", display_text="open", width=70),
        },
        key=f"cases_{kpi.name}",
        alt=f"Records behind {kpi.title}",
        on_select="rerun",
        selection_mode="single-row",
    )
    chosen = picked["selection"]["rows"]
    return rows[chosen[0]] if chosen and chosen[0] < len(rows) else None


def misses(rows: Sequence[dict], kpi, filters: Filters, plant: Callable[[str], str]) -> None:
    """Cases that missed a service level: what, where, when it fell due, how long it took."""
    columns = {
        "Record": lambda row: f'<a href="{escape(timeline(row, filters), quote=True)}">{escape(_name(row))}</a>',
        "Plant": lambda row: escape(plant(row["plant"] or NONE)),
        "Fell due": lambda row: when(row["due_at"], row["plant"]),
        "Counts": lambda row: mark("none", "○", "left out") if row["is_left_out"] else "yes",
    }
    if kpi.measure == "duration":
        columns["Took"] = short(
            lambda row: readable.duration(row["elapsed_seconds"]) + (" so far" if row["ended_at"] is None else "")
        )
    columns["Odoo"] = lambda row: (
        f'<a href="{escape(row["record_url"], quote=True)}" target="_blank" rel="noopener">open</a>'
        if row["record_url"]
        else "–"
    )
    table(f"Misses of {kpi.title}", columns, rows)


def _name(row: dict) -> str:
    return row.get("name") or f"{row['record_model']} {row['record_id']}"


def timeline(row: dict, filters: Filters) -> str:
    """The address of a record's timeline, which keeps the filters."""
    link = {"instance": row["instance"], "model": row["record_model"], "id": row["record_id"]}
    return f"record?{urlencode(filters.query() | link, doseq=True)}"


def _case(row: dict, kpi, filters: Filters) -> dict:
    shown = {"Record": f"{timeline(row, filters)}#{_name(row)}", "Plant": row["plant"]}
    shown |= _span(row, kpi) if kpi.measure in ("duration", "stock") else _facts(row, kpi)
    shown |= {texts.dimension(name): row.get(name) for name in kpi.dimensions if name != "plant"}
    return shown | ({"Odoo": row["record_url"]} if row.get("record_url") else {})


def span(row: dict, kpi) -> tuple[datetime, datetime | None]:
    """When a case began and ended; the age of what is open counts to the moment of the data."""
    return (row["entered_at"], None) if kpi.measure == "stock" else (row["started_at"], row["ended_at"])


def _span(row: dict, kpi) -> dict:
    """When a case began and ended, and how long it took by the clock that was chosen."""
    is_working = kpi.unit == readable.WORKING_TIME
    if kpi.measure == "stock":
        words, start, end, seconds = ("Since", "Left", "Age"), row["entered_at"], row["left_at"], row["age_seconds"]
    else:
        words, start, end = ("Started", "Ended", "Duration"), row["started_at"], row["ended_at"]
        seconds = row["working_seconds" if is_working else "elapsed_seconds"]
    length = f"{words[2]}, {readable.WORKING_TIME}" if is_working else words[2]
    size, unit = (readable.HOUR, "hours") if is_working else (readable.DAY, "days")
    so_far = " so far" if end is None and kpi.measure != "stock" else ""
    return {
        words[0]: _aware(start),
        words[1]: _aware(end),
        length: readable.measured(seconds, readable.WORKING_TIME if is_working else "duration") + so_far,
        f"{words[2]}, {unit}": None if seconds is None else seconds / size,
    }


def _facts(row: dict, kpi) -> dict:
    """Whether a case is a good one, and all else that its KPI says of it."""
    known = {
        "instance",
        "record_model",
        "record_id",
        "record_url",
        "name",
        "plant",
        "is_good",
        "is_bad",
        "weight",
        "plant_count",
        *kpi.dimensions,
    }
    shown = {}
    if kpi.measure == "share":
        is_good = row["is_good"] if "is_good" in row else not row["is_bad"]
        shown["Verdict"] = "✓ good" if is_good else "✕ bad"
    for name, value in row.items():
        words = texts.dimension(name.removesuffix("_at").removesuffix("_seconds"))
        if name in known:
            continue
        if name.endswith("_seconds"):
            shown[f"{words}, days"] = None if value is None else value / readable.DAY
        else:
            shown[words] = _aware(value) if isinstance(value, datetime) else value
    return shown


def _aware(moment: datetime | None) -> datetime | None:
    return moment and moment.replace(tzinfo=UTC)
