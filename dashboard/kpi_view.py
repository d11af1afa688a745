"""The parts of the KPI page, from the headline to the definition."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from html import escape

import streamlit as st

from dashboard import cards, charts, components, data, download, panel, tables, texts
from dashboard.choices import one_of, unfolds
from dashboard.filters import Filters
from dashboard.reading import Change, Reading
from queries import readable
from queries.catalog import Kpi
from queries.scoreboard import JUDGED

RECORDS = "The records behind the number"


def headline(reading: Reading, filters: Filters) -> None:
    """Value, change, target, cases and period in one band."""
    kpi, now = reading.kpi, reading.now
    with st.container(border=True, gap=None, key="panel-headline"):
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
        st.html(f'<div class="pp-facts">{value}{components.facts(facts)}</div>')
        st.html(f'<p class="pp-sub">{escape(kpi.definition)}</p>')


def _not_judged(filters: Filters) -> str:
    return texts.NOT_JUDGED_NARROWED if filters.narrowed else texts.not_judged(filters.plants)


def trend(reading: Reading, changes: Sequence[Change]) -> None:
    kpi, weeks = reading.kpi, reading.weeks
    with st.container(border=True, height="stretch", key="panel-trend"):
        components.heading("Week by week", texts.TREND.get(kpi.measure, ""))
        if not any(week.value is not None for week in weeks):
            st.html(f'<p class="pp-sub">{escape(texts.NO_TREND)}</p>')
            return
        words = charts.trend_words(weeks, kpi, reading.target, changes)
        charts.draw(charts.trend(weeks, kpi.unit, reading.target, changes), f"trend_{kpi.name}", words)
        if any(week.limits for week in weeks):
            st.html(f'<p class="pp-sub">{escape(texts.LIMITS)}</p>')
        if any(week.value is not None and not week.is_final for week in weeks):
            st.html(f'<p class="pp-sub">{escape(texts.ONLY_FINAL)}</p>')
        if any(week.value is None for week in weeks):
            st.html(f'<p class="pp-sub">{escape(texts.GAPS)}</p>')
        download.offer(f"{kpi.name}_weeks", f"{kpi.title} by week", weeks)
        if unfolds("weeks_table", texts.TABLE_BEHIND):
            tables.weeks(weeks, kpi)


def has_changes(kpi: Kpi) -> bool:
    """Whether the weeks of a KPI can be compared before and after a change."""
    return kpi.measure in JUDGED


def changes(reading: Reading, found: Sequence[Change]) -> None:
    """What changed that concerns the KPI, and whether that moved it."""
    kpi = reading.kpi
    with st.container(border=True, key="panel-changes"):
        answers = [row for one in found for row in one.answers]
        panel.head(f"{kpi.name}_changes", "What changed", texts.CHANGES if found else texts.NO_CHANGES, answers)
        if not found:
            return
        names = data.plant_names()
        tables.table(f"What changed and what became of {kpi.title}", {
            "When": tables.short(lambda row: readable.seen(row["after_at"], row["changed_at"])),
            "Change": tables.change,
            "Plant": lambda row: escape(names.get(row["plant"], row["plant"] or "all")),
            "Before → after": tables.short(lambda row: texts.before_after(row, kpi.unit)),
            "Through the change": lambda row: tables.effect(row, kpi),
        }, [row for one in found[: texts.CHANGES_SHOWN] for row in one.answers])  # fmt: skip
        if len(found) > texts.CHANGES_SHOWN:
            st.html(f'<p class="pp-sub">{escape(texts.more_changes(len(found)))}</p>')


def has_distribution(kpi: Kpi) -> bool:
    """Whether the cases of a KPI have a length."""
    return kpi.measure in ("duration", "stock")


def distribution(kpi: Kpi, filters: Filters, title: str = "How they spread", first: int = 0) -> None:
    """How the cases spread: how many there are of each length, or for durations which share is still open after how
    long; `first` is the view that is shown until the reader chooses."""
    with st.container(border=True, height="stretch", key="panel-distribution"):
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", gap="small"):
            components.heading(title, texts.SPREAD[kpi.measure])
            views = texts.SPREAD_VIEWS if kpi.measure == "duration" else texts.SPREAD_VIEWS[:1]
            view = views[0]
            if len(views) > 1:
                order = views if first == 0 else views[::-1]
                view = one_of("spread" if first == 0 else "curve", order, texts.SPREAD_CHOICE)
        draw = _histogram if view == views[0] else _survival
        draw(kpi, filters)


def _histogram(kpi: Kpi, filters: Filters) -> None:
    """How many cases there are of each length, with the median and the 85 % mark."""
    bins = data.distribution(kpi, filters)
    if not any(one["n"] for one in bins):
        st.html(f'<p class="pp-sub">{escape(texts.NO_ROWS)}</p>')
        return
    marks = {name: data.quantile(kpi, filters, name) for name in ("p50", "p85")}
    said = ", ".join(
        f"{name} {readable.measured(value, kpi.unit)}" for name, value in marks.items() if value is not None
    )
    words = f"Distribution of {kpi.title}: {said}"
    charts.draw(charts.distribution(bins, marks, kpi.unit), f"spread_{kpi.name}", words)
    if bins[-1]["bin_to_seconds"] is None:
        st.html(f'<p class="pp-sub">{escape(texts.last_bar(bins[-1]["bin_from_seconds"], kpi.unit))}</p>')
    download.offer(f"{kpi.name}_spread", f"Distribution of {kpi.title}", bins)
    if unfolds("spread_table", texts.TABLE_BEHIND):
        tables.table(f"Distribution of {kpi.title}", {
            "From": lambda b: escape(readable.measured(b["bin_from_seconds"], kpi.unit)),
            "To": lambda b: escape(
                readable.measured(b["bin_to_seconds"], kpi.unit) if b["bin_to_seconds"] else "and more"
            ),
            "Cases": tables.figure("n"),
            "Still open": tables.figure("n_open"),
        }, bins)  # fmt: skip


def _survival(kpi: Kpi, filters: Filters) -> None:
    """Which share of cases is still open after how long, open cases counted for as long as they are known."""
    curve = data.survival(kpi, filters)
    if not curve:
        st.html(f'<p class="pp-sub">{escape(texts.NO_ROWS)}</p>')
        return
    ended = [
        {"share": share, "seconds": next((p["seconds"] for p in curve if p["still_open"] <= 1 - share + 1e-9), None)}
        for share in texts.ENDED_SHARES
    ]
    words = texts.survival(kpi, ended)
    charts.draw(charts.survival(curve, kpi.unit), f"survival_{kpi.name}", f"{kpi.title}: {words}")
    st.html(f'<p class="pp-sub">{escape(words)} {escape(texts.SURVIVAL)}</p>')
    download.offer(f"{kpi.name}_curve", f"Which share is still open, {kpi.title}", curve)
    if unfolds("curve_table", texts.TABLE_BEHIND):
        tables.table(f"How long until a share of cases has ended, {kpi.title}", {
            "Ended": lambda row: readable.share(row["share"], 0),
            "Within": lambda row: escape(
                "not reached yet" if row["seconds"] is None else readable.measured(row["seconds"], kpi.unit)
            ),
        }, ended)  # fmt: skip


def by_plant(reading: Reading, filters: Filters) -> None:
    with st.container(border=True, height="stretch", key="panel-plants"):
        points, names = data.breakdown(reading.kpi, filters, "plant"), data.plant_names()
        note = texts.period(reading.kpi, *reading.now.days)
        panel.head(f"{reading.kpi.name}_by_plant", "By plant", note, points, of=())
        tables.bars("By plant", "Plant", points, reading.kpi, lambda point: data.target(reading.kpi, point.cut), names)


def by_dimension(reading: Reading, filters: Filters) -> None:
    """The same cut by a dimension the reader chooses among the KPI's own."""
    kpi = reading.kpi
    others = [name for name in kpi.dimensions if name != "plant"]
    if not others:
        return
    with st.container(border=True, height="stretch", key="panel-cut"):
        words = [texts.dimension(name) for name in others]
        above = st.container()
        by = others[words.index(one_of("by", words, "Cut by"))]
        points = data.breakdown(kpi, filters, by)
        with above:
            panel.head(f"{kpi.name}_by_{by}", "Cut by", "", points, of=())
        tables.bars(f"By {by}", texts.dimension(by), points[: texts.CUTS], kpi, lambda point: reading.target)
        if len(points) > texts.CUTS:
            st.html(f'<p class="pp-sub">the first {texts.CUTS} of {len(points)}</p>')


