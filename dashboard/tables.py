"""Tables: real HTML tables that a screen reader can walk and a phone can show."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from html import escape
from urllib.parse import urlencode

import streamlit as st

from dashboard import data, texts
from dashboard.choices import toggle
from dashboard.components import mark, zone
from dashboard.filters import Filters
from dashboard.reading import Point, is_too_few, meets
from queries import readable
from queries.catalog import RECORD_COLUMNS
from queries.measure import NONE
from queries.signal import ABOVE, BELOW

SHOWN, PAGE = 2000, 25  # rows behind a number: of all that are read, of one page
ODOO = "Odoo"  # the column of links into Odoo


def table(caption: str, columns: Mapping[str, Callable[[dict], str]], rows: Sequence[dict]) -> None:
    """An HTML table; each column is a heading and a function that gives the cell's HTML (already escaped)."""
    st.html(table_html(caption, columns, rows))


def table_html(
    caption: str,
    columns: Mapping[str, Callable[[dict], str]],
    rows: Sequence[dict],
    under: Callable[[dict], str] = lambda row: "",
) -> str:
    """The same as text, for a part that holds several; `under`: what stands below a row, over the whole width."""
    if not rows:
        return f'<p class="pp-sub">{escape(texts.NO_ROWS)}</p>'
    if ODOO in columns and not any(row.get("record_url") for row in rows if isinstance(row, Mapping)):
        columns = {name: cell for name, cell in columns.items() if name != ODOO}  # no Odoo stands behind these rows
    side = {name: ' class="pp-num"' if getattr(cell, "is_number", False) else "" for name, cell in columns.items()}
    label = {name: f' data-label="{escape(name, quote=True)}"' for name in columns}  # shown where a phone has no head
    head = "".join(f'<th scope="col"{side[name]}>{escape(name)}</th>' if name else "<td></td>" for name in columns)
    body = ""
    for row in rows:
        cells = (f"<td{side[name]}{label[name]}>{cell(row)}</td>" for name, cell in columns.items())
        body += f"<tr>{''.join(cells)}</tr>"
        if more := under(row):
            body += f'<tr class="pp-under"><td colspan="{len(columns)}">{more}</td></tr>'
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
) -> str:
    """One row per value of a dimension: a bar as long as the value, and whether it meets its target."""
    top = max((p.value for p in points if p.value is not None), default=0) or 1
    columns = {
        label: lambda p: _cut(p.cut, (names or {}).get(p.cut)),
        "": lambda p: bar((p.value or 0) / top),
        "Value": lambda p: _measured(p, kpi, target(p)),
        "Cases": lambda p: f'<span class="pp-muted pp-cases">{escape(texts.cases(kpi, p))}</span>',
    }
    return table_html(caption, columns, points)


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


def weeks(points: Sequence[Point], kpi) -> str:
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
    return table_html(f"{kpi.title} by week", columns, list(reversed(points)))


def cases(rows: Sequence[dict], kpi, filters: Filters) -> dict[str, Callable[[dict], str]]:
    """The columns of the rows behind a number: each with a link to its timeline, to its working hours and to Odoo."""
    columns = {"Record": lambda row: inside(timeline(row, filters), _name(row)), "Plant": _plant}
    columns |= _span(kpi) if kpi.measure in ("duration", "stock") else _facts(rows[0], kpi)
    columns |= {texts.dimension(name): _value(name) for name in kpi.dimensions if name != "plant"}
    if "working" in kpi.clocks:
        columns["Working hours"] = lambda row: toggle("case", texts.WHICH_COUNT, case_key(row, kpi))
    return columns | {ODOO: lambda row: outside(row.get("record_url"))}


def case_key(row: dict, kpi) -> str:
    """By which a case is known in the address: a record may have several, such as an order that is short twice."""
    start, _ = span(row, kpi)
    return f"{row['instance']}-{row['record_model']}-{row['record_id']}-{start:%Y%m%dT%H%M%S}"


def _plant(row: dict) -> str:
    return escape(data.plant_name(row["plant"]) if row["plant"] else "–")


def misses(rows: Sequence[dict], kpi, filters: Filters, plant: Callable[[str], str]) -> str:
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
    return table_html(f"Misses of {kpi.title}", columns, rows)


def _name(row: dict) -> str:
    return row.get("name") or f"{row['record_model']} {row['record_id']}"


def timeline(row: dict, filters: Filters) -> str:
    """The address of a record's timeline, which keeps the filters."""
    link = {"instance": row["instance"], "model": row["record_model"], "id": row["record_id"]}
    return f"record?{urlencode(filters.query() | link, doseq=True)}"


def span(row: dict, kpi) -> tuple[datetime, datetime | None]:
    """When a case began and ended; the age of what is open counts to the moment of the data."""
    return (row["entered_at"], None) if kpi.measure == "stock" else (row["started_at"], row["ended_at"])


def _span(kpi) -> dict[str, Callable[[dict], str]]:
    """When cases began and ended, and how long they took by the clock that was chosen."""
    is_working = kpi.unit == readable.WORKING_TIME
    if kpi.measure == "stock":
        words, keys, seconds = ("Since", "Left", "Age"), ("entered_at", "left_at"), "age_seconds"
    else:
        words, keys = ("Started", "Ended", "Duration"), ("started_at", "ended_at")
        seconds = "working_seconds" if is_working else "elapsed_seconds"
    unit = readable.WORKING_TIME if is_working else "duration"

    def length(row: dict) -> str:
        so_far = " so far" if kpi.measure == "duration" and row["ended_at"] is None and row[seconds] is not None else ""
        return readable.measured(row[seconds], unit) + so_far

    return {
        words[0]: _value(keys[0]),
        words[1]: _value(keys[1]),
        f"{words[2]}, {unit}" if is_working else words[2]: short(length),
    }


def _facts(first: dict, kpi) -> dict[str, Callable[[dict], str]]:
    """Whether cases are good ones, and all else that their KPI says of them; `first` is one of them."""
    known = {*RECORD_COLUMNS, "name", "record_url", "is_good", "is_bad", "weight", "plant_count", *kpi.dimensions}
    columns: dict[str, Callable[[dict], str]] = {}
    if kpi.measure == "share":
        columns["Verdict"] = lambda row: (
            mark("good", "✓", "good") if row.get("is_good", not row.get("is_bad")) else mark("bad", "✕", "bad")
        )
    for name in first:
        if name not in known:
            columns[texts.dimension(name.removesuffix("_at").removesuffix("_seconds"))] = _value(name)
    return columns


def _value(key: str) -> Callable[[dict], str]:
    """A column of whatever a KPI says of its cases, by what it is."""

    def cell(row: dict) -> str:
        value = row.get(key)
        if value is None:
            return "–"
        if isinstance(value, bool):
            return "yes" if value else "no"
        if isinstance(value, datetime):
            return when(value, row.get("plant"))
        if isinstance(value, date):
            return f'<span class="pp-nowrap">{escape(readable.day(value))}</span>'
        if key.endswith("_seconds"):
            return f'<span class="pp-nowrap">{escape(readable.duration(value))}</span>'
        if isinstance(value, int | float | Decimal):
            return readable.number(value, 0 if value == int(value) else 2)
        return escape(str(value))

    return cell
