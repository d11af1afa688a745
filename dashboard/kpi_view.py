"""The parts of the KPI page, from the headline to the definition, each as HTML."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from html import escape

import streamlit as st

from dashboard import cards, charts, choices, components, data, download, panel, tables, texts
from dashboard.components import panel_html, sub
from dashboard.filters import Filters
from dashboard.reading import Change, Reading
from queries import readable
from queries.catalog import Kpi
from queries.scoreboard import JUDGED

RECORDS = "The records behind the number"


def headline(reading: Reading, filters: Filters) -> str:
    """Value, change, target, cases and period in one band."""
    kpi, now = reading.kpi, reading.now
    if now.value is None:
        reason = components.mark("none", "○", now.reason or "no value and no reason given")
        value = f'<div class="pp-fact pp-fact-main"><strong>no number</strong><span>{reason}</span></div>'
    else:
        value = (
            f'<div class="pp-fact pp-fact-main"><strong>{escape(readable.measured(now.value, kpi.unit))}</strong>'
            f"<span>{escape(texts.statistic(kpi))}{cards.closed_only(reading)}</span></div>"
        )
    facts = {
        "Verdict": cards.verdict(reading) or f'<span class="pp-muted">{_not_judged(filters)}</span>',
        "Change": cards.change(reading) + cards.before(reading),
        "Target": cards.target(reading),
        "Cases": escape(texts.cases(kpi, now)),
        "Period": escape(texts.period(kpi, *now.days)),
        "Plants": escape(", ".join(filters.plants) or "all"),
        "Owner": escape(kpi.owner),
    }
    if now.low is not None and now.high is not None:
        low, high = readable.measured(now.low, kpi.unit), readable.measured(now.high, kpi.unit)
        facts["95 % interval"] = escape(f"{low} to {high}")
    return panel_html("headline", f'<div class="pp-facts">{value}{components.facts(facts)}</div>', sub(kpi.definition))


def _not_judged(filters: Filters) -> str:
    return texts.NOT_JUDGED_NARROWED if filters.narrowed else texts.not_judged(filters.plants)


def trend(reading: Reading, changes: Sequence[Change]) -> str:
    kpi, weeks = reading.kpi, reading.weeks
    head = components.heading_html("Week by week", texts.TREND.get(kpi.measure, ""))
    if not any(week.value is not None for week in weeks):
        return panel_html("trend", head, sub(texts.NO_TREND))
    download.offer(f"{kpi.name}_weeks", f"{kpi.title} by week", weeks)
    words = charts.trend_words(weeks, kpi, reading.target, changes)
    told = {
        texts.LIMITS: any(week.limits for week in weeks),
        texts.ONLY_FINAL: any(week.value is not None and not week.is_final for week in weeks),
        texts.GAPS: any(week.value is None for week in weeks),
    }
    return panel_html(
        "trend",
        head,
        charts.draw(charts.trend(weeks, kpi.unit, reading.target, changes), f"trend_{kpi.name}", words),
        *(sub(note) for note, is_so in told.items() if is_so),
        choices.unfolding("weeks_table", texts.TABLE_BEHIND, lambda: tables.weeks(weeks, kpi)),
    )


def has_changes(kpi: Kpi) -> bool:
    """Whether the weeks of a KPI can be compared before and after a change."""
    return kpi.measure in JUDGED


def changes(reading: Reading, found: Sequence[Change]) -> str:
    """What changed that concerns the KPI, and whether that moved it."""
    kpi = reading.kpi
    answers = [row for one in found for row in one.answers]
    head = panel.head_of(f"{kpi.name}_changes", "What changed", texts.CHANGES if found else texts.NO_CHANGES, answers)
    if not found:
        return panel_html("changes", head)
    names = data.plant_names()
    table = tables.table_html(f"What changed and what became of {kpi.title}", {
        "When": tables.short(lambda row: readable.seen(row["after_at"], row["changed_at"])),
        "Change": tables.change,
        "Plant": lambda row: escape(names.get(row["plant"], row["plant"] or "all")),
        "Before → after": tables.short(lambda row: texts.before_after(row, kpi.unit)),
        "Through the change": lambda row: tables.effect(row, kpi),
    }, [row for one in found[: texts.CHANGES_SHOWN] for row in one.answers])  # fmt: skip
    more = sub(texts.more_changes(len(found))) if len(found) > texts.CHANGES_SHOWN else ""
    return panel_html("changes", head, table, more)


def has_distribution(kpi: Kpi) -> bool:
    """Whether the cases of a KPI have a length."""
    return kpi.measure in ("duration", "stock")


def distribution(kpi: Kpi, filters: Filters, title: str = "How they spread", first: int = 0, more: str = "") -> str:
    """How the cases spread: how many there are of each length, or for durations which share is still open after how
    long; `first` is the view that is shown until the reader chooses, `more` stands below."""
    views = texts.SPREAD_VIEWS if kpi.measure == "duration" else texts.SPREAD_VIEWS[:1]
    view, choice = views[0], ""
    if len(views) > 1:
        order = views if first == 0 else views[::-1]
        view, choice = choices.one_of_html("spread" if first == 0 else "curve", order, texts.SPREAD_CHOICE)
    drawn = (_histogram if view == views[0] else _survival)(kpi, filters)
    head = components.between(components.heading_html(title, texts.SPREAD[kpi.measure]), choice)
    return panel_html("distribution", head, drawn, more)


def _histogram(kpi: Kpi, filters: Filters) -> str:
    """How many cases there are of each length, with the median and the 85 % mark."""
    bins = data.distribution(kpi, filters)
    if not any(one["n"] for one in bins):
        return sub(texts.NO_ROWS)
    marks = {name: data.quantile(kpi, filters, name) for name in ("p50", "p85")}
    said = ", ".join(
        f"{name} {readable.measured(value, kpi.unit)}" for name, value in marks.items() if value is not None
    )
    words = f"Distribution of {kpi.title}: {said}"
    download.offer(f"{kpi.name}_spread", f"Distribution of {kpi.title}", bins)
    last = sub(texts.last_bar(bins[-1]["bin_from_seconds"], kpi.unit)) if bins[-1]["bin_to_seconds"] is None else ""
    behind = choices.unfolding(
        "spread_table",
        texts.TABLE_BEHIND,
        lambda: tables.table_html(f"Distribution of {kpi.title}", {
            "From": lambda b: escape(readable.measured(b["bin_from_seconds"], kpi.unit)),
            "To": lambda b: escape(
                readable.measured(b["bin_to_seconds"], kpi.unit) if b["bin_to_seconds"] else "and more"
            ),
            "Cases": tables.figure("n"),
            "Still open": tables.figure("n_open"),
        }, bins),
    )  # fmt: skip
    return charts.draw(charts.distribution(bins, marks, kpi.unit), f"spread_{kpi.name}", words) + last + behind


def _survival(kpi: Kpi, filters: Filters) -> str:
    """Which share of cases is still open after how long, open cases counted for as long as they are known."""
    curve = data.survival(kpi, filters)
    if not curve:
        return sub(texts.NO_ROWS)
    ended = [
        {"share": share, "seconds": next((p["seconds"] for p in curve if p["still_open"] <= 1 - share + 1e-9), None)}
        for share in texts.ENDED_SHARES
    ]
    words = texts.survival(kpi, ended)
    download.offer(f"{kpi.name}_curve", f"Which share is still open, {kpi.title}", curve)
    behind = choices.unfolding(
        "curve_table",
        texts.TABLE_BEHIND,
        lambda: tables.table_html(f"How long until a share of cases has ended, {kpi.title}", {
            "Ended": lambda row: readable.share(row["share"], 0),
            "Within": lambda row: escape(
                "not reached yet" if row["seconds"] is None else readable.measured(row["seconds"], kpi.unit)
            ),
        }, ended),
    )  # fmt: skip
    drawn = charts.draw(charts.survival(curve, kpi.unit), f"survival_{kpi.name}", f"{kpi.title}: {words}")
    return drawn + sub(f"{words} {texts.SURVIVAL}") + behind


def by_plant(reading: Reading, filters: Filters) -> str:
    kpi = reading.kpi
    points, names = data.breakdown(kpi, filters, "plant"), data.plant_names()
    head = panel.head_of(f"{kpi.name}_by_plant", "By plant", texts.period(kpi, *reading.now.days), points, of=())
    bars = tables.bars("By plant", "Plant", points, kpi, lambda point: data.target(kpi, point.cut), names)
    return panel_html("plants", head, bars)


def by_dimension(reading: Reading, filters: Filters) -> str:
    """The same cut by a dimension the reader chooses among the KPI's own; nothing where it has no other."""
    kpi = reading.kpi
    others = [name for name in kpi.dimensions if name != "plant"]
    if not others:
        return ""
    words = [texts.dimension(name) for name in others]
    said, choice = choices.one_of_html("by", words, "Cut by")
    by = others[words.index(said)]
    points = data.breakdown(kpi, filters, by)
    head = panel.head_of(f"{kpi.name}_by_{by}", "Cut by", "", points, of=())
    bars = tables.bars(f"By {by}", said, points[: texts.CUTS], kpi, lambda point: reading.target)
    more = sub(f"the first {texts.CUTS} of {len(points)}") if len(points) > texts.CUTS else ""
    return panel_html("cut", head, choice, bars, more)


