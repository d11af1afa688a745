"""The KPI card, and KPIs as lines."""

from __future__ import annotations

from html import escape

from dashboard import budget_view, components, data, download, sparkline, tables, texts
from dashboard.components import mark
from dashboard.filters import Filters
from dashboard.reading import Point, Reading, Verdict, is_better, is_too_few
from queries import measure, readable
from queries.catalog import Kpi
from queries.signal import ABOVE, NORMAL

SHIFTS = 2  # plants named on a card


def tile(reading: Reading, filters: Filters, title: str, of: str = "") -> str:
    """One KPI: value, change, weeks, target, cases, age. The whole tile leads to the KPI's page; `of` is what it is of,
    where the title does not say it."""
    is_grey = reading.now.value is None
    value = "no number" if is_grey else readable.measured(reading.now.value, reading.kpi.unit)
    label = f"{', '.join(filter(None, (of, title)))}: {value}"
    address = components.address("kpi", filters, kpi=reading.kpi.name)
    return (
        f'<a class="pp-tile{" pp-grey" * is_grey}" href="{escape(address, quote=True)}" target="_self" '
        f'aria-label="{escape(label, quote=True)}"><b>{escape(title)}</b>'
        f'<div class="pp-card">{_grey(reading) if is_grey else _live(reading)}</div></a>'
    )


def lines(title: str, readings: list[Reading], filters: Filters) -> str:
    """HTML of KPIs below each other, each with a link to its page."""
    name = title.lower().replace(" ", "_")
    plant = filters.plants[0] if len(filters.plants) == 1 else None
    download.offer(name, title, [as_row(reading, plant) for reading in readings])
    return components.panel_html(f"lines-{name.replace('_', '-')}", lines_html(title, readings, filters))


def lines_html(title: str, readings: list[Reading], filters: Filters) -> str:
    """The same without a frame, and not among the page's files."""
    columns = {
        "KPI": lambda reading: _title(reading, filters),
        "Value": _value,
        "Final weeks": spark,
        "Signal": verdict,
        "Target": target,
        "Cases": lambda reading: f'<span class="pp-muted">{escape(texts.cases(reading.kpi, reading.now))}</span>',
    }
    return f'<div class="pp-lines">{tables.table_html(title, columns, readings)}</div>'


def as_row(reading: Reading, plant: str | None) -> dict:
    """A KPI as a row of a file."""
    now, found = reading.now, reading.verdict
    return {
        "kpi": reading.kpi.name, "plant": plant, "value": now.value, "low": now.low, "high": now.high,
        "unit": reading.kpi.unit, "n": now.n, "n_open": now.n_open, "from": now.days[0], "until": now.days[1],
        "target": reading.target, "meets_target": reading.meets_target, "verdict": found and found.kind,
        "since": found and found.since, "reason": now.reason, "as_of": reading.as_of,
    }  # fmt: skip


def _title(reading: Reading, filters: Filters) -> str:
    address = components.address("kpi", filters, kpi=reading.kpi.name)
    words = escape(texts.statistic(reading.kpi))
    below = f' <span class="pp-below">{words}</span>' if words else ""
    return f'<a href="{escape(address, quote=True)}">{escape(reading.kpi.title)}</a>{below}'


def _value(reading: Reading) -> str:
    now = reading.now
    if now.value is None:
        return mark("none", "○", now.reason or "no value and no reason given")
    words = escape(readable.measured(now.value, reading.kpi.unit))
    return f'<strong>{words}</strong> <span class="pp-below">{change(reading)}</span>'


def _live(reading: Reading) -> str:
    kpi, now = reading.kpi, reading.now
    return (
        f'<div class="pp-value"><strong>{escape(readable.measured(now.value, kpi.unit))}</strong>'
        f"{change(reading)}</div>"
        f'<div class="pp-said"><span>{escape(texts.statistic(kpi))}{closed_only(reading)}</span>{before(reading)}</div>'
        f"{spark(reading)}"
        f'<div class="pp-line pp-verdict">{verdict(reading)}</div>'
        f'<div class="pp-line">{target(reading)}</div>'
        f"{budget_view.line(reading.budgets)}{_foot(reading)}"
    )


def _grey(reading: Reading) -> str:
    reason = reading.now.reason or "no value and no reason given"
    return (
        '<div class="pp-value"><strong>no number</strong></div>'
        f'<div class="pp-reason">{mark("none", "○", reason)}</div>{spark(reading)}{_foot(reading)}'
    )


def _foot(reading: Reading) -> str:
    kpi, now = reading.kpi, reading.now
    said = (texts.cases(kpi, now), texts.period(kpi, *now.days), f"data {readable.ago(reading.as_of)}")
    return f'<div class="pp-foot">{escape(" · ".join(said))}</div>'