def as_known(kpi: Kpi, filters: Filters) -> None:
    """The weeks as they were known at the end of a day that the reader names, beside what is known now."""
    with st.container(border=True, key="panel-known"):
        if not unfolds("as_known", texts.AS_KNOWN):
            return
        last = data.as_of().date()
        on = st.date_input(
            texts.AS_KNOWN_ON, last - timedelta(days=7), max_value=last, key="known_on", bind="query-params", width=200
        )
        rows = data.as_known(kpi, filters, on) if isinstance(on, date) else []
        if not rows:
            st.html(components.sub(texts.AS_KNOWN_NONE))
            return
        moved = sum(row["was_final"] and _is_moved(row) for row in rows)
        st.html(components.sub(texts.as_known(rows[0]["known_at"], moved)))
        download.offer(f"{kpi.name}_as_known", f"{kpi.title} as known on {on:%Y-%m-%d}", rows)
        tables.table(texts.AS_KNOWN, {
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


def records(reading: Reading, filters: Filters) -> None:
    """The rows behind the number, a page at a time, and all of them as CSV."""
    kpi = reading.kpi
    rows, every = data.cases(kpi, filters, tables.SHOWN), data.all_cases(kpi, filters)
    download.offer(kpi.name, RECORDS, every if rows else ())
    found = components.heading_html(RECORDS, texts.records(kpi, rows, tables.SHOWN))
    if rows:
        asked = st.query_params.get("case")
        title = f"Records behind {kpi.title}"
        found += panel.paged(
            "page_records", title, tables.cases(rows, kpi, filters), rows, texts.RECORDS_PAGE,
            lambda row: counted(row, kpi) if asked and asked == tables.case_key(row, kpi) else "",
        )  # fmt: skip
    components.panel("cases-records", found)


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


def definition(reading: Reading, filters: Filters) -> None:
    kpi = reading.kpi
    target = texts.target(kpi, reading.target) if reading.target is not None else "none set"
    with st.container(border=True, key="panel-definition"):
        components.heading("Definition")
        st.html(components.definitions(definition_facts(kpi, target)))
        components.link("metrics", "In the metric dictionary", filters, metric=kpi.name)