def as_known(kpi: Kpi, filters: Filters) -> str:
    """The weeks as they were known at the end of a day that the reader names, beside what is known now."""
    return choices.unfolding("as_known", texts.AS_KNOWN, lambda: _as_known(kpi, filters))


def _as_known(kpi: Kpi, filters: Filters) -> str:
    last = data.as_of().date()
    on, choice = choices.day("known_on", texts.AS_KNOWN_ON, last - timedelta(days=7), last)
    rows = data.as_known(kpi, filters, on)
    if not rows:
        return choice + sub(texts.AS_KNOWN_NONE)
    moved = sum(row["was_final"] and _is_moved(row) for row in rows)
    download.offer(f"{kpi.name}_as_known", f"{kpi.title} as known on {on:%Y-%m-%d}", rows)
    return choice + sub(texts.as_known(rows[0]["known_at"], moved)) + tables.table_html(texts.AS_KNOWN, {
        "Week": lambda row: escape(f"{readable.day(row['period_start'])} to {readable.day(row['period_end'])}"),
        "Known then": lambda row: _known(row["value_then"], row["n_then"], kpi),
        "Known now": lambda row: _known(row["value_now"], row["n_now"], kpi),
        "": lambda row: components.mark(*_restatement(row)),
    }, rows)  # fmt: skip