def change(reading: Reading) -> str:
    """Arrow and size, without a judgement: one period against the one before is mostly noise."""
    now, before, kpi = reading.now, reading.before, reading.kpi
    if before is None or before.value is None or now.value is None:
        return mark("none", "–", "nothing to compare", (before and before.reason) or "")
    if not reading.is_comparable:
        return mark("none", "–", "nothing to compare", f"the figure before is of {texts.period(kpi, *before.days)}")
    then = f"{readable.measured(before.value, kpi.unit)}, {texts.period(kpi, *before.days)}"
    if abs(now.value - before.value) < 0.005 * abs(before.value):
        return mark("none", "≈", "unchanged", then)
    arrow = "▲" if now.value > before.value else "▼"
    return mark("none", arrow, texts.change(kpi, now.value, before.value), then)


def verdict(reading: Reading) -> str:
    """Signal or noise: a normal week or a real shift, of all plants and of single ones, or why that cannot be said."""
    found = reading.verdict
    if found is None or not (found.kind or found.reason):
        return ""
    week = f"week of {readable.day(found.week)}"
    if found.is_shift:
        overall = _shift(reading.kpi, found)
    elif found.kind == NORMAL:
        overall = mark("none", "≈", "normal week", week)
    else:
        overall = mark("none", "○", found.reason or "still in the baseline", week)
    shifts, more = reading.shifts[:SHIFTS], len(reading.shifts) - SHIFTS
    words = [_shift(reading.kpi, one, _where(one.plant)) for one in shifts]
    words += [f'<span class="pp-muted">and in {more} more plant{"s" if more > 1 else ""}</span>'] if more > 0 else []
    return " ".join([overall, *words])


def _where(plant: str) -> str:
    return " outside the plants" if plant == measure.NONE else f" in {data.plant_names().get(plant, plant)}"


def _shift(kpi: Kpi, found: Verdict, where: str = "") -> str:
    better = is_better(kpi, found)
    kind = "none" if better is None else "good" if better else "bad"
    arrow = "▲" if found.kind == ABOVE else "▼"
    return mark(kind, arrow, texts.shift(found, better) + where, f"seen in the week of {readable.day(found.week)}")


def before(reading: Reading) -> str:
    """What the value was in the period before."""
    if reading.before is None or reading.before.value is None or not reading.is_comparable:
        return ""
    return f' <span class="pp-muted">was {escape(readable.measured(reading.before.value, reading.kpi.unit))}</span>'


def closed_only(reading: Reading) -> str:
    """What the value would be if open cases were left out, struck through: where that says something else."""
    now, unit = reading.now, reading.kpi.unit
    if now.value is None or not now.n_open or now.value_closed is None:
        return ""
    words = readable.measured(now.value_closed, unit)
    if words == readable.measured(now.value, unit):
        return ""
    hint = escape(texts.closed_only(now), quote=True)
    return f' <span class="pp-closed" title="{hint}">closed only <s>{escape(words)}</s></span>'


def target(reading: Reading) -> str:
    if reading.target is None:
        words = texts.NO_TARGET_HERE if reading.kpi.unit == readable.WORKING_TIME else "no target set"
        return f'<span class="pp-muted">{words}</span>'
    words = texts.target(reading.kpi, reading.target)
    if is_too_few(reading.kpi, reading.now):
        return mark("none", "○", f"target {words}, {texts.too_few(reading.now.n)}")
    if reading.meets_target is None:
        return f'<span class="pp-muted">target {escape(words)}</span>'
    kind, sign, verdict = ("good", "✓", "met") if reading.meets_target else ("bad", "✕", "missed")
    return mark(kind, sign, f"target {words} {verdict}")


def spark(reading: Reading) -> str:
    """Final weeks only; a week that can still change is a gap."""
    values = [week.value if week.is_final else None for week in reading.weeks]
    limits = next(((week.limits[0], week.limits[2]) for week in reversed(reading.weeks) if week.limits), None)
    return sparkline.draw(values, reading.target, _spark_words(reading.kpi.unit, reading.weeks), limits)


def _spark_words(unit: str, weeks: tuple[Point, ...]) -> str:
    known = [week.value for week in weeks if week.is_final and week.value is not None]
    if len(known) < 2:
        return "fewer than two final weeks: no trend yet"
    lowest, highest = readable.measured(min(known), unit), readable.measured(max(known), unit)
    last = readable.measured(known[-1], unit)
    return f"{len(known)} final weeks: between {lowest} and {highest}, last {last}"
