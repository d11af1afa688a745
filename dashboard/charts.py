"""Charts of the analysis pages, as plain dicts for Plotly: building a figure object costs five times as much.

chart.js draws them in the browser, where Streamlit's own way takes as long as a whole page. The colours here are read
on both themes; fonts, grid, ground and text are those of style.css.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape

from dashboard import texts
from dashboard.reading import Change, Point
from queries import readable
from queries.signal import ABOVE, BELOW

LINE, SOFT, OPEN, QUIET = "#2A8FB3", "rgba(42,143,179,0.18)", "#D1702C", "#84919C"
BUTTONS = [["toImage"]]  # of the bar above a chart: no other, for one offers to upload it
POINTS = 300
TAIL = 0.05  # of the cases, whose length would leave no room for the others
HEIGHT = 280
DAYS = 7  # of the heat map
HOUR = 3_600_000  # milliseconds, in which Plotly counts
LETTER = 5.8  # pixels, of a label
LABEL, INVISIBLE = 22, "\u200b"  # two lines whose labels are cut to the same words stay two
LABELLED, LABEL_HEIGHT = 3, 16  # changes with a label, each on a line of its own above the chart


@dataclass(frozen=True)
class Scale:
    """A unit for an axis: durations in days, hours or minutes, whichever leaves readable numbers."""

    title: str
    size: float = 1.0
    suffix: str = ""

    def __call__(self, value: float | None) -> float | None:
        return None if value is None else value / self.size


def scale(values: Sequence[float | None], unit: str) -> Scale:
    if unit == "duration":
        top = max((value for value in values if value is not None), default=0)
        if top >= 2 * readable.DAY:
            return Scale("days", readable.DAY)
        return Scale("hours", readable.HOUR) if top >= 2 * readable.HOUR else Scale("minutes", readable.MINUTE)
    if unit == readable.WORKING_TIME:
        top = max((value for value in values if value is not None), default=0)
        size, word = (readable.HOUR, "hours") if top >= 2 * readable.HOUR else (readable.MINUTE, "minutes")
        return Scale(f"{word}, {unit}", size)
    if unit == "share":
        return Scale("per cent", 0.01)
    return Scale({"count": "number", "currency": "amount"}.get(unit, unit))


def draw(figure: dict, key: str, alt: str) -> str:
    """HTML of the place where chart.js draws a figure; `key` names the picture it is saved as, and `alt` says the same
    to a screen reader."""
    drawn = json.dumps(figure | {"config": config(key)}, separators=(",", ":"), allow_nan=False)
    return (
        f'<div class="pp-chart" role="figure" aria-label="{escape(alt, quote=True)}" '
        f'style="height:{figure["layout"]["height"]}px" data-figure="{escape(drawn, quote=True)}"></div>'
    )


def config(name: str) -> dict:
    """How the browser shows a chart: with one button, which saves it as a picture that nobody else sees."""
    image = {"format": "png", "filename": name, "scale": 2}
    shown = {"displayModeBar": True, "displaylogo": False, "scrollZoom": False, "showTips": False}
    return shown | {"modeBarButtons": BUTTONS, "toImageButtonOptions": image}


def trend(points: Sequence[Point], unit: str, target: float | None, changes: Sequence[Change] = ()) -> dict:
    """Weeks as a line; a week that can still change is hollow, on a dotted line; the target is dashed, the limits of
    the baseline are dotted, its centre is fainter, and a week that is a signal is a square. Changes are upright lines,
    the newest with their names."""
    axis = scale([*(p.value for p in points), target], unit)
    limits = next((p.limits for p in reversed(points) if p.limits), None)
    final = [p if p.is_final else None for p in points]
    last = max((i for i, p in enumerate(final) if p), default=-1)
    loose = [p if i == last or (p.value is not None and not p.is_final) else None for i, p in enumerate(points)]
    starts = [p.start.isoformat() for p in points]
    traces = _interval(points, starts, axis)
    traces.append(_line("final", starts, final, axis, unit, {"size": 6, "color": LINE}, "solid"))
    if any(p and not p.is_final for p in loose):
        hollow = {"size": 8, "symbol": "circle-open", "color": LINE, "line": {"width": 2}}
        traces.append(_line("not final yet", starts, loose, axis, unit, hollow, "dot"))
    shifted = [p if p.verdict in (ABOVE, BELOW) else None for p in points]
    if any(shifted):
        square = {"size": 10, "symbol": "square", "color": OPEN}
        traces.append(_line("real shift", starts, shifted, axis, unit, square, "solid") | {"mode": "markers"})
    layout = _layout(axis.title, legend=len(traces) > 1)
    layout["xaxis"] |= {"tickvals": starts[:: -(-len(starts) // 7)]}  # Mondays; a phone shows every other
    low, centre, high = limits or (None, None, None)
    layout["shapes"] = [_rule("y", axis(value), "dot") for value in (low, high) if value is not None and value >= 0]
    if centre is not None:
        layout["shapes"].append(_rule("y", axis(centre), "dashdot") | {"opacity": 0.45})
    if target is not None:
        layout["shapes"].append(_rule("y", axis(target)))
        layout["margin"] |= {"r": 84}
        words = f"target {readable.measured(target, unit)}"
        layout["annotations"] = [_note(words, x=1, xref="paper", xanchor="left", y=axis(target), yanchor="middle")]
    _mark(layout, points, within(changes, points))
    return {"data": traces, "layout": layout}


def within(changes: Sequence[Change], points: Sequence[Point]) -> list[Change]:
    """The changes that lie in the weeks of a trend, in their order."""
    first, end = points[0].start, points[-1].end
    return sorted((one for one in changes if first <= one.at.date() < end), key=lambda one: one.at)


def _mark(layout: dict, points: Sequence[Point], changes: Sequence[Change]) -> None:
    """An upright line for each change, and above the chart the names of the newest, one line of text each."""
    labelled = changes[-LABELLED:]
    layout["height"] += LABEL_HEIGHT * len(labelled)
    layout["margin"] |= {"t": layout["margin"]["t"] + LABEL_HEIGHT * len(labelled)}
    middle = points[0].start + (points[-1].end - points[0].start) / 2
    annotations = layout.setdefault("annotations", [])
    for row, change in enumerate(reversed(changes)):
        at = change.at.isoformat()
        layout["shapes"].append(_rule("x", at, "solid") | {"layer": "below"})
        if row < len(labelled):
            side = "left" if change.at.date() < middle else "right"
            place = {"x": at, "xanchor": side, "y": 1, "yref": "paper", "yanchor": "bottom"}
            annotations.append(_note(texts.short(change.name), **place, yshift=row * LABEL_HEIGHT))


def distribution(bins: Sequence[dict], marks: dict[str, float | None], unit: str) -> dict:
    """How many cases took how long; open ones hatched on top; `marks` are quantiles to point at."""
    tops = [b["bin_to_seconds"] for b in bins if b["bin_to_seconds"]]
    axis = scale(tops, unit)
    width = tops[0] - bins[0]["bin_from_seconds"] if tops else readable.DAY
    middle = [axis(b["bin_from_seconds"] + width / 2) for b in bins]
    spans = [_span(b, unit) for b in bins]
    done = [b["n"] - b["n_open"] for b in bins]
    traces = [_bars("ended", middle, done, axis(width), spans, {"color": LINE})]
    if any(b["n_open"] for b in bins):
        hatch = {"color": OPEN, "pattern": {"shape": "/", "size": 5, "solidity": 0.4}}
        traces.append(_bars("still open, age so far", middle, [b["n_open"] for b in bins], axis(width), spans, hatch))
    layout = _layout("cases", axis.title, legend=len(traces) > 1) | {"barmode": "stack", "bargap": 0.06}
    layout["xaxis"] |= {"rangemode": "tozero", "type": "linear", "tickformat": ""}
    known = [(name, value) for name, value in marks.items() if value is not None]
    layout["shapes"] = [_rule("x", axis(value)) for _, value in known]
    layout["annotations"] = [
        _note(
            f"{name} {readable.measured(value, unit)}",
            x=axis(value),
            y=1,
            yref="paper",
            yanchor="bottom",
            xanchor="right" if value > bins[-1]["bin_from_seconds"] / 2 else "left",
            yshift=row * LABEL_HEIGHT,
        )
        for row, (name, value) in enumerate(reversed(known))
    ]
    layout["margin"] |= {"t": 10 + LABEL_HEIGHT * len(known)}
    return {"data": traces, "layout": layout}


def survival(curve: Sequence[dict], unit: str) -> dict:
    """Which share of cases is still open after how long: a step line with its band, up to where 95 % have ended
    or no case is older."""
    shown = _thinned([{"seconds": 0, "still_open": 1.0, "low": 1.0, "high": 1.0}, *curve])
    axis = scale([point["seconds"] for point in shown], unit)
    x = [axis(point["seconds"]) for point in shown]
    line = {"type": "scatter", "mode": "lines", "x": x, "line": {"shape": "hv", "width": 0}, "hoverinfo": "skip"}
    said = [
        f"<b>{readable.share(point['still_open'])}</b> still open after {readable.measured(point['seconds'], unit)}"
        for point in shown
    ]
    traces = [
        line | {"y": [_known(point["low"], point) for point in shown], "showlegend": False},
        line
        | {"y": [_known(point["high"], point) for point in shown], "fill": "tonexty", "fillcolor": SOFT}
        | {"name": "95 % interval"},
        line
        | {"y": [point["still_open"] for point in shown], "line": {"shape": "hv", "width": 2, "color": LINE}}
        | {"name": "still open", "customdata": said, "hoverinfo": None}
        | {"hovertemplate": "%{customdata}<extra></extra>"},
    ]
    layout = _layout("share still open", axis.title)
    layout["xaxis"] |= {"rangemode": "tozero", "type": "linear", "tickformat": ""}
    layout["yaxis"] |= {"tickformat": ".0%", "range": [0, 1.02]}
    layout["shapes"] = [_rule("y", 0.5)]
    return {"data": traces, "layout": layout}


def hours(rows: Sequence[dict], as_of: datetime) -> dict:
    """A heat map of the last seven days: a line for each interface, a cell for each hour in which it ran, by the share
    of its runs that failed; those that failed most on top."""
    last = as_of.replace(minute=0, second=0, microsecond=0)
    axis = [last - timedelta(hours=back) for back in range(DAYS * 24, -1, -1)]
    place = {moment: number for number, moment in enumerate(axis)}
    failed: dict[str, int] = {}
    for row in rows:
        failed[row["label"]] = failed.get(row["label"], 0) + row["failure_count"]
    labels = sorted(failed, key=lambda label: (failed[label], label))
    shares, runs = ({label: [None] * len(axis) for label in labels} for _ in range(2))
    for row in rows:
        if (at := place.get(row["hour_at"])) is not None:
            share = row["failure_count"] / row["run_count"] if row["run_count"] else 0
            shares[row["label"]][at], runs[row["label"]][at] = round(share, 4), row["run_count"]
    trace = {
        "type": "heatmap", "x0": axis[0].isoformat(), "dx": HOUR,
        "y": [texts.ends(label, LABEL) + INVISIBLE * number for number, label in enumerate(labels)],
        "z": list(shares.values()), "customdata": list(runs.values()), "zmin": 0, "zmax": 1, "ygap": 2,
        "colorscale": [[0, SOFT], [0.001, "rgba(209,112,44,0.45)"], [1, OPEN]], "showscale": False,
        "hoverongaps": False,
        "hovertemplate": "%{y}<br>%{x|%a %d %b %H:00} UTC<br>%{z:.0%} of %{customdata} runs failed<extra></extra>",
    }  # fmt: skip
    layout = _layout("", legend=False) | {"height": 90 + 20 * len(labels)}
    layout["margin"] |= {
        "t": 32,
        "l": 12 + LETTER * max(len(name.rstrip(INVISIBLE)) for name in trace["y"]),
    }  # below the button, beside the labels
    layout["xaxis"] |= {"type": "date", "tickformat": "%a %-d", "dtick": 24 * HOUR, "showgrid": False}
    layout["yaxis"] |= {"showgrid": False}
    return {"data": [trace], "layout": layout}


def _known(bound: float | None, point: dict) -> float:
    return point["still_open"] if bound is None else bound


def _thinned(curve: Sequence[dict]) -> list[dict]:
    """So many points as a chart can show, the first and the last of them."""
    reached = next((number for number, point in enumerate(curve) if point["still_open"] <= TAIL), len(curve) - 1)
    part = curve[: reached + 1]
    every = -(-len(part) // POINTS)
    return [*part[:-1:every], part[-1]]


def _line(name, starts, points, axis: Scale, unit, marker, dash) -> dict:
    said = [f"<b>{readable.measured(p.value, unit)}</b><br>n = {p.n}, {p.n_open} open" if p else "" for p in points]
    return {
        "type": "scatter", "mode": "lines+markers", "name": name, "x": starts,
        "y": [axis(p.value) if p else None for p in points], "customdata": said, "marker": marker,
        "line": {"color": LINE, "width": 2, "dash": dash}, "connectgaps": False,
        "hovertemplate": "week of %{x|%d %b %Y}<br>%{customdata}<extra>" + name + "</extra>",
    }  # fmt: skip


def _interval(points: Sequence[Point], starts, axis: Scale) -> list[dict]:
    """The band of uncertainty, where the measure knows one."""
    if not any(p.low is not None for p in points):
        return []
    edge = {"type": "scatter", "mode": "lines", "line": {"width": 0}, "x": starts, "hoverinfo": "skip"}
    return [
        edge | {"y": [axis(p.low) for p in points], "showlegend": False},
        edge | {"y": [axis(p.high) for p in points], "fill": "tonexty", "fillcolor": SOFT, "name": "95 % interval"},
    ]


def _bars(name, middle, counts, width, spans, marker) -> dict:
    return {
        "type": "bar", "name": name, "x": middle, "y": counts, "width": width * 0.94, "customdata": spans,
        "marker": marker, "hovertemplate": "%{customdata}<br><b>%{y}</b> cases<extra>" + name + "</extra>",
    }  # fmt: skip


def _span(one: dict, unit: str) -> str:
    start, end = one["bin_from_seconds"], one["bin_to_seconds"]
    if end is None:
        return f"{readable.measured(start, unit)} and more"
    return f"{readable.measured(start, unit)} to {readable.measured(end, unit)}"


def _rule(across: str, value: float | str, dash: str = "dash") -> dict:
    other = "x" if across == "y" else "y"
    span = {f"{other}0": 0, f"{other}1": 1, f"{other}ref": "paper", f"{across}0": value, f"{across}1": value}
    return {"type": "line", "layer": "above", "line": {"color": QUIET, "width": 1.5, "dash": dash}} | span


def _note(words: str, **place) -> dict:
    return {"text": words, "showarrow": False, "font": {"size": 12}, "borderpad": 2} | place


def _layout(title: str, below: str = "", legend: bool = True) -> dict:
    """`title` of the upright axis, `below` that of the other one. Margins are said, for Plotly draws a chart twice to
    find them."""
    still, at_bottom = {"fixedrange": True}, {"y": 0, "yref": "container", "yanchor": "bottom"}
    return {
        "height": HEIGHT,
        "margin": {"l": 50, "r": 16, "t": 12, "b": 26 + 20 * bool(below) + 26 * legend},
        "hovermode": "closest",
        "modebar": {"bgcolor": "rgba(0,0,0,0)", "color": QUIET, "activecolor": LINE},
        "separators": readable.signs().decimal + readable.signs().thousand,
        "dragmode": False,
        "showlegend": legend,
        "legend": {"orientation": "h", "traceorder": "normal", "x": 0} | at_bottom,
        "xaxis": {"title": {"text": below}, "showgrid": False, "tickformat": "%-d %b", "tickangle": 0} | still,
        "yaxis": {"title": {"text": title}, "rangemode": "tozero"} | still,
    }


def trend_words(points: Sequence[Point], kpi, target: float | None, changes: Sequence[Change] = ()) -> str:
    """The same trend for a screen reader."""
    known = [p for p in points if p.is_final and p.value is not None]
    if not known:
        return f"{kpi.title}: no final week yet"
    first, last = readable.measured(known[0].value, kpi.unit), readable.measured(known[-1].value, kpi.unit)
    goal = f", target {texts.target(kpi, target)}" if target is not None else ""
    marked = "; ".join(f"{one.name} on {readable.day(one.at.date())}" for one in within(changes, points))
    what = f"; what changed: {marked}" if marked else ""
    return f"{kpi.title} by week: from {first} to {last} over {len(known)} final weeks{goal}{what}"