def _known(value: float | None, n: int | None, kpi: Kpi) -> str:
    words = readable.measured(value, kpi.unit) if value is not None else "–"
    return escape(words) + tables.below(f"n = {readable.number(n or 0)}")


def _is_moved(row: dict) -> bool:
    return (row["value_then"], row["n_then"]) != (row["value_now"], row["n_now"])


def _restatement(row: dict) -> tuple[str, str, str]:
    if not row["was_final"]:
        return "none", "○", "was not final"
    return ("warn", "!", "restated") if _is_moved(row) else ("good", "✓", "unchanged")


def records(reading: Reading, filters: Filters) -> str:
    """The rows behind the number, a page at a time, and all of them as CSV."""
    kpi = reading.kpi
    rows, every = data.cases(kpi, filters, tables.SHOWN), data.all_cases(kpi, filters)
    download.offer(kpi.name, RECORDS, every if rows else ())
    found = components.heading_html(RECORDS, texts.records(kpi, rows, tables.SHOWN))
    if rows:
        asked = st.query_params.get("case")
        title = f"Records behind {kpi.title}"
        found += panel.paged(
            "page_records", title, tables.cases(rows, kpi, filters), rows, tables.PAGE,
            lambda row: counted(row, kpi) if asked and asked == tables.case_key(row, kpi) else "",
        )  # fmt: skip
    return panel_html("cases-records", found)


def counted(case: dict, kpi: Kpi) -> str:
    """HTML of which hours of a case count as working time of its plant, and which are left out and why."""
    start, end = tables.span(case, kpi)
    intervals = data.rows("counted_interval", plant=case["plant"], started_at=start, ended_at=end)
    head = f"<strong>{escape(texts.counted(case['name'], intervals))}</strong>"
    if not any(one["is_counted"] for one in intervals) and any(one["is_counted"] is None for one in intervals):
        return head + components.sub(f"{texts.sentence(intervals[0]['reason'])}.")
    found = head + components.sub(texts.counted_zone(intervals, data.plant_name(case["plant"])))
    found += tables.table_html(f"Counted intervals of {case['name']}", {
        "From": tables.short(lambda one: texts.local(one["local_from"])),
        "To": tables.short(lambda one: texts.local(one["local_to"])),
        "Length": tables.short(lambda one: readable.working_time(one["seconds"])),
        "": lambda one: components.mark("good", "✓", "counts") if one["is_counted"]
        else components.mark("none", "–", one["reason"]),
    }, intervals[: texts.INTERVALS])  # fmt: skip
    if len(intervals) > texts.INTERVALS:
        found += components.sub(texts.more_intervals(len(intervals)))
    return found


def definition_facts(kpi: Kpi, target: str) -> dict[str, str]:
    """What exactly is counted, by whom it is owned and where it comes from, in words."""
    return {
        "Definition": kpi.definition,
        "Measured as": texts.measured_as(kpi),
        "Period": texts.period_rule(kpi),
        "Good is": texts.DIRECTION[kpi.direction],
        "Target": target,
        "Owner": kpi.owner,
        "Clock": ", ".join(texts.CLOCK.get(clock, clock) for clock in kpi.clocks),
        "Cut by": ", ".join(texts.dimension(name).lower() for name in kpi.dimensions),
        "Made for": ", ".join(kpi.audience),
        "Read from": ", ".join(data.sources(kpi)) or "–",
        "Name": kpi.name,
    }


def definition(reading: Reading, filters: Filters) -> str:
    kpi = reading.kpi
    target = texts.target(kpi, reading.target) if reading.target is not None else "none set"
    return panel_html(
        "definition",
        components.heading_html("Definition"),
        components.definitions(definition_facts(kpi, target)),
        components.link_html("metrics", "In the metric dictionary", filters, metric=kpi.name),
    )
