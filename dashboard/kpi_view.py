"""The parts of the KPI page, from the headline to the definition."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from dashboard import cards, charts, components, data, tables, texts
from dashboard.filters import Filters
from dashboard.reading import Change, Reading
from queries import readable
from queries.catalog import Kpi
from queries.scoreboard import JUDGED


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
            "Verdict": cards.verdict(reading) or f'<span class="pp-muted">{texts.not_judged(filters.plants)}</span>',
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
        with st.expander("Table behind this chart"):
            tables.weeks(weeks, kpi)


def has_changes(kpi: Kpi) -> bool:
    """Whether the weeks of a KPI can be compared before and after a change."""
    return kpi.measure in JUDGED


def changes(reading: Reading, found: Sequence[Change]) -> None:
    """What changed that concerns the KPI, and whether that moved it."""
    kpi = reading.kpi
    with st.container(border=True, key="panel-changes"):
        components.heading("What changed", texts.CHANGES if found else texts.NO_CHANGES)
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


def distribution(reading: Reading, filters: Filters) -> None:
    """How the cases spread: how many there are of each length, or for durations which share is still open after how
    long."""
    kpi = reading.kpi
    with st.container(border=True, height="stretch", key="panel-distribution"):
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", gap="small"):
            components.heading("How they spread", texts.SPREAD[kpi.measure])
            views = texts.SPREAD_VIEWS if kpi.measure == "duration" else texts.SPREAD_VIEWS[:1]
            view = views[0]
            if len(views) > 1:
                view = st.segmented_control(
                    "How to show the spread", views, default=views[0], required=True, key="spread",
                    bind="query-params", label_visibility="collapsed",
                )  # fmt: skip
        bins = data.distribution(kpi, filters)
        if not any(one["n"] for one in bins):
            st.html(f'<p class="pp-sub">{escape(texts.NO_ROWS)}</p>')
        elif view == views[0]:
            _histogram(kpi, filters, bins)
        else:
            _survival(kpi, filters)


def _histogram(kpi: Kpi, filters: Filters, bins: list[dict]) -> None:
    """How many cases there are of each length, with the median and the 85 % mark."""
    marks = {name: data.quantile(kpi, filters, name) for name in ("p50", "p85")}
    said = ", ".join(
        f"{name} {readable.measured(value, kpi.unit)}" for name, value in marks.items() if value is not None
    )
    words = f"Distribution of {kpi.title}: {said}"
    charts.draw(charts.distribution(bins, marks, kpi.unit), f"spread_{kpi.name}", words)
    if bins[-1]["bin_to_seconds"] is None:
        st.html(f'<p class="pp-sub">{escape(texts.last_bar(bins[-1]["bin_from_seconds"], kpi.unit))}</p>')
    with st.expander("Table behind this chart"):
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
    ended = [
        {"share": share, "seconds": next((p["seconds"] for p in curve if p["still_open"] <= 1 - share + 1e-9), None)}
        for share in texts.ENDED_SHARES
    ]
    words = texts.survival(kpi, ended)
    charts.draw(charts.survival(curve, kpi.unit), f"survival_{kpi.name}", f"{kpi.title}: {words}")
    st.html(f'<p class="pp-sub">{escape(words)} {escape(texts.SURVIVAL)}</p>')
    with st.expander("Table behind this chart"):
        tables.table(f"How long until a share of cases has ended, {kpi.title}", {
            "Ended": lambda row: f"{row['share']:.0%}",
            "Within": lambda row: escape(
                "not reached yet" if row["seconds"] is None else readable.measured(row["seconds"], kpi.unit)
            ),
        }, ended)  # fmt: skip


def by_plant(reading: Reading, filters: Filters) -> None:
    with st.container(border=True, height="stretch", key="panel-plants"):
        components.heading("By plant", texts.period(reading.kpi, *reading.now.days))
        points, names = data.breakdown(reading.kpi, filters, "plant"), data.plant_names()
        tables.bars("By plant", "Plant", points, reading.kpi, lambda point: data.target(reading.kpi, point.cut), names)


def by_dimension(reading: Reading, filters: Filters) -> None:
    """The same cut by a dimension the reader chooses among the KPI's own."""
    kpi = reading.kpi
    others = [name for name in kpi.dimensions if name != "plant"]
    if not others:
        return
    with st.container(border=True, height="stretch", key="panel-cut"):
        words = [texts.dimension(name) for name in others]
        chosen = st.segmented_control("Cut by", words, default=words[0], required=True, key="by", bind="query-params")
        by = others[words.index(chosen)] if chosen in words else others[0]
        points = data.breakdown(kpi, filters, by)
        tables.bars(f"By {by}", texts.dimension(by), points[: texts.CUTS], kpi, lambda point: reading.target)
        if len(points) > texts.CUTS:
            st.html(f'<p class="pp-sub">the first {texts.CUTS} of {len(points)}</p>')


def records(reading: Reading, filters: Filters) -> None:
    """The rows behind the number, and all of them as CSV."""
    kpi = reading.kpi
    with st.container(border=True, key="panel-records"):
        rows, every = data.cases(kpi, filters, tables.SHOWN), data.all_cases(kpi, filters)
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", gap="small"):
            components.heading("The records behind the number", texts.records(kpi, rows, tables.SHOWN))
            st.download_button(
                "All as CSV", lambda: tables.as_csv(every()), f"{kpi.name}.csv", "text/csv",
                icon=":material/download:", disabled=not rows, key=f"csv_{kpi.name}", on_click="ignore",
            )  # fmt: skip
        if rows:
            chosen = tables.cases(rows, kpi, filters)
            if "working" in kpi.clocks:
                counted(chosen, kpi)


def counted(case: dict | None, kpi: Kpi) -> None:
    """Which hours of a case count as working time of its plant, and which are left out and why."""
    if case is None:
        st.html(f'<p class="pp-sub">{escape(texts.CHOOSE_CASE)}</p>')
        return
    start, end = tables.span(case, kpi)
    intervals = data.rows("counted_interval", plant=case["plant"], started_at=start, ended_at=end)
    hours = [one for one in intervals if one["is_counted"]]
    with st.expander(texts.counted(case["name"], intervals), expanded=True, key="counted"):
        if not hours and any(one["is_counted"] is None for one in intervals):
            st.html(f'<p class="pp-sub">{escape(texts.sentence(intervals[0]["reason"]))}.</p>')
            return
        st.html(f'<p class="pp-sub">{escape(texts.counted_zone(intervals, case["plant"]))}</p>')
        tables.table(f"Counted intervals of {case['name']}", {
            "From": tables.short(lambda one: texts.local(one["local_from"])),
            "To": tables.short(lambda one: texts.local(one["local_to"])),
            "Length": tables.short(lambda one: readable.working_time(one["seconds"])),
            "": lambda one: components.mark("good", "✓", "counts") if one["is_counted"]
            else components.mark("none", "–", one["reason"]),
        }, intervals[: texts.INTERVALS])  # fmt: skip
        if len(intervals) > texts.INTERVALS:
            st.html(f'<p class="pp-sub">{escape(texts.more_intervals(len(intervals)))}</p>')


def definition(reading: Reading) -> None:
    """What exactly is counted, by whom it is owned and where it comes from."""
    kpi = reading.kpi
    facts = {
        "Definition": kpi.definition,
        "Measured as": texts.measured_as(kpi),
        "Period": texts.period_rule(kpi),
        "Good is": texts.DIRECTION[kpi.direction],
        "Target": texts.target(kpi, reading.target) if reading.target is not None else "none set",
        "Owner": kpi.owner,
        "Clock": ", ".join(texts.CLOCK.get(clock, clock) for clock in kpi.clocks),
        "Cut by": ", ".join(texts.dimension(name).lower() for name in kpi.dimensions),
        "Made for": ", ".join(kpi.audience),
        "Read from": ", ".join(data.sources(kpi)) or "–",
        "Name": kpi.name,
    }
    with st.container(border=True, key="panel-definition"):
        components.heading("Definition")
        st.html("<dl class='pp-dl'>" + "".join(f"<dt>{k}</dt><dd>{escape(v)}</dd>" for k, v in facts.items()) + "</dl>")
